"""Brings machine data to the shared database, after the records: sealed blocks, then the rest."""

from __future__ import annotations

from station_app.services.ports import (
    Clock,
    HistorianError,
    Refused,
    SchemaMismatch,
    SharedDatabase,
    SharedDatabaseError,
    TrendOutbox,
    Unreachable,
)
from station_app.services.sync_state import SyncFaults
from station_app.services.transfer_tails import TailTransfer

PORTION_BYTES = 128 * 1024
PORTION_BLOCKS = 16
ASKED_AT_ONCE = 1000
FAULT = "machine data"


class TrendTransfer:
    """Blocks on their way. Used from the sync worker only.

    After every start of the application, and when the server turns out to be restored from a backup, it is asked for every
    block that is still kept here whether it has it, when there is nothing better to do. A block that is refused is named in a
    fault and tried again after the next hello; the others go on. The fault stands until a whole round met none.
    """

    def __init__(self, outbox: TrendOutbox | None, database: SharedDatabase, faults: SyncFaults, clock: Clock) -> None:
        self._outbox = outbox
        self._database = database
        self._faults = faults
        self._tails = TailTransfer(database, faults, clock)
        self._refused: set[int] = set()
        self._doubted_after: int | None = None
        self._begun = False

    def begin_again(self) -> None:
        """A new contact: blocks that were refused get another chance."""
        if not self._begun:
            self._begun = True
            self.doubt_delivered()
        self._refused.clear()

    def doubt_delivered(self) -> None:
        """The server may lack what it once had: ask about everything that is noted as delivered."""
        self._doubted_after = 0
        self._tails.begin_again()

    def transfer(self) -> bool:
        """Deliver some blocks, else ask about a thousand, else send what is not sealed; False when nothing waits."""
        if self._outbox is None:
            return False
        try:
            if self._deliver(self._outbox) or self._ask_again(self._outbox):
                return True
            if not self._refused:
                self._faults.clear([FAULT])
            return self._tails.transfer(self._outbox, all_sent=not self._refused)
        except HistorianError as error:
            self._faults.put(FAULT, str(error), alarm=False)
            return False

    def _deliver(self, outbox: TrendOutbox) -> bool:
        """At most so much that records which came meanwhile do not wait long."""
        blocks = [
            block
            for block in outbox.waiting(PORTION_BLOCKS + len(self._refused))
            if block.block_id not in self._refused
        ]
        sent: list[int] = []
        size_bytes = 0
        try:
            for block in blocks:
                if sent and size_bytes + len(block.content) > PORTION_BYTES:
                    break
                size_bytes += len(block.content)
                self._tails.sealed(block.tag)
                try:
                    self._database.trend_put(block)
                except (Unreachable, Refused, SchemaMismatch):
                    raise
                except SharedDatabaseError as error:
                    self._refused.add(block.block_id)
                    self._faults.put(FAULT, f"machine data of {block.tag} was not taken: {error}")
                else:
                    sent.append(block.block_id)
        finally:
            if sent:
                outbox.delivered(sent)
        return bool(blocks)

    def _ask_again(self, outbox: TrendOutbox) -> bool:
        if self._doubted_after is None:
            return False
        known = outbox.sealed(self._doubted_after, ASKED_AT_ONCE)
        if not known:
            self._doubted_after = None
            return False
        missing = set(self._database.trend_missing([sha256 for _, sha256 in known]))
        self._doubted_after = known[-1][0]
        if missing:
            outbox.wanted_again([number for number, sha256 in known if sha256 in missing])
            self._tails.put_off()
        return True
