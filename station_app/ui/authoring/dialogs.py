"""Dialogs of the editor: a few fields and a deed. They open over the window, never with an event loop of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from station_app.ui.look import Look
from widgets.editor_fields import FormField, LineField
from widgets.editor_style import button, caption

WIDTH_PX = 460


class FormDialog(QDialog):
    """A title, a sentence, fields, and two buttons. ``confirmed()`` when the deed is wanted; Esc and Cancel only close.

    ``check`` answers what is wrong, empty for nothing; it is asked before ``confirmed`` is told.
    """

    confirmed = Signal()

    def __init__(
        self,
        look: Look,
        parent: QWidget,
        title: str,
        deed: str,
        fields: Sequence[FormField] = (),
        sentence: str = "",
        check: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(WIDTH_PX)
        self.finished.connect(self.deleteLater)
        self.fields = list(fields)
        self._check = check
        self.fault = caption(look, "", color="alarm")
        self.fault.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(8)
        layout.addWidget(caption(look, title, heading=True))
        if sentence:
            layout.addWidget(caption(look, sentence, color="second"))
        for field in fields:
            layout.addWidget(field)
        layout.addWidget(self.fault)
        self.cancel_button = button(look, self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.confirm_button = button(look, deed, primary=True)
        self.confirm_button.setDefault(True)
        self.confirm_button.clicked.connect(self.confirm)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.confirm_button)
        layout.addLayout(foot)

    def ask(self) -> None:
        """Show it."""
        self.open()
        if self.fields:
            self.fields[0].control.setFocus()
        else:
            self.confirm_button.setFocus()

    def refuse(self, text: str) -> None:
        """Stay open and say why."""
        self.fault.setText(f"◆ {text}")
        self.fault.show()
        self.confirm_button.setEnabled(True)

    def confirm(self) -> None:
        """Tell that the deed is wanted, unless something is wrong."""
        wrong = self._check() if self._check is not None else ""
        if wrong:
            self.refuse(wrong)
            return
        self.fault.hide()
        self.confirmed.emit()


class SignInDialog(FormDialog):
    """Name and password, or what a badge types and its PIN. ``entered(name, secret)``; its owner closes it."""

    entered = Signal(str, str)

    def __init__(
        self, look: Look, parent: QWidget, title: str, deed: str, sentence: str = "", extra: Sequence[FormField] = ()
    ) -> None:
        self.name = LineField(look, "Name or badge")
        self.secret = LineField(look, "Password or PIN")
        self.secret.entry.setEchoMode(QLineEdit.EchoMode.Password)
        super().__init__(look, parent, title, deed, [*extra, self.name, self.secret], sentence, self._missing)
        self.name.entry.returnPressed.connect(self.secret.entry.setFocus)
        # Enter in the name (a badge reader sends it) goes on to the secret and does not sign in yet
        self.confirm_button.setDefault(False)
        self.secret.entry.returnPressed.connect(self.confirm)
        self.confirmed.connect(self._entered)

    def ask(self) -> None:
        """Show it, the keys in the name."""
        self.open()
        self.name.entry.setFocus()

    def refuse(self, text: str) -> None:
        """A wrong secret is typed anew."""
        super().refuse(text)
        self.secret.reset("")
        self.secret.entry.clear()
        self.secret.entry.setFocus()

    def _missing(self) -> str:
        return "" if self.name.text().strip() and self.secret.text() else self.tr("Type a name and a password.")

    def _entered(self) -> None:
        self.confirm_button.setEnabled(False)
        self.entered.emit(self.name.text().strip(), self.secret.text())
