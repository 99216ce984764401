"""The tab that shows what differs between two versions of a plan."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from station_app.domain.comparison import Change
from station_app.domain.document_control import VersionStatus
from station_app.ui.look import Look
from widgets.editor_fields import ChoiceField
from widgets.editor_style import caption
from widgets.theme import CAPITAL_SMALL_MM


class PlanComparison(QWidget):
    """What differs between two versions. ``wanted(old, new)``: two were chosen."""

    wanted = Signal(object, object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._versions: dict[str, VersionStatus] = {}
        self.old, self.new = (ChoiceField(look, self.tr(title), (), (), label_px=40) for title in ("Old", "New"))
        self.reason = caption(look, "", color="second")
        self.table = QTreeWidget()
        self.table.setAccessibleName(self.tr("Differences"))
        self.table.setRootIsDecorated(False)
        self.table.setAlternatingRowColors(True)
        self.table.setHeaderLabels([self.tr(t) for t in ("", "Characteristic", "What", "Old", "New")])
        self.table.setFont(look.font(CAPITAL_SMALL_MM))
        self.table.header().setFont(look.font(CAPITAL_SMALL_MM))
        for number, width in enumerate((80, 130, 120)):
            self.table.setColumnWidth(number, width)
        for number in (3, 4):
            self.table.header().setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)
        self.summary = caption(look, "", color="second")
        head = QHBoxLayout()
        for field in (self.old, self.new):
            field.setFixedWidth(240)
            head.addWidget(field)
            field.edited.connect(lambda _text: self._ask())
        head.addWidget(self.summary, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(head)
        layout.addWidget(self.reason)
        layout.addWidget(self.table, 1)

    def set_versions(self, versions: Sequence[VersionStatus], current: str) -> None:
        """Offer these; the current one is compared with the one before it."""
        self._versions = {status.version: status for status in versions}
        names = list(self._versions)
        titles = [f"{status.version} ({status.state})" for status in versions]
        for field in (self.old, self.new):
            field.set_choices(names, titles)
        self.new.reset(current)
        self.old.reset(next((name for name in names if name != current), current))
        self._ask()

    def show_changes(self, changes: Sequence[Change]) -> None:
        """Show them."""
        self.table.clear()
        for change in changes:
            cells = [str(change.difference), change.check_id, change.field, change.old, change.new]
            self.table.addTopLevelItem(QTreeWidgetItem([text.replace("\n", " ")[:300] for text in cells]))
        count = len(changes)
        self.summary.setText(self.tr("1 difference") if count == 1 else self.tr("{n} differences").format(n=count))

    def _ask(self) -> None:
        old, new = self._versions.get(self.old.text()), self._versions.get(self.new.text())
        if old is None or new is None:
            return
        self.reason.setText(self.tr("Reason for the change: {why}").format(why=new.reason) if new.reason else "")
        self.wanted.emit(old, new)
