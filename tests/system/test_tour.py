"""The demo's tour from its command to its count: windows that play, plugs that are pulled, and nothing lost."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from station_app.demo.plant import child_environment

STAGES = ("calm", "scan", "out-of-limits", "gauge", "unplugged", "plugged-in", "alarm", "trace")
WINDOWS = ("ASM-10", "INS-30", "overview")
TIMEOUT_S = 280
WIDTH_PX, HEIGHT_PX = 1920, 1080


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one tour, played by the real command."""
    folder = tmp_path_factory.mktemp("tour")
    command = [sys.executable, "-P", "-m", "station_app", "demo", "--tour", "--offscreen", str(folder)]
    played = subprocess.run(
        command, env=child_environment(), capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert played.returncode == 0, played.stdout + played.stderr
    return folder


def report(tour: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((tour / "tour.json").read_text(encoding="utf-8"))
    return loaded


def test_nothing_is_lost_and_nothing_doubled(tour: Path) -> None:
    counted = report(tour)
    assert counted["lost"] == counted["doubled"] == 0
    assert counted["records_made"] == counted["records_delivered"]
    with (tour / "server_log.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == ["station", "chan", "epoch", "seq", "rec_id", "kind"]
    places = Counter((line["station"], line["rec_id"]) for line in lines)
    assert len(places) == counted["records_delivered"] and set(places.values()) == {1}
    assert {f"{name}-journal.sqlite" for name in ("ASM-10", "ASM-20", "INS-30")} <= {p.name for p in tour.iterdir()}


def test_every_stage_has_a_picture_of_every_window_and_says_what_it_showed(tour: Path) -> None:
    stages = report(tour)["stages"]
    assert isinstance(stages, list)
    assert tuple(stage["name"] for stage in stages) == STAGES
    for stage in stages:
        assert stage["seconds"] > 0
        for window in WINDOWS:
            (picture,) = [name for name in stage["pictures"] if name.endswith(f"{stage['name']}-{window}.png")]
            content = (tour / picture).read_bytes()
            size = (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))
            assert size == (WIDTH_PX, HEIGHT_PX)
            assert stage["shown"][picture.removesuffix(".png")]


def test_the_stages_show_what_they_promise(tour: Path) -> None:
    stages = report(tour)["stages"]
    assert isinstance(stages, list)
    shown = {stage["name"]: " | ".join(" | ".join(texts) for texts in stage["shown"].values()) for stage in stages}
    assert "0.86 kN above the limit" in shown["out-of-limits"]
    assert "photo is kept" in shown["out-of-limits"]
    assert "4  Runout, Scan the dial gauge 0.001" in shown["gauge"]
    assert "its calibration ended on 2025-06-30" in shown["gauge"]
    for text in ("BadCommunicationError", "Press lost", "Offline", "no contact"):
        assert text in shown["unplugged"]
    assert "Server · 0 waiting" in shown["plugged-in"]
    assert "shelved until" in shown["alarm"]
    assert "14.86" in shown["trace"]
    assert (tour / "GX40-000127.pdf").read_bytes().startswith(b"%PDF")
