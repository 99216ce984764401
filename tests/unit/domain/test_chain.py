"""The hash chain: known answers, every field covered, and the first bad row named."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.chain import (
    AUDIT,
    HEADER_FIELDS,
    REC,
    ChainError,
    Draft,
    Row,
    check_chain,
    genesis,
    place,
    record_hash,
)

STATION = "plant/line1/ASM-10"
KNOWN = Draft(
    REC, "0192f0c5-7b6a-7c3d-8e4f-001122334455", "comment", 1, "p-17", 1_790_000_000_000_000, 120, 5_000_000,
    "boot-1", None, '{"text":"é"}'.encode(),
)  # fmt: skip


def _drafts() -> st.SearchStrategy[Draft]:
    texts = st.text(st.characters(codec="utf-8"), max_size=12)
    numbers = st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1)
    return st.builds(
        Draft, st.sampled_from((REC, AUDIT)), texts, texts, numbers, texts, numbers, numbers, numbers, texts,
        st.none() | numbers, st.binary(max_size=40),
    )  # fmt: skip


def _chain(drafts: list[Draft], epoch: int = 1, chan: str = REC) -> list[Row]:
    rows: list[Row] = []
    previous = genesis(STATION, chan, epoch)
    for seq, draft in enumerate(drafts, start=1):
        rows.append(place(replace(draft, chan=chan), epoch, seq, previous))
        previous = rows[-1].hash
    return rows


def test_the_genesis_has_a_known_answer() -> None:
    spelled = b"station-journal-1" + b"\0\0\0\x12plant/line1/ASM-10" + b"\0\0\0\x03rec" + b"\0\0\0\x011"
    assert genesis(STATION, REC, 1) == hashlib.sha256(spelled).digest()
    assert genesis(STATION, REC, 1).hex() == "c7cbde6a7da09aded26d5363e091b29da2bfa54b6f0c6e07400a712a0698f175"


def test_a_record_has_a_known_answer() -> None:
    spelled = (
        genesis(STATION, REC, 1)
        + b"\0\0\0\x03rec\0\0\0\x011\0\0\0\x011\0\0\0\x240192f0c5-7b6a-7c3d-8e4f-001122334455"
        + b"\0\0\0\x07comment\0\0\0\x011\0\0\0\x04p-17\0\0\0\x101790000000000000\0\0\0\x03120"
        + b"\0\0\0\x075000000\0\0\0\x06boot-1\xff\xff\xff\xff"
        + b'\0\0\0\x0d{"text":"\xc3\xa9"}'
    )
    answer = record_hash(genesis(STATION, REC, 1), KNOWN, 1, 1)
    assert answer == hashlib.sha256(spelled).digest()
    assert answer.hex() == "a712240e7c15b0c2170213208caf57ada990f05e8592b88815d659d1842190a3"
    second = record_hash(answer, replace(KNOWN, clock_offset_ms=-250, utc_offset_min=-720), 1, 2)
    assert second.hex() == "a7dbf2e835a782e6f405a240d7b59337be58e27b8e4bf143cdc69c12bd587cb9"


def test_the_beginning_is_different_for_every_station_channel_and_epoch() -> None:
    places = [(STATION, REC, 1), (STATION, REC, 2), (STATION, AUDIT, 1), ("plant/line1/ASM-1", "0rec", 1), ("", "", 1)]
    assert len({genesis(*where) for where in places}) == len(places)


def test_header_fields_are_the_rows_fields_in_their_order() -> None:
    assert (*HEADER_FIELDS, "body", "hash") == tuple(field.name for field in fields(Row))


@given(draft=_drafts(), field=st.sampled_from([*HEADER_FIELDS, "body"]), data=st.data())
def test_a_change_in_any_field_is_seen(draft: Draft, field: str, data: st.DataObject) -> None:
    row = place(draft, 3, 9, b"p" * 32)
    old = getattr(row, field)
    if isinstance(old, bytes):
        new: object = data.draw(st.binary(max_size=40).filter(lambda value: value != old))
    elif isinstance(old, str):
        new = data.draw(st.text(st.characters(codec="utf-8"), max_size=12).filter(lambda v: v != old))
    elif old is None:
        new = data.draw(st.integers(min_value=-5, max_value=5))
    else:
        new = data.draw(st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1).filter(lambda v: v != old))
    changed = replace(row, **{field: new})  # type: ignore[arg-type]  # a field by name
    assert record_hash(b"p" * 32, changed, changed.epoch, changed.seq) != row.hash


@given(draft=_drafts())
def test_bytes_moved_from_one_field_to_the_next_are_seen(draft: Draft) -> None:
    moved = replace(draft, kind=draft.kind + draft.actor[:1], actor=draft.actor[1:])
    if moved != draft:
        assert record_hash(b"", moved, 1, 1) != record_hash(b"", draft, 1, 1)


def test_no_offset_is_not_an_empty_text_nor_zero() -> None:
    answers = {record_hash(b"", replace(KNOWN, clock_offset_ms=offset), 1, 1) for offset in (None, 0, -1)}
    assert len(answers) == 3


@given(st.lists(_drafts(), max_size=8), st.integers(min_value=0, max_value=7))
def test_a_chain_checks_whole_and_in_two_parts(drafts: list[Draft], cut: int) -> None:
    rows = _chain(drafts)
    start = genesis(STATION, REC, 1)
    end = rows[-1].hash if rows else start
    assert check_chain(rows, start, 1) == end
    middle = check_chain(rows[:cut], start, 1)
    assert check_chain(rows[cut:], middle, min(cut, len(rows)) + 1) == end


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda rows: [*rows[:3], *rows[4:]], r"rec epoch 1 seq 4: missing \(the next one present is 5\)"),
        (lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]], "rec epoch 1 seq 4: missing"),
        (lambda rows: [*rows[:3], rows[2], *rows[3:]], "rec epoch 1 seq 4: missing"),
        (lambda rows: [*rows[:3], replace(rows[3], actor="x"), *rows[4:]], "rec epoch 1 seq 4: content does not match"),
        (lambda rows: [*rows[:3], replace(rows[3], hash=b"x" * 32), *rows[4:]], "seq 4: content does not match"),
        (lambda rows: rows[1:], "rec epoch 1 seq 1: missing"),
        (lambda rows: _chain([KNOWN] * 6, epoch=2), "rec epoch 2 seq 1: content does not match"),
    ],
)
def test_the_first_bad_row_is_named(damage: object, message: str) -> None:
    rows = _chain([KNOWN] * 6)
    assert callable(damage)
    with pytest.raises(ChainError, match=message):
        check_chain(damage(rows), genesis(STATION, REC, 1), 1)
