"""The cards beside a control chart: what a point is, what it breaks and why, what the process can hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from station_app.domain.inspection.plan import Characteristic
from station_app.domain.rules import Refusal
from station_app.domain.spc.points import ChartPoint
from station_app.domain.spc.signals import Signal as ChartSignal
from station_app.services.spc import CapabilityFound, ChartEntry
from station_app.ui.look import Look
from station_app.ui.spc_words import estimator_word, point_lines, signal_title
from widgets.buttons import BigButton, ButtonKind
from widgets.capability_panel import CapabilityPanel, IndexRow
from widgets.card import Card, CardState
from widgets.histogram import FittedCurve, Histogram, SpecificationLine
from widgets.layouts import clear
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM

translate = QCoreApplication.translate

ENOUGH = 1.33
"""A capability index below this is marked: the usual demand on a running process (Montgomery, 7th edition, table 8.2)."""


def _words(look: Look, color: str = "text") -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(look.font(CAPITAL_NOTE_MM))
    label.setStyleSheet(f"color: {getattr(look.theme, color)};")
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label


class PointCard(Card):
    """The chosen point and what leads on from it. Its buttons are wishes: its unit's record, the trend of that moment."""

    record_wanted = Signal()
    trend_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, translate("spc", "Point"), parent=parent)
        self._page_look = look
        self._empty = _words(look, "second")
        self._empty.setText(translate("spc", "Touch a point, or choose one with the arrow keys."))
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.mm(3))
        self._grid.setVerticalSpacing(look.mm(1))
        self._grid.setColumnStretch(1, 1)
        self.record_button = self._button(translate("spc", "Record, pictures"))
        self.trend_button = self._button(translate("spc", "Trend"))
        self.record_button.clicked.connect(self.record_wanted)
        self.trend_button.clicked.connect(self.trend_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.mm(3))
        buttons.addWidget(self.record_button, 1)
        buttons.addWidget(self.trend_button, 1)
        self.body.setSpacing(look.mm(2.4))
        self.body.addWidget(self._empty)
        self.body.addWidget(self._rows)
        self.body.addLayout(buttons)
        self.show_point(None, ())

    def show_point(
        self,
        characteristic: Characteristic | None,
        group: Sequence[ChartPoint],
        number: int = 0,
        name_of: Callable[[str], str] = str,
    ) -> None:
        """Show what stands behind a point; nothing when none is chosen. ``name_of``: a person by the id."""
        clear(self._grid)
        chosen = characteristic is not None and bool(group)
        lines = point_lines(characteristic, group, name_of) if characteristic is not None and group else []
        for row, (label, value) in enumerate(lines):
            name = Line(self._page_look, label, color="second", capital_mm=CAPITAL_SMALL_MM)
            text = _words(self._page_look)
            text.setText(value)
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, row, 1)
        self.set_title(translate("spc", "Point {n}").format(n=number) if chosen else translate("spc", "Point"))
        for part in (self._rows, self.record_button, self.trend_button):
            part.setVisible(chosen)
        self._empty.setVisible(not chosen)

    def _button(self, text: str) -> BigButton:
        button = BigButton(self._page_look, text, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button


class SignalCard(Card):
    """A broken rule in words, its reaction plan and its cause. Its buttons are wishes: to name the cause, the next open one."""

    cause_wanted = Signal()
    next_wanted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, translate("spc", "Broken rules"), parent=parent)
        self._text = _words(look)
        self.cause_button = BigButton(
            look,
            translate("spc", "Name the cause"),
            ButtonKind.PRIMARY,
            size_mm=TARGET_MM,
            capital_mm=CAPITAL_NOTE_MM,
        )
        self.next_button = BigButton(look, translate("spc", "Next open"), size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        self.cause_button.clicked.connect(self.cause_wanted)
        self.next_button.clicked.connect(self.next_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(look.mm(3))
        buttons.addWidget(self.cause_button, 1)
        buttons.addWidget(self.next_button, 1)
        self.body.setSpacing(look.mm(2.4))
        self.body.addWidget(self._text)
        self.body.addLayout(buttons)

    def show_signal(self, entry: ChartEntry | None, signal: ChartSignal | None, open_count: int) -> None:
        """Show a signal of the chosen point or the oldest open one, and how many have no cause yet."""
        reaction = entry.characteristic.reaction if entry is not None else ""
        self.next_button.setVisible(open_count > 1 or (open_count == 1 and (signal is None or not signal.open)))
        if signal is None:
            self.set_state(CardState.IDLE)
            self.set_note("")
            self._text.setText(translate("spc", "No rule is broken without a known cause."))
            self.cause_button.hide()
            return
        parts = [signal_title(signal) + "."]
        if reaction:
            parts.append(translate("spc", "Reaction plan: {text}").format(text=reaction))
        parts += [
            translate("spc", "Cause: {cause} {text}").format(cause=cause.cause, text=cause.text).strip()
            for cause in signal.causes
        ]
        if signal.open:
            parts.append(translate("spc", "Cause: choose one, or say it."))
        self._text.setText("\n".join(parts))
        state = CardState.FAILED if signal.open else CardState.WARNING if signal.fact.warning else CardState.OK
        word = translate("spc", "1 open") if open_count == 1 else translate("spc", "{n} open").format(n=open_count)
        self.set_state(state, word if open_count else "")
        self.cause_button.setVisible(not signal.fact.warning)
        self.cause_button.set_text(
            translate("spc", "Name the cause") if signal.open else translate("spc", "Add a cause")
        )
        self.cause_button.set_kind(ButtonKind.PRIMARY if signal.open else ButtonKind.NORMAL)

    def text(self) -> str:
        """What the card says."""
        return self._text.text()


class CapabilityCards:
    """Histogram and indices of one characteristic, as two cards."""

    def __init__(self, look: Look) -> None:
        self.histogram = Histogram(look, translate("spc", "Nothing measured yet"))
        self.panel = CapabilityPanel(look)
        self.histogram_card = Card(look, translate("spc", "Histogram"))
        self.capability_card = Card(look, translate("spc", "Capability"))
        for card, widget in ((self.histogram_card, self.histogram), (self.capability_card, self.panel)):
            card.body.addWidget(widget, 1)
            card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def show(self, characteristic: Characteristic, found: CapabilityFound | Refusal) -> None:
        """Show what was found, or why there is nothing."""
        if isinstance(found, Refusal):
            self.panel.set_capability((), "", [str(found)])
            self.histogram.set_histogram(np.zeros(0), np.zeros(0))
            return
        result, bars = found.capability, found.histogram
        rows = [
            IndexRow(name, f"{index.value:.2f}", _interval(index.low, index.high), index.value < ENOUGH)
            for name, index in (
                ("Cp", result.cp),
                ("Cpk", result.cpk),
                ("Cpm", result.cpm),
                ("Pp", result.pp),
                ("Ppk", result.ppk),
            )
            if index.value is not None
        ]
        places = characteristic.decimals + 2
        foot = [
            translate("spc", "σ {within} ({estimator}) · overall {overall}").format(
                within=f"{result.within.value:.{places}f}",
                estimator=estimator_word(result.within.estimator),
                overall=f"{result.overall:.{places}f}",
            ),
            translate("spc", "n = {n} · {share} % intervals").format(n=result.n, share=round(result.confidence * 100)),
            *result.notes,
        ]
        self.panel.set_capability(rows, "" if found.stable else translate("spc", "Not stable"), foot)
        curves = (FittedCurve(result.mean, result.within.value), FittedCurve(result.mean, result.overall, dashed=True))
        self.histogram.set_histogram(
            bars.edges,
            bars.counts.astype(float),
            specification_lines(characteristic),
            curves,
            translate("spc", "{title}: {n} readings").format(title=characteristic.title, n=result.n),
            characteristic.decimals,
        )


def specification_lines(characteristic: Characteristic) -> tuple[SpecificationLine, ...]:
    """Limits and nominal as the histogram draws them."""
    limits = (
        (characteristic.lower, "LSL {v}", -1),
        (characteristic.nominal, "{v}", 0),
        (characteristic.upper, "USL {v}", 1),
    )
    drawn = {characteristic.lower, characteristic.upper}
    return tuple(
        SpecificationLine(float(value), label.format(v=value), side)
        for value, label, side in limits
        if value is not None and (side or value not in drawn)
    )


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{low:.2f} – {high:.2f}"
