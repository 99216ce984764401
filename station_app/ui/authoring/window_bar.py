"""The head of the editor's window: what is waited for, the server, who is signed in, and the message below it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from station_app.domain.document_control import Editor
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.dialogs import SignInDialog
from station_app.ui.look import Look
from station_app.ui.page import Saying, Weight
from widgets.editor_style import button, caption
from widgets.theme import CAPITAL_SMALL_MM


class WindowBar(QWidget):
    """Bar and message. ``signed`` tells that another person is signed in, or nobody."""

    signed = Signal()
    help_wanted = Signal()

    def __init__(self, look: Look, desk: EditorDesk, errands: Errands, title: str = "") -> None:
        super().__init__()
        self._look, self._desk, self._errands = look, desk, errands
        self.busy, self.who, self.message = QLabel(""), QLabel(""), QLabel("")
        for label in (self.busy, self.message):
            label.setFont(look.font(CAPITAL_SMALL_MM))
        self.who.setFont(look.bold(CAPITAL_SMALL_MM))
        self.server = caption(look, "", color="second")
        self.server.setWordWrap(False)
        self.sign_button = button(look, self.tr("Sign in…"), keys="Ctrl+I")
        self.sign_button.clicked.connect(self.sign_in_or_out)
        help_button = button(look, "?", self.tr("Help"), keys="F1")
        help_button.clicked.connect(self.help_wanted)
        bar = QWidget()
        bar.setObjectName("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 7, 16, 7)
        row.addWidget(caption(look, title or self.tr("Work instructions"), heading=True))
        self.beside = QHBoxLayout()
        row.addLayout(self.beside)
        row.addStretch(1)
        for each in (self.busy, self.server, self.who, self.sign_button, help_button):
            row.addWidget(each)
        self.message.setWordWrap(True)
        self.message.setContentsMargins(16, 8, 16, 8)
        self.message.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self.message)
        errands.says.connect(self.say)
        errands.busy.connect(lambda what: self.busy.setText(f"{what} …" if what else ""))
        self._say_who()

    def offer(self, look: Look, title: str, deed: Callable[[], None]) -> QPushButton:
        """A button beside the title, to another window of the program."""
        made = button(look, title)
        made.clicked.connect(deed)
        self.beside.addWidget(made)
        return made

    def renew(self) -> None:
        """Somebody signed in or out at another window of the program."""
        self._say_who()

    # --- messages ----------------------------------------------------------------------------------------------------

    def say(self, saying: Saying) -> None:
        """Say what happened, what was kept, and what to do; it stands there until the next deed."""
        theme = self._look.theme
        color = theme.warning if saying.weight is not Weight.NOTE else theme.running
        text = " ".join(part for part in (saying.what, saying.kept, saying.to_do) if part)
        self.message.setText(("▲ " if saying.weight is not Weight.NOTE else "") + text)
        self.message.setStyleSheet(f"background: {theme.bar}; color: {theme.text}; border-left: 6px solid {color};")
        self.message.setAccessibleName(text)
        self.message.show()

    def note(self, text: str) -> None:
        """Say that something is done."""
        self.say(Saying(Weight.NOTE, text))

    def hush(self) -> None:
        """Take the message away."""
        self.message.hide()

    # --- people ------------------------------------------------------------------------------------------------------

    def sign_in_or_out(self) -> None:
        """Sign in, or out."""
        authoring = self._desk.authoring
        if authoring.editor is not None:
            authoring.sign_out()
            self._signed()
            return
        dialog = SignInDialog(self._look, self.window(), self.tr("Sign in"), self.tr("Sign in"))

        def sign(name: str, secret: str) -> Editor:
            authoring.refresh()
            return authoring.sign_in(name, secret)

        def signed(_editor: Editor) -> None:
            dialog.accept()
            self._signed()

        dialog.entered.connect(
            lambda name, secret: self._errands.server(
                self.tr("Signing in"),
                lambda: sign(name, secret),
                signed,
                lambda error: dialog.refuse(str(error)),
            )
        )
        self.hush()
        dialog.ask()

    def _signed(self) -> None:
        self._say_who()
        self.signed.emit()

    def _say_who(self) -> None:
        editor = self._desk.authoring.editor
        self.who.setText(editor.printed_name if editor is not None else self.tr("Nobody is signed in"))
        self.sign_button.setText(self.tr("Sign out") if editor is not None else self.tr("Sign in…"))
        self.sign_button.setAccessibleName(self.sign_button.text())
