"""Pulls published master data: pages after the cursor, each applied together with it; a full snapshot after a restore."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from station_app.domain.inspection.plan import InspectionPlan, PlanError, decode_plan
from station_app.domain.master import KINDS, WORK_MASTER
from station_app.domain.work_master import WorkMaster, WorkMasterError, content_sha256, decode_work_master
from station_app.services.ports import (
    Blob,
    BlobState,
    EvidenceStore,
    Journal,
    MasterChange,
    SharedDatabase,
)
from station_app.services.sync_state import SyncFaults

PAGE_CHANGES = 200
OVERLAP = 5
"""So many applied revisions are looked at again, to see a server that was restored and has published anew."""
FAULT_PREFIX = "master-data "
# the documents that name media, and how they are opened
OPENS: Mapping[str, Callable[[bytes, str], WorkMaster | InspectionPlan]] = MappingProxyType(
    {WORK_MASTER: decode_work_master, InspectionPlan.kind: decode_plan}
)


class MasterFeed:
    """The way of master data to this station. Blocking; used from the sync worker only.

    ``applied`` is called after every page that was applied. A document that does not match its hash is not applied: the
    station keeps what it has, and a fault names it.
    """

    def __init__(
        self, journal: Journal, database: SharedDatabase, evidence: EvidenceStore, faults: SyncFaults,
        applied: Callable[[], None],
    ) -> None:  # fmt: skip
        self._journal = journal
        self._database = database
        self._evidence = evidence
        self._faults = faults
        self._applied = applied
        self._due = False

    def ask_again(self) -> None:
        """Something may have been published."""
        self._due = True

    def pull(self) -> bool:
        """Take the next page; False when there is nothing new."""
        return self._due and self._pull_page()

    def _pull_page(self) -> bool:
        cursor = self._journal.master_cursor()
        page = self._database.master_since(max(0, cursor - OVERLAP), PAGE_CHANGES + OVERLAP)
        if page.highest_rev < cursor or not self._agrees(page.changes, cursor):
            self.pull_snapshot()  # the server was restored from a backup: its revisions mean something else now
            return True
        reached = page.changes[-1].rev if page.changes else page.highest_rev
        if reached > cursor:
            self._apply([change for change in page.changes if change.rev > cursor], reached, snapshot=False)
        self._due = reached < page.highest_rev
        return reached > cursor

    def _agrees(self, changes: Sequence[MasterChange], cursor: int) -> bool:
        """Whether the last applied revisions are still what they were when they were applied here."""
        # a kind that a newer server has says nothing here
        kinds = (*KINDS, WORK_MASTER)
        last = {(c.kind, c.id): c for c in changes if c.rev <= cursor and c.kind in kinds}
        own = {(item.kind, item.id): item for kind in kinds for item in self._journal.master(kind)}
        for key, change in last.items():
            item = own.get(key)
            if change.op == "put" and (item is None or item.sha256 != change.sha256) and self._is_whole(change):
                return False
            if change.op != "put" and item is not None:
                return False
        return not any(cursor - OVERLAP < item.rev <= cursor and key not in last for key, item in own.items())

    def pull_snapshot(self) -> None:
        """Replace all master data by what the server has."""
        changes: list[MasterChange] = []
        while True:
            page = self._database.master_since(changes[-1].rev if changes else 0, PAGE_CHANGES)
            changes += page.changes
            if not page.changes or changes[-1].rev >= page.highest_rev:
                break
        self._faults.clear_beginning(FAULT_PREFIX)
        self._apply(changes, max(page.highest_rev, changes[-1].rev if changes else 0), snapshot=True)
        self._due = False

    def _apply(self, changes: Sequence[MasterChange], cursor: int, snapshot: bool) -> None:
        good = [change for change in changes if self._is_whole(change)]
        for change in good:
            if change.kind in OPENS and change.op == "put":
                self._want_media(change)
        # after the wishes: a kill in between repeats them, the other way round would forget them
        self._journal.apply_master(good, cursor, snapshot).result()
        self._applied()

    def _is_whole(self, change: MasterChange) -> bool:
        code = f"{FAULT_PREFIX}{change.kind} {change.id}"
        if change.op != "put" or content_sha256(change.body) == change.sha256:
            self._faults.clear([code])
            return True
        self._faults.put(
            code, f"{change.kind} {change.id} (revision {change.rev}) does not match its hash and was not taken over: "
            f"publish it again"
        )  # fmt: skip
        return False

    def _want_media(self, change: MasterChange) -> None:
        try:
            media = OPENS[change.kind](change.body, change.sha256).media()
        except (WorkMasterError, PlanError) as error:
            what = change.kind.replace("_", " ")
            self._faults.put(f"{FAULT_PREFIX}{change.kind} {change.id}", f"{what} {change.id}: {error}")
            return
        for sha256, picture in media.items():
            if not self._evidence.has(sha256):
                wanted = Blob(sha256, picture.size_bytes, picture.media_type, BlobState.WANTED)
                self._journal.put_blob(wanted).result()
