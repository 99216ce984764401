"""Small drawings of the dossier: outcomes, limits, flags and the unit's code. Shape and text, never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PIL import Image
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject
from reportlab.platypus import Flowable

from station_app.domain.outcome import Limits, Outcome, ReadingError, parse_reading
from station_app.domain.unit_trace import UnitState
from station_app.storage.dossier.typeface import Typeface

TEXT, SECOND, MUTED = HexColor(0x1F2933), HexColor(0x52606D), HexColor(0x7B8794)
LINE, PAPER, PRIMARY = HexColor(0xD3D8DE), HexColor(0xF5F6F7), HexColor(0x2F4B6E)
BAND, TRACK = HexColor(0xA9B8C6), HexColor(0xE6E8EB)
ALARM, WARNING = HexColor(0xB3261E), HexColor(0xE0A100)
RADIUS = 3.4


def _polygon(canvas: Canvas, points: list[tuple[float, float]], fill: bool = True) -> None:
    path: PDFPathObject = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=int(not fill), fill=int(fill))


def diamond(canvas: Canvas, x: float, y: float, radius: float, color: Color) -> None:
    """A filled diamond around (x, y): an alarm, a failure."""
    canvas.setFillColor(color)
    _polygon(canvas, [(x, y + radius), (x + radius, y), (x, y - radius), (x - radius, y)])


def triangle(canvas: Canvas, x: float, y: float, radius: float, color: Color) -> None:
    """A filled triangle standing around (x, y): a warning."""
    canvas.setFillColor(color)
    _polygon(canvas, [(x, y + radius), (x + radius, y - radius * 0.8), (x - radius, y - radius * 0.8)])


def draw_outcome(canvas: Canvas, outcome: Outcome | None, x: float, y: float, radius: float = RADIUS) -> None:
    """The shape of an outcome around (x, y): a disc with a tick, a diamond, a triangle, rings for the rest."""
    canvas.saveState()
    canvas.setLineWidth(1.1)
    if outcome is Outcome.PASS:
        canvas.setFillColor(PRIMARY)
        canvas.circle(x, y, radius, stroke=0, fill=1)
        canvas.setStrokeColor(white)
        canvas.lines([(x - radius * 0.5, y, x - radius * 0.1, y - radius * 0.42),
                      (x - radius * 0.1, y - radius * 0.42, x + radius * 0.55, y + radius * 0.42)])  # fmt: skip
    elif outcome is Outcome.FAIL:
        diamond(canvas, x, y, radius * 1.15, ALARM)
    elif outcome in (Outcome.ERROR, Outcome.ABORTED):
        triangle(canvas, x, y, radius * 1.1, WARNING if outcome is Outcome.ERROR else MUTED)
    else:
        canvas.setStrokeColor(MUTED)
        canvas.circle(x, y, radius - 0.5, stroke=1, fill=0)
    canvas.restoreState()


class OutcomeMark(Flowable):
    """An outcome's shape with its word beside it; ``muted`` for a value that a correction replaced."""

    def __init__(self, outcome: Outcome | None, typeface: Typeface, muted: bool = False, size: float = 8.0) -> None:
        super().__init__()
        self._outcome = outcome
        self._typeface = typeface
        self._muted = muted
        self._size = size
        self._text = "replaced" if muted else (outcome.value if outcome else "open")
        self.width = RADIUS * 2 + 4 + typeface.width(self._text, size, bold=True)
        self.height = size * 1.25

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        middle = self.height / 2
        draw_outcome(self.canv, None if self._muted else self._outcome, RADIUS, middle)
        alarming = self._outcome is Outcome.FAIL and not self._muted
        self.canv.setFillColor(ALARM if alarming else MUTED if self._muted else TEXT)
        self.canv.setFont(self._typeface.bold, self._size)
        self.canv.drawString(RADIUS * 2 + 4, middle - self._size * 0.36, self._text)


STATE_WORDS = {
    UnitState.CREATED: ("Created", None),
    UnitState.COMPONENT: ("Component", None),
    UnitState.IN_WORK: ("In work", None),
    UnitState.PASSED: ("Passed so far", Outcome.PASS),
    UnitState.FAILED: ("Failed", Outcome.FAIL),
    UnitState.ON_HOLD: ("On hold", Outcome.FAIL),
    UnitState.ABORTED: ("Aborted", Outcome.ABORTED),
}


class StateMark(Flowable):
    """The unit's state in large, with the shape of its outcome."""

    def __init__(self, state: UnitState, typeface: Typeface) -> None:
        super().__init__()
        self._text, self._outcome = STATE_WORDS[state]
        self._typeface = typeface
        self.height = 21.0

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        return available_width, self.height

    def draw(self) -> None:
        draw_outcome(self.canv, self._outcome, 7, 11, 7)
        self.canv.setFillColor(ALARM if self._outcome is Outcome.FAIL else TEXT)
        self.canv.setFont(self._typeface.bold, 15)
        self.canv.drawString(20, 6, self._text)


class FlagMark(Flowable):
    """The triangle before a remark."""

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        return 8.0, 8.0

    def draw(self) -> None:
        triangle(self.canv, 4, 4, 4, WARNING)


class LimitBar(Flowable):
    """Where a reading lies against its limits: the band between them, ticks at the limits, a mark at the value."""

    def __init__(self, value: str, lower: str, upper: str, width: float, muted: bool = False) -> None:
        super().__init__()
        self._value, self._limits = _number(value), Limits(lower=_number(lower), upper=_number(upper))
        self._muted = muted
        self.width, self.height = width, 12.0

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        if self._limits.lower is None and self._limits.upper is None:
            return
        low, high = scale(self._limits)
        canvas, base, thick = self.canv, 3.0, 3.4

        def at(value: Decimal) -> float:
            return float((min(max(value, low), high) - low) / (high - low)) * self.width

        left = at(low if self._limits.lower is None else self._limits.lower)
        right = at(high if self._limits.upper is None else self._limits.upper)
        canvas.setFillColor(TRACK)
        canvas.roundRect(0, base, self.width, thick, thick / 2, stroke=0, fill=1)
        canvas.setFillColor(BAND)
        canvas.rect(left, base, right - left, thick, stroke=0, fill=1)
        canvas.setStrokeColor(TEXT)
        canvas.setLineWidth(0.8)
        for limit in (self._limits.lower, self._limits.upper):
            if limit is not None:
                canvas.line(at(limit), base - 1, at(limit), base + thick + 1)
        if self._value is None:
            return
        x = min(max(at(self._value), 3), self.width - 3)
        out = self._limits.excess(self._value) != 0
        if out:
            diamond(canvas, x, base + thick / 2, 3.6, MUTED if self._muted else ALARM)
        else:
            canvas.setFillColor(MUTED if self._muted else PRIMARY)
            _polygon(canvas, [(x, base + thick + 0.2), (x - 3, base + thick + 5), (x + 3, base + thick + 5)])


def scale(limits: Limits) -> tuple[Decimal, Decimal]:
    """The ends of the bar: a quarter of the band beyond each limit; an open side reaches as far as the limit is large."""
    lower, upper = limits.lower, limits.upper
    if lower is not None and upper is not None:
        span = max(upper - lower, abs(upper) * Decimal("1e-9"), Decimal("1e-12"))
        return lower - span / 4, upper + span / 4
    if upper is not None:
        span = abs(upper) or Decimal(1)
        return upper - span, upper + span / 3
    assert lower is not None
    span = abs(lower) or Decimal(1)
    return lower - span / 3, lower + span


def _number(text: str) -> Decimal | None:
    try:
        return parse_reading(text)
    except ReadingError:
        return None


class UnitCode(Flowable):
    """The serial number as a printed code: rows of modules from the top, True is dark."""

    def __init__(self, rows: Sequence[Sequence[bool]], size: float) -> None:
        super().__init__()
        self.width = self.height = size
        pixels = bytes(0 if dark else 255 for row in rows for dark in row)
        small = Image.frombytes("L", (len(rows[0]), len(rows)), pixels)
        sharp = max(1, 400 // len(rows))
        self._image = ImageReader(small.resize((small.width * sharp, small.height * sharp), Image.Resampling.NEAREST))

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        self.canv.drawImage(self._image, 0, 0, self.width, self.height)
