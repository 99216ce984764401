"""Components and tools: part number, serial or lot, expiry, class, status, calibration."""

from __future__ import annotations

import pytest

from station_app.domain import rules
from station_app.domain.checks import ConfirmCheck, MeasureCheck, ScanCheck, ToolCheck
from station_app.domain.job import Mark
from station_app.domain.master import Material, Tool
from station_app.domain.outcome import Outcome
from station_app.domain.records import MaterialConsumed, Measurement, ToolUsed
from station_app.domain.rules import Refusal
from station_app.domain.scan import ComponentScan
from tests.unit.domain.rules.bench import JobBench, limits, only, step, work_master

GLUE = Material(id="GLUE", title="Adhesive", lots={"G-1": 9.0, "G-2": 9.0, "G-3": 9.0})
SEAL = Material(id="SEAL", title="Seal", lots={"S-1": 9.0})
TODAY = "2025-11-20"
DRIVER = Tool(id="TD-1", title="Torque driver", sort="tool", tool_class="torque driver", calibration_due=TODAY)
OLD = Tool(id="TD-2", title="Torque driver", sort="tool", tool_class="torque driver", calibration_due="2025-11-19")
HELD = Tool(id="TD-3", title="Torque driver", sort="tool", tool_class="torque driver", status="held")
CALIPER = Tool(id="CA-1", title="Caliper", sort="gauge", tool_class="caliper")
MASTER = work_master(
    step(
        "glue",
        ScanCheck(id="seal", title="Scan the seal", material="SEAL"),
        ScanCheck(id="glue", title="Scan the adhesive", material="GLUE", needs_expiry=True),
    ),
    step("tool", ToolCheck(id="tool", title="Scan the driver", tool_class="torque driver")),
    step(
        "bore",
        MeasureCheck(
            id="bore", title="Bore", characteristic="bore", limits=limits("1", "2", "mm"), gauge_class="caliper"
        ),
    ),
    step("end", ConfirmCheck(id="end", title="Done")),
)


@pytest.fixture
def bench() -> JobBench:
    return JobBench(MASTER)


def test_components_may_be_scanned_in_any_order(bench: JobBench) -> None:
    glue = rules.scan_component(bench.job, ComponentScan(GLUE, lot="G-1", expiry="2026-01-31"), None, 0, TODAY)
    assert only(bench.commit(glue), MaterialConsumed).check_id == "glue"
    bench.commit(rules.scan_component(bench.job, ComponentScan(SEAL, lot="S-1"), None, 0, TODAY))
    assert bench.step_id == "tool"


@pytest.mark.parametrize(
    ("scan", "why"),
    [
        (ComponentScan(GLUE, lot="G-1", expiry="2025-11-19"), "G-1 expired on 2025-11-19"),
        (ComponentScan(GLUE, lot="G-2"), "No expiry date is known of G-2"),
        (ComponentScan(SEAL, lot="S-1", expiry="2020-01-01"), "expired"),
    ],
)
def test_an_expired_or_undated_lot_is_refused(bench: JobBench, scan: ComponentScan, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        rules.scan_component(bench.job, scan, None, 0, TODAY)


def test_a_lot_may_be_used_on_its_last_day(bench: JobBench) -> None:
    assert rules.scan_component(bench.job, ComponentScan(GLUE, lot="G-1", expiry=TODAY), None, 0, TODAY)


@pytest.fixture
def tooling(bench: JobBench) -> JobBench:
    bench.commit(rules.scan_component(bench.job, ComponentScan(SEAL, lot="S-1"), None, 0, TODAY))
    bench.commit(rules.scan_component(bench.job, ComponentScan(GLUE, lot="G-1", expiry=TODAY), None, 0, TODAY))
    return bench


@pytest.mark.parametrize(
    ("tool", "why"),
    [
        (OLD, "its calibration ended on 2025-11-19"),
        (HELD, "is held"),
        (CALIPER, "is a caliper; this step needs a torque driver"),
    ],
)
def test_a_tool_that_may_not_be_used_is_recorded_and_passes_nothing(tooling: JobBench, tool: Tool, why: str) -> None:
    fact = only(tooling.commit(rules.scan_tool(tooling.job, tool, TODAY, 0)), ToolUsed)
    assert fact.outcome is Outcome.FAIL
    assert why in fact.reason
    assert (tooling.step_id, tooling.check("tool").mark) == ("tool", Mark.FAILED)
    assert tooling.job.tools == {}
    good = only(tooling.commit(rules.scan_tool(tooling.job, DRIVER, TODAY, 0)), ToolUsed)
    assert good.supersedes, "the refused one is kept"
    assert (tooling.step_id, tooling.job.tools) == ("bore", {"torque driver": "TD-1"})


def test_the_calibration_is_good_until_the_end_of_its_day(tooling: JobBench) -> None:
    fact = only(rules.scan_tool(tooling.job, DRIVER, TODAY, 0), ToolUsed)
    assert (fact.outcome, fact.due_us) == (Outcome.PASS, 1_763_683_199_999_999)


def test_a_gauge_that_was_scanned_is_the_one_of_the_measurement(tooling: JobBench) -> None:
    tooling.commit(rules.scan_tool(tooling.job, DRIVER, TODAY, 0))
    tooling.commit(rules.scan_tool(tooling.job, CALIPER, TODAY, 0))
    assert tooling.step_id == "bore", "a gauge in hand measures nothing by itself"
    assert only(tooling.commit(rules.measure(tooling.job, "bore", "1.50", 0)), Measurement).gauge == "CA-1"


def test_a_tool_that_nobody_needs_is_not_recorded(bench: JobBench) -> None:
    with pytest.raises(Refusal, match=r"This step needs no tool\. TD-1 Torque driver was not recorded"):
        rules.scan_tool(bench.job, DRIVER, TODAY, 0)
