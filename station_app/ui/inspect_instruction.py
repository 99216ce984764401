"""The instruction of a characteristic: where and how to measure, as a drawing with its sentences."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from station_app.domain.job import StepProgress
from station_app.ui.look import Look
from station_app.ui.step_media import media_texts
from station_app.ui.step_signs import step_signs
from widgets.card import Card
from widgets.instruction_view import MarkdownText
from widgets.layouts import scrolled
from widgets.media_panel import MediaPanel
from widgets.sign_row import SignRow
from widgets.theme import CAPITAL_BODY_MM

translate = QCoreApplication.translate

DRAWING_MM = 78.0


class InstructionCard(Card):
    """Pictures and text beside each other, or below each other when ``tall``."""

    def __init__(self, look: Look, step: StepProgress, language: str, *, tall: bool) -> None:
        super().__init__(look, step.step.title_in(language))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.signs = SignRow(look)
        self.media = MediaPanel(look, replace(media_texts(), nothing=translate("inspect", "No drawing")), framed=False)
        self.picture = self.media.picture
        self.text = MarkdownText(look, CAPITAL_BODY_MM)
        self.text.set_markdown(step.step.text_in(language))
        direction = QBoxLayout.Direction.TopToBottom if tall else QBoxLayout.Direction.LeftToRight
        parts = QBoxLayout(direction)
        parts.setSpacing(look.mm(4))
        parts.addWidget(self.media, 3 if tall else 0)
        parts.addWidget(_scrolled(self.text), 2 if tall else 1)
        if not tall:
            self.media.setFixedWidth(look.mm(DRAWING_MM))
            self.media.setMinimumHeight(look.mm(44))
        # a characteristic without a drawing has its text over the whole width
        self.media.filled.connect(self.media.setVisible)
        self.body.addWidget(self.signs)
        self.body.addLayout(parts, 1)
        self.signs.set_signs(step_signs(step))


def _scrolled(text: MarkdownText) -> QScrollArea:
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(text)
    column.addStretch(1)
    return scrolled(inner)
