"""Machine values over a time: held long enough, and judged over the step with its bad seconds."""

from __future__ import annotations

import pytest

from drivers.base import Quality
from station_app.domain import rules
from station_app.domain.checks import ConfirmCheck, MachineValueCheck, MeasureCheck
from station_app.domain.job import Mark
from station_app.domain.machine_watch import HoldWatch, WindowWatch
from station_app.domain.outcome import Outcome
from station_app.domain.records import MachineWindow, Measurement
from station_app.domain.rules import Refusal
from tests.unit.domain.rules.bench import SECOND, JobBench, limits, only, sample, step, work_master

BAR = limits("5.0", "6.0", "bar")
HOLD = MachineValueCheck(
    id="tight", title="Leak test", characteristic="pressure", tag="bench.p", limits=BAR, mode="wait", hold_s=10.0
)
PEAK = MachineValueCheck(
    id="peak", title="Peak", characteristic="peak", tag="bench.p", limits=BAR, mode="window", statistic="maximum"
)
GAUGE = MeasureCheck(id="bore", title="Bore", characteristic="bore", limits=limits("1", "2", "mm"), tag="gauge.bore")
MASTER = work_master(
    step("tight", HOLD), step("peak", PEAK), step("bore", GAUGE), step("end", ConfirmCheck(id="end", title="Done"))
)


@pytest.fixture
def bench() -> JobBench:
    return JobBench(MASTER)


def held(bench: JobBench, seconds: float) -> HoldWatch:
    watch = HoldWatch(BAR)
    watch.feed(sample(5.5), bench.now_ns)
    bench.wait(seconds)
    return watch


def test_a_wait_is_refused_until_the_value_has_held(bench: JobBench) -> None:
    watch = held(bench, 9)
    with pytest.raises(Refusal, match=r"must stay at 5\.0 to 6\.0 bar for 10 s; it has for 9 s"):
        rules.record_held(bench.job, "tight", watch, "modbus://x", bench.now)
    bench.wait(1)
    fact = only(bench.commit(rules.record_held(bench.job, "tight", watch, "modbus://x", bench.now)), MachineWindow)
    assert (fact.mode, fact.outcome, fact.until_us - fact.from_us) == ("held", Outcome.PASS, 10_000_000)
    assert bench.step_id == "peak"


def test_a_wait_says_what_keeps_it(bench: JobBench) -> None:
    watch = held(bench, 5)
    watch.feed(sample(5.5, Quality.BAD, "BadNoCommunication"), bench.now_ns)
    with pytest.raises(Refusal, match="it is not: BadNoCommunication"):
        rules.record_held(bench.job, "tight", watch, "", bench.now)


@pytest.fixture
def peaking(bench: JobBench) -> JobBench:
    bench.commit(rules.record_held(bench.job, "tight", held(bench, 10), "", bench.now))
    return bench


@pytest.mark.parametrize(("top", "outcome"), [(5.9, Outcome.PASS), (6.0, Outcome.PASS), (6.1, Outcome.FAIL)])
def test_a_window_judges_its_statistic(peaking: JobBench, top: float, outcome: Outcome) -> None:
    watch = WindowWatch(peaking.now_ns)
    watch.feed(sample(5.2), peaking.now_ns)
    peaking.wait(4)
    watch.feed(sample(top), peaking.now_ns)
    peaking.wait(1)
    watch.feed(sample(5.1), peaking.now_ns)
    fact = only(peaking.commit(rules.record_window(peaking.job, "peak", watch, "", peaking.now)), MachineWindow)
    assert (fact.outcome, fact.value_text, fact.statistic, fact.samples) == (outcome, repr(top), "maximum", 3)
    assert fact.until_us - fact.from_us == 5_000_000
    assert (peaking.step_id == "bore") == (outcome is Outcome.PASS)


@pytest.mark.parametrize(("bad_s", "outcome"), [(1.0, Outcome.PASS), (1.1, Outcome.ERROR)])
def test_too_many_bad_seconds_are_an_error_and_not_a_failure(peaking: JobBench, bad_s: float, outcome: Outcome) -> None:
    watch = WindowWatch(peaking.now_ns)
    watch.feed(sample(5.5), peaking.now_ns)
    peaking.wait(10 - bad_s)
    watch.feed(sample(None, Quality.BAD, "BadTimeout"), peaking.now_ns)
    peaking.wait(bad_s)
    fact = only(peaking.commit(rules.record_window(peaking.job, "peak", watch, "", peaking.now)), MachineWindow)
    assert (fact.outcome, fact.bad_s) == (outcome, bad_s)
    if outcome is Outcome.ERROR:
        assert (peaking.check("peak").mark, peaking.check("peak").note) == (Mark.FAILED, "BadTimeout")


def test_after_a_restart_a_window_lacks_what_was_not_seen(peaking: JobBench) -> None:
    peaking.wait(30)
    peaking.crash(5)
    watch = WindowWatch(peaking.now_ns)
    watch.feed(sample(5.5), peaking.now_ns)
    peaking.wait(20)
    fact = only(rules.record_window(peaking.job, "peak", watch, "", peaking.now), MachineWindow)
    assert fact.outcome is Outcome.ERROR
    assert fact.bad_s == pytest.approx(35.0)
    assert peaking.now_ns == 65 * SECOND


def test_a_reading_from_a_connected_gauge(peaking: JobBench) -> None:
    watch = WindowWatch(peaking.now_ns)
    watch.feed(sample(5.5), peaking.now_ns)
    peaking.commit(rules.record_window(peaking.job, "peak", watch, "", peaking.now))
    with pytest.raises(Refusal, match="has delivered no value yet"):
        rules.measure_from_tag(peaking.job, "bore", None, 0)
    bad = sample(1.5, Quality.UNCERTAIN, "UncertainLastUsableValue")
    fact = only(peaking.commit(rules.measure_from_tag(peaking.job, "bore", bad, 0)), Measurement)
    assert (fact.outcome, fact.quality, fact.source) == (Outcome.ERROR, "Uncertain", "gauge.bore")
    fact = only(peaking.commit(rules.measure_from_tag(peaking.job, "bore", sample(1.5), 0)), Measurement)
    assert (fact.outcome, fact.value_text) == (Outcome.PASS, "1.5")
    assert peaking.step_id == "end"
