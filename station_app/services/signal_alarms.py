"""Broken rules of control charts as alarms: one for each chart and rule, until the cause of every signal is recorded.

What is recorded decides, so the alarms are the same after a restart. An early warning is no alarm: nothing is broken yet.
"""

from __future__ import annotations

from station_app.domain.alarm import Alarm, Key
from station_app.domain.rules import Refusal
from station_app.domain.spc.signals import HOLD, STOP, Signal
from station_app.services.alarms import Alarms
from station_app.services.ledger import Ledger
from station_app.services.spc import ProcessControl

CONDITION = "run rule "
"""The condition's name begins so; the rule follows: "run rule nelson-1". The source is the chart."""
URGENT_ACTIONS = frozenset({STOP, HOLD})


class SignalAlarms:
    """Follows the signals of all charts of the station. Main thread."""

    def __init__(self, ledger: Ledger, control: ProcessControl, alarms: Alarms) -> None:
        self._ledger, self._control, self._alarms = ledger, control, alarms
        ledger.saved.subscribe(self.follow)

    def follow(self) -> None:
        """Raise what is open, and clear what has its cause; called after every commit and once at the start."""
        standing: dict[Key, list[Signal]] = {}
        for signal in self._control.open_signals():
            standing.setdefault((signal.fact.chart_id, CONDITION + signal.fact.rule), []).append(signal)
        for key, signals in standing.items():
            self._alarms.condition(*key, True, self._text(signals), _priority(signals))
        for alarm in list(self._ledger.fold.alarms.alarms.values()):
            if is_signal(alarm) and alarm.active and alarm.key not in standing:
                self._alarms.condition(*alarm.key, False, "", alarm.priority)

    def _text(self, signals: list[Signal]) -> str:
        fact = signals[-1].fact
        text = f"{chart_title(self._control, fact.chart_id)} breaks a rule: {fact.rule_text}"
        return f"{text}, value {fact.value_text}" if fact.value_text else text


def is_signal(alarm: Alarm) -> bool:
    """Whether an alarm is a broken rule of a control chart."""
    return alarm.condition.startswith(CONDITION)


def newest_point(control: ProcessControl, alarm: Alarm) -> str:
    """The newest point that broke the alarm's rule and has no cause yet; empty when there is none."""
    rule = alarm.condition.removeprefix(CONDITION)
    points = [
        signal.fact.point_id
        for signal in control.open_signals()
        if (signal.fact.chart_id, signal.fact.rule) == (alarm.source, rule)
    ]
    return points[-1] if points else ""


def chart_title(control: ProcessControl, chart_id: str) -> str:
    """What the chart's characteristic is called; of a chart that no plan has any more, its name."""
    try:
        return control.entry(chart_id).characteristic.title
    except Refusal:
        return chart_id.rpartition("/")[2].replace("_", " ")


def reaction_plan(control: ProcessControl, chart_id: str) -> str:
    """What the plan says to do when the characteristic is not in order; empty where it says nothing."""
    try:
        return control.entry(chart_id).characteristic.reaction
    except Refusal:
        return ""


def _priority(signals: list[Signal]) -> str:
    return "high" if any(signal.fact.action in URGENT_ACTIONS for signal in signals) else "medium"
