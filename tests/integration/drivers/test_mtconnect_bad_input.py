"""MTConnect agents that come and go, whose times stand still or run back, whose lists change their size, that flood."""

from __future__ import annotations

import asyncio
import gc
import itertools
import logging
import time
import tracemalloc

import pytest

from drivers.base import Quality
from drivers.bench import iso_time
from drivers.simulation.mill import ITEMS
from tests.drivers_support import eventually, running
from tests.integration.drivers.test_mtconnect import BAD_WITHIN_S, driver_of, good, last, mill, tags_of, values
from tests.integration.drivers.wrong_agent import deep, endless_line, huge_part, part_without_end, wrong_agent


@pytest.mark.expected_log(r"^mill: ")
def test_many_reconnects_leave_nothing_behind(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> None:
    """``--kills 1000`` for the thousand of the campaign."""
    rounds = request.config.getoption("--kills") or 8

    async def scenario() -> None:
        async with mill() as server, running(driver_of(server.port), tags_of(server.port, "Xabs")) as recorder:
            for round_number in range(rounds):
                await eventually(lambda: good(recorder, "Xabs"), 5.0, "Good")
                await server.server.unplug()
                await eventually(lambda: recorder.quality("Xabs") is Quality.BAD, BAD_WITHIN_S, "Bad")
                await server.server.plug_in()
                if round_number == rounds // 2:
                    tracemalloc.start()
                    before = tracemalloc.get_traced_memory()[0]
                recorder.samples[:-1], recorder.states[:-1] = [], []
            await eventually(lambda: good(recorder, "Xabs"), 5.0, "Good at last")
            grown = tracemalloc.get_traced_memory()[0] - before
            tracemalloc.stop()
            assert grown < 300_000 + 20_000 * rounds, grown

    with caplog.at_level(logging.INFO, logger="drivers"):
        asyncio.run(scenario())
    lines = [record.levelname for record in caplog.records]
    assert lines == ["WARNING", "INFO"] * rounds, "one line for each failure and one for each recovery"


def test_times_that_stand_still_or_go_back_keep_everything_in_the_order_of_the_agent() -> None:
    async def scenario() -> None:
        async with mill() as server, running(driver_of(server.port), tags_of(server.port, "Xabs")) as recorder:
            await eventually(lambda: good(recorder, "Xabs"), 5.0, "Good")
            before = len(values(recorder, "Xabs"))
            late_s = time.time() - 10
            late, earlier = iso_time(late_s), iso_time(late_s - 1.5)
            told = [late, late, earlier, late, earlier]
            for number, timestamp in enumerate(told):
                server.agent.report("dx1", f"{number}.5", timestamp)
            await eventually(lambda: len(values(recorder, "Xabs")) == before + len(told), 3.0, "all of them")
            new = [sample for sample in recorder.samples if sample.tag == "Xabs"][-len(told) :]
            assert [sample.value for sample in new] == [0.5, 1.5, 2.5, 3.5, 4.5]
            times = [sample.source_time or 0.0 for sample in new]
            assert [times[0] - at for at in times] == pytest.approx([0, 0, 1.5, 0, 1.5], abs=0.002)

    asyncio.run(scenario())


@pytest.mark.parametrize("list_text", ["1.5 2.5", "", "1.5 2.5 x", "1.5 2.5 NaN", "1.5 2.5 1e999"])
def test_an_element_that_is_not_there_any_more_is_bad_and_comes_back(list_text: str) -> None:
    async def scenario() -> None:
        async with mill() as server:
            position = next(item for item in ITEMS if item.name == "position")
            wanted = "position?index=2"
            async with running(driver_of(server.port), tags_of(server.port, wanted, "Xabs")) as recorder:
                await eventually(lambda: good(recorder, wanted), 5.0, "Good")
                server.agent.report(position.id, list_text)
                await eventually(lambda: recorder.quality(wanted) is Quality.BAD, BAD_WITHIN_S, "Bad")
                assert good(recorder, "Xabs"), "the others go on"
                server.agent.report(position.id, "1.5 2.5 -10.0 4.0")
                await eventually(lambda: good(recorder, wanted), 2.0, "Good again")
                assert last(recorder, wanted).value == -10.0

    asyncio.run(scenario())


@pytest.mark.expected_log(r"^mill: ")
def test_answers_without_end_do_not_fill_the_memory() -> None:
    async def scenario() -> None:
        async with wrong_agent() as server, running(driver_of(server.port), tags_of(server.port, "Xabs")) as recorder:
            await eventually(lambda: good(recorder, "Xabs"), 5.0, "Good")
            tracemalloc.start()
            kept: list[int] = []
            for fault in itertools.islice(itertools.cycle((endless_line, huge_part, part_without_end, deep)), 8):
                server.fault = fault
                server.requests = 0
                await eventually(lambda: server.requests > 1, 6.0, "it keeps trying")
                recorder.samples[:-1], recorder.states[:-1] = [], []
                gc.collect()
                kept.append(tracemalloc.get_traced_memory()[0])
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < 20_000_000 and min(kept[4:]) < min(kept[:4]) + 300_000, (kept, peak)
            server.fault = None
            await eventually(lambda: good(recorder, "Xabs"), 8.0, "Good again")

    asyncio.run(scenario())
