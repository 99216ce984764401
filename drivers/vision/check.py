"""The verdict on a picture before it becomes evidence: accepted, or refused with sentences that say why.

verdict = check_picture(frame.jpeg, PictureRules(min_sharpness=0.02, expected_code="GX40-000127"))
if not verdict.accepted:
    show(verdict.faults)
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.vision.codes import Code, read_codes
from drivers.vision.headers import PictureError
from drivers.vision.jpeg import decode
from drivers.vision.sharpness import brightness, sharpness


@dataclass(frozen=True, slots=True)
class PictureRules:
    """What a picture must fulfil. Brightness is the mean grey value, 0 to 255; None: any code or none."""

    min_sharpness: float = 0.0
    min_brightness: float = 0.0
    max_brightness: float = 255.0
    expected_code: str | None = None


@dataclass(frozen=True, slots=True)
class PictureVerdict:
    """What was found. ``faults`` is empty exactly when the picture is accepted."""

    accepted: bool
    faults: list[str]
    sharpness: float
    brightness: float
    codes: list[Code]
    width: int
    height: int


def check_picture(content: bytes, rules: PictureRules) -> PictureVerdict:
    """Judge a JPEG or PNG; never raises for the picture's content."""
    try:
        picture = decode(content)
    except PictureError as error:
        return PictureVerdict(False, [f"{str(error)[:1].upper()}{str(error)[1:]}."], 0.0, 0.0, [], 0, 0)
    height, width = picture.shape[:2]
    sharp, bright, codes = sharpness(picture), brightness(picture), read_codes(picture)
    faults = [*_light_faults(bright, rules), *_sharpness_faults(sharp, rules), *_code_faults(codes, rules)]
    return PictureVerdict(not faults, faults, sharp, bright, codes, width, height)


def _light_faults(bright: float, rules: PictureRules) -> list[str]:
    if bright < rules.min_brightness:
        return [f"Too dark: brightness {bright:.0f}, at least {rules.min_brightness:.0f} is needed."]
    if bright > rules.max_brightness:
        return [f"Too bright: brightness {bright:.0f}, at most {rules.max_brightness:.0f} is allowed."]
    return []


def _sharpness_faults(sharp: float, rules: PictureRules) -> list[str]:
    if sharp < rules.min_sharpness:
        return [f"Blurred: sharpness {sharp:.4f}, at least {rules.min_sharpness:.4f} is needed."]
    return []


def _code_faults(codes: list[Code], rules: PictureRules) -> list[str]:
    if rules.expected_code is None or any(code.text == rules.expected_code for code in codes):
        return []
    if not codes:
        return [f"No code can be read; {rules.expected_code} must be in the picture."]
    seen = ", ".join(code.text[:40] for code in codes[:3])
    return [f"Wrong unit: the picture shows {seen}, not {rules.expected_code}."]
