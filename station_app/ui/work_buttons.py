"""The buttons below the work: back, calls for help, what a failure asks for, and the one big button."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from station_app.ui.look import Look
from station_app.ui.work_state import Do, Offer
from widgets.buttons import BigButton, ButtonKind
from widgets.shapes import Shape

BIG_MM = 108.0


class WorkButtons(QWidget):
    """Emits wishes; what they mean is the page's. ``big`` is the button that Space and Enter press."""

    back = Signal()
    problem = Signal()
    andon = Signal()
    nonconformance = Signal()
    repeat = Signal()
    more = Signal()
    pressed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.back_button = BigButton(look, self.tr("Back"), shape=Shape.BACK)
        self.problem_button = BigButton(look, self.tr("Problem"), ButtonKind.CALL, shape=Shape.DIAMOND)
        self.nonconformance_button = BigButton(
            look, self.tr("Report nonconformance"), ButtonKind.DANGER, shape=Shape.DIAMOND
        )
        self.repeat_button = BigButton(look, self.tr("Repeat step"), shape=Shape.REPEAT)
        self.andon_button = BigButton(look, self.tr("Andon"), ButtonKind.CALL, shape=Shape.TRIANGLE)
        self.more_button = BigButton(look, self.tr("More"), icon_name="mdi6.dots-horizontal")
        self.more_button.clicked.connect(self.more)
        self.big = BigButton(look, "", ButtonKind.PRIMARY, shape_after=True)
        self.big.setMinimumWidth(look.mm(BIG_MM * 0.8))
        self.big.setMaximumWidth(look.mm(BIG_MM))
        self.big.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(look.mm(6), look.mm(4.5), look.mm(6), look.mm(4.5))
        layout.setSpacing(look.mm(4.5))
        wishes = (
            (self.back_button, self.back),
            (self.problem_button, self.problem),
            (self.nonconformance_button, self.nonconformance),
            (self.repeat_button, self.repeat),
            (self.andon_button, self.andon),
        )
        for button, wish in wishes:
            button.clicked.connect(wish)
            layout.addWidget(button)
        for call in (self.problem_button, self.andon_button):
            call.setCheckable(True)
        layout.addStretch(1)
        layout.addWidget(self.more_button)
        layout.addWidget(self.big, 4)
        self.big.clicked.connect(self.pressed)

    def set_held(self, held: bool) -> None:
        """Refuse every press that would record something, before it is drawn why; or take them again."""
        for button in (self.big, self.nonconformance_button, self.repeat_button, self.more_button):
            button.set_held(held)

    def show_offer(self, offer: Offer, busy_text: str) -> None:
        """The big button's text and whether it can be pressed; ``busy_text`` says what is under way, empty for nothing."""
        if self.big.caption() != offer.text or self.big.shape is not offer.shape:
            self.big.set_text(offer.text)
            self.big.set_kind(ButtonKind.PRIMARY, offer.shape)
        self.big.setEnabled(offer.do is not Do.NOTHING or bool(busy_text))
        self.big.set_busy(busy_text)

    def show_sides(self, back: bool, failed: bool, calls: tuple[bool, bool], busy: bool, more: bool) -> None:
        """Which of the others are there. ``calls``: whether a problem and an Andon call are open; ``more``: anything else.

        "Back" stays in its place when there is nothing earlier, so that the buttons beside it never move.
        """
        self.back_button.setEnabled(back)
        self.nonconformance_button.setVisible(failed)
        self.repeat_button.setVisible(failed)
        # a failed check turns "Problem" into the report of the nonconformance
        self.problem_button.setVisible(not failed)
        for button in (self.nonconformance_button, self.repeat_button):
            button.setEnabled(not busy)
        self.more_button.setEnabled(more)
        self.problem_button.setChecked(calls[0])
        self.andon_button.setChecked(calls[1])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Background and the line above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("bar"))
        painter.fillRect(0, 0, self.width(), 1, self._look.color("line"))
        painter.end()
