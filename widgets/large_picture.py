"""One picture over the whole window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout

from widgets.buttons import BigButton, ButtonKind
from widgets.overlay import Overlay
from widgets.picture_view import PictureView
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, TARGET_MM, Look


class LargePicture(Overlay):
    """One picture over the window; zoomed by pinch, wheel and keys; Esc or the button goes back."""

    def __init__(self, look: Look, image: QImage, caption: str, back_text: str) -> None:
        super().__init__(look, full=True)
        self.setAccessibleName(caption)
        self.picture = PictureView(look, caption)
        self.picture.set_image(image, caption)
        self.close_button = BigButton(look, back_text, ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.close_button.clicked.connect(self.dismiss)
        words = QVBoxLayout()
        words.addWidget(Line(look, caption, bold=True, capital_mm=CAPITAL_BODY_MM))
        self.content.addLayout(words)
        self.content.addWidget(self.picture, 1)
        self.content.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
