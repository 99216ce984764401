"""Drafts on this computer: nothing that was typed is lost, and nothing bad gets in."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from station_app.domain.document_control import VersionStatus
from station_app.domain.rules import Refusal
from station_app.domain.work_master import Step
from station_app.services.drafting import RefusedText, Spot
from station_app.storage.instructions.drafts import DraftFolder
from station_app.ui.authoring.edits import add_step, change_step, replace
from tests.documents import DRAWING, work_master

SHA256 = hashlib.sha256(DRAWING).hexdigest()


@pytest.fixture
def drafts(tmp_path: Path) -> DraftFolder:
    drafts = DraftFolder(tmp_path / "drafts")
    drafts.take_media({SHA256: DRAWING})
    return drafts


def test_a_draft_is_opened_as_it_was_kept_also_while_it_is_incomplete(drafts: DraftFolder) -> None:
    begun = change_step(work_master(), 0, title={"en": ""})
    seen = VersionStatus("asm", "1", number=3, sha256="ab")
    drafts.keep(begun, seen)
    assert DraftFolder(drafts.folder).open("asm").work_master == begun, "before anything else was written"
    assert [fault.message for fault in drafts.check(begun, seen)] == ["the text does not start with a heading"]
    opened = DraftFolder(drafts.folder).open("asm")
    assert (opened.work_master, opened.seen, opened.note) == (begun, seen, "")
    assert [(e.document_id, e.version, e.steps, e.fault) for e in drafts.entries()] == [("asm", "1", 1, "")]


def test_the_faults_are_those_of_the_check_and_go_when_they_are_mended(drafts: DraftFolder) -> None:
    assert drafts.check(work_master(), None) == []
    faults = drafts.check(change_step(work_master(), 0, rework_step="later"), None)
    assert [(fault.key, fault.file) for fault in faults] == [("step[1].rework_step", "asm/work_master.toml")]
    assert drafts.check(work_master(), None) == []


def test_a_change_by_hand_is_taken_over_and_a_faulty_one_is_not(drafts: DraftFolder) -> None:
    drafts.check(work_master(), None)
    text = drafts.folder / "asm" / "steps" / "01-place.en.md"
    text.write_text("# Place\n\nBy hand.\n", encoding="utf-8")
    opened = drafts.open("asm")
    assert opened.work_master.steps[0].text == {"en": "By hand."} and "taken over" in opened.note
    text.write_text("no heading", encoding="utf-8")
    opened = drafts.open("asm")
    assert opened.work_master == work_master() and "faults" in opened.note


def test_media_are_looked_at_kept_and_survive_until_the_next_start(drafts: DraftFolder, tmp_path: Path) -> None:
    good, bad, strange = tmp_path / "a.svg", tmp_path / "b.svg", tmp_path / "c.exe"
    good.write_bytes(DRAWING + b"\n")
    bad.write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')
    strange.write_bytes(b"MZ")
    taken = drafts.take_file(good)
    assert (taken.media_type, taken.size_bytes, taken.pages) == ("image/svg+xml", len(DRAWING) + 1, 1)
    assert drafts.media()[taken.sha256] == DRAWING + b"\n"
    with pytest.raises(Refusal, match=r"b\.svg was not taken: the drawing is refused: <script>"):
        drafts.take_file(bad)
    with pytest.raises(Refusal, match=r"c\.exe is nothing that can be shown"):
        drafts.take_file(strange)
    drafts.keep(work_master(), None)
    drafts.sweep()
    assert list(drafts.media()) == [SHA256], "what no draft needs goes, the rest stays"


def test_a_draft_whose_picture_is_lost_says_which(drafts: DraftFolder) -> None:
    (drafts.folder / ".media" / SHA256).unlink()
    faults = drafts.check(work_master(), None)
    assert [fault.file for fault in faults] == ["asm/media/place.svg"]


def test_a_single_file_goes_out_and_comes_in_as_a_draft(drafts: DraftFolder, tmp_path: Path) -> None:
    file = tmp_path / "asm.workmaster"
    drafts.export_file(file, work_master())
    other = DraftFolder(tmp_path / "other")
    assert other.import_file(file) == "asm"
    opened = other.open("asm")
    assert opened.work_master == work_master() and SHA256 in other.media()
    with pytest.raises(Refusal, match="among the drafts already"):
        other.import_file(file)
    other.discard("asm")
    assert other.entries() == []


def test_a_damaged_draft_is_listed_with_its_fault_and_no_other_is_touched(drafts: DraftFolder) -> None:
    drafts.keep(work_master(), None)
    (drafts.folder / "asm" / ".draft.json").write_bytes(b"{")
    drafts.keep(replace(work_master(), id="other"), None)
    listed = {entry.document_id: entry.fault for entry in drafts.entries()}
    assert listed["other"] == "" and "damaged" in listed["asm"]
    with pytest.raises(Refusal, match="damaged"):
        drafts.open("asm")
    with pytest.raises(Refusal, match="cannot be the id"):
        drafts.open("../asm")


def test_two_hundred_steps_are_kept_and_opened(drafts: DraftFolder) -> None:
    found = work_master()
    for number in range(199):
        found = add_step(found, len(found.steps), f"Step {number}")
    drafts.check(found, None)
    assert drafts.open("asm").work_master == found
    assert isinstance(found.steps[7], Step)


def test_refused_texts_are_kept_with_the_draft_and_go_with_it_to_another_number(drafts: DraftFolder) -> None:
    typed = RefusedText(Spot("place", "checks", "placed", "title"), "x" * 80, "Too long.", "Placed")
    gone = RefusedText(Spot("place", "checks", "gone", "title"), "y", "Too short.")
    drafts.keep(work_master(), None, (typed, gone))
    assert drafts.open("asm").refused == (typed, gone)
    faults = drafts.check(work_master(drawing=False), None, (typed, gone))
    assert [(fault.key, fault.message) for fault in faults] == [
        ("step[1].check[1].title", "was typed and is not taken: Too long.")
    ]
    drafts.rename("asm", replace(work_master(drawing=False), id="cover", version="7"), None)
    assert drafts.open("cover").refused == (typed, gone)
    assert [(entry.document_id, entry.version) for entry in drafts.entries()] == [("cover", "7")]


def test_a_draft_does_not_take_the_place_of_another(drafts: DraftFolder) -> None:
    for name in ("asm", "other"):
        drafts.keep(work_master(document_id=name, drawing=False), None)
    with pytest.raises(Refusal, match="Choose another id"):
        drafts.rename("asm", work_master(document_id="other", drawing=False), None)
    assert drafts.open("asm").work_master.id == "asm" and drafts.open("other").work_master.id == "other"
