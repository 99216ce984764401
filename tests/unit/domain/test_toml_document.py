"""Documents are read on after a syntax fault, so that every fault is known at once."""

from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.authored import Document
from station_app.domain.toml_document import MAX_DOCUMENT_BYTES, decode_document, read_toml


def faults(text: str) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.key, fault.message) for fault in read_toml(text, "a.toml").faults]


def test_a_good_document_has_values_lines_and_no_fault() -> None:
    document = read_toml("[a]\nb = 1.50\n", "a.toml")
    assert document.faults == []
    assert document.table.values == {"a": {"b": Decimal("1.50")}}
    assert document.lines["a", "b"] == 2
    assert not document.broken


def test_a_comma_in_a_number_is_named() -> None:
    document = read_toml("a = 1\nlower = 11,05 # kN\nb = 2", "a.toml")
    (fault,) = document.faults
    assert (fault.line, fault.key, fault.value, fault.message) == (2, "lower", "11,05", "has a comma")
    assert fault.allowed == "11.05, with a point"
    assert set(document.table.values) == {"a", "b"}


def test_every_syntax_fault_is_found_and_the_rest_is_read() -> None:
    document = read_toml('a = \nb = 1\nc = "x\n= 4\nd = 2\n', "a.toml")
    assert [fault.line for fault in document.faults] == [1, 3, 4]
    assert set(document.table.values) == {"b", "d"}
    assert document.broken


def test_a_key_given_twice() -> None:
    (fault,) = read_toml("a = 1\na = 2\n", "a.toml").faults
    assert (fault.line, fault.key) == (2, "a")
    assert "given twice" in fault.message


def test_a_table_given_twice_is_left_out_with_its_keys() -> None:
    document = read_toml("[a]\nx = 1\n[a]\nx = 2\ny = 3\n[b]\nz = 4\n", "a.toml")
    (fault,) = document.faults
    assert (fault.line, fault.value) == (3, "[a]")
    assert document.table.values == {"a": {"x": 1}, "b": {"z": 4}}


def test_a_document_that_ends_inside_a_text_or_a_list() -> None:
    assert [line for line, _, _ in faults('a = 1\nb = """\ntext\n')] == [3]
    assert "ends too early" in faults("a = [1,\n2\n")[0][2]


def test_broken_table_header() -> None:
    document = read_toml("[a\nx = 1\n[b]\ny = 1\n", "a.toml")
    assert [fault.line for fault in document.faults] == [1]
    assert document.table.values == {"b": {"y": 1}}


def test_nesting_without_end_is_a_fault_and_not_a_crash() -> None:
    assert "nested too deeply" in faults("a = " + "[" * 20000 + "]" * 20000)[0][2]


def test_a_number_of_thousands_of_digits_is_a_fault() -> None:
    assert "cannot be read" in faults("a = " + "9" * 6000)[0][2]


def test_the_number_of_syntax_faults_is_bounded() -> None:
    assert len(read_toml("= 1\n" * 500, "a.toml").faults) == 20


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_do_not_change_line_numbers(ending: str) -> None:
    document = read_toml(ending.join(["[a]", "b = 1", "", "c = = 2", "d = 3"]), "a.toml")
    assert isinstance(document, Document)
    assert [fault.line for fault in document.faults] == [4]
    assert document.lines["a", "d"] == 5


def test_decoding() -> None:
    assert decode_document(b"\xef\xbb\xbfa = 1", "f") == ("a = 1", [])
    text, (fault,) = decode_document(b"a = 1\nb = '\xfc'", "f")
    assert (text, fault.line) == ("", 2)
    assert "0xFC is not UTF-8" in fault.message
    assert "UTF-16" in decode_document("a = 1".encode("utf-16"), "f")[1][0].message
    assert "too big" in decode_document(b"#" * (MAX_DOCUMENT_BYTES + 1), "f")[1][0].message
    assert decode_document(b"#" * MAX_DOCUMENT_BYTES, "f")[1] == []
