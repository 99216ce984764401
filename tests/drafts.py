"""Records to write in tests: plausible, distinct, and one line to make."""

from __future__ import annotations

from station_app.domain.chain import REC, Draft
from station_app.domain.ids import RecordIds
from station_app.domain.records import EpochStart, encode_body
from station_app.services.ports import Head

NOON_US = 1_790_000_000_000_000
_ids = RecordIds()


def draft(chan: str = REC, body: bytes = b'{"text":"x"}', kind: str = "comment", **changes: object) -> Draft:
    """A record of any kind; ``changes`` replace header fields."""
    fields: dict[str, object] = {
        "chan": chan, "rec_id": _ids.next(NOON_US), "kind": kind, "ver": 1, "actor": "p-17", "wall_us": NOON_US,
        "utc_offset_min": 120, "mono_ns": 5_000_000, "boot_id": "boot-1", "clock_offset_ms": None, "body": body,
    }  # fmt: skip
    return Draft(**(fields | changes))  # type: ignore[arg-type]  # header fields of any type, by name


def epoch_start(parent: Head, chan: str = REC) -> Draft:
    """The first record of a new epoch that leaves its parent at ``parent``."""
    fact = EpochStart(
        parent_epoch=parent.epoch, parent_seq=parent.seq, parent_hash=parent.hash.hex(), reason="restored"
    )
    return draft(chan, encode_body(fact), EpochStart.kind)
