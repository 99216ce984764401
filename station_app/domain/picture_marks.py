"""What an inspector draws on a copy of a picture, and what is written beside it. The original stays as it is."""

from __future__ import annotations

import msgspec

MARK_KINDS = ("arrow", "circle", "text")
LONGEST_TEXT = 60


class PictureMark(msgspec.Struct, frozen=True):
    """A mark; places are fractions of the picture's width and height from its top left.

    ``arrow``: from (x, y) to its tip (x2, y2). ``circle``: centre, and a point on it. ``text``: written at (x, y).
    """

    kind: str
    x: float
    y: float
    x2: float
    y2: float
    text: str = ""


class CopyText(msgspec.Struct, frozen=True):
    """What a derived copy says: texts as they are to be read, empty ones are left out."""

    time: str = ""
    unit: str = ""
    person: str = ""
    gauge: str = ""
    marks: tuple[PictureMark, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """The copy's texts and marks, each on a line, as its record keeps them."""
        texts = [text for text in (self.time, self.unit, self.person, self.gauge) if text]
        return (*texts, *(mark_text(mark) for mark in self.marks))


def mark_text(mark: PictureMark) -> str:
    """A mark in words: "arrow from 0.100,0.200 to 0.300,0.400: scratch"."""
    start, end = f"{mark.x:.3f},{mark.y:.3f}", f"{mark.x2:.3f},{mark.y2:.3f}"
    place = {"arrow": f"from {start} to {end}", "circle": f"around {start} through {end}"}.get(mark.kind, f"at {start}")
    return f"{mark.kind} {place}" + (f": {mark.text}" if mark.text else "")
