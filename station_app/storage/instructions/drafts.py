"""Drafts in a folder of this computer: one sub-folder an instruction, and what the editor needs beside it.

``ID/.draft.json`` is the draft exactly as it is on the screen, also while it is incomplete; the folder beside it is what people
read, check and keep in git. Media are kept once under ``.media/SHA256``, so that taking a picture out can be undone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from station_app.domain.document_control import VersionStatus
from station_app.domain.fault import Fault
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster
from station_app.services.drafting import DraftEntry, OpenDraft, RefusedText, TakenFile, refused_faults
from station_app.storage.files import sync_folder
from station_app.storage.instructions.archive import export_archive, import_archive
from station_app.storage.instructions.checking import check_instructions
from station_app.storage.instructions.folder import DOCUMENT, InstructionError, read_work_master_folder
from station_app.storage.instructions.media_files import (
    MAX_BYTES_OF,
    MEDIA_TYPES,
    PDF,
    media_fault,
    media_type_of,
    page_count,
)
from station_app.storage.instructions.station_names import StationNames
from station_app.storage.instructions.write import write_work_master_folder

KEPT = ".draft.json"
MEDIA = ".media"


class KeptDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What ``.draft.json`` holds. ``fingerprint`` is that of the folder as it was written; empty: not yet."""

    work_master: WorkMaster
    seen: VersionStatus | None = None
    fingerprint: str = ""
    refused: tuple[RefusedText, ...] = ()


class MediaFiles(Mapping[str, bytes]):
    """The kept media by SHA-256; a file is read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, sha256: str) -> bytes:
        try:
            return (self._folder / sha256).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(sha256) from error

    def __contains__(self, sha256: object) -> bool:
        return isinstance(sha256, str) and (self._folder / sha256).is_file()

    def __iter__(self) -> Iterator[str]:
        if self._folder.is_dir():
            yield from (path.name for path in self._folder.iterdir() if not path.name.startswith("."))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class DraftFolder:
    """The Drafts port on a folder. ``stations`` are those whose tags and cameras may be named (none: all may)."""

    def __init__(self, folder: Path, stations: tuple[StationNames, ...] = ()) -> None:
        self.folder = folder
        self._stations = stations
        self._media = MediaFiles(folder / MEDIA)
        self._lock = threading.Lock()

    # --- drafts ------------------------------------------------------------------------------------------------------

    def entries(self) -> list[DraftEntry]:
        """Every draft, the newest first; one that cannot be read is listed with its fault."""
        if not self.folder.is_dir():
            return []
        found = [self._entry(path) for path in self.folder.iterdir() if path.is_dir() and path.name[0] != "."]
        return sorted((entry for entry in found if entry is not None), key=lambda entry: -entry.saved_us)

    def open(self, document_id: str) -> OpenDraft:
        """The draft of an instruction; what was changed by hand in its folder is taken over where it is without faults."""
        folder = self._of(document_id)
        kept = self._kept(folder)
        if kept is not None and kept.fingerprint in ("", fingerprint(folder)):
            return OpenDraft(kept.work_master, kept.seen, "", kept.refused)
        try:
            work_master, media = read_work_master_folder(folder)
        except InstructionError as error:
            if kept is None:
                raise Refusal(f"The draft cannot be opened: {error}") from error
            note = f"The folder {folder.name} was changed outside the editor and has faults; this is the draft before that."
            return OpenDraft(kept.work_master, kept.seen, note, kept.refused)
        self.take_media(media)
        note = "" if kept is None else "The folder was changed outside the editor; those changes are taken over."
        return OpenDraft(work_master, kept.seen if kept is not None else None, note)

    def keep(self, work_master: WorkMaster, seen: VersionStatus | None, refused: Sequence[RefusedText] = ()) -> None:
        """Keep the draft; the folder's texts follow with the next :meth:`check`."""
        self._keep(KeptDraft(work_master=work_master, seen=seen, refused=tuple(refused)))

    def check(
        self, work_master: WorkMaster, seen: VersionStatus | None, refused: Sequence[RefusedText] = ()
    ) -> list[Fault]:
        """Write the folder, and everything that is wrong in it; texts that are no values yet come first."""
        folder, kept = self._of(work_master.id), tuple(refused)
        with self._lock:
            self._keep(KeptDraft(work_master=work_master, seen=seen, refused=kept))
            lost = [picture.file for picture in work_master.media().values() if picture.sha256 not in self._media]
            if lost:
                message = "is not kept on this computer any more; choose it again"
                return [Fault(0, "", name, message, "", f"{folder.name}/media/{name}") for name in lost]
            write_work_master_folder(folder, work_master, self._media)
            written = KeptDraft(work_master=work_master, seen=seen, fingerprint=fingerprint(folder), refused=kept)
            self._keep(written)
        return [*refused_faults(work_master, kept), *check_instructions(folder, self._stations).faults]

    def rename(self, document_id: str, work_master: WorkMaster, seen: VersionStatus | None) -> None:
        """Keep the draft under another id or version. The folder moves at once or not at all. Raises Refusal."""
        old, new = self._of(document_id), self._of(work_master.id)
        with self._lock:
            kept = self._kept(old)
            refused = kept.refused if kept is not None else ()
            if new != old:
                if new.exists():
                    raise Refusal(f"There is a draft of {work_master.id} on this computer already. Choose another id.")
                old.rename(new)
                sync_folder(self.folder)
            self._keep(KeptDraft(work_master=work_master, seen=seen, refused=refused))

    def discard(self, document_id: str) -> None:
        """Remove a draft; media that no other draft needs go with the next :meth:`sweep`."""
        shutil.rmtree(self._of(document_id))

    def sweep(self) -> None:
        """Remove media that no draft needs. At the start of the editor only: what was taken out can be undone until then."""
        needed: set[str] = set()
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.is_dir() and path.name[0] != ".":
                with contextlib.suppress(Refusal):  # a damaged one: its folder has the pictures beside its texts
                    kept = self._kept(path)
                    needed |= set(kept.work_master.media()) if kept is not None else set()
        for name in list(self._media):
            if name not in needed:
                (self.folder / MEDIA / name).unlink()

    # --- media -------------------------------------------------------------------------------------------------------

    def media(self) -> Mapping[str, bytes]:
        """Every kept file by its SHA-256."""
        return self._media

    def take_file(self, path: Path) -> TakenFile:
        """Look at a media file and keep it. Raises Refusal."""
        media_type = media_type_of(path.name)
        if media_type is None:
            raise Refusal(f"{path.name} is nothing that can be shown. Choose one of: {', '.join(MEDIA_TYPES)}.")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES_OF[media_type] + 1)
        fault = media_fault(content, media_type)
        if fault is not None:
            raise Refusal(f"{path.name} was not taken: {fault}.")
        sha256 = hashlib.sha256(content).hexdigest()
        self.take_media({sha256: content})
        pages = page_count(content) if media_type == PDF else 1
        return TakenFile(path.name, sha256, len(content), media_type, pages)

    def take_media(self, contents: Mapping[str, bytes]) -> None:
        """Keep media by their SHA-256."""
        folder = self.folder / MEDIA
        folder.mkdir(parents=True, exist_ok=True)
        for sha256, content in contents.items():
            if sha256 not in self._media:
                _write(folder / sha256, content)
        sync_folder(folder)

    # --- single files ------------------------------------------------------------------------------------------------

    def import_file(self, path: Path) -> str:
        """Take an exported instruction as a draft; answers its id. Raises Refusal with every fault; then nothing was taken."""
        try:
            folder = import_archive(path, self.folder)
        except InstructionError as error:
            raise Refusal(str(error)) from error
        return folder.name

    def export_file(self, path: Path, work_master: WorkMaster) -> None:
        """Write a single file. Raises Refusal when a file is missing."""
        try:
            export_archive(path, work_master, self._media)
        except KeyError as error:
            raise Refusal("A picture of this instruction is not on this computer; open it once more first.") from error

    # --- inside ------------------------------------------------------------------------------------------------------

    def _of(self, document_id: str) -> Path:
        if not document_id or document_id[0] == "." or "/" in document_id or "\\" in document_id:
            raise Refusal(f"“{document_id}” cannot be the id of an instruction.")
        return self.folder / document_id

    def _entry(self, folder: Path) -> DraftEntry | None:
        try:
            file = folder / KEPT if (folder / KEPT).is_file() else folder / DOCUMENT
            saved_us = file.stat().st_mtime_ns // 1000
            kept = self._kept(folder)
            work_master = kept.work_master if kept is not None else read_work_master_folder(folder)[0]
        except FileNotFoundError:
            return None
        except (Refusal, InstructionError) as error:
            return DraftEntry(folder.name, "", folder.name, "", 0, saved_us, str(error))
        w = work_master
        return DraftEntry(folder.name, w.version, w.title, w.owner, len(w.steps), saved_us)

    def _kept(self, folder: Path) -> KeptDraft | None:
        try:
            return msgspec.json.decode((folder / KEPT).read_bytes(), type=KeptDraft)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise Refusal(f"The draft {folder.name} is damaged ({error}). Its folder may still be imported.") from error

    def _keep(self, draft: KeptDraft) -> None:
        folder = self._of(draft.work_master.id)
        if not folder.is_dir():
            folder.mkdir(parents=True)
            sync_folder(self.folder)
        _write(folder / KEPT, msgspec.json.encode(draft))
        sync_folder(folder)


def fingerprint(folder: Path) -> str:
    """The SHA-256 of the texts in a work master's folder as they are; empty where there is none."""
    try:
        texts = {DOCUMENT: (folder / DOCUMENT).read_bytes()}
    except FileNotFoundError:
        return ""
    if (folder / "steps").is_dir():
        texts |= {path.name: path.read_bytes() for path in (folder / "steps").glob("*.md")}
    return _digest(texts)


def _digest(texts: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(texts.items()):
        digest.update(f"{len(name)} {name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, also when the power goes."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
