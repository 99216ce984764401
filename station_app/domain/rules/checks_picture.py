"""Pictures: those that a check asks for, and those that are kept without being asked."""

from __future__ import annotations

from typing import Final, TypedDict

from station_app.domain.checks import PhotoCheck
from station_app.domain.job import Job, StepProgress
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured, Fact
from station_app.domain.rules.places import on_step, open_check, work
from station_app.domain.rules.steps import advance

FAILURE_VIEW: Final = "failure"
REMARK_VIEW: Final = "remark"


class Picture(TypedDict):
    """A stored picture and what was seen in it."""

    sha256: str
    media_type: str
    size_bytes: int
    width_px: int
    height_px: int
    sharpness: float | None
    codes: list[str]
    faults: list[str]


def keep_photo(job: Job | None, check_id: str, picture: Picture, mono_ns: int) -> list[Fact]:
    """Record a picture that is already stored; one that breaks its view's rules is kept and does not pass."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, PhotoCheck, "needs no photo")
    faults = list(picture["faults"])
    if wanted.code_is_unit and found.serial not in picture["codes"]:
        read = ", ".join(picture["codes"])
        if read:
            faults.append(f"The code in the picture is {read}, not {found.serial}.")
        elif not faults:  # else the view's own rules say that none can be read, and why
            faults.append("No code could be read.")
    fact = EvidenceCaptured(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        sha256=picture["sha256"],
        media_type=picture["media_type"],
        size_bytes=picture["size_bytes"],
        width_px=picture["width_px"],
        height_px=picture["height_px"],
        camera=wanted.camera,
        view=wanted.view,
        sharpness=picture["sharpness"],
        codes=tuple(picture["codes"]),
        faults=tuple(faults),
        outcome=Outcome.FAIL if faults else Outcome.PASS,
    )
    return [fact, *(advance(found, step, check, fact, mono_ns) if not faults else [])]


def keep_remark_picture(job: Job | None, camera: str, picture: Picture) -> list[Fact]:
    """Record a stored picture that a person took of the current step without being asked: a scratch, a label."""
    found, step = work(job)
    return keep_failure_picture(found, step, step.attempt, camera, picture, REMARK_VIEW)


def keep_failure_picture(
    job: Job, step: StepProgress, attempt: int, camera: str, picture: Picture, view: str = FAILURE_VIEW
) -> list[Fact]:
    """Record a stored picture of what a failed check looked like. It concerns the step, passes nothing and blocks nothing.

    ``attempt`` is the one that failed; the work may have gone on since.
    """
    place = on_step(job, step)
    place["attempt"] = attempt
    return [
        EvidenceCaptured(
            **place,
            sha256=picture["sha256"],
            media_type=picture["media_type"],
            size_bytes=picture["size_bytes"],
            width_px=picture["width_px"],
            height_px=picture["height_px"],
            camera=camera,
            view=view,
            sharpness=picture["sharpness"],
            codes=tuple(picture["codes"]),
            outcome=Outcome.PASS,
        )
    ]
