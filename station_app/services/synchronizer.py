"""The sync worker's state machine: what to do next about the shared database, one bounded step at a time.

    OFFLINE -> HELLO -> {REHOME -> HELLO} -> DRAIN -> IDLE -> (poll) HELLO
                 any of them, when contact is lost -> BACKOFF -> HELLO

:meth:`Synchronizer.step` never sleeps: it answers how long to wait before the next one. The thread that waits is
:class:`~station_app.services.synchronize.SyncWorker`; tests drive the steps themselves. A kill between any two
lines changes how much is sent again, never what arrives: the server recognises a replay by its hashes.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from station_app.domain.chain import AUDIT, REC
from station_app.services.deliver_records import BATCH_ROWS, ChannelDelivery, DraftFact, Greeting, Tampered
from station_app.services.ports import (
    ChainBroken,
    Clock,
    EvidenceStore,
    Gap,
    Journal,
    JournalError,
    Refused,
    SchemaMismatch,
    SharedDatabase,
    SharedDatabaseError,
    TrendOutbox,
    Unreachable,
)
from station_app.services.pull_master_data import MasterFeed
from station_app.services.sync_state import SyncFaults, SyncPhase, SyncState
from station_app.services.transfer_evidence import EvidenceTransfer
from station_app.services.transfer_trends import TrendTransfer

POLL_S = 15.0
SHORTEST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 60.0
ALARM_RETRY_S = 60.0
REPEATS_ALLOWED = 5
BACKOFF_DOUBLINGS = 7
REHOMED_STANDS_S = 3600.0


_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class StepResult:
    """What to do until the next step: wait ``delay_s`` (0: none); ``wakeable``: a local commit ends the wait."""

    delay_s: float
    wakeable: bool = True


@dataclass(frozen=True, slots=True)
class SyncListener:
    """Who is told, on the sync worker's thread. ``rehomed``: the channel has rows that the station did not know."""

    state: Callable[[SyncState], None] = lambda state: None
    clock_offset_ms: Callable[[int], None] = lambda offset_ms: None
    master_applied: Callable[[], None] = lambda: None
    media_fetched: Callable[[], None] = lambda: None
    rehomed: Callable[[str], None] = lambda chan: None


class Synchronizer:
    """Keeps the shared database at the state of the journal and brings master data back. For one thread."""

    def __init__(
        self, *, journal: Journal, database: SharedDatabase, evidence: EvidenceStore, clock: Clock, draft: DraftFact,
        listener: SyncListener | None = None, chance: random.Random | None = None, trends: TrendOutbox | None = None,
    ) -> None:  # fmt: skip
        self._journal = journal
        self._clock = clock
        self._listener = listener or SyncListener()
        self._chance = chance or random.Random()
        self._faults = SyncFaults()
        self._work = ""  # the kind of work under way, and where each fault of such was met last
        self._met_in: dict[str, str] = {}
        self._rec, self._audit = self._channels = [
            ChannelDelivery(chan, journal, database, clock, draft) for chan in (REC, AUDIT)
        ]
        self._evidence = EvidenceTransfer(journal, database, evidence, self._faults, self._listener.media_fetched)
        self._trends = TrendTransfer(trends, database, self._faults, clock)
        self._master = MasterFeed(journal, database, evidence, self._faults, self._listener.master_applied)
        self._greetings: list[tuple[ChannelDelivery, Greeting]] = []
        self._phase = SyncPhase.OFFLINE
        self._since_us = clock.wall_us()
        self._due_ns = clock.mono_ns()
        self._last_contact_us: int | None = None
        self._next_attempt_us: int | None = None
        self._reason = "not reached yet"
        self._failures = 0
        self._repeats = 0
        self._suspicious = False
        self._rehomed: Counter[str] = Counter()
        self._rehomed_ns = 0
        self._offset_ms: int | None = None
        self._told: SyncState | None = None

    @property
    def state(self) -> SyncState:
        """This moment, immutable."""
        return SyncState(
            self._phase, self._since_us, self._journal.waiting(), self._last_contact_us, self._reason,
            self._next_attempt_us, self._offset_ms, self._faults.standing(),
        )  # fmt: skip

    def step(self) -> StepResult:
        """Do one bounded piece of work: a hello, a batch of records, a page of master data, a chunk of a file."""
        try:
            result = self._act()
        except Unreachable as error:
            result = self._back_off(str(error))
        except (Refused, SchemaMismatch) as error:
            result = self._alarm("refused" if isinstance(error, Refused) else "schema", str(error))
        except (Gap, ChainBroken) as error:
            result = self._hello_again(error)
        except Tampered as error:
            result = self._alarm("tampered", str(error))
        except SharedDatabaseError as error:
            self._met("database", str(error))
            result = self._back_off(str(error))
        except JournalError as error:
            self._met("journal", str(error))
            result = self._back_off(str(error))
        self._tell()
        return result

    def hint(self) -> None:
        """Somebody says that something was published; looked at with the next step."""
        self._master.ask_again()

    def retry_now(self) -> None:
        """Do not wait for the next attempt any longer."""
        if self._phase is SyncPhase.BACKOFF:
            self._due_ns = self._clock.mono_ns()

    # --- phases -------------------------------------------------------------------------------------------------

    def _act(self) -> StepResult:
        if self._phase is SyncPhase.BACKOFF and (wait_s := self._wait_s()) > 0:
            return StepResult(wait_s, wakeable=False)
        if self._phase in (SyncPhase.OFFLINE, SyncPhase.BACKOFF):
            self._enter(SyncPhase.HELLO)
            return StepResult(0)
        if self._phase is SyncPhase.HELLO:
            return self._hello()
        if self._phase is SyncPhase.REHOME:
            return self._rehome()
        if self._wait_s() == 0:  # also in the middle of a long drain: the poll is the guarantee
            self._enter(SyncPhase.HELLO)
            return StepResult(0)
        return self._drain()

    def _hello(self) -> StepResult:
        self._evidence.begin_again()
        self._trends.begin_again()
        self._greetings = self._through("hello", lambda: [(channel, channel.greet()) for channel in self._channels])
        self._contact()
        self._offset_ms = self._greetings[0][1].offset_ms
        self._listener.clock_offset_ms(self._offset_ms)
        if any(greeting.restored for _, greeting in self._greetings):
            # before the peer is written down: a kill in between repeats this
            self._evidence.doubt_sealed()
            self._trends.doubt_delivered()
            self._through("master", self._master.pull_snapshot)
        if any(greeting.parting for _, greeting in self._greetings):
            self._enter(SyncPhase.REHOME)
            return StepResult(0)
        self._forget_rehoming()
        for channel in self._channels:
            self._note_peer(channel)
        self._master.ask_again()
        self._due_ns = self._clock.mono_ns() + int(POLL_S * 1e9)
        self._enter(SyncPhase.DRAIN)
        return StepResult(0)

    def _rehome(self) -> StepResult:
        self._repeats += 1
        self._suspicious = False
        if self._repeats > REPEATS_ALLOWED:
            raise Tampered(f"the journal and the server keep disagreeing: {self._greetings[0][1].parting}")
        for channel, greeting in self._greetings:
            if greeting.parting is None:
                continue
            head = self._through("rehome", partial(channel.rehome, greeting.parting))
            self._rehomed[channel.chan] += 1
            self._rehomed_ns = self._clock.mono_ns()
            self._faults.put(
                f"rehomed {channel.chan}",
                f"This station's journal had been restored or copied ({greeting.parting.reason}); it goes on in epoch "
                f"{head.epoch}. Make sure that no second copy of the station runs.",
                alarm=self._rehomed[channel.chan] > 1,
            )
            self._listener.rehomed(channel.chan)
        self._enter(SyncPhase.HELLO)
        return StepResult(0)

    def _drain(self) -> StepResult:
        """Records first; anything else one piece at a time, and only when fewer than a batch of records waited."""
        sent = self._deliver(self._rec)
        if sent >= BATCH_ROWS:
            return self._busy()
        if self._deliver(self._audit) or self._through("master", self._master.pull):
            return self._busy()
        if self._through("files", self._evidence.transfer) or sent:
            return self._busy()
        if self._through("machine data", self._trends.transfer):
            return self._busy()
        self._failures = self._repeats = 0
        self._enter(SyncPhase.IDLE)
        return StepResult(self._wait_s())

    def _busy(self) -> StepResult:
        self._contact()
        self._enter(SyncPhase.DRAIN)
        return StepResult(0)

    def _deliver(self, channel: ChannelDelivery) -> int:
        sent = self._through(channel.chan, channel.deliver)
        if sent:
            self._failures = 0
            self._suspicious = False
            self._note_peer(channel)
        return sent

    def _note_peer(self, channel: ChannelDelivery) -> None:
        """Write down what the server has. Only a cache: a full disk here must not stop the delivery."""
        reached = channel.reached()
        try:
            self._through(
                "peer",
                lambda: self._journal.set_peer(channel.chan, reached.epoch, reached.seq, self._offset_ms).result(),
            )
        except JournalError as error:
            self._met("journal", str(error))

    # --- trouble ------------------------------------------------------------------------------------------------

    def _through(self, work: str, act: Callable[[], _Result]) -> _Result:
        """Do one kind of work; what was met in it is over when it comes through, and not when another does.

        Otherwise a hello that is answered would clear what the records are refused for, with every contact anew.
        """
        self._work = work
        result = act()
        over = [code for code, met_in in self._met_in.items() if met_in == work]
        self._faults.clear(over)
        for code in over:
            del self._met_in[code]
        return result

    def _met(self, code: str, text: str) -> None:
        """A fault of the work that is under way."""
        self._met_in[code] = self._work
        self._faults.put(code, text)

    def _forget_rehoming(self) -> None:
        """Both sides agree again; of two copies that run, the next would have parted them within the hour."""
        if self._rehomed and self._clock.mono_ns() - self._rehomed_ns > REHOMED_STANDS_S * 1e9:
            self._faults.clear([f"rehomed {chan}" for chan in self._rehomed])
            self._rehomed.clear()

    def _back_off(self, reason: str) -> StepResult:
        """Full jitter: anything up to a limit that doubles from 0.5 to 60 s, so that stations do not come back at once."""
        limit_s = min(LONGEST_BACKOFF_S, SHORTEST_BACKOFF_S * 2 ** min(self._failures, BACKOFF_DOUBLINGS))
        self._failures += 1
        return self._wait(reason, self._chance.uniform(0, limit_s))

    def _alarm(self, code: str, reason: str) -> StepResult:
        if code == "tampered":  # over when everything is delivered
            self._faults.put(code, reason)
        else:
            self._met(code, reason)
        self._repeats = 0
        self._suspicious = False
        return self._wait(reason, ALARM_RETRY_S * self._chance.uniform(0.8, 1.2))

    def _hello_again(self, error: Gap | ChainBroken) -> StepResult:
        """The server contradicts what it said at hello: ask it again; when it keeps doing so, somebody must look."""
        self._repeats += 1
        contradicted = self._suspicious and isinstance(error, ChainBroken)
        self._suspicious = isinstance(error, ChainBroken)
        if contradicted or self._repeats > REPEATS_ALLOWED:
            return self._alarm("tampered", f"the server agrees at hello and then refuses the records: {error}")
        self._enter(SyncPhase.HELLO)
        return StepResult(0)

    def _wait(self, reason: str, delay_s: float) -> StepResult:
        self._due_ns = self._clock.mono_ns() + int(delay_s * 1e9)
        self._next_attempt_us = self._clock.wall_us() + int(delay_s * 1e6)
        self._reason = reason
        self._enter(SyncPhase.BACKOFF)
        return StepResult(delay_s, wakeable=False)

    def _wait_s(self) -> float:
        return max(0.0, (self._due_ns - self._clock.mono_ns()) / 1e9)

    def _contact(self) -> None:
        self._last_contact_us = self._clock.wall_us()
        self._next_attempt_us = None
        self._reason = ""

    def _enter(self, phase: SyncPhase) -> None:
        if phase is SyncPhase.IDLE:
            self._faults.clear(["tampered"])
        if phase is not self._phase:
            self._phase = phase
            self._since_us = self._clock.wall_us()

    def _tell(self) -> None:
        state = self.state
        if state != self._told:
            self._told = state
            self._listener.state(state)
