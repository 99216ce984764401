"""The MTConnect driver: follows an agent's stream of observations.

What it does at each connection: `probe` (which data items there are), `current` (what they are now), then the stream `sample`
from the next sequence on. What goes wrong, and what becomes Bad (status):

- no connection, no part for two heartbeats (1.8 s unless set), no HTTP, no XML, a document beyond the limits: all tags
  (BadCommunicationError), and the driver connects again after 0.5 s to 5 s. It goes on from the sequence where it was, so an
  interruption loses nothing that is still in the agent's buffer;
- the agent's buffer has moved past that sequence: all tags (BadDataLost), one log line with the number of observations that
  are missing, then `current`;
- a new instance of the agent: everything begins anew;
- UNAVAILABLE: the tag (BadNoCommunication).

An agent does not repeat a value that has not changed: a tag may rest for ever while the heartbeats come.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from drivers.address import MtconnectAddress, host_and_port, parse_address, parse_device_url
from drivers.base import (
    AddressError,
    DescriptionSink,
    DeviceNode,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    Value,
    ignore_description,
)
from drivers.connection import BAD_COMMUNICATION, Backoff, DeviceReport, bad_sample
from drivers.mtconnect.agent import (
    FILTER_ERRORS,
    MOST_FILTERED_ITEMS,
    OUT_OF_RANGE,
    Agent,
    AgentRefused,
    ObservationStream,
)
from drivers.mtconnect.directory import describe, find_item, nodes_below
from drivers.mtconnect.documents import Document, Header, Observation
from drivers.mtconnect.http import AgentEnded, AgentLost
from drivers.mtconnect.times import believed, is_off, seconds
from drivers.mtconnect.values import ItemReader

_logger = logging.getLogger("drivers.mtconnect")
DATA_LOST = "BadDataLost"
HEARTBEAT_S = 0.9
_SILENT_HEARTBEATS = 2.0
_SHORTEST_INTERVAL_S = 0.01
_MOST_GAPS = 3
_SHORTEST_STREAM_S = 1.0


class _Gap(Exception):
    """The agent's buffer does not hold any more what comes next: back to `current`."""


@dataclass(slots=True)
class _Followed:
    """What is read of one instance of the agent, and how far."""

    instance_id: int
    readers: dict[str, list[ItemReader]]
    next_sequence: int = 0
    latest: dict[str, Sample] = field(default_factory=dict)


class MtconnectDriver:
    """One MTConnect agent as a :class:`drivers.base.Driver`, with any number of devices behind it.

    ``url`` is ``mtconnect://HOST:PORT``. ``missed`` counts the observations that fell out of the agent's buffer unread.
    Raises AddressError for the url.
    """

    def __init__(
        self,
        device: str,
        url: str,
        *,
        heartbeat_s: float = HEARTBEAT_S,
        timeout_s: float = 1.5,
        backoff: Backoff | None = None,
    ) -> None:
        self.device = device
        self.missed = 0
        scheme, self._authority, _ = parse_device_url(url)
        place = host_and_port(self._authority)
        if scheme != "mtconnect" or place is None:
            raise AddressError(f'device url "{url}": not an MTConnect agent; allowed: mtconnect://HOST:PORT')
        self._agent = Agent(*place, timeout_s)
        self._heartbeat_s = heartbeat_s
        self._backoff = backoff or Backoff()
        self._followed: _Followed | None = None
        self._filters = True
        self._gaps = 0
        self._streams_since_s = math.inf  # monotonic, of the first part of a stream
        self._probe: Document | None = None

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        """Follow the tags until cancelled; raises AddressError before anything else."""
        points = [(tag, _address(tag)) for tag in tags]
        report = DeviceReport(self.device, tags, on_samples, on_state, _logger, on_description)
        report.connecting()
        self._followed = None
        try:
            while True:
                try:
                    await self._follow_once(points, report)
                except AgentEnded as ended:
                    # a proxy that ends what lasts too long: the next stream goes on where this one was
                    if time.monotonic() - self._streams_since_s < _SHORTEST_STREAM_S:
                        await self._wait_for(report, ended)
                except (AgentLost, AgentRefused) as lost:
                    await self._wait_for(report, lost)
        finally:
            report.closed()

    async def _wait_for(self, report: DeviceReport, lost: Exception) -> None:
        wait_s = self._backoff.next_s()
        report.lost(str(lost), time.time() + wait_s)
        await asyncio.sleep(wait_s)

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        points = [(tag, _address(tag)) for tag in tags]
        found: dict[str, Sample] = {}
        try:
            probe = await self._agent.probe()
            readers, unknown = _readers(probe, points)
            current = await self._agent.current()
        except (AgentLost, AgentRefused) as lost:
            _logger.info("%s: read failed: %s", self.device, lost)
            return [bad_sample(tag.name, BAD_COMMUNICATION) for tag in tags]
        for observation in current.observations:
            for reader in readers.get(observation.item_id, ()):
                found.update((sample.tag, sample) for sample in reader.take(observation))
        missing = {name: bad_sample(name, status) for name, status in unknown.items()}
        return [found.get(tag.name) or missing.get(tag.name) or bad_sample(tag.name, "BadNoData") for tag in tags]

    async def write(self, tag: Tag, value: Value) -> Sample:
        """Refused: MTConnect only reads."""
        _address(tag)
        return bad_sample(tag.name, "BadNotSupported" if tag.writable else "BadNotWritable", value)

    async def browse(self, address: str = "") -> list[DeviceNode]:
        """What is directly below a component ("": the devices), as the agent described it when the top was last asked for."""
        above = _parsed(address, f'address "{address}"') if address else None
        if self._probe is None or above is None:
            try:
                self._probe = await self._agent.probe()
            except (AgentLost, AgentRefused) as lost:
                raise ConnectionError(f"{self.device}: {lost}") from lost
        return nodes_below(self._probe.items, self._authority, above)

    async def close(self) -> None:
        """No connection is held between requests; a running stream ends with its task."""
        self._probe = None

    async def _follow_once(self, points: list[tuple[Tag, MtconnectAddress]], report: DeviceReport) -> None:
        """Follow, and after a gap again; an agent that has nothing but gaps is lost."""
        try:
            await self._follow(points, report)
        except _Gap:
            self._gaps += 1
            if self._gaps > _MOST_GAPS:
                raise AgentLost("the agent's buffer moves on faster than it can be read") from None

    async def _follow(self, points: list[tuple[Tag, MtconnectAddress]], report: DeviceReport) -> None:
        """Connect and follow; leaves with AgentLost, AgentRefused, _Gap or cancelled."""
        self._streams_since_s = math.inf
        probe = await self._agent.probe()
        readers, unknown = _readers(probe, points)
        item_ids = self._filter(readers)
        asked_at = time.time()
        try:
            current = await self._agent.current(item_ids)
        except AgentRefused as refusal:
            if item_ids and refusal.code in FILTER_ERRORS:
                self._filters = False  # an agent that cannot filter sends everything
                raise _Gap from refusal
            raise
        header = current.header
        if probe.header.instance_id != header.instance_id:
            raise AgentLost("the agent was restarted while it was asked")
        before = self._followed if self._goes_on(header) else None
        interval_s = max(_SHORTEST_INTERVAL_S, min((tag.interval_s for tag, _ in points), default=1.0))
        start = header.next_sequence if before is None else before.next_sequence
        stream = await self._open(item_ids, start, min(interval_s, self._heartbeat_s), header.buffer_size)
        try:
            # nothing is Good before the stream is known to work: it would turn Bad again after two heartbeats
            document = await self._next(stream)
            self._streams_since_s = time.monotonic()
            followed = self._begin(readers, current, report) if before is None else before
            report.connected()
            agent_time = seconds(header.creation_time)
            if agent_time is not None:
                report.clock_skew(agent_time - asked_at)
            if is_off(agent_time, asked_at):
                report.note("the agent's clock is off by more than a minute: its times are not used")
            if before is None:
                self._tell_all(followed, current, report)
            else:
                self._tell_unchanged(followed, current, report)
            for name, status in unknown.items():
                report.refused([name], status)
            while True:
                self._take_part(document, followed, report)
                self._gaps = 0
                self._backoff.reset()
                report.connected()
                document = await self._next(stream)
        finally:
            await stream.close()

    def _filter(self, readers: dict[str, list[ItemReader]]) -> list[str]:
        usable = self._filters and 0 < len(readers) <= MOST_FILTERED_ITEMS
        return sorted(readers) if usable and not any("'" in item_id for item_id in readers) else []

    def _goes_on(self, header: Header) -> bool:
        """Whether the agent's buffer still holds what follows the last observation that was read."""
        before = self._followed
        return (
            before is not None
            and before.instance_id == header.instance_id
            and header.first_sequence <= before.next_sequence <= header.next_sequence
        )

    def _begin(self, readers: dict[str, list[ItemReader]], current: Document, report: DeviceReport) -> _Followed:
        """Begin with what is now; say what is missing since the last connection."""
        before, header = self._followed, current.header
        if before is not None and before.instance_id != header.instance_id:
            _logger.info("%s: the agent was restarted: its values begin anew", self.device)
        elif before is not None:
            self._tell_missed(header.next_sequence - before.next_sequence, report)
        self._followed = _Followed(header.instance_id, readers, header.next_sequence)
        return self._followed

    def _tell_all(self, followed: _Followed, current: Document, report: DeviceReport) -> None:
        _take(current.observations, current.header, followed, report)
        for readers in followed.readers.values():
            for reader in readers:
                report.described(describe(reader.tag.name, reader.item))

    def _tell_unchanged(self, followed: _Followed, current: Document, report: DeviceReport) -> None:
        """What nobody has reported anew is as it was before the interruption; the rest comes with the stream."""
        news = {o.item_id for o in current.observations if o.sequence >= followed.next_sequence}
        resting = [
            reader.tag.name
            for item_id, readers in followed.readers.items()
            for reader in (readers if item_id not in news else ())
        ]
        now = time.time()
        known = [followed.latest[name] for name in resting if name in followed.latest]
        report.samples([replace(sample, received_time=now) for sample in known])

    def _tell_missed(self, missed: int, report: DeviceReport) -> None:
        """A hole in the data: shown on every tag, counted, and told once."""
        self.missed += max(missed, 0)
        report.mark_bad(DATA_LOST)
        report.lost_on_the_way(gaps=1)
        if missed > 0:
            report.trouble(f"{missed} observations are missing: the agent's buffer no longer held them")
        else:
            report.trouble("the agent counts its observations anew without saying that it was restarted")

    async def _open(self, item_ids: list[str], start: int, interval_s: float, buffer_size: int) -> ObservationStream:
        try:
            return await self._agent.open_stream(item_ids, start, interval_s, self._heartbeat_s, buffer_size)
        except AgentRefused as refusal:
            if refusal.code == OUT_OF_RANGE:
                raise _Gap from refusal
            raise

    async def _next(self, stream: ObservationStream) -> Document:
        try:
            return await stream.next_document(self._heartbeat_s * _SILENT_HEARTBEATS)
        except AgentRefused as refusal:
            if refusal.code == OUT_OF_RANGE:
                raise _Gap from refusal
            raise

    def _take_part(self, document: Document, followed: _Followed, report: DeviceReport) -> None:
        """Report one part's observations; raises _Gap when some before it are lost or another instance sends them."""
        header = document.header
        if header.instance_id != followed.instance_id:
            raise _Gap
        if header.first_sequence > followed.next_sequence or header.next_sequence < followed.next_sequence:
            raise _Gap
        fresh = [o for o in document.observations if o.sequence >= followed.next_sequence]
        _take(sorted(fresh, key=lambda observation: observation.sequence), header, followed, report)
        followed.next_sequence = header.next_sequence


def _take(observations: Sequence[Observation], header: Header, followed: _Followed, report: DeviceReport) -> None:
    reported = [
        sample
        for observation in observations
        for reader in followed.readers.get(observation.item_id, ())
        for sample in reader.take(observation)
    ]
    samples = believed(reported, seconds(header.creation_time), time.time())
    followed.latest.update((sample.tag, sample) for sample in samples)
    report.samples(samples)


def _readers(
    probe: Document, points: list[tuple[Tag, MtconnectAddress]]
) -> tuple[dict[str, list[ItemReader]], dict[str, str]]:
    """For each data item's id who reads it, and for each tag without an item the status that says why."""
    readers: dict[str, list[ItemReader]] = {}
    unknown: dict[str, str] = {}
    for tag, address in points:
        item = find_item(probe.items, address)
        if isinstance(item, str):
            unknown[tag.name] = item
        else:
            readers.setdefault(item.id, []).append(ItemReader(tag, address, item))
    return readers, unknown


def _address(tag: Tag) -> MtconnectAddress:
    return _parsed(tag.address, f'tag "{tag.name}": address "{tag.address}"')


def _parsed(address_text: str, what: str) -> MtconnectAddress:
    address = parse_address(address_text)
    if not isinstance(address, MtconnectAddress):
        raise AddressError(f"{what} is not of an MTConnect agent")
    return address
