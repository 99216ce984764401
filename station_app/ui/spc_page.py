"""The page of control charts: how every charted characteristic stands, one of them large, and what there is to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.domain.rules import Refusal
from station_app.domain.spc.live import LiveChart
from station_app.domain.spc.points import ChartPoint
from station_app.domain.spc.signals import Signal as ChartSignal
from station_app.services.spc import CapabilityFound, ChartEntry
from station_app.services.station import StationServices
from station_app.ui.alarm_words import person_name
from station_app.ui.check_view import ApprovalRequest
from station_app.ui.look import Look
from station_app.ui.page import RECORDS, SPC, TRENDS, Page, Saying, ShowChart, ShowInstant, ShowUnit, Target, Weight
from station_app.ui.spc_causes import open_cause_dialog
from station_app.ui.spc_frame import SpcFrame
from station_app.ui.spc_limits import LimitsHistory
from station_app.ui.spc_line import OtherStations
from station_app.ui.spc_setting_limits import LimitsSetting
from station_app.ui.spc_words import (
    ChartState,
    description_of,
    kind_text,
    limits_note,
    panels_of,
    stages_of,
    state_of,
)
from widgets.characteristic_list import CharacteristicRow
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.overlay import Overlay


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
        self.dialog: Overlay | None = None
        self.frame = frame = SpcFrame(look)
        self.list, self.filters, self.chart, self.chart_card = frame.list, frame.filters, frame.chart, frame.chart_card
        self.capability, self.point_card, self.signal_card = frame.capability, frame.point_card, frame.signal_card
        self.limits_card, self.limits_button, self.history_button = (
            frame.limits_card,
            frame.limits_button,
            frame.history_button,
        )
        self._setting = LimitsSetting(services.quality.control, self.chart, self.limits_card, self._draw)
        self._others = OtherStations(self, self._entry, self._show_note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(frame)
        self._connect()
        self.watch(services.ledger.saved, self.refresh)
        self.watch(services.library.changed, self.refresh)
        if services.quality.control.line is not None:
            self.watch(services.quality.control.line.changed, self.refresh)
        self.refresh()

    def _connect(self) -> None:
        self.list.row_activated.connect(self._row_chosen)
        self.filters.changed.connect(self.refresh)
        self.chart.point_selected.connect(lambda _index: self._show_point())
        self.point_card.record_wanted.connect(self._open_record)
        self.point_card.trend_wanted.connect(self._open_trend)
        self.signal_card.cause_wanted.connect(self.ask_cause)
        self.signal_card.next_wanted.connect(self._next_open)
        self.limits_card.toggle_wanted.connect(lambda: self._setting.toggle(self._group()))
        self.limits_card.from_wanted.connect(lambda: self._setting.bound(self._group(), first=True))
        self.limits_card.until_wanted.connect(lambda: self._setting.bound(self._group(), first=False))
        self.limits_card.cancelled.connect(self.end_limits)
        self.limits_card.sign_wanted.connect(self._sign)
        self.limits_button.clicked.connect(self.begin_limits)
        self.history_button.clicked.connect(self.show_history)

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
            "**Filters**: points of this station, of another one or of all; of one machine, tool, person, lot or shift. Rules "
            "and capability count for these alone. What other stations measured comes from the server; the chart says whose "
            "points may be missing. Holds and stops follow from this station's own points.\n\n"
            "**Set limits** is for the quality engineer: choose the points of the baseline, leave out what has a known cause, "
            "compare, say why, sign. Every version is kept."
        )

    def shown(self) -> None:
        """As it is now; what other stations measured is looked for while the page is in sight."""
        self.refresh()
        self._others.look()

    def hidden(self) -> None:
        """Nobody looks: nothing is asked."""
        self._others.look_away()

    def end(self) -> None:
        """The window closes."""
        self._others.look_away()
        super().end()

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
        if self._setting.active:
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
        self.frame.show_charts(bool(self._entries))
        if not self._entries:
            return
        if self._entry() is None:
            self._chart_id = self._entries[0].chart_id
        self._show_list()
        self._draw()

    def open_chart(self, chart_id: str) -> None:
        """Show another chart; one that is not there any more changes nothing."""
        if chart_id != self._chart_id and any(entry.chart_id == chart_id for entry in self._entries):
            self._chart_id = chart_id
            self._setting.end()
            self.filters.clear()
            self.chart.select(None)
            self.refresh()
            self.chart.show_newest()
            self._others.seek_now()

    def _show_list(self) -> None:
        rows = [self._row(entry) for entry in self._entries]
        current = next((at for at, entry in enumerate(self._entries) if entry.chart_id == self._chart_id), -1)
        self.list.set_rows(rows, current)
        open_count = sum(entry.open_signals for entry in self._entries)
        self.list.set_summary(
            self.tr("No cause is open")
            if not open_count
            else self.tr("1 cause is open")
            if open_count == 1
            else self.tr("{n} causes are open").format(n=open_count)
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
        revision = self.services.quality.control.revision(entry.chart_id)
        seen = (revision, entry.open_signals, entry.limits_version, entry.settings)
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
        self.filters.set_points(control.points(entry.chart_id, selection.station), self._others.names(entry))
        limits = self.services.ledger.fold.quality.signals.limits.get(entry.chart_id, [])
        self._live = live = control.live(entry.chart_id, None if selection.everything else selection)
        signals = control.signals(entry.chart_id)
        shown = self._setting.as_proposed(entry, live) if self._setting.active else live
        stages = stages_of(live, limits) if not self._setting.active else []
        self.chart.set_empty_text("" if live.groups else self.tr("Nothing measured yet"))
        self.chart.set_chart(
            panels_of(shown, entry.characteristic.decimals, signals), stages, description_of(entry, live)
        )
        self.chart_card.set_title(f"{entry.characteristic.title} · {kind_text(entry.settings.chart)}")
        self.chart_card.set_note(limits_note(live, limits))
        self._show_note()
        self._show_capability(entry)
        self._show_point()
        self.frame.show_limits(self._setting.active)

    def _show_note(self) -> None:
        """What is said below the chart: why there are no limits yet, whose points may be missing."""
        entry, live = self._entry(), self._live
        if entry is None or live is None:
            return
        missing = self._others.missing(entry, self.filters.selection.station)
        self.chart_card.message.set_message("", " ".join(filter(None, (live.note, missing))))

    def _show_capability(self, entry: ChartEntry) -> None:
        """Only computed when there is something new: it asks for quantiles."""
        selection = self.filters.selection
        control = self.services.quality.control
        points, revision = control.points(entry.chart_id, selection.station), control.revision(entry.chart_id)
        newest = points[-1].rec_id if points else ""
        # new limits move no reading, but whether the process is stable
        drawn = (entry.chart_id, entry.characteristic, selection, len(points), newest, revision, entry.limits_version)
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
        if self._setting.active:
            self._setting.show(entry, live, self._group())
            return
        group: Sequence[ChartPoint] = live.groups[index] if index is not None and index < len(live.groups) else ()
        self.point_card.show_point(
            entry.characteristic, group, 0 if index is None else index + 1, partial(person_name, self.services)
        )
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
        if group and group[-1].station:
            self.dialog = self._others.open_trend(group[-1])
        elif group:
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
        self._setting.begin(self._chart_id)
        self.refresh()

    def end_limits(self) -> None:
        """Leave the limits as they are."""
        self._setting.end()
        self.refresh()
        self.take_focus()

    def show_history(self) -> None:
        """Every version of this chart's limits."""
        entry = self._entry()
        if entry is not None:
            limits = self.services.ledger.fold.quality.signals.limits.get(entry.chart_id, [])
            title = self.tr("Limits of {title}").format(title=entry.characteristic.title)
            self._lay_over(
                LimitsHistory(
                    self.look, title, limits, entry.characteristic.decimals, self.services.ledger.clock.utc_offset_min()
                )
            )

    def _sign(self, reason: str) -> None:
        signed = self._setting.freezing(reason, self.end_limits)
        if signed is not None:
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
        self.lay_over(overlay)
