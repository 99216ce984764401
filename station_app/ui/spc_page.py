"""The page of control charts: how every charted characteristic stands, one of them large, and what there is to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.rules import Refusal
from station_app.domain.spc.live import LiveChart, live_chart
from station_app.domain.spc.points import ChartPoint
from station_app.domain.spc.signals import Signal as ChartSignal
from station_app.services.spc import CapabilityFound, ChartEntry, Proposal
from station_app.services.station import StationServices
from station_app.ui.check_view import ApprovalRequest
from station_app.ui.empty_state import EmptyState
from station_app.ui.look import Look
from station_app.ui.page import RECORDS, SPC, TRENDS, Page, Saying, ShowChart, ShowInstant, ShowUnit, Target, Weight
from station_app.ui.spc_cards import CapabilityCards, PointCard, SignalCard
from station_app.ui.spc_causes import open_cause_dialog
from station_app.ui.spc_filters import FilterRow
from station_app.ui.spc_limits import LimitsCard, LimitsChoice, LimitsHistory
from station_app.ui.spc_words import (
    ChartState,
    description_of,
    kind_text,
    limits_note,
    panels_of,
    stages_of,
    state_of,
)
from widgets.buttons import BigButton
from widgets.card import Card
from widgets.characteristic_list import CharacteristicList, CharacteristicRow
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.control_chart import ControlChart
from widgets.overlay import Overlay
from widgets.shapes import Shape
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_TITLE_MM

LIST_MM, COLUMN_MM, BUTTON_MM, FOOT_MM = 122.0, 112.0, 15.0, 74.0


class SpcPage(Page):
    """Charts of the plans in force. It asks the process control service and decides nothing."""

    page_id: ClassVar[str] = SPC

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setAccessibleName(self.title)
        self._entries: list[ChartEntry] = []
        self._states: dict[str, tuple[object, ChartState]] = {}
        self._chart_id = ""
        self._live: LiveChart | None = None
        self._drawn: object = None
        self._choice: LimitsChoice | None = None
        self.dialog: Overlay | None = None
        self.list = CharacteristicList(look, self.tr("Charted characteristics"))
        self.list.setFixedWidth(look.mm(LIST_MM))
        self.list.row_activated.connect(self._row_chosen)
        self.filters = FilterRow(look)
        self.filters.changed.connect(self.refresh)
        self.chart = ControlChart(look, self.tr("Nothing measured yet: the first result begins this chart."))
        self.chart.point_selected.connect(lambda _index: self._show_point())
        self.chart_card = Card(look, "")
        self.chart_card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.chart_card.body.addWidget(self.chart, 1)
        self.capability = CapabilityCards(look)
        self.point_card, self.signal_card, self.limits_card = PointCard(look), SignalCard(look), LimitsCard(look)
        self.point_card.record_wanted.connect(self._open_record)
        self.point_card.trend_wanted.connect(self._open_trend)
        self.signal_card.cause_wanted.connect(self.ask_cause)
        self.signal_card.next_wanted.connect(self._next_open)
        self.limits_card.toggle_wanted.connect(self._toggle)
        self.limits_card.from_wanted.connect(lambda: self._bound(first=True))
        self.limits_card.until_wanted.connect(lambda: self._bound(first=False))
        self.limits_card.cancelled.connect(self.end_limits)
        self.limits_card.sign_wanted.connect(self._sign)
        self._lay_out()
        self.watch(services.ledger.saved, self.refresh)
        self.watch(services.library.changed, self.refresh)
        self.refresh()

    # --- page --------------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("SPC")

    @property
    def help_text(self) -> str:
        """How to read and answer a chart."""
        return self.tr(
            "Every **charted characteristic** of the inspection plans. A **tick**: stable. A **red diamond**: a rule is broken "
            "and nobody has named the cause. A **yellow triangle**: an early warning, nothing is broken yet. Two numbers: so "
            "many points of those that limits need.\n\n"
            "**Touch a point**, or use the arrow keys: its unit, its record with pictures, the trend at that moment. "
            "**Drag** or Page Up and Page Down turn over, plus and minus zoom, End goes to the newest.\n\n"
            "**Name the cause** of a broken rule: choose one, or say it. The reaction plan says what to do.\n\n"
            "**Filters**: points of one machine, tool, person, lot or shift; rules and capability count for these alone.\n\n"
            "**Set limits** is for the quality engineer: choose the points of the baseline, leave out what has a known cause, "
            "compare, say why, sign. Every version is kept."
        )

    def shown(self) -> None:
        """As it is now."""
        self.refresh()

    def show_target(self, target: Target) -> None:
        """A chart, and a point of it."""
        if isinstance(target, ShowChart):
            self.open_chart(target.chart_id)
            index = self._live.index_of(target.point_id) if self._live is not None and target.point_id else None
            if index is not None:
                self.chart.select(index - 1)
                self._show_point()

    def go_back(self) -> bool:
        """Esc leaves the choice of limits, then the chosen point."""
        if self._choice is not None:
            self.end_limits()
            return True
        if self.chart.selected is not None:
            self.chart.select(None)
            self._show_point()
            return True
        return False

    def take_focus(self) -> None:
        """The chart has the keys."""
        target: QWidget = self.chart if self._entries else self
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring list, chart and cards up to date; only what changed is drawn anew."""
        control = self.services.quality.control
        self._entries = control.charts()
        self._stack.setCurrentWidget(self._filled if self._entries else self._empty)
        if not self._entries:
            return
        if self._entry() is None:
            self._chart_id = self._entries[0].chart_id
        self._show_list()
        self._draw()

    def open_chart(self, chart_id: str) -> None:
        """Show another chart; one that is not there any more changes nothing."""
        if chart_id != self._chart_id and any(entry.chart_id == chart_id for entry in self._entries):
            self._chart_id, self._choice = chart_id, None
            self.filters.clear()
            self.chart.select(None)
            self.refresh()
            self.chart.show_newest()

    def _show_list(self) -> None:
        rows = [self._row(entry) for entry in self._entries]
        current = next((at for at, entry in enumerate(self._entries) if entry.chart_id == self._chart_id), -1)
        self.list.set_rows(rows, current)
        open_count = sum(entry.open_signals for entry in self._entries)
        self.list.set_summary(
            self.tr("{n} causes are open").format(n=open_count) if open_count else self.tr("No cause is open")
        )

    def _row(self, entry: ChartEntry) -> CharacteristicRow:
        state = self._state(entry)
        return CharacteristicRow(
            str(entry.characteristic.balloon),
            entry.characteristic.title,
            kind_text(entry.settings.chart),
            state.text,
            state.mark,
            state.warning,
        )

    def _state(self, entry: ChartEntry) -> ChartState:
        """Computed again only when points, causes or limits changed."""
        points = self.services.ledger.fold.quality.charts.of(entry.chart_id)
        newest = points[-1].rec_id if points else ""
        seen = (len(points), newest, entry.open_signals, entry.limits_version, entry.settings)
        known = self._states.get(entry.chart_id)
        if known is None or known[0] != seen:
            known = self._states[entry.chart_id] = (
                seen,
                state_of(entry, self.services.quality.control.live(entry.chart_id)),
            )
        return known[1]

    def _draw(self) -> None:
        entry = self._entry()
        if entry is None:
            return
        control, selection = self.services.quality.control, self.filters.selection
        points = self.services.ledger.fold.quality.charts.of(entry.chart_id)
        self.filters.set_points(points)
        limits = self.services.ledger.fold.quality.signals.limits.get(entry.chart_id, [])
        self._live = live = control.live(entry.chart_id, None if selection.everything else selection)
        signals = control.signals(entry.chart_id)
        shown = live if self._choice is None else self._as_proposed(entry, live)
        stages = stages_of(live, limits) if self._choice is None else []
        self.chart.set_chart(
            panels_of(shown, entry.characteristic.decimals, signals), stages, description_of(entry, live)
        )
        self.chart_card.set_title(f"{entry.characteristic.title} · {kind_text(entry.settings.chart)}")
        self.chart_card.set_note(limits_note(live, limits))
        self.chart_card.message.set_message("", live.note)
        self._show_capability(entry)
        self._show_point()
        self._column.setCurrentWidget(self._answers if self._choice is None else self._limits)
        for button in (self.limits_button, self.history_button):
            button.setVisible(self._choice is None)

    def _show_capability(self, entry: ChartEntry) -> None:
        """Only computed when there is something new: it asks for quantiles."""
        selection = self.filters.selection
        points = self.services.ledger.fold.quality.charts.of(entry.chart_id)
        drawn = (entry.chart_id, entry.characteristic, selection, len(points), points[-1].rec_id if points else "")
        if drawn == self._drawn:
            return
        self._drawn = drawn
        found: CapabilityFound | Refusal
        try:
            found = self.services.quality.control.capability(
                entry.chart_id, None if selection.everything else selection
            )
        except Refusal as refusal:
            found = refusal
        self.capability.show(entry.characteristic, found)

    def _show_point(self) -> None:
        entry, live, index = self._entry(), self._live, self.chart.selected
        if entry is None or live is None:
            return
        if self._choice is not None:
            self._show_choice(entry, live)
            return
        group: Sequence[ChartPoint] = live.groups[index] if index is not None and index < len(live.groups) else ()
        self.point_card.show_point(entry.characteristic, group, 0 if index is None else index + 1)
        waiting = [signal for signal in self.services.quality.control.signals(entry.chart_id) if signal.open]
        self.signal_card.show_signal(entry, self._signal(), len(waiting))

    def _signal(self) -> ChartSignal | None:
        """What the chosen point broke; without a chosen one the oldest signal whose cause is open."""
        live, index = self._live, self.chart.selected
        signals = self.services.quality.control.signals(self._chart_id)
        if live is not None and index is not None and index < len(live.groups):
            ids = {point.point_id for point in live.groups[index]}
            found = [signal for signal in signals if signal.fact.point_id in ids]
            return next((signal for signal in found if signal.open), found[-1] if found else None)
        return next((signal for signal in signals if signal.open), None)

    # --- acting ------------------------------------------------------------------------------------------------------

    def ask_cause(self) -> None:
        """Choose or say why a rule was broken."""
        signal = self._signal()
        if signal is not None:
            self.dialog = open_cause_dialog(self, signal)

    def _next_open(self) -> None:
        """The next signal without a cause after the chosen point."""
        live = self._live
        if live is None:
            return
        waiting = [signal for signal in self.services.quality.control.signals(self._chart_id) if signal.open]
        places = sorted(place for signal in waiting if (place := live.index_of(signal.fact.point_id)) is not None)
        if places:
            here = -1 if self.chart.selected is None else self.chart.selected + 1
            self.chart.select(next((place for place in places if place > here), places[0]) - 1)
        self._show_point()

    def _open_record(self) -> None:
        group = self._group()
        serials = list(dict.fromkeys(point.serial for point in group if point.serial))
        if len(serials) == 1:
            self.wants_page.emit(RECORDS, ShowUnit(serials[0]))
        elif serials:
            dialog = ChoiceDialog(
                self.look, self.tr("Which unit?"), [Choice(each, each) for each in serials], "", self.tr("Cancel")
            )
            dialog.chosen.connect(lambda serial, _text: self.wants_page.emit(RECORDS, ShowUnit(serial)))
            self._lay_over(dialog)
        else:
            self.says.emit(Saying(Weight.NOTE, self.tr("This point is of a lot: it has no record of a unit.")))

    def _open_trend(self) -> None:
        group = self._group()
        if group:
            self.wants_page.emit(TRENDS, ShowInstant(group[-1].at_us / 1e6))

    def _group(self) -> Sequence[ChartPoint]:
        live, index = self._live, self.chart.selected
        return live.groups[index] if live is not None and index is not None and index < len(live.groups) else ()

    def _row_chosen(self, row: int) -> None:
        if row < len(self._entries):
            self.open_chart(self._entries[row].chart_id)

    # --- limits ------------------------------------------------------------------------------------------------------

    def begin_limits(self) -> None:
        """Choose the points that new limits come from. Filters are taken away: limits count for all points."""
        if not self._signed_in():
            return
        self.filters.clear()
        self._choice = LimitsChoice()
        self.limits_card.reason.clear()
        self.refresh()

    def end_limits(self) -> None:
        """Leave the limits as they are."""
        self._choice = None
        self.chart.set_excluded(())
        self.refresh()
        self.take_focus()

    def show_history(self) -> None:
        """Every version of this chart's limits."""
        entry = self._entry()
        if entry is not None:
            limits = self.services.ledger.fold.quality.signals.limits.get(entry.chart_id, [])
            title = self.tr("Limits of {title}").format(title=entry.characteristic.title)
            self._lay_over(LimitsHistory(self.look, title, limits, entry.characteristic.decimals))

    def _as_proposed(self, entry: ChartEntry, live: LiveChart) -> LiveChart:
        """All points against the limits that are proposed."""
        proposal = self._proposal()
        points = self.services.ledger.fold.quality.charts.of(entry.chart_id)
        return live_chart(entry.settings, points, proposal.limits) if isinstance(proposal, Proposal) else live

    def _proposal(self) -> Proposal | Refusal:
        assert self._choice is not None
        return self._choice.propose(self.services.quality.control, self._chart_id)

    def _show_choice(self, entry: ChartEntry, live: LiveChart) -> None:
        choice = self._choice
        assert choice is not None
        ids = [point.point_id for point in self._group()]
        out = bool(ids) and choice.left_out.issuperset(ids)
        self.limits_card.show_proposal(entry, live, self._proposal(), bool(ids), out)
        self.chart.set_excluded(self._left_out(live, choice))

    @staticmethod
    def _left_out(live: LiveChart, choice: LimitsChoice) -> list[int]:
        first = (live.index_of(choice.first) if choice.first else None) or 1
        last = (live.index_of(choice.last) if choice.last else None) or len(live.groups)
        return [
            at
            for at, group in enumerate(live.groups)
            if not first <= at + 1 <= last or group[-1].point_id in choice.left_out
        ]

    def _toggle(self) -> None:
        if self._choice is not None:
            self._choice.toggle([point.point_id for point in self._group()])
            self._draw()

    def _bound(self, *, first: bool) -> None:
        group = self._group()
        if self._choice is None or not group:
            return
        if first:
            self._choice.first = group[0].point_id
        else:
            self._choice.last = group[-1].point_id
        self._draw()

    def _sign(self, reason: str) -> None:
        proposal = self._proposal()
        if isinstance(proposal, Refusal):
            return
        control = self.services.quality.control

        def signed(approval: Approval) -> Future[list[Row]]:
            saving = control.freeze(proposal, reason, approval)
            self.end_limits()
            return saving

        self.wants_approval.emit(ApprovalRequest(self.tr("Sign the new limits"), signed, by_worker=True))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _entry(self) -> ChartEntry | None:
        return next((entry for entry in self._entries if entry.chart_id == self._chart_id), None)

    def _signed_in(self) -> bool:
        if self.services.people.person is not None:
            return True
        self.wants_action.emit("sign_in")
        return False

    def _lay_over(self, overlay: Overlay) -> None:
        self.dialog = overlay
        overlay.setParent(self.window())
        overlay.dismissed.connect(overlay.deleteLater)
        overlay.dismissed.connect(self.take_focus)
        overlay.open_on(self.window())

    def _lay_out(self) -> None:
        look, edge = self.look, self.look.mm(4)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, edge, 0, edge)
        middle.setSpacing(look.mm(3.4))
        middle.addWidget(self.filters)
        middle.addWidget(self.chart_card, 1)
        middle.addLayout(self._chart_buttons())
        foot = QHBoxLayout()
        foot.setSpacing(look.mm(4))
        for card, share in ((self.capability.histogram_card, 3), (self.capability.capability_card, 2)):
            card.setFixedHeight(look.mm(FOOT_MM))
            foot.addWidget(card, share)
        middle.addLayout(foot)
        self._answers, self._limits = QWidget(), QWidget()
        for holder, cards in (
            (self._answers, (self.signal_card, self.point_card)),
            (self._limits, (self.limits_card,)),
        ):
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, edge, 0, edge)
            column.setSpacing(look.mm(4))
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
        self._column = QStackedWidget()
        self._column.setFixedWidth(look.mm(COLUMN_MM))
        self._column.addWidget(self._answers)
        self._column.addWidget(self._limits)
        self._filled = QWidget()
        whole = QHBoxLayout(self._filled)
        whole.setContentsMargins(0, 0, look.mm(5), 0)
        whole.setSpacing(look.mm(5))
        whole.addWidget(self.list)
        whole.addLayout(middle, 1)
        whole.addWidget(self._column)
        self._empty = EmptyState(
            look,
            self.tr("No characteristic is charted here"),
            self.tr("Charts come with the inspection plans that the quality engineer publishes."),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self._filled)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _chart_buttons(self) -> QHBoxLayout:
        """Turn over, zoom, limits."""
        look = self.look
        row = QHBoxLayout()
        row.setSpacing(look.mm(3))

        def button(
            text: str, name: str, pressed: Callable[[], None], shape: Shape | None = None, large: bool = False
        ) -> BigButton:
            capital = CAPITAL_TITLE_MM if large else CAPITAL_NOTE_MM
            made = BigButton(look, text, shape=shape, size_mm=BUTTON_MM, capital_mm=capital)
            made.set_text(text, name)
            made.clicked.connect(pressed)
            row.addWidget(made)
            return made

        button("", self.tr("Older points"), lambda: self.chart.turn(-self._page()), Shape.BACK)
        button("", self.tr("Newer points"), lambda: self.chart.turn(self._page()), Shape.FORWARD)
        button("+", self.tr("Fewer points"), lambda: self.chart.zoom(0.5), large=True)
        button("−", self.tr("More points"), lambda: self.chart.zoom(2.0), large=True)
        self.newest_button = button(self.tr("Newest"), self.tr("Newest"), self.chart.show_newest)
        row.addStretch(1)
        self.history_button = button(self.tr("Earlier limits"), self.tr("Earlier limits"), self.show_history)
        self.limits_button = button(self.tr("Set limits"), self.tr("Set limits"), self.begin_limits)
        return row

    def _page(self) -> int:
        first, stop = self.chart.in_sight
        return max(1, (stop - first) * 3 // 4)
