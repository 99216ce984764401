"""The languages of an instruction as tabs, and one that adds another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabBar

from station_app.ui.authoring.dialogs import FormDialog
from station_app.ui.look import Look
from widgets.editor_fields import LineField
from widgets.theme import CAPITAL_SMALL_MM

PLUS = "+"
_LANGUAGE = re.compile(r"[a-z]{2}")


class LanguageBar(QTabBar):
    """``chosen(language)`` when a tab is taken, ``added(language)`` when one more is wanted."""

    chosen = Signal(str)
    added = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._quiet = False
        self._current = "en"
        self.setAccessibleName(self.tr("Language"))
        self.setFont(look.font(CAPITAL_SMALL_MM))
        self.setExpanding(False)
        self.setDrawBase(False)
        self.currentChanged.connect(self._taken)

    def show_languages(self, languages: Sequence[str], current: str) -> None:
        """Show these, one of them chosen."""
        self._quiet = True
        shown = [*languages, PLUS]
        if [self.tabText(number) for number in range(self.count())] != shown:
            while self.count():
                self.removeTab(0)
            for name in shown:
                self.addTab(name)
            self.setTabToolTip(len(shown) - 1, self.tr("Add a language"))
        self._current = current
        self.setCurrentIndex(list(languages).index(current))
        self._quiet = False

    def _taken(self, index: int) -> None:
        name = self.tabText(index)
        if self._quiet or not name:
            return
        if name == PLUS:
            self.ask()
        else:
            self._current = name
            self.chosen.emit(name)

    def ask(self) -> FormDialog:
        """Ask for one more language."""
        field = LineField(self._look, self.tr("Language"), placeholder="de, fr, cs …")

        def wrong() -> str:
            return "" if _LANGUAGE.fullmatch(field.text()) else self.tr("Two small letters, for example de.")

        dialog = FormDialog(
            self._look, self.window(), self.tr("Add a language"), self.tr("Add"), [field], "", wrong
        )  # fmt: skip

        def add() -> None:
            dialog.accept()
            self.added.emit(field.text())

        dialog.confirmed.connect(add)
        # without an answer the language before is shown again
        dialog.rejected.connect(lambda: self.chosen.emit(self._current))
        dialog.ask()
        return dialog
