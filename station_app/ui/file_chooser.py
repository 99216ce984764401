"""Choosing a file by touch: folders and files of some kinds below each other, the newest first."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout

from station_app.services.posting import Post, when_done
from station_app.ui.look import Look
from widgets.buttons import BigButton
from widgets.card import Message
from widgets.characteristic_list import CharacteristicList, CharacteristicRow
from widgets.overlay import Overlay
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, TARGET_MM

translate = QCoreApplication.translate

MOST_ENTRIES = 500
WIDTH_MM, HEIGHT_MM = 260.0, 130.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder or file. ``changed_s`` is its time since the epoch."""

    path: Path
    is_folder: bool
    changed_s: float
    size_bytes: int


def entries_of(folder: Path, suffixes: Collection[str]) -> list[Entry]:
    """Folders by name, then the files of these kinds, the newest first; at most 500. Blocks; raises OSError."""
    found: list[Entry] = []
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        try:
            stat, is_folder = path.stat(), path.is_dir()
        except OSError:
            continue  # gone since, or not ours to look at
        if is_folder or path.suffix.lower() in suffixes:
            found.append(Entry(path, is_folder, stat.st_mtime, stat.st_size))
    folders = sorted((each for each in found if each.is_folder), key=lambda each: each.path.name.casefold())
    files = sorted((each for each in found if not each.is_folder), key=lambda each: -each.changed_s)
    return [*folders, *files][:MOST_ENTRIES]


class FileChooser(Overlay):
    """``chosen(path)`` when a file is touched. A folder is opened, "Up" leads to the one above; listing is done on the pool."""

    chosen = Signal(object)

    def __init__(
        self, look: Look, title: str, folder: Path, suffixes: Collection[str], pool: Executor, post: Post
    ) -> None:
        super().__init__(look, width_mm=WIDTH_MM)
        self._suffixes, self._pool, self._post = suffixes, pool, post
        self._folder = folder
        self._entries: list[Entry] = []
        self.setAccessibleName(title)
        self.add_heading(title)
        self._where = Line(look, "", color="second", capital_mm=CAPITAL_NOTE_MM)
        self.content.addWidget(self._where)
        self.list = CharacteristicList(look, translate("files", "Files"))
        self.list.setMinimumHeight(look.mm(HEIGHT_MM))
        self.list.row_activated.connect(self._activated)
        self.content.addWidget(self.list, 1)
        self.message = Message(look)
        self.content.addWidget(self.message)
        self.cancel_button = BigButton(look, translate("files", "Cancel"), size_mm=TARGET_MM)
        self.up_button = BigButton(look, translate("files", "Up"), shape=Shape.BACK, size_mm=TARGET_MM)
        self.cancel_button.clicked.connect(self.dismiss)
        self.up_button.clicked.connect(lambda: self.open_folder(self._folder.parent))
        foot = QHBoxLayout()
        foot.addWidget(self.cancel_button)
        foot.addStretch(1)
        foot.addWidget(self.up_button)
        self.content.addLayout(foot)
        self.open_folder(folder)

    def open_folder(self, folder: Path) -> None:
        """Show what lies in a folder."""

        def listed(entries: list[Entry]) -> None:
            self._folder, self._entries = folder, entries
            self._where.set_text(str(folder))
            self.message.set_message("")
            self.up_button.setEnabled(folder.parent != folder)
            self.list.set_rows([_row(entry) for entry in entries])
            nothing = translate("files", "Nothing to take over here")
            self.list.set_summary(translate("files", "{n} entries").format(n=len(entries)) if entries else nothing)

        when_done(
            self._pool.submit(entries_of, folder, self._suffixes), self._post, self._while_open(listed), self._failed
        )

    def _while_open(self, listed: Callable[[list[Entry]], None]) -> Callable[[list[Entry]], None]:
        """An answer that comes after the sheet has gone is not shown."""
        state = {"open": True}
        self.dismissed.connect(lambda: state.update(open=False))
        return lambda entries: listed(entries) if state["open"] else None

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, OSError):
            raise error
        self.message.set_message(
            translate("files", "The folder cannot be read: {why}.").format(why=error.strerror or str(error))
        )
        self.reposition()

    def _activated(self, row: int) -> None:
        if row >= len(self._entries):
            return
        entry = self._entries[row]
        if entry.is_folder:
            self.open_folder(entry.path)
        else:
            self.dismiss()
            self.chosen.emit(entry.path)


def _row(entry: Entry) -> CharacteristicRow:
    name = f"{entry.path.name}/" if entry.is_folder else entry.path.name
    at = datetime.datetime.fromtimestamp(entry.changed_s).astimezone().strftime("%Y-%m-%d %H:%M")
    return CharacteristicRow("", name, "" if entry.is_folder else at)
