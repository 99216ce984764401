"""Capability indices with their intervals, what they were computed from, and a mark where they promise nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.layouts import clear
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, Look


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One index: "Cpk", "1.21", "0.94 – 1.48". ``weak``: it is below what is asked for."""

    name: str
    value_text: str
    interval_text: str = ""
    weak: bool = False


class CapabilityPanel(QWidget):
    """The indices below each other; above them the mark, below them the foot lines (estimator, n, conventions)."""

    def __init__(self, look: Look, empty_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._empty_text = look, empty_text
        self._mark = Line(look, "", bold=True, capital_mm=CAPITAL_NOTE_MM)
        self._mark.set_mark(Shape.TRIANGLE, "warning")
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look.mm(3))
        self._grid.setVerticalSpacing(look.mm(1.2))
        self._grid.setColumnStretch(2, 1)
        self._foot = QLabel()
        self._foot.setWordWrap(True)
        self._foot.setTextFormat(Qt.TextFormat.PlainText)
        self._foot.setFont(look.font(CAPITAL_SMALL_MM))
        self._foot.setStyleSheet(f"color: {look.theme.second};")
        self._foot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(1.4))
        for part in (self._mark, self._rows, self._foot):
            layout.addWidget(part)
        layout.addStretch(1)
        self.set_capability(())

    def set_capability(self, rows: Sequence[IndexRow], mark: str = "", foot: Sequence[str] = ()) -> None:
        """Show these indices; ``mark`` says why they promise nothing. Without rows the foot, or the empty text, says why."""
        clear(self._grid)
        look = self._look
        for place, row in enumerate(rows):
            name = Line(look, row.name, color="second", capital_mm=CAPITAL_NOTE_MM)
            value = Line(look, row.value_text, bold=True, capital_mm=CAPITAL_BODY_MM, align=Qt.AlignmentFlag.AlignRight)
            if row.weak:
                value.set_mark(Shape.DOWN, "second")
            interval = Line(look, row.interval_text, color="second", capital_mm=CAPITAL_SMALL_MM)
            for column, widget in enumerate((name, value, interval)):
                self._grid.addWidget(widget, place, column)
        self._rows.setVisible(bool(rows))
        self._mark.set_text(mark)
        self._mark.setVisible(bool(mark))
        text = "\n".join(foot) or ("" if rows else self._empty_text)
        self._foot.setText(text)
        self._foot.setVisible(bool(text))
        said = [f"{row.name} {row.value_text} {row.interval_text}".strip() for row in rows]
        self.setAccessibleName(", ".join(part for part in (mark, *said, text) if part))

    def text(self) -> str:
        """Everything shown, as a screen reader says it."""
        return self.accessibleName()
