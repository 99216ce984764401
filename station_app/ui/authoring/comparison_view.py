"""Two versions side by side: what differs in steps, checks, limits and texts, with old and new pictures next to each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from station_app.domain.comparison import Change, Difference, compare, picture_name
from station_app.domain.document_control import VersionStatus
from station_app.domain.media import Picture
from station_app.domain.work_master import Step, WorkMaster
from station_app.services.authoring import Authoring
from station_app.ui.authoring.desk import Errands
from station_app.ui.authoring.media_images import image_of
from station_app.ui.look import Look
from station_app.ui.step_marks import fill
from widgets.editor_fields import ChoiceField
from widgets.editor_style import caption
from widgets.instruction_view import MarkdownText
from widgets.picture_view import PictureView
from widgets.theme import CAPITAL_SMALL_MM

VERSION_PX = 170
_SIGNS = {Difference.ADDED: "+", Difference.REMOVED: "−", Difference.CHANGED: "≠", Difference.MOVED: "↕"}


class ComparisonView(QWidget):
    """Choose two versions; the list of differences; below it the step of the one that is chosen, old and new."""

    def __init__(self, look: Look, authoring: Authoring, errands: Errands) -> None:
        super().__init__()
        self._authoring, self._errands = authoring, errands
        self._versions: dict[str, VersionStatus] = {}
        self._pair: tuple[WorkMaster, WorkMaster] | None = None
        self._asked = 0
        self._current = ""
        self.changes: Sequence[Change] = ()
        self.old = ChoiceField(look, self.tr("Compare"), label_px=70)
        self.new = ChoiceField(look, self.tr("with"), label_px=40)
        for field in (self.old, self.new):
            field.box.setMinimumWidth(VERSION_PX)
            field.edited.connect(lambda _text: self._ask())
        self.summary = caption(look, "", color="second")
        self.reason = caption(look, "", color="second")
        self._make_table(look)
        self.sides = (_Side(look, self.tr("Old")), _Side(look, self.tr("New")))
        pair = QSplitter(Qt.Orientation.Horizontal)
        for side in self.sides:
            pair.addWidget(side)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.table)
        halves.addWidget(pair)
        halves.setSizes([240, 320])
        head = QHBoxLayout()
        head.addWidget(self.old)
        head.addWidget(self.new)
        head.addWidget(self.summary, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addLayout(head)
        layout.addWidget(self.reason)
        layout.addWidget(halves, 1)

    def _make_table(self, look: Look) -> None:
        self.table = QTreeWidget()
        self.table.setAccessibleName(self.tr("Differences"))
        self.table.setFont(look.font(CAPITAL_SMALL_MM))
        self.table.setRootIsDecorated(False)
        self.table.setAlternatingRowColors(True)
        self.table.setHeaderLabels([self.tr(t) for t in ("", "Step", "Check", "What", "Old", "New")])
        header = self.table.header()
        header.setFont(look.font(CAPITAL_SMALL_MM))
        for number in (4, 5):
            header.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        for number, width in enumerate((30, 150, 120, 140)):
            self.table.setColumnWidth(number, width)
        self.table.currentItemChanged.connect(lambda _now, _before: self._show_change())

    def set_versions(self, versions: Sequence[VersionStatus], current: str) -> None:
        """Offer these versions; at first the current one is compared with the one before it."""
        self._versions = {status.version: status for status in versions}
        names = list(self._versions)
        titles = [f"{status.version} ({status.state})" for status in versions]
        for field in (self.old, self.new):
            field.set_choices(names, titles)
        if current != self._current:
            # what a person chose to compare stays while the same version is looked at
            self._current = current
            others = [name for name in names if name != current]
            self.new.reset(current)
            self.old.reset(others[0] if others else current)
        self._ask()

    def _ask(self) -> None:
        old, new = self._versions.get(self.old.text()), self._versions.get(self.new.text())
        if old is None or new is None:
            return
        self._asked += 1
        asked, authoring = self._asked, self._authoring
        self.reason.setText(self.tr("Reason for the change: {why}").format(why=new.reason) if new.reason else "")
        self.reason.setVisible(bool(new.reason))

        def arrived(pair: tuple[WorkMaster, WorkMaster]) -> None:
            if asked == self._asked:
                self._pair = pair
                self._show(compare(*pair))

        def read() -> tuple[WorkMaster, WorkMaster]:
            return authoring.open(old.sha256), authoring.open(new.sha256)

        self._errands.server(self.tr("Comparing"), read, arrived)

    def _show(self, changes: Sequence[Change]) -> None:
        self.changes = changes
        self.table.clear()
        for change in changes:
            texts = [_SIGNS[change.difference], change.step_id, change.check_id, change.field, change.old, change.new]
            item = QTreeWidgetItem([text.replace("\n", " ")[:300] for text in texts])
            item.setData(0, Qt.ItemDataRole.UserRole, change)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, str(change.difference))
            self.table.addTopLevelItem(item)
        same = self.old.text() == self.new.text()
        for side in self.sides:
            side.setVisible(not same)
        if same:
            only = len(self._versions) == 1
            self.summary.setText(self.tr("There is no other version yet.") if only else self.tr("Choose two versions."))
        else:
            count = len(changes)
            some = self.tr("1 difference") if count == 1 else self.tr("{n} differences").format(n=count)
            self.summary.setText(some if count else self.tr("No differences"))
        first = self.table.topLevelItem(0)
        if first is not None:
            self.table.setCurrentItem(first)
        else:
            self._show_change()

    def _show_change(self) -> None:
        item = self.table.currentItem()
        change: Change | None = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        for side, work_master in zip(self.sides, self._pair or (None, None), strict=True):
            step = (
                next((s for s in work_master.steps if change and s.id == change.step_id), None) if work_master else None
            )
            side.show_step(step, change, self._fetch)

    def _fetch(self, picture: Picture, arrived: Callable[[QImage], None]) -> None:
        authoring = self._authoring

        def shown(content: bytes | None) -> None:
            arrived(image_of(content, picture))

        self._errands.server("", lambda: authoring.suggestion_picture(picture.sha256), shown)


class _Side(QWidget):
    """A step of one of the two versions: its picture and its text."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._name = name
        self.setObjectName("panel")
        self.heading = caption(look, name, heading=True)
        self.picture = PictureView(look, self.tr("no picture"))
        self._shown: Picture | None = None
        self.text = MarkdownText(look, CAPITAL_SMALL_MM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.heading)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.text)

    def show_step(
        self,
        step: Step | None,
        change: Change | None,
        fetch: Callable[[Picture, Callable[[QImage], None]], None],
    ) -> None:
        """Show a step in the language of the change; of its pictures the one that it names, else the first."""
        language = _language_of(change)
        self.heading.setText(f"{self._name}: {step.title_in(language)}" if step is not None else f"{self._name}: –")
        self.text.set_markdown(step.text_in(language) if step is not None else "")
        named = (change.new, change.old) if change is not None else ()
        pictures = step.pictures if step is not None else ()
        meant = (p for p in pictures if any(name.split(": ")[0] == picture_name(p) for name in named))
        picture = next(meant, pictures[0] if pictures else None)
        self._shown = picture
        self.picture.set_placeholder(self.tr("no picture") if picture is None else self.tr("Loading …"))
        self.picture.set_image(None)
        self.picture.set_callouts(())
        self.picture.set_regions(())
        if picture is None:
            return
        wanted, name = picture, picture_name(picture)

        def arrived(image: QImage) -> None:
            if self._shown is wanted:
                self.picture.set_placeholder(name)
                self.picture.setAccessibleName(f"{self._name}: {name}")
                fill(self.picture, image, wanted, language)

        fetch(picture, arrived)


def _language_of(change: Change | None) -> str:
    """The language that a change is about, as in “text (de)”; English where it is about none."""
    found = re.fullmatch(r".* \(([a-z]{2})\)", change.field) if change is not None else None
    return found[1] if found is not None else "en"
