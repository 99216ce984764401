"""What is drawn over a picture: numbered callouts with a line to what they mean, and highlighted regions."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from widgets.shapes import Shape, paint_shape
from widgets.text import Run, paint_line, text_width
from widgets.theme import CAPITAL_BODY_MM, Look


@dataclass(frozen=True)
class Callout:
    """A numbered label: `at` is the point meant, `label_at` where the number stands, as fractions."""

    number: str
    text: str
    at: tuple[float, float]
    label_at: tuple[float, float]


@dataclass(frozen=True)
class Region:
    """A highlighted rectangle: left, top, width and height as fractions, and what is to be seen there."""

    place: tuple[float, float, float, float]
    text: str = ""


def paint_region(painter: QPainter, look: Look, picture: QRectF, region: Region, width_px: int) -> None:
    """A frame around the region, light outside and dark inside so that it is seen on any picture; its text at the top."""
    x, y, width, height = region.place
    rect = QRectF(
        picture.left() + x * picture.width(),
        picture.top() + y * picture.height(),
        width * picture.width(),
        height * picture.height(),
    )
    radius = look.mm(1.4)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for name, pen_mm in (("card", 2.2), ("primary", 1.0)):
        painter.setPen(QPen(look.color(name), max(2.0, look.mm(pen_mm))))
        painter.drawRoundedRect(rect, radius, radius)
    if region.text:
        font = look.font(CAPITAL_BODY_MM)
        label_px, high = text_width(region.text, font), look.mm(7.2)
        left = max(look.mm(4), min(rect.left(), width_px - label_px - look.mm(5.5)))
        above = rect.top() - high - look.mm(1.6)
        top = above if above > picture.top() else rect.top() + look.mm(1.6)
        _plate(painter, look, QRectF(left, top, label_px + 2, high), (region.text,), font)


def paint_callout(painter: QPainter, look: Look, picture: QRectF, callout: Callout, width_px: int) -> None:
    """The number in its circle, the line to what it means, and the label beside it, inside `width_px`."""
    side = look.mm(10)
    target = _point(picture, callout.at)
    center = _point(picture, callout.label_at)
    font = look.font(CAPITAL_BODY_MM)
    beside = side / 2 + look.mm(2.8)
    room = width_px - look.mm(5.5) - center.x() - beside
    lines = wrapped_in_two(callout.text, font, room)
    width = max(text_width(line, font) for line in lines)
    # what is still too long moves the number to the left: the label stays inside the widget
    center.setX(max(side / 2 + look.mm(1), min(center.x(), center.x() + room - width)))
    painter.setPen(QPen(look.color("primary"), max(1.6, look.mm(0.55))))
    painter.drawLine(center, target)
    circle = QRectF(0, 0, side, side)
    circle.moveCenter(center)
    paint_shape(painter, Shape.DOT, circle, look.color("primary"))
    middle = Qt.AlignmentFlag.AlignHCenter
    paint_line(painter, circle, [Run(callout.number, True)], look.bold(4.8), look.color("on_primary"), middle)
    if callout.text:
        height = look.mm(7.2)
        label = QRectF(center.x() + beside, center.y() - height * len(lines) / 2, width + 2, height * len(lines))
        _plate(painter, look, label, lines, font)


def _plate(painter: QPainter, look: Look, label: QRectF, lines: tuple[str, ...], font: QFont) -> None:
    plate = look.color("card")
    plate.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawRoundedRect(label.adjusted(-look.mm(1.8), 0, look.mm(1.8), 0), look.mm(1.4), look.mm(1.4))
    height = label.height() / len(lines)
    for row, line in enumerate(lines):
        place = QRectF(label.left(), label.top() + row * height, label.width(), height)
        paint_line(painter, place, line, font, look.color("text"))


def wrapped_in_two(text: str, font: QFont, width_px: float) -> tuple[str, ...]:
    """The text on one line where it fits, else on two of about equal length."""
    words = text.split(" ")
    if len(words) < 2 or text_width(text, font) <= width_px:
        return (text,)
    splits = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(splits, key=lambda pair: max(text_width(line, font) for line in pair))


def _point(rect: QRectF, fractions: tuple[float, float]) -> QPointF:
    return QPointF(rect.left() + fractions[0] * rect.width(), rect.top() + fractions[1] * rect.height())
