"""Media for the editor's eyes: the dialog that chooses a file, and pictures, drawings and PDF pages as images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QFileDialog, QWidget

from station_app.domain.media import Picture
from station_app.ui.pictures import decode

MEDIA_FILTER = "*.svg *.png *.jpg *.jpeg *.mp4 *.webm *.pdf"
PDF = "application/pdf"
LARGEST_PX = (1600, 1200)


def choose_file(parent: QWidget, title: str, pattern: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """Ask for a file with the system's dialog, without an event loop of its own."""
    dialog = QFileDialog(parent, title, "", f"({pattern})")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: chosen(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def choose_target(parent: QWidget, title: str, pattern: str, name: str, chosen: Callable[[Path], None]) -> QFileDialog:
    """Ask where to write a file."""
    dialog = QFileDialog(parent, title, name, f"({pattern})")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(pattern.removeprefix("*."))
    dialog.fileSelected.connect(lambda file: chosen(Path(file)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def image_of(content: bytes | None, picture: Picture, size_px: tuple[int, int] = LARGEST_PX) -> QImage:
    """A picture, drawing or PDF page as an image; empty when it cannot be shown. Any thread."""
    if content is None:
        return QImage()
    return (
        pdf_page(content, picture.page)
        if picture.media_type == PDF
        else decode(content, *size_px, "svg" in picture.media_type)
    )


def pdf_page(content: bytes, page: int) -> QImage:
    """A page of a PDF, from 1, on white; empty when there is none."""
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    if not 1 <= page <= document.pageCount():
        return QImage()
    size = document.pagePointSize(page - 1).scaled(*LARGEST_PX, Qt.AspectRatioMode.KeepAspectRatio)
    drawn = document.render(page - 1, QSize(round(size.width()), round(size.height())))
    image = QImage(drawn.size(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.drawImage(0, 0, drawn)
    painter.end()
    return image
