"""Answers to suggestions at the station: rows below the dispatch list, the whole answer over the page, and a quiet note.

Whoever suggested something is told once when the answer arrives; for two weeks it is listed where it was suggested.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from station_app.domain.master import SuggestionAnswer
from station_app.services.station import StationServices
from station_app.ui.list_row import MARGIN_MM, ListRow
from station_app.ui.look import Look
from station_app.ui.page import Page, Saying, Weight
from widgets.buttons import BigButton, ButtonKind
from widgets.layouts import clear
from widgets.overlay import Overlay
from widgets.text import Line, Run, paint_line, text_width
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, CAPITAL_TITLE_MM, TARGET_MM

translate = QCoreApplication.translate
MOST_ROWS = 3
LONGEST_NOTE = 160
WIDTH_MM, MOST_HEIGHT_MM = 190.0, 110.0


def one_line(text: str) -> str:
    """A text without its line ends."""
    return " ".join(text.split())


def suggested_by(services: StationServices, answer: SuggestionAnswer) -> str:
    """Who suggested it, and about what: "Anna Keller, step housing"."""
    person = services.library.book.people.get(answer.actor)
    name = person.name if person is not None else answer.actor
    return translate("suggestion_answers", "{who}, step {step}").format(who=name, step=answer.step_id)


class AnswerRow(ListRow):
    """One answer, 20 mm high; pressing it shows all of it."""

    def __init__(self, look: Look, services: StationServices, answer: SuggestionAnswer) -> None:
        super().__init__(look)
        self.answer = answer
        self._said = [
            Run(self.tr("{who} answered: ").format(who=answer.answered_by), bold=True),
            Run(f"“{one_line(answer.answer)}”"),
        ]
        self._about = f"{suggested_by(services, answer)}: “{one_line(answer.suggestion)}”"
        self._day = _day(answer)
        self.setAccessibleName(f"{answer.answered_by}: {one_line(answer.answer)}. {self._about}")

    def draw_lines(self, painter: QPainter, top: QRectF, below: QRectF) -> None:
        """Draw who answered what, and to what."""
        look, margin = self._look, self._look.mm(MARGIN_MM)
        note = look.font(CAPITAL_NOTE_MM)
        paint_line(painter, top, self._said, look.font(CAPITAL_BODY_MM), look.color("text"))
        paint_line(painter, below, self._day, note, look.color("second"), Qt.AlignmentFlag.AlignRight)
        below.setRight(below.right() - text_width(self._day, note) - margin)
        paint_line(painter, below, self._about, note, look.color("second"))


class AnswerList(QWidget):
    """The newest answers below the dispatch list; hidden while there is none. ``chosen(answer)``: a row was pressed."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: list[SuggestionAnswer] = []
        self._caption = Line(look, bold=True, color="second", capital_mm=CAPITAL_TITLE_MM)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(look.mm(1), look.mm(1), look.mm(4), look.mm(1))
        self._rows.setSpacing(look.mm(3))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(4))
        layout.addWidget(self._caption)
        layout.addLayout(self._rows)
        self.hide()

    def show_answers(self, services: StationServices) -> None:
        """Those of now, at most three."""
        answers = services.suggestions.answers()[:MOST_ROWS]
        self._caption.set_text(self.tr("Answers to suggestions"))
        self.setVisible(bool(answers))
        if answers == self._shown:
            return
        self._shown = answers
        clear(self._rows)
        for answer in answers:
            row = AnswerRow(self._look, services, answer)
            row.clicked.connect(lambda _checked=False, wanted=answer: self.chosen.emit(wanted))
            self._rows.addWidget(row)

    def rows(self) -> list[AnswerRow]:
        """The rows shown."""
        return [row for row in self.findChildren(AnswerRow) if not row.isHidden()]


class AnswerPanel(Overlay):
    """The whole answer, with what was suggested."""

    def __init__(self, look: Look, services: StationServices, answer: SuggestionAnswer) -> None:
        super().__init__(look, width_mm=WIDTH_MM)
        title = self.tr("{who} answered").format(who=answer.answered_by)
        self.setAccessibleName(f"{title}: {answer.answer}")
        close = BigButton(look, self.tr("Close"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        close.setMinimumWidth(look.mm(50))
        close.clicked.connect(self.dismiss)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        about = f"{suggested_by(services, answer)}, {_day(answer)}: “{one_line(answer.suggestion)}”"
        self.add_heading(title)
        self.content.addWidget(self._words(about, CAPITAL_NOTE_MM + 0.2, "second"))
        self.content.addWidget(self._scrolled(self._words(answer.answer, CAPITAL_BODY_MM, "text")))
        self.content.addLayout(foot)

    def _scrolled(self, words: QLabel) -> QScrollArea:
        """As high as the words, up to what fits a small screen."""
        area = QScrollArea()
        area.setWidget(words)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        words.setAutoFillBackground(False)
        # once more narrower, where a scroll bar takes its part
        needed = words.heightForWidth(self.look.mm(WIDTH_MM - 24))
        area.setFixedHeight(min(needed, self.look.mm(MOST_HEIGHT_MM)))
        return area

    def _words(self, text: str, capital_mm: float, color: str) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setFont(self.look.font(capital_mm))
        label.setStyleSheet(f"color: {self.look.color(color).name()};")
        return label


class AnswerNotes:
    """Tells whoever is signed in, once, that a suggestion of theirs was answered while this program runs."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._known = {_key(answer) for answer in page.services.library.book.answers.values()}
        for notice in (page.services.library.changed, page.services.people.changed):
            page.watch(notice, self.tell)

    def tell(self) -> None:
        """Say what is new for the person who is signed in."""
        services = self._page.services
        person = services.people.person
        for answer in services.suggestions.answers() if person is not None else ():
            if person is None or answer.actor != person.id or _key(answer) in self._known:
                continue
            self._known.add(_key(answer))
            said = one_line(answer.answer)
            said = said if len(said) <= LONGEST_NOTE else said[: LONGEST_NOTE - 1] + "…"
            what = translate("suggestion_answers", "{who} answered your suggestion: “{answer}”")
            self._page.says.emit(Saying(Weight.NOTE, what.format(who=answer.answered_by, answer=said)))
            return  # one at a time; the others stand below the dispatch list


def _key(answer: SuggestionAnswer) -> tuple[str, int]:
    return answer.id, answer.answered_us


def _day(answer: SuggestionAnswer) -> str:
    return datetime.fromtimestamp(answer.answered_us / 1e6).astimezone().strftime("%Y-%m-%d")
