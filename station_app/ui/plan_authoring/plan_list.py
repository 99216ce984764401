"""The list of every version of every inspection plan, with its state."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from station_app.domain.inspection.plan import InspectionPlan
from station_app.ui.look import Look
from station_app.ui.plan_authoring.plan_state import ListedPlan
from widgets.theme import CAPITAL_SMALL_MM

_SIGNS = {
    "draft": "✎", "in review": "◔", "approved": "◕", "released": "●", "superseded": "○", "withdrawn": "✕",
}  # fmt: skip


class PlanList(QTreeWidget):
    """Versions as the server lists them, in ``listed``. ``picked(listed)``: one was chosen by a click or Enter."""

    picked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.listed: Sequence[ListedPlan] = ()
        self.setAccessibleName(self.tr("Inspection plans"))
        self.setHeaderLabels([self.tr("Plan"), self.tr("Version"), self.tr("State")])
        self.setRootIsDecorated(False)
        self.setAlternatingRowColors(True)
        self.setFixedWidth(290)
        self.setFont(look.font(CAPITAL_SMALL_MM))
        self.header().setFont(look.font(CAPITAL_SMALL_MM))
        for number, width in enumerate((118, 58)):
            self.setColumnWidth(number, width)
        self.itemActivated.connect(self._pick)
        self.itemClicked.connect(self._pick)

    def show_versions(self, listed: Sequence[ListedPlan], current: InspectionPlan | None) -> None:
        """List these; the one of ``current`` is marked."""
        self.listed = listed
        self.clear()
        for each in listed:
            item = QTreeWidgetItem([each.plan_id, each.version, f"{_SIGNS.get(each.state, '·')} {each.state}"])
            item.setData(0, Qt.ItemDataRole.UserRole, each)
            self.addTopLevelItem(item)
            if current is not None and (each.plan_id, each.version) == (current.id, current.version):
                self.setCurrentItem(item)

    def _pick(self, item: QTreeWidgetItem) -> None:
        self.picked.emit(item.data(0, Qt.ItemDataRole.UserRole))
