"""A simulated MTConnect agent: described data items, a ring buffer of observations, and the documents made of them."""

from __future__ import annotations

import collections
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

SAMPLE, EVENT, CONDITION = "SAMPLE", "EVENT", "CONDITION"
VERSIONS = ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "2.0", "2.1", "2.2", "2.3")
UNAVAILABLE = "UNAVAILABLE"
_CONTAINERS = {SAMPLE: "Samples", EVENT: "Events", CONDITION: "Condition"}


@dataclass(frozen=True, slots=True)
class Item:
    """One data item of the simulated machine; ``component`` is the element it hangs on, with its name."""

    id: str
    name: str
    category: str
    type: str
    component: tuple[str, str]
    units: str = ""
    representation: str = ""

    @property
    def element(self) -> str:
        """The name of its observations' elements: PATH_FEEDRATE becomes PathFeedrate."""
        words = "".join(word.capitalize() for word in self.type.split("_"))
        return words + {"TIME_SERIES": "TimeSeries", "DATA_SET": "DataSet"}.get(self.representation, "")


@dataclass(frozen=True, slots=True)
class Reported:
    """One observation in the buffer. ``level`` is that of a condition, ``entries`` those of a data set."""

    sequence: int
    item: Item
    timestamp: str
    text: str
    level: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    entries: tuple[tuple[str, str], ...] = ()


class RequestError(Exception):
    """A request that the agent refuses: MTConnect's error code and words."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class SimulatedAgent:
    """Describes ``items`` of one device and keeps their last ``buffer_size`` observations."""

    def __init__(
        self, device: str, items: Sequence[Item], *, buffer_size: int = 16384, version: str = "1.3", instance: int = 1
    ) -> None:
        self.device = device
        self.items = {item.id: item for item in items}
        self.version = version
        self.instance_id = instance
        self.buffer_size = buffer_size
        self.next_sequence = 1
        self._buffer: collections.deque[Reported] = collections.deque(maxlen=buffer_size)
        self._latest: dict[str, list[Reported]] = {}
        self._make_all_unavailable()

    @property
    def first_sequence(self) -> int:
        """The oldest sequence in the buffer."""
        return self._buffer[0].sequence if self._buffer else self.next_sequence

    def report(self, item_id: str, text: str, timestamp: str = "", **attributes: str) -> None:
        """A new value of an item. ``timestamp`` as it is to be written; the present time when it is left out."""
        self._keep(item_id, text, timestamp, attributes=attributes)

    def report_set(self, item_id: str, entries: Iterable[tuple[str, str]]) -> None:
        """New entries of a data set."""
        self._keep(item_id, "", "", entries=tuple(entries))

    def report_condition(self, item_id: str, level: str, code: str = "", text: str = "") -> None:
        """A condition's level ("Normal", "Warning", "Fault", "Unavailable") of one native code."""
        self._keep(item_id, text, "", level=level, attributes={"nativeCode": code} if code else {})

    def restart(self) -> None:
        """A new instance: the sequence begins at 1, nothing is known."""
        self.instance_id += 1
        self.next_sequence = 1
        self._buffer.clear()
        self._make_all_unavailable()

    def skip(self, count: int) -> None:
        """As if ``count`` observations had come and gone: the buffer holds none of those before."""
        self.next_sequence += count
        self._buffer.clear()

    def _make_all_unavailable(self) -> None:
        self._latest.clear()
        for item_id in self.items:
            self.make_unavailable(item_id)

    def make_unavailable(self, item_id: str) -> None:
        """The machine does not tell this item any more."""
        self._keep(item_id, UNAVAILABLE, "", level="Unavailable" if self.items[item_id].category == CONDITION else "")

    def _keep(
        self,
        item_id: str,
        text: str,
        timestamp: str,
        *,
        level: str = "",
        attributes: dict[str, str] | None = None,
        entries: tuple[tuple[str, str], ...] = (),
    ) -> None:
        item = self.items[item_id]
        moment = timestamp or iso_time(time.time())
        reported = Reported(self.next_sequence, item, moment, text, level, attributes or {}, entries)
        self.next_sequence += 1
        self._buffer.append(reported)
        before = self._latest.get(item_id, [])
        self._latest[item_id] = _still_active(before, reported) if item.category == CONDITION else [reported]

    # --- documents ---

    def probe(self) -> str:
        """The description of the device."""
        parts = []
        for component, items in groupby(self.items.values(), key=lambda item: item.component):
            listed = "".join(_described(item) for item in items)
            kind, name = component
            parts.append(
                f"<{kind} id={quoteattr('c_' + name)} name={quoteattr(name)}><DataItems>{listed}</DataItems></{kind}>"
            )
        body = (
            f"<Devices><Device id='d1' name={quoteattr(self.device)} uuid={quoteattr(self.device + '-0001')}>"
            f"<Components>{''.join(parts)}</Components></Device></Devices>"
        )
        return self._document("MTConnectDevices", self._header(), body)

    def current(self, wanted: Collection[str]) -> str:
        """The latest observations of each item."""
        latest = [reported for item_id, all_ in self._latest.items() if item_id in wanted for reported in all_]
        return self._streams(latest, self.next_sequence)

    def sample(self, first: int, count: int, wanted: Collection[str]) -> tuple[str, int]:
        """At most ``count`` observations from ``first`` on, and the sequence to go on with. Raises RequestError."""
        if not self.first_sequence <= first <= self.next_sequence:
            allowed = f"{self.first_sequence} to {self.next_sequence}"
            raise RequestError("OUT_OF_RANGE", f"'from' is {first}; the buffer has {allowed}")
        chosen: list[Reported] = []
        start = first - self.first_sequence
        next_sequence = self.next_sequence
        for position in range(start, len(self._buffer)):
            reported = self._buffer[position]
            if len(chosen) == count:
                next_sequence = reported.sequence
                break
            if reported.item.id in wanted:
                chosen.append(reported)
        return self._streams(chosen, next_sequence), next_sequence

    def error(self, fault: RequestError) -> str:
        """An error document."""
        body = f'<Errors><Error errorCode="{fault.code}">{escape(fault.text)}</Error></Errors>'
        return self._document("MTConnectError", self._header(), body)

    def _streams(self, observations: Sequence[Reported], next_sequence: int) -> str:
        counts = f' firstSequence="{self.first_sequence}" lastSequence="{self.next_sequence - 1}"'
        counts += f' nextSequence="{next_sequence}"'
        parts = []
        for component, group in groupby(
            sorted(observations, key=lambda o: o.item.component), lambda o: o.item.component
        ):
            kind, name = component
            inside = "".join(
                f"<{_CONTAINERS[category]}>{''.join(_observed(o) for o in same)}</{_CONTAINERS[category]}>"
                for category, same in groupby(sorted(group, key=lambda o: o.item.category), lambda o: o.item.category)
            )
            parts.append(
                f"<ComponentStream component={quoteattr(kind)} name={quoteattr(name)}>{inside}</ComponentStream>"
            )
        stream = (
            f"<Streams><DeviceStream name={quoteattr(self.device)} uuid={quoteattr(self.device + '-0001')}>"
            f"{''.join(parts)}</DeviceStream></Streams>"
        )
        return self._document("MTConnectStreams", self._header(counts), stream)

    def _header(self, further: str = "") -> str:
        return (
            f'<Header creationTime="{iso_time(time.time())}" sender="simulation" instanceId="{self.instance_id}" '
            f'version="{self.version}.0" bufferSize="{self.buffer_size}"{further}/>'
        )

    def _document(self, root: str, header: str, body: str) -> str:
        namespace = f"urn:mtconnect.org:{root}:{self.version}"
        return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">{header}{body}</{root}>\n'


def iso_time(seconds: float) -> str:
    """Seconds since the epoch as an agent writes them: "2026-11-20T08:42:07.123456Z"."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _still_active(before: list[Reported], new: Reported) -> list[Reported]:
    """A condition's active entries: one for each native code; Normal without a code ends all of them."""
    code = new.attributes.get("nativeCode", "")
    if new.level == "Unavailable" or (new.level == "Normal" and not code):
        return [new]
    others = [o for o in before if o.level in ("Warning", "Fault") and o.attributes.get("nativeCode", "") != code]
    if new.level == "Normal":
        return others or [Reported(new.sequence, new.item, new.timestamp, "", "Normal")]
    return [*others, new]


def _described(item: Item) -> str:
    units = f' units="{item.units}" nativeUnits="{item.units}"' if item.units else ""
    representation = f' representation="{item.representation}"' if item.representation else ""
    return (
        f"<DataItem id={quoteattr(item.id)} name={quoteattr(item.name)} category={quoteattr(item.category)} "
        f'type="{item.type}"{units}{representation}/>'
    )


def _observed(reported: Reported) -> str:
    item = reported.item
    element = reported.level or item.element
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in reported.attributes.items())
    kind = f' type="{item.type}"' if item.category == CONDITION else ""
    entries = "".join(f"<Entry key={quoteattr(key)}>{escape(text)}</Entry>" for key, text in reported.entries)
    text = "" if reported.level == "Unavailable" else escape(reported.text)
    return (
        f'<{element} dataItemId={quoteattr(item.id)} name={quoteattr(item.name)} sequence="{reported.sequence}" '
        f'timestamp="{reported.timestamp}"{kind}{attributes}>{entries or text}</{element}>'
    )
