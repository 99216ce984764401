"""The fields of forms: a label, an entry, its unit, and below it what is wrong with what was typed. Values in, signals out.

A field never changes what a person is typing: a value that comes while its own signal is being heard is only remembered, and
shown when the field is left. What cannot be understood stays as it was typed, with the reason below it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from widgets.editor_style import caption
from widgets.theme import CAPITAL_SMALL_MM, Look

LABEL_PX = 136
BLOCK_LINES = 3


def _is_undo(event: QEvent) -> bool:
    """Whether a key asks for undo or redo, before the entry takes it for itself."""
    keys = QKeySequence.StandardKey
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and (event.matches(keys.Undo) or event.matches(keys.Redo))
    )


class DeskLine(QLineEdit):
    """A line whose undo is the program's own: one for everything."""

    def event(self, event: QEvent) -> bool:
        """Undo and redo go on to the window."""
        if _is_undo(event):
            event.ignore()
            return False
        return super().event(event)


class DeskBlock(QPlainTextEdit):
    """Lines of text whose undo is the program's own. Files that are dropped or pasted are no text: they go on to the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:  # noqa: N802  (Qt's name)
        """Text only."""
        return not any(url.isLocalFile() for url in source.urls()) and super().canInsertFromMimeData(source)

    def event(self, event: QEvent) -> bool:
        """Undo and redo go on to the window."""
        if _is_undo(event):
            event.ignore()
            return False
        return super().event(event)


class FormField(QWidget):
    """Base of the fields. ``edited(text)`` tells every change by a person."""

    edited = Signal(str)

    def __init__(self, look: Look, label: str, control: QWidget, unit: str = "", *, label_px: int = LABEL_PX) -> None:
        super().__init__()
        self.label, self.control = label, control
        self._value = ""
        self._telling = False
        control.setFont(look.font(CAPITAL_SMALL_MM))
        control.setAccessibleName(f"{label} ({unit})" if unit else label)
        control.installEventFilter(self)
        self._caption = caption(look, label, color="second")
        self._caption.setFixedWidth(label_px)
        self._caption.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._caption.setContentsMargins(0, 5, 4, 0)
        self._caption.setVisible(label_px > 0)
        self.fault = QLabel("")
        self.fault.setFont(look.font(CAPITAL_SMALL_MM * 0.94))
        self.fault.setWordWrap(True)
        self.fault.setTextFormat(Qt.TextFormat.PlainText)
        self.fault.setStyleSheet(f"color: {look.theme.alarm}; background: transparent;")
        self.fault.hide()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(control, 1)
        if unit:
            row.addWidget(caption(look, unit, color="second"))
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(row)
        column.addWidget(self.fault)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 1, 0, 1)
        layout.setSpacing(6)
        layout.addWidget(self._caption, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(column, 1)

    def set_value(self, value: str) -> None:
        """The value as it is stored; what a person is typing just now is left alone."""
        if self._telling:
            self._value = value
        elif value != self._value or not self.fault.text():
            self.reset(value)

    def show_refused(self, text: str, fault: str, value: str) -> None:
        """Show a text that cannot be the value, with the reason; the value as it is stored stays ``value``."""
        self._value = value
        if not self._telling and self.text() != text:
            self._write(text)
        self.set_fault(fault)

    @property
    def value(self) -> str:
        """The value as it is stored."""
        return self._value

    def reset(self, value: str) -> None:
        """Show this value, whatever stands there."""
        self._value = value
        self.set_fault("")
        if self.text() != value:
            self._write(value)

    def set_fault(self, text: str) -> None:
        """Say what is wrong; empty for nothing."""
        self.fault.setText(f"◆ {text}" if text else "")
        self.fault.setVisible(bool(text))
        self.control.setAccessibleDescription(text)

    def text(self) -> str:
        """What stands in the field."""
        raise NotImplementedError

    def _write(self, value: str) -> None:
        """Put a text into the entry without telling anybody."""
        raise NotImplementedError

    def _tell(self) -> None:
        self._telling = True
        try:
            self.edited.emit(self.text())
        finally:
            self._telling = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A field that is left shows its value as it is stored."""
        if event.type() == QEvent.Type.FocusOut and not self.fault.text() and self.text() != self._value:
            self._write(self._value)
        return False


class LineField(FormField):
    """One line of text; ``suggestions`` are offered while typing."""

    def __init__(
        self, look: Look, label: str, unit: str = "", *, placeholder: str = "", label_px: int = LABEL_PX
    ) -> None:
        self.entry = DeskLine()
        self.entry.setPlaceholderText(placeholder)
        super().__init__(look, label, self.entry, unit, label_px=label_px)
        self._suggestions = QStringListModel(self)
        self.entry.textEdited.connect(lambda _text: self._tell())

    def suggest(self, words: Sequence[str]) -> None:
        """Offer these words."""
        if list(words) == self._suggestions.stringList():
            return
        self._suggestions.setStringList(list(words))
        if self.entry.completer() is None and words:
            completer = QCompleter(self._suggestions, self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.activated.connect(lambda _text: self._tell())
            self.entry.setCompleter(completer)

    def text(self) -> str:
        """What stands in the field."""
        return self.entry.text()

    def _write(self, value: str) -> None:
        self.entry.setText(value)


class BlockField(FormField):
    """A few lines of text."""

    def __init__(self, look: Look, label: str, *, lines: int = BLOCK_LINES, label_px: int = LABEL_PX) -> None:
        self.entry = DeskBlock()
        self.entry.setTabChangesFocus(True)
        super().__init__(look, label, self.entry, label_px=label_px)
        self.entry.setFixedHeight(self.entry.fontMetrics().lineSpacing() * lines + 18)
        self._quiet = False
        self.entry.textChanged.connect(self._changed)

    def text(self) -> str:
        """What stands in the field."""
        return self.entry.toPlainText()

    def _write(self, value: str) -> None:
        self._quiet = True
        try:
            self.entry.setPlainText(value)
        finally:
            self._quiet = False

    def _changed(self) -> None:
        if not self._quiet:
            self._tell()


class FlagField(FormField):
    """Yes or no; its value is "yes" or empty."""

    def __init__(self, look: Look, label: str, *, label_px: int = LABEL_PX) -> None:
        self.box = QCheckBox(label)
        super().__init__(look, "", self.box, label_px=label_px)
        self.label = label
        self.box.setAccessibleName(label)
        self.box.clicked.connect(self._tell)

    def text(self) -> str:
        """ "yes" or empty."""
        return "yes" if self.box.isChecked() else ""

    def _write(self, value: str) -> None:
        self.box.setChecked(value == "yes")


class ChoiceField(FormField):
    """One of several values; ``titles`` are what is read, the values themselves where none is given."""

    def __init__(
        self,
        look: Look,
        label: str,
        values: Sequence[str] = (),
        titles: Sequence[str] = (),
        *,
        label_px: int = LABEL_PX,
    ) -> None:
        self.box = QComboBox()
        super().__init__(look, label, self.box, label_px=label_px)
        # the wheel scrolls the form; a value is changed on purpose only
        self.box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_choices(values, titles)
        self.box.activated.connect(lambda _index: self._tell())

    def set_choices(self, values: Sequence[str], titles: Sequence[str] = ()) -> None:
        """Offer these values instead; the one that is set stays."""
        shown = [(self.box.itemData(n), self.box.itemText(n)) for n in range(self.box.count())]
        if shown == list(zip(values, titles or values, strict=True)):
            return
        before = self.text()
        self.box.clear()
        for value, title in zip(values, titles or values, strict=True):
            self.box.addItem(title, value)
        self._write(before)

    def text(self) -> str:
        """The value that is chosen, empty for none."""
        value: str | None = self.box.currentData()
        return value or ""

    def _write(self, value: str) -> None:
        self.box.setCurrentIndex(self.box.findData(value))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel over a closed list is not for it."""
        if event.type() == QEvent.Type.Wheel and not self.box.view().isVisible():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
