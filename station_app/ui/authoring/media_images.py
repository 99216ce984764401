"""Media for the editor's eyes: the dialog that chooses a file, and pictures, drawings and PDF pages as images."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from station_app.domain.media import Picture
from station_app.ui.decoding import PDF as PDF
from station_app.ui.decoding import decode

MEDIA_FILTER = "*.svg *.png *.jpg *.jpeg *.mp4 *.webm *.pdf"
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
