"""One station on the line overview: what it does, against takt and plan, and whether it needs somebody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets.figure import Figure
from widgets.progress_bar import ProgressBar
from widgets.shapes import Shape, paint_shape
from widgets.text import Line, paint_line
from widgets.theme import CAPITAL_NOTE_MM, Look


class Severity(Enum):
    """How urgently somebody must come."""

    NORMAL = "normal"
    WARNING = "warning"
    ALARM = "alarm"


FIGURE_MM = 11.0
DENSE_FIGURE_MM = 8.0
SEVERITY_SHAPES = {Severity.WARNING: Shape.TRIANGLE, Severity.ALARM: Shape.DIAMOND}


@dataclass(frozen=True)
class StationStatus:
    """All that a tile shows, as texts in the reader's language."""

    name: str
    state_text: str
    severity: Severity = Severity.NORMAL
    subtitle: str = ""
    unit: str = "—"
    step_text: str = ""
    takt_fraction: float = 0.0
    good_text: str = "0"
    planned_text: str = ""
    foot_left: str = ""
    foot_right: str = ""
    waiting_text: str = ""
    no_contact_text: str = ""
    call_text: str = ""
    call_severity: Severity = Severity.ALARM
    step_short: str = ""


class StationTile(QWidget):
    """A tile that opens its station when touched. A call (Andon, problem) stays as a banner until answered.

    Without contact the whole tile is drawn faint, because nothing on it is known to be true any more.
    """

    opened = Signal(str)

    def __init__(self, look: Look, status: StationStatus, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._status = status
        self._dense = False
        self._name = Line(look, bold=True, capital_mm=7.4)
        self._state = Line(look, capital_mm=4.8, color="second", align=Qt.AlignmentFlag.AlignRight)
        self._subtitle = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM)
        self._waiting = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM)
        self._unit = Line(look, bold=True, capital_mm=4.6)
        self._step = Line(look, color="second", capital_mm=4.6, align=Qt.AlignmentFlag.AlignRight)
        self._bar = ProgressBar(look, height_mm=3.6)
        self._good = Figure(look, capital_mm=FIGURE_MM, unit_capital_mm=5.4)
        self._foot = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM)
        self._foot_right = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM, align=Qt.AlignmentFlag.AlignRight)
        self._call = _CallBanner(look)
        layout = QVBoxLayout(self)
        margin = look.mm(5.4)
        layout.setContentsMargins(margin, look.mm(4.4), margin, look.mm(4))
        layout.setSpacing(look.mm(1.2))
        layout.addLayout(_row(look, self._name, self._state, stretch_left=False))
        layout.addLayout(_row(look, self._subtitle, self._waiting, stretch_left=True))
        layout.addStretch(1)
        layout.addLayout(_row(look, self._unit, self._step, stretch_left=False))
        layout.addWidget(self._bar)
        layout.addStretch(2)
        layout.addWidget(self._good)
        layout.addLayout(_row(look, self._foot, self._foot_right, stretch_left=True))
        layout.addWidget(self._call)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_status(status)

    @property
    def status(self) -> StationStatus:
        """What is shown."""
        return self._status

    def set_status(self, status: StationStatus) -> None:
        """Show another status."""
        self._status = status
        normal = status.severity is Severity.NORMAL
        faint = bool(status.no_contact_text)
        ink = "muted" if faint else "text"
        self._name.set_text(status.name, ink)
        self._state.set_bold(not normal or faint)
        shown = status.no_contact_text or status.state_text
        color = "alarm" if status.severity is Severity.ALARM and not faint else "second" if normal else "text"
        self._state.set_text(shown, color)
        mark = SEVERITY_SHAPES.get(status.severity)
        self._state.set_mark(mark, "alarm" if status.severity is Severity.ALARM else "warning")
        self._subtitle.set_text(status.subtitle)
        self._waiting.set_text(status.waiting_text)
        self._waiting.set_mark(Shape.UP if status.waiting_text else None, "running")
        self._waiting.setVisible(bool(status.waiting_text))
        self._unit.set_text(status.unit, ink)
        self._fit_step()
        self._bar.set_fraction(status.takt_fraction, status.step_text)
        planned = f"/ {status.planned_text}" if status.planned_text else ""
        self._good.set_figure(status.good_text, ink, unit=planned)
        self._foot.set_text(status.foot_left)
        self._foot_right.set_text(status.foot_right)
        self._call.set_call(status.call_text, status.call_severity)
        spoken = (status.name, status.severity.value, shown, status.unit, status.step_text, status.call_text)
        self.setAccessibleName(", ".join(part for part in spoken if part))
        self.update()

    def set_dense(self, dense: bool) -> None:
        """Leave out the explaining line and make the figure smaller, where many tiles share a screen."""
        if dense == self._dense:
            return
        self._dense = dense
        self._good.set_capital(DENSE_FIGURE_MM if dense else FIGURE_MM)
        self._show_foot()
        layout = self.layout()
        if layout is not None:
            margin = self._look.mm(4 if dense else 5.4)
            edge = self._look.mm(2.6 if dense else 4.2)
            layout.setContentsMargins(margin, edge, margin, edge)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow tile says the step in fewer words."""
        self._fit_step()

    def _show_foot(self) -> None:
        self._foot.setVisible(not self._dense)
        self._foot_right.setVisible(not self._dense)

    def _fit_step(self) -> None:
        status = self._status
        self._step.set_text(status.step_text)
        room = self.width() - 2 * self._look.mm(5.4) - self._look.mm(3) - self._unit.natural_width()
        if status.step_short and self._step.natural_width() > room:
            self._step.set_text(status.step_short)

    def sizeHint(self) -> QSize:
        """As in the overview's grid of two columns."""
        return QSize(self._look.mm(140), self._look.mm(62))

    def minimumSizeHint(self) -> QSize:
        """Three columns still fit on a wall screen."""
        return QSize(self._look.mm(80), super().minimumSizeHint().height())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A touch opens the station."""
        if self.rect().contains(event.position().toPoint()):
            self.opened.emit(self._status.name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter or Space opens the station."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit(self._status.name)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel, its border by severity, and the focus."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        severity = self._status.severity
        if self._status.call_text and severity is Severity.NORMAL:
            severity = self._status.call_severity
        names = {Severity.NORMAL: "line", Severity.WARNING: "warning", Severity.ALARM: "alarm"}
        width = 1.0 if severity is Severity.NORMAL else max(2.0, look.mm(1.0))
        if self.hasFocus():
            painter.setPen(QPen(look.color("primary"), max(2.0, look.mm(0.8))))
        else:
            painter.setPen(QPen(look.color(names[severity]), width))
        painter.setBrush(look.color("bar" if self._status.no_contact_text else "card"))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), look.mm(1.8), look.mm(1.8))
        painter.end()


class _CallBanner(QWidget):
    """The unanswered call across the foot of a tile."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._text, self._severity = "", Severity.ALARM
        self.setFixedHeight(look.mm(9))

    def set_call(self, text: str, severity: Severity) -> None:
        self._text, self._severity = text, severity
        self.setVisible(bool(text))
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        alarm = self._severity is Severity.ALARM
        fill, ink = ("alarm", "on_alarm") if alarm else ("warning", "on_warning")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color(fill))
        painter.drawRoundedRect(QRectF(self.rect()), look.mm(1.4), look.mm(1.4))
        side = look.mm(4.4)
        mark = QRectF(look.mm(3), (self.height() - side) / 2, side, side)
        paint_shape(painter, Shape.DIAMOND if alarm else Shape.TRIANGLE, mark, look.color(ink))
        rect = QRectF(self.rect()).adjusted(look.mm(9.4), 0, -look.mm(3), 0)
        paint_line(painter, rect, self._text, look.bold(CAPITAL_NOTE_MM + 0.4), look.color(ink))
        painter.end()


def _row(look: Look, left: Line, right: Line, *, stretch_left: bool) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(look.mm(3))
    shrinking, whole = (left, right) if stretch_left else (right, left)
    shrinking.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    whole.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    row.addWidget(left, 1 if stretch_left else 0)
    row.addWidget(right, 0 if stretch_left else 1)
    return row
