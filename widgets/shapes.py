"""The marks that carry a meaning beside colour: circle, tick, diamond, triangle and arrows, drawn as paths.

They are painted, not taken from a font, so they look the same on every machine and never become an empty box.
"""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen


class Shape(Enum):
    """A mark with a fixed meaning. Colour only repeats what the shape says."""

    DOT = "dot"
    RING = "ring"
    CHECK = "check"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    WARNING = "warning"
    SQUARE = "square"
    CROSS = "cross"
    DASH = "dash"
    BACK = "back"
    FORWARD = "forward"
    UP = "up"
    DOWN = "down"
    REPEAT = "repeat"
    CAMERA = "camera"
    BACKSPACE = "backspace"
    BUBBLE = "bubble"


_POLYGONS: dict[Shape, tuple[tuple[float, float], ...]] = {
    Shape.DIAMOND: ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)),
    Shape.TRIANGLE: ((0.5, 0.06), (1.0, 0.94), (0.0, 0.94)),
    Shape.WARNING: ((0.5, 0.06), (1.0, 0.94), (0.0, 0.94)),
    Shape.UP: ((0.5, 0.1), (1.0, 0.9), (0.0, 0.9)),
    Shape.DOWN: ((0.0, 0.1), (1.0, 0.1), (0.5, 0.9)),
    Shape.BACK: ((0.82, 0.08), (0.82, 0.92), (0.14, 0.5)),
    Shape.BUBBLE: (
        (0.0, 0.06),
        (1.0, 0.06),
        (1.0, 0.74),
        (0.6, 0.74),
        (0.3, 1.0),
        (0.3, 0.74),
        (0.0, 0.74),
    ),
    Shape.FORWARD: ((0.18, 0.08), (0.18, 0.92), (0.86, 0.5)),
}


def paint_shape(painter: QPainter, shape: Shape, rect: QRectF, color: QColor, inner: QColor | None = None) -> None:
    """Draw `shape` inside the square `rect`. `inner` colours the exclamation mark of WARNING."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if shape in _POLYGONS:
        _paint_polygon(painter, shape, rect, color)
        if shape is Shape.WARNING:
            _paint_exclamation(painter, rect, inner or QColor("#1F2933"))
    elif shape is Shape.DOT:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(rect)
    elif shape is Shape.SQUARE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(rect, rect.width() * 0.15, rect.width() * 0.15)
    else:
        _paint_strokes(painter, shape, rect, color)
    painter.restore()


def _paint_polygon(painter: QPainter, shape: Shape, rect: QRectF, color: QColor) -> None:
    pen = QPen(color, max(1.0, rect.width() * 0.06))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(color)
    painter.drawPolygon([_at(rect, x, y) for x, y in _POLYGONS[shape]])


def _paint_exclamation(painter: QPainter, rect: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    width = rect.width() * 0.1
    stem = QRectF(rect.center().x() - width / 2, rect.top() + rect.height() * 0.34, width, rect.height() * 0.3)
    painter.drawRoundedRect(stem, width / 2, width / 2)
    painter.drawEllipse(_at(rect, 0.5, 0.77), width * 0.6, width * 0.6)


def _paint_strokes(painter: QPainter, shape: Shape, rect: QRectF, color: QColor) -> None:
    pen = QPen(color, max(1.4, rect.width() * 0.12))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QBrush())
    if shape is Shape.RING:
        inset = pen.widthF() / 2
        painter.drawEllipse(rect.adjusted(inset, inset, -inset, -inset))
        return
    path = QPainterPath()
    if shape is Shape.CHECK:
        _polyline(path, rect, ((0.16, 0.54), (0.4, 0.78), (0.86, 0.24)))
    elif shape is Shape.CROSS:
        _polyline(path, rect, ((0.2, 0.2), (0.8, 0.8)))
        _polyline(path, rect, ((0.8, 0.2), (0.2, 0.8)))
    elif shape is Shape.DASH:
        _polyline(path, rect, ((0.2, 0.5), (0.8, 0.5)))
    elif shape is Shape.REPEAT:
        circle = rect.adjusted(rect.width() * 0.12, rect.height() * 0.12, -rect.width() * 0.12, -rect.height() * 0.12)
        path.arcMoveTo(circle, 40)
        path.arcTo(circle, 40, 300)
        _polyline(path, rect, ((0.82, 0.08), (0.82, 0.32), (0.58, 0.32)))
    elif shape is Shape.CAMERA:
        path.addRoundedRect(
            QRectF(_at(rect, 0.04, 0.24), _at(rect, 0.96, 0.86)), rect.width() * 0.1, rect.width() * 0.1
        )
        _polyline(path, rect, ((0.32, 0.24), (0.38, 0.12), (0.62, 0.12), (0.68, 0.24)))
        path.addEllipse(_at(rect, 0.5, 0.54), rect.width() * 0.17, rect.width() * 0.17)
    elif shape is Shape.BACKSPACE:
        _polyline(path, rect, ((0.34, 0.18), (0.98, 0.18), (0.98, 0.82), (0.34, 0.82), (0.02, 0.5), (0.34, 0.18)))
        _polyline(path, rect, ((0.5, 0.36), (0.78, 0.64)))
        _polyline(path, rect, ((0.78, 0.36), (0.5, 0.64)))
    painter.drawPath(path)


def _polyline(path: QPainterPath, rect: QRectF, points: tuple[tuple[float, float], ...]) -> None:
    path.moveTo(_at(rect, *points[0]))
    for point in points[1:]:
        path.lineTo(_at(rect, *point))


def _at(rect: QRectF, x: float, y: float) -> QPointF:
    return QPointF(rect.left() + rect.width() * x, rect.top() + rect.height() * y)
