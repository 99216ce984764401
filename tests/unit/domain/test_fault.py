"""Faults as people read them."""

from __future__ import annotations

from station_app.domain.fault import Fault, did_you_mean, in_order, nearest, shown


def test_fault_says_where_what_and_what_is_allowed() -> None:
    fault = Fault(12, "station.kind", '"asembly"', "is not known", '"assembly"', "station.toml")
    assert str(fault) == 'station.toml:12: station.kind = "asembly": is not known. Allowed: "assembly"'


def test_fault_without_line_key_or_value_leaves_them_out() -> None:
    assert str(Fault(0, "", "", "does not exist", "", "a.toml")) == "a.toml: does not exist"
    assert (
        str(Fault(3, "", "[x]", "is given twice", "once", "a.toml")) == "a.toml:3: [x]: is given twice. Allowed: once"
    )


def test_a_question_is_not_followed_by_a_full_stop() -> None:
    assert str(Fault(0, "a", "", "is odd. Did you mean b?", "c")) == "a: is odd. Did you mean b? Allowed: c"


def test_values_are_shown_as_written_on_one_short_line() -> None:
    assert shown('a"b\n\\') == '"a\\"b\\n\\\\"'
    assert shown(True) == "true"
    assert shown({"a": 1}) == "a table"
    assert shown([1]) == "a list"
    assert len(shown("x" * 500)) == 60
    assert shown("x" * 500).endswith("…")


def test_nearest_word() -> None:
    assert nearest("titel", ["title", "kind"]) == "title"
    assert nearest("zzz", ["title", "kind"]) == ""
    assert did_you_mean("modbuss", ["opcua", "modbus"]) == '. Did you mean "modbus"?'
    assert did_you_mean("zzz", ["opcua"]) == ""


def test_faults_are_read_by_file_and_line() -> None:
    faults = [Fault(9, "", "", "", "", "b"), Fault(2, "", "", "", "", "b"), Fault(5, "", "", "", "", "a")]
    assert [(fault.file, fault.line) for fault in in_order(faults)] == [("a", 5), ("b", 2), ("b", 9)]
