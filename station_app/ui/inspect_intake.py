"""What comes to an inspection by itself: readings of serial gauges, results from the clipboard, rules that a result breaks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from drivers.gauges.reading import PRESSED, Reading
from station_app.domain.counts import counted
from station_app.domain.inspection.importing import (
    BALLOON_COLUMNS,
    NAME_COLUMNS,
    ImportFault,
    read_readings,
)
from station_app.domain.inspection.units import unit_named
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.table import parse_table
from station_app.services.signal_alarms import chart_title, reaction_plan
from station_app.services.station import StationServices
from station_app.ui.inspect_entry import PlanEntryView
from station_app.ui.page import Saying, Weight
from station_app.ui.spc_words import signal_title

translate = QCoreApplication.translate

Say = Callable[[Saying], None]


class GaugeIntake:
    """Readings of gauges whose key was pressed, each once. Those that cannot be used are said with their reason."""

    def __init__(self, services: StationServices, pressed: Callable[[Reading], None], say: Say) -> None:
        self._services, self._pressed, self._say = services, pressed, say
        self._seen = services.gauges.newest

    def forget(self) -> None:
        """What came until now is not wanted."""
        self._seen = self._services.gauges.newest

    def take(self) -> None:
        """Hand over what came since the last time."""
        gauges = self._services.gauges
        for numbered in gauges.since(self._seen):
            self._seen = numbered.number
            reading = numbered.reading
            view = gauges.views.get(reading.gauge)
            if view is None or view.mode != PRESSED:
                continue
            if not reading.usable:
                self._say(Saying(Weight.WARNING, reading.reason, translate("inspect", "Nothing was recorded.")))
            elif self._services.ledger.busy:
                what = translate("inspect", "{gauge} sent {text} while the last result was being saved.").format(
                    gauge=reading.gauge, text=reading.text
                )
                self._say(
                    Saying(
                        Weight.WARNING,
                        what,
                        translate("inspect", "It was not recorded."),
                        translate("inspect", "Press the gauge's key again."),
                    )
                )
            else:
                self._pressed(reading)

    def suits(self, reading: Reading, unit: str, title: str) -> bool:
        """Whether a reading is in the characteristic's unit; a gauge that is switched to inches is said, and not recorded."""
        if not reading.unit or not unit or unit_named(reading.unit) == unit_named(unit):
            return True
        what = translate("inspect", "{gauge} sends {sent}; “{title}” is measured in {unit}.").format(
            gauge=reading.gauge, sent=reading.unit, title=title, unit=unit
        )
        to_do = translate("inspect", "Set the gauge to {unit} and measure again.").format(unit=unit)
        self._say(Saying(Weight.WARNING, what, translate("inspect", "Nothing was recorded."), to_do))
        return False


class NewSignals:
    """Says of every rule that a new result breaks which one, and what to do, also when the page has gone on already."""

    def __init__(self, services: StationServices, say: Say) -> None:
        self._services, self._say = services, say
        self._known: set[str] = set()
        self.forget()

    def forget(self) -> None:
        """What is there now is not new."""
        self._known = set(self._services.ledger.fold.quality.signals.signals)

    def tell(self) -> None:
        """Say what came since the last time."""
        signals = self._services.ledger.fold.quality.signals.signals
        if len(signals) == len(self._known):
            return
        fresh = [signal for signal_id, signal in signals.items() if signal_id not in self._known]
        for chart_id in dict.fromkeys(signal.fact.chart_id for signal in fresh):
            found = [signal for signal in fresh if signal.fact.chart_id == chart_id]
            control = self._services.quality.control
            weight = Weight.NOTE if all(signal.fact.warning for signal in found) else Weight.WARNING
            # the points and their spread may break the same rule
            said = " ".join(dict.fromkeys(f"{signal_title(signal)}." for signal in found))
            kept = translate("inspect", "The result is recorded.")
            self._say(
                Saying(weight, f"{chart_title(control, chart_id)}. {said}", kept, reaction_plan(control, chart_id))
            )
        self._known = set(signals)


def names_characteristics(text: str) -> bool:
    """Whether it is a table that says whose its values are."""
    try:
        table = parse_table(text)
    except InputError:
        return False
    return table.column(*NAME_COLUMNS) is not None or table.column(*BALLOON_COLUMNS) is not None


def readings_of_one(text: str, view: PlanEntryView | None) -> tuple[str, ...]:
    """A text without names of columns: the readings of the characteristic that is next. Raises ImportFault."""
    readings = read_readings(text)
    wanted = 1 if view is None else view.wanted.readings
    if len(readings) != wanted:
        raise ImportFault(
            f"{counted(len(readings), 'reading was', 'readings were')} pasted; here {_count(wanted)} wanted."
        )
    return readings


def _count(wanted: int) -> str:
    return "one is" if wanted == 1 else f"{wanted} are"
