"""Alarms as rows with their two answers, acknowledge and shelve; bursts are summed up in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.buttons import BigButton, ButtonKind
from widgets.layouts import scrolled
from widgets.priority_mark import PriorityMark
from widgets.shapes import Shape
from widgets.station_tile import SEVERITY_SHAPES, Severity
from widgets.text import Line, Run
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM, Look


@dataclass(frozen=True)
class AlarmRow:
    """One alarm, as texts. `sub_text` holds time, state and person ("08:41 · acknowledged · Anna Keller").

    `letter` is its priority's; `seen` that somebody has acknowledged it. `note` is what makes it special ("first out").
    """

    alarm_id: str
    severity: Severity
    source: str
    text: str
    sub_text: str
    guidance: str = ""
    can_acknowledge: bool = True
    can_shelve: bool = True
    letter: str = ""
    seen: bool = False
    note: str = ""


@dataclass(frozen=True)
class AlarmTexts:
    """Captions of the list."""

    acknowledge: str = "Acknowledge"
    shelve: str = "Shelve"
    empty: str = "No alarms"
    empty_hint: str = "Alarms of this station's devices and limits appear here."
    more: str = "{count} more"
    details: str = ""


class AlarmList(QWidget):
    """Rows in the order given. `opened` is a touch on the row: show the trend at that moment.

    With the text `details` each row has a third answer that emits `details_requested`.
    With `compact` the rows have no buttons (for the side of the line overview). More rows than `most_rows`
    become one line "10 more", whose press emits `more_pressed`.
    """

    acknowledged = Signal(str)
    shelve_requested = Signal(str)
    opened = Signal(str)
    details_requested = Signal(str)
    more_pressed = Signal()

    def __init__(
        self,
        look: Look,
        texts: AlarmTexts = AlarmTexts(),
        *,
        compact: bool = False,
        most_rows: int = 20,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._texts = look, texts
        self._compact, self._most_rows = compact, most_rows
        self._rows: dict[str, _AlarmRowWidget] = {}
        self._more = BigButton(look, "", ButtonKind.FLAT, size_mm=TARGET_MM,
                               capital_mm=CAPITAL_NOTE_MM)  # fmt: skip
        self._more.clicked.connect(self.more_pressed)
        self._empty = _EmptyState(look, texts.empty, texts.empty_hint)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look.mm(1 if compact else 2.4))
        inner = QWidget()
        inner_layout = QVBoxLayout(inner)
        inner_layout.setContentsMargins(0, 0, 0, 0)
        inner_layout.addLayout(self._column)
        inner_layout.addWidget(self._more)
        inner_layout.addWidget(self._empty)
        inner_layout.addStretch(1)
        self._scroll = scrolled(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.set_alarms(())

    def set_alarms(self, rows: Sequence[AlarmRow], further: int = 0) -> None:
        """Show these alarms; ``further`` ones are only counted. Rows that stay keep their widget: no finger is robbed of
        its button.
        """
        shown = rows[: self._most_rows]
        wanted = {row.alarm_id for row in shown}
        for alarm_id in [known for known in self._rows if known not in wanted]:
            gone = self._rows.pop(alarm_id)
            self._column.removeWidget(gone)
            gone.setParent(None)
            gone.deleteLater()
        for position, row in enumerate(shown):
            widget = self._rows.get(row.alarm_id)
            if widget is None:
                widget = _AlarmRowWidget(self._look, self, row, self._texts, self._compact)
                self._rows[row.alarm_id] = widget
                self._column.insertWidget(position, widget)
            else:
                widget.set_row(row)
                if self._column.indexOf(widget) != position:
                    self._column.removeWidget(widget)
                    self._column.insertWidget(position, widget)
        hidden = len(rows) - len(shown) + further
        self._more.set_text(self._texts.more.format(count=hidden))
        self._more.setVisible(hidden > 0)
        self._empty.setVisible(not rows)
        if self.isVisible():
            self._place_now(shown)

    def _place_now(self, shown: Sequence[AlarmRow]) -> None:
        """New rows would be shown and get their height only with the next events: for a blink all of them would be gone."""
        new = [self._rows[row.alarm_id] for row in shown if self._rows[row.alarm_id].isHidden()]
        for row in new:
            row.show()
        inner = self._scroll.widget()
        layout = inner.layout() if inner is not None else None
        if new and inner is not None and layout is not None:
            layout.activate()
            height = max(self._scroll.viewport().height(), inner.minimumSizeHint().height())
            inner.resize(self._scroll.viewport().width(), height)

    def set_most_rows(self, most_rows: int) -> None:
        """How many rows are shown before the rest becomes one line; takes effect with the next `set_alarms`."""
        self._most_rows = most_rows

    def bring_into_sight(self, alarm_id: str) -> bool:
        """Scroll to an alarm and give it the focus; False when it is not shown."""
        row = self._rows.get(alarm_id)
        if row is None:
            return False
        # a row that has just been made is shown and placed only with the next event: that is too late here
        row.show()
        for holder in (self, self._scroll.widget()):
            layout = holder.layout() if holder is not None else None
            if layout is not None:
                layout.activate()
        self._scroll.ensureWidgetVisible(row)
        row.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def first_button(self) -> BigButton | None:
        """The first answer that can be given, from the top."""
        for position in range(self._column.count()):
            item = self._column.itemAt(position)
            row = item.widget() if item is not None else None
            if isinstance(row, _AlarmRowWidget):
                for button in (row.acknowledge, row.shelve):
                    if not button.isHidden():
                        return button
        return None

    def row(self, alarm_id: str) -> QWidget:
        """The widget of one alarm; KeyError when it is not shown."""
        return self._rows[alarm_id]

    def details_button(self, alarm_id: str) -> BigButton:
        """The third answer of one alarm."""
        return self._rows[alarm_id].details

    def buttons(self, alarm_id: str) -> tuple[BigButton, BigButton]:
        """(acknowledge, shelve) of one alarm."""
        row = self._rows[alarm_id]
        return row.acknowledge, row.shelve

    @property
    def more_text(self) -> str:
        """The summing line, empty when everything is shown."""
        return "" if self._more.isHidden() else self._more.caption()

    @property
    def is_empty(self) -> bool:
        """Whether the empty state is shown."""
        return not self._empty.isHidden()


class _AlarmRowWidget(QWidget):
    def __init__(self, look: Look, owner: AlarmList, row: AlarmRow, texts: AlarmTexts, compact: bool) -> None:
        super().__init__()
        self._look, self._owner, self._row, self._compact = look, owner, row, compact
        self._main = Line(look, capital_mm=CAPITAL_NOTE_MM + 0.2 if compact else CAPITAL_BODY_MM)
        self._sub = Line(look, color="second", capital_mm=CAPITAL_SMALL_MM)
        self._guidance = QLabel()
        self._guidance.setFont(look.font(CAPITAL_SMALL_MM + 0.3))
        self._guidance.setWordWrap(True)
        self._guidance.setTextFormat(Qt.TextFormat.PlainText)
        self._guidance.setStyleSheet(f"color: {look.theme.text};")
        self.acknowledge = BigButton(look, texts.acknowledge, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        self.shelve = BigButton(look, texts.shelve, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        self.acknowledge.clicked.connect(lambda: owner.acknowledged.emit(self._row.alarm_id))
        self.shelve.clicked.connect(lambda: owner.shelve_requested.emit(self._row.alarm_id))
        self.details = BigButton(look, texts.details, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        self.details.clicked.connect(lambda: owner.details_requested.emit(self._row.alarm_id))
        self._has_details = bool(texts.details)
        self._mark = PriorityMark(look)
        words = QVBoxLayout()
        words.setSpacing(look.mm(0.4))
        words.addStretch(1)
        for widget in (self._main, self._sub, self._guidance):
            words.addWidget(widget)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        side = look.mm(4.4)
        layout.setContentsMargins(side, look.mm(1.4 if compact else 2.4), look.mm(1 if compact else 3), look.mm(1.4 if compact else 2.4))  # fmt: skip  # noqa: E501
        layout.setSpacing(look.mm(3))
        if not compact:
            layout.addWidget(self._mark)
        layout.addLayout(words, 1)
        if not compact:
            for button in (self.acknowledge, self.shelve, self.details):
                layout.addWidget(button)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.set_row(row)

    def set_row(self, row: AlarmRow) -> None:
        self._row = row
        runs = [Run(row.source, True), Run(f"  {row.text}" if row.source else row.text)]
        self._main.set_text([*runs, Run(f"  ·  {row.note}", True)] if row.note and not self._compact else runs)
        color = {Severity.ALARM: "alarm", Severity.WARNING: "warning"}.get(row.severity)
        shape = SEVERITY_SHAPES.get(row.severity)
        in_line = self._compact or not row.letter
        self._mark.setVisible(not in_line)
        self._mark.set_mark(shape or Shape.SQUARE, color or "running", row.letter, not row.seen)
        self._main.set_mark(shape if in_line else None, color)
        self._sub.set_text(row.sub_text)
        self._guidance.setText(row.guidance)
        self._guidance.setVisible(bool(row.guidance) and not self._compact)
        answers = (
            (self.acknowledge, row.can_acknowledge),
            (self.shelve, row.can_shelve),
            (self.details, self._has_details),
        )
        for button, shown in answers:
            button.setVisible(not self._compact and shown)
            button.setAccessibleName(f"{button.caption()}: {row.source} {row.text}")
        parts = (f"{row.severity.value}: {row.source} {row.text}", row.note, row.sub_text)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.update()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), self._look.mm(12 if self._compact else 22)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self._owner.opened.emit(self._row.alarm_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._owner.opened.emit(self._row.alarm_id)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._compact:
            painter.setPen(QPen(look.color("line"), 1))
            painter.setBrush(look.color("card"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), look.mm(1.8), look.mm(1.8))
        color = {Severity.ALARM: "alarm", Severity.WARNING: "warning"}.get(self._row.severity, "running")
        inset = 0 if self._compact else look.mm(1.4)
        strip = QRectF(0 if self._compact else look.mm(1), inset, look.mm(1.1), self.height() - 2 * inset)
        painter.fillRect(strip, look.color("running" if self._row.seen else color))
        if self.hasFocus():
            painter.setPen(QPen(look.color("primary"), max(2, look.mm(0.7))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), look.mm(1.4), look.mm(1.4))
        painter.end()


class _EmptyState(QWidget):
    def __init__(self, look: Look, headline: str, hint: str) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, look.mm(2), 0, look.mm(2))
        layout.addWidget(Line(look, headline, bold=True, color="second", capital_mm=CAPITAL_NOTE_MM + 0.2))
        line = QLabel(hint)
        line.setFont(look.font(CAPITAL_SMALL_MM))
        line.setWordWrap(True)
        line.setStyleSheet(f"color: {look.theme.muted};")
        # only in its place: shown before, it would be a window of its own and take the keys
        layout.addWidget(line)
        line.setVisible(bool(hint))
