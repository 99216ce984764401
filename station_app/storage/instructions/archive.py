"""A work master as a single file (.workmaster, a ZIP archive): for mail, a stick, another plant. A draft on arrival."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from station_app.domain.document_names import INSTRUCTION
from station_app.domain.work_master import MAX_TEXT_BYTES, WorkMaster
from station_app.storage import document_archive
from station_app.storage.document_archive import MAX_ENTRIES as MAX_ENTRIES
from station_app.storage.document_archive import ArchiveForm
from station_app.storage.instructions.folder import DOCUMENT, InstructionError, read_work_master_folder
from station_app.storage.instructions.media_files import most_bytes_of
from station_app.storage.instructions.write import document_text, step_texts

ENDING = ".workmaster"
FORM = ArchiveForm(
    noun=INSTRUCTION,
    ending=ENDING,
    document=DOCUMENT,
    folders={"steps": lambda _name: MAX_TEXT_BYTES, "media": most_bytes_of},
    read=read_work_master_folder,
    error=InstructionError,
)


def export_archive(file: Path, work_master: WorkMaster, media: Mapping[str, bytes]) -> None:
    """Write the file; the same work master gives the same bytes. Raises KeyError for media that is missing."""
    contents = {DOCUMENT: document_text(work_master).encode()}
    contents |= {f"steps/{name}": text.encode() for name, text in sorted(step_texts(work_master).items())}
    pictures = sorted(work_master.pictures(), key=lambda picture: picture.file)
    contents |= {f"media/{picture.file}": media[picture.sha256] for picture in pictures}
    document_archive.write_archive(file, contents)


def import_archive(file: Path, drafts: Path) -> Path:
    """Unpack the file as a draft below ``drafts``; the answer is its folder, named by its id. Raises InstructionError."""
    return document_archive.unpack_archive(FORM, file, drafts)


def read_archive(file: Path) -> tuple[WorkMaster, dict[str, bytes]]:
    """The work master in an exported file and its media by SHA-256, without keeping a folder. Raises InstructionError."""
    return document_archive.read_archive(FORM, file)
