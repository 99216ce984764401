"""One tag of a subscription: how the server is asked to watch it, and which of its changes are none.

A deadband is asked of the server where it can know it (a whole number, not a part of a structure), and applied
here as well: some servers refuse it and some accept it and do nothing.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from asyncua import ua
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes

from drivers.address import MAX_QUEUE, OpcUaAddress
from drivers.base import Quality, Sample, Tag
from drivers.opcua.describe import NodeFacts
from drivers.opcua.picking import Step, steps_of

_NO_FILTER = {
    StatusCodes.BadMonitoredItemFilterUnsupported,
    StatusCodes.BadMonitoredItemFilterInvalid,
    StatusCodes.BadFilterNotAllowed,
    StatusCodes.BadDeadbandFilterInvalid,
    StatusCodes.BadNotSupported,
}


CYCLIC_REPEATS = 3


class Filter(enum.IntEnum):
    """What a server is asked to report of an item, from the most that it may refuse to the least."""

    NONE = 0
    TIMES = 1
    DEADBAND = 2


@dataclass(slots=True)
class Item:
    """One monitored tag and what came last for it: ``arrived`` is a monotonic time.

    ``allowed_s`` is how long it may be silent when it is cyclic, ``is_plain`` that a number means itself: no part of a
    structure, no state. ``whole`` is the node's value, ``repeats`` how often it came again in time with a new stamp;
    ``delivered`` is the last number that was passed on as Good, from which a deadband is measured.
    """

    tag: Tag
    address: OpcUaAddress
    arrived: float
    node: ua.NodeId | None = None
    steps: tuple[Step, ...] = ()
    states: Mapping[int, str] = field(default_factory=dict)
    deadband: float = 0.0
    filter: Filter = Filter.TIMES
    whole: Any = None
    source_time: float | None = None
    repeats: int = 0
    delivered: float | None = None
    is_plain: bool = False
    allowed_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.allowed_s = max(self.tag.stale_after_s, 3 * self.tag.interval_s)

    @classmethod
    def of(cls, tag: Tag, address: OpcUaAddress, now: float) -> Item:
        """An item that nothing is known of yet; ``now`` is a monotonic time."""
        with_deadband = address.deadband or address.deadband_percent
        whole = not steps_of(address)
        return cls(
            tag, address, now, steps=steps_of(address), filter=Filter(2 if with_deadband and whole else Filter.TIMES)
        )

    def learn(self, facts: NodeFacts, states: tuple[tuple[int, str], ...]) -> bool:
        """Take over what the server says of the node; False when a deadband in percent lacks its range."""
        self.states = dict(states)
        self.is_plain = not self.steps and not self.states
        self.deadband = self.address.deadband or 0.0
        if not self.address.deadband_percent:
            return True
        if facts.low is None or facts.high is None:
            return False
        self.deadband = self.address.deadband_percent / 100 * (facts.high - facts.low)
        return True

    def arrives(self, whole: Any, source_time: float | None, now: float) -> bool:
        """Remember what came, and count it when it is the same value stamped anew in time; True for a time gone back.

        The node's ``whole`` value counts, not the tag's part of it: a part rests while its neighbours change.
        """
        before, self.source_time = self.source_time, source_time
        backward = source_time is not None and before is not None and source_time < before
        if now - self.arrived > self.allowed_s:
            self.repeats = 0
        elif (
            source_time is not None and before is not None and source_time > before and whole == self.whole is not None
        ):
            self.repeats += 1
        self.whole, self.arrived = whole, now
        return backward

    @property
    def sampling_s(self) -> float:
        """How often the server is asked to look; 0 is as often as it can."""
        return self.tag.interval_s if self.address.sampling_s is None else self.address.sampling_s

    def queue_size(self, publishing_s: float, least: int) -> int:
        """How many values the server is asked to keep for us: three times what comes between two publishings."""
        if self.address.queue is not None:
            return self.address.queue
        needed = math.ceil(3 * publishing_s / self.sampling_s) if self.sampling_s else least
        return min(max(needed, least), MAX_QUEUE)

    def request(self, handle: int, queue_size: int) -> ua.MonitoredItemCreateRequest:
        """What the server is asked; ``handle`` is our number for it."""
        request = ua.MonitoredItemCreateRequest()
        request.ItemToMonitor = ua.ReadValueId(NodeId=self.node, AttributeId=AttributeIds.Value)
        request.MonitoringMode = ua.MonitoringMode.Reporting
        request.RequestedParameters.ClientHandle = ua.IntegerId(handle)
        request.RequestedParameters.SamplingInterval = self.sampling_s * 1000
        request.RequestedParameters.QueueSize = ua.Counter(queue_size)
        request.RequestedParameters.DiscardOldest = True
        if self.filter is Filter.TIMES:
            request.RequestedParameters.Filter = ua.DataChangeFilter(Trigger=ua.DataChangeTrigger.StatusValueTimestamp)
        elif self.filter is Filter.DEADBAND:
            percent = self.address.deadband_percent
            kind = ua.DeadbandType.Percent if percent else ua.DeadbandType.Absolute
            request.RequestedParameters.Filter = ua.DataChangeFilter(
                Trigger=ua.DataChangeTrigger.StatusValue,
                DeadbandType=ua.UInt32(kind),
                DeadbandValue=ua.Double(percent or self.address.deadband or 0.0),
            )
        return request

    def ask_for_less(self, status: int) -> bool:
        """After a refusal: True when the server may take the item with a simpler filter."""
        if self.filter is Filter.NONE or status not in _NO_FILTER:
            return False
        self.filter = Filter(self.filter - 1)
        return True

    def is_no_change(self, sample: Sample) -> bool:
        """Whether a sample lies within the deadband around the last that was delivered; remembers it otherwise."""
        number = sample.value
        if sample.quality is not Quality.GOOD or isinstance(number, bool) or not isinstance(number, int | float):
            self.delivered = None
            return False
        if self.delivered is not None and abs(number - self.delivered) <= self.deadband:
            return True
        self.delivered = float(number)
        return False
