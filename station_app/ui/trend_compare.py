"""Two units laid over each other from the start of a step: the second one's pens are lighter and dashed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from station_app.domain.recent_work import WorkSpan
from station_app.services.work_past import PastWork
from station_app.ui.look import Look
from station_app.ui.trend_tags import SECOND_UNIT
from station_app.ui.trend_words import step_bands
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.overlay import Overlay
from widgets.trend_axis import TrendPen
from widgets.trend_canvas import Band

translate = QCoreApplication.translate

MOST_UNITS = 12
WHOLE = ":work"
BEFORE, AFTER = 0.08, 0.08


@dataclass(frozen=True)
class UnitRun:
    """One unit's time at the station: its steps, the last attempt of each, from ``start_s`` to ``end_s``."""

    serial: str
    start_s: float
    end_s: float
    steps: tuple[WorkSpan, ...]

    def step(self, step_id: str) -> WorkSpan | None:
        """Its last attempt at a step."""
        return next((span for span in reversed(self.steps) if span.step_id == step_id), None)

    def began_s(self, step_id: str) -> float:
        """When it began a step, or its work for :data:`WHOLE`. KeyError for a step it did not have."""
        if step_id == WHOLE:
            return self.start_s
        span = self.step(step_id)
        if span is None:
            raise KeyError(step_id)
        return span.start_us / 1e6

    def ended_s(self, step_id: str) -> float:
        """When that ended."""
        span = self.step(step_id)
        return self.end_s if span is None or span.end_us is None else span.end_us / 1e6


@dataclass(frozen=True)
class Comparison:
    """Two runs and the step that both begin at the same place."""

    first: UnitRun
    second: UnitRun
    step_id: str = WHOLE

    @property
    def zero_s(self) -> float:
        """The instant that both are counted from, on the first one's clock."""
        return self.first.began_s(self.step_id)

    @property
    def shift_s(self) -> float:
        """What is added to the second one's times."""
        return self.zero_s - self.second.began_s(self.step_id)

    @property
    def span_s(self) -> tuple[float, float]:
        """What is shown: the step of both, and a little around it."""
        length_s = max(run.ended_s(self.step_id) - run.began_s(self.step_id) for run in (self.first, self.second))
        length_s = max(1.0, length_s)
        return self.zero_s - BEFORE * length_s, self.zero_s + (1 + AFTER) * length_s

    def pens(self, pens: Sequence[TrendPen]) -> list[TrendPen]:
        """Each pen twice: for the first unit, and lighter and shifted for the second."""
        both: list[TrendPen] = []
        for pen in pens:
            both.append(replace(pen, name=f"{pen.name} {_short(self.first.serial)}"))
            second = replace(
                pen,
                key=SECOND_UNIT + pen.key,
                name=_short(self.second.serial),
                shift_s=self.shift_s,
                pale=True,
                lower_limit=None,
                upper_limit=None,
                low_alarm=None,
                high_alarm=None,
            )
            both.append(second)
        return both

    def bands(self) -> tuple[list[Band], list[Band]]:
        """The steps of both, one row each, with the serials before them."""
        first, second = self.first, self.second
        return (
            step_bands(first.steps, 0.0, 0.0, _short(first.serial)),
            step_bands(second.steps, 0.0, self.shift_s, _short(second.serial)),
        )


def runs_of(past: PastWork, now_s: float) -> list[UnitRun]:
    """The units to choose from, the newest first; a unit that came back counts with its last time here."""
    runs: dict[str, UnitRun] = {}
    for unit in past.units:
        end_s = now_s if unit.end_us is None else unit.end_us / 1e6
        steps = tuple(
            span
            for span in past.steps
            if span.serial == unit.serial and unit.start_us <= span.start_us and span.start_us / 1e6 <= end_s
        )
        runs.pop(unit.serial, None)
        runs[unit.serial] = UnitRun(unit.serial, unit.start_us / 1e6, end_s, steps)
    return list(reversed(runs.values()))


def common_steps(first: UnitRun, second: UnitRun) -> list[tuple[str, str]]:
    """The steps that both had, as (id, "3 Press"), in the first one's order."""
    found: dict[str, str] = {}
    for span in first.steps:
        if second.step(span.step_id) is not None:
            found.setdefault(span.step_id, f"{span.step_no} {span.title}")
    return list(found.items())


class CompareDialogs:
    """Asks one after the other: which unit, beside which other one, from which step. ``chosen(comparison)`` at the end."""

    def __init__(
        self,
        look: Look,
        runs: Sequence[UnitRun],
        first: str,
        open_dialog: Callable[[Overlay], None],
        chosen: Callable[[Comparison], None],
    ) -> None:
        """``first`` is the serial number of the unit in sight; without one it is asked for."""
        self._look, self._runs = look, runs
        self._open, self._chosen = open_dialog, chosen
        known = next((run for run in runs if run.serial == first), None)
        if known is not None:
            self._ask_second(known)
        else:
            self._ask_unit(translate("trends", "Compare which unit?"), runs, self._ask_second)

    def _ask_unit(self, title: str, runs: Sequence[UnitRun], then: Callable[[UnitRun], None]) -> None:
        offered = {run.serial: run for run in runs[:MOST_UNITS]}
        dialog = self._dialog(title, [Choice(serial, serial) for serial in offered])
        dialog.chosen.connect(lambda serial, _text: then(offered[serial]))
        self._open(dialog)

    def _ask_second(self, first: UnitRun) -> None:
        others = [run for run in self._runs if run.serial != first.serial]
        title = translate("trends", "Compare {serial} with").format(serial=first.serial)
        self._ask_unit(title, others, lambda second: self._ask_step(first, second))

    def _ask_step(self, first: UnitRun, second: UnitRun) -> None:
        choices = [Choice(WHOLE, translate("trends", "The beginning of the work"))]
        choices += [Choice(step_id, title) for step_id, title in common_steps(first, second)]
        dialog = self._dialog(translate("trends", "Lay them over each other from"), choices)
        dialog.chosen.connect(lambda step_id, _text: self._chosen(Comparison(first, second, step_id)))
        self._open(dialog)

    def _dialog(self, title: str, choices: Sequence[Choice]) -> ChoiceDialog:
        return ChoiceDialog(self._look, title, choices, translate("trends", "Next"), translate("trends", "Cancel"))


def _short(serial: str) -> str:
    """The end of a serial number, which tells units apart."""
    return serial if len(serial) <= 6 else f"…{serial[-4:]}"
