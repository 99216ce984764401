"""Suggesting a change of an instruction: a sentence, a spot on the picture that is shown, and a photo if it helps."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from widgets.buttons import BigButton, ButtonKind
from widgets.overlay import Overlay
from widgets.picture_marks import Callout
from widgets.picture_view import PictureView
from widgets.shapes import Shape
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, TARGET_MM, Look

LONGEST = 1000
BESIDE = 0.08


@dataclass(frozen=True)
class SuggestionTexts:
    """Everything written on the panel."""

    title: str = "Suggest a change"
    explanation: str = "Its owner sees it with the step. Touch the picture to mark a spot."
    sentence: str = "What should change?"
    photo: str = "Add a photo"
    send: str = "Send"
    cancel: str = "Cancel"


class SuggestionPanel(Overlay):
    """`suggested(text, with_photo)`; `spot` is the marked place as fractions of the picture, None for none."""

    suggested = Signal(str, bool)

    def __init__(self, look: Look, texts: SuggestionTexts, image: QImage | None, *, with_camera: bool) -> None:
        super().__init__(look, width_mm=230)
        self.setAccessibleName(texts.title)
        self.spot: tuple[float, float] | None = None
        self.picture = PictureView(look, "")
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.picture.setMinimumHeight(look.mm(96))
        self.picture.tapped.connect(self._mark)
        self.sentence = QLineEdit()
        self.sentence.setPlaceholderText(texts.sentence)
        self.sentence.setAccessibleName(texts.sentence)
        self.sentence.setFont(look.font(CAPITAL_BODY_MM))
        self.sentence.setMinimumHeight(look.mm(14))
        self.sentence.setMaxLength(LONGEST)
        self.sentence.returnPressed.connect(self._send)
        self.photo_button = BigButton(look, texts.photo, shape=Shape.CAMERA, size_mm=TARGET_MM)
        self.photo_button.setCheckable(True)
        self.send_button = BigButton(look, texts.send, ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.send_button.setMinimumWidth(look.mm(50))
        self.send_button.setEnabled(False)
        self.send_button.clicked.connect(self._send)
        self.sentence.textChanged.connect(lambda text: self.send_button.setEnabled(bool(text.strip())))
        cancel = BigButton(look, texts.cancel, size_mm=TARGET_MM)
        cancel.clicked.connect(self.dismiss)
        explanation = QLabel(texts.explanation)
        explanation.setWordWrap(True)
        explanation.setFont(look.font(CAPITAL_NOTE_MM + 0.2))
        explanation.setStyleSheet(f"color: {look.theme.second};")
        foot = QHBoxLayout()
        foot.addWidget(cancel)
        foot.addWidget(self.photo_button)
        foot.addStretch(1)
        foot.addWidget(self.send_button)
        self.add_heading(texts.title)
        self.content.addWidget(explanation)
        self.content.addWidget(self.picture, 1)
        self.content.addWidget(self.sentence)
        self.content.addLayout(foot)
        if not with_camera:
            self.photo_button.hide()
        if image is None or image.isNull():
            self.picture.hide()
        else:
            self.picture.set_image(image, texts.title)

    def first_focus(self) -> QWidget | None:
        """The sentence."""
        return self.sentence

    def _mark(self, place: QPointF) -> None:
        spot = self.picture.fraction_at(place)
        if spot is None:
            return
        self.spot = spot
        x, y = spot
        label = (x + BESIDE if x < 0.8 else x - BESIDE, y)
        self.picture.set_callouts([Callout("!", "", spot, label)])

    def _send(self) -> None:
        text = self.sentence.text().strip()
        if text:
            with_photo = self.photo_button.isChecked()
            self.dismiss()
            self.suggested.emit(text, with_photo)
