"""One subscription for all tags of a server, and what its silence means.

A server sends a value when it changes; silence may be health or death. Asked to send new source times as well
(DataChangeTrigger StatusValueTimestamp), a server that stamps in a cycle sends a steady value again and
again. A tag that was once seen to do so is *cyclic*: when it then stays silent for its ``stale_after_s``
although the server answers, whatever fed it has stopped, and it is marked Bad with BadNoCommunication, its
last value kept. A tag that never was cyclic may rest for ever.

Notifications are unpacked here and not by asyncua's Subscription, which starts a task for each one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.uaerrors import UaError

from drivers.address import OpcUaAddress
from drivers.base import Quality, Tag, Value
from drivers.connection import STOPPED_ARRIVING, DeviceReport
from drivers.opcua.calls import NODES_PER_CALL, DeviceLost, node_id
from drivers.opcua.values import sample_of, status_name

KEEP_ALIVE_S = 1.0
_NO_FILTER = {
    StatusCodes.BadMonitoredItemFilterUnsupported,
    StatusCodes.BadMonitoredItemFilterInvalid,
    StatusCodes.BadFilterNotAllowed,
}


@dataclass(slots=True)
class _Item:
    """One monitored tag and what came last for it: ``arrived`` is a monotonic time."""

    tag: Tag
    address: OpcUaAddress
    arrived: float
    value: Value = None
    source_time: float | None = None


class TagSubscription:
    """The subscription of one connection; made anew after each reconnect.

    ``cyclic`` is the set of names of cyclic tags: it outlives the connection, and this class adds to it.
    """

    def __init__(
        self,
        tags: Sequence[Tag],
        addresses: Sequence[OpcUaAddress],
        report: DeviceReport,
        cyclic: set[str],
        queue_size: int,
    ) -> None:
        now = time.monotonic()
        self._items = [_Item(tag, address, now) for tag, address in zip(tags, addresses, strict=True)]
        self._cyclic = cyclic
        self._report = report
        self._queue_size = queue_size
        self._published = now
        self._silence_allowed_s = 3 * KEEP_ALIVE_S
        self._fault = ""
        self._error: Exception | None = None
        self._early: list[tuple[int, ua.DataValue]] | None = []

    async def create(self, client: Client) -> None:
        """Create it on the server; a tag whose node is refused becomes Bad with the server's status."""
        if not self._items:
            return
        interval_s = min(max(min(item.tag.interval_s for item in self._items), 0.02), KEEP_ALIVE_S)
        parameters = ua.CreateSubscriptionParameters()
        parameters.RequestedPublishingInterval = interval_s * 1000
        parameters.RequestedMaxKeepAliveCount = max(1, math.floor(KEEP_ALIVE_S / interval_s))
        parameters.RequestedLifetimeCount = max(30, math.ceil(30 / interval_s))
        parameters.MaxNotificationsPerPublish = 10_000
        parameters.PublishingEnabled = True
        session = client.uaclient.session
        created = await session.create_subscription(parameters, self._on_publish)
        keep_alive_s = created.RevisedPublishingInterval / 1000 * created.RevisedMaxKeepAliveCount
        self._silence_allowed_s = max(3 * KEEP_ALIVE_S, 3 * keep_alive_s)
        self._published = time.monotonic()
        for first in range(0, len(self._items), NODES_PER_CALL):
            handles = range(first, min(first + NODES_PER_CALL, len(self._items)))
            refused = await self._monitor(client, created.SubscriptionId, list(handles), with_times=True)
            await self._monitor(client, created.SubscriptionId, refused, with_times=False)

    def open(self) -> None:
        """Let the values through, those first that came while the subscription was still being made."""
        early, self._early = self._early or [], None
        for handle, data_value in early:
            self._on_change(handle, data_value)

    async def _monitor(self, client: Client, subscription: int, handles: list[int], with_times: bool) -> list[int]:
        """Monitor the items of these handles; returns those whose filter the server does not know."""
        if not handles:
            return []
        parameters = ua.CreateMonitoredItemsParameters()
        parameters.SubscriptionId = ua.IntegerId(subscription)
        parameters.TimestampsToReturn = ua.TimestampsToReturn.Source
        parameters.ItemsToCreate = [self._request(handle, with_times) for handle in handles]
        results = await client.uaclient.session.create_monitored_items(parameters)
        if len(results) != len(handles):
            raise UaError(f"{len(results)} monitored items answered where {len(handles)} were asked")
        refused: list[int] = []
        for handle, result in zip(handles, results, strict=True):
            if result.StatusCode.is_good():
                continue
            if with_times and result.StatusCode.value in _NO_FILTER:
                refused.append(handle)
            else:
                self._report.refused([self._items[handle].tag.name], status_name(result.StatusCode.value))
        return refused

    def _request(self, handle: int, with_times: bool) -> ua.MonitoredItemCreateRequest:
        item = self._items[handle]
        request = ua.MonitoredItemCreateRequest()
        request.ItemToMonitor = ua.ReadValueId(NodeId=node_id(item.address), AttributeId=AttributeIds.Value)
        request.MonitoringMode = ua.MonitoringMode.Reporting
        request.RequestedParameters.ClientHandle = ua.IntegerId(handle)
        request.RequestedParameters.SamplingInterval = item.tag.interval_s * 1000
        request.RequestedParameters.QueueSize = ua.Counter(self._queue_size)
        request.RequestedParameters.DiscardOldest = True
        if with_times:
            request.RequestedParameters.Filter = ua.DataChangeFilter(Trigger=ua.DataChangeTrigger.StatusValueTimestamp)
        return request

    def _on_publish(self, result: ua.PublishResult) -> None:
        """Called by asyncua for every publish response, a keep-alive too."""
        self._published = time.monotonic()
        try:
            self._unpack(result)
        except Exception as error:
            self._error = error  # asyncua would only log it: check() raises it again
            raise

    def _unpack(self, result: ua.PublishResult) -> None:
        for notification in result.NotificationMessage.NotificationData or []:
            if isinstance(notification, ua.DataChangeNotification):
                for change in notification.MonitoredItems:
                    if self._early is None:
                        self._on_change(change.ClientHandle, change.Value)
                    else:
                        self._early.append((change.ClientHandle, change.Value))
            elif isinstance(notification, ua.StatusChangeNotification):
                self._fault = f"the server ended the subscription: {status_name(notification.Status.value)}"

    def _on_change(self, handle: int, data_value: ua.DataValue) -> None:
        if not 0 <= handle < len(self._items):
            self._fault = f"the server sends a value that nobody asked for (handle {handle})"
            return
        item = self._items[handle]
        sample = sample_of(item.tag.name, data_value, item.address.index)
        again = sample.value is not None and sample.value == item.value
        if again and sample.source_time != item.source_time and item.source_time is not None:
            self._cyclic.add(item.tag.name)
        item.value, item.source_time, item.arrived = sample.value, sample.source_time, self._published
        self._report.sample(sample)

    def check(self) -> None:
        """Mark what has stopped arriving; raises DeviceLost when the subscription itself is dead."""
        if not self._items:
            return
        now = time.monotonic()
        if self._error is not None:
            raise self._error
        if self._fault:
            raise DeviceLost(self._fault)
        if now - self._published > self._silence_allowed_s:
            raise DeviceLost(f"the server answers but has published nothing for {self._silence_allowed_s:g} s")
        for item in self._items:
            allowed_s = max(item.tag.stale_after_s, 3 * item.tag.interval_s)
            if item.tag.name in self._cyclic and item.tag.stale_after_s > 0 and now - item.arrived > allowed_s:
                last = self._report.last(item.tag.name)
                if last is not None and last.quality is not Quality.BAD:
                    self._report.mark_bad(STOPPED_ARRIVING, [item.tag.name])
