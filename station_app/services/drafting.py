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
class Spot:
    """A field of a form: of a step (by id, empty: of the instruction), in a part of the editor, of a check or picture.

    ``item`` is the check's id or the picture's file, ``field`` the key in work_master.toml, ``language`` that of a text.
    """

    step: str = ""
    part: str = ""
    item: str = ""
    field: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class RefusedText:
    """What was typed and could not become the value of a field, and why. ``over`` is the value it was typed over.

    It is kept with the draft until something better is typed, or the value changes by itself (undo).
    """

    spot: Spot
    text: str
    fault: str
    over: str = ""


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft as it was kept. ``seen`` is the version under document control as it was when it was opened or saved last.

    ``note`` is something to tell the person: a change in the folder by hand that was taken over, or could not be.
    ``refused`` are the texts in its forms that are no values yet.
    """

    work_master: WorkMaster
    seen: VersionStatus | None = None
    note: str = ""
    refused: tuple[RefusedText, ...] = ()


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

    def keep(self, work_master: WorkMaster, seen: VersionStatus | None, refused: Sequence[RefusedText] = ()) -> None:
        """Keep the draft, so that a crash at any moment leaves the state before or this one."""
        ...

    def check(
        self, work_master: WorkMaster, seen: VersionStatus | None, refused: Sequence[RefusedText] = ()
    ) -> Sequence[Fault]:
        """Write the draft's folder, and answer everything that ``station instructions check`` finds in it, refused texts
        too."""
        ...

    def rename(self, document_id: str, work_master: WorkMaster, seen: VersionStatus | None) -> None:
        """Keep the draft of ``document_id`` as this work master, which has another id or version. Raises Refusal."""
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


def refused_faults(work_master: WorkMaster, refused: Sequence[RefusedText]) -> list[Fault]:
    """The refused texts as faults, each at the key of its field; those whose step or check is gone are none."""
    places = {step.id: number for number, step in enumerate(work_master.steps)}
    found = []
    for text in refused:
        spot = text.spot
        if spot.step and spot.step not in places:
            continue
        step = work_master.steps[places[spot.step]] if spot.step else None
        key = f"step[{places[spot.step] + 1}]" if step is not None else ""
        if spot.item and step is not None:
            names = [picture.file for picture in step.pictures] if spot.part == "media" else [c.id for c in step.checks]
            if spot.item not in names:
                continue
            key += f".{'picture' if spot.part == 'media' else 'check'}[{names.index(spot.item) + 1}]"
        field = spot.field if spot.language == "en" else f"{spot.field} ({spot.language})"
        message = f"was typed and is not taken: {text.fault}"
        if spot.part == "text" and step is not None:
            file = f"{work_master.id}/steps/{places[step.id] + 1:02}-{step.id}.{spot.language}.md"
            found.append(Fault(0, "", f"“{shown_text(text.text)}”", message, "", file))
            continue
        key = ".".join(part for part in (key, field) if part)
        found.append(Fault(0, key, f"“{shown_text(text.text)}”", message))
    return found


def shown_text(text: str) -> str:
    """A text on one line, not longer than a list's."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
