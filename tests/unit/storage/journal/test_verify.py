"""Verification finds any change to the file and names the first bad sequence number."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from station_app.domain.chain import AUDIT, REC, Row, genesis, place
from station_app.domain.records import Checkpoint, encode_body
from station_app.services.ports import Head, JournalCorrupt, JournalError
from station_app.storage.journal import ChainFault, SqliteJournal, verify_local
from tests.drafts import draft, epoch_start
from tests.unit.storage.journal.raw import STATION, raw

HEADER = (
    "rec_id", "kind", "ver", "actor", "wall_us", "utc_offset_min", "mono_ns", "boot_id", "clock_offset_ms", "body",
    "hash",
)  # fmt: skip


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    """Channel rec: epoch 1 up to seq 300, epoch 2 up to seq 11; channel audit: 20 rows."""
    path = tmp_path / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        rows = journal.append([draft(body=b'{"text":"%d"}' % number) for number in range(305)]).result()
        journal.append([draft(AUDIT) for _ in range(20)]).result()
        after = Head(1, 300, rows[299].hash)
        journal.rehome(REC, after, 2, epoch_start(after), []).result()
        journal.append([draft() for _ in range(5)]).result()
    return path


def _places(path: Path) -> list[tuple[str, int, int]]:
    return [(fault.chan, fault.epoch, fault.seq) for fault in verify_local(path, STATION)]


def test_an_untouched_journal_has_no_faults(journal_path: Path) -> None:
    assert verify_local(journal_path, STATION) == []


@pytest.mark.parametrize("field", HEADER)
def test_a_change_in_any_field_is_found(journal_path: Path, field: str) -> None:
    values = {"ver": 7, "wall_us": 1, "utc_offset_min": 1, "mono_ns": 1, "clock_offset_ms": 0}
    value = values.get(field, b"y" * 32 if field in ("body", "hash") else "y")
    with raw(journal_path, tamper=True) as connection:
        connection.execute(f"UPDATE log SET {field} = ? WHERE chan = 'rec' AND epoch = 1 AND seq = 77", (value,))
    assert _places(journal_path) == [(REC, 1, 77)]
    assert "content does not match its hash" in verify_local(journal_path, STATION)[0].problem


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        ("DELETE FROM log WHERE chan = 'rec' AND epoch = 1 AND seq = 40", (REC, 1, 40)),
        ("DELETE FROM log WHERE chan = 'rec' AND epoch = 1 AND seq <= 40", (REC, 1, 1)),
        ("DELETE FROM log WHERE chan = 'rec' AND epoch = 1 AND seq > 250", (REC, 2, 1)),
        ("DELETE FROM log WHERE chan = 'rec' AND epoch = 1", (REC, 2, 1)),
        ("DELETE FROM log WHERE chan = 'rec' AND epoch = 2 AND seq = 1", (REC, 2, 1)),
        ("UPDATE log SET seq = 9999 WHERE chan = 'rec' AND epoch = 1 AND seq = 300", (REC, 1, 300)),
        ("UPDATE log SET chan = 'spare' WHERE chan = 'audit'", ("spare", 1, 1)),
        ("UPDATE log SET epoch = 3 WHERE epoch = 2", (REC, 3, 1)),
    ],
)
def test_removed_and_moved_rows_are_found(journal_path: Path, statement: str, first_bad: tuple[str, int, int]) -> None:
    with raw(journal_path, tamper=True) as connection:
        connection.execute(statement)
    assert first_bad in _places(journal_path)


def test_swapped_rows_are_found(journal_path: Path) -> None:
    with raw(journal_path, tamper=True) as connection:
        for old, new in ((40, 1000), (41, 40), (1000, 41)):
            connection.execute("UPDATE log SET seq = ? WHERE chan = 'rec' AND epoch = 1 AND seq = ?", (new, old))
    assert _places(journal_path) == [(REC, 1, 40)]


def test_faults_of_several_epochs_are_all_named(journal_path: Path) -> None:
    with raw(journal_path, tamper=True) as connection:
        connection.execute("UPDATE log SET actor = 'x' WHERE seq IN (5, 9)")
    assert _places(journal_path) == [(AUDIT, 1, 5), (REC, 1, 5), (REC, 2, 5)]


def test_a_chain_recomputed_over_a_changed_parent_is_found(journal_path: Path) -> None:
    """Whoever rewrites epoch 1 whole, hashes included, is betrayed by the parent that epoch 2 names."""
    with raw(journal_path, tamper=True) as connection:
        rows = [
            Row(*row) for row in connection.execute("SELECT * FROM log WHERE chan = 'rec' AND epoch = 1 ORDER BY seq")
        ]
        previous = genesis(STATION, REC, 1)
        for row in rows:
            previous = place(draft(rec_id=row.rec_id, body=row.body, actor="forged"), 1, row.seq, previous).hash
            connection.execute(
                "UPDATE log SET actor = 'forged', hash = ? WHERE chan = 'rec' AND epoch = 1 AND seq = ?",
                (previous, row.seq),
            )
    assert verify_local(journal_path, STATION) == [
        ChainFault(REC, 2, 1, "its parent row epoch 1 seq 300 is not the one it names")
    ]


def test_a_later_epoch_that_does_not_say_where_it_began_is_found(journal_path: Path) -> None:
    with raw(journal_path, tamper=True) as connection:
        row = place(draft(AUDIT), 2, 1, genesis(STATION, AUDIT, 2))
        values = [getattr(row, name) for name in ("chan", "epoch", "seq", *HEADER)]
        connection.execute(f"INSERT INTO log VALUES ({', '.join('?' * len(values))})", values)
    (fault,) = verify_local(journal_path, STATION)
    assert str(fault) == "audit epoch 2 seq 1: a later epoch must start with an epoch_start record, not comment"


def test_acknowledged_rows_that_are_gone_are_found(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        journal.set_peer(AUDIT, 1, 20, None).result()
    with raw(journal_path, tamper=True) as connection:
        connection.execute("DELETE FROM log WHERE chan = 'audit' AND seq > 15")
    assert verify_local(journal_path, STATION) == [
        ChainFault(AUDIT, 1, 16, "missing (the server has acknowledged up to 20)")
    ]


@pytest.mark.parametrize("removed", ["seq <= 200", "seq <= 100", "seq BETWEEN 50 AND 150", "seq < 200"])
def test_the_chain_goes_on_from_a_checkpoint(journal_path: Path, removed: str) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        row_hash = journal.row_hash(REC, 1, 200)
        assert row_hash is not None
        mark = Checkpoint(up_to_epoch=1, up_to_seq=200, row_hash=row_hash.hex())
        journal.append([draft(body=encode_body(mark), kind=Checkpoint.kind)]).result()
    with raw(journal_path) as connection:
        connection.execute(f"DELETE FROM log WHERE chan = 'rec' AND epoch = 1 AND {removed}")
    assert verify_local(journal_path, STATION) == []
    with raw(journal_path, tamper=True) as connection:
        connection.execute("UPDATE log SET actor = 'x' WHERE chan = 'rec' AND epoch = 1 AND seq = 201")
    assert _places(journal_path) == [(REC, 1, 201)]
    with raw(journal_path, tamper=True) as connection:
        connection.execute("DELETE FROM log WHERE chan = 'rec' AND epoch = 1 AND seq = 201")
    assert _places(journal_path) == [(REC, 1, 201)]


def _bodies(path: Path) -> list[bytes]:
    with raw(path) as connection:
        return [body for (body,) in connection.execute("SELECT body FROM log ORDER BY chan, epoch, seq")]


def test_flipped_bits_in_the_file_never_pass(journal_path: Path) -> None:
    """Any bit of a stored body, wherever it lies in the file; bits in unused parts of a page change nothing."""
    content, bodies = journal_path.read_bytes(), _bodies(journal_path)
    places = [at for at in range(len(content) - 8) if content[at : at + 8] == b'{"text":']
    chance = random.Random(7)
    found = 0
    for at in chance.sample(places, 40):
        changed = bytearray(content)
        changed[at + chance.randrange(8)] ^= 1 << chance.randrange(8)
        journal_path.write_bytes(changed)
        touched = _bodies(journal_path) != bodies
        assert len(verify_local(journal_path, STATION)) == touched
        found += touched
    assert found > 20


def test_unreadable_pages_are_a_fault_or_an_error_but_never_pass(journal_path: Path) -> None:
    content = journal_path.read_bytes()
    for page in range(1, len(content) // 4096):
        changed = bytearray(content)
        changed[page * 4096 : (page + 1) * 4096] = b"\xa5" * 4096
        journal_path.write_bytes(changed)
        try:
            faults = verify_local(journal_path, STATION)
        except JournalCorrupt:
            continue
        unused_here = _belongs_to_other_tables(content, page)
        assert faults or unused_here, page


def _belongs_to_other_tables(content: bytes, page: int) -> bool:
    """Pages of the identity index and of tables that are empty here: nothing of the chain lies in them."""
    return b'{"text":' not in content[page * 4096 : (page + 1) * 4096]


def test_it_reads_while_the_application_writes(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        futures = [journal.append([draft() for _ in range(20)]) for _ in range(50)]
        assert verify_local(journal_path, STATION) == []
        assert [len(future.result()) for future in futures] == [20] * 50
        assert verify_local(journal_path, STATION) == []


def test_another_stations_journal_is_not_judged(journal_path: Path) -> None:
    with pytest.raises(JournalError, match="belongs to the station"):
        verify_local(journal_path, "plant/line1/ASM-20")
    with pytest.raises(JournalError, match="there is no journal"):
        verify_local(journal_path.with_name("absent.db"), STATION)
