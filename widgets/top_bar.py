"""The bar across the top: station, what is worked on, how machine and server are, who, and the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.buttons import BigButton, ButtonKind
from widgets.shapes import Shape, paint_shape
from widgets.text import Line, Text
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, CAPITAL_TITLE_MM, TARGET_MM, Look


class ChipState(Enum):
    """How a connection is: calm dot, warning triangle or alarm diamond."""

    NORMAL = "normal"
    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True)
class Chip:
    """One status at the right of the bar."""

    text: str
    state: ChipState = ChipState.NORMAL


_CHIP_SHAPES = {
    ChipState.NORMAL: (Shape.DOT, "running"),
    ChipState.WARNING: (Shape.WARNING, "warning"),
    ChipState.ALARM: (Shape.DIAMOND, "alarm"),
}


class StatusChip(QWidget):
    """A mark and a short text; bold as soon as it is not normal."""

    def __init__(self, look: Look, chip: Chip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._line = Line(look, parent=self, capital_mm=CAPITAL_NOTE_MM)
        self.set_chip(chip)

    def set_chip(self, chip: Chip) -> None:
        """Show another status."""
        self.chip = chip
        calm = chip.state is ChipState.NORMAL
        self._line.set_bold(not calm)
        self._line.set_text(chip.text, "second" if calm else "text")
        self._place_line()
        self.setAccessibleName(chip.text if calm else f"{chip.state.value}: {chip.text}")
        self.setToolTip(chip.text)
        self.update()

    def natural_width(self) -> int:
        """Width in px that shows everything."""
        return self._mark_px() + self._line.natural_width()

    def is_shortened(self) -> bool:
        """Whether the text is cut."""
        return self._line.is_shortened()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The text takes what the mark leaves."""
        self._place_line()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        shape, color = _CHIP_SHAPES[self.chip.state]
        side = self._look.mm(3.0 if self.chip.state is ChipState.NORMAL else 4.6)
        painter = QPainter(self)
        rect = QRect(0, (self.height() - side) // 2, side, side).toRectF()
        paint_shape(painter, shape, rect, self._look.color(color), self._look.color("on_warning"))
        painter.end()

    def _mark_px(self) -> int:
        return self._look.mm(5.4 if self.chip.state is ChipState.NORMAL else 6.6)

    def _place_line(self) -> None:
        self._line.setGeometry(self._mark_px(), 0, max(0, self.width() - self._mark_px()), self.height())


class TopBar(QWidget):
    """Shows values only. `station_pressed` asks for the sheet of pages.

    When the bar is too narrow, texts are shortened in this order: detail, title, person, chips. Station and
    clock are always whole.
    """

    station_pressed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._station = BigButton(
            look, "", ButtonKind.FLAT, size_mm=TARGET_MM, capital_mm=CAPITAL_TITLE_MM, parent=self
        )
        self._station.clicked.connect(self.station_pressed)
        self._title = Line(look, bold=True, capital_mm=4.8, parent=self)
        self._detail = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM + 0.2, parent=self)
        self._person = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM, parent=self)
        self._clock = Line(look, bold=True, capital_mm=CAPITAL_BODY_MM - 0.2, parent=self)
        self._chips: list[StatusChip] = []
        self._work: tuple[str, Text] = ("", "")
        self.setFixedHeight(look.mm(20.5))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_station(self, name: str, accessible_name: str = "") -> None:
        """The station's name; pressing it opens the pages."""
        self._station.set_text(name, accessible_name or name)
        self._arrange()

    def set_work(self, title: str, detail: Text = "") -> None:
        """What is worked on: product or page name, then order, revision and unit."""
        if (title, detail) != self._work:
            self._work = (title, detail)
            self._title.set_text(title)
            self._detail.set_text(detail)
            self._arrange()

    def set_chips(self, chips: Sequence[Chip]) -> None:
        """The states of machines and server, most important last (nearest the person)."""
        if [shown.chip for shown in self._chips] == list(chips):
            return
        while len(self._chips) > len(chips):
            gone = self._chips.pop()
            gone.setParent(None)
            gone.deleteLater()
        for index, chip in enumerate(chips):
            if index == len(self._chips):
                self._chips.append(StatusChip(self._look, chip, self))
                self._chips[-1].show()
            elif self._chips[index].chip != chip:
                self._chips[index].set_chip(chip)
        self._arrange()

    def set_person(self, name: str) -> None:
        """Who is signed in."""
        if name != self._person.text():
            self._person.set_text(name)
            self._arrange()

    def set_clock(self, text: str) -> None:
        """The time, as text."""
        if text != self._clock.text():
            self._clock.set_text(text)
            self._arrange()

    def chips(self) -> tuple[StatusChip, ...]:
        """The chips shown, left to right."""
        return tuple(self._chips)

    def parts(self) -> tuple[QWidget, ...]:
        """Everything placed in the bar, left to right."""
        return (self._station, self._title, self._detail, *self._chips, self._person, self._clock)

    def sizeHint(self) -> QSize:
        """Full width, 20.5 mm high."""
        return QSize(self._look.mm(300), self._look.mm(20.5))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width again."""
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Background and the line below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("bar"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.color("line"))
        painter.end()

    def _arrange(self) -> None:
        gap, height = self._look.mm(6), self.height()
        shown = [w for w in (self._title, self._detail, *self._chips, self._person) if _width(w) > 2]
        station = self._station.sizeHint().width()
        clock = self._clock.natural_width() if self._clock.text() else 0
        margin = self._look.mm(5)
        free = self.width() - station - clock - margin - self._look.mm(2.6) - gap * (len(shown) + (1 if clock else 0))
        widths = self._shares(shown, free)
        x = 0
        button_height = self._station.minimumHeight()
        self._station.setGeometry(x, (height - button_height) // 2, station, button_height)
        x += station + self._look.mm(1.6)
        left: tuple[QWidget, ...] = (self._title, self._detail)
        for widget in left:
            width = widths.get(widget, 0)
            widget.setGeometry(x, 0, width, height)
            x += width + (gap if width else 0)
        x = self.width() - margin - clock
        self._clock.setGeometry(x, 0, clock, height)
        x -= gap if clock else 0
        right: tuple[QWidget, ...] = (self._person, *reversed(self._chips))
        for widget in right:
            width = widths.get(widget, 0)
            x -= width
            widget.setGeometry(x, 0, width, height)
            x -= gap if width else 0

    def _shares(self, shown: Sequence[QWidget], free: int) -> dict[QWidget, int]:
        """Width for each part: what it wants, shortened in the order of least harm."""
        widths = {widget: _width(widget) for widget in shown}
        excess = sum(widths.values()) - free
        least: dict[QWidget, int] = {self._detail: 0, self._title: 26, self._person: 14}
        order: tuple[QWidget, ...] = (self._detail, self._title, self._person, *self._chips)
        for widget in order:
            if excess <= 0:
                break
            if widget in widths:
                floor = min(widths[widget], self._look.mm(least.get(widget, 18)))
                cut = min(excess, widths[widget] - floor)
                widths[widget] -= cut
                excess -= cut
        if 0 < widths.get(self._detail, 0) < self._look.mm(12):
            widths[self._detail] = 0
        return widths


def _width(widget: QWidget) -> int:
    return widget.natural_width() if isinstance(widget, Line | StatusChip) else widget.sizeHint().width()
