"""Setting control limits: choosing the points of phase I, comparing old and new, the signature; and the history of limits."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from station_app.domain.records import ControlLimitsSet
from station_app.domain.rules import Refusal
from station_app.domain.spc.live import LiveChart, Phase
from station_app.services.spc import ChartEntry, ProcessControl, Proposal
from station_app.ui.look import Look
from station_app.ui.spc_words import estimator_word
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card, CardState
from widgets.layouts import clear
from widgets.overlay import Overlay
from widgets.record_table import RecordRow, RecordSection, RecordTable
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM

translate = QCoreApplication.translate

FIELD_MM = 14.0


class LimitsChoice:
    """Which points are chosen for new limits, by point_id: from, to, without which. Empty: from the first, to the newest."""

    def __init__(self) -> None:
        self.first = self.last = ""
        self.left_out: set[str] = set()

    def toggle(self, ids: Sequence[str]) -> None:
        """Leave a plotted point out, or take it in again."""
        if self.left_out.issuperset(ids):
            self.left_out.difference_update(ids)
        else:
            self.left_out.update(ids)

    def propose(self, control: ProcessControl, chart_id: str) -> Proposal | Refusal:
        """The limits that follow, or why none do."""
        try:
            return control.propose(chart_id, self.left_out, self.first, self.last)
        except Refusal as refusal:
            return refusal


class LimitsCard(Card):
    """What is chosen, the limits as they are and as they would be, and the reason. Its buttons are wishes.

    ``sign_wanted(reason)``: the limits are to be frozen by a signature.
    """

    toggle_wanted = Signal()
    from_wanted = Signal()
    until_wanted = Signal()
    cancelled = Signal()
    sign_wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, translate("spc", "New limits"), parent=parent)
        self._page_look = look
        self._chosen = QLabel()
        self._chosen.setWordWrap(True)
        self._chosen.setFont(look.font(CAPITAL_NOTE_MM))
        self._chosen.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.toggle_button = self._button(translate("spc", "Leave out"))
        self.from_button = self._button(translate("spc", "From here"))
        self.until_button = self._button(translate("spc", "Until here"))
        self.toggle_button.clicked.connect(self.toggle_wanted)
        self.from_button.clicked.connect(self.from_wanted)
        self.until_button.clicked.connect(self.until_wanted)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look.mm(3))
        self._grid.setVerticalSpacing(look.mm(1.2))
        for column in (1, 2):
            self._grid.setColumnStretch(column, 1)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(translate("spc", "Why these limits are set"))
        self.reason.setAccessibleName(translate("spc", "Why these limits are set"))
        self.reason.setFont(look.font(CAPITAL_BODY_MM))
        self.reason.setMinimumHeight(look.mm(FIELD_MM))
        self.reason.setMaxLength(500)
        self.reason.textChanged.connect(lambda _text: self._allow())
        self.cancel_button = self._button(translate("spc", "Cancel"))
        self.cancel_button.clicked.connect(self.cancelled)
        self.sign_button = self._button(translate("spc", "Sign and freeze"), ButtonKind.PRIMARY)
        self.sign_button.clicked.connect(lambda: self.sign_wanted.emit(self.reason.text().strip()))
        self._possible = False
        choosing, ending = QHBoxLayout(), QHBoxLayout()
        for row, buttons in (
            (choosing, (self.toggle_button, self.from_button, self.until_button)),
            (ending, (self.cancel_button, self.sign_button)),
        ):
            row.setSpacing(look.mm(2.4))
            for button in buttons:
                row.addWidget(button, 1)
        self.body.setSpacing(look.mm(2.4))
        self.body.addWidget(self._chosen)
        self.body.addLayout(choosing)
        self.body.addLayout(self._grid)
        self.body.addWidget(self.reason)
        self.body.addLayout(ending)

    def show_proposal(
        self, entry: ChartEntry, live: LiveChart, proposal: Proposal | Refusal, selected: bool, left_out: bool
    ) -> None:
        """Show the choice: what would change, or why nothing can be computed from it."""
        for button in (self.toggle_button, self.from_button, self.until_button):
            button.setEnabled(selected)
        self.toggle_button.set_text(translate("spc", "Take in") if left_out else translate("spc", "Leave out"))
        self._possible = isinstance(proposal, Proposal)
        if isinstance(proposal, Refusal):
            self._chosen.setText(translate("spc", "Choose points on the chart."))
            self.set_state(CardState.WARNING)
            self.message.set_message(str(proposal))
            self._compare(entry, live, None)
        else:
            self._chosen.setText(
                translate("spc", "From {n} points, {m} readings.").format(
                    n=proposal.limits.subgroups, m=proposal.limits.readings
                )
            )
            self.set_state(CardState.IDLE)
            stable = proposal.stable
            self.message.set_message(
                "" if stable else translate("spc", "These points break a rule."),
                ""
                if stable
                else translate("spc", "Leave out what has a known cause, or say in the reason why it stays."),
            )
            self._compare(entry, live, proposal)
        self._allow()

    def _compare(self, entry: ChartEntry, live: LiveChart, proposal: Proposal | None) -> None:
        """Old beside new."""
        clear(self._grid)
        places = entry.characteristic.decimals + 1
        now = live.chart if live.phase is not Phase.COLLECTING else None
        new = None if proposal is None else proposal.chart
        titles = (
            "",
            translate("spc", "Limits {n}").format(n=entry.limits_version)
            if entry.limits_version
            else translate("spc", "Provisional"),
            translate("spc", "New"),
        )
        rows: list[tuple[str, ...]] = [titles]
        for label, field in (("UCL", "ucl"), ("CL", "center"), ("LCL", "lcl"), ("σ", "sigma")):
            values = [
                "–" if chart is None else f"{float(getattr(chart, field)[-1]):.{places + (field == 'sigma')}f}"
                for chart in (now, new)
            ]
            rows.append((label, *values))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                color = "second" if not row or not column else "text"
                line = Line(
                    self._page_look, text, color=color, capital_mm=CAPITAL_NOTE_MM, bold=bool(row and column == 2)
                )
                self._grid.addWidget(line, row, column)

    def _allow(self) -> None:
        self.sign_button.setEnabled(self._possible and bool(self.reason.text().strip()))

    def _button(self, text: str, kind: ButtonKind = ButtonKind.NORMAL) -> BigButton:
        button = BigButton(self._page_look, text, kind, size_mm=TARGET_MM, capital_mm=CAPITAL_SMALL_MM + 0.2)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button


class LimitsHistory(Overlay):
    """Every version of a chart's limits, the newest first."""

    def __init__(
        self, look: Look, title: str, limits: Sequence[ControlLimitsSet], decimals: int, utc_offset_min: int = 0
    ) -> None:
        super().__init__(look, width_mm=300)
        self.setAccessibleName(title)
        self.add_heading(title)
        self.table = RecordTable(
            look, translate("spc", "No limits were set yet: those that are drawn are provisional.")
        )
        self.table.setMinimumHeight(look.mm(150))
        newest = sorted(limits, key=lambda each: each.limits_version, reverse=True)
        self.table.set_sections([_section(each, decimals, utc_offset_min) for each in newest])
        self.content.addWidget(self.table, 1)
        back = BigButton(look, translate("spc", "Back"), size_mm=TARGET_MM)
        back.clicked.connect(self.dismiss)
        foot = QHBoxLayout()
        foot.addWidget(back)
        foot.addStretch(1)
        self.content.addLayout(foot)


def _section(fact: ControlLimitsSet, decimals: int, utc_offset_min: int) -> RecordSection:
    def figure(value: float | None, more: int = 1) -> str:
        return "–" if value is None else f"{value:.{decimals + more}f}"

    rows = [
        RecordRow(translate("spc", "UCL"), figure(fact.ucl)),
        RecordRow(translate("spc", "Centre"), figure(fact.center)),
        RecordRow(translate("spc", "LCL"), figure(fact.lcl)),
        RecordRow(translate("spc", "σ"), figure(fact.sigma, 2), estimator_word(fact.estimator)),
        RecordRow(
            translate("spc", "Baseline"),
            _stretch(fact.baseline_from_us, fact.baseline_until_us, utc_offset_min),
            translate("spc", "{n} points, {m} readings").format(n=fact.baseline_points, m=fact.baseline_readings),
        ),
        RecordRow(translate("spc", "Signed"), fact.printed_name, fact.method),
        RecordRow(translate("spc", "Reason"), fact.reason),
    ]
    return RecordSection(translate("spc", "Limits {n}").format(n=fact.limits_version), tuple(rows))


def _stretch(from_us: int, until_us: int, utc_offset_min: int) -> str:
    """From when to when in the station's time; the day once when it is the same."""
    first, last = (
        datetime.datetime.fromtimestamp(at_us / 1e6 + utc_offset_min * 60, datetime.UTC)
        for at_us in (from_us, until_us)
    )
    end = last.strftime("%H:%M" if first.date() == last.date() else "%Y-%m-%d %H:%M")
    return f"{first:%Y-%m-%d %H:%M} – {end}"
