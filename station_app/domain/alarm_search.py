"""What is looked for in the alarm journal, and one line of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from station_app.domain.records import AlarmTransition, MaintenanceRequested

KINDS: Final = (AlarmTransition.kind, MaintenanceRequested.kind)
STATION: Final = "station"
_PLAIN = re.compile(r"[ !#-\[\]-~]+")


@dataclass(frozen=True, slots=True)
class AlarmSearch:
    """What a line must be; what is empty or None limits nothing. Times are UTC microseconds, the end not included.

    ``text`` is looked for in text, source, condition, reason, person, unit and order, upper or lower case; the others must fit
    exactly.
    """

    text: str = ""
    priorities: tuple[str, ...] = ()
    transitions: tuple[str, ...] = ()
    serial: str = ""
    order_id: str = ""
    since_us: int | None = None
    until_us: int | None = None

    def plain_parts(self) -> tuple[str, ...]:
        """The parts of ``text`` that stand unchanged, but for upper and lower case, in a record's bytes."""
        return tuple(part.lower() for part in _PLAIN.findall(self.text.strip()))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in the journal; older ones stand before it."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class AlarmEntry:
    """One line: an alarm changed, or maintenance was asked for (``transition`` "asked for maintenance").

    ``at_us`` is UTC; ``person`` the name of who acted, "station" for what happened by itself; ``serial`` and ``order_id`` name
    what was in work.
    """

    place: Place
    at_us: int
    utc_offset_min: int
    person: str
    alarm_id: str
    source: str
    condition: str
    transition: str
    priority: str
    text: str
    value_text: str = ""
    reason: str = ""
    until_us: int | None = None
    serial: str = ""
    order_id: str = ""

    def holds(self, text: str) -> bool:
        """Whether ``text`` stands in one of the fields that people search, upper or lower case."""
        wanted = text.strip().lower()
        person = "" if self.person == STATION else self.person
        fields = (
            self.text,
            self.source,
            self.condition,
            self.reason,
            person,
            self.serial,
            self.order_id,
            self.transition,
        )
        return any(wanted in field.lower() for field in fields)


ASKED: Final = "asked for maintenance"


def entry_of(
    place: Place,
    at_us: int,
    utc_offset_min: int,
    actor: str,
    fact: AlarmTransition | MaintenanceRequested,
    names: Mapping[str, str],
    orders: Mapping[str, str],
) -> AlarmEntry:
    """The line of a record. ``names`` are people's by id, ``orders`` those of units by serial number."""
    person, order_id = names.get(actor, actor), orders.get(fact.serial, "")
    if isinstance(fact, MaintenanceRequested):
        return AlarmEntry(
            place, at_us, utc_offset_min, person, fact.alarm_id, fact.equipment, "", ASKED, fact.priority, fact.text,
            serial=fact.serial, order_id=order_id,
        )  # fmt: skip
    return AlarmEntry(
        place, at_us, utc_offset_min, person, fact.alarm_id, fact.source, fact.condition, fact.transition, fact.priority,
        fact.text, fact.value_text, fact.reason, fact.until_us, fact.serial, order_id,
    )  # fmt: skip
