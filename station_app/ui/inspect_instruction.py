"""The instruction of a characteristic: where and how to measure, as a drawing with its sentences."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from station_app.domain.media import Picture
from station_app.domain.work_master import Step
from station_app.ui.look import Look
from station_app.ui.work_step_view import drawn_callouts
from widgets.card import Card
from widgets.instruction_view import MarkdownText
from widgets.picture_view import PictureView
from widgets.theme import CAPITAL_BODY_MM

translate = QCoreApplication.translate

DRAWING_MM = 78.0


class InstructionCard(Card):
    """Drawing and text beside each other, or below each other when ``tall``."""

    def __init__(self, look: Look, step: Step, language: str, *, tall: bool) -> None:
        title = step.title_in(language)
        super().__init__(look, title)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.picture = PictureView(look, translate("inspect", "No drawing"), framed=False)
        self.text = MarkdownText(look, CAPITAL_BODY_MM)
        self.text.set_markdown(step.text_in(language))
        direction = QBoxLayout.Direction.TopToBottom if tall else QBoxLayout.Direction.LeftToRight
        parts = QBoxLayout(direction)
        parts.setSpacing(look.mm(4))
        parts.addWidget(self.picture, 3 if tall else 0)
        parts.addWidget(_scrolled(self.text), 2 if tall else 1)
        if not tall:
            self.picture.setFixedWidth(look.mm(DRAWING_MM))
            self.picture.setMinimumHeight(look.mm(44))
        self.body.addLayout(parts, 1)
        self._drawing_name, self._tall = title, tall

    def show_drawing(self, image: QImage, drawing: Picture) -> None:
        """The drawing has been decoded; an empty one could not be read."""
        if image.isNull():
            self.picture.set_placeholder(translate("inspect", "The drawing cannot be shown"))
        self.picture.set_image(image, self._drawing_name)
        callouts = drawn_callouts(drawing)
        # beside the text there is room for the numbers only; the sentences say what they mean
        self.picture.set_callouts(callouts if self._tall else [replace(callout, text="") for callout in callouts])


def _scrolled(text: MarkdownText) -> QScrollArea:
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(text)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidget(inner)
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QScrollArea.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    for part in (inner, scroll.viewport()):
        part.setAutoFillBackground(False)
    return scroll
