"""The help of a page (F1): a panel with a few sentences over the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.instruction_view import MarkdownText
from widgets.overlay import Overlay
from widgets.theme import CAPITAL_BODY_MM, TARGET_MM


class HelpPanel(Overlay):
    """Shows Markdown; goes with Esc, Enter or its button."""

    def __init__(self, look: Look, title: str, text: str) -> None:
        super().__init__(look, width_mm=240)
        self.setAccessibleName(self.tr("Help: {page}").format(page=title))
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, look.mm(4), 0)
        layout.setSpacing(look.mm(3))
        for paragraph in (text or self.tr("There is no help for this page yet.")).split("\n\n"):
            words = MarkdownText(look, CAPITAL_BODY_MM)
            words.set_markdown(paragraph)
            layout.addWidget(words)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setMinimumHeight(look.mm(140))
        scroll.setWidget(inner)
        for part in (inner, scroll.viewport()):
            part.setAutoFillBackground(False)
        self.close_button = BigButton(look, self.tr("Back"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.close_button.clicked.connect(self.dismiss)
        self.add_heading(title)
        self.content.addWidget(scroll, 1)
        self.content.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)

    def first_focus(self) -> QWidget | None:
        """The button, so that Enter closes."""
        return self.close_button
