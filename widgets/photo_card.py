"""The photo check: live preview or the picture kept, the faults found in it, and "take" or "again"."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card, CardState
from widgets.picture_view import PictureView
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_SMALL_MM, TARGET_MM, Look


class PhotoCard(Card):
    """Preview and outcome of a picture. `take` and `retake` are wishes of the person."""

    take = Signal()
    retake = Signal()

    def __init__(
        self,
        look: Look,
        title: str,
        take_text: str,
        retake_text: str,
        placeholder: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, title, parent=parent)
        self.picture = PictureView(look, placeholder, framed=False)
        self.picture.setFixedHeight(look.mm(46))
        self._caption = Line(look, "", color="second", capital_mm=CAPITAL_SMALL_MM)
        self._caption.hide()
        self._take_text, self._retake_text = take_text, retake_text
        self._is_taken = False
        self.button = BigButton(look, take_text, ButtonKind.NORMAL, shape=Shape.CAMERA, size_mm=TARGET_MM)
        self.button.clicked.connect(self._pressed)
        self.body.addWidget(self.picture)
        self.body.addSpacing(look.mm(0.6))
        self.body.addWidget(self._caption)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.button)

    def set_preview(self, image: QImage | QPixmap | None, caption: str = "") -> None:
        """The camera's latest frame; called up to 10 times a second."""
        self._show(image, caption, taken=False)

    def set_taken(
        self,
        image: QImage | QPixmap | None,
        state: CardState,
        state_text: str,
        caption: str = "",
        faults: Sequence[str] = (),
    ) -> None:
        """The picture kept, or refused with its faults ("blurred", "code is not this unit's")."""
        self._show(image, caption, taken=True)
        self.set_state(state, state_text)
        self.message.set_message(faults[0] if faults else "", "\n".join(faults[1:]))

    def _show(self, image: QImage | QPixmap | None, caption: str, taken: bool) -> None:
        # a picture without a caption is called as its card: "delivers no picture" would be said of the live one
        self.picture.set_image(image, (caption or self._title_text) if image is not None else "")
        self._caption.set_text(caption)
        self._caption.setVisible(bool(caption))
        if taken != self._is_taken:
            self._is_taken = taken
            self.button.set_text(self._retake_text if taken else self._take_text)
            self.button.set_kind(ButtonKind.NORMAL, Shape.REPEAT if taken else Shape.CAMERA)
            if not taken:
                self.set_state(CardState.IDLE)
                self.message.set_message("")

    def _pressed(self) -> None:
        (self.retake if self._is_taken else self.take).emit()
