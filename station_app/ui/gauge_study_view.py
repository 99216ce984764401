"""A gauge study at the station: who measures, which part is next, the reading; and the result by both methods."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.quality.gauge_study import Method
from station_app.domain.rules import Refusal
from station_app.domain.spc.studies import Cell, StudyInWork
from station_app.services.gauge_studies import GaugeStudies
from station_app.ui.gauges_words import study_sections
from station_app.ui.look import Look
from widgets.buttons import BigButton
from widgets.card import Card
from widgets.number_entry import NumberEntry
from widgets.record_table import RecordSection, RecordTable
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_HEADING_MM, CAPITAL_NOTE_MM, TARGET_MM

translate = QCoreApplication.translate


Say = Callable[[Refusal], None]


class GaugeStudyView(QWidget):
    """Shows one study. ``entered(cell, text)``: a reading of (part, operator, trial)."""

    entered = Signal(object, str)

    def __init__(self, studies: GaugeStudies, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studies, self._page_look = studies, look
        self._study_id, self._operator = "", ""
        self.title = Line(look, "", color="second", capital_mm=CAPITAL_NOTE_MM)
        self.next = Line(look, "", bold=True, capital_mm=CAPITAL_HEADING_MM)
        self.entry = NumberEntry(look, "")
        self.entry.setAccessibleName(translate("gauges", "Reading"))
        self.entry.entered.connect(lambda _text: self.enter())
        self._who = QHBoxLayout()
        self._who.setSpacing(look.mm(3))
        self._buttons: dict[str, BigButton] = {}
        self.table = RecordTable(look, "")
        measuring = QWidget()
        column = QVBoxLayout(measuring)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.mm(4))
        card = Card(look, translate("gauges", "Next reading"))
        card.body.setSpacing(look.mm(3))
        card.body.addLayout(self._who)
        card.body.addWidget(self.next)
        card.body.addWidget(self.entry)
        hint = translate("gauges", "The order is random, so that nobody remembers the last reading of a part.")
        card.body.addWidget(Line(look, hint, color="second", capital_mm=CAPITAL_NOTE_MM - 0.4))
        column.addWidget(card)
        column.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(measuring)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(3))
        layout.addWidget(self.title)
        layout.addWidget(self._stack, 1)

    @property
    def measuring(self) -> bool:
        """Whether readings are still to be taken."""
        return self._stack.currentIndex() == 0

    @property
    def cell(self) -> Cell | None:
        """What is measured next: part, operator, trial."""
        try:
            return self._studies.study(self._study_id).next_for(self._operator)
        except Refusal:
            return None

    def show_study(self, study: StudyInWork) -> None:
        """Bring it up to date; when everything is measured, its result."""
        started = study.started
        if started.study_id != self._study_id:
            self._study_id, self._operator = started.study_id, started.operators[0]
            self._build_operators(started.operators)
            self.entry.set_text("")
            self.entry.set_unit(started.unit)
        missing = study.missing()
        left = (
            translate("gauges", "1 reading is missing")
            if len(missing) == 1
            else translate("gauges", "{n} readings are missing").format(n=len(missing))
        )
        state = left if missing else translate("gauges", "everything is measured")
        self.title.set_text(f"{started.gauge} · {started.characteristic} · {state}")
        if not missing:
            self._show_result()
            return
        if study.next_for(self._operator) is None:
            self._operator = missing[0][1]
        for name, button in self._buttons.items():
            button.setChecked(name == self._operator)
            button.setEnabled(study.next_for(name) is not None)
        cell = study.next_for(self._operator)
        assert cell is not None
        self.next.set_text(
            translate("gauges", "Part {part} · {operator} · trial {trial}").format(
                part=cell[0], operator=cell[1], trial=cell[2]
            )
        )
        self._stack.setCurrentIndex(0)

    def saved(self) -> None:
        """The reading is on disk: ready for the next one."""
        self.entry.set_text("")

    def enter(self) -> None:
        """What is typed is the reading of the part that is next."""
        cell, text = self.cell, self.entry.text()
        if cell is not None and text.strip():
            self.entered.emit(cell, text)

    def _show_result(self) -> None:
        sections: list[RecordSection] = []
        for method in (Method.ANOVA, Method.RANGE):
            try:
                sections += study_sections(self._studies.compute(self._study_id, method))
            except Refusal as refusal:
                sections.append(RecordSection(str(method), (), str(refusal)))
        self.table.set_sections(sections, keep_place=True)
        self._stack.setCurrentIndex(1)

    def _build_operators(self, operators: tuple[str, ...]) -> None:
        for button in self._buttons.values():
            self._who.removeWidget(button)
            button.deleteLater()
        self._buttons = {}
        for name in operators:
            button = BigButton(self._page_look, name, size_mm=TARGET_MM, capital_mm=CAPITAL_BODY_MM)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, name=name: self._choose(name))
            self._who.addWidget(button)
            self._buttons[name] = button

    def _choose(self, operator: str) -> None:
        self._operator = operator
        self.show_study(self._studies.study(self._study_id))
