"""What a station did lately, bounded: which unit and step when, and the events worth a mark beside a trend.

Fed record by record from the journal, like the rest of the station's knowledge. Times are UTC microseconds.
"""

from __future__ import annotations

import enum
from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from typing import Final

from station_app.domain.chain import Row
from station_app.domain.outcome import Outcome, machine_text
from station_app.domain.records import (
    AlarmTransition,
    Comment,
    EvidenceCaptured,
    Fact,
    JobState,
    MachineValue,
    Measurement,
    OnUnit,
    SampleMeasured,
    StepState,
    TrendComment,
)

MOST_SPANS: Final = 200
MOST_EVENTS: Final = 500
MOST_UNITS: Final = 30
_RUNNING = "Running"


class EventKind(enum.StrEnum):
    """What kind of event it was."""

    ALARM = "alarm"
    MEASUREMENT = "measurement"
    MACHINE_VALUE = "machine value"
    PICTURE = "picture"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class WorkSpan:
    """A stretch of work: a unit (``step_no`` 0, ``title`` empty) or one of its steps; ``end_us`` None while it lasts."""

    serial: str
    step_no: int
    title: str
    start_us: int
    end_us: int | None = None
    order_id: str = ""
    step_id: str = ""


@dataclass(frozen=True, slots=True)
class RecentEvent:
    """An alarm that came, a value or a picture that was recorded, or a comment.

    ``source`` is the tag, device, characteristic or camera; ``text`` the alarm's sentence, the value with its unit, or what
    was said; ``alarm_id`` and ``priority`` are an alarm's, ``outcome`` a value's, ``sha256`` a picture's, ``author`` (a
    person's id) a comment's.
    """

    at_us: int
    kind: EventKind
    source: str
    text: str
    serial: str
    outcome: Outcome | None = None
    alarm_id: str = ""
    priority: str = ""
    sha256: str = ""
    author: str = ""


class RecentWork:
    """The newest spans, events and units of one station."""

    def __init__(self, most_spans: int = MOST_SPANS, most_events: int = MOST_EVENTS) -> None:
        self.events: deque[RecentEvent] = deque(maxlen=most_events)
        self._units: deque[WorkSpan] = deque(maxlen=most_spans)
        self._steps: deque[WorkSpan] = deque(maxlen=most_spans)
        self._serials: OrderedDict[str, None] = OrderedDict()

    @property
    def unit_spans(self) -> tuple[WorkSpan, ...]:
        """Which unit was in work when, oldest first."""
        return tuple(self._units)

    @property
    def step_spans(self) -> tuple[WorkSpan, ...]:
        """Which step was in work when, oldest first."""
        return tuple(self._steps)

    @property
    def serials(self) -> tuple[str, ...]:
        """The units this station touched last, the newest first."""
        return tuple(reversed(self._serials))

    def apply(self, row: Row, fact: Fact) -> None:
        """Take in one record; kinds that mark nothing are passed over."""
        if isinstance(fact, OnUnit):
            self._touch(fact.serial)
        match fact:
            case JobState():
                self._job_state(row, fact)
            case StepState():
                self._step_state(row, fact)
            case Measurement() | SampleMeasured():
                self._value(row, EventKind.MEASUREMENT, fact)
            case MachineValue():
                self._value(row, EventKind.MACHINE_VALUE, fact)
            case EvidenceCaptured():
                self.events.append(
                    RecentEvent(
                        row.wall_us,
                        EventKind.PICTURE,
                        fact.camera,
                        fact.view,
                        fact.serial,
                        fact.outcome,
                        sha256=fact.sha256,
                    )
                )
            case TrendComment():
                self._comment(fact.at_us, fact, row.actor)
            case Comment():
                self._comment(row.wall_us, fact, row.actor)
            case AlarmTransition() if fact.transition == "raised":
                self.events.append(
                    RecentEvent(
                        row.wall_us,
                        EventKind.ALARM,
                        fact.source,
                        fact.text,
                        fact.serial,
                        None,
                        fact.alarm_id,
                        fact.priority,
                    )
                )
            case _:
                pass

    def _touch(self, serial: str) -> None:
        self._serials[serial] = None
        self._serials.move_to_end(serial)
        while len(self._serials) > MOST_UNITS:
            self._serials.popitem(last=False)

    def _job_state(self, row: Row, fact: JobState) -> None:
        if fact.state == _RUNNING:
            _close(self._units, row.wall_us)
            self._units.append(WorkSpan(fact.serial, 0, "", row.wall_us, order_id=fact.order_id))
        else:
            _close(self._units, row.wall_us)
            _close(self._steps, row.wall_us)

    def _step_state(self, row: Row, fact: StepState) -> None:
        _close(self._steps, row.wall_us)
        if fact.state != "completed":
            self._steps.append(
                WorkSpan(fact.serial, fact.step_no, fact.title, row.wall_us, None, fact.order_id, fact.step_id)
            )

    def _comment(self, at_us: int, fact: TrendComment | Comment, author: str) -> None:
        self.events.append(RecentEvent(at_us, EventKind.COMMENT, "", fact.text, fact.serial, author=author))

    def _value(self, row: Row, kind: EventKind, fact: Measurement | SampleMeasured | MachineValue) -> None:
        value = fact.value_text
        if isinstance(fact, MachineValue):
            value = machine_text(value, fact.lower_limit, fact.upper_limit)
        text = " ".join(part for part in (value, fact.unit) if part)
        source = fact.tag if isinstance(fact, MachineValue) else fact.characteristic
        self.events.append(RecentEvent(row.wall_us, kind, source, text, fact.serial, fact.outcome))


def _close(spans: deque[WorkSpan], at_us: int) -> None:
    if spans and spans[-1].end_us is None:
        spans[-1] = replace(spans[-1], end_us=at_us)
