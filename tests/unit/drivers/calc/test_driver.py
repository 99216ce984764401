"""Derived tags on a real field loop, beside another driver."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TypeVar

import pytest

from drivers.address import formula_address
from drivers.base import (
    Connection,
    ConnectionState,
    DescriptionSink,
    DeviceNode,
    Quality,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    Value,
    ignore_description,
)
from drivers.calc import CalcDriver, FormulaError
from drivers.field import BoundedQueue, FieldLoop
from tests.drivers_support import eventually, running
from tests.waiting import wait_until

_Item = TypeVar("_Item")


class Steps:
    """A device that delivers what a test gives it, when it is told to."""

    device = "steps"

    def __init__(self, batches: list[list[Sample]]) -> None:
        self._batches = batches

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        for batch in self._batches:
            on_samples(batch)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await asyncio.Event().wait()

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        return []

    async def write(self, tag: Tag, value: Value) -> Sample:
        raise NotImplementedError

    async def browse(self, address: str = "") -> list[DeviceNode]:
        return []

    async def close(self) -> None:
        return


def _more(got: list[_Item], queue: BoundedQueue[_Item]) -> list[_Item]:
    got += queue.drain()
    return got


def derived(name: str, formula: str, interval_s: float = 0.05) -> Tag:
    return Tag(name, formula_address(formula), interval_s=interval_s)


def sample(tag: str, value: Value, at: float) -> Sample:
    return Sample(tag, value, Quality.GOOD, "Good", None, at)


def test_derived_samples_take_the_same_queues_as_all_others() -> None:
    tags = [derived("sum", "x + y"), derived("double", "sum * 2")]
    steps = Steps([[sample("x", 1, 1.0), sample("y", 2, 1.0)], [sample("x", 5, 2.0)]])
    further: BoundedQueue[Sample] = BoundedQueue(100)
    loop = FieldLoop(further_samples=[further])
    loop.start([(CalcDriver("formula", tags), tags), (steps, [])])
    got: list[Sample] = []
    try:
        wait_until(lambda: any(s.value == 14 for s in _more(got, loop.samples)), 5.0, "the last result")
    finally:
        loop.stop()
    assert [(s.tag, s.value) for s in got if s.tag in ("sum", "double") and s.quality is Quality.GOOD] == [
        ("sum", 3),
        ("double", 6),
        ("sum", 7),
        ("double", 14),
    ]
    assert [(s.tag, s.value) for s in further.drain()] == [(s.tag, s.value) for s in got]
    assert loop.states.drain() == []


@pytest.mark.expected_log("formula: the driver ended by an internal error")
def test_a_fault_of_our_own_shows_as_that_of_the_formulas() -> None:
    """Not as that of the device whose sample was computed with."""
    tags = [derived("sum", "x + 1")]
    calc = CalcDriver("formula", tags)
    calc._chain.take = lambda samples: 1 / 0  # type: ignore[method-assign,assignment,return-value]  # the fault
    loop = FieldLoop()
    loop.start([(calc, tags), (Steps([[sample("x", 1, 1.0)]]), [])])
    try:
        states: list[ConnectionState] = []
        wait_until(lambda: _more(states, loop.states), 5.0, "a state")
        assert [(state.device, state.connection) for state in states] == [("formula", Connection.LOST)]
    finally:
        loop.stop()


def test_bad_inputs_make_bad_results_with_the_last_value_kept() -> None:
    async def scenario() -> None:
        tags = [derived("double", "x * 2")]
        calc = CalcDriver("formula", tags)
        async with running(calc, tags) as recorder:
            await eventually(lambda: recorder.status("double") == "BadWaitingForInitialData", 2.0, "waiting")
            calc.take([sample("x", 4, 1.0)])
            await eventually(lambda: recorder.quality("double") is Quality.GOOD, 2.0, "Good")
            calc.take([Sample("x", None, Quality.BAD, "BadCommunicationError", None, 2.0)])
            await eventually(lambda: recorder.quality("double") is Quality.BAD, 2.0, "Bad")
            last = recorder.last("double")
            assert last is not None
            assert (last.value, last.status) == (8, "BadCommunicationError")
            assert [s.value for s in await calc.read(tags)] == [None]

    asyncio.run(scenario())


def test_a_rate_falls_to_zero_while_its_input_rests() -> None:
    async def scenario() -> None:
        tags = [derived("rate", "rate(x, 0.2)")]
        calc = CalcDriver("formula", tags)
        async with running(calc, tags) as recorder:
            calc.take([sample("x", 0, 1.0)])
            calc.take([sample("x", 10, 1.2)])
            await eventually(lambda: recorder.quality("rate") is Quality.GOOD, 2.0, "a rate")
            await eventually(lambda: value_of(recorder.last("rate")) == 0.0, 2.0, "no change any more")

    asyncio.run(scenario())


def value_of(last: Sample | None) -> Value:
    return None if last is None else last.value


def test_reading_once_computes_from_what_was_taken() -> None:
    async def scenario() -> None:
        tags = [derived("double", "x * 2"), derived("mean", "rate(x, 10)")]
        calc = CalcDriver("formula", tags)
        calc.take([sample("x", 4, 1.0), sample("other", 1, 1.0)])
        results = await calc.read(tags)
        assert [(s.value, s.status) for s in results] == [(8, "Good"), (None, "BadWaitingForInitialData")]
        assert (await calc.write(tags[0], 1)).status == "BadNotWritable"
        assert await calc.browse() == []
        await calc.close()

    asyncio.run(scenario())


def test_wrong_formulas_are_refused_when_the_driver_is_made() -> None:
    with pytest.raises(FormulaError, match="at character 4"):
        CalcDriver("formula", [derived("x", "1 + ")])
