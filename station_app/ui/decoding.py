"""From bytes to a picture for the screen: photos, drawings, pages of documents, camera frames. Any thread.

A picture comes in the format in which the screen keeps it, so that the main thread has nothing to convert.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QTransform
from PySide6.QtSvg import QSvgRenderer

from station_app.domain.view import ViewSettings

LARGEST_SIDE_PX: Final = 4096
PDF: Final = "application/pdf"
_PAGES: Final = "pages"


def decode(content: bytes, width_px: int, height_px: int, media_type: str, page: int = 1) -> QImage:
    """The picture as large as fits ``width_px`` x ``height_px``; empty when it cannot be read.

    Drawings and pages (``page`` from 1) are rendered at that size; photos are only made smaller, while they are decoded.
    """
    box = QSize(min(width_px, LARGEST_SIDE_PX), min(height_px, LARGEST_SIDE_PX))
    if "svg" in media_type:
        return _render_svg(content, box)
    if media_type == PDF:
        return _render_page(content, box, page)
    return _read(content, box)


def pages_of(image: QImage) -> int:
    """How many pages the document has that this picture is one of; 1 for everything else."""
    text = image.text(_PAGES)
    return int(text) if text else 1


def _read(content: bytes, box: QSize) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    reader = QImageReader(buffer)
    # a photo says how the camera was held
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid() and (size.width() > box.width() or size.height() > box.height()):
        reader.setScaledSize(size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
    return _for_screen(reader.read())


def _for_screen(image: QImage) -> QImage:
    """In the format that is painted without converting it each time."""
    if image.isNull():
        return image
    form = QImage.Format.Format_ARGB32_Premultiplied if image.hasAlphaChannel() else QImage.Format.Format_RGB32
    return image if image.format() == form else image.convertToFormat(form)


def _render_svg(content: bytes, box: QSize) -> QImage:
    renderer = QSvgRenderer(QByteArray(content))
    if not renderer.isValid():
        return QImage()
    size = renderer.defaultSize().scaled(box, Qt.AspectRatioMode.KeepAspectRatio)
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return image


def _render_page(content: bytes, box: QSize, page: int) -> QImage:
    # loaded with the first document that is shown
    from PySide6.QtPdf import QPdfDocument

    document = QPdfDocument()
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    pages = document.pageCount()
    if not 1 <= page <= pages:
        return QImage()
    points = document.pagePointSize(page - 1)
    if points.isEmpty():
        return QImage()
    drawn = document.render(page - 1, points.toSize().scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
    image = QImage(drawn.size(), QImage.Format.Format_RGB32)
    # pages have no ground of their own
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.drawImage(0, 0, drawn)
    painter.end()
    image.setText(_PAGES, str(pages))
    document.close()
    return image


def decode_frame(jpeg: bytes, settings: ViewSettings, width_px: int, height_px: int) -> QImage:
    """A camera's JPEG as its view shows it (cropped, then turned), at most that large.

    Cut and made smaller while it is decoded: that takes less time than after, and other threads run meanwhile.
    """
    buffer = QBuffer()
    buffer.setData(QByteArray(jpeg))
    reader = QImageReader(buffer, QByteArray(b"jpeg"))
    size, crop = reader.size(), settings.crop
    if not size.isValid():
        return QImage()
    part = QRectF(crop.x * size.width(), crop.y * size.height(), crop.width * size.width(), crop.height * size.height())
    clip = part.toAlignedRect().intersected(QRect(QPoint(), size))
    box = QSize(width_px, height_px)
    if settings.rotation_deg in (90, 270):
        box.transpose()
    if clip.size() != size:
        reader.setClipRect(clip)
    if clip.width() > box.width() or clip.height() > box.height():
        reader.setScaledSize(clip.size().scaled(box, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    return image.transformed(QTransform().rotate(settings.rotation_deg)) if settings.rotation_deg else image
