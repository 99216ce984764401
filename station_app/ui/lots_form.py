"""Beginning the inspection of a lot: its plan, number, size and supplier, and how large the sample will be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.inspection.sampling import Scheme, schemes_of
from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.lots_words import sample_text
from widgets.buttons import BigButton
from widgets.card import Card
from widgets.number_entry import NumberEntry
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, TARGET_MM

FIELD_MM = 15.0
MOST_PIECES = 100_000


class LotForm(QWidget):
    """``wanted(plan_id, lot, size, supplier)``: the lot is to be begun. ``edited`` when anything changed.

    ``resume_wanted(plan_id, supplier, scheme)``: a discontinued inspection is to go on.
    """

    wanted = Signal(str, str, int, str)
    edited = Signal()
    resume_wanted = Signal(str, str, object)

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._page_look = services, look
        self._plan_id = ""
        self._plans: tuple[str, ...] = ()
        self.number, self.supplier = self._field(self.tr("Lot number")), self._field(self.tr("Supplier"))
        self.number.setPlaceholderText(self.tr("Scan or type the lot"))
        self.supplier.setPlaceholderText(self.tr("Empty: our own production"))
        self.pieces = NumberEntry(look, self.tr("pieces"))
        self.pieces.setAccessibleName(self.tr("Pieces in the lot"))
        self.pieces.edited.connect(lambda _text: self._edited())
        self.number.returnPressed.connect(lambda: self.pieces.setFocus(Qt.FocusReason.TabFocusReason))
        self.pieces.entered.connect(lambda _text: self.supplier.setFocus(Qt.FocusReason.TabFocusReason))
        self.supplier.returnPressed.connect(self.submit)
        self._sample = QLabel()
        self._sample.setWordWrap(True)
        self._sample.setFont(look.font(CAPITAL_NOTE_MM))
        self._sample.setStyleSheet(f"color: {look.theme.second};")
        self.resume_button = BigButton(look, self.tr("Let it go on"), shape=Shape.REPEAT, size_mm=TARGET_MM)
        self.resume_button.clicked.connect(self._resume)
        self.card = Card(look, self.tr("Begin a lot"))
        self._plan_row = QGridLayout()
        self._plan_row.setSpacing(look.mm(3))
        self._plan_buttons: dict[str, BigButton] = {}
        self._lay_out()

    def refresh(self) -> None:
        """The plans as they are now."""
        plans = tuple(sorted(p.id for p in self._services.quality.inspecting.plans().values() if p.characteristics))
        if plans != self._plans:
            self._plans = plans
            self._build_plans()
        if self._plan_id not in plans:
            self._plan_id = plans[0] if plans else ""
        for plan_id, button in self._plan_buttons.items():
            button.setChecked(plan_id == self._plan_id)
        self.card.message.set_message("", "" if plans else self.tr("This station has no inspection plan."))
        self._show_sample()

    def clear(self) -> None:
        """Ready for the next lot."""
        self.number.clear()
        self.supplier.clear()
        self.pieces.set_text("")

    @property
    def complete(self) -> bool:
        """Whether a lot can be begun."""
        return bool(self._plan_id and self.number.text().strip() and self._count())

    @property
    def sample_text(self) -> str:
        """What is said of the lot before it begins."""
        return self._sample.text()

    def submit(self) -> None:
        """Begin it, if it is complete."""
        pieces = self._count()
        if self.complete and pieces is not None:
            self.wanted.emit(self._plan_id, self.number.text().strip(), pieces, self.supplier.text().strip())

    def _count(self) -> int | None:
        text = self.pieces.text().strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
        return number if 1 <= number <= MOST_PIECES else None

    def _plan(self) -> InspectionPlan | None:
        return self._services.quality.inspecting.plans().get(self._plan_id)

    def _edited(self) -> None:
        self._show_sample()
        self.edited.emit()

    def _show_sample(self) -> None:
        plan, pieces = self._plan(), self._count()
        typed = self.pieces.text().strip()
        lines = (
            [] if plan is None or pieces is None else sample_text(self._services, plan, pieces, self.supplier.text())
        )
        if typed and pieces is None:
            lines = [self.tr("“{text}” is no number of pieces: 1 to {most}.").format(text=typed, most=MOST_PIECES)]
        if plan is not None and self._again():
            lines.append(self.tr("Not accepted before: it is submitted again and does not count for the severity."))
        self._sample.setText("\n".join(lines))
        self.resume_button.setVisible(self._discontinued() is not None)

    def _again(self) -> bool:
        inspecting = self._services.quality.inspecting
        return inspecting.rejected_before(self._plan_id, self.supplier.text(), self.number.text())

    def _discontinued(self) -> Scheme | None:
        plan, inspecting = self._plan(), self._services.quality.inspecting
        schemes = [] if plan is None else schemes_of(plan)
        supplier = self.supplier.text()
        return next(
            (each for each in schemes if inspecting.switching(self._plan_id, supplier, each).discontinued), None
        )

    def _resume(self) -> None:
        scheme = self._discontinued()
        if scheme is not None:
            self.resume_wanted.emit(self._plan_id, self.supplier.text().strip(), scheme)

    def _choose(self, plan_id: str) -> None:
        self._plan_id = plan_id
        self.refresh()
        self.edited.emit()

    def _build_plans(self) -> None:
        for button in self._plan_buttons.values():
            self._plan_row.removeWidget(button)
            button.deleteLater()
        self._plan_buttons = {}
        for place, plan_id in enumerate(self._plans):
            plan = self._services.quality.inspecting.plans()[plan_id]
            button = BigButton(self._page_look, plan.title or plan.id, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, plan_id=plan_id: self._choose(plan_id))
            self._plan_row.addWidget(button, place // 2, place % 2)
            self._plan_buttons[plan_id] = button

    def _field(self, caption: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(caption)
        field.setFont(self._page_look.font(CAPITAL_BODY_MM))
        field.setMinimumHeight(self._page_look.mm(FIELD_MM))
        field.setMaxLength(60)
        field.textChanged.connect(lambda _text: self._edited())
        return field

    def _lay_out(self) -> None:
        look = self._page_look
        self.card.body.setSpacing(look.mm(2.4))
        self.card.body.addLayout(self._plan_row)
        for caption, field in (
            (self.tr("Lot number"), self.number),
            (self.tr("Pieces in the lot"), self.pieces),
            (self.tr("Supplier"), self.supplier),
        ):
            self.card.body.addWidget(Line(look, caption, color="second", capital_mm=CAPITAL_NOTE_MM))
            self.card.body.addWidget(field)
        self.card.body.addWidget(self._sample)
        self.card.body.addWidget(self.resume_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, look.mm(5), 0, look.mm(5))
        column.addWidget(self.card)
        column.addStretch(1)
