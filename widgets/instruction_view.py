"""The instruction of one step: its picture large on top, then number, heading and a few sentences."""

from __future__ import annotations

import math
import re
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from widgets.media_panel import MediaPanel, MediaTexts
from widgets.sign_row import SignRow
from widgets.text import Line
from widgets.theme import CAPITAL_HEADING_MM, Look

CAPITAL_TEXT_MM = 4.9
TEXT_SHARE = 0.4
"""Of the height, at most, where there is a picture above the text."""
CIRCLED: Final = re.compile("[\u2460-\u2473]")
"""The numbers in circles with which a text names callouts."""


class MarkdownText(QWidget):
    """Text with paragraphs, lists and emphasis. HTML in it is shown as text, never carried out; nothing is loaded or opened."""

    def __init__(self, look: Look, capital_mm: float = CAPITAL_TEXT_MM, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._document = QTextDocument(self)
        self._document.setDefaultFont(look.font(capital_mm))
        self._document.setDocumentMargin(0)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_markdown(self, text: str) -> None:
        """Show this text."""
        # a picture in Markdown would be read from any file of the computer: only the words that describe it are shown
        words = re.sub(r"!+\[", "[", text)
        self._document.setMarkdown(words, QTextDocument.MarkdownFeature.MarkdownNoHTML)
        self._space_paragraphs()
        self._clear_edges()
        self.setAccessibleName(self._document.toPlainText())
        self.updateGeometry()
        self.update()

    def _space_paragraphs(self) -> None:
        """Qt sets Markdown paragraphs without a gap; two thirds of a line tell them apart."""
        gap = QFontMetricsF(self._document.defaultFont()).lineSpacing() * 0.6
        block = self._document.begin().next()
        while block.isValid():
            cursor = QTextCursor(block)
            form = block.blockFormat()
            form.setTopMargin(gap * (0.35 if block.textList() is not None else 1.0))
            cursor.setBlockFormat(form)
            block = block.next()

    def _clear_edges(self) -> None:
        """Circled numbers are taller than a line: without room above the first one and below the last they lose their edge."""
        if not CIRCLED.search(self._document.toPlainText()):
            return
        metrics = QFontMetricsF(self._document.defaultFont())
        ink = metrics.tightBoundingRect("\u2460")
        frame = self._document.rootFrame()
        form = frame.frameFormat()
        form.setTopMargin(math.ceil(max(0.0, -ink.top() - metrics.ascent())) + 1)
        form.setBottomMargin(math.ceil(max(0.0, ink.bottom() - metrics.descent())) + 1)
        frame.setFrameFormat(form)

    def plain_text(self) -> str:
        """The text without emphasis."""
        return self._document.toPlainText()

    def hasHeightForWidth(self) -> bool:
        """Height follows the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height in px of the wrapped text."""
        self._document.setTextWidth(width)
        return int(self._document.size().height()) + 2

    def sizeHint(self) -> QSize:
        """At the present width."""
        width = max(self.width(), self._look.mm(60))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Any width; the whole text at it."""
        return QSize(self._look.mm(30), self.heightForWidth(max(self.width(), self._look.mm(60))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        self._document.setTextWidth(self.width())
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the document in the theme's colour."""
        self._document.setTextWidth(self.width())
        painter = QPainter(self)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, self._look.color("text"))
        self._document.documentLayout().draw(painter, context)
        painter.end()


class InstructionView(QWidget):
    """What is to be worn, pictures and text of a step together; the text scrolls when it is longer than its place."""

    def __init__(self, look: Look, texts: MediaTexts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._has_media = True
        self.signs = SignRow(look)
        self.media = MediaPanel(look, texts)
        self.picture = self.media.picture
        self._heading = Line(look, bold=True, capital_mm=CAPITAL_HEADING_MM)
        self._body = MarkdownText(look)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner_layout = QVBoxLayout(inner)
        inner_layout.setContentsMargins(0, 0, 0, 0)
        inner_layout.addWidget(self._body)
        inner_layout.addStretch(1)
        self._scroll.setWidget(inner)
        for part in (inner, self._scroll.viewport()):
            part.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(2.6))
        layout.addWidget(self.signs)
        layout.addWidget(self.media, 1)
        layout.addSpacing(look.mm(1.2))
        layout.addWidget(self._heading)
        layout.addWidget(self._scroll)
        # takes what is left over where there is no picture
        layout.addStretch(0)
        self.media.filled.connect(self._give_place)

    def set_instruction(self, number: str, title: str, markdown: str) -> None:
        """The step's number, heading and text. The picture is set through `picture`."""
        self._heading.set_text(f"{number}  {title}" if number else title)
        self._body.set_markdown(markdown)
        self._scroll.setAccessibleName(self._heading.text())
        self._share_height()

    def heading(self) -> str:
        """Number and title as shown."""
        return self._heading.text()

    def body_text(self) -> str:
        """The sentences without emphasis."""
        return self._body.plain_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Text gets what it needs up to 40 % of the height, the picture the rest; without one the text has all of it."""
        self._share_height()

    def _give_place(self, media: bool) -> None:
        """A step that shows nothing has no empty frame: its text begins at the top."""
        self._has_media = media
        self.media.setVisible(media)
        self._share_height()

    def _head_px(self) -> int:
        """What stands above the text of a step without pictures."""
        signs = 0 if self.signs.isHidden() else self.signs.heightForWidth(max(1, self.width()))
        return signs + self._heading.sizeHint().height() + self._look.mm(12)

    def _share_height(self) -> None:
        needed = self._body.heightForWidth(max(self._look.mm(40), self.width()))
        line = int(QFontMetricsF(self._look.font(CAPITAL_TEXT_MM)).lineSpacing())
        room = max(2 * line, int(self.height() * TEXT_SHARE) if self._has_media else self.height() - self._head_px())
        # a text that is wholly visible is no stop for the Tab key
        policy = Qt.FocusPolicy.TabFocus if needed > room else Qt.FocusPolicy.NoFocus
        self._scroll.setFocusPolicy(policy)
        # a bar that came while the page was laid out makes the text longer, and would stay for ever
        bars = Qt.ScrollBarPolicy
        self._scroll.setVerticalScrollBarPolicy(bars.ScrollBarAsNeeded if needed > room else bars.ScrollBarAlwaysOff)
        self._scroll.setFixedHeight(min(needed + 4, room))
