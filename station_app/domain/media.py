"""What a step shows beside its text: pictures, drawings, videos and PDF pages, with numbers and regions on them."""

from __future__ import annotations

import msgspec


def text_in(text: str, translations: dict[str, str], language: str) -> str:
    """A text in a language; ``text`` is English and is shown where there is no translation."""
    return text if language == "en" else translations.get(language) or text


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
    translations: dict[str, str] = {}


class Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A highlighted rectangle on a picture, in fractions of its width and height from the top left."""

    x: float
    y: float
    width: float
    height: float
    text: str = ""
    translations: dict[str, str] = {}


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to look at: ``file`` is its name in the folder's media/, ``sha256`` names its bytes.

    ``media_type`` tells photo and drawing (image/*), video (video/*) and PDF (application/pdf, ``page`` from 1) apart. A video
    begins again when ``loop``. ``only_for`` names the variants it is shown for, empty: all.
    """

    file: str
    sha256: str
    size_bytes: int
    media_type: str
    callouts: tuple[Callout, ...] = ()
    regions: tuple[Region, ...] = ()
    page: int = 1
    loop: bool = True
    only_for: tuple[str, ...] = ()

    @property
    def marks(self) -> tuple[Callout | Region, ...]:
        """Everything that is drawn on it."""
        return (*self.callouts, *self.regions)


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A workmanship criterion: what is good and what is bad, each with a reference picture where there is one."""

    text: str
    good: Picture | None = None
    bad: Picture | None = None
    translations: dict[str, str] = {}
