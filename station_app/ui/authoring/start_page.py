"""The page the editor begins with: every instruction with its state, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from station_app.ui.authoring.listing import Listed
from station_app.ui.look import Look
from widgets.editor_fields import LineField
from widgets.editor_style import button, caption
from widgets.theme import CAPITAL_SMALL_MM

_SIGNS = {
    "draft": "✎", "in review": "◔", "approved": "◕", "released": "●", "superseded": "○", "withdrawn": "✕",
}  # fmt: skip


class StartPage(QWidget):
    """The list. Every signal carries the row it is about; ``new_wanted`` and ``import_wanted`` carry none."""

    open_wanted = Signal(object)
    control_wanted = Signal(object)
    version_wanted = Signal(object)
    export_wanted = Signal(object)
    discard_wanted = Signal(object)
    new_wanted = Signal()
    import_wanted = Signal()
    refresh_wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.rows: list[Listed] = []
        self.table = QTreeWidget()
        self.table.setAccessibleName(self.tr("Instructions"))
        self.table.setFont(look.font(CAPITAL_SMALL_MM))
        self.table.setRootIsDecorated(False)
        self.table.setAlternatingRowColors(True)
        self.table.setHeaderLabels(
            [self.tr(t) for t in ("Instruction", "Id", "Version", "State", "Owner", "Suggestions", "Changed", "Where")]
        )
        header = self.table.header()
        header.setFont(look.font(CAPITAL_SMALL_MM))
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for number, width in enumerate((0, 190, 76, 150, 150, 96, 140, 120)):
            if width:
                self.table.setColumnWidth(number, width)
        self.table.itemActivated.connect(lambda _item: self._tell(self.open_wanted))
        self.table.itemSelectionChanged.connect(self._selected)
        self.filter = LineField(look, "", placeholder=self.tr("Filter (Ctrl+F)"), label_px=0)
        self.filter.entry.setAccessibleName(self.tr("Filter"))
        self.filter.entry.textChanged.connect(lambda _text: self._fill())
        self.filter.setFixedWidth(260)
        self.hint = caption(look, "", color="second")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(self._tools())
        layout.addWidget(self.hint)
        layout.addWidget(self.table, 1)
        self.show_rows([], "")

    def _tools(self) -> QHBoxLayout:
        look = self.look
        self.new_button = button(look, self.tr("New…"), primary=True, keys="Ctrl+N")
        self.new_button.clicked.connect(self.new_wanted)
        self.open_button = button(look, self.tr("Open"), keys="Enter")
        self.open_button.clicked.connect(lambda: self._tell(self.open_wanted))
        self.version_button = button(look, self.tr("New version…"), keys="Ctrl+D")
        self.version_button.clicked.connect(lambda: self._tell(self.version_wanted))
        self.control_button = button(look, self.tr("Document control"), keys="F6")
        self.control_button.clicked.connect(lambda: self._tell(self.control_wanted))
        self.import_button = button(look, self.tr("Import…"))
        self.import_button.clicked.connect(self.import_wanted)
        self.export_button = button(look, self.tr("Export…"))
        self.export_button.clicked.connect(lambda: self._tell(self.export_wanted))
        self.discard_button = button(look, self.tr("Discard draft…"))
        self.discard_button.clicked.connect(lambda: self._tell(self.discard_wanted))
        self.refresh_button = button(look, self.tr("Refresh"), keys="Ctrl+R")
        self.refresh_button.clicked.connect(self.refresh_wanted)
        row = QHBoxLayout()
        row.setSpacing(6)
        for each in (
            self.new_button,
            self.open_button,
            self.version_button,
            self.control_button,
            self.import_button,
            self.export_button,
            self.discard_button,
        ):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(self.filter)
        row.addWidget(self.refresh_button)
        return row

    def show_rows(self, rows: Sequence[Listed], server: str) -> None:
        """Show the list; ``server`` says why the server's part is missing, empty when it is not."""
        self.rows = list(rows)
        if server:
            self.hint.setText(server)
        elif not rows:
            self.hint.setText(
                self.tr("There is no instruction yet. Press New… to write the first one, or import a file.")
            )
        else:
            self.hint.setText("")
        self.hint.setVisible(bool(self.hint.text()))
        self._fill()

    def choose(self, document_id: str, version: str = "") -> None:
        """Select a version."""
        for number in range(self.table.topLevelItemCount()):
            item = self.table.topLevelItem(number)
            assert item is not None
            row: Listed = item.data(0, Qt.ItemDataRole.UserRole)
            if row.document_id == document_id and version in ("", row.version):
                self.table.setCurrentItem(item)
                return

    @property
    def chosen(self) -> Listed | None:
        """The version that is selected."""
        item = self.table.currentItem()
        row: Listed | None = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        return row

    def take_focus(self) -> None:
        """The list has the keys, or New where it is empty."""
        (self.table if self.table.topLevelItemCount() else self.new_button).setFocus()

    def _fill(self) -> None:
        before = self.chosen
        wanted = self.filter.text().casefold().split()
        self.table.clear()
        for row in self.rows:
            texts = self._texts(row)
            if not all(word in " ".join(texts).casefold() for word in wanted):
                continue
            item = QTreeWidgetItem(texts)
            item.setData(0, Qt.ItemDataRole.UserRole, row)
            item.setTextAlignment(5, Qt.AlignmentFlag.AlignCenter)
            if row.suggestions:
                item.setFont(5, self.look.bold(CAPITAL_SMALL_MM))
            if row.fault:
                item.setToolTip(0, row.fault)
            self.table.addTopLevelItem(item)
        if before is not None:
            self.choose(before.document_id, before.version)
        first = self.table.topLevelItem(0)
        if self.table.currentItem() is None and first is not None:
            self.table.setCurrentItem(first)
        self._selected()

    def _texts(self, row: Listed) -> list[str]:
        changed = datetime.fromtimestamp(row.changed_us / 1e6).astimezone().strftime("%Y-%m-%d %H:%M")
        return [
            ("◆ " if row.fault else "") + row.title,
            row.document_id,
            row.version,
            f"{_SIGNS.get(row.state, '·')} {row.state}",
            row.owner,
            str(row.suggestions) if row.suggestions else "",
            changed if row.changed_us else "",
            self.tr(row.where),
        ]

    def _selected(self) -> None:
        row = self.chosen
        for each in (self.open_button, self.version_button, self.export_button):
            each.setEnabled(row is not None)
        self.control_button.setEnabled(row is not None and row.status is not None)
        self.discard_button.setEnabled(row is not None and row.here)

    def _tell(self, signal: object) -> None:
        row = self.chosen
        if row is not None:
            signal.emit(row)  # type: ignore[attr-defined]  # one of the signals above, bound to this page
