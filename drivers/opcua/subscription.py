"""One subscription for all tags of a server, and what its silence means.

A server sends a value when it changes; silence may be health or death. Asked to send new source times as well
(DataChangeTrigger StatusValueTimestamp), a server that stamps in a cycle sends a steady value again and
again. A tag that was seen to do so three times, without a silence between, is *cyclic*: when it then stays silent for its
``stale_after_s`` although the server answers, whatever fed it has stopped, and it is marked Bad with
BadNoCommunication, its last value kept. A tag that never was cyclic may rest for ever (the same number written
again is no cycle), and so may one with a deadband, whose server sends no times.

Messages are numbered: one that never came is asked for again; when the server has it no more, every tag is marked
Bad with BadDataLost and the subscription is made anew, which brings every value as it is now.

Notifications are unpacked here (the bytes in :mod:`drivers.opcua.notifications`) and not by asyncua's Subscription, which
starts a task for each one.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Coroutine, Sequence
from typing import Any

from asyncua import ua
from asyncua.ua.uaerrors import UaError, UaStatusCodeError

from drivers.address import OpcUaAddress
from drivers.base import Quality, Sample, Tag
from drivers.connection import STOPPED_ARRIVING, DeviceReport
from drivers.opcua.calls import Link, raised_in_library, read_values
from drivers.opcua.describe import NodeFacts, describe_nodes
from drivers.opcua.items import CYCLIC_REPEATS, Filter, Item
from drivers.opcua.namespaces import Namespaces
from drivers.opcua.notifications import Change, Changes, decode_quickly
from drivers.opcua.numbering import Numbering
from drivers.opcua.picking import NotScalar
from drivers.opcua.structures import UNKNOWN_TYPE, TypeBook
from drivers.opcua.values import Arrival, data_value_of, has_overflowed, number_sample, sample_of, status_name

KEEP_ALIVE_S = 0.5
SLOWEST_PUBLISHING_S = 1.0
SILENCE_S = 1.5
DATA_LOST = "BadDataLost"
_MOST_ASKED_AGAIN = 20
_FIRST_ASKED_AGAIN_S, _LAST_ASKED_AGAIN_S = 5.0, 60.0
_MOST_ASKED_AT_ONCE = 100
_ASKED_AGAIN_TIMEOUT_S = 0.3


class SubscriptionLost(Exception):
    """The server answers, but this subscription must be made anew; the text is for a person."""


class TagSubscription:
    """The subscription of one connection; made anew after each reconnect.

    ``cyclic`` is the set of names of cyclic tags: it outlives the connection, and this class adds to it.
    ``skew_s``, the server's clock minus ours, is set from outside whenever it is measured.
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
        self._items = [Item.of(tag, address, now) for tag, address in zip(tags, addresses, strict=True)]
        self._cyclic = cyclic
        self._report = report
        self._queue_size = queue_size
        self._publishing_s = min(max(min((tag.interval_s for tag in tags), default=1.0), 0.02), SLOWEST_PUBLISHING_S)
        self._published = now
        self._silence_allowed_s = SILENCE_S
        self._numbering = Numbering()
        self._link: Link | None = None
        self._id: int | None = None
        self._lost = ""
        self._error: Exception | None = None
        self._early: list[Change] | None = []
        self._refused: list[int] = []  # handles of what the server does not watch
        self._ask_again_s = math.inf
        self._wait_s = _FIRST_ASKED_AGAIN_S
        self.book = TypeBook()
        self.skew_s: float | None = None

    async def create(self, link: Link, namespaces: Namespaces) -> None:
        """Create it on the server; a tag whose node is refused becomes Bad with the server's status."""
        self._link = link
        if not self._items:
            return
        handles = self._resolve(namespaces)
        await self._describe(link, handles)
        parameters = ua.CreateSubscriptionParameters()
        parameters.RequestedPublishingInterval = self._publishing_s * 1000
        parameters.RequestedMaxKeepAliveCount = max(1, math.floor(KEEP_ALIVE_S / self._publishing_s))
        parameters.RequestedLifetimeCount = max(30, math.ceil(30 / self._publishing_s))
        parameters.MaxNotificationsPerPublish = 10_000
        parameters.PublishingEnabled = True
        decode_quickly(link.client.uaclient.session)
        created = await link.client.uaclient.session.create_subscription(parameters, self._on_publish)
        self._id = int(created.SubscriptionId)
        self._take_revised(created)
        self._published = time.monotonic()
        await self._monitor_all(link, self._id, handles)
        if self._refused:
            self._ask_again_s = time.monotonic() + self._wait_s

    def _take_revised(self, created: ua.CreateSubscriptionResult) -> None:
        """What the server makes of our wishes: it may publish less often, and say so in numbers that are none."""
        asked_s, told_s = self._publishing_s, created.RevisedPublishingInterval / 1000
        if math.isfinite(told_s) and told_s > 0:
            self._publishing_s = told_s
        if self._publishing_s > max(1.5 * asked_s, SLOWEST_PUBLISHING_S):
            self._report.note(f"the server publishes every {self._publishing_s:g} s, not every {asked_s:g} s")
        self._silence_allowed_s = max(SILENCE_S, 1.5 * self._publishing_s * created.RevisedMaxKeepAliveCount)

    async def _monitor_all(self, link: Link, subscription: int, handles: list[int]) -> None:
        """Monitor the items of these handles, with simpler filters where need be; what is refused is told, a line a reason."""
        refusals: dict[str, list[int]] = {}
        while handles:
            again: list[int] = []
            for first in range(0, len(handles), link.per_call):
                again += await self._monitor(link, subscription, handles[first : first + link.per_call], refusals)
            handles = again
        for status, refused in refusals.items():
            self._report.refused([self._items[handle].tag.name for handle in refused], status)
            self._refused += refused

    async def ask_for_refused(self, link: Link) -> None:
        """Ask again for some of what the server did not watch: a node may come later, and a limit may be free again.

        Time over is no fault: what the server then does take comes all the same.
        """
        if self._id is None or time.monotonic() < self._ask_again_s:
            return
        asked, self._refused = self._refused[:_MOST_ASKED_AT_ONCE], self._refused[_MOST_ASKED_AT_ONCE:]
        try:
            async with asyncio.timeout(_ASKED_AGAIN_TIMEOUT_S):
                await self._describe(link, asked)
                await self._monitor_all(link, self._id, asked)
        except TimeoutError:
            self._refused += asked
        self._wait_s = min(2 * self._wait_s, _LAST_ASKED_AGAIN_S)
        self._ask_again_s = time.monotonic() + self._wait_s if self._refused else math.inf

    def open(self) -> None:
        """Let the values through, those first that came while the subscription was still being made."""
        early, self._early = self._early or [], None
        self._deliver(early)

    async def close(self) -> None:
        """Take it off the server again. Raises what asyncua raises."""
        subscription, self._id = self._id, None
        if subscription is not None and self._link is not None:
            await self._link.client.uaclient.session.delete_subscriptions([subscription])

    def _resolve(self, namespaces: Namespaces) -> list[int]:
        """Find out which node each tag means; returns the handles of those that mean one."""
        unknown: dict[str, list[str]] = {}
        for item in self._items:
            try:
                item.node = namespaces.node(item.address)
            except NotScalar as fault:
                unknown.setdefault(fault.status, []).append(item.tag.name)
        for status, names in unknown.items():
            self._report.refused(names, status)
        return [handle for handle, item in enumerate(self._items) if item.node is not None]

    async def _describe(self, link: Link, handles: list[int]) -> None:
        """Ask what the tags are; a server that does not tell is used all the same."""
        items = [self._items[handle] for handle in handles]
        nodes = [item.node for item in items if item.node is not None]
        facts = [NodeFacts()] * len(items)
        try:
            facts = await describe_nodes(link, nodes, self.book)
        except UaStatusCodeError as error:
            self._report.note(f"does not tell units, ranges and types of its values: {status_name(error.code)}")
        for item, fact in zip(items, facts, strict=True):
            description = fact.of_tag(item.tag.name, item.steps, self.book)
            if not item.learn(fact, description.states):
                self._report.note(f'tag "{item.tag.name}": deadband_percent needs an EURange, which the node has not')
            if fact.type_id is not None:
                self._report.described(description)

    async def _monitor(
        self, link: Link, subscription: int, handles: list[int], refusals: dict[str, list[int]]
    ) -> list[int]:
        """Monitor the items of these handles; returns those that are to be asked for with a simpler filter."""
        sizes = [self._items[handle].queue_size(self._publishing_s, self._queue_size) for handle in handles]
        parameters = ua.CreateMonitoredItemsParameters()
        parameters.SubscriptionId = ua.IntegerId(subscription)
        parameters.TimestampsToReturn = ua.TimestampsToReturn.Source
        parameters.ItemsToCreate = [
            self._items[handle].request(handle, size) for handle, size in zip(handles, sizes, strict=True)
        ]
        results = await link.client.uaclient.session.create_monitored_items(parameters)
        if len(results) != len(handles):
            raise UaError(f"{len(results)} monitored items answered where {len(handles)} were asked")
        again: list[int] = []
        for handle, size, result in zip(handles, sizes, results, strict=True):
            item, code = self._items[handle], result.StatusCode.value
            if result.StatusCode.is_good():
                self._note_revised(item, size, result)
                continue
            had_deadband = item.filter is Filter.DEADBAND
            if item.ask_for_less(code):
                again.append(handle)
                if had_deadband:
                    sentence = f"the server refuses the deadband ({status_name(code)}); it is applied here"
                    self._report.note(f'tag "{item.tag.name}": {sentence}')
            else:
                refusals.setdefault(status_name(code), []).append(handle)
        return again

    def _note_revised(self, item: Item, size: int, result: ua.MonitoredItemCreateResult) -> None:
        """Say when the server does less than an address asks for by name."""
        if item.address.queue is not None and result.RevisedQueueSize < size:
            sentence = f"the server keeps {result.RevisedQueueSize} values between two publishings, not {size}"
            self._report.note(f'tag "{item.tag.name}": {sentence}')
        asked_s, told_s = item.address.sampling_s, result.RevisedSamplingInterval / 1000
        if asked_s and told_s > 1.5 * asked_s:
            sentence = f"the server says that it looks every {told_s:g} s, not every {asked_s:g} s"
            self._report.note(f'tag "{item.tag.name}": {sentence}')

    def _on_publish(self, result: ua.PublishResult) -> Coroutine[None, None, None] | None:
        """Called by asyncua for every publish response, a keep-alive too; it awaits what is returned."""
        if self._id is not None and result.SubscriptionId != self._id:
            return None
        self._published = time.monotonic()
        try:
            message = result.NotificationMessage
            keep_alive = not message.NotificationData
            missing = self._numbering.missing(int(message.SequenceNumber), keep_alive=keep_alive)
            if missing:
                return self._after_a_gap(missing, message)
            if missing is not None:
                self._unpack(message)
        except Exception as error:  # noqa: BLE001  (kept for check(), which raises it where it is told)
            self._fails(error)
        return None

    async def _after_a_gap(self, missing: list[int], message: ua.NotificationMessage) -> None:
        """Ask for what never came, then take the message that showed it."""
        try:
            for number in missing[:_MOST_ASKED_AGAIN]:
                found = await self._ask_again(number)
                if found is not None:
                    self._unpack(found)
                    missing = [other for other in missing if other != number]
            if missing:
                self._report.lost_on_the_way(gaps=len(missing))
                self._report.mark_bad(DATA_LOST, [item.tag.name for item in self._items if item.node is not None])
                self._lost = f"{len(missing)} of the server's messages never came (the first: number {missing[0]})"
            self._unpack(message)
        except Exception as error:  # noqa: BLE001  (kept for check(), which raises it where it is told)
            self._fails(error)

    def _fails(self, error: Exception) -> None:
        """asyncua would only log what its callback raises: check() tells it."""
        if raised_in_library(error):
            self._lost = f"a message of the server could not be understood ({type(error).__name__})"
        else:
            self._error = error

    async def _ask_again(self, number: int) -> ua.NotificationMessage | None:
        """One message once more; None when the server has it no more."""
        if self._link is None or self._id is None:
            return None
        try:
            found = await self._link.client.uaclient.session.republish(self._id, number)
        except Exception as error:
            if not raised_in_library(error):
                raise
            return None  # refused, late, or senseless: it is not to be had
        return found if found.NotificationData else None

    def _unpack(self, message: ua.NotificationMessage) -> None:
        changes: list[Change] = []
        for notification in message.NotificationData or []:
            if isinstance(notification, Changes):
                changes += notification.items
            elif isinstance(notification, ua.DataChangeNotification):
                changes += notification.MonitoredItems
            elif isinstance(notification, ua.StatusChangeNotification):
                self._lost = f"the server ended the subscription: {status_name(notification.Status.value)}"
        if self._early is None:
            self._deliver(changes)
        else:
            self._early += changes

    def _deliver(self, changes: Sequence[Change]) -> None:
        """Make samples of what came together and pass them on together."""
        arrival = Arrival.at(time.time(), self.skew_s)
        samples: list[Sample] = []
        overflows = backward = 0
        items, published = self._items, self._published
        for change in changes:
            plain = change if isinstance(change, tuple) else _as_plain(change)
            handle, _, whole, status, _ = plain
            if not 0 <= handle < len(items):
                self._lost = f"the server sends a value that nobody asked for (handle {handle})"
                continue
            item = items[handle]
            sample = number_sample(item.tag.name, plain, arrival) if plain is change and item.is_plain else None
            if sample is None:
                sample = self._judged(item, change, arrival)
            if status and has_overflowed(status):
                overflows += 1
            backward += item.arrives(whole, sample.source_time, published)
            if item.repeats == CYCLIC_REPEATS:
                self._cyclic.add(item.tag.name)
            if not item.deadband or not item.is_no_change(sample):
                samples.append(sample)
        self._report.samples(samples)
        if overflows or backward:
            self._report.lost_on_the_way(overflows=overflows, backward_times=backward)
        if overflows:
            self._report.note(
                "its queue overflowed: some values between two publishings were lost; queue= asks for more"
            )

    def _judged(self, item: Item, change: Change, arrival: Arrival) -> Sample:
        """The sample of a value that is no plain Good number."""
        value = data_value_of(change) if isinstance(change, tuple) else change.Value
        return sample_of(item.tag.name, value, arrival, item.steps, item.states, self.book.opened)

    def check(self) -> None:
        """Mark what has stopped arriving; raises SubscriptionLost when the subscription itself is dead."""
        if not self._items:
            return
        now = time.monotonic()
        if self._error is not None:
            raise self._error
        if self._lost:
            raise SubscriptionLost(self._lost)
        if now - self._published > self._silence_allowed_s:
            raise SubscriptionLost(f"the server answers but has published nothing for {self._silence_allowed_s:g} s")
        for item in self._items:
            if item.tag.name in self._cyclic and item.tag.stale_after_s > 0 and now - item.arrived > item.allowed_s:
                last = self._report.last(item.tag.name)
                if last is not None and last.quality is not Quality.BAD:
                    item.delivered = None
                    self._report.mark_bad(STOPPED_ARRIVING, [item.tag.name])

    async def explain(self, link: Link) -> None:
        """Look up structures of types that nobody knew, and read again what could not be taken apart."""
        if not self.book.unknown or not await self.book.explain_unknown(link):
            return
        waiting = [
            handle
            for handle, item in enumerate(self._items)
            if item.node is not None
            and (last := self._report.last(item.tag.name)) is not None
            and last.status == UNKNOWN_TYPE
        ]
        values = await read_values(link, [node for handle in waiting if (node := self._items[handle].node) is not None])
        self._deliver(
            [
                ua.MonitoredItemNotification(ua.IntegerId(handle), value)
                for handle, value in zip(waiting, values, strict=True)
            ]
        )


def _as_plain(change: ua.MonitoredItemNotification) -> tuple[int, int, Any, int, None]:
    """Handle, value and status of what asyncua decoded, where a plain change has them."""
    value = change.Value
    whole = None if value.Value is None else value.Value.Value
    return change.ClientHandle, 0, whole, 0 if value.StatusCode is None else value.StatusCode.value, None
