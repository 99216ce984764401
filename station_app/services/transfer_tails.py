"""Brings what is not sealed yet to the shared database about once a minute, with gaps, and says until when all is there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from station_app.domain.trend import Gap, TrendBlock, TrendReach, Unsealed
from station_app.services.ports import (
    Clock,
    Refused,
    SchemaMismatch,
    SharedDatabase,
    SharedDatabaseError,
    TrendOutbox,
    Unreachable,
)
from station_app.services.sync_state import SyncFaults

EVERY_S = 60.0
"""The newest samples reach the shared database about so long after they came, and the time until the next poll."""
PUT_OFF_S = 5.0
PORTION_SAMPLES = 20_000
PORTION_TAILS = 16
PORTION_BYTES = 128 * 1024
GAPS_AT_ONCE = 500
GROWS_US = 10_000_000
"""A gap that ended so long ago does not become longer."""
LONGEST_REASON = 250
FAULT = "newest machine data"


@dataclass(slots=True)
class _Round:
    """What is left of one round: tags to read, what was read and not sent, gaps after ``gap_id``.

    ``settling`` until a gap comes that may still become longer; ``complete`` until something could not be delivered,
    ``refused`` when the server did not take it; the fault that says so stands until a whole round met none.
    """

    standing: Unsealed
    tags: dict[str, None]
    blocks: deque[TrendBlock] = field(default_factory=deque)
    gap_id: int = 0
    settling: bool = True
    complete: bool = True
    refused: bool = False


class TailTransfer:
    """One round after another, a few pieces at a time. Used from the sync worker only, when no block waits.

    A tag is sent when it has samples that the shared database has not seen. What is known of that is not kept over a restart,
    so everything is sent once more then: it replaces what lay there. Before a block of a tag is sent, :meth:`sealed` is told,
    for what was read of the tag before must not be sent after it.
    """

    def __init__(self, database: SharedDatabase, faults: SyncFaults, clock: Clock) -> None:
        self._database, self._faults, self._clock = database, faults, clock
        self._sent: dict[str, tuple[int, int]] = {}
        self._settled_gap = 0
        self._round: _Round | None = None
        self._due_ns = clock.mono_ns()

    def begin_again(self) -> None:
        """The server may lack what it once had: everything is sent again."""
        self._sent.clear()
        self._settled_gap, self._round, self._due_ns = 0, None, self._clock.mono_ns()

    def sealed(self, tag: str) -> None:
        """A block of this tag goes to the server and may take the place of what was not sealed."""
        self._sent.pop(tag, None)
        if self._round is not None:
            self._round.blocks = deque(block for block in self._round.blocks if block.tag != tag)
            if tag in self._round.standing.tags:
                self._round.tags[tag] = None

    def put_off(self) -> None:
        """Blocks will wait again in a moment: they go first."""
        self._round, self._due_ns = None, self._clock.mono_ns() + int(PUT_OFF_S * 1e9)

    def transfer(self, outbox: TrendOutbox, *, all_sent: bool) -> bool:
        """Send some of it; False when nothing is due. ``all_sent``: no block stays behind. Raises HistorianError."""
        if self._round is None:
            if self._clock.mono_ns() < self._due_ns:
                return False
            self._round = self._begin(outbox)
        if not self._round.blocks and self._round.tags:
            self._read(self._round, outbox)
        if self._round.blocks:
            self._send(self._round)
        elif self._tell(self._round, outbox, all_sent):
            if not self._round.refused:
                self._faults.clear([FAULT])
            self._round, self._due_ns = None, self._clock.mono_ns() + int(EVERY_S * 1e9)
        return True

    def _begin(self, outbox: TrendOutbox) -> _Round:
        standing = outbox.unsealed()
        self._sent = {tag: mark for tag, mark in self._sent.items() if tag in standing.tags}
        changed = [tag for tag, mark in standing.tags.items() if self._sent.get(tag) != mark]
        return _Round(standing, dict.fromkeys(changed), gap_id=self._settled_gap)

    def _read(self, current: _Round, outbox: TrendOutbox) -> None:
        """So many tags that what they hold fits into memory."""
        portion: list[str] = []
        samples = 0
        while current.tags and samples < PORTION_SAMPLES:
            tag = next(iter(current.tags))
            del current.tags[tag]
            portion.append(tag)
            samples += current.standing.tags[tag][0]
        blocks, whole = outbox.tails(portion)
        current.blocks.extend(blocks)
        current.complete = current.complete and whole

    def _send(self, current: _Round) -> None:
        sent, size_bytes = 0, 0
        while current.blocks and sent < PORTION_TAILS and size_bytes < PORTION_BYTES:
            block = current.blocks[0]
            self._put(current, f"of {block.tag}", partial(self._database.trend_tail_put, block))
            current.blocks.popleft()
            # more may have been sent than was there when the round began, never less
            self._sent[block.tag] = current.standing.tags[block.tag]
            sent, size_bytes = sent + 1, size_bytes + len(block.content)

    def _tell(self, current: _Round, outbox: TrendOutbox, all_sent: bool) -> bool:
        """Some gaps, with the last of them until when everything is there; whether the round is over."""
        found = outbox.gaps(current.gap_id, GAPS_AT_ONCE)
        last = len(found) < GAPS_AT_ONCE
        until_us = current.standing.until_us if last and current.complete and all_sent else 0
        reach = TrendReach(until_us or None, tuple(_bounded(gap) for _, gap in found))
        if reach != TrendReach():
            self._put(current, "as a whole", partial(self._database.trend_reach_put, reach))
        for number, gap in found:
            current.gap_id = number
            current.settling = current.settling and gap.end_us < current.standing.until_us - GROWS_US
            if current.settling:
                self._settled_gap = number
        return last

    def _put(self, current: _Round, what: str, put: Callable[[], None]) -> None:
        """One that is refused is told, and does not hold up the others."""
        try:
            put()
        except (Unreachable, Refused, SchemaMismatch):
            raise
        except SharedDatabaseError as error:
            current.complete, current.refused = False, True
            self._faults.put(FAULT, f"the newest machine data {what} were not taken: {error}")


def _bounded(gap: Gap) -> Gap:
    return Gap(gap.start_us, max(gap.start_us, gap.end_us), gap.kind, gap.reason[:LONGEST_REASON])
