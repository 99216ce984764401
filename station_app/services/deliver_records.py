"""Delivers one channel of the journal in order, exactly once, and notices when two histories have parted.

The server's answer is the truth and the journal's peer only a cache: after every connection each local epoch is compared
with the server by sequence number and hash. What the server lacks is sent, also when it once had it (a restored
server). Where the server has other or more records than this journal, the journal was cloned or restored: its
own undelivered records move into a new epoch (:meth:`ChannelDelivery.rehome`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from station_app.domain.chain import ChainError, Draft, Row, check_chain, genesis
from station_app.domain.records import EpochStart, Fact
from station_app.services.ports import Clock, Gap, Head, Journal, SharedDatabase

BATCH_ROWS = 500
BATCH_BYTES = 4 << 20
HASHES_A_CALL = 1000

DraftFact = Callable[[Fact, str], Draft]
"""Makes the record of a fact for a channel, in the station's own name."""


class Tampered(RuntimeError):
    """The journal and the server contradict each other in a way that no clone or restore explains."""


@dataclass(slots=True)
class Place:
    """How far the server is in one epoch: ``seq`` is its last one."""

    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Parting:
    """Where the histories part: the last local row that may still be common, and why we think so."""

    limit: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """The answer of one channel's comparison. ``parting`` is None when the server has a prefix of this journal.

    ``offset_ms``: server clock minus ours. ``restored``: the server lacks what it once acknowledged.
    """

    parting: Parting | None
    offset_ms: int
    restored: bool


class ChannelDelivery:
    """One channel's way to the server. Blocking; used from the sync worker only.

    Besides SharedDatabaseError and JournalError its verbs raise Tampered.
    """

    def __init__(self, chan: str, journal: Journal, database: SharedDatabase, clock: Clock, draft: DraftFact) -> None:
        self.chan = chan
        self._journal = journal
        self._database = database
        self._clock = clock
        self._draft = draft
        self._places: list[Place] = []

    # --- hello --------------------------------------------------------------------------------------------------

    def greet(self) -> Greeting:
        """Compare every local epoch with the server, oldest first; what is missing there is then to be delivered."""
        heads = self._journal.epochs(self.chan)
        peer = self._journal.peer(self.chan)
        offset_ms = 0
        self._places = []
        newest = heads[-1].epoch
        for epoch in range(1, newest + 1):  # also those that only the server may have
            head = self._journal.head(self.chan, epoch)
            before_us = self._clock.wall_us()
            hello = self._database.hello(self.chan, head.epoch)
            offset_ms = (hello.now_us - (before_us + self._clock.wall_us()) // 2) // 1000
            parting = self._compare(head, hello.last_seq, hello.last_hash)
            if parting is None and hello.highest_epoch > newest:
                parting = Parting(
                    Place(newest, heads[-1].seq),
                    f"the server knows epoch {hello.highest_epoch} of {self.chan}, this journal only {newest}",
                )
            if parting is not None:
                return Greeting(parting, offset_ms, restored=True)
            self._places.append(Place(head.epoch, hello.last_seq))
        reached = self.reached()
        restored = (reached.epoch, reached.seq) < (peer.acked_epoch, peer.acked_seq)
        return Greeting(None, offset_ms, restored)

    def _compare(self, head: Head, server_seq: int, server_hash: bytes | None) -> Parting | None:
        where = f"{self.chan} epoch {head.epoch}"
        if server_seq > head.seq:
            return Parting(
                Place(head.epoch, head.seq), f"the server has {where} up to {server_seq}, this journal up to {head.seq}"
            )
        if server_seq == 0:
            return None
        own_hash = self._journal.row_hash(self.chan, head.epoch, server_seq)
        if own_hash is None:
            raise Tampered(
                f"the server ends {where} at {server_seq}, which this journal no longer has: it cannot be compared"
            )
        if own_hash == server_hash:
            return None
        return Parting(
            Place(head.epoch, server_seq - 1), f"record {server_seq} of {where} is another one at the server"
        )

    def reached(self) -> Place:
        """Up to where the server has everything."""
        for place in self._places:
            if place.seq < self._journal.head(self.chan, place.epoch).seq:
                return place
        return self._places[-1]

    # --- drain --------------------------------------------------------------------------------------------------

    def deliver(self) -> int:
        """Send the next batch; answers how many records it had, 0 when the server has everything."""
        while self._places:
            place = self._places[0]
            rows = _limited(self._journal.rows(self.chan, place.epoch, place.seq, BATCH_ROWS))
            if rows:
                self._send(place, rows)
                return len(rows)
            if len(self._places) == 1:
                return 0
            self._places.pop(0)
        return 0

    def _send(self, place: Place, rows: Sequence[Row]) -> None:
        if rows[0].seq != place.seq + 1:
            raise Tampered(
                f"the server lacks {self.chan} epoch {place.epoch} from {place.seq + 1}, "
                f"this journal has it only from {rows[0].seq}"
            )
        last_seq = self._database.append_batch(self.chan, place.epoch, rows[0].seq, rows)
        if last_seq != rows[-1].seq:
            raise Gap(f"{self.chan} epoch {place.epoch}: sent up to {rows[-1].seq}, the server answers {last_seq}")
        place.seq = last_seq

    # --- rehome -------------------------------------------------------------------------------------------------

    def rehome(self, parting: Parting) -> Head:
        """Take over the server's rows and move the own ones behind the common row into a new epoch; answers its head.

        Nothing is sent: the next hello does that. Raises Tampered when the server's rows do not form a
        chain or contradict the content of a record that this journal has too.
        """
        common, highest_epoch = self._common(parting.limit)
        pulled = self._pull(common, highest_epoch)
        self._check_same_content(common, pulled)
        newest = self._journal.epochs(self.chan)[-1].epoch
        first = self._draft(EpochStart(
            parent_epoch=common.epoch, parent_seq=common.seq, parent_hash=common.hash.hex(), reason=parting.reason,
        ), self.chan)  # fmt: skip
        new_epoch = max(highest_epoch, newest) + 1
        rows = self._journal.rehome(self.chan, common, new_epoch, first, pulled).result()
        return Head(new_epoch, rows[-1].seq, rows[-1].hash)

    def _common(self, limit: Place) -> tuple[Head, int]:
        """The newest row that both sides have, not beyond ``limit``, and the server's highest epoch."""
        highest_epoch = 0
        for hashes in self._hashes_newest_first(limit):
            fork = self._database.fork_info(self.chan, hashes)
            highest_epoch = fork.highest_epoch
            if fork.epoch:
                own_hash = self._journal.row_hash(self.chan, fork.epoch, fork.seq)
                if own_hash not in hashes:
                    raise Tampered(
                        f"the server names {self.chan} epoch {fork.epoch} seq {fork.seq} as common, which it is not"
                    )
                return Head(fork.epoch, fork.seq, own_hash), highest_epoch
        return Head(0, 0, b""), highest_epoch

    def _hashes_newest_first(self, limit: Place) -> Iterator[list[bytes]]:
        found = False
        for head in reversed(self._journal.epochs(self.chan)):
            if head.epoch > limit.epoch:
                continue
            last = min(head.seq, limit.seq) if head.epoch == limit.epoch else head.seq
            for upto in range(last, 0, -HASHES_A_CALL):
                start = max(0, upto - HASHES_A_CALL)
                rows = self._journal.rows(self.chan, head.epoch, start, upto - start)
                yield [row.hash for row in reversed(rows)]
                found = True
        if not found:
            yield []

    def _pull(self, common: Head, highest_epoch: int) -> list[Row]:
        """The server's rows behind the common one, their chains checked."""
        pulled: list[Row] = []
        for epoch in range(max(common.epoch, 1), highest_epoch + 1):
            behind = (
                common if epoch == common.epoch else Head(epoch, 0, genesis(self._journal.station, self.chan, epoch))
            )
            rows: list[Row] = []
            while part := self._database.read_log(self.chan, epoch, rows[-1].seq if rows else behind.seq, BATCH_ROWS):
                rows += part
            try:
                check_chain(rows, behind.hash, behind.seq + 1)
            except ChainError as error:
                raise Tampered(f"the server's records do not form a chain: {error}") from error
            pulled += rows
        return pulled

    def _check_same_content(self, common: Head, pulled: Sequence[Row]) -> None:
        """A record that both sides have in different places is the same record, or somebody changed it."""
        theirs = {row.rec_id: row for row in pulled}
        for head in self._journal.epochs(self.chan):
            if not theirs or head.epoch < common.epoch:
                continue
            seq = common.seq if head.epoch == common.epoch else 0
            while rows := self._journal.rows(self.chan, head.epoch, seq, BATCH_ROWS):
                seq = rows[-1].seq
                for row in rows:
                    other = theirs.get(row.rec_id)
                    if other is not None and content(other) != content(row):
                        raise Tampered(
                            f"record {row.rec_id} ({row.kind}) has one content in this journal ({self.chan} epoch "
                            f"{row.epoch} seq {row.seq}) and another at the server (epoch {other.epoch} seq {other.seq})"
                        )


def content(row: Row) -> tuple[object, ...]:
    """Everything of a record but its place and hash."""
    return (
        row.chan, row.rec_id, row.kind, row.ver, row.actor, row.wall_us, row.utc_offset_min, row.mono_ns, row.boot_id,
        row.clock_offset_ms, row.body,
    )  # fmt: skip


def _limited(rows: Sequence[Row]) -> Sequence[Row]:
    """As many rows as stay within the size of one batch, at least one."""
    size_bytes = 0
    for number, row in enumerate(rows):
        size_bytes += len(row.body)
        if number and size_bytes > BATCH_BYTES:
            return rows[:number]
    return rows
