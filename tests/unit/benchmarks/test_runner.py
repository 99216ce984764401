"""The benchmarks' command, on benchmarks that measure nothing."""

from __future__ import annotations

import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import runner
from tests.benchmarks.measuring import line


def fast(quick: bool) -> dict[str, Any]:
    return line("fast (ms)", 2.0 if quick else 20.0, 1.0, "<= 5 ms", quick, median_ms=1.5)


def two(_quick: bool) -> list[dict[str, Any]]:
    return [line("first (s)", 1, 2, "<= 3 s", True), line("second (s)", 3, 2, "<= 2 s", False)]


def broken(_quick: bool) -> dict[str, Any]:
    raise RuntimeError("no server")


def incomplete(_quick: bool) -> dict[str, Any]:
    return {"name": "half a result", "product": 1}


BENCHMARKS: dict[str, runner.Run] = {"fast": fast, "two": two}


def run(*arguments: str, benchmarks: dict[str, runner.Run] | None = None) -> tuple[int, list[str]]:
    out = io.StringIO()
    code = runner.main(arguments, out, benchmarks or BENCHMARKS)
    return code, out.getvalue().splitlines()


def test_without_a_name_all_are_run_and_a_missed_goal_is_no_error() -> None:
    code, lines = run("--json")
    assert code == 0
    assert [json.loads(said)["name"] for said in lines] == ["fast (ms)", "first (s)", "second (s)"]


def test_a_json_line_has_the_fields_of_the_agreement_and_more() -> None:
    _, lines = run("fast", "--json")
    found = json.loads(lines[0])
    assert list(found)[: len(runner.FIELDS)] == ["name", "product", "bare", "ratio", "goal", "met"]
    assert (found["product"], found["ratio"], found["met"], found["median_ms"]) == (20.0, 20.0, False, 1.5)


def test_quick_reaches_the_benchmark() -> None:
    _, lines = run("fast", "--quick", "--json")
    assert json.loads(lines[0])["product"] == 2.0


def test_only_the_named_ones_are_run_in_the_order_given() -> None:
    _, lines = run("two", "fast", "--json")
    assert [json.loads(said)["name"] for said in lines] == ["first (s)", "second (s)", "fast (ms)"]


def test_without_json_a_person_can_read_it() -> None:
    _, lines = run("two")
    assert lines[0].startswith("met     first (s)")
    assert lines[1].startswith("MISSED  second (s)")
    assert "goal <= 2 s" in lines[1]


def test_an_unknown_name_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run("fast", "slow")
    assert (code, lines) == (2, [])
    assert capsys.readouterr().err == "there is no benchmark slow; there are: fast, two\n"


def test_one_that_cannot_run_does_not_keep_the_others_from_running(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run("--json", benchmarks={"broken": broken, "incomplete": incomplete, "fast": fast})
    assert code == 1
    assert [json.loads(said)["name"] for said in lines] == ["fast (ms)"]
    told = capsys.readouterr().err
    assert "benchmark broken could not be run" in told
    assert "no server" in told
    assert "a result lacks bare, ratio, goal, met" in told


def test_every_name_is_a_module_and_every_module_has_a_name() -> None:
    folder = Path(runner.__file__).parent
    assert sorted(f"bench_{name}.py" for name in runner.NAMES) == sorted(p.name for p in folder.glob("bench_*.py"))
    assert all(importlib.util.find_spec(f"tests.benchmarks.bench_{name}") for name in runner.NAMES)
