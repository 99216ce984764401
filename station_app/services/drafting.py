"""Drafts of instructions on this computer: what the editor needs of them, whether the server is there or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from station_app.domain.document_control import VersionStatus
from station_app.domain.fault import Fault
from station_app.domain.work_master import WorkMaster


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """A draft in the list: ``saved_us`` is when it was kept last, UTC microseconds. ``fault``: why it cannot be opened."""

    document_id: str
    version: str
    title: str
    owner: str
    steps: int
    saved_us: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as it was kept. ``seen`` is the version under document control as it was when it was opened or saved last.

    ``note`` is something to tell the person: a change in the folder by hand that was taken over, or could not be.
    """

    work_master: WorkMaster
    seen: VersionStatus | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A media file that was looked at and kept: ``pages`` of a PDF, else 1."""

    name: str
    sha256: str
    size_bytes: int
    media_type: str
    pages: int = 1


class Drafts(Protocol):
    """The drafts of this computer, one an instruction. Blocking: used from a thread of its own.

    Every verb raises Refusal with a sentence for a person, and OSError as it comes.
    """

    def entries(self) -> list[DraftEntry]:
        """Every draft, the newest first."""
        ...

    def open(self, document_id: str) -> OpenDraft: ...

    def keep(self, work_master: WorkMaster, seen: VersionStatus | None) -> None:
        """Keep the draft, so that a crash at any moment leaves the state before or this one."""
        ...

    def check(self, work_master: WorkMaster, seen: VersionStatus | None) -> Sequence[Fault]:
        """Write the draft's folder, and answer everything that ``station instructions check`` finds in it."""
        ...

    def take_file(self, path: Path) -> TakenFile:
        """Look at a media file and keep it. Raises Refusal with the reason for one that may not be shown."""
        ...

    def take_media(self, contents: Mapping[str, bytes]) -> None:
        """Keep media that come from the server, by their SHA-256."""
        ...

    def media(self) -> Mapping[str, bytes]:
        """Every kept file by its SHA-256, read when it is asked for."""
        ...

    def import_file(self, path: Path) -> str:
        """Take an exported instruction as a draft; answers its id."""
        ...

    def export_file(self, path: Path, work_master: WorkMaster) -> None: ...

    def discard(self, document_id: str) -> None:
        """Remove a draft for good."""
        ...
