"""Big buttons for gloved hands: one primary, calm others, with painted marks and a visible focus."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from widgets.icons import icon_pixmap
from widgets.shapes import Shape, paint_shape
from widgets.text import fitting_font
from widgets.theme import CAPITAL_TITLE_MM, FREQUENT_TARGET_MM, Look


class ButtonKind(Enum):
    """What a button is for; decides its colours."""

    PRIMARY = "primary"
    NORMAL = "normal"
    DANGER = "danger"
    CALL = "call"
    FLAT = "flat"


class BigButton(QPushButton):
    """A button of a height in millimetres, with a mark or an icon before (or after) its text.

    Enter and Space press it. While `set_busy` holds it shows the busy text ("saving") and cannot be pressed:
    that is how a page says that a commit is not durable yet. `set_held` only refuses presses and draws nothing,
    for the moment until it is known whether there will be anything to wait for.
    """

    def __init__(
        self,
        look: Look,
        text: str,
        kind: ButtonKind = ButtonKind.NORMAL,
        *,
        shape: Shape | None = None,
        shape_after: bool = False,
        icon_name: str = "",
        size_mm: float = FREQUENT_TARGET_MM,
        capital_mm: float = CAPITAL_TITLE_MM,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._kind = look, kind
        self._shape, self._shape_after = shape, shape_after
        self._icon_name, self._size_mm, self._capital_mm = icon_name, size_mm, capital_mm
        self._busy_text = ""
        self._held = False
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setMinimumSize(look.mm(size_mm), look.mm(size_mm))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoDefault(False)
        self.set_text(text)

    @property
    def kind(self) -> ButtonKind:
        """What the button is for."""
        return self._kind

    @property
    def shape(self) -> Shape | None:
        """The mark shown with the text."""
        return self._shape

    def set_text(self, text: str, accessible_name: str = "") -> None:
        """Another text; the accessible name follows unless one is given (for keys such as "⌫")."""
        self.setAccessibleName(accessible_name or text)
        escaped = text.replace("&", "&&")
        if escaped == self.text():
            return
        self.setText(escaped)
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: ButtonKind, shape: Shape | None = None) -> None:
        """Turn into another kind, for example when a failed check makes "Problem" the way on."""
        if (kind, shape) == (self._kind, self._shape):
            return
        self._kind, self._shape = kind, shape
        self.updateGeometry()
        self.update()

    def set_busy(self, text: str) -> None:
        """Show `text` and refuse presses; an empty text ends it."""
        if text == self._busy_text:
            return
        self._busy_text = text
        self.setAccessibleDescription(text)
        self.update()

    def set_held(self, held: bool) -> None:
        """Refuse presses, and look as before."""
        self._held = held

    @property
    def is_busy(self) -> bool:
        """Whether a press is still being worked on: no other one is taken."""
        return self._held or bool(self._busy_text)

    def caption(self) -> str:
        """The text shown at present: the busy text while busy."""
        return self._busy_text or self.text().replace("&&", "&")

    def is_shortened(self) -> bool:
        """Whether the caption has to be cut even in the smallest allowed font."""
        font = fitting_font(self._look.bold(self._capital_mm), self.caption(), self._text_space())
        return QFontMetricsF(font).horizontalAdvance(self.caption()) > self._text_space() + 1

    def sizeHint(self) -> QSize:
        """The text, its mark and room around them."""
        look = self._look
        font = look.bold(self._capital_mm)
        longest = max(
            QFontMetricsF(font).horizontalAdvance(t) for t in (self.text().replace("&&", "&"), self._busy_text)
        )
        padding = look.mm(self._size_mm * 0.29) * 2
        return QSize(
            max(look.mm(self._size_mm), int(longest + self._mark_space() + padding) + 1),
            look.mm(self._size_mm),
        )

    def minimumSizeHint(self) -> QSize:
        """May shrink its font to 72 %, which is still legible."""
        hint = self.sizeHint()
        return QSize(max(self._look.mm(self._size_mm), int(hint.width() * 0.74)), hint.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button as Space does; a busy one takes neither."""
        if self.is_busy:
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def nextCheckState(self) -> None:  # noqa: N802  (Qt's name)
        """A busy button does not change its state."""
        if not self.is_busy:
            super().nextCheckState()

    def click(self) -> None:
        """Press by keyboard or program; refused while busy."""
        if not self.is_busy:
            super().click()

    def hitButton(self, pos: object) -> bool:  # noqa: N802  (Qt's name)
        """Pointer presses are refused while busy."""
        return not self.is_busy

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw box, mark, text and focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, edge, ink, width = self._colors()
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        radius = self._look.mm(1.8)
        painter.setBrush(fill)
        painter.setPen(QPen(edge, width) if edge.alpha() else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box, radius, radius)
        self._paint_content(painter, ink)
        if self.hasFocus():
            self._paint_focus(painter, radius)
        painter.end()

    def _paint_content(self, painter: QPainter, ink: QColor) -> None:
        caption = self.caption()
        font = fitting_font(self._look.bold(self._capital_mm), caption, self._text_space())
        metrics = QFontMetricsF(font)
        caption = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, self._text_space() + 1)
        text_px = metrics.horizontalAdvance(caption)
        mark_px = 0.0 if self._busy_text else self._mark_space()
        left = (self.width() - text_px - mark_px) / 2
        baseline = self.height() / 2 + metrics.capHeight() / 2
        painter.setFont(font)
        painter.setPen(ink)
        text_left = left if self._shape_after else left + mark_px
        painter.drawText(int(text_left), int(baseline), caption)
        if mark_px:
            side = self._mark_side()
            x = left + text_px + mark_px - side if self._shape_after else left
            mark = QRectF(x, (self.height() - side) / 2, side, side)
            if self._shape is not None:
                inner = self._look.color("on_warning")
                paint_shape(painter, self._shape, mark, ink, inner)
            elif self._icon_name:
                pixmap = icon_pixmap(self._icon_name, ink, int(side))
                painter.drawPixmap(mark.toRect(), pixmap)

    def _paint_focus(self, painter: QPainter, radius: float) -> None:
        ring = max(2.0, self._look.mm(0.7))
        inset = ring / 2 + self._look.mm(0.9)
        light = self._kind is ButtonKind.PRIMARY and self.isEnabled()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._look.color("on_primary" if light else "primary"), ring))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius * 0.7, radius * 0.7)

    def _colors(self) -> tuple[QColor, QColor, QColor, float]:
        look, thin = self._look, max(1.0, self._look.mm(0.4))
        clear = QColor(0, 0, 0, 0)
        if not self.isEnabled() and self.isChecked() and not self._busy_text:
            # what was chosen is seen at a glance beside what was not, when it can no longer be changed
            return look.color("running"), clear, look.color("on_primary"), thin
        if not self.isEnabled() or self._busy_text:
            return look.color("disabled"), clear, look.color("on_disabled"), thin
        if self._kind is ButtonKind.PRIMARY:
            fill = look.color("primary")
            return (fill.darker(118) if self.isDown() else fill), clear, look.color("on_primary"), thin
        if self._kind is ButtonKind.FLAT:
            return (look.color("selected") if self.isDown() else clear), clear, look.color("text"), thin
        fill = look.color("selected" if self.isDown() or self.isChecked() else "card")
        if self._kind is ButtonKind.DANGER:
            return fill, look.color("alarm"), look.color("text"), max(2.0, look.mm(0.8))
        if self._kind is ButtonKind.CALL and self.isChecked():
            return fill, look.color("warning"), look.color("text"), max(2.0, look.mm(0.8))
        return fill, look.color("strong_line"), look.color("text"), thin

    def _mark_side(self) -> float:
        scale = 1.55 if self._icon_name and self._shape is None else 1.2
        return QFontMetricsF(self._look.bold(self._capital_mm)).capHeight() * scale

    def _mark_space(self) -> float:
        if self._shape is None and not self._icon_name:
            return 0.0
        return self._mark_side() + (self._look.mm(2.6) if self.text() else 0)

    def _text_space(self) -> float:
        mark = 0.0 if self._busy_text else self._mark_space()
        return self.width() - mark - self._look.mm(self._size_mm * 0.1) * 2
