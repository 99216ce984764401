"""`station spc`: the same figures as the published ones, every digit in JSON, and one line for what cannot be computed."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.quality.constants import d2, factors
from tests.integration.cli.calling import Called, call_station
from tests.plant import run_station
from tests.unit.domain.quality.published import CUSUM_READINGS, EWMA_READINGS, FLOW_RATES, WAFERS, shared

ROWS = [[10.0, 11.0, 12.0], [11.0, 12.0, 10.5], [9.0, 10.0, 11.5], [10.0, 10.5, 11.0]]


@pytest.fixture
def csv(tmp_path: Path) -> Any:
    """Writes a text to a file and answers its path."""

    def write(text: str | bytes) -> Path:
        file = tmp_path / "readings.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    return write


def column(readings: list[float] | list[int]) -> str:
    return "\n".join(repr(reading) for reading in readings) + "\n"


def table(rows: list[list[float]]) -> str:
    return "\n".join(",".join(repr(value) for value in row) for row in rows) + "\n"


def answer(*arguments: str | Path) -> dict[str, Any]:
    """The JSON of a command that succeeds."""
    called = call_station("spc", *arguments, "--json")
    assert (called.returncode, called.stderr) == (0, "")
    found: dict[str, Any] = json.loads(called.stdout)
    return found


def refused(*arguments: str | Path) -> str:
    """The line of a command that is not understood."""
    called: Called = call_station("spc", *arguments)
    assert (called.returncode, called.stdout) == (2, "")
    assert len(called.stderr.strip().splitlines()) == 1
    return called.stderr.strip()


def test_a_chart_in_json_has_every_digit_and_one_number_for_what_does_not_vary(csv: Any) -> None:
    found = answer("chart", csv(table(ROWS)), "--chart", "xbar-r")
    r_bar, center = (2 + 1.5 + 2.5 + 1) / 4, 128.5 / 12
    assert found["center"] == pytest.approx(center, rel=1e-15)
    assert found["ucl"] == pytest.approx(center + factors(3).a2 * r_bar, rel=1e-14)
    assert found["lcl"] == pytest.approx(center - factors(3).a2 * r_bar, rel=1e-14)
    assert (found["sigma"], found["estimator"]) == (pytest.approx(r_bar / d2(3), rel=1e-15), "rbar")
    assert found["points"] == pytest.approx([11, 33.5 / 3, 30.5 / 3, 10.5], rel=1e-15)
    assert (found["violations"], found["stable"]) == ([], True)
    assert found["range"]["center"] == pytest.approx(r_bar, rel=1e-15)
    assert found["range"]["lcl"] == 0
    assert found["range"]["points"] == [2, 1.5, 2.5, 1]


def test_the_settings_of_ewma_and_cusum_stand_beside_the_result(csv: Any) -> None:
    file = csv(column(EWMA_READINGS))
    assert answer("chart", file, "--chart", "ewma", "--lambda", "0.3")["settings"] == {
        "lambda": 0.3, "width": 3.0, "asymptotic": False
    }  # fmt: skip
    chosen = ("chart", file, "--chart", "cusum", "--target", "50", "--k", "1", "--sigma", "2")
    assert answer(*chosen)["settings"] == {"target": 50, "k": 1, "h": 10}
    assert "target 50, k 1, h 10" in call_station("spc", *chosen).stdout
    assert "settings" in answer("chart", file, "--chart", "i-mr")


def test_violations_name_rule_point_and_members_from_1(csv: Any) -> None:
    readings = [10.0] * 3 + [13.5] + [10.5] * 9
    found = answer("chart", csv(column(readings)), "--chart", "i-mr", "--center", "10", "--sigma", "1")
    assert {"rule": "nelson-1", "index": 4, "members": [4]} in found["violations"]
    assert {"rule": "nelson-2", "index": 12, "members": list(range(4, 13))} in found["violations"]
    we = answer("chart", csv(column(readings)), "--chart", "i-mr", "--center", "10", "--sigma", "1", "--rules", "we")
    assert [each["rule"] for each in we["violations"]] == ["we-1", "we-4", "we-4", "we-4"]
    none = answer(
        "chart", csv(column(readings)), "--chart", "i-mr", "--center", "10", "--sigma", "1", "--rules", "none"
    )
    assert none["violations"] == none["mr"]["violations"] == []


def test_individuals_of_the_nist_handbook(csv: Any) -> None:
    found = answer("chart", csv("flow\n" + column(FLOW_RATES)), "--chart", "i-mr")
    assert (found["center"], found["lcl"], found["ucl"]) == pytest.approx((50.81, 45.8159, 55.8041), abs=2e-3)
    assert found["mr"]["points"][0] is None
    assert len(found["mr"]["points"]) == 10
    as_printed = answer("chart", csv(column(FLOW_RATES)), "--chart", "i-mr", "--constants", "table")
    assert as_printed["ucl"] == pytest.approx(55.8041, abs=1e-4)


def test_published_charts_from_the_shared_files() -> None:
    found = answer("chart", shared("spc/montgomery_6_1_hardbake.csv"), "--chart", "xbar-r")
    assert (found["center"], found["range"]["center"]) == pytest.approx((1.5056, 0.32521), abs=5e-5)
    p = answer("chart", shared("spc/montgomery_7_4_p_variable_n.csv"), "--chart", "p")
    assert p["center"] == pytest.approx(0.0955, abs=5e-5)
    assert len(p["ucl"]) == len(p["lcl"]) == len(p["points"]) == 25
    assert [each["index"] for each in p["violations"] if each["rule"] == "nelson-1"] == [11]
    gauge = answer("gauge-rr", shared("spc/aiag_msa_grr.csv"), "--tolerance", "8")
    assert gauge["components"]["gauge_rr"]["study_variation_percent"] == pytest.approx(27.86, abs=5e-3)
    assert (gauge["ndc"], gauge["pooled"]) == (4, True)
    assert gauge["anova"]["part"]["sum_of_squares"] == pytest.approx(88.3619, abs=5e-5)
    by_range = answer("gauge-rr", shared("spc/aiag_msa_grr.csv"), "--method", "range")
    assert by_range["ndc"] == 5


def test_ewma_and_cusum_of_the_nist_handbook(csv: Any) -> None:
    given = ["--center", "50", "--sigma", "2.0539", "--lambda", "0.3", "--width", "3"]
    found = answer("chart", csv(column(EWMA_READINGS)), "--chart", "ewma", *given)
    assert found["ucl"][0] == pytest.approx(50 + 3 * 2.0539 * 0.3, rel=1e-14)
    assert found["points"][-1] == pytest.approx(51.99, abs=5e-3)
    long = answer("chart", csv(column(EWMA_READINGS)), "--chart", "ewma", *given, "--asymptotic")
    assert long["ucl"] == pytest.approx(52.5884, abs=1e-4)
    sums = ["--target", "325", "--k", "0.3175", "--h", "4.1959"]
    cusum = answer("chart", csv(column(CUSUM_READINGS)), "--chart", "cusum", *sums)
    assert [each["index"] for each in cusum["violations"]] == list(range(14, 21))
    assert cusum["points"][-1] == pytest.approx(19.04, abs=1.1e-2)
    assert cusum["lower"]["points"][7] == pytest.approx(0.72, abs=1e-2)


@pytest.mark.parametrize("text", [column(WAFERS), "count,size\n" + "".join(f"{count},1\n" for count in WAFERS)])
def test_counts_with_and_without_a_size(csv: Any, text: str) -> None:
    found = answer("chart", csv(text), "--chart", "c")
    assert (found["center"], found["lcl"], found["ucl"]) == (16, 4, 28)
    assert [each["index"] for each in found["violations"] if each["rule"] == "nelson-1"] == [24]


def test_an_incomplete_last_row_moves_no_limit(csv: Any) -> None:
    whole = answer("chart", csv(table(ROWS)), "--chart", "xbar-s")
    growing = answer("chart", csv(table([*ROWS, [99.0]])), "--chart", "xbar-s")
    assert (growing["ucl"], growing["s"]["ucl"], growing["incomplete"]) == (whole["ucl"], whole["s"]["ucl"], 5)


def test_a_baseline_and_stages(csv: Any) -> None:
    rows = [*ROWS, [20.0, 21.0, 22.0], [20.0, 21.0, 22.5]]
    fixed = answer("chart", csv(table(rows)), "--chart", "xbar-r", "--baseline", "4")
    assert [each["index"] for each in fixed["violations"] if each["rule"] == "nelson-1"] == [5, 6]
    staged = answer("chart", csv(table(rows)), "--chart", "xbar-r", "--stage", "5")
    assert len(set(staged["center"])) == 2
    assert len(staged["limits"]) == 2


def test_conventions_of_the_rules_are_options_and_are_told(csv: Any) -> None:
    rising = column([10.0, 10.1, 10.2, 10.3, 10.4, 10.5])
    given = ["--chart", "i-mr", "--center", "10", "--sigma", "1"]
    assert [each["rule"] for each in answer("chart", csv(rising), *given)["violations"]] == ["nelson-3"]
    steps = answer("chart", csv(rising), *given, "--trend", "steps", "--rule-8", "either")
    assert steps["violations"] == []
    assert (steps["rules"]["trend_counts"], steps["rules"]["outside_sides"]) == ("steps", "either")


def test_capability_has_five_indices_with_intervals(csv: Any) -> None:
    found = answer("capability", csv(table(ROWS)), "--lsl", "-5", "--usl", "20.5", "--target", "10")
    for name in ("cp", "cpk", "cpm", "pp", "ppk"):
        assert found[name]["low"] < found[name]["value"] < found[name]["high"]
    assert (found["estimator"], found["degrees_of_freedom"], found["n"], found["stable"]) == ("pooled", 8, 12, True)
    assert sum(found["histogram"]["counts"]) == 12
    one = answer("capability", csv(table(ROWS)), "--usl", "20", "--within", "rbar")
    assert one["cp"] == {"value": None, "low": None, "high": None}
    assert one["cpk"]["value"] == pytest.approx((20 - 128.5 / 12) / (3 * 1.75 / d2(3)), rel=1e-14)


def test_constant_readings_have_a_clear_answer(csv: Any) -> None:
    found = answer("capability", csv("5\n5\n5\n"), "--lsl", "4", "--usl", "6")
    assert found["cpk"]["value"] is None
    assert "spread is 0" in found["notes"][0]
    chart = answer("chart", csv("5\n5\n5\n"), "--chart", "i-mr")
    assert (chart["sigma"], chart["ucl"], chart["violations"]) == (0, 5, [])
    assert "sigma is 0" in chart["notes"][0]


def test_a_sampling_plan() -> None:
    found = answer("sampling-plan", "--lot", "5000", "--level", "II", "--aql", "1.0")
    assert {name: found[name] for name in ("code_letter", "n", "ac", "re")} == {
        "code_letter": "L",
        "n": 200,
        "ac": 5,
        "re": 6,
    }
    tight = answer("sampling-plan", "--lot", "5000", "--level", "II", "--aql", "1.0", "--severity", "tightened")
    assert (tight["n"], tight["ac"]) == (200, 3)
    whole = answer("sampling-plan", "--lot", "5", "--aql", "1.0")
    assert (whole["code_letter"], whole["plan_letter"], whole["n"], whole["full_inspection"]) == ("A", "E", 5, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chart", "FILE", "--chart", "xbar-r"], ["xbar-r chart, 4 points", "range: center", "no rule is broken"]),
        (["chart", "FILE", "--chart", "xbar-s", "--center", "5", "--sigma", "1"], ["nelson-1: one point beyond"]),
        (["capability", "FILE", "--lsl", "0", "--usl", "20"], ["Cpk", "pooled", "95% from"]),
        (["sampling-plan", "--lot", "5", "--aql", "1"], ["every unit of the lot", "by the arrows E"]),
        (["sampling-plan", "--lot", "500", "--aql", "1"], ["inspect 50 units", "1 or fewer"]),
    ],
)
def test_without_json_a_person_can_read_it(csv: Any, arguments: list[str], words: list[str]) -> None:
    file = csv(table(ROWS))
    called = call_station("spc", *(file if argument == "FILE" else argument for argument in arguments))
    assert (called.returncode, called.stderr) == (0, "")
    for word in words:
        assert word in called.stdout


def test_a_study_and_an_unstable_process_in_words(csv: Any) -> None:
    study = "".join(
        f"{part},{who},{part + len(who) + trial / 10}\n" for part in range(5) for who in ("A", "BB") for trial in (0, 1)
    )
    called = call_station("spc", "gauge-rr", csv(study), "--tolerance", "10")
    assert "number of distinct categories" in called.stdout
    assert "% tolerance" in called.stdout
    readings = column([10.0, 10.2, 9.9, 10.1, 10.0, 9.8, 10.1, 14.0, 10.0, 10.1])
    assert "NOT STABLE" in call_station("spc", "capability", csv(readings), "--lsl", "5", "--usl", "15").stdout


def test_a_long_chart_shows_only_what_is_broken(csv: Any) -> None:
    called = call_station("spc", "chart", csv(column([math.sin(at) for at in range(100)] + [9.0])), "--chart", "i-mr")
    assert "nelson-1" in called.stdout
    assert len(called.stdout.splitlines()) < 60


def test_bad_readings_are_one_line_with_row_and_column(csv: Any) -> None:
    chart = ["--chart", "xbar-r"]
    assert "readings.csv" in refused("chart", csv(""), *chart)
    assert "row 2, column 2: 'x' is not a number" in refused("chart", csv("1,2\n3,x\n"), *chart)
    assert "decimal comma: write 1.5" in refused("chart", csv("1;2\n1,5;2\n"), *chart)
    assert "too large" in refused("chart", csv("1,1e400\n"), *chart)
    assert "'NaN' is no reading" in refused("chart", csv("1,NaN\n"), *chart)
    assert "UTF-8" in refused("chart", csv(b"\x89PNG\r\n\xff\xff"), *chart)
    assert "one reading a row" in refused("chart", csv("1,5\n1,6\n"), "--chart", "i-mr")
    assert "use i-mr" in refused("chart", csv("1\n2\n"), *chart)
    assert "use u" in refused("chart", csv("count,size\n1,10\n2,20\n"), "--chart", "c")
    assert "11 nonconforming items of 10" in refused("chart", csv("count,size\n11,10\n"), "--chart", "p")
    assert "measured part 2 1 time," in refused("gauge-rr", csv("1,A,1\n1,A,1\n2,A,1\n1,B,1\n1,B,1\n2,B,1\n2,B,1\n"))
    assert answer("chart", csv("1,5\n1,6\n1,4\n"), "--chart", "i-mr", "--decimal-comma")["points"] == [1.5, 1.6, 1.4]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chart", "FILE", "--chart", "pie"], "choose from xbar-r, xbar-s"),
        (["chart", "FILE", "--chart", "xbar-r", "--rules", "mine"], "choose from nelson, we, none"),
        (["chart", "FILE", "--chart", "xbar-r", "--lambda", "0.2"], "--lambda is for ewma"),
        (["chart", "FILE", "--chart", "xbar-r", "--laney"], "--laney is for p and u"),
        (["chart", "FILE", "--chart", "xbar-r", "--baseline", "9"], "baseline of 9"),
        (["chart", "FILE", "--chart", "xbar-r", "--baseline", "-1"], "baseline of -1"),
        (["chart", "FILE", "--chart", "xbar-r", "--sigma", "nan"], "sigma nan"),
        (["chart", "FILE", "--chart", "ewma", "--lambda", "2"], "lambda 2"),
        (["chart", "FILE", "--chart", "cusum", "--h", "-1"], "h -1"),
        (["capability", "FILE"], "lower or an upper"),
        (["capability", "FILE", "--lsl", "2", "--usl", "1"], "are they swapped"),
        (["capability", "FILE", "--lsl", "1", "--usl", "1"], "must be below"),
        (["capability", "FILE", "--lsl", "1e400"], "lsl inf"),
        (["capability", "FILE", "--lsl", "1", "--within", "binomial"], "choose from pooled, rbar, sbar, mr"),
        (["gauge-rr", "FILE", "--method", "guess"], "choose from anova, range"),
        (["sampling-plan", "--lot", "1", "--aql", "1.0"], "inspect every unit"),
        (["sampling-plan", "--lot", "50", "--aql", "1.1"], "there is no AQL"),
        (["sampling-plan", "--lot", "50", "--level", "V", "--aql", "1"], "there is no inspection level"),
        (
            ["sampling-plan", "--lot", "50", "--aql", "1", "--severity", "mild"],
            "choose from normal, tightened, reduced",
        ),
    ],
)
def test_bad_options_are_one_line(csv: Any, arguments: list[str], said: str) -> None:
    file = csv(table(ROWS))
    assert said in refused(*(file if argument == "FILE" else argument for argument in arguments))


def test_zero_tolerance_is_refused(csv: Any) -> None:
    study = csv("1,A,1\n1,A,2\n2,A,1\n2,A,2\n1,B,1\n1,B,2\n2,B,1\n2,B,2\n")
    assert "tolerance 0 must be greater than 0" in refused("gauge-rr", study, "--tolerance", "0")


def test_a_file_that_is_not_there_is_not_possible_now(tmp_path: Path) -> None:
    called = call_station("spc", "chart", tmp_path / "none.csv", "--chart", "p")
    assert called.returncode == 3
    assert "none.csv" in called.stderr


@pytest.mark.skipif("CI_SLOW" in os.environ, reason="a machine without time")
def test_a_chart_loads_no_window_no_database_and_no_scipy(csv: Any) -> None:
    ran = run_station("spc", "chart", str(csv(table(ROWS))), "--chart", "xbar-r", PYTHONPROFILEIMPORTTIME="1")
    assert ran.returncode == 0
    for library in ("PySide6", "sqlalchemy", "cv2", "scipy"):
        assert f" {library}\n" not in ran.stderr, f"{library} is loaded for a chart"


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (("chart", "--chart", "i-mr"), "1\nabc\n"),
        (("chart", "--chart", "p"), "count,size\n-1,5\n"),
        (("capability", "--lsl", "0"), "1\n1e400\n"),
        (("gauge-rr",), "part,operator,value\nA,B,x\n"),
    ],
)
def test_what_is_wrong_in_a_file_names_the_file_and_its_row(csv: Any, command: tuple[str, ...], text: str) -> None:
    file = csv(text)
    assert refused(*command, file).startswith(f"{file}: row 2, column ")


def test_decimal_commas_name_the_option_for_them(csv: Any) -> None:
    assert refused("chart", csv("1;2\n1,5;2\n"), "--chart", "xbar-r").endswith(
        "'1,5' has a decimal comma: write 1.5, or give --decimal-comma for all"
    )
