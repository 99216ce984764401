"""Imported results before they are recorded: what matches, what is out of limits, what is left out; the unit where it lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from station_app.domain.inspection.importing import ImportFault, Matched
from station_app.domain.inspection.preview import PreviewRow, preview
from station_app.domain.outcome import Outcome
from station_app.ui.inspect_words import limits_text
from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Message
from widgets.overlay import Overlay
from widgets.record_table import RecordRow, RecordSection, RecordTable
from widgets.step_list import StepMark
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, TARGET_MM

translate = QCoreApplication.translate

LENGTHS, ANGLES = ("mm", "µm", "in"), ("°", "rad")
MOST_NAMED, PARTS_ACROSS, MOST_PARTS = 6, 6, 24
CHOICE_MM, TABLE_MM, WIDTH_MM = TARGET_MM, 96.0, 300.0


@dataclass(frozen=True, slots=True)
class Incoming:
    """Results that came: ``matched(linear_unit, angular_unit)`` links them to the plan and raises ImportFault.

    ``linear`` and ``angular``: the unit has to be told. ``serial`` is the unit that is inspected, empty for a lot's piece.
    """

    title: str
    source: str
    serial: str
    matched: Callable[[str, str], Matched]
    linear: bool = False
    angular: bool = False


class ImportSheet(Overlay):
    """Shows what would be recorded. ``recorded(rows)`` when the person says so: the rows that can be recorded."""

    recorded = Signal(object)

    def __init__(self, look: Look, incoming: Incoming) -> None:
        super().__init__(look, width_mm=WIDTH_MM)
        self._incoming = incoming
        self._part: str | None = None
        self._rows: list[PreviewRow] = []
        self.setAccessibleName(incoming.title)
        self.add_heading(incoming.title)
        self._units = {
            "linear": self._choices(translate("import", "Lengths are in"), LENGTHS if incoming.linear else ()),
            "angular": self._choices(translate("import", "Angles are in"), ANGLES if incoming.angular else ()),
        }
        self._parts: list[BigButton] = []
        self._part_holder = QWidget()
        self._part_grid = QGridLayout(self._part_holder)
        self._part_grid.setContentsMargins(0, 0, 0, 0)
        self._part_grid.setSpacing(look.mm(3))
        self.content.addWidget(self._part_holder)
        self.table = RecordTable(look, "")
        self.table.setMinimumHeight(look.mm(TABLE_MM))
        self.content.addWidget(self.table, 1)
        self.message = Message(look)
        self.content.addWidget(self.message)
        self.cancel_button = BigButton(look, translate("import", "Cancel"), size_mm=TARGET_MM)
        self.record_button = BigButton(look, "", ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.cancel_button.clicked.connect(self.dismiss)
        self.record_button.clicked.connect(self._record)
        foot = QHBoxLayout()
        foot.addWidget(self.cancel_button)
        foot.addStretch(1)
        foot.addWidget(self.record_button)
        self.content.addLayout(foot)
        self._show()

    def unit_button(self, unit: str) -> BigButton:
        """The button of a unit."""
        return next(button for buttons in self._units.values() for button in buttons if button.text() == unit)

    def part_button(self, part: str) -> BigButton:
        """The button of a part of the file."""
        return next(button for button in self._parts if button.text() == part)

    def _choices(self, caption: str, texts: Sequence[str]) -> list[BigButton]:
        """A row of buttons of which one is chosen; nothing where there is nothing to choose."""
        if not texts:
            return []
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self.look.mm(3))
        row.addWidget(Line(self.look, caption, color="second", capital_mm=CAPITAL_NOTE_MM))
        buttons = [BigButton(self.look, text, size_mm=CHOICE_MM, capital_mm=CAPITAL_NOTE_MM) for text in texts]
        for button in buttons:
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, chosen=button: self._choose(buttons, chosen))
            row.addWidget(button)
        row.addStretch(1)
        self.content.addWidget(holder)
        return buttons

    def _choose(self, buttons: Sequence[BigButton], chosen: BigButton) -> None:
        for button in buttons:
            button.setChecked(button is chosen)
        self._show()

    def _chosen(self, kind: str) -> str:
        return next((button.text() for button in self._units[kind] if button.isChecked()), "")

    def _show(self) -> None:
        """What follows from the units and the part that are chosen."""
        self._rows = []
        waiting = [kind for kind, buttons in self._units.items() if buttons and not self._chosen(kind)]
        if waiting:
            self._say(
                translate("import", "The file does not say in which unit it measures."),
                translate("import", "Choose the unit that the machine measured in."),
            )
            return
        try:
            matched = self._incoming.matched(self._chosen("linear"), self._chosen("angular"))
        except ImportFault as fault:
            self._say(str(fault), translate("import", "Nothing can be recorded."))
            return
        self._offer_parts(matched)
        if self._part is None:
            self._say(translate("import", "The file holds {n} parts.").format(n=len(matched.parts)),
                      translate("import", "Choose the one that lies here."))  # fmt: skip
            return
        self._rows = preview(matched.of_part(self._part))
        self._show_rows(matched)

    def _offer_parts(self, matched: Matched) -> None:
        """The unit's own part, the only one, or buttons to choose one."""
        parts = matched.parts
        if self._part is None and self._incoming.serial in parts:
            self._part = self._incoming.serial
        if self._part is None and len(parts) == 1:
            self._part = parts[0]
        if self._parts or len(parts) <= 1 or self._part is not None:
            return
        for number, part in enumerate(parts[:MOST_PARTS]):
            button = BigButton(self.look, part, size_mm=CHOICE_MM, capital_mm=CAPITAL_NOTE_MM)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, part=part, chosen=button: self._choose_part(part, chosen))
            self._part_grid.addWidget(button, number // PARTS_ACROSS, number % PARTS_ACROSS)
            self._parts.append(button)
            button.show()

    def _choose_part(self, part: str, chosen: BigButton) -> None:
        self._part = part
        self._choose(self._parts, chosen)

    def _show_rows(self, matched: Matched) -> None:
        good = [row for row in self._rows if not row.fault]
        out = sum(row.outcome is Outcome.FAIL for row in good)
        sections = [RecordSection(_headline(len(good), out), tuple(_row(row) for row in self._rows))]
        if matched.unknown:
            names = ", ".join(matched.unknown[:MOST_NAMED])
            more = len(matched.unknown) - MOST_NAMED
            note = names if more <= 0 else translate("import", "{names} and {n} more").format(names=names, n=more)
            sections.append(RecordSection(translate("import", "Not in the plan, left out"), (RecordRow(note, ""),)))
        self.table.set_sections(sections)
        other = self._part not in ("", self._incoming.serial) and bool(self._incoming.serial)
        what = translate("import", "The file says part {part}; the unit here is {serial}.") if other else ""
        self.message.set_message(what.format(part=self._part, serial=self._incoming.serial))
        one = translate("import", "Record 1 result")
        many = translate("import", "Record {n} results").format(n=len(good))
        self.record_button.set_text(one if len(good) == 1 else many)
        self.record_button.setEnabled(bool(good))
        self._arrange()

    def _say(self, what: str, to_do: str) -> None:
        self.table.set_sections([])
        self.message.set_message(what, to_do)
        self.record_button.set_text(translate("import", "Record"))
        self.record_button.setEnabled(False)
        self._arrange()

    def _arrange(self) -> None:
        """The parts to choose from, or what is in the chosen one."""
        self._part_holder.setVisible(self._part is None and bool(self._parts))
        self.table.setVisible(bool(self._rows))
        self.reposition()

    def _record(self) -> None:
        rows = [row for row in self._rows if not row.fault]
        self.dismiss()
        self.recorded.emit(rows)


def _headline(count: int, out: int) -> str:
    results = translate("import", "1 result") if count == 1 else translate("import", "{n} results").format(n=count)
    inside = translate("import", "all inside the limits")
    return f"{results}, {translate('import', '{n} out of limits').format(n=out) if out else inside}"


def _row(row: PreviewRow) -> RecordRow:
    wanted = row.characteristic
    if row.fault:
        return RecordRow(f"{wanted.balloon}  {wanted.title}", row.value_text, row.fault, StepMark.SKIPPED)
    limits = wanted.limits
    mark = StepMark.FAILED if row.outcome is Outcome.FAIL else StepMark.DONE
    converted = "" if row.raw_text in row.value_text else f" · {row.raw_text}"
    note = f"{limits_text(limits)}{converted}"
    return RecordRow(f"{wanted.balloon}  {wanted.title}", f"{row.value_text} {wanted.unit}".strip(), note, mark)
