"""A work master as a single file: out and in again the same; and nothing half-imported, whatever the file holds."""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station_app.resources import shipped
from station_app.storage.instructions.archive import MAX_ENTRIES, export_archive, import_archive, read_archive
from station_app.storage.instructions.folder import InstructionError, read_work_master_folder
from tests.unit.storage.instructions.authored_work_master import make_folder
from tests.unit.storage.instructions.test_media_files import chunk


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An exported instruction."""
    exported = tmp_path / "demo.workmaster"
    export_archive(exported, *read_work_master_folder(make_folder(tmp_path)))
    return exported


def contents(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def written(file: Path, entries: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]], how: int = 8) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items() if isinstance(entries, dict) else entries:
            archive.writestr(name, content, how)
    return file


def refusal(file: Path, drafts: Path) -> str:
    """Why the file is refused; nothing of it may be there."""
    drafts.mkdir(exist_ok=True)
    before = sorted(drafts.parent.rglob("*"))
    with pytest.raises(InstructionError) as error:
        import_archive(file, drafts)
    assert sorted(drafts.parent.rglob("*")) == before, "something of it was left"
    text = str(error.value)
    assert "demo" in text
    assert "import-" not in text, "no name that the person has never seen"
    return text


@pytest.mark.parametrize("name", ["gx40-assembly", "gx40-test-run", "gx40-inspection"])
def test_what_is_exported_and_imported_is_the_same(name: str, tmp_path: Path) -> None:
    before = read_work_master_folder(shipped("instructions") / name)
    export_archive(tmp_path / "a.workmaster", *before)
    export_archive(tmp_path / "b.workmaster", *before)
    assert (tmp_path / "a.workmaster").read_bytes() == (tmp_path / "b.workmaster").read_bytes()
    assert read_archive(tmp_path / "a.workmaster") == before
    folder = import_archive(tmp_path / "a.workmaster", tmp_path / "drafts")
    assert folder == tmp_path / "drafts" / name
    assert read_work_master_folder(folder) == before
    assert [path.name for path in (tmp_path / "drafts").iterdir()] == [name]


def test_a_draft_that_is_there_is_not_overwritten(file: Path, tmp_path: Path) -> None:
    folder = import_archive(file, tmp_path / "drafts")
    (folder / "work_master.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(InstructionError, match="is among the drafts already"):
        import_archive(file, tmp_path / "drafts")
    assert (folder / "work_master.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt", "media/../../evil.txt", "steps/../../../evil.md", "/etc/evil", "media//evil.svg", "C:/evil.svg",
        "media/C:evil.svg", "media\\..\\..\\evil.svg", "media/a\\..\\evil.svg", "media/sub/evil.svg", "evil.svg",
        "media/.hidden.svg", "media/..", "steps/.", "media/con.svg", "media/NUL", "media/evil.svg.", "media/evil.svg ",
        "work_master.toml/x", "Media/evil.svg", "media/evil\n.svg",
    ],
)  # fmt: skip
def test_names_that_lead_out_or_do_not_belong_are_refused(file: Path, tmp_path: Path, name: str) -> None:
    written(file, [*contents(file).items(), (zipfile.ZipInfo(name), b"x")])
    assert "does not belong into an instruction" in refusal(file, tmp_path / "drafts")


def test_links_are_refused(file: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("media/link.svg")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    written(file, [*contents(file).items(), (link, b"/etc/passwd")])
    assert "media/link.svg: is a link. Allowed: the file itself" in refusal(file, tmp_path / "drafts")


def test_the_same_name_twice_is_refused_in_any_case(file: Path, tmp_path: Path) -> None:
    entries = contents(file)
    picture = next(name for name in entries if name.startswith("media/"))
    other = "media/" + picture.removeprefix("media/").upper()
    written(file, [*entries.items(), (zipfile.ZipInfo(other), b"x")])
    assert "is there twice" in refusal(file, tmp_path / "drafts")


def test_a_bomb_is_refused_before_it_is_unpacked(file: Path, tmp_path: Path) -> None:
    entries = contents(file)
    written(file, {**entries, "media/bomb.mp4": bytes(120 << 20)})
    assert file.stat().st_size < 1 << 20
    assert "holds too much" in refusal(file, tmp_path / "drafts")
    many = {**entries, **{f"media/{n}.svg": b"" for n in range(MAX_ENTRIES)}}
    assert "holds too much" in refusal(written(file, many, zipfile.ZIP_STORED), tmp_path / "drafts")


def test_a_size_that_lies_is_found_while_unpacking(file: Path, tmp_path: Path) -> None:
    written(file, {**contents(file), "media/liar.svg": bytes(10 << 20)})
    raw = bytearray(file.read_bytes())
    while (at := raw.find(struct.pack("<I", 10 << 20))) >= 0:
        raw[at : at + 4] = struct.pack("<I", 100)
    file.write_bytes(raw)
    assert "cannot be read as an exported instruction" in refusal(file, tmp_path / "drafts")


def test_a_text_of_10_mb_is_refused(file: Path, tmp_path: Path) -> None:
    entries = contents(file)
    text = next(name for name in entries if name.endswith(".md"))
    written(file, {**entries, text: b"# Title\n" + b"word " * 2_100_000}, zipfile.ZIP_STORED)
    assert f"{text}: is too big: 10.0 MiB" in refusal(file, tmp_path / "drafts")


def test_an_encrypted_file_is_refused(file: Path, tmp_path: Path) -> None:
    raw = bytearray(file.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + flags] |= 1
            at = raw.find(mark, at + 4)
    file.write_bytes(raw)
    assert "is encrypted" in refusal(file, tmp_path / "drafts")


def test_a_file_that_is_something_else_too_is_refused(file: Path, tmp_path: Path) -> None:
    good = file.read_bytes()
    drafts = tmp_path / "drafts"
    for disguised in (b"\x89PNG\r\n\x1a\n" + good, b"#!/bin/sh\n" + good, good + b"MZ rest", b"PK\x03\x04" + good):
        file.write_bytes(disguised)
        assert "cannot be read as an exported instruction" in refusal(file, drafts)


def test_a_picture_of_60000_pixels_a_side_is_refused(file: Path, tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    entries = contents(file)
    document = entries["work_master.toml"].replace(b'"place.svg"', b'"huge.png"')
    written(file, {**entries, "work_master.toml": document, "media/huge.png": b"\x89PNG\r\n\x1a\n" + body})
    assert "60000 x 60000 px" in refusal(file, tmp_path / "drafts")


def test_a_file_that_the_instruction_does_not_name_is_refused(file: Path, tmp_path: Path) -> None:
    written(file, {**contents(file), "media/stranger.svg": b"<svg onload='x'/>"})
    assert "media/stranger.svg: is not used by the instruction" in refusal(file, tmp_path / "drafts")


def test_another_compression_and_a_file_that_is_none_are_refused(file: Path, tmp_path: Path) -> None:
    drafts = tmp_path / "drafts"
    entries = contents(file)
    assert "compressed in another way" in refusal(written(file, entries, zipfile.ZIP_LZMA), drafts)
    assert "holds no work_master.toml" in refusal(written(file, {"steps/01-a.en.md": b"# A"}), drafts)
    for nothing in (b"", b"hello", b"PK\x05\x06" + bytes(18)):
        file.write_bytes(nothing)
        assert "cannot be read" in refusal(file, drafts)
    with pytest.raises(FileNotFoundError):
        import_archive(tmp_path / "none.workmaster", drafts)


def test_every_truncation_is_noticed(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    for length in [*range(0, len(whole), max(1, len(whole) // 60)), len(whole) - 1]:
        file.write_bytes(whole[:length])
        assert "cannot be read" in refusal(file, tmp_path / "drafts"), length


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_bytes_are_imported_whole_or_not_at_all(file: Path, tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    changed = tmp_path / "demo-changed.workmaster"
    changed.write_bytes(raw)
    try:
        read_archive(changed)
    except InstructionError as error:
        assert error.faults
