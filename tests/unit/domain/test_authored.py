"""Values of a document: each rule notes its own fault, and reading goes on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from station_app.domain.authored import AuthoredTable
from station_app.domain.toml_document import read_toml


def read(text: str, reading: Callable[[AuthoredTable], Any]) -> tuple[Any, list[str]]:
    """What ``reading`` gives, and the faults as text."""
    document = read_toml(text, "f")
    value = reading(document.table)
    document.table.done()
    return value, [str(fault) for fault in document.faults]


@pytest.mark.parametrize(
    ("text", "reading", "value"),
    [
        ('k = "x"', lambda t: t.text("k"), "x"),
        ("", lambda t: t.text("k", "d"), "d"),
        ("k = ''", lambda t: t.text("k", "d"), ""),
        ('k = "b"', lambda t: t.text("k", choices=("a", "b")), "b"),
        ("k = 2", lambda t: t.number("k", low=2, high=2), 2.0),
        ("k = 0.1", lambda t: t.number("k", low=0.1), 0.1),
        ("", lambda t: t.number("k", 4.5), 4.5),
        ("k = 3", lambda t: t.integer("k", low=1, high=3), 3),
        ("k = 20.0130", lambda t: str(t.decimal("k")), "20.0130"),
        ("k = 1e2", lambda t: str(t.decimal("k")), "100"),
        ("k = 1380", lambda t: t.decimal("k"), Decimal(1380)),
        ("", lambda t: t.decimal("k"), None),
        ("k = false", lambda t: t.boolean("k", True), False),
        ("", lambda t: t.boolean("k", True), True),
        ("k = ['a', 'b']", lambda t: t.texts("k"), ("a", "b")),
        ("", lambda t: t.texts("k"), ()),
        ("k = 2026-12-18", lambda t: t.date_time("k"), "2026-12-18"),
        ("k = 2026-12-18T10:00:00Z", lambda t: t.date_time("k"), "2026-12-18T10:00:00+00:00"),
        ("k = '2026-12-18'", lambda t: t.date_time("k"), "2026-12-18"),
        ("", lambda t: t.date_time("k"), ""),
        ("", lambda t: t.table("k"), None),
        ("", lambda t: t.tables("k"), []),
        ("", lambda t: t.named_tables("k"), {}),
    ],
)
def test_good_values(text: str, reading: Callable[[AuthoredTable], Any], value: Any) -> None:
    assert read(text, reading) == (value, [])


@pytest.mark.parametrize(
    ("text", "reading", "fault"),
    [
        ("k = 5", lambda t: t.text("k"), "f:1: k = 5: is not text. Allowed: text"),
        ("k = ' '", lambda t: t.text("k"), 'f:1: k = " ": is empty. Allowed: text'),
        ("", lambda t: t.text("k"), "f: k: is missing. Allowed: text"),
        ("k = 'abc'", lambda t: t.text("k", longest=2), "is too long (3 characters)"),
        ("k = 'a b'", lambda t: t.text("k", pattern="[a-z]+", allowed="letters"), "Allowed: letters"),
        ("k = 'lihgt'", lambda t: t.text("k", choices=("light", "dark")), 'Did you mean "light"?'),
        ("k = 'x'", lambda t: t.number("k"), "is not a number"),
        ("k = true", lambda t: t.number("k"), "is not a number"),
        ("k = '11,5'", lambda t: t.number("k"), "11.5, with a point and without quotes"),
        ("k = nan", lambda t: t.number("k"), "can be compared"),
        ("k = inf", lambda t: t.decimal("k"), "can be compared"),
        ("k = 1e30", lambda t: t.decimal("k"), "too large or too small"),
        ("k = 1e99999", lambda t: t.decimal("k"), "too large or too small"),
        ("k = 0.9", lambda t: t.number("k", low=1, high=2), "is too small. Allowed: a number from 1 to 2"),
        ("k = 2.1", lambda t: t.number("k", low=1, high=2), "is too large"),
        ("", lambda t: t.decimal("k", required=True), "is missing"),
        ("k = 1.0", lambda t: t.integer("k"), "is not a whole number"),
        ("k = true", lambda t: t.integer("k"), "is not a whole number"),
        ("k = 4", lambda t: t.integer("k", low=1, high=3), "is too large. Allowed: a whole number from 1 to 3"),
        ("k = 1", lambda t: t.boolean("k", True), "neither true nor false"),
        ("k = 'a'", lambda t: t.texts("k"), "is not a list of texts"),
        ("k = ['a', 1]", lambda t: t.texts("k"), "is not a list of texts"),
        ("k = []", lambda t: t.texts("k", required=True), "is empty"),
        ("k = [\n'a',\n'a']", lambda t: t.texts("k"), 'f:3: k[2] = "a": is given twice'),
        ("k = 'tomorrow'", lambda t: t.date_time("k"), "neither a date nor a time"),
        ("k = 1", lambda t: t.table("k"), "is not a table"),
        ("k = {}", lambda t: t.tables("k"), "is not a list of tables"),
        ("k = [1]", lambda t: t.tables("k"), "is not a list of tables"),
        ("k = []", lambda t: t.tables("k", required=True), "is empty"),
        ("k = {a = 1}", lambda t: t.named_tables("k"), "f:1: k.a = 1: is not a table"),
        ("kk = 1", lambda t: t.text("k", "d"), 'kk = 1: is not known here. Did you mean "k"?'),
        ("zzz = 1", lambda t: t.text("k", "d"), "is not known here. Allowed: k"),
    ],
)
def test_faults(text: str, reading: Callable[[AuthoredTable], Any], fault: str) -> None:
    _, faults = read(text, reading)
    assert len(faults) == 1
    assert fault in faults[0]


def test_a_misspelt_key_is_one_fault_and_not_also_a_missing_one() -> None:
    _, faults = read("titel = 'x'", lambda t: t.text("title"))
    assert faults == ['f:1: titel = "x": is not known here. Did you mean "title"?']


def test_after_a_syntax_fault_missing_keys_are_not_named() -> None:
    _, faults = read("title = \n", lambda t: t.text("title"))
    assert len(faults) == 1


def test_all_faults_of_one_table_are_noted() -> None:
    def reading(table: AuthoredTable) -> None:
        table.text("a")
        table.number("b", low=0)
        table.boolean("c", False)

    _, faults = read("a = 1\nb = -1\nc = 2\nd = 3", reading)
    assert len(faults) == 4


def test_keys_are_named_as_people_count() -> None:
    document = read_toml('[[step]]\n[[step]]\n[step."a b"]\nc = 1\n', "f")
    table = document.table.tables("step")[1].table("a b")
    assert table is not None
    assert table.key_text("c") == 'step[2]."a b".c'
    assert (table.line, table.line_of("c"), table.line_of("absent")) == (3, 4, 3)
    assert table.name == "a b"
