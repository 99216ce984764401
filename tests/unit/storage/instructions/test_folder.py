"""Work masters from folders: the released form with its pictures, or every fault with file and line."""

from __future__ import annotations

import hashlib
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from station_app.domain.checks import ConfirmCheck, MachineValueCheck, MeasureCheck, PhotoCheck, ScanCheck
from station_app.domain.fault import Fault
from station_app.domain.media import Callout, Picture
from station_app.domain.outcome import Limits
from station_app.domain.work_master import content_sha256, decode_work_master, encode_work_master
from station_app.storage.instructions.folder import InstructionError, read_work_master_folder
from tests.unit.storage.instructions.authored_work_master import SVG, line_of, make_folder


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(InstructionError) as raised:
        read_work_master_folder(folder)
    return raised.value.faults


def one_fault(folder: Path) -> Fault:
    faults = faults_of(folder)
    assert len(faults) == 1, [str(fault) for fault in faults]
    return faults[0]


def test_the_whole_work_master(tmp_path: Path) -> None:
    work_master, media = read_work_master_folder(make_folder(tmp_path))
    sha256 = hashlib.sha256(SVG).hexdigest()
    assert media == {sha256: SVG}
    assert (work_master.id, work_master.version, work_master.operation) == ("demo", "A", "assembly")
    place, measure = work_master.steps
    assert place.title == {"en": "Place it", "de": "Auflegen"}
    assert place.text == {"en": "On the seat ①.", "de": "Auf den Sitz ①."}
    assert (place.takt_s, place.advance, measure.advance, measure.tags) == (20.5, True, False, ("press.force",))
    assert place.pictures == (
        Picture(
            "place.svg",
            sha256,
            len(SVG),
            "image/svg+xml",
            (Callout("1", 0.5, 0.25, "Seat", 0.7, 0.1), Callout("2", 0.0, 1.0)),
        ),
    )
    assert place.checks == (
        ConfirmCheck(id="placed", title="Placed", reaction="Place it."),
        ScanCheck(id="bearing", title="Scan the bearing", material="6204-2RS"),
    )
    assert measure.title == {"en": "Measure"}
    assert measure.checks == (
        MeasureCheck(
            id="bore",
            title="Bore",
            characteristic="bore",
            limits=Limits("mm", Decimal("20.0000"), Decimal("20.0130"), Decimal("20.0000")),
            decimals=4,
            gauge_class="bore gauge",
        ),
        MachineValueCheck(
            id="force",
            title="Force",
            characteristic="force",
            tag="press.peak_force",
            limits=Limits("kN", None, Decimal(14)),
        ),
        PhotoCheck(
            id="photo",
            title="Photo",
            camera="bench",
            view="top",
            min_sharpness=0.1,
            min_brightness=30,
            code_is_unit=True,
        ),
    )


def test_limits_keep_the_resolution_they_were_written_with(tmp_path: Path) -> None:
    work_master, _ = read_work_master_folder(make_folder(tmp_path))
    assert b'"upper":"20.0130"' in encode_work_master(work_master)


def test_the_same_folder_gives_the_same_hash_and_can_be_decoded(tmp_path: Path) -> None:
    first, _ = read_work_master_folder(make_folder(tmp_path / "a"))
    second, _ = read_work_master_folder(make_folder(tmp_path / "b"))
    document = encode_work_master(first)
    assert document == encode_work_master(second)
    assert decode_work_master(document, content_sha256(document)) == first


def test_a_changed_picture_changes_the_hash(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    before = encode_work_master(read_work_master_folder(folder)[0])
    (folder / "media" / "place.svg").write_bytes(SVG + b"\n")
    assert content_sha256(encode_work_master(read_work_master_folder(folder)[0])) != content_sha256(before)


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('id = "demo"', 'id = "De mo"', "id", "not written as it must be"),
        ('version = "A"', 'version = "A@1"', "version", "not written as it must be"),
        ('title = "Demo"', "title = 3", "title", "is not text"),
        ('product = "GX-40"', 'produkt = "GX-40"', "produkt", 'Did you mean "product"'),
        ('operation = "assembly"', 'operation = ""', "operation", "is empty"),
        ('operation = "assembly"', 'operation = "assembly"\nreason = "x"', "reason", "is written by the release"),
        ("takt_s = 20.5", "takt_s = -1", "step[1].takt_s", "too small"),
        ("takt_s = 20.5", "takt_s = 20,5", "takt_s", "has a comma"),
        ("advance = false", 'advance = "no"', "step[2].advance", "neither true nor false"),
        ('tags = ["press.force"]', 'tags = "press.force"', "step[2].tags", "not a list of texts"),
        ("takt_s = 20.5", "takt = 20.5", "step[1].takt", "is not known here"),
        ("x = 0.5,", "x = 1.5,", "step[1].picture[1].callouts[1].x", "too large"),
        ("x = 0.5,", 'x = "0,5",', "step[1].picture[1].callouts[1].x", "has a comma"),
        ('label = "2"', 'label = "1"', "step[1].picture[1].callouts[2].label", "used twice, first in line"),
        (", label_y = 0.1 ", " ", "step[1].picture[1].callouts[1]", "one of label_x and label_y"),
        ('id = "bearing"', 'id = "placed"', "step[1].check[2].id", "used twice, first in line 20"),
        ('file = "place.svg"', "", "step[1].picture[1].file", "is missing"),
    ],
)
def test_faults_in_the_document(tmp_path: Path, old: str, new: str, key: str, message: str) -> None:
    folder = make_folder(tmp_path, (old, new))
    fault = one_fault(folder)
    assert fault.key == key
    assert message in fault.message
    assert fault.file == "demo/work_master.toml"
    assert fault.line > 0


def test_a_step_given_twice(tmp_path: Path) -> None:
    faults = faults_of(make_folder(tmp_path, ('id = "measure"', 'id = "place"')))
    assert [(fault.file, fault.message.split(",")[0]) for fault in faults] == [
        ("demo/steps/02-measure.en.md", 'there is no step "measure"'),
        ("demo/work_master.toml", "is used twice"),
    ]


def test_no_steps(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "work_master.toml").write_text(
        'id = "d"\nversion = "A"\ntitle = "D"\nproduct = "P"\noperation = "o"\n', encoding="utf-8"
    )
    assert one_fault(folder).message == "is missing"


def test_every_fault_at_once(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, ('version = "A"', "version = 1"), ("takt_s = 20.5", "takt_s = true"))
    (folder / "media" / "place.svg").write_bytes(b"<svg><script/></svg>")
    (folder / "steps" / "02-measure.en.md").write_text("no heading", encoding="utf-8")
    assert [(fault.file, fault.line) for fault in faults_of(folder)] == [
        ("demo/steps/02-measure.en.md", 1),
        ("demo/work_master.toml", 2),
        ("demo/work_master.toml", 9),
        ("demo/work_master.toml", line_of("file =")),
    ]


def test_a_missing_picture_names_those_that_are_there(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, ("place.svg", "plaec.svg"))
    fault = one_fault(folder)
    assert (fault.line, fault.message, fault.allowed) == (line_of("file ="), "is not in media/", "one of: place.svg")


def test_a_picture_in_another_case_would_be_missing_on_other_computers(tmp_path: Path) -> None:
    fault = one_fault(make_folder(tmp_path, ("place.svg", "Place.svg")))
    assert fault.allowed == '"place.svg", in the same case'


@pytest.mark.parametrize("file", ["../steps/01-place.en.md", "..", "/etc/passwd", "a/b.svg", "C:x.svg", r"..\\x.svg"])
def test_a_path_that_leads_out_of_media_is_refused(tmp_path: Path, file: str) -> None:
    fault = one_fault(make_folder(tmp_path, ('"place.svg"', f'"{file}"')))
    assert "is not a plain file name" in fault.message


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_that_leads_out_of_media_is_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (tmp_path / "secret.svg").write_bytes(SVG)
    (folder / "media" / "place.svg").unlink()
    (folder / "media" / "place.svg").symlink_to(tmp_path / "secret.svg")
    assert "leads out of media" in one_fault(folder).message


def test_other_kinds_of_media_are_refused(tmp_path: Path) -> None:
    fault = one_fault(make_folder(tmp_path, ("place.svg", "place.gif")))
    assert fault.allowed == ".svg, .png, .jpg, .jpeg, .mp4, .webm, .pdf"


def test_a_truncated_picture_is_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "media" / "place.svg").write_bytes(SVG[:-2])
    assert "not a complete SVG" in one_fault(folder).message


def test_a_picture_of_more_than_20_mib_is_refused(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    with (folder / "media" / "place.svg").open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    assert "too big" in one_fault(folder).message


def test_a_step_without_english_text(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "steps" / "01-place.en.md").unlink()
    fault = one_fault(folder)
    assert (fault.line, fault.allowed) == (line_of('id = "place"'), "a file steps/01-place.en.md")


def test_a_missing_folder_or_document(tmp_path: Path) -> None:
    assert "there is no such folder" in one_fault(tmp_path / "none").message
    (tmp_path / "empty").mkdir()
    assert "cannot be read" in one_fault(tmp_path / "empty").message


def test_a_document_that_is_not_utf8(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "work_master.toml").write_bytes(b"a = 1\n\xff")
    fault = one_fault(folder)
    assert (fault.line, fault.message) == (2, "byte 0xFF is not UTF-8")


def test_after_a_syntax_fault_the_rest_is_checked(tmp_path: Path) -> None:
    faults = faults_of(make_folder(tmp_path, ('title = "Demo"', 'title = "Demo'), ("takt_s = 20.5", "takt_s = -1")))
    assert [fault.line for fault in faults] == [3, 9]


def test_a_folder_that_is_missing_inside(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    for path in (folder / "steps").iterdir():
        path.unlink()
    (folder / "steps").rmdir()
    messages = [fault.message for fault in faults_of(folder)]
    assert messages[0].startswith("the folder cannot be read")
