"""Line numbers of keys: exact for every way that TOML can be written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.toml_lines import KeyPath, key_lines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("# only a comment\n", {}),
        ("a = 1", {("a",): 1}),
        ("\n\n  a = 1 # a = 2\nb = 2\n", {("a",): 3, ("b",): 4}),
        ("[t]\na = 1\n\n[u]\na = 2\n", {("t",): 1, ("t", "a"): 2, ("u",): 4, ("u", "a"): 5}),
        ("[a.b.c]\nd = 1\n", {("a",): 1, ("a", "b"): 1, ("a", "b", "c"): 1, ("a", "b", "c", "d"): 2}),
        ('[ a . "b.c" ]\n"d e" = 1\n', {("a",): 1, ("a", "b.c"): 1, ("a", "b.c", "d e"): 2}),
        ("a.b = 1\na.c = 2\n", {("a",): 1, ("a", "b"): 1, ("a", "c"): 2}),
        ("\"\\u0061\" = 1\n'b\\' = 2\n", {("a",): 1, ("b\\",): 2}),
        ('a = """\nb = 1\n[c]\n"""\nd = 2\n', {("a",): 1, ("d",): 5}),
        ('a = """x\\"""" # "\nd = 2\n', {("a",): 1, ("d",): 2}),
        ('a = """two ""quotes"""""\nd = 2\n', {("a",): 1, ("d",): 2}),
        ("a = '''\n'' [b]\n'''''\nd = 2\n", {("a",): 1, ("d",): 4}),
        ('a = "# [x] = \\""\nb = \'#\'\n', {("a",): 1, ("b",): 2}),
        ("a = [\n  1, # one\n\n  2,\n]\nb = 1\n", {("a",): 1, ("a", 0): 2, ("a", 1): 4, ("b",): 6}),
        ("a = [[1], [\n2]]", {("a",): 1, ("a", 0): 1, ("a", 0, 0): 1, ("a", 1): 1, ("a", 1, 0): 2}),
        ("a = []\nb = {}\nc = 1", {("a",): 1, ("b",): 2, ("c",): 3}),
        ("a = { b = 1, c.d = 2 }\n", {("a",): 1, ("a", "b"): 1, ("a", "c"): 1, ("a", "c", "d"): 1}),
        (
            "a = [\n { b = 1 },\n { b = 2 },\n]\n",
            {("a",): 1, ("a", 0): 2, ("a", 0, "b"): 2, ("a", 1): 3, ("a", 1, "b"): 3},
        ),
        (
            "[[s]]\nid = 1\n[[s.c]]\nx = 1\n[[s]]\nid = 2\n[[s.c]]\nx = 2\n[s.t]\ny = 3\n",
            {
                ("s",): 1,
                ("s", 0): 1,
                ("s", 0, "id"): 2,
                ("s", 0, "c"): 3,
                ("s", 0, "c", 0): 3,
                ("s", 0, "c", 0, "x"): 4,
                ("s", 1): 5,
                ("s", 1, "id"): 6,
                ("s", 1, "c"): 7,
                ("s", 1, "c", 0): 7,
                ("s", 1, "c", 0, "x"): 8,
                ("s", 1, "t"): 9,
                ("s", 1, "t", "y"): 10,
            },
        ),
        ("a = 2026-11-20 07:32:00\nb = -1.5e3\nc = true\n", {("a",): 1, ("b",): 2, ("c",): 3}),
    ],
)
def test_lines_of_every_notation(text: str, expected: dict[KeyPath, int]) -> None:
    tomllib.loads(text)
    assert key_lines(text) == expected


_bare = st.text("abXY09_-", min_size=1, max_size=4)
_any_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=8)


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 0x20 or ord(c) == 0x7F else ("\\" + c if c in '"\\' else c) for c in text
    )
    return f'"{escaped}"'


_key = st.one_of(_bare.map(lambda name: (name, name)), _any_text.map(lambda name: (name, _quoted(name))))
_scalar = st.one_of(
    st.integers().map(str),
    st.sampled_from(["true", "1.5", "-2e3", "2026-11-20", "2026-11-20 10:00:00", "07:30:00", "inf"]),
    _any_text.map(_quoted),
    st.sampled_from(['"""\nx = 1\n[y]\n"""', '"""a""b"""""', "'''\n''\n'''", "'[x] # \"'", '"""\\\n   z"""']),
)
_space = st.sampled_from(["", " ", "\n", "\n# , ] }\n  "])


@st.composite
def _value(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from(["scalar", "array", "table"])) if depth else "scalar"
    if kind == "scalar":
        return draw(_scalar)
    if kind == "array":
        items = draw(st.lists(_value(depth - 1), max_size=3))
        parts = [f"{draw(_space)}{item}{draw(_space)}" for item in items]
        last = draw(st.sampled_from(["", ","])) if parts else ""
        return "[" + ",".join(parts) + last + draw(_space) + "]"
    pairs = draw(st.lists(st.tuples(_key, _value(depth - 1)), max_size=3, unique_by=lambda pair: pair[0][0]))
    return "{ " + ", ".join(f"{key[1]} = {value}" for key, value in pairs) + " }"


@st.composite
def _document(draw: st.DrawFn) -> str:
    """Pairs, tables and arrays of tables in any order; not every one is valid."""
    notes: list[list[str]] = [[], [""], ["  # [c] = 1"]]
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 6))):
        keys = draw(st.lists(_key, min_size=1, max_size=3))
        dotted = draw(st.sampled_from([".", " . "])).join(key[1] for key in keys)
        form = draw(st.sampled_from(["{} = {}", "{} = {}", "{} = {} # note", "[{}]", "[[{}]]", "[ {} ]"]))
        lines.append(form.format(dotted, draw(_value())))
        lines += draw(st.sampled_from(notes))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def _paths(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    found: set[KeyPath] = {path} if path else set()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found |= _paths(inner, (*path, key))
    return found


@settings(max_examples=400, deadline=None)
@given(_document())
def test_every_key_of_any_valid_document_is_found_and_no_other(text: str) -> None:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(key_lines(text)) == _paths(values)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), _value()), min_size=1, max_size=12))
def test_lines_are_those_on_which_keys_were_written(entries: list[tuple[bool, str]]) -> None:
    text = ""
    expected: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, (starts_table, value) in enumerate(entries):
        if starts_table:
            table = (f"t{number}",)
            expected[table] = text.count("\n") + 1
            text += f"[t{number}]\n"
        expected[(*table, f"k{number}")] = text.count("\n") + 1
        text += f"k{number} = {value}\n"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a value over several lines inside an inline table
        return
    lines = key_lines(text)
    assert {path: lines[path] for path in expected} == expected
