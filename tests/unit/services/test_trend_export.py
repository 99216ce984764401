"""Trends as a table: every sample with its quality, summaries where there are too many, gaps with their reasons."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from drivers.base import Value
from station_app.services.trend_export import COLUMNS, ExportedTag, csv_rows
from station_app.storage.historian import SqliteTrendHistory
from tests.bench_station import ASM_10
from tests.trend_station import store

START_S = 1_795_000_000.0


def table(folder: Path, values: list[Value], most_samples: int = 1000, tag: str = "force") -> list[dict[str, str]]:
    times = START_S + np.arange(float(len(values)))
    history = SqliteTrendHistory(store(folder, {tag: (times, values)}), ASM_10)
    pieces = csv_rows(
        history, [ExportedTag(tag, "Force", "kN")], int(START_S * 1e6), int((START_S + 1e6) * 1e6), most_samples
    )
    text = b"".join(pieces).decode("utf-8-sig")
    history.close()
    assert text.splitlines()[0] == ",".join(COLUMNS)
    return list(csv.DictReader(io.StringIO(text)))


def test_every_sample_stands_with_its_quality(tmp_path: Path) -> None:
    rows = table(tmp_path, [1.5, None, 2.25])
    assert [(row["value"], row["quality"], row["status"]) for row in rows[:3]] == [
        ("1.5", "Good", "Good"), ("", "Bad", "BadCommunicationError"), ("2.25", "Good", "Good"),
    ]  # fmt: skip
    assert rows[0]["time_utc"] == "2026-11-18T11:06:40.000000Z" and rows[0]["unit"] == "kN"
    assert rows[3]["status"].startswith("quality: BadCommunicationError until 2026-11-18T11:06:4")


def test_too_many_samples_are_summed_up(tmp_path: Path) -> None:
    rows = table(tmp_path, [float(n % 7) for n in range(200_000)], most_samples=1000)
    assert 1000 < len(rows) <= 20_010 and {row["value"] for row in rows} == {""}
    assert sum(int(row["samples"]) for row in rows) == 200_000
    assert float(rows[5]["minimum"]) <= float(rows[5]["mean"]) <= float(rows[5]["maximum"])


def test_a_text_from_a_machine_becomes_no_formula(tmp_path: Path) -> None:
    rows = table(tmp_path, ["=cmd()", "@x", "-lot 5", 'a,"b"\nc', "-5"])
    assert [row["value"] for row in rows] == ["'=cmd()", "'@x", "'-lot 5", 'a,"b"\nc', "-5"]
