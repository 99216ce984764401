"""The catalogue of record kinds: what is written is read back, and released kinds never change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.catalogue import type_text
from station_app.domain.chain import CHANNELS, MAX_BODY_BYTES
from station_app.domain.records import KINDS, Comment, Fact, RecordError, StepState, decode_body, encode_body

RELEASED = Path(__file__).with_name("released_kinds.json")


def _fields(fact: type[Fact]) -> dict[str, Any]:
    """Name, type and default of every field in order, as they are frozen with a release."""
    return {
        field.name: f"{type_text(field.type)}; "
        + ("required" if field.required else msgspec.json.encode(field.default).decode())
        for field in msgspec.structs.fields(fact)
    }


def _catalogue() -> dict[str, Any]:
    return {f"{fact.kind} {fact.version}": {"chan": fact.chan, "fields": _fields(fact)} for fact in KINDS.values()}


def test_released_kinds_are_as_they_were_released() -> None:
    """A kind that changes gets a new version, and the new version is added to the file beside this test.

    Records of the old version are in journals and in the shared database for ever. Adding a kind, or a new version, means:
    write the text below into released_kinds.json; taking away or changing an entry is never right.
    """
    released = json.loads(RELEASED.read_text(encoding="utf-8"))
    now = _catalogue()
    missing = {name: entry for name, entry in now.items() if name not in released}
    assert not missing, f"new kinds; add them to {RELEASED.name}:\n{json.dumps(missing, indent=1)}"
    for name, entry in now.items():
        assert list(entry["fields"].items()) == list(released[name]["fields"].items()), f"{name} changed"
        assert entry["chan"] == released[name]["chan"], f"{name} changed its channel"
    versions = {name.split()[0] for name in released}
    assert versions <= {fact.kind for fact in KINDS.values()}, "a released kind was taken away"


def _facts(fact: type[Fact]) -> st.SearchStrategy[Fact]:
    """Any value of a kind, every field drawn from its type; texts without lone surrogates, numbers finite."""
    texts = st.text(st.characters(codec="utf-8"), max_size=20)
    by_type: dict[Any, st.SearchStrategy[Any]] = {
        str: texts,
        bool: st.booleans(),
        int: st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1),
        float: st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300),
        tuple[str, ...]: st.lists(texts, max_size=3).map(tuple),
    }

    def values(kind: Any) -> st.SearchStrategy[Any]:
        if kind in by_type:
            return by_type[kind]
        if hasattr(kind, "__args__"):
            return st.one_of([st.none() if part is type(None) else values(part) for part in kind.__args__])
        return st.sampled_from(kind)

    return st.builds(fact, **{field.name: values(field.type) for field in msgspec.structs.fields(fact)})


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None)  # the first example of a kind builds how its fields are drawn
@given(data=st.data())
def test_every_kind_is_read_back_as_it_was_written(kind: str, data: st.DataObject) -> None:
    fact = data.draw(_facts(KINDS[kind]))
    body = encode_body(fact)
    assert decode_body(kind, body) == fact
    assert list(json.loads(body)) == [field.name for field in msgspec.structs.fields(KINDS[kind])]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_what_it_is_for_and_where_it_goes(kind: str) -> None:
    fact = KINDS[kind]
    assert fact.kind == kind
    assert fact.__doc__
    assert fact.chan in CHANNELS
    assert fact.version >= 1


def _step(attended_s: float) -> StepState:
    return StepState(
        job_id="j", serial="s", order_id="o", operation="10", step_id="1", state="completed", step_no=1, title="t",
        attended_s=attended_s,
    )  # fmt: skip


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(RecordError, match=r"step_state\.attended_s"):
        encode_body(_step(number))
    assert encode_body(_step(1.5)).endswith(b'"attended_s":1.5}')


def test_a_mebibyte_is_the_most() -> None:
    frame_bytes = len(encode_body(Comment(text="")))
    assert len(encode_body(Comment(text="x" * (MAX_BODY_BYTES - frame_bytes)))) == MAX_BODY_BYTES
    with pytest.raises(RecordError, match=f"comment: {MAX_BODY_BYTES + 1} bytes"):
        encode_body(Comment(text="x" * (MAX_BODY_BYTES - frame_bytes + 1)))


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(RecordError, match="comment: a text contains a character"):
        encode_body(Comment(text="\ud800"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("never_heard_of", b"{}"),
        ("comment", b""),
        ("comment", b"\xff"),
        ("comment", b'{"text":"\xff"}'),
        ("comment", b"[]"),
        ("comment", b"{}"),
        ("comment", b'{"text":7}'),
        ("equipment_state", b'{"state":NaN}'),
        ("job_state", b'{"outcome":"GOOD"}'),
    ],
)
def test_a_body_that_does_not_fit_is_named(kind: str, body: bytes) -> None:
    with pytest.raises(RecordError, match=kind):
        decode_body(kind, body)


def test_fields_of_a_newer_version_are_passed_over() -> None:
    assert decode_body("comment", b'{"text":"x","colour":"red"}') == Comment(text="x")
