"""Signing in: a badge and a PIN on the keypad, or a name and a password. It only tells what was entered."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from widgets.buttons import BigButton, ButtonKind
from widgets.card import Message
from widgets.keypad import Keypad, KeypadTexts
from widgets.overlay import Overlay
from widgets.shapes import Shape, paint_shape
from widgets.text import Line, paint_line
from widgets.theme import (
    CAPITAL_BODY_MM,
    CAPITAL_HEADING_MM,
    CAPITAL_NOTE_MM,
    CAPITAL_TITLE_MM,
    TARGET_MM,
    Look,
)

LONGEST_PIN = 12


@dataclass(frozen=True)
class SignInTexts:
    """Everything written on the panel."""

    title: str = "Sign in"
    scan_badge: str = "Scan your badge"
    pin: str = "PIN"
    name: str = "Name"
    password: str = "Password"
    sign_in: str = "Sign in"
    with_password: str = "Use name and password"
    with_badge: str = "Use badge and PIN"
    cancel: str = "Cancel"


class PinDots(QWidget):
    """The PIN as dots; takes digits, Backspace and Enter from the keyboard."""

    entered = Signal()

    def __init__(self, look: Look, accessible_name: str) -> None:
        super().__init__()
        self._look = look
        self._pin = ""
        self.setAccessibleName(accessible_name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def pin(self) -> str:
        """The digits entered."""
        return self._pin

    def press(self, digit: str) -> None:
        """Add a digit."""
        if digit in "0123456789" and len(digit) == 1 and len(self._pin) < LONGEST_PIN:
            self._set(self._pin + digit)

    def backspace(self) -> None:
        """Take the last digit away."""
        self._set(self._pin[:-1])

    def clear(self) -> None:
        """Forget the digits."""
        self._set("")

    def sizeHint(self) -> QSize:
        """One row of dots."""
        return QSize(self._look.mm(66), self._look.mm(14))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits, Backspace, Enter; the rest goes on."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Backspace:
            self.backspace()
        elif event.text() and event.text() in "0123456789":
            self.press(event.text())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame and a dot for each digit."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(look.color("primary" if self.hasFocus() else "strong_line"))
        pen.setWidthF(max(2.0, look.mm(0.6)))
        painter.setPen(pen)
        painter.setBrush(look.color("card"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), look.mm(1.6), look.mm(1.6))
        if not self._pin:
            middle = Qt.AlignmentFlag.AlignHCenter
            font = look.font(CAPITAL_BODY_MM)
            paint_line(painter, QRectF(self.rect()), self.accessibleName(), font, look.color("muted"), middle)
        side = look.mm(3.6)
        pitch = min(float(look.mm(6.4)), (self.width() - look.mm(8)) / max(1, len(self._pin)))
        left = (self.width() - pitch * len(self._pin)) / 2 + (pitch - side) / 2
        for index in range(len(self._pin)):
            dot = QRectF(left + index * pitch, (self.height() - side) / 2, side, side)
            paint_shape(painter, Shape.DOT, dot, look.color("text"))
        painter.end()

    def _set(self, pin: str) -> None:
        self._pin = pin
        self.setAccessibleDescription(str(len(pin)))
        self.update()


class SignIn(Overlay):
    """Two ways in. The owner passes a scanned badge to `set_badge_person` after looking it up.

    `pin_entered(pin)` and `password_entered(name, password)` are checked by the owner, who calls `dismiss()`
    or `show_refusal`. While checking: `set_checking`.
    """

    pin_entered = Signal(str)
    password_entered = Signal(str, str)

    def __init__(self, look: Look, texts: SignInTexts = SignInTexts(), keypad: KeypadTexts = KeypadTexts()):  # noqa: B008
        super().__init__(look, width_mm=112)
        self._texts = texts
        self._has_badge = False
        self._title = Line(look, texts.title, bold=True, capital_mm=CAPITAL_HEADING_MM * 0.9)
        self._who = Line(look, texts.scan_badge, color="second", capital_mm=CAPITAL_TITLE_MM)
        self.setAccessibleName(texts.title)
        self.pin = PinDots(look, texts.pin)
        self.keypad = Keypad(look, keypad, digits_only=True, with_enter=False)
        self.keypad.key.connect(self.pin.press)
        self.keypad.backspace.connect(self.pin.backspace)
        self.keypad.clear.connect(self.pin.clear)
        self.pin.entered.connect(self._submit)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._badge_page())
        self._pages.addWidget(self._password_page())
        self.message = Message(look)
        self.sign_in_button = BigButton(look, texts.sign_in, ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.sign_in_button.clicked.connect(self._submit)
        self.cancel_button = BigButton(look, texts.cancel, size_mm=TARGET_MM)
        self.cancel_button.clicked.connect(self.dismiss)
        self.switch_button = BigButton(
            look, texts.with_password, ButtonKind.FLAT, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM
        )
        self.switch_button.clicked.connect(self._switch)
        self._purpose = Message(look)
        self.content.addWidget(self._title)
        self.content.addWidget(self._purpose)
        self.content.addWidget(self._who)
        self.content.addWidget(self._pages)
        self.content.addWidget(self.message)
        foot = QHBoxLayout()
        foot.setSpacing(look.mm(4))
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.sign_in_button, 1)
        self.sign_in_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.content.addLayout(foot)
        self.content.addWidget(self.switch_button)
        self.content.setSpacing(look.mm(3))

    def set_badge_person(self, name: str) -> None:
        """A badge was scanned and belongs to `name`; an empty name: wait for a badge again."""
        self._has_badge = bool(name)
        self.name.clear()
        self.password.clear()
        self._show_page(0)
        self._who.set_text(name or self._texts.scan_badge, "text" if name else "second")
        self.pin.clear()
        self.message.set_message("")
        self.pin.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_purpose(self, text: str) -> None:
        """What is signed by it, below the title."""
        self._purpose.set_message("", text)
        self.setAccessibleName(f"{self._texts.title}: {text}")

    def set_known_person(self, name: str, with_password: bool) -> None:
        """It is known who is here: only the PIN, or with their name filled in only the password, is missing."""
        self.set_badge_person(name)
        if with_password:
            self._show_page(1)
            self.name.setText(name)
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_refusal(self, headline: str, what_to_do: str = "") -> None:
        """Say why it did not work; the secret is emptied."""
        self.set_checking("")
        self.pin.clear()
        self.password.clear()
        self.message.set_message(headline, what_to_do)
        self.reposition()

    def set_checking(self, text: str) -> None:
        """Show that the entry is being checked; an empty text ends it."""
        self.sign_in_button.set_busy(text)

    @property
    def uses_password(self) -> bool:
        """Whether the name and password page is shown."""
        return self._pages.currentIndex() == 1

    def first_focus(self) -> QWidget | None:
        """The PIN or the name."""
        return self.name if self.uses_password else self.pin

    def _badge_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.look.mm(3))
        layout.addWidget(self.pin)
        layout.addWidget(self.keypad)
        return page

    def _password_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(self.look.mm(3))
        self.name, self.password = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        fields = ((self.name, self._texts.name), (self.password, self._texts.password))
        for field, caption in fields:
            field.setAccessibleName(caption)
            field.setPlaceholderText(caption)
            field.setFont(self.look.font(CAPITAL_BODY_MM))
            field.setMinimumHeight(self.look.mm(15))
            field.setMaxLength(128)
            layout.addWidget(Line(self.look, caption, color="second", capital_mm=CAPITAL_NOTE_MM))
            layout.addWidget(field)
        self.name.returnPressed.connect(lambda: self.password.setFocus(Qt.FocusReason.TabFocusReason))
        self.password.returnPressed.connect(self._submit)
        layout.addStretch(1)
        return page

    def _switch(self) -> None:
        self._show_page(0 if self.uses_password else 1)

    def _show_page(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        self._who.setVisible(index == 0)
        texts = self._texts
        self.switch_button.set_text(texts.with_badge if index else texts.with_password)
        self.message.set_message("")
        first = self.first_focus()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _submit(self) -> None:
        if self.sign_in_button.is_busy:
            return
        if self.uses_password:
            if self.name.text().strip() and self.password.text():
                self.password_entered.emit(self.name.text().strip(), self.password.text())
        elif self._has_badge and self.pin.pin():
            self.pin_entered.emit(self.pin.pin())
