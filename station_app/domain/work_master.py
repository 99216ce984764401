"""Work masters (on screen: work instructions): steps, pictures and the checks a step demands.

A released work master is one immutable document, addressed by the SHA-256 of its canonical JSON; its pictures
are named by their own SHA-256 inside it, so the content hash covers them too. Jobs pin (id, version, sha256).
"""

from __future__ import annotations

import hashlib

import msgspec

from station_app.domain.checks import Check, PhotoCheck
from station_app.domain.media import Criterion, Picture

MAX_TEXT_BYTES = 16 * 1024
"""Of a step's text in a language, UTF-8: eight pages. A station lays it out while somebody waits: 64 KiB take it a second."""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """When a step is done: for some variants only, or depending on an earlier check's recorded answer.

    ``variants``: one of them is made. ``step`` and ``check``: the earlier check; ``answers``: its recorded choice or text is
    one of them. What is not given does not matter; what is given must hold.
    """

    variants: tuple[str, ...] = ()
    step: str = ""
    check: str = ""
    answers: tuple[str, ...] = ()


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The smallest instructed unit: ``text`` is Markdown per language ("en" always), ``tags`` are drawn beside it.

    An ``optional`` step may be left out; one whose ``conditions`` do not hold is left out by itself. ``qualification`` is what
    a person needs to do it, ``ppe`` what to wear, ``esd`` whether a good ESD test is needed. ``rework_step`` is the earlier
    step that a failure here leads back to.
    """

    id: str
    title: dict[str, str]
    text: dict[str, str]
    pictures: tuple[Picture, ...] = ()
    checks: tuple[Check, ...] = ()
    tags: tuple[str, ...] = ()
    takt_s: float = 0.0
    advance: bool = True
    optional: bool = False
    conditions: tuple[Condition, ...] = ()
    qualification: str = ""
    ppe: tuple[str, ...] = ()
    esd: bool = False
    criteria: tuple[Criterion, ...] = ()
    rework_step: str = ""

    def title_in(self, language: str) -> str:
        """The title in a language, English where it has none."""
        return self.title.get(language) or self.title["en"]

    def text_in(self, language: str) -> str:
        """The text in a language, English where it has none."""
        return self.text.get(language) or self.text["en"]


class Parameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A value that differs between variants; texts name it as {name}."""

    name: str
    title: str = ""
    unit: str = ""


class Variant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One product that the work master serves, and the value of every parameter for it, as text."""

    id: str
    product: str
    title: str = ""
    values: dict[str, str] = {}


class WorkMaster(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A released instruction for one operation of one product, or of the products of its ``variants``.

    ``owner`` is the person who may change it. ``qualifications`` are needed for the whole work.
    """

    id: str
    version: str
    title: str
    product: str
    operation: str
    steps: tuple[Step, ...]
    owner: str = ""
    qualifications: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    variants: tuple[Variant, ...] = ()
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
        """Every picture, drawing, video and PDF by its SHA-256."""
        return {picture.sha256: picture for picture in self.pictures()}

    def pictures(self) -> tuple[Picture, ...]:
        """The same as they are named in the document: one file may be there under two names."""
        checks = [check for step in self.steps for check in step.checks if isinstance(check, PhotoCheck)]
        references = [check.reference for check in checks if check.reference is not None]
        shown = [picture for step in self.steps for picture in step.pictures]
        compared = [picture for step in self.steps for c in step.criteria for picture in (c.good, c.bad) if picture]
        return (*references, *shown, *compared)

    def products(self) -> tuple[str, ...]:
        """The numbers of the products that can be made by it."""
        return tuple(dict.fromkeys((self.product, *(variant.product for variant in self.variants))))


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
