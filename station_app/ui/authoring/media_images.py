"""Media for the editor's eyes: the dialog that chooses a file, and pictures, drawings and PDF pages as images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QTransform
from PySide6.QtWidgets import QFileDialog, QWidget

from station_app.domain.media import Picture
from station_app.domain.view import ViewSettings
from station_app.ui.decoding import PDF as PDF
from station_app.ui.decoding import decode

MEDIA_FILTER = "*.svg *.png *.jpg *.jpeg *.mp4 *.webm *.pdf"
PHOTO_FILTER = "*.png *.jpg *.jpeg"
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
    return decode(content, *size_px, picture.media_type, picture.page)


def as_shown(image: QImage, settings: ViewSettings) -> QImage:
    """A picture cut and then turned as a camera's view shows it. Any thread."""
    crop, width, height = settings.crop, image.width(), image.height()
    part = QRectF(crop.x * width, crop.y * height, crop.width * width, crop.height * height).toAlignedRect()
    cut = image if part == image.rect() else image.copy(part)
    return cut.transformed(QTransform().rotate(settings.rotation_deg)) if settings.rotation_deg else cut
