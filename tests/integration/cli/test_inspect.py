"""`station inspect` on files: NIST's results, units, plans, faults in one line, and CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.outcome import Outcome
from station_app.domain.records import AttributeInspected, Measurement, SampleMeasured
from station_app.services.inspection_export import COLUMNS, results_csv
from tests.integration.cli.calling import call_station
from tests.shared_data import shared_data
from tests.shared_database import STATION_A, ChainWriter
from tests.unit.domain.inspection.test_qif import UNITS, document

PLAN = """[[plan]]
id = "p"
product = "GX-40"
operation = "inspection"
[[plan.characteristic]]
id = "bore"
title = "Bore"
balloon = 7
limits = { unit = "mm", lower = 4.4, upper = 4.6 }
"""


def test_nists_covers_as_text_and_as_json() -> None:
    file = shared_data("nist/cover_results.qif")
    text = call_station("inspect", "import-qif", file)
    assert text.returncode == 1, "one value is out of tolerance"
    assert "560 values of nist_mtc_crada_cover, 1 out of tolerance" in text.stdout
    assert "Flatness 1               0.078  [- to 0.05] FAIL" in text.stdout
    assert "The file declares no unit for lengths" in text.stdout
    answer = json.loads(call_station("inspect", "import-qif", file, "--json").stdout)
    assert (answer["count"], len(answer["values"]), len(answer["out_of_tolerance"])) == (560, 560, 1)
    assert answer["out_of_tolerance"][0] | {"nominal": None} == {
        "part": "20", "characteristic": "Flatness 1", "designator": "", "type": "Flatness", "value": "0.078", "unit": "",
        "nominal": None, "lower": None, "upper": "0.05", "status": "FAIL", "outcome": "FAIL",
    }  # fmt: skip


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    file = tmp_path / "plan.toml"
    file.write_text(PLAN, encoding="utf-8")
    return file


def test_values_are_linked_to_a_plan_in_its_unit(tmp_path: Path, plan: Path) -> None:
    file = tmp_path / "bore.qif"
    file.write_bytes(document(units=UNITS.format(linear="inch", factor="0.0254"), value="4.55"))
    answer = call_station("inspect", "import-qif", file, "--plan", plan, "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["linked"] == [
        {"part": "S-1", "characteristic": "bore", "value": "115.57", "unit": "mm"}
    ]


def test_missing_units_end_with_one_line_that_says_what_to_do(tmp_path: Path, plan: Path) -> None:
    file = tmp_path / "bore.qif"
    file.write_bytes(document(units=""))
    refused = call_station("inspect", "import-qif", file, "--plan", plan)
    assert refused.returncode == 2 and len(refused.stderr.splitlines()) == 1
    assert "declares no unit for 4.55, the plan wants mm" in refused.stderr and "--unit mm" in refused.stderr
    assert call_station("inspect", "import-qif", file, "--plan", plan, "--unit", "mm").returncode == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<a", "it is no XML"), (b"\x89PNG\r\n", "it is no XML"), (document(value="NaN"), "is no measured value"),
        (document(head="<!DOCTYPE q>"), "it has a DOCTYPE"),
    ],
)  # fmt: skip
def test_what_is_no_qif_is_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "x.qif"
    file.write_bytes(content)
    refused = call_station("inspect", "import-qif", file)
    assert refused.returncode == 2 and told in refused.stderr and len(refused.stderr.splitlines()) == 1


def test_a_file_that_is_not_there_and_a_plan_with_faults(tmp_path: Path, plan: Path) -> None:
    assert call_station("inspect", "import-qif", tmp_path / "none.qif").returncode == 3
    file = tmp_path / "bore.qif"
    file.write_bytes(document())
    plan.write_text(PLAN.replace("lower = 4.4", "lower = 4.7"), encoding="utf-8")
    refused = call_station("inspect", "import-qif", file, "--plan", plan)
    assert refused.returncode == 2 and "are they swapped?" in refused.stderr


# --- CSV --------------------------------------------------------------------------------------------------------------

ON_STEP: dict[str, Any] = {"job_id": "j", "serial": "U-1", "order_id": "o", "operation": "insp", "step_id": "s"}
BY_PLAN: dict[str, Any] = {
    "sample_id": "s",
    "inspection_id": "i",
    "plan_id": "p",
    "plan_version": "B",
    "plan_sha256": "",
    "product": "P",
}


def exported(**which: str) -> list[dict[str, str]]:
    chain = ChainWriter(STATION_A)
    first = chain.row(
        SampleMeasured(
            **ON_STEP, **BY_PLAN, characteristic="bore", readings=("+20.020", "20.022"), value_text="20.0210",
            range_text="0.002", unit="mm", upper_limit="20.013", decimals=3, source="gauge", gauge="BG-1",
            raw_text='=cmd|"x"', outcome=Outcome.FAIL,
        )
    )  # fmt: skip
    chain.row(
        Measurement(
            **ON_STEP, supersedes=first.rec_id, characteristic="bore", value_text="20.005", unit="mm", source="keypad",
            outcome=Outcome.PASS,
        )
    )  # fmt: skip
    chain.row(
        AttributeInspected(
            **{**ON_STEP, "serial": "", "job_id": ""}, **BY_PLAN, characteristic="look", lot="L-1", sample_no=3,
            nonconforming=1, text="Scratch, deep", outcome=Outcome.FAIL,
        )
    )  # fmt: skip
    chain.row()
    return list(csv.DictReader(io.StringIO(results_csv(chain.rows, **which))))


def test_every_result_is_a_row_with_what_superseded_it() -> None:
    first, second, third = exported()
    assert tuple(first) == COLUMNS
    assert (first["value"], first["readings"], first["range"], first["outcome"], first["gauge"]) == (
        "20.0210", "+20.020 20.022", "0.002", "FAIL", "BG-1",
    )  # fmt: skip
    assert first["superseded_by"] == second["rec_id"] and second["superseded_by"] == ""
    assert (third["lot"], third["piece"], third["value"], third["readings"]) == ("L-1", "3", "1", "Scratch, deep")
    assert first["time"].endswith("Z") and first["inspector"] == "p.novak"


def test_no_cell_is_a_formula_for_a_spreadsheet() -> None:
    assert exported()[0]["as_it_arrived"] == '\'=cmd|"x"', "and a signed number stays a number"
    assert exported()[0]["readings"].startswith("+20.020")


def test_one_unit_or_one_lot() -> None:
    assert [row["characteristic"] for row in exported(lot="L-1")] == ["look"]
    assert [row["serial"] for row in exported(serial="U-1")] == ["U-1", "U-1"]
