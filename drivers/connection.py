"""What all drivers share: waiting times between attempts, and reporting a device's condition once.

A :class:`Backoff` spreads the attempts of many stations. A :class:`DeviceReport` stands between a driver and
the sinks of its caller: it remembers each tag's last value, so that a loss marks every tag Bad at once with
that value kept, and it logs one line when a device fails and one when it is back.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import os
import random
import socket
import time
from collections.abc import Iterable, Sequence

from drivers.base import (
    Connection,
    ConnectionState,
    DescriptionSink,
    Quality,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    TagDescription,
    Value,
    ignore_description,
)

BAD_COMMUNICATION = "BadCommunicationError"
WAITING = "BadWaitingForInitialData"
STOPPED_ARRIVING = "BadNoCommunication"


_SKEW_TOLD_S = 0.5
_LOSSES_TOLD_EVERY_S = 5.0
_MOST_NOTES = 1000
_REFUSED_TOLD_EVERY_S = 60.0
_MOST_NAMED = 5


@dataclasses.dataclass(frozen=True, slots=True)
class _Losses:
    """The part of a ConnectionState that is counted and measured: see there."""

    clock_skew_s: float | None = None
    gaps: int = 0
    overflows: int = 0
    backward_times: int = 0


class Backoff:
    """The wait before the next attempt: doubles from ``first_s`` to ``longest_s``, +-20 % jitter.

    The jitter keeps fifty stations from asking a restarted server in the same instant; neither asyncua nor
    pymodbus has one.
    """

    def __init__(self, first_s: float = 0.5, longest_s: float = 5.0, jitter: float = 0.2) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._jitter = jitter
        self._next_s = first_s
        self._random = random.Random()

    def reset(self) -> None:
        """Begin again with the shortest wait: the device answered."""
        self._next_s = self._first_s

    def next_s(self) -> float:
        """The wait in seconds before the next attempt."""
        wait_s = self._next_s * self._random.uniform(1 - self._jitter, 1 + self._jitter)
        self._next_s = min(self._next_s * 2, self._longest_s)
        return wait_s


def bad_sample(tag: str, status: str, value: Value = None) -> Sample:
    """A sample that says a tag has no trustworthy value now."""
    return Sample(tag, value, Quality.BAD, status, None, time.time())


class DeviceReport:
    """One device's samples, states and descriptions on their way to the caller's sinks."""

    def __init__(
        self,
        device: str,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        logger: logging.Logger,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        self._device = device
        self._names = [tag.name for tag in tags]
        self._last: dict[str, Sample] = {}
        self._described: dict[str, TagDescription] = {}
        self._on_samples = on_samples
        self._on_state = on_state
        self._on_description = on_description
        self._logger = logger
        self._since = time.time()
        self._connection: Connection | None = None
        self._told: ConnectionState | None = None
        self._troubled = False
        self._refused: dict[str, str] = {}  # tags and statuses that are refused now and were told
        self._told_refusal_s: dict[tuple[str, str], float] = {}
        self._noted: set[str] = set()
        self._losses = _Losses()
        self._told_losses = _Losses()
        self._told_losses_s = -math.inf

    def sample(self, sample: Sample) -> None:
        """Pass one sample on: :meth:`samples` of one."""
        self.samples([sample])

    def samples(self, samples: list[Sample]) -> None:
        """Pass on what arrived together, in order; a Bad one without a value carries the last one received.

        The list is the report's from now on.
        """
        last = self._last
        for position, sample in enumerate(samples):
            if sample.value is None and sample.quality is not Quality.GOOD:
                before = last.get(sample.tag)
                if before is not None and before.value is not None:
                    sample = dataclasses.replace(sample, value=before.value, text=before.text)
                    samples[position] = sample
            last[sample.tag] = sample
        if self._refused:
            self._take_again(samples)
        if samples:
            self._on_samples(samples)

    def described(self, description: TagDescription) -> None:
        """Pass on what the device says of a tag; what it said before is not told again."""
        if self._described.get(description.tag) != description:
            self._described[description.tag] = description
            self._on_description(description)

    def clock_skew(self, skew_s: float) -> None:
        """The device's clock minus ours was measured: told when it moved by more than half a second."""
        before_s = self._losses.clock_skew_s
        if before_s is None or abs(before_s - skew_s) > _SKEW_TOLD_S:
            self._losses = dataclasses.replace(self._losses, clock_skew_s=skew_s)
            self._tell_again()

    def lost_on_the_way(self, *, gaps: int = 0, overflows: int = 0, backward_times: int = 0) -> None:
        """Count what went missing or out of order; told at once, then at most every 5 s.

        Called with nothing it tells what has waited for its 5 s.
        """
        losses = self._losses
        self._losses = dataclasses.replace(
            losses,
            gaps=losses.gaps + gaps,
            overflows=losses.overflows + overflows,
            backward_times=losses.backward_times + backward_times,
        )
        if self._losses != self._told_losses and time.monotonic() - self._told_losses_s > _LOSSES_TOLD_EVERY_S:
            self._told_losses_s = time.monotonic()
            self._tell_again()

    def note(self, sentence: str) -> None:
        """Log a peculiarity of the device once: something to know, nothing that fails."""
        if sentence not in self._noted and len(self._noted) < _MOST_NOTES:
            self._noted.add(sentence)
            self._logger.info("%s: %s", self._device, sentence)

    def last(self, tag: str) -> Sample | None:
        """The latest sample of a tag, of any quality."""
        return self._last.get(tag)

    def mark_bad(self, status: str, names: Iterable[str] | None = None) -> None:
        """Mark tags Bad, their last value kept; tags that already say the same are left alone."""
        self.samples(
            [
                bad_sample(name, status)
                for name in (self._names if names is None else names)
                if (last := self._last.get(name)) is None or last.status != status
            ]
        )

    def connecting(self) -> None:
        """The first attempt begins: every tag has a state from the first moment on."""
        self.mark_bad(WAITING)
        self._state(Connection.CONNECTING, "")

    def connected(self, *, well: bool = True) -> None:
        """The device answers; ``well`` False when what it answers is not (all) usable."""
        if self._connection is not Connection.CONNECTED:
            self._state(Connection.CONNECTED, "")
        if well:
            self.recovered()

    def lost(self, reason: str, retry_at: float | None) -> None:
        """The device does not answer: ``reason`` is a sentence for a person."""
        self.mark_bad(BAD_COMMUNICATION)
        self._state(Connection.LOST, reason, retry_at)
        self.trouble(reason)

    def closed(self) -> None:
        self._state(Connection.CLOSED, "")

    def trouble(self, reason: str) -> None:
        """Log that something is wrong, once until :meth:`recovered`."""
        if not self._troubled:
            self._troubled = True
            self._logger.warning("%s: %s", self._device, reason)

    def refused(self, names: Iterable[str], status: str) -> None:
        """The device answers, but not for these tags.

        Most likely their addresses are wrong. One log line for all that were not refused so a moment ago, and one when
        the device takes them again; a tag that is refused and taken in turns is told once a minute.
        """
        names = list(names)
        self.mark_bad(status, names)
        now = time.monotonic()
        news = [
            name
            for name in names
            if self._refused.get(name) != status
            and now - self._told_refusal_s.get((name, status), -math.inf) > _REFUSED_TOLD_EVERY_S
        ]
        for name in news:
            self._refused[name] = status
            self._told_refusal_s[name, status] = now
        if news:
            self._logger.warning("%s: refuses %s: %s", self._device, _tags_text(news), status)

    def _take_again(self, samples: list[Sample]) -> None:
        taken = [sample.tag for sample in samples if sample.quality is not Quality.BAD and sample.tag in self._refused]
        for name in taken:
            self._refused.pop(name, None)
        if taken:
            self._logger.info("%s: takes %s again", self._device, _tags_text(list(dict.fromkeys(taken))))

    def recovered(self) -> None:
        """Log that all is well again, once after a :meth:`trouble`."""
        if self._troubled:
            self._troubled = False
            self._logger.info("%s: answers again", self._device)

    def _state(self, connection: Connection, reason: str, retry_at: float | None = None) -> None:
        if connection is not self._connection:
            self._since = time.time()
            self._connection = connection
        self._tell(ConnectionState(self._device, connection, reason, self._since, retry_at))

    def _tell_again(self) -> None:
        if self._told is not None:
            self._tell(self._told)

    def _tell(self, state: ConnectionState) -> None:
        """Tell a state with the newest losses, unless it is what was told last."""
        self._told_losses = self._losses
        state = dataclasses.replace(state, **dataclasses.asdict(self._losses))
        if state != self._told:
            self._told = state
            self._on_state(state)


def _tags_text(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f'tag "{names[0]}"'
    listed = ", ".join(f'"{name}"' for name in names[:_MOST_NAMED])
    return f"{len(names)} tags ({listed}{', ...' if len(names) > _MOST_NAMED else ''})"


def reason_of(error: OSError) -> str:
    """What a failed connection says to a person: "Connection refused", without Python's decoration."""
    if isinstance(error, socket.gaierror):
        return "the name of the host is not known"
    return os.strerror(error.errno) if error.errno else str(error) or type(error).__name__


def quiet_library(name: str) -> None:
    """Keep a protocol library from logging what the driver reports itself, in its own words and once.

    A level that someone has set on that logger (to look for a fault) is left as it is.
    """
    logger = logging.getLogger(name)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.CRITICAL + 1)
