"""The rules of a photo's view as they are authored: read, refused where they contradict, written and read again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from drivers.vision.markers import DICTIONARIES
from station_app.domain.checks import PhotoCheck
from station_app.domain.toml_document import read_toml
from station_app.domain.view import MARKERS_OF, MarkerPlace, MarkerRule, PartRegion, ViewRules
from station_app.storage.instructions.checks import read_check
from station_app.storage.instructions.folder import read_work_master_folder
from station_app.storage.instructions.media import MediaFolder
from station_app.storage.instructions.write import document_text, write_work_master_folder
from tests.unit.storage.instructions.authored_work_master import SVG, make_folder
from tests.unit.storage.instructions.test_media_files import png

PHOTO = 'id = "a"\ntitle = "A"\ntype = "photo"\ncamera = "c"\n'
PART = '{ name = "right bearing", x = 0.5, y = 0.3, width = 0.2, height = 0.3 }'
PARTS = f'reference = {{ file = "good.png" }}\nparts = [{PART}]\n'
MARKERS = "markers = { size_mm = 20, places = [{ id = 3, x = 0.1, y = 0.9 }] }\n"
EVERYTHING = (
    "min_brightness = 40\nmax_brightness = 200\nmax_overexposed = 0.02\nwidth_px = 1280\nheight_px = 720\n"
    'code = "any"\n' + MARKERS + PARTS
)


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    (tmp_path / "good.png").write_bytes(png())
    (tmp_path / "drawing.svg").write_bytes(SVG)
    return MediaFolder(tmp_path)


def read(text: str, media: MediaFolder) -> tuple[PhotoCheck, list[str]]:
    document = read_toml(PHOTO + text, "")
    check = read_check(document.table, media)
    assert isinstance(check, PhotoCheck)
    return check, [f"{fault.key}: {fault.message}" for fault in document.faults]


def test_every_rule_reaches_the_view(media: MediaFolder) -> None:
    check, faults = read(EVERYTHING, media)
    assert faults == []
    sha256 = hashlib.sha256(png()).hexdigest()
    assert check.rules == ViewRules(
        min_brightness=40,
        max_brightness=200,
        max_overexposed=0.02,
        code="any",
        width_px=1280,
        height_px=720,
        markers=MarkerRule(size_mm=20, places=(MarkerPlace(3, 0.1, 0.9),)),
        reference_sha256=sha256,
        parts=(PartRegion("right bearing", 0.5, 0.3, 0.2, 0.3),),
    )
    assert media.contents[sha256] == png()


def test_a_check_without_rules_demands_nothing(media: MediaFolder) -> None:
    assert read("", media)[0].rules == ViewRules()
    assert read("code_is_unit = true", media)[0].rules == ViewRules(code="any")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("min_brightness = 90\nmax_brightness = 80", "min_brightness: is above max_brightness (80)"),
        ("max_overexposed = 2", "max_overexposed: is too large"),
        ('code = "unit"', "code: is not one of the words known here"),
        ('code = "any"\ncode_is_unit = true', "code: says less than code_is_unit = true"),
        (f"parts = [{PART}]", "parts: are compared with nothing"),
        ('reference = { file = "good.png" }', "reference: has no effect without parts"),
        (PARTS.replace("good.png", "bad.png"), "reference.file: is not in media/"),
        (PARTS.replace("good.png", "../good.png"), "reference.file: is not a plain file name"),
        (PARTS.replace("good.png", "drawing.svg"), "reference.file: is no photo that could be compared"),
        (PARTS.replace("x = 0.5", "x = 0.9"), "parts[1]: reaches out of the picture"),
        (PARTS.replace("[{", "[" + PART + ", {"), "parts[2].name: is used twice, first in line 6"),
        (PARTS.replace("width = 0.2", "width = 0"), "parts[1].width: is too small"),
        (MARKERS.replace("id = 3", "id = 50"), "markers.places[1].id: is too large"),
        (MARKERS.replace("size_mm", 'dictionary = "4x4", size_mm'), "markers.dictionary: is not one of the words"),
        ("markers = { size_mm = 20 }", "markers.places: is missing"),
        (MARKERS.replace("}] }", "}, { id = 3, x = 0.5, y = 0.5 }] }"), "markers.places[2].id: is used twice"),
        ("width_px = 1280.5", "width_px: is not a whole number"),
        ("parts = 3", "parts: is not a list of tables"),
    ],
)
def test_rules_that_cannot_be_meant(media: MediaFolder, text: str, fault: str) -> None:
    found = read(text, media)[1]
    assert len(found) == 1, found
    assert found[0].startswith(fault)


def test_they_are_written_and_read_again(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, ("min_sharpness = 0.1\nmin_brightness = 30\ncode_is_unit = true\n", EVERYTHING))
    (folder / "media" / "good.png").write_bytes(png())
    first, media = read_work_master_folder(folder)
    assert first.media()[hashlib.sha256(png()).hexdigest()].file == "good.png", "it is published with the others"
    write_work_master_folder(tmp_path / "copy", first, media)
    second, copied = read_work_master_folder(tmp_path / "copy")
    assert (second, copied) == (first, media)
    assert document_text(second) == document_text(first)


def test_one_file_under_two_names_keeps_both(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, ("code_is_unit = true\n", PARTS), ('file = "place.svg"', 'file = "front.png"'))
    for name in ("good.png", "front.png"):
        (folder / "media" / name).write_bytes(png())
    work_master, media = read_work_master_folder(folder)
    write_work_master_folder(tmp_path / "copy", work_master, media)
    assert read_work_master_folder(tmp_path / "copy") == (work_master, media)


def test_a_reference_that_nobody_compares_with_is_removed_on_writing(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, ("code_is_unit = true\n", PARTS))
    (folder / "media" / "good.png").write_bytes(png())
    work_master, media = read_work_master_folder(folder)
    *others, photo = work_master.steps[1].checks
    assert isinstance(photo, PhotoCheck)
    plain = msgspec.structs.replace(photo, reference=None, parts=())
    step = msgspec.structs.replace(work_master.steps[1], checks=(*others, plain))
    changed = msgspec.structs.replace(work_master, steps=(work_master.steps[0], step))
    write_work_master_folder(folder, changed, media)
    assert not (folder / "media" / "good.png").exists()
    assert read_work_master_folder(folder)[0] == changed


def test_the_dictionaries_are_those_that_can_be_read() -> None:
    assert set(MARKERS_OF) <= set(DICTIONARIES)
