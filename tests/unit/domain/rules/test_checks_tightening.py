"""Tightening: each screw by torque and angle, a failed one again, a cycle of the tool once."""

from __future__ import annotations

import pytest

from drivers.base import Quality
from station_app.domain import rules
from station_app.domain.checks import ConfirmCheck, TighteningCheck
from station_app.domain.job import Mark
from station_app.domain.master import Tool
from station_app.domain.outcome import Outcome
from station_app.domain.records import TighteningResult
from station_app.domain.rules import Refusal
from tests.unit.domain.rules.bench import JobBench, limits, only, sample, step, work_master

TYPED = TighteningCheck(
    id="cover",
    title="Cover screws",
    characteristic="cover",
    torque=limits("8.0", "10.0", "Nm"),
    angle=limits("30", "60", "°"),
    count=3,
    tool_class="torque driver",
)
BY_TOOL = TighteningCheck(
    id="cover",
    title="Cover screws",
    characteristic="cover",
    torque=limits("8.0", "10.0", "Nm"),
    angle=limits("30", "60", "°"),
    count=2,
    torque_tag="tool.torque",
    angle_tag="tool.angle",
    cycle_tag="tool.cycles",
)
END = step("end", ConfirmCheck(id="end", title="Done"))
DRIVER = Tool(id="TD-1", title="Torque driver", sort="tool", tool_class="torque driver")


@pytest.fixture
def bench() -> JobBench:
    made = JobBench(work_master(step("cover", TYPED), END))
    made.commit(rules.scan_tool(made.job, DRIVER, "2025-11-20", 0))
    return made


def turn(bench: JobBench, torque: str, angle: str, index: int | None = None) -> TighteningResult:
    return only(bench.commit(rules.tighten(bench.job, "cover", torque, angle, 0, index)), TighteningResult)


def test_all_screws_pass_and_the_step_goes_on(bench: JobBench) -> None:
    results = [turn(bench, "9.0", "45") for _ in range(3)]
    assert [(r.index, r.count, r.tool, r.torque_lower, r.angle_upper) for r in results] == [
        (1, 3, "TD-1", "8.0", "60"),
        (2, 3, "TD-1", "8.0", "60"),
        (3, 3, "TD-1", "8.0", "60"),
    ]
    assert bench.step_id == "end"


@pytest.mark.parametrize(("torque", "angle"), [("7.9", "45"), ("10.01", "45"), ("9.0", "29"), ("9.0", "61")])
def test_a_failed_screw_stops_the_step_and_comes_next(bench: JobBench, torque: str, angle: str) -> None:
    turn(bench, "9.0", "45")
    failed = turn(bench, torque, angle)
    assert (failed.index, failed.outcome) == (2, Outcome.FAIL)
    assert bench.check("cover").mark is Mark.FAILED
    assert rules.next_screw(bench.check("cover")) == 2
    again = turn(bench, "9.5", "40")
    assert (again.index, again.supersedes) == (2, bench.rows[-2].rec_id), "both are kept"
    assert bench.check("cover").mark is Mark.OPEN
    turn(bench, "9.0", "45")
    assert bench.step_id == "end"


def test_the_last_screw_does_not_pass_while_another_has_failed(bench: JobBench) -> None:
    turn(bench, "7.0", "45", 1)
    turn(bench, "9.0", "45", 2)
    turn(bench, "9.0", "45", 3)
    assert (bench.step_id, bench.check("cover").mark) == ("cover", Mark.FAILED)
    turn(bench, "9.0", "45")
    assert bench.step_id == "end"


@pytest.mark.parametrize(
    ("torque", "angle", "index", "why"),
    [
        ("9,0", "45", None, "comma"),
        ("9.0", "", None, "Type or measure"),
        ("9.0", "45", 4, "no screw 4"),
        ("9.00001", "45", None, "decimals"),
    ],
)
def test_what_is_no_result_is_refused(bench: JobBench, torque: str, angle: str, index: int | None, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        rules.tighten(bench.job, "cover", torque, angle, 0, index)


def test_without_the_tool_it_is_not_known_which_one_was_used() -> None:
    bench = JobBench(work_master(step("cover", TYPED), END))
    with pytest.raises(Refusal, match="Scan the torque driver first"):
        rules.tighten(bench.job, "cover", "9.0", "45", 0)


@pytest.fixture
def connected() -> JobBench:
    return JobBench(work_master(step("cover", BY_TOOL), END))


def test_each_cycle_of_a_connected_tool_is_taken_once(connected: JobBench) -> None:
    taken = rules.take_tightening(connected.job, "cover", sample(9.0), sample(45), "101", 0)
    fact = only(connected.commit(taken), TighteningResult)
    assert (fact.torque_text, fact.angle_text, fact.source, fact.result_id) == ("9.0", "45", "tool.torque", "101")
    with pytest.raises(Refusal, match="no cycle since the last result"):
        rules.take_tightening(connected.job, "cover", sample(9.0), sample(45), "101", 0)
    connected.commit(rules.take_tightening(connected.job, "cover", sample(9.1), sample(44), "102", 0))
    assert connected.step_id == "end"


@pytest.mark.parametrize("bad", ["torque", "angle"])
def test_a_result_without_good_quality_is_an_error_and_the_screw_is_tightened_again(
    connected: JobBench, bad: str
) -> None:
    lost = sample(9.0, Quality.BAD, "BadCommunicationError")
    torque, angle = (lost, sample(45)) if bad == "torque" else (sample(9.0), lost)
    facts = rules.take_tightening(connected.job, "cover", torque, angle, "101", 0)
    fact = only(connected.commit(facts), TighteningResult)
    assert (fact.outcome, fact.quality, fact.status) == (Outcome.ERROR, "Bad", "BadCommunicationError")
    assert connected.check("cover").note == "BadCommunicationError"
    assert rules.next_screw(connected.check("cover")) == 1


def test_a_connected_tool_is_not_typed_and_a_tool_without_tags_is_not_read(
    bench: JobBench, connected: JobBench
) -> None:
    with pytest.raises(Refusal, match="taken from the tool"):
        rules.tighten(connected.job, "cover", "9.0", "45", 0)
    with pytest.raises(Refusal, match="no connected tool"):
        rules.take_tightening(bench.job, "cover", sample(9.0), sample(45), "1", 0)
    with pytest.raises(Refusal, match="has delivered no value"):
        rules.take_tightening(connected.job, "cover", None, None, "1", 0)
