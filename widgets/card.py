"""The white card at the right of a page: title, note, state and a message area; base of all check cards."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, Look


class CardState(Enum):
    """What a card says about its check."""

    IDLE = "idle"
    OK = "ok"
    FAILED = "failed"
    SAVING = "saving"
    BAD_QUALITY = "bad_quality"
    WARNING = "warning"


_BORDERS = {CardState.FAILED: "alarm", CardState.WARNING: "warning"}


class Message(QWidget):
    """What is wrong (bold), then what to do: wrapped text that takes the height it needs."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headline = QLabel(self)
        self._headline.setFont(look.bold(CAPITAL_NOTE_MM + 0.2))
        self._body = QLabel(self)
        self._body.setFont(look.font(CAPITAL_NOTE_MM + 0.2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(0.6))
        for label in (self._headline, self._body):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            label.setStyleSheet(f"color: {look.theme.text}; background: transparent;")
            layout.addWidget(label)
        self.set_message("")

    def set_message(self, headline: str, body: str = "") -> None:
        """Show a message; two empty texts hide the area."""
        for label, text in ((self._headline, headline), (self._body, body)):
            label.setText(text)
            label.setVisible(bool(text))
        self.setVisible(bool(headline or body))
        self.setAccessibleName(" ".join(part for part in (headline, body) if part))

    def text(self) -> str:
        """Headline and body as one text."""
        return self.accessibleName()


class Card(QWidget):
    """A rounded panel with a header line. Contents go into `body`; `message` lies below them."""

    def __init__(self, look: Look, title: str = "", note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._state = CardState.IDLE
        self._title_text, self._state_text, self._note_text = title, "", note
        self._title = Line(look, title, bold=True, color="second", capital_mm=CAPITAL_NOTE_MM)
        self._state_line = Line(look, "", bold=True, color="text", capital_mm=CAPITAL_NOTE_MM)
        self._note = Line(look, note, bold=True, color="second", capital_mm=CAPITAL_NOTE_MM)
        header = self._header = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        header.setSpacing(look.mm(2))
        self._state_line.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._note.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        header.addWidget(self._state_line)
        header.addWidget(self._title, 1)
        header.addWidget(self._note)
        self.body = QVBoxLayout()
        self.body.setSpacing(look.mm(0.8))
        self.message = Message(look)
        layout = QVBoxLayout(self)
        margin = look.mm(4.4)
        layout.setContentsMargins(margin, look.mm(4), margin, look.mm(4.2))
        layout.setSpacing(look.mm(1.6))
        layout.addLayout(header)
        layout.addLayout(self.body, 1)
        layout.addWidget(self.message)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._describe()

    @property
    def state(self) -> CardState:
        """The state shown."""
        return self._state

    def set_title(self, title: str) -> None:
        """The heading of the card."""
        self._title_text = title
        self._title.set_text(title)
        self._describe()

    def set_note(self, note: str) -> None:
        """The short text at the right of the heading ("live", "saved"); shown whenever no state's word is."""
        self._note_text = note
        self._note.set_text(note)
        self._describe()

    def set_state(self, state: CardState, text: str = "") -> None:
        """Show a state with its word ("FAIL", "saving"): border and mark follow the state."""
        if state is not self._state:
            self.update()
        self._state, self._state_text = state, text
        shape, color = {
            CardState.FAILED: (Shape.DIAMOND, "alarm"),
            CardState.BAD_QUALITY: (Shape.TRIANGLE, "warning"),
            CardState.WARNING: (Shape.TRIANGLE, "warning"),
        }.get(state, (None, None))
        self._state_line.set_text(text if state is CardState.FAILED else "")
        self._state_line.set_mark(shape if state is CardState.FAILED else None, color)
        worded = text and state not in (CardState.FAILED, CardState.IDLE)
        shown = text if worded else self._note_text
        if state is CardState.OK:
            self._note.set_mark(Shape.CHECK, "text")
            self._note.set_text(shown, "second")
        elif state in (CardState.BAD_QUALITY, CardState.WARNING):
            self._note.set_mark(shape, color)
            self._note.set_text(shown, "text")
        else:
            self._note.set_mark(None)
            self._note.set_text(shown, "second")
        self._describe()

    def note_text(self) -> str:
        """What stands at the right of the heading."""
        return self._note.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A long status name goes below the title when both do not fit beside each other."""
        self._arrange_header()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel and its border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name = _BORDERS.get(self._state, "line")
        width = max(2.0, self.look.mm(0.8)) if self._state in _BORDERS else 1.0
        painter.setPen(QPen(self.look.color(name), width))
        painter.setBrush(self.look.color("card"))
        half = width / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(half, half, -half, -half), self.look.mm(1.8), self.look.mm(1.8)
        )
        painter.end()

    def _arrange_header(self) -> None:
        lines = (self._state_line, self._title, self._note)
        filled = [line for line in lines if line.text() or line.mark is not None]
        for line in lines:
            line.setVisible(line in filled)
        needed = sum(line.natural_width() + self.look.mm(2) for line in filled)
        beside = len(filled) < 2 or needed <= self.width() - 2 * self.look.mm(4.4)
        direction = QBoxLayout.Direction
        self._header.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        spacing = self.look.mm(2 if beside else 0.6)
        # Qt lays the whole page out anew even for the spacing there is already
        if spacing != self._header.spacing():
            self._header.setSpacing(spacing)

    def _describe(self) -> None:
        self._arrange_header()
        parts = (self._title_text, self._state_text or self._note.text())
        self.setAccessibleName(", ".join(part for part in parts if part))
