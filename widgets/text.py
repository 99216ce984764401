"""One line of text with bold parts, measured, shortened and painted; and a label made of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.shapes import Shape, paint_shape
from widgets.theme import CAPITAL_BODY_MM, Look

MOST_WIDTHS: Final = 4096
"""How many widths of texts are remembered: all the captions of a few pages."""


@dataclass(frozen=True)
class Run:
    """A piece of text in one weight."""

    text: str
    bold: bool = False


Text = str | Sequence[Run]
"""Plain text, or runs where some are bold: ``[Run("Unit "), Run("GX40-000127", bold=True)]``."""


def as_runs(text: Text) -> tuple[Run, ...]:
    """Any accepted text as a tuple of runs."""
    return (Run(text),) if isinstance(text, str) else tuple(text)


def plain(text: Text) -> str:
    """The text without its weights, as a screen reader says it."""
    return "".join(run.text for run in as_runs(text))


def bold_of(font: QFont) -> QFont:
    """The same font in the weight used for emphasis."""
    strong = QFont(font)
    strong.setWeight(QFont.Weight.DemiBold)
    return strong


def text_width(text: Text, font: QFont) -> float:
    """Width in px of the whole line."""
    return _width_of(as_runs(text), font)


def _width_of(runs: Sequence[Run], font: QFont) -> float:
    # a copy is kept with the width: the caller may go on to change its font
    kept = QFont(font)
    strong = bold_of(font) if any(run.bold for run in runs) else kept
    return sum(_advance(run.text, strong if run.bold else kept) for run in runs)


@lru_cache(maxsize=MOST_WIDTHS)
def _advance(text: str, font: QFont) -> float:
    """Width in px of a text in one font. Most texts of a page are the same in every frame, and measuring costs 5 us."""
    return QFontMetricsF(font).horizontalAdvance(text)


def shortened(text: Text, font: QFont, width_px: float) -> tuple[Run, ...]:
    """The runs cut with an ellipsis to fit `width_px`: plain runs first, from the end; bold ones last."""
    runs = list(as_runs(text))
    excess = _width_of(runs, font) - width_px
    if excess <= 0.5:
        return tuple(run for run in runs if run.text)
    order = [i for i in reversed(range(len(runs))) if not runs[i].bold]
    order += [i for i in reversed(range(len(runs))) if runs[i].bold]
    for index in order:
        if excess <= 0.5:
            break
        run = runs[index]
        metrics = QFontMetricsF(bold_of(font) if run.bold else font)
        before = metrics.horizontalAdvance(run.text)
        short = metrics.elidedText(run.text, Qt.TextElideMode.ElideRight, max(0.0, before - excess))
        runs[index] = Run(short, run.bold)
        excess -= before - metrics.horizontalAdvance(short)
    return tuple(run for run in runs if run.text)


def paint_line(
    painter: QPainter,
    rect: QRectF,
    text: Text,
    font: QFont,
    color: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    bold_color: QColor | None = None,
) -> float:
    """Paint one line, vertically centred in `rect` and shortened to it; returns the width used in px."""
    runs = shortened(text, font, rect.width())
    width = _width_of(runs, font)
    x = rect.left()
    if align & Qt.AlignmentFlag.AlignRight:
        x = rect.right() - width
    elif align & Qt.AlignmentFlag.AlignHCenter:
        x = rect.left() + (rect.width() - width) / 2
    baseline = rect.center().y() + QFontMetricsF(font).capHeight() / 2
    for run in runs:
        used = bold_of(font) if run.bold else QFont(font)
        painter.setFont(used)
        painter.setPen(bold_color if run.bold and bold_color is not None else color)
        painter.drawText(QPointF(x, baseline), run.text)
        x += _advance(run.text, used)
    return width


def fitting_font(font: QFont, text: str, width_px: float, smallest: float = 0.72) -> QFont:
    """`font`, made smaller (at most to `smallest` of its size) until `text` fits `width_px`."""
    needed = _advance(text, QFont(font))
    if needed <= width_px or needed <= 0:
        return font
    fitted = QFont(font)
    fitted.setPixelSize(max(7, int(font.pixelSize() * max(smallest, width_px / needed))))
    return fitted


def two_lines(text: Text, font: QFont, width_px: float) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """A text of one weight over two lines: as many whole words as fit into the first, the rest in the second.

    The second is empty when one line is enough; a first word that is too long for a line stays whole and is shortened later.
    """
    run = Run(plain(text), any(run.bold for run in as_runs(text)))
    words = run.text.split(" ")
    taken = 1
    while taken < len(words) and text_width([Run(" ".join(words[: taken + 1]), run.bold)], font) <= width_px:
        taken += 1
    rest = " ".join(words[taken:])
    return (Run(" ".join(words[:taken]), run.bold),), (Run(rest, run.bold),) if rest else ()


class Line(QWidget):
    """A single line of text with an optional mark before it; shortened with an ellipsis, never clipped."""

    def __init__(
        self,
        look: Look,
        text: Text = "",
        *,
        capital_mm: float = CAPITAL_BODY_MM,
        bold: bool = False,
        color: str = "text",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._capital_mm = capital_mm
        self._font = look.bold(capital_mm) if bold else look.font(capital_mm)
        self._color = color
        self._align = align
        self._shape: Shape | None = None
        self._shape_color = color
        self._text: Text = ""
        self._struck = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def set_text(self, text: Text, color: str | None = None) -> None:
        """Show another text, in another palette colour if given."""
        color = self._color if color is None else color
        if text == self._text and color == self._color:
            return
        self._color = color
        if text != self._text:
            self._text = text
            self.updateGeometry()
        self.setAccessibleName(plain(text))
        self.update()

    def set_struck(self, struck: bool) -> None:
        """Draw a line through the text: it is no longer true."""
        if struck != self._struck:
            self._struck = struck
            self.update()

    def set_bold(self, bold: bool) -> None:
        """Draw all of the text bold, or only its bold runs."""
        self._font = self._look.bold(self._capital_mm) if bold else self._look.font(self._capital_mm)
        self.updateGeometry()
        self.update()

    def set_mark(self, shape: Shape | None, color: str | None = None) -> None:
        """Put a mark before the text, or take it away."""
        mark = (shape, color or self._color)
        if mark == (self._shape, self._shape_color):
            return
        self._shape, self._shape_color = mark
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The text without weights."""
        return plain(self._text)

    @property
    def color_name(self) -> str:
        """The palette name the text is drawn in."""
        return self._color

    @property
    def is_struck(self) -> bool:
        """Whether a line goes through the text."""
        return self._struck

    @property
    def mark(self) -> Shape | None:
        """The mark before the text."""
        return self._shape

    def natural_width(self) -> int:
        """Width in px that shows everything."""
        return math.ceil(text_width(self._text, self._font) + self._mark_width()) + 2

    def is_shortened(self) -> bool:
        """Whether the text is cut with an ellipsis at the present width."""
        return bool(self.text()) and self.natural_width() > self.width() + 1

    def sizeHint(self) -> QSize:
        """All of the text on one line."""
        return QSize(self.natural_width(), int(QFontMetricsF(self._font).height()) + 1)

    def minimumSizeHint(self) -> QSize:
        """May be shortened almost to nothing; the height stays."""
        return QSize(self._look.mm(4), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw mark and text."""
        painter = QPainter(self)
        rect, align = QRectF(self.rect()), self._align
        if self._shape is not None:
            # mark and text stay together: the pair is what is aligned
            align = Qt.AlignmentFlag.AlignLeft
            side = QFontMetricsF(self._font).capHeight() * 1.15
            left = rect.left()
            if self._align & Qt.AlignmentFlag.AlignRight:
                left = max(left, rect.right() - self.natural_width())
            mark = QRectF(left, rect.center().y() - side / 2, side, side)
            paint_shape(painter, self._shape, mark, self._look.color(self._shape_color))
            rect.setLeft(left + self._mark_width())
        used = paint_line(painter, rect, self._text, self._font, self._look.color(self._color), align)
        if self._struck:
            thick = max(1.5, QFontMetricsF(self._font).capHeight() * 0.1)
            left = rect.right() - used if align & Qt.AlignmentFlag.AlignRight else rect.left()
            middle = QRectF(left, rect.center().y() - thick / 2, used, thick)
            painter.fillRect(middle, self._look.color(self._color))
        painter.end()

    def _mark_width(self) -> float:
        return 0.0 if self._shape is None else QFontMetricsF(self._font).capHeight() * 1.7
