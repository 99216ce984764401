"""Work masters (on screen: work instructions): steps, pictures and the checks a step demands.

A released work master is one immutable document, addressed by the SHA-256 of its canonical JSON; its pictures
are named by their own SHA-256 inside it, so the content hash covers them too. Jobs pin (id, version, sha256).
"""

from __future__ import annotations

import hashlib

import msgspec

from station_app.domain.outcome import Limits


class Callout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A numbered mark on a picture; ``x``, ``y`` are fractions of its width and height from the top left.

    They say what is meant; ``label_x``, ``label_y`` where the number stands (None: wherever there is room).
    """

    label: str
    x: float
    y: float
    text: str = ""
    label_x: float | None = None
    label_y: float | None = None


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A picture of a step: ``file`` is its name in the folder's media/, ``sha256`` names its bytes."""

    file: str
    sha256: str
    size_bytes: int
    media_type: str
    callouts: tuple[Callout, ...] = ()


class BaseCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", kw_only=True):
    """What a step demands. ``id`` is unique in its step, ``title`` is for the operator.

    ``reaction`` tells the operator what to do when it fails.
    """

    id: str
    title: str
    reaction: str = ""


class ConfirmCheck(BaseCheck, frozen=True, tag="confirm", kw_only=True):
    """The operator confirms that it is done."""


class ScanCheck(BaseCheck, frozen=True, tag="scan", kw_only=True):
    """A component is scanned: ``material`` is the part number it must have, ``tracked`` "serial" or "lot"."""

    material: str
    tracked: str = "lot"
    quantity: float = 1.0


class MeasureCheck(BaseCheck, frozen=True, tag="measure", kw_only=True):
    """A value is measured by hand and typed; ``decimals`` is how many the gauge shows."""

    characteristic: str
    limits: Limits
    decimals: int = 2
    gauge_class: str = ""


class MachineValueCheck(BaseCheck, frozen=True, tag="machine_value", kw_only=True):
    """A machine's value is captured from the tag of that name; bad quality is refused.

    ``cycle_tag`` names a counter that must have moved since the step began, so that the value is this unit's and not
    what the machine still shows of the one before; empty where the value is of the moment (a temperature).
    """

    characteristic: str
    tag: str
    limits: Limits
    cycle_tag: str = ""


class PhotoCheck(BaseCheck, frozen=True, tag="photo", kw_only=True):
    """A picture is taken; the view's rules refuse it when blurred, dark or not showing the unit's code."""

    camera: str
    view: str = ""
    min_sharpness: float = 0.0
    min_brightness: float = 0.0
    code_is_unit: bool = False


Check = ConfirmCheck | ScanCheck | MeasureCheck | MachineValueCheck | PhotoCheck


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The smallest instructed unit: ``text`` is Markdown per language ("en" always), ``tags`` are drawn beside it."""

    id: str
    title: dict[str, str]
    text: dict[str, str]
    pictures: tuple[Picture, ...] = ()
    checks: tuple[Check, ...] = ()
    tags: tuple[str, ...] = ()
    takt_s: float = 0.0
    advance: bool = True

    def title_in(self, language: str) -> str:
        """The title in a language, English where it has none."""
        return self.title.get(language) or self.title["en"]

    def text_in(self, language: str) -> str:
        """The text in a language, English where it has none."""
        return self.text.get(language) or self.text["en"]


class WorkMaster(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A released instruction for one operation of one product."""

    id: str
    version: str
    title: str
    product: str
    operation: str
    steps: tuple[Step, ...]
    released_by: str = ""
    released_at: str = ""
    reason: str = ""

    def step(self, step_id: str) -> Step:
        """The step of that id. Raises KeyError when there is none."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def media(self) -> dict[str, Picture]:
        """Every picture by its SHA-256."""
        return {picture.sha256: picture for step in self.steps for picture in step.pictures}


class WorkMasterError(ValueError):
    """A document that is no work master or does not match its hash; the message is for a person."""


def encode_work_master(work_master: WorkMaster) -> bytes:
    """The canonical JSON: the bytes that are published, hashed and pinned."""
    return msgspec.json.encode(work_master, order="deterministic")


def content_sha256(document: bytes) -> str:
    """The content hash of a published document, hexadecimal."""
    return hashlib.sha256(document).hexdigest()


def decode_work_master(document: bytes, sha256: str) -> WorkMaster:
    """The work master in a published document.

    Raises WorkMasterError when the bytes do not have the expected hash or are no work master.
    """
    found = content_sha256(document)
    if found != sha256:
        raise WorkMasterError(f"the content does not match its hash: expected {sha256[:12]}…, found {found[:12]}…")
    try:
        work_master = msgspec.json.decode(document, type=WorkMaster)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise WorkMasterError(f"not a work master: {error}") from error
    return work_master
