"""A document under document control as a single file (a ZIP archive): for mail, a stick, another plant. A draft on arrival.

The archive holds what the folder holds. Reading one takes nothing on trust: names, sizes and content are checked before
anything is written, and a fault anywhere imports nothing. What is in it is said by an :class:`ArchiveForm`, one for each kind.
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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from station_app.domain.fault import Fault
from station_app.domain.media import Picture
from station_app.domain.toml_document import MAX_DOCUMENT_BYTES
from station_app.storage.files import sync_folder

MAX_ENTRIES = 5000
MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024
MAX_GROWTH = 100
"""A file that unpacks to more than this many times its size, beyond a few MiB, was made to fill a disk."""
_FREE_BYTES = 32 * 1024 * 1024
# what some file systems cannot hold as a name is refused on all of them
_PLAIN = re.compile(r'[^/\\:*?"<>|\x00-\x1f]+(?<![. ])')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_END = b"PK\x05\x06"
_END_BYTES = 22
_DAMAGED = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error, struct.error, ValueError)


class DocumentError(ValueError):
    """A folder or file that is no usable document; ``faults`` is everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class Archived(Protocol):
    """What an archive holds."""

    @property
    def id(self) -> str: ...

    def media(self) -> Mapping[str, Picture]: ...


D = TypeVar("D", bound=Archived)


@dataclass(frozen=True)
class ArchiveForm(Generic[D]):
    """How one kind of document is kept in an archive.

    ``document`` is the file that describes it; ``folders`` lie beside it and give the most bytes of a file in them by its name.
    ``read`` reads the unpacked folder: the document, and the bytes of its media by SHA-256; it raises ``error``.
    """

    noun: str
    ending: str
    document: str
    folders: Mapping[str, Callable[[str], int]]
    read: Callable[[Path], tuple[D, dict[str, bytes]]]
    error: type[DocumentError]


def write_archive(file: Path, contents: Mapping[str, bytes]) -> None:
    """Write the file; the same contents, by their names in the archive, give the same bytes."""
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


def unpack_archive(form: ArchiveForm[D], file: Path, drafts: Path) -> Path:
    """Unpack the file as a draft below ``drafts``; the answer is its folder, named by its id.

    Raises the form's error with every fault, OSError as it comes; then nothing was written. A draft of that id that is there
    already is a fault too.
    """
    drafts.mkdir(parents=True, exist_ok=True)
    place = drafts / f".import-{secrets.token_hex(8)}"
    place.mkdir()
    try:
        folder, document, _ = _unpacked(form, file, place)
        target = drafts / document.id
        if target.exists():
            message = "is among the drafts already"
            raise form.error([_fault(file, "id", document.id, message, "publish or discard that draft first")])
        folder.rename(target)
        sync_folder(drafts)
        return target
    finally:
        shutil.rmtree(place, ignore_errors=True)


def read_archive(form: ArchiveForm[D], file: Path) -> tuple[D, dict[str, bytes]]:
    """The document in an exported file and its media by SHA-256, without keeping a folder. Raises the form's error."""
    with tempfile.TemporaryDirectory(prefix="document-") as place:
        _, document, media = _unpacked(form, file, Path(place))
    return document, media


def _unpacked(form: ArchiveForm[D], file: Path, place: Path) -> tuple[Path, D, dict[str, bytes]]:
    """The folder below ``place``, and what it holds, after everything was checked."""
    folder = place / file.stem
    with _opened(form, file) as archive:
        faults = _faults(form, archive, file)
        if faults:
            raise form.error(faults)
        for name in ("", *form.folders):
            (folder / name).mkdir()
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            with archive.open(entry) as source, (folder / entry.filename).open("xb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())
    document, media = form.read(folder)
    used = {picture.file for picture in document.media().values()}
    strangers = sorted(path.name for path in (folder / "media").iterdir() if path.name not in used)
    if strangers:  # nobody has looked into these
        message = f"is not used by the {form.noun}"
        raise form.error([_fault(file, "", f"media/{name}", message, "only what it names") for name in strangers])
    return folder, document, media


@contextmanager
def _opened(form: ArchiveForm[D], file: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever is wrong with its bytes is the form's error, now or while it is read."""
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
    except DocumentError:
        raise
    except _DAMAGED as error:
        message = f"cannot be read as an exported {form.noun}: {error}"
        raise form.error([_fault(file, "", "", message, f"a file *{form.ending} that was exported")]) from error


def _faults(form: ArchiveForm[D], archive: zipfile.ZipFile, file: Path) -> list[Fault]:
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
        if entry.is_dir() and entry.filename.removesuffix("/") in form.folders:
            continue
        name = entry.filename.casefold()
        wrong = ("is there twice", "each file once, in one spelling") if name in names else _entry_fault(form, entry)
        if wrong is not None:
            faults.append(_fault(file, "", entry.filename, *wrong))
        names.add(name)
    if not faults and form.document not in names:
        faults.append(_fault(file, "", "", f"holds no {form.document}", f"a file *{form.ending} that was exported"))
    return faults


def _entry_fault(form: ArchiveForm[D], entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    """What is wrong with one entry, and what is allowed."""
    name = entry.filename
    folder, _, inner = name.rpartition("/")
    placed = _PLAIN.fullmatch(inner) and (folder in form.folders if folder else name == form.document)
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link", "the file itself"
    if placed and _RESERVED.fullmatch(inner):
        return f"does not belong into an {form.noun}: Windows keeps this name for itself", "another name"
    # the name as it stands in the archive: reading cuts it at a NUL and turns "\" into "/" on Windows
    if not placed or inner.startswith(".") or entry.orig_filename != name or entry.is_dir():
        return f"does not belong into an {form.noun}", ", ".join(
            (form.document, *(f"{place}/NAME" for place in form.folders))
        )
    if entry.flag_bits & 1:
        return "is encrypted", "an archive without a password"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed in another way", "stored or deflated, as the export writes it"
    most = form.folders[folder](inner) if folder else MAX_DOCUMENT_BYTES
    if entry.file_size > most:
        return f"is too big: {_size_text(entry.file_size)}", f"at most {_size_text(most)}"
    return None


def _fault(file: Path, key: str, value: str, message: str, allowed: str) -> Fault:
    return Fault(0, key, value, message, allowed, file.name)


def _size_text(size_bytes: int) -> str:
    """A file's size as people say it."""
    return f"{size_bytes / 1048576:.1f} MiB" if size_bytes >= 1048576 else f"{size_bytes / 1024:.0f} KiB"
