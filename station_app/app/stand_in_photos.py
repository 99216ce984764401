"""What a stand-in camera sees in a try-out: a picture that keeps the rules of the photo check that is done now.

The reference picture where the check has one, else a plain one with the markers it asks for; the unit's code where it is free.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from drivers.vision.codes import Picture as GreyPicture
from station_app.domain.checks import PhotoCheck

PLAIN_PX = QSize(960, 640)
MARKER_SHARE = 0.16
CODE_SHARES = (0.8, 0.34, 0.24, 0.18)
"""How large the code is drawn, of the picture's height: as large as there is room for."""
_QUIET = 1.5
_PLACES = ((0.5, 0.5), (0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.0), (0.5, 1.0), (0.0, 0.5), (1.0, 0.5))


def plain_photo(camera: str, unit: str) -> QImage:
    """A picture that is sharp and light enough, with the unit's code and the camera's name on it."""
    return photo_for(PhotoCheck(id="photo", title="", camera=camera), unit, None)


def photo_for(check: PhotoCheck, unit: str, reference: bytes | None) -> QImage:
    """A picture of ``unit`` that passes the check as far as a drawn one can; ``reference`` is that of a good unit."""
    picture = QImage.fromData(reference) if reference is not None else QImage()
    taken: list[QRectF] = []
    if picture.isNull():
        size = QSize(check.width_px or PLAIN_PX.width(), check.height_px or PLAIN_PX.height())
        picture = QImage(size, QImage.Format.Format_RGB32)
        picture.fill(QColor("#E6E8EB"))
        painter = QPainter(picture)
        taken += _draw_markers(painter, check, size)
        taken.append(_draw_name(painter, check.camera, size))
    else:
        picture = picture.convertToFormat(QImage.Format.Format_RGB32)
        painter = QPainter(picture)
        taken += _drawn_on(check, picture.size())
    if reference is None or check.code_is_unit or check.code:
        _draw_code(painter, unit, picture.size(), taken)
    painter.end()
    return picture


def _drawn_on(check: PhotoCheck, size: QSize) -> Iterable[QRectF]:
    """Where the reference picture must stay as it is."""
    width, height = size.width(), size.height()
    for part in check.parts:
        yield QRectF(part.x * width, part.y * height, part.width * width, part.height * height)
    for place in check.markers.places:
        side = MARKER_SHARE * height * _QUIET
        yield QRectF(place.x * width - side / 2, place.y * height - side / 2, side, side)


def _draw_markers(painter: QPainter, check: PhotoCheck, size: QSize) -> Iterable[QRectF]:
    from drivers.vision.markers import write_marker

    side = round(MARKER_SHARE * size.height())
    for place in check.markers.places:
        frame = QRect(0, 0, round(side * _QUIET), round(side * _QUIET))
        frame.moveCenter(QRectF(place.x * size.width(), place.y * size.height(), 0, 0).toRect().topLeft())
        painter.fillRect(frame, QColor("white"))
        inner = QRect(0, 0, side, side)
        inner.moveCenter(frame.center())
        painter.drawImage(inner, _grey(write_marker(check.markers.dictionary, place.id, side)))
        yield QRectF(frame)


def _draw_name(painter: QPainter, camera: str, size: QSize) -> QRectF:
    font = QFont()
    font.setPixelSize(max(12, size.height() // 18))
    painter.setFont(font)
    place = QRectF(0, 0, size.width(), font.pixelSize() * 1.6)
    painter.setPen(QColor("#1F2933"))
    painter.drawText(place.adjusted(20, 8, 0, 0), camera)
    return place


def _draw_code(painter: QPainter, unit: str, size: QSize, taken: Iterable[QRectF]) -> None:
    """The unit's code, as large as there is room for beside what must stay as it is."""
    from drivers.vision.codes import write_datamatrix

    kept = list(taken)
    for share in CODE_SHARES:
        side = round(share * size.height())
        for x, y in _PLACES:
            place = QRectF(x * (size.width() - side), y * (size.height() - side), side, side)
            if not any(place.intersects(other) for other in kept):
                painter.drawImage(place.toRect(), _grey(write_datamatrix(unit, side)))
                return


def _grey(picture: GreyPicture) -> QImage:
    height, width = picture.shape[:2]
    return QImage(picture.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()
