"""Driving the editor's window as a person does: mouse and keys, and waiting for what is on the screen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from station_app.app.authoring import EditorProgram
from station_app.services.ports import DocumentDatabase
from station_app.storage.instructions.drafts import DraftFolder
from station_app.ui.authoring.check_panel import CheckPanel
from station_app.ui.authoring.dialogs import FormDialog
from station_app.ui.authoring.edit_page import EditPage
from station_app.ui.authoring.edits import add_step
from station_app.ui.authoring.media_panel import MediaPanel
from station_app.ui.authoring.places import CHECKS, MEDIA
from station_app.ui.authoring.window import EditorWindow
from tests.documents import DRAWING, work_master
from widgets.editor_fields import FormField

WAIT_MS = 8000
PASSWORD = "right"


class Author:
    """Sits before the editor. ``shots`` is where pictures of the screen go."""

    def __init__(
        self,
        qtbot: QtBot,
        folder: Path,
        database: DocumentDatabase | None = None,
        width_px: int = 1366,
        height_px: int = 768,
        shots: Path | None = None,
    ) -> None:
        self.qtbot, self._shots = qtbot, shots
        self.closed = False
        self.program = EditorProgram(folder, database)
        self.window: EditorWindow = self.program.window
        self.window.resize(width_px, height_px)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.settled()

    def close(self) -> None:
        """Close the window as a person does; it keeps what was typed first."""
        if self.closed:
            return
        self.closed = True
        self.window.close()
        self.until(lambda: not self.window.isVisible())
        self.program.close()
        self.window.deleteLater()

    # --- waiting -----------------------------------------------------------------------------------------------------

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for the screen to show something."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def settled(self) -> None:
        """Wait until nothing is asked, and the draft is kept."""
        self.until(lambda: not self.window.errands.waiting and (self.window.edit is None or self.page.keeping.is_kept))

    def checked(self) -> None:
        """Wait until the draft as it is now was looked through for faults."""
        self.until(lambda: self.page.keeping.is_checked)
        self.settled()

    # --- what is on the screen ---------------------------------------------------------------------------------------

    @property
    def page(self) -> EditPage:
        """The page where an instruction is written."""
        assert self.window.edit is not None
        return self.window.edit

    @property
    def dialog(self) -> FormDialog:
        """The open dialog."""
        self.until(lambda: self._dialog() is not None)
        found = self._dialog()
        assert found is not None
        return found

    def _dialog(self) -> FormDialog | None:
        return next((d for d in self.window.findChildren(FormDialog) if d.isVisible()), None)

    @property
    def checks(self) -> CheckPanel:
        """The panel of checks."""
        panel = self.page.panels[CHECKS]
        assert isinstance(panel, CheckPanel)
        return panel

    @property
    def media(self) -> MediaPanel:
        """The panel of pictures."""
        panel = self.page.panels[MEDIA]
        assert isinstance(panel, MediaPanel)
        return panel

    def faults(self) -> list[str]:
        """The faults below the preview."""
        found = self.page.fault_list.list
        return [found.item(n).text() for n in range(found.count())]

    def message(self) -> str:
        """The line below the bar, empty while it is hidden."""
        return self.window.message.text() if self.window.message.isVisible() else ""

    def button(self, name: str) -> QPushButton:
        """A button that can be seen, by what a screen reader says."""
        buttons: list[QPushButton] = self.window.findChildren(QPushButton)
        return next(b for b in buttons if b.isVisible() and b.accessibleName() == name)

    # --- hands -------------------------------------------------------------------------------------------------------

    def click(self, widget: QWidget) -> None:
        """Press a button with the mouse."""
        assert widget.isVisible() and widget.isEnabled(), widget.accessibleName()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key, to whatever has the keys."""
        QTest.keyClick(self.keys(), key, modifier)

    def ctrl(self, key: Qt.Key) -> None:
        """Ctrl and a key."""
        self.key(key, Qt.KeyboardModifier.ControlModifier)

    def type(self, text: str) -> None:
        """Type, to whatever has the keys."""
        QTest.keyClicks(self.keys(), text)

    def keys(self) -> QWidget:
        """What has the keys: in an open dialog, else in the window."""
        top: QWidget = self._dialog() or self.window
        if not top.isActiveWindow():  # a desktop does this when a dialog closes; without a screen nobody does
            with self.qtbot.waitActive(top):
                top.activateWindow()
        focus: QWidget | None = top.focusWidget()
        return top if focus is None else focus

    def fill(self, field: FormField, text: str) -> None:
        """Put a text into a field: click it, take all that is there, type."""
        self.click(field.control)
        QTest.keyClick(field.control, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field.control, text)

    def drag(self, widget: QWidget, begin: QPointF, end: QPointF) -> None:
        """Drag with the mouse, in px of the widget."""
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=begin.toPoint())
        middle = (begin + end) / 2
        QTest.mouseMove(widget, QPoint(round(middle.x()), round(middle.y())))
        QTest.mouseMove(widget, end.toPoint())
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end.toPoint())

    # --- deeds -------------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by name and password."""
        self.click(self.window.sign_button)
        self.enter(name, password)
        self.until(lambda: self.window.desk.authoring.editor is not None and self._dialog() is None)
        self.settled()

    def enter(self, name: str, password: str) -> None:
        self.until(lambda: self._dialog() is not None)
        fields = self.dialog.fields
        self.fill(fields[-2], name)
        QTest.keyClick(fields[-2].control, Qt.Key.Key_Return)
        QTest.keyClicks(fields[-1].control, password)
        QTest.keyClick(fields[-1].control, Qt.Key.Key_Return)

    def begin(self, title: str, product: str, operation: str = "assembly") -> None:
        """A new instruction."""
        self.click(self.window.start.new_button)
        for label, text in (("Title", title), ("Product", product), ("Operation", operation)):
            self.fill(next(f for f in self.dialog.fields if f.label == label), text)
        self.click(self.dialog.confirm_button)
        self.until(lambda: self.window.edit is not None)
        self.settled()

    def add_step(self, title: str, text: str) -> None:
        """A step with its title and text."""
        self.ctrl(Qt.Key.Key_N)
        self.type(title)
        self.key(Qt.Key.Key_Tab)
        panel = self.page.panels["text"]
        text_entry = panel.text  # type: ignore[attr-defined]  # the panel of texts
        self.click(text_entry.viewport())
        text_entry.setFocus()
        QTest.keyClicks(text_entry, text)

    def add_check(self, title: str) -> None:
        """A check of the kind with that title, by its menu and keys."""
        self.page.show_part(CHECKS)
        self.click(self.checks.add_button)
        menu = self.checks.menu
        self.until(menu.isVisible)
        titles = [action.text().partition(":")[0] for action in menu.actions()]
        while menu.activeAction() is not menu.actions()[titles.index(title)]:
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        self.until(lambda: not menu.isVisible())

    def check_field(self, path: str) -> FormField:
        """A field of the check that is chosen."""
        assert self.checks.form is not None
        return self.checks.form.fields[path]

    def choose_file(self, name: str) -> None:
        """Type a file's name into the open file dialog, which begins in the current folder."""
        self.until(lambda: any(d.isVisible() for d in self.window.findChildren(QFileDialog)))
        dialog: QDialog = next(d for d in self.window.findChildren(QFileDialog) if d.isVisible())
        entry = dialog.findChild(QLineEdit)
        assert isinstance(entry, QLineEdit)
        entry.selectAll()
        QTest.keyClicks(entry, name)
        popup = entry.completer().popup()
        assert popup is not None
        popup.hide()  # it would take the Enter for itself
        QTest.keyClick(entry, Qt.Key.Key_Return)
        self.until(lambda: not dialog.isVisible())
        self.settled()

    def sign(self, name: str, password: str) -> None:
        """Sign the version on the page of document control."""
        self.press("sign")
        self.enter(name, password)
        self.until(lambda: self._dialog() is None)
        self.settled()

    def press(self, deed: str) -> None:
        """Press a button of document control, when it may be."""
        made = self.window.control.buttons[deed]
        self.until(made.isEnabled)
        self.click(made)

    def confirm(self) -> None:
        """Press the dialog's deed."""
        self.click(self.dialog.confirm_button)
        self.until(lambda: self._dialog() is None)
        self.settled()

    def shot(self, name: str) -> None:
        """Keep a picture of the screen."""
        if self._shots is not None:
            self._shots.mkdir(parents=True, exist_ok=True)
            self.window.grab().save(str(self._shots / f"{name}.png"))


Begin = Callable[..., Author]


def keep(folder: Path, steps: int = 1, version: str = "1") -> None:
    """A draft of "asm" with its drawing."""
    drafts = DraftFolder(folder / "drafts")
    drafts.take_media({hashlib.sha256(DRAWING).hexdigest(): DRAWING})
    found = work_master(version)
    for number in range(2, steps + 1):
        found = add_step(found, len(found.steps), f"Step {number}")
    drafts.keep(found, None)


def opened(begin: Begin, folder: Path, steps: int = 1, database: DocumentDatabase | None = None) -> Author:
    """An editor with the draft "asm" open."""
    keep(folder, steps)
    author = begin(database)
    author.click(author.window.start.open_button)
    author.until(lambda: author.window.edit is not None)
    author.settled()
    return author
