"""A work master as a single file (.workmaster, a ZIP archive): for mail, a stick, another plant. A draft on arrival.

The archive holds what the folder holds. Reading one takes nothing on trust: names, sizes and content are checked before
anything is written, and a fault anywhere imports nothing.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from station_app.domain.fault import Fault
from station_app.domain.toml_document import MAX_DOCUMENT_BYTES
from station_app.domain.work_master import WorkMaster
from station_app.storage.files import sync_folder
from station_app.storage.instructions.folder import DOCUMENT, InstructionError, read_work_master_folder
from station_app.storage.instructions.media_files import MAX_BYTES_OF, MAX_VIDEO_BYTES, media_type_of
from station_app.storage.instructions.texts import MAX_TEXT_BYTES
from station_app.storage.instructions.write import document_text, step_texts

ENDING = ".workmaster"
MAX_ENTRIES = 5000
MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
MAX_GROWTH = 100
"""A file that unpacks to more than this many times its size, beyond a few MiB, was made to fill a disk."""
_FREE_BYTES = 32 * 1024 * 1024
# what some file systems cannot hold as a name is refused on all of them
_PLAIN = r'[^/\\:*?"<>|\x00-\x1f]+(?<![. ])'
_ENTRY = re.compile(rf"{re.escape(DOCUMENT)}|(?:steps|media)/{_PLAIN}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_END = b"PK\x05\x06"
_END_BYTES = 22
_DAMAGED = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error, struct.error, ValueError)


def export_archive(file: Path, work_master: WorkMaster, media: Mapping[str, bytes]) -> None:
    """Write the file; the same work master gives the same bytes. Raises KeyError for media that is missing."""
    contents = {DOCUMENT: document_text(work_master).encode()}
    contents |= {f"steps/{name}": text.encode() for name, text in sorted(step_texts(work_master).items())}
    pictures = sorted(work_master.pictures(), key=lambda picture: picture.file)
    contents |= {f"media/{picture.file}": media[picture.sha256] for picture in pictures}
    part = file.with_name(f".{file.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for name, content in contents.items():
                # photos and videos are compressed already
                how = zipfile.ZIP_DEFLATED if name.endswith((".md", ".toml", ".svg")) else zipfile.ZIP_STORED
                entry = zipfile.ZipInfo(name, _TIME)
                entry.create_system, entry.external_attr = _UNIX, (stat.S_IFREG | 0o644) << 16
                archive.writestr(entry, content, how)
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def import_archive(file: Path, drafts: Path) -> Path:
    """Unpack the file as a draft below ``drafts``; the answer is its folder, named by its id.

    Raises InstructionError with every fault, OSError as it comes; then nothing was written. A draft of that id that is there
    already is a fault too.
    """
    drafts.mkdir(parents=True, exist_ok=True)
    place = drafts / f".import-{secrets.token_hex(8)}"
    place.mkdir()
    try:
        folder, work_master, _ = _unpacked(file, place)
        target = drafts / work_master.id
        if target.exists():
            message = "is among the drafts already"
            raise InstructionError([_fault(file, "id", work_master.id, message, "publish or discard that draft first")])
        folder.rename(target)
        sync_folder(drafts)
        return target
    finally:
        shutil.rmtree(place, ignore_errors=True)


def read_archive(file: Path) -> tuple[WorkMaster, dict[str, bytes]]:
    """The work master in an exported file and its media by SHA-256, without keeping a folder. Raises InstructionError."""
    with tempfile.TemporaryDirectory(prefix="workmaster-") as place:
        _, work_master, media = _unpacked(file, Path(place))
    return work_master, media


def _unpacked(file: Path, place: Path) -> tuple[Path, WorkMaster, dict[str, bytes]]:
    """The folder below ``place``, and what it holds, after everything was checked."""
    folder = place / file.stem
    with _opened(file) as archive:
        faults = _faults(archive, file)
        if faults:
            raise InstructionError(faults)
        for name in ("", "steps", "media"):
            (folder / name).mkdir()
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            with archive.open(entry) as source, (folder / entry.filename).open("xb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
    work_master, media = read_work_master_folder(folder)
    used = {picture.file for picture in work_master.media().values()}
    strangers = sorted(path.name for path in (folder / "media").iterdir() if path.name not in used)
    if strangers:  # nobody has looked into these
        message = "is not used by the instruction"
        raise InstructionError([_fault(file, "", f"media/{name}", message, "only what it names") for name in strangers])
    return folder, work_master, media


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever is wrong with its bytes is an InstructionError, now or while it is read."""
    try:
        with file.open("rb") as stream:
            start = stream.read(4)
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - _END_BYTES))
            end = stream.read(4)
        # a file that is an archive and something else at once has other bytes before or behind it
        if start != b"PK\x03\x04" or end != _END:
            raise zipfile.BadZipFile("it does not begin and end as one")
        with zipfile.ZipFile(file) as archive:
            if min((entry.header_offset for entry in archive.infolist()), default=0) != 0:
                raise zipfile.BadZipFile("something else stands before it")
            yield archive
    except InstructionError:
        raise
    except _DAMAGED as error:
        message = f"cannot be read as an exported instruction: {error}"
        raise InstructionError([_fault(file, "", "", message, f"a file *{ENDING} that was exported")]) from error


def _faults(archive: zipfile.ZipFile, file: Path) -> list[Fault]:
    """What is wrong with the names and sizes, before a byte is unpacked."""
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    most = min(MAX_TOTAL_BYTES, _FREE_BYTES + MAX_GROWTH * file.stat().st_size)
    if len(entries) > MAX_ENTRIES or total > most:
        found = f"{len(entries)} files of {total / 1048576:.0f} MiB together"
        allowed = f"at most {MAX_ENTRIES} files of {most / 1048576:.0f} MiB"
        return [_fault(file, "", found, "holds too much", allowed)]
    faults = []
    names: set[str] = set()
    for entry in entries:
        if entry.is_dir() and entry.filename in ("steps/", "media/"):
            continue
        name = entry.filename.casefold()
        wrong = ("is there twice", "each file once, in one spelling") if name in names else _entry_fault(entry)
        if wrong is not None:
            faults.append(_fault(file, "", entry.filename, *wrong))
        names.add(name)
    if not faults and DOCUMENT not in names:
        faults.append(_fault(file, "", "", f"holds no {DOCUMENT}", f"a file *{ENDING} that was exported"))
    return faults


def _entry_fault(entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    """What is wrong with one entry, and what is allowed."""
    name = entry.filename
    inner = name.rpartition("/")[2]
    plain = _ENTRY.fullmatch(name) and not inner.startswith(".") and not _RESERVED.fullmatch(inner)
    # the name as it stands in the archive: reading cuts it at a NUL and turns "\" into "/" on Windows
    if not plain or entry.orig_filename != name or stat.S_ISLNK(entry.external_attr >> 16) or entry.is_dir():
        return "does not belong into an instruction", f"{DOCUMENT}, steps/NAME, media/NAME"
    if entry.flag_bits & 1:
        return "is encrypted", "an archive without a password"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed in another way", "stored or deflated, as the export writes it"
    most = MAX_DOCUMENT_BYTES
    if name.startswith("steps/"):
        most = MAX_TEXT_BYTES
    elif name.startswith("media/"):
        most = MAX_BYTES_OF.get(media_type_of(inner) or "", MAX_VIDEO_BYTES)
    if entry.file_size > most:
        return f"is too big: {entry.file_size / 1048576:.1f} MiB", f"at most {most // 1048576} MiB"
    return None


def _fault(file: Path, key: str, value: str, message: str, allowed: str) -> Fault:
    return Fault(0, key, value, message, allowed, file.name)
