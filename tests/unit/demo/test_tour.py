"""What a tour does with a folder that an earlier one has written in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station_app.demo.tour import remove_earlier_tour


def test_an_earlier_tour_is_taken_away_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "film").mkdir()
    report = {"stages": [{"name": "calm", "pictures": ["01-calm-ASM-10.png", "../kept.png"]}]}
    kept = tmp_path.parent / "kept.png"
    for name in ("01-calm-ASM-10.png", "film/0007.png", "server_log.csv", "01-mine.png", "film/mine.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    kept.write_bytes(b"x")
    (tmp_path / "tour.json").write_text(json.dumps(report), encoding="utf-8")
    remove_earlier_tour(tmp_path)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {"01-mine.png", "mine.png", "notes.txt"}
    assert kept.exists()


@pytest.mark.parametrize("content", [b"", b"[1]", b'{"stages": 5}', b'{"stages": [{}]}', b"\xff", b"{}"])
def test_a_tour_json_of_somebody_else_stays(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tour.json").write_bytes(content)
    remove_earlier_tour(tmp_path)
    assert (tmp_path / "tour.json").read_bytes() == content
