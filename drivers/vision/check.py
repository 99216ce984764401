"""The verdict on a picture before it becomes evidence: accepted, or refused with sentences that say why.

verdict = check_picture(frame.original, ViewRules(min_sharpness=0.02, code="unit"), unit="GX40-000127")
if not verdict.accepted:
    show(verdict.faults)

Each fault begins with what is wrong in one or two words, up to a colon.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from drivers.vision.alignment import AlignmentError
from drivers.vision.codes import TIME_LIMIT_S, Code, Picture, read_codes
from drivers.vision.geometry import Shown, shown_part
from drivers.vision.headers import PictureError
from drivers.vision.jpeg import decode
from drivers.vision.markers import check_markers, find_markers
from drivers.vision.parts import PartScore, compare_parts
from drivers.vision.sharpness import brightness, grey_of, overexposed, sharpness
from drivers.vision.view_rules import NO_CODE, UNIT_CODE, ViewRules

NOT_DEMANDED_S = 0.08
"""How long codes are looked for in a picture that need not show any."""
NamesInCode = Callable[[Code], Collection[str]]


def text_only(code: Code) -> Collection[str]:
    """The serial numbers that a code stands for, when it holds nothing else: its text."""
    return (code.text,)


@dataclass(frozen=True, slots=True)
class PictureVerdict:
    """What was found. ``faults`` is empty exactly when the picture is accepted.

    ``overexposed`` is a share (0 to 1); ``mm_per_px`` is None without markers of known size. ``width`` and ``height`` are
    those of the original, 0 when it cannot be read.
    """

    accepted: bool
    faults: list[str]
    sharpness: float
    brightness: float
    codes: list[Code]
    width: int
    height: int
    overexposed: float = 0.0
    mm_per_px: float | None = None
    parts: tuple[PartScore, ...] = ()


def check_picture(
    content: bytes,
    rules: ViewRules,
    *,
    unit: str = "",
    reference: bytes | None = None,
    shown: Shown | None = None,
    names_in_code: NamesInCode = text_only,
) -> PictureVerdict:
    """Judge a JPEG or PNG; never raises for the picture's content, nor for that of the reference picture.

    ``unit`` is the open unit's serial number, ``reference`` the picture that ``rules.reference_sha256`` names. ``shown``
    cuts and turns both before they are looked at; the bytes themselves stay as they are.
    """
    try:
        original = decode(content)
    except PictureError as error:
        return PictureVerdict(False, [sentence(error)], 0.0, 0.0, [], 0, 0)
    picture = original if shown is None else shown_part(original, shown)
    grey = grey_of(picture)
    sharp, bright, burnt = sharpness(grey), brightness(grey), overexposed(grey)
    codes = _codes(grey, rules, unit, names_in_code)
    marker_faults, mm_per_px = _marker_faults(grey, rules)
    part_faults, parts = _part_faults(grey, rules, reference, shown)
    faults = [
        *_size_faults(original, rules),
        *_light_faults(bright, burnt, rules),
        *_sharpness_faults(sharp, rules),
        *_code_faults(codes, rules, unit, names_in_code),
        *marker_faults,
        *part_faults,
    ]
    height, width = original.shape[:2]
    return PictureVerdict(not faults, faults, sharp, bright, codes, width, height, burnt, mm_per_px, parts)


def sentence(error: ValueError) -> str:
    """An error's text as a sentence for the operator."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _size_faults(picture: Picture, rules: ViewRules) -> list[str]:
    height, width = picture.shape[:2]
    if (rules.width_px or width, rules.height_px or height) == (width, height):
        return []
    wanted = f"{rules.width_px or width} x {rules.height_px or height}"
    return [f"Another size: the camera delivers {width} x {height} pixels, this view was set up for {wanted}."]


def _light_faults(bright: float, burnt: float, rules: ViewRules) -> list[str]:
    if bright < rules.min_brightness:
        return [f"Too dark: brightness {bright:.0f}, at least {rules.min_brightness:.0f} is needed."]
    if bright > rules.max_brightness:
        return [f"Too bright: brightness {bright:.0f}, at most {rules.max_brightness:.0f} is allowed."]
    if burnt > rules.max_overexposed:
        return [
            f"Overexposed: {burnt:.1%} of the picture is burnt out, at most {rules.max_overexposed:.1%} is allowed."
        ]
    return []


def _sharpness_faults(sharp: float, rules: ViewRules) -> list[str]:
    if sharp < rules.min_sharpness:
        return [f"Blurred: sharpness {sharp:.4f}, at least {rules.min_sharpness:.4f} is needed."]
    return []


def _codes(grey: Picture, rules: ViewRules, unit: str, names_in_code: NamesInCode) -> list[Code]:
    """The codes of a picture; where it must show the open unit's, that one is looked for first."""
    if rules.code == UNIT_CODE and unit:
        return read_codes(grey, wanted=lambda code: unit in names_in_code(code))
    return read_codes(grey, NOT_DEMANDED_S if rules.code == NO_CODE else TIME_LIMIT_S)


def _code_faults(codes: list[Code], rules: ViewRules, unit: str, names_in_code: NamesInCode) -> list[str]:
    if rules.code == NO_CODE or (rules.code != UNIT_CODE and codes):
        return []
    if rules.code == UNIT_CODE and any(unit and unit in names_in_code(code) for code in codes):
        return []
    if not codes:
        return [f"No code: none can be read; {unit or 'one'} must be in the picture."]
    seen = ", ".join(code.text[:40] for code in codes[:3])
    return [f"Wrong unit: the picture shows {seen}, not {unit or 'the open unit (none is open)'}."]


def _marker_faults(grey: Picture, rules: ViewRules) -> tuple[list[str], float | None]:
    if not rules.markers.places:
        return [], None
    try:
        found = find_markers(grey, rules.markers.dictionary)
    except ValueError as error:
        return [f"View set up wrongly: {error}."], None
    verdict = check_markers(found, rules.markers, grey.shape[1], grey.shape[0])
    return verdict.faults, verdict.mm_per_px


def _part_faults(
    grey: Picture, rules: ViewRules, reference: bytes | None, shown: Shown | None
) -> tuple[list[str], tuple[PartScore, ...]]:
    if not rules.parts:
        return [], ()
    if reference is None:
        return ["No reference: the picture to compare with is not on this computer."], ()
    try:
        good = decode(reference)
        scores = compare_parts(
            grey, good if shown is None else shown_part(good, shown), rules.parts, rules.markers.dictionary
        )
    except AlignmentError as error:
        return [sentence(error)], ()
    except ValueError as error:  # the reference picture or a region is wrong: for whoever set up the view
        return [f"View set up wrongly: {error}."], ()
    faults = [
        f"Part missing: {part.name} is not as in the reference picture (alike {part.score:.0%}, "
        f"{region.min_score:.0%} is needed)."
        for part, region in zip(scores, rules.parts, strict=True)
        if not part.present
    ]
    return faults, tuple(scores)
