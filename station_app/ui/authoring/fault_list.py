"""What is wrong with the draft: the faults of ``station instructions check``; a click or Enter leads to the place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from station_app.domain.fault import Fault, shown
from station_app.domain.work_master import WorkMaster
from station_app.ui.authoring.places import CHECKS, Place, place_of
from station_app.ui.look import Look
from widgets.editor_style import caption
from widgets.theme import CAPITAL_SMALL_MM

# what a file's reader says of a value that has no words of its own
UNSAID = (shown({}), shown([]))


class FaultList(QWidget):
    """The faults below the editor. ``wanted(place)`` asks to go to one."""

    wanted = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._places: list[Place] = []
        self.heading = caption(look, self.tr("Looking for faults …"), heading=True)
        self._hint = caption(look, self.tr("F8: the next one"), color="muted")
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Faults"))
        self.list.setFont(look.font(CAPITAL_SMALL_MM))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda item: self._go(self.list.row(item)))
        self.list.itemActivated.connect(lambda item: self._go(self.list.row(item)))
        head = QHBoxLayout()
        head.addWidget(self.heading, 1)
        head.addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)

    def set_faults(self, faults: Sequence[Fault], work_master: WorkMaster) -> None:
        """Show these faults of this work master."""
        count = len(faults)
        words = self.tr("1 fault") if count == 1 else self.tr("{n} faults").format(n=count)
        self.heading.setText(words if count else self.tr("✓ No faults: it may go into review"))
        self._hint.setVisible(bool(count))
        self.list.setVisible(bool(count))
        self._places = [place_of(fault, work_master) for fault in faults]
        self.list.clear()
        for fault, place in zip(faults, self._places, strict=True):
            self.list.addItem(QListWidgetItem("◆ " + self._said(fault, place, work_master)))

    @property
    def places(self) -> list[Place]:
        """Where the faults are."""
        return list(self._places)

    def next(self) -> None:
        """Go to the fault below the current one, the first after the last."""
        if self._places:
            row = (self.list.currentRow() + 1) % len(self._places)
            self.list.setCurrentRow(row)
            self._go(row)

    def _go(self, row: int) -> None:
        if 0 <= row < len(self._places):
            self.wanted.emit(self._places[row])

    def _said(self, fault: Fault, place: Place, work_master: WorkMaster) -> str:
        """The fault for somebody who does not know of files: the step, the field, what is wrong and what is allowed."""
        if fault.key == "step" and not work_master.steps:
            return self.tr("It has no step yet. Press Add step (Ctrl+N).")
        where = self.tr("Instruction")
        if place.step is not None and place.step < len(work_master.steps):
            step = work_master.steps[place.step]
            where = self.tr("Step {n} “{title}”").format(n=place.step + 1, title=step.title.get("en") or step.id)
            if place.part == CHECKS and place.index is not None and place.index < len(step.checks):
                check = step.checks[place.index]
                where += f", “{check.title or check.id}”"
        if place.language and place.language != "en":
            where += f" ({place.language})"
        value = "" if fault.value in UNSAID else fault.value
        what = ": ".join(part for part in (place.field, value, fault.message) if part)
        allowed = self.tr(" Allowed: {what}").format(what=fault.allowed) if fault.allowed else ""
        return f"{where} · {what}{'' if what.endswith(('.', '?', '!')) else '.'}{allowed}"
