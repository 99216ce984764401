"""`station codes read`: a line a picture, whatever is wrong with the others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.jpeg import encode_jpeg, encode_png
from tests.integration.cli.calling import call_station


def picture(path: Path, *codes: tuple[str, str], **options: object) -> Path:
    drawn = []
    for format_name, text in codes:
        code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, format_name), **options)
        image = np.array(code.to_image(scale=4, add_quiet_zones=True), dtype=np.uint8)
        drawn.append(np.pad(image, ((30, 30), (30, 1000 - 30 - image.shape[1])), constant_values=255))
    stacked = np.asarray(np.vstack(drawn), dtype=np.uint8)
    path.write_bytes(encode_png(stacked) if path.suffix == ".png" else encode_jpeg(stacked))
    return path


def test_each_picture_has_its_line_in_the_order_given(tmp_path: Path) -> None:
    two = picture(tmp_path / "two.png", ("QRCode", "GX40-000124"), ("Code128", "Gehäuse 7"))
    none = tmp_path / "none.jpg"
    none.write_bytes(encode_jpeg(np.full((60, 80, 3), 128, dtype=np.uint8)))
    scene = tmp_path / "scene.jpg"
    scene.write_bytes(SceneRenderer().render(Scene("GX40-000777"), 1))
    called = call_station("codes", "read", two, none, scene, "--json")
    assert called.returncode == 0, called.stderr
    lines = [json.loads(line) for line in called.stdout.splitlines()]
    assert [line["picture"] for line in lines] == [str(two), str(none), str(scene)]
    assert [(code["text"], code["format"]) for code in lines[0]["codes"]] == [
        ("GX40-000124", "QRCode"),
        ("Gehäuse 7", "Code128"),
    ]
    assert lines[1]["codes"] == []
    (code,) = lines[2]["codes"]
    assert set(code) == {"text", "format", "symbology", "position", "turned_deg"}
    assert (code["text"], code["format"], code["symbology"]) == ("GX40-000777", "DataMatrix", "]d1")
    assert len(code["position"]) == 4 and all(870 < x < 1030 and 160 < y < 350 for x, y in code["position"])


def test_gs1_is_explained(tmp_path: Path) -> None:
    path = picture(tmp_path / "gs1.png", ("DataMatrix", "(01)09506000134352(17)260200(10)AB-123(21)SN1(37)4"), gs1=True)
    (line,) = [json.loads(line) for line in call_station("codes", "read", path, "--json").stdout.splitlines()]
    gs1 = line["codes"][0]["gs1"]
    assert {key: gs1[key] for key in ("gtin", "serial", "lot", "expiry", "quantity")} == {
        "gtin": "09506000134352", "serial": "SN1", "lot": "AB-123", "expiry": "2026-02-28", "quantity": 4,
    }  # fmt: skip
    assert gs1["elements"][0] == {"ai": "01", "title": "GTIN", "value": "09506000134352"}
    said = call_station("codes", "read", path).stdout
    assert "DataMatrix (01)09506000134352" in said
    assert "    (17) USE BY OR EXPIRY: 260200" in said


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("text.png", b"no picture", "this is not a picture; allowed: JPEG, PNG"),
        ("cut.jpg", SceneRenderer().render(Scene(), 1)[:9000], "the picture is truncated"),
        ("huge.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60" + b"\0" * 20, "60000 x 60000 pixels"),
        ("poly.jpg", SceneRenderer().render(Scene(), 1) + b"PK\x03\x04zip", "not only a picture"),
        ("absent.jpg", None, "No such file"),
    ],
)
def test_a_picture_that_cannot_be_read_says_why_and_the_others_are_read(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    good = picture(tmp_path / "good.png", ("QRCode", "GX40-1"))
    called = call_station("codes", "read", tmp_path / name, good, "--json")
    assert called.returncode == 1
    bad, read = [json.loads(line) for line in called.stdout.splitlines()]
    assert says in bad["error"] and bad["codes"] == []
    assert [code["text"] for code in read["codes"]] == ["GX40-1"]
    assert f"{name}: " in called.stderr and says in called.stderr


def test_for_a_person(tmp_path: Path) -> None:
    good = picture(tmp_path / "good.png", ("QRCode", "GX40-1"))
    none = tmp_path / "none.png"
    none.write_bytes(encode_png(np.full((60, 80, 3), 128, dtype=np.uint8)))
    called = call_station("codes", "read", good, none)
    assert called.stdout.splitlines() == [f"{good}: QRCode GX40-1", f"{none}: no code"]
    assert call_station("codes", "read").returncode == 2
