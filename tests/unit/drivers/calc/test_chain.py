"""Formulas as a set: faults before anything runs, order, one result for a batch, times and memories."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.address import formula_address, is_formula_address, parse_formula_address
from drivers.base import AddressError, Quality, Sample, Tag, Value
from drivers.calc.chain import Chain, faults_of
from drivers.calc.tree import FormulaError

DEVICES = {
    "press.force": "opcua://press/ns=2;s=Press.Force",
    "bench.speed": "modbus://bench/holding/106?type=float32",
    "bench.name": "modbus://bench/holding/112?type=string&length=16",
    "bench.running": "modbus://bench/discrete/0",
    "bench.warm": "modbus://bench/holding/108?bit=2",
}


def faults(**formulas: str) -> dict[str, str]:
    return faults_of(DEVICES | {name: formula_address(text) for name, text in formulas.items()})


def chain(**formulas: str) -> Chain:
    return Chain([Tag(name, formula_address(text), interval_s=0.1) for name, text in formulas.items()])


def sample(tag: str, value: Value, at: float = 100.0, source: float | None = None) -> Sample:
    return Sample(tag, value, Quality.GOOD, "Good", source, at)


def bad(tag: str, status: str = "BadCommunicationError", at: float = 100.0) -> Sample:
    return Sample(tag, None, Quality.BAD, status, None, at)


def values(samples: list[Sample]) -> list[tuple[str, Value]]:
    return [(each.tag, each.value) for each in samples]


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=1, max_size=50))
def test_a_formula_is_read_from_its_address_as_it_was(formula: str) -> None:
    address = formula_address(formula)
    assert is_formula_address(address)
    assert parse_formula_address(address) == formula


def test_a_formula_on_several_lines_keeps_its_texts() -> None:
    assert parse_formula_address(formula_address(" if(a,\n\t 'x  y',  b) ")) == "if(a, 'x  y', b)"
    with pytest.raises(AddressError, match="not a derived tag's"):
        parse_formula_address("calc://other/1")


def test_right_formulas_have_no_faults() -> None:
    assert (
        faults(
            power="bench.speed * press.force / 9.55",
            level="if(power > 3, 'high', 'normal')",
            warm="bench.running and bench.warm",
            name='bench.name == "TEST BENCH 20"',
            mean="mean(power, 60)",
        )
        == {}
    )


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("press.force *", "at character 14: the formula ends"),
        (
            "press.forse * 2",
            'at character 1: there is no tag "press.forse"; "press.force" is there (before: press.forse * 2)',
        ),
        ("1 + x", "the formula uses its own tag: x uses x"),
        ("bench.name + 1", '"+" needs a number, but bench.name is a text value'),
        ("bench.name + 1", '"+" needs a number, but bench.name is a text'),
        ("not bench.speed", '"not" needs a boolean, but bench.speed is a number'),
        ("bench.running * 2", '"*" needs a number, but bench.running is a boolean'),
        ("bench.speed == bench.name", '"==" compares a number with a text'),
        ("if(bench.running, 1, 'a')", '"if" gives a number in one case, but "a" is a text'),
        ("if(bench.speed, 1, 2)", '"if" needs a boolean'),
        ("mean(bench.warm, 5)", '"mean" needs a number, but bench.warm is a boolean'),
    ],
)
def test_faults_say_what_and_where(formula: str, message: str) -> None:
    (found,) = faults(x=formula).values()
    assert message.removesuffix(" value") in found


def test_every_tag_of_a_circle_is_told_and_those_beside_it_are_not() -> None:
    found = faults(a="b + 1", b="c + 1", c="a + 1", d="a + 1", e="1")
    assert set(found) == {"a", "b", "c"}
    assert found["a"] == "the formula uses its own tag: a uses b uses c uses a"
    with pytest.raises(FormulaError, match=r'tag "a": the formula uses its own tag'):
        chain(a="b", b="a")


def test_the_kind_of_one_formula_counts_in_another() -> None:
    found = faults(label="if(bench.running, 'on', 'off')", wrong="label + 1")
    assert found == {"wrong": 'at character 1: "+" needs a number, but label is a text (before: label + 1)'}


def test_a_batch_gives_one_result_and_uses_follow_in_order() -> None:
    formulas = chain(c="b + x", b="a * 2", a="x + y")
    assert formulas.inputs == {"x", "y"}
    results = formulas.take([sample("x", 1), sample("y", 2), sample("z", 9)])
    assert values(results) == [("a", 3), ("b", 6), ("c", 7)]
    assert values(formulas.take([sample("x", 2)])) == [("a", 4), ("b", 8), ("c", 10)]
    assert formulas.take([sample("z", 1)]) == []


def test_two_samples_of_one_tag_in_a_batch_give_two_results() -> None:
    formulas = chain(t="total(x)", s="x + y")
    results = formulas.take([sample("x", 0, 1.0), sample("x", 4, 3.0), sample("y", 1, 2.0), sample("x", 6, 4.0)])
    assert [value for tag, value in values(results) if tag == "t"] == [0, 4, 6]
    assert [value for tag, value in values(results) if tag == "s"] == [1, 5, 7]


def test_the_source_time_is_that_of_the_newest_input() -> None:
    formulas = chain(s="x + y")
    formulas.take([sample("x", 1, 100.0, source=50.0)])
    (result,) = formulas.take([sample("y", 1, 101.0, source=49.5)])
    assert (result.source_time, result.received_time) == (50.0, 100.0)
    (result,) = formulas.take([sample("y", 1, 102.0, source=51.0)])
    assert (result.source_time, result.received_time) == (51.0, 102.0)
    modbus = chain(s="x + 1")
    (result,) = modbus.take([sample("x", 1, 100.0)])
    assert (result.source_time, result.received_time, result.time) == (None, 100.0, 100.0)


def test_a_loss_that_comes_with_a_value_of_a_clock_ahead_is_what_stays() -> None:
    """The loss has our time; the value before it that of a device whose clock is allowed to be some seconds ahead."""
    formulas = chain(s="x + y")
    formulas.take([sample("y", 1, 100.0)])
    results = formulas.take([sample("x", 1, 100.0, source=105.0), bad("x", at=100.1)])
    assert [result.quality for result in results] == [Quality.GOOD, Quality.BAD]


def test_what_uses_no_tag_has_its_value_from_the_start() -> None:
    formulas = chain(limit="2 ^ 3 + 1", twice="limit * 2", none="1 / 0", over="x > limit")
    results = {result.tag: (result.value, result.status) for result in formulas.begin()}
    assert results == {"limit": (9, "Good"), "twice": (18, "Good"), "none": (None, "BadInvalidArgument"),
                       "over": (None, "BadWaitingForInitialData")}  # fmt: skip
    assert values(formulas.take([sample("x", 10)])) == [("over", True)]


def test_bad_goes_through_the_chain_once_and_comes_back() -> None:
    formulas = chain(a="x + 1", b="a + 1")
    formulas.take([sample("x", 1)])
    results = formulas.take([bad("x")])
    assert [(each.tag, each.quality, each.status) for each in results] == [
        ("a", Quality.BAD, "BadCommunicationError"),
        ("b", Quality.BAD, "BadCommunicationError"),
    ]
    assert formulas.take([bad("x")]) == []
    assert [each.status for each in formulas.take([bad("x", "BadDecodingError")])] == ["BadDecodingError"] * 2
    assert values(formulas.take([sample("x", 2)])) == [("a", 3), ("b", 4)]


def test_time_passes_for_formulas_that_remember_while_their_inputs_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("drivers.calc.chain.time.monotonic", lambda: now)
    formulas = chain(energy="integral(x)", plain="x + 1")
    assert formulas.tick_s == 0.1
    formulas.take([sample("x", 2.0, 100.0, source=50.0)])
    now = 1003.0
    (result,) = formulas.tick()
    assert (result.tag, result.value, result.source_time, result.received_time) == ("energy", 6.0, 53.0, 103.0)
    assert formulas.tick() == []
    (result, _) = formulas.take([sample("x", 2.0, 104.0, source=54.0)])
    assert result.value == 8.0
    assert chain(plain="x + 1").tick_s is None


def test_an_input_whose_clock_is_behind_does_not_turn_time_back() -> None:
    formulas = chain(t="integral(x) + y * 0")
    formulas.take([sample("x", 1.0, source=10.0), sample("y", 0, source=10.0)])
    (first,) = formulas.take([sample("x", 1.0, source=12.0)])
    (second,) = formulas.take([sample("y", 0, source=11.0)])
    assert (first.value, second.value) == (2.0, 2.0)
    assert second.time == 12.0
