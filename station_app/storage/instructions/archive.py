"""A work master as a single file (.workmaster, a ZIP archive): for mail, a stick, another plant. A draft on arrival.

The archive holds what the folder holds. Reading one takes nothing on trust: names, sizes and content are checked before
anything is written, and a fault anywhere imports nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from station_app.domain.fault import Fault
from station_app.domain.work_master import WorkMaster
from station_app.storage.instructions.folder import DOCUMENT, InstructionError, read_work_master_folder
from station_app.storage.instructions.media_files import MAX_VIDEO_BYTES
from station_app.storage.instructions.write import document_text, step_texts

ENDING = ".workmaster"
MAX_ENTRIES = 5000
MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
_ENTRY = re.compile(rf"(?:{re.escape(DOCUMENT)}|steps/[^/\\:]+\.md|media/[^/\\:]+)")
_TIME = (1980, 1, 1, 0, 0, 0)


def export_archive(file: Path, work_master: WorkMaster, media: Mapping[str, bytes]) -> None:
    """Write the file; the same work master gives the same bytes. Raises KeyError for media that is missing."""
    contents = {DOCUMENT: document_text(work_master).encode()}
    contents |= {f"steps/{name}": text.encode() for name, text in sorted(step_texts(work_master).items())}
    pictures = sorted(work_master.media().values(), key=lambda picture: picture.file)
    contents |= {f"media/{picture.file}": media[picture.sha256] for picture in pictures}
    part = file.with_name(f".{file.name}.part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, content in contents.items():
            # photos and videos are compressed already
            how = zipfile.ZIP_DEFLATED if name.endswith((".md", ".toml", ".svg")) else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name, _TIME), content, how)
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())
    part.replace(file)


def import_archive(file: Path, drafts: Path) -> Path:
    """Unpack the file as a draft below ``drafts``; the answer is its folder, named by its id.

    Raises InstructionError with every fault; then nothing was written. A draft that is there already is a fault too.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            faults = _faults(archive, file.name)
            if faults:
                raise InstructionError(faults)
            drafts.mkdir(parents=True, exist_ok=True)
            unpacked = Path(tempfile.mkdtemp(prefix=".import-", dir=drafts))
            try:
                return _take(archive, file.name, unpacked, drafts)
            finally:
                shutil.rmtree(unpacked, ignore_errors=True)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        reason = f"cannot be read as an exported instruction: {error}"
        raise InstructionError([Fault(0, "", "", reason, f"a file *{ENDING} that was exported", file.name)]) from error


def _faults(archive: zipfile.ZipFile, shown: str) -> list[Fault]:
    """What is wrong with the names and sizes, before a byte is unpacked."""
    entries = archive.infolist()
    faults = []
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        most = f"at most {MAX_ENTRIES} files of {MAX_TOTAL_BYTES // 1048576} MiB together"
        return [Fault(0, "", "", "holds too much", most, shown)]
    names: set[str] = set()
    for entry in entries:
        name = entry.filename
        if entry.is_dir() and name in ("steps/", "media/"):
            continue
        if not _ENTRY.fullmatch(name) or "/." in name or stat.S_ISLNK(entry.external_attr >> 16):
            faults.append(
                Fault(0, "", name, "does not belong into an instruction", f"{DOCUMENT}, steps/, media/", shown)
            )
        elif entry.file_size > MAX_VIDEO_BYTES:
            faults.append(Fault(0, "", name, "is too big", f"at most {MAX_VIDEO_BYTES // 1048576} MiB", shown))
        elif name.casefold() in names:
            faults.append(Fault(0, "", name, "is there twice", "each file once", shown))
        elif entry.flag_bits & 1:
            faults.append(Fault(0, "", name, "is encrypted", "an archive without a password", shown))
        names.add(name.casefold())
    if not faults and DOCUMENT not in names:
        faults.append(Fault(0, "", "", f"holds no {DOCUMENT}", f"a file *{ENDING} that was exported", shown))
    return faults


def _take(archive: zipfile.ZipFile, shown: str, unpacked: Path, drafts: Path) -> Path:
    for name in ("steps", "media"):
        (unpacked / name).mkdir()
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        with archive.open(entry) as source, (unpacked / entry.filename).open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    work_master, _ = read_work_master_folder(unpacked)
    folder = drafts / work_master.id
    if folder.exists():
        raise InstructionError(
            [
                Fault(
                    0, "id", work_master.id, "is among the drafts already", "publish or discard that draft first", shown
                )
            ]
        )
    unpacked.rename(folder)
    return folder
