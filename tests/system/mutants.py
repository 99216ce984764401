"""Parts of the station that look right and are not, to show that the kill campaign can tell.

Two deliveries trust the local note of what was sent, and give every record whatever place is free at the server: one
notes before it sends, which loses what a kill or a cut leaves unsent; one notes after it sent, without a server that
recognises a replay, which sends again what had arrived. And a journal answers before it has saved.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from station_app.domain.chain import CHANNELS, Draft, Row, genesis, place
from station_app.services.deliver_records import ChannelDelivery, Greeting, Place
from station_app.services.ports import Clock, EvidenceStore, Journal, SharedDatabase
from station_app.services.recording import Recorder
from station_app.services.synchronize import SyncWorker
from station_app.storage.journal import SqliteJournal
from station_app.storage.shared import PostgresSharedDatabase

HASTE_S = 0.03


class PlaceGivingDatabase(PostgresSharedDatabase):
    """Puts every record at the end of what is there, as a plain INSERT would; it recognises nothing."""

    def __init__(self, address: Any) -> None:
        super().__init__(address)
        self.station = ""

    def append_batch(self, chan: str, epoch: int, first_seq: int, rows: Sequence[Row]) -> int:
        hello = self.hello(chan, epoch)
        previous, seq = hello.last_hash or genesis(self.station, chan, epoch), hello.last_seq
        placed = []
        for row in rows:
            seq += 1
            draft = Draft(
                chan, row.rec_id, row.kind, row.ver, row.actor, row.wall_us, row.utc_offset_min, row.mono_ns, row.boot_id,
                row.clock_offset_ms, row.body,
            )  # fmt: skip
            placed.append(place(draft, epoch, seq, previous))
            previous = placed[-1].hash
        super().append_batch(chan, epoch, placed[0].seq, placed)
        return rows[-1].seq


class _TrustingDelivery(ChannelDelivery):
    """Believes its own note instead of asking the server."""

    def greet(self) -> Greeting:
        self._database.hello(self.chan, 1)
        peer = self._journal.peer(self.chan)
        self._places = [Place(max(peer.acked_epoch, 1), peer.acked_seq)]
        return Greeting(None, 0, False)


class _MarksBefore(_TrustingDelivery):
    def _send(self, place: Place, rows: Sequence[Row]) -> None:
        self._journal.set_peer(self.chan, place.epoch, rows[-1].seq, None).result()
        super()._send(place, rows)


class _MarksAfter(_TrustingDelivery):
    pass  # the synchronizer notes the place after every batch that was answered


class _MutantWorker(SyncWorker):
    delivery: type[ChannelDelivery] = ChannelDelivery

    def __init__(
        self,
        journal: Journal,
        database: SharedDatabase,
        evidence: EvidenceStore,
        recorder: Recorder,
        clock: Clock,
        **told: Any,
    ) -> None:
        super().__init__(journal, database, evidence, recorder, clock, **told)
        assert isinstance(database, PlaceGivingDatabase)
        database.station = journal.station
        channels = [
            self.delivery(chan, journal, database, clock, lambda fact, chan: recorder.draft(fact, "station", chan))
            for chan in CHANNELS
        ]
        synchronizer = self._synchronizer
        synchronizer._rec, synchronizer._audit = synchronizer._channels = channels


class MarksBeforeWorker(_MutantWorker):
    """Notes a batch as sent, then sends it."""

    delivery = _MarksBefore


class MarksAfterWorker(_MutantWorker):
    """Sends a batch, then notes it as sent."""

    delivery = _MarksAfter


class HastyJournal(SqliteJournal):
    """Says that a record is saved, then saves it."""

    def append(self, drafts: Sequence[Draft]) -> Future[list[Row]]:
        threading.Timer(HASTE_S, super().append, [drafts]).start()
        answered: Future[list[Row]] = Future()
        answered.set_result([place(draft, 1, 1, b"") for draft in drafts])
        return answered


MUTANTS: dict[str, type[SyncWorker]] = {"marks-before": MarksBeforeWorker, "marks-after": MarksAfterWorker}
