"""Facts of pictures and other files that show something: captured, derived, removed."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.chain import AUDIT
from station_app.domain.outcome import Outcome
from station_app.domain.records.base import Fact, OnStep


class EvidenceCaptured(OnStep, frozen=True, kw_only=True):
    """A file that shows something: named by the SHA-256 of its original bytes, kept untouched.

    ``codes`` are the texts read in the picture; ``faults`` the reasons why the view's rules refused it.
    """

    kind: ClassVar[str] = "evidence_captured"
    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    camera: str
    view: str
    sharpness: float | None = None
    codes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    outcome: Outcome


class EvidenceDerived(OnStep, frozen=True, kw_only=True):
    """A copy made from an original that stays untouched: with an overlay, callouts, cropped or turned."""

    kind: ClassVar[str] = "evidence_derived"
    original_sha256: str
    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    overlay: tuple[str, ...] = ()


class EvidenceRemoved(Fact, frozen=True, kw_only=True):
    """A file was removed from this station by its retention rule: it is sealed at the server and its record is delivered."""

    kind: ClassVar[str] = "evidence_removed"
    chan: ClassVar[str] = AUDIT
    sha256: str
    size_bytes: int
    reason: str
