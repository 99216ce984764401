"""Views as values: JSON and back, and the same fields as the drivers' picture checks have."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import msgspec
import pytest

from drivers.vision import view_rules as vision
from drivers.vision.geometry import ROTATIONS_DEG as VISION_ROTATIONS_DEG
from station_app.config import load_config
from station_app.domain import view
from station_app.domain.view import Crop, MarkerPlace, MarkerRule, PartRegion, ViewRules, ViewSettings, settings_lines

RULES = ViewRules(
    min_sharpness=0.006,
    max_overexposed=0.02,
    code="unit",
    markers=MarkerRule("5X5_100", 20, 0.05, (MarkerPlace(3, 0.1, 0.9),)),
    reference_sha256="a" * 64,
    parts=(PartRegion("bearing", 0.1, 0.2, 0.3, 0.4, 0.7),),
)


def test_rules_and_settings_are_json_and_come_back() -> None:
    assert msgspec.json.decode(msgspec.json.encode(RULES), type=ViewRules) == RULES
    settings = ViewSettings(exposure=120, crop=Crop(0.1, 0.2, 0.3, 0.4), rotation_deg=180)
    assert msgspec.json.decode(msgspec.json.encode(settings), type=ViewSettings) == settings


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="sharpnes"):
        msgspec.json.decode(b'{"sharpnes": 1}', type=ViewRules)


@pytest.mark.parametrize("name", ["PartRegion", "MarkerPlace", "MarkerRule", "ViewRules"])
def test_the_picture_checks_know_the_same_rules(name: str) -> None:
    ours, theirs = getattr(view, name), getattr(vision, name)
    assert [(f.name, f.default) for f in msgspec.structs.fields(ours) if f.name != "markers"] == [
        (f.name, msgspec.NODEFAULT if f.default is dataclasses.MISSING else f.default)
        for f in dataclasses.fields(theirs)
        if f.name != "markers"
    ]


def test_rules_reach_the_picture_checks_as_they_are() -> None:
    found = msgspec.convert(msgspec.to_builtins(RULES), vision.ViewRules)
    assert isinstance(found.parts[0], vision.PartRegion)
    assert msgspec.to_builtins(found) == msgspec.to_builtins(RULES)
    assert view.ROTATIONS_DEG == VISION_ROTATIONS_DEG
    assert (view.NO_CODE, view.ANY_CODE, view.UNIT_CODE) == (vision.NO_CODE, vision.ANY_CODE, vision.UNIT_CODE)


def test_only_the_cameras_own_controls_count_as_controls() -> None:
    assert ViewSettings(rotation_deg=90).same_controls(ViewSettings(crop=Crop(0.1)))
    assert not ViewSettings(gain=1).same_controls(ViewSettings())


@pytest.mark.parametrize(
    ("view", "settings"),
    [
        ("", ViewSettings()),
        ("", ViewSettings(exposure=120, rotation_deg=90)),
        ("label", ViewSettings(exposure=-6.5, focus=30, gain=1.25, crop=Crop(0.1, 0.2, 0.3, 0.4), rotation_deg=270)),
        ("label", ViewSettings()),
    ],
)
def test_the_lines_for_station_toml_set_the_view_so(tmp_path: Path, view: str, settings: ViewSettings) -> None:
    station = '[station]\npath = "A/B/C/D/E"\nname = "E"\nkind = "assembly"\n[cameras.bench]\nurl = "usb://0"\n'
    lines = settings_lines("bench", view, settings)
    file = tmp_path / "station.toml"
    file.write_text(station + "\n".join(lines if view else lines[1:]) + "\n", encoding="utf-8")
    camera = load_config(file).cameras["bench"]
    assert (camera.views[view] if view else camera.view) == settings
