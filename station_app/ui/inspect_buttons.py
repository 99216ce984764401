"""The buttons below an inspection: those of the work page, with a photo at any time, "Measure again" and the lots."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from station_app.ui.look import Look
from station_app.ui.work_buttons import WorkButtons
from widgets.buttons import BigButton
from widgets.shapes import Shape


class InspectButtons(WorkButtons):
    """``photo`` is the wish to take a picture, whether a check asks for one or not."""

    photo = Signal()
    imports = Signal()
    lots = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.repeat_button.set_text(self.tr("Measure again"))
        self.photo_button = BigButton(look, self.tr("Photo"), shape=Shape.CAMERA)
        self.photo_button.clicked.connect(self.photo)
        row = self.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(row.indexOf(self.andon_button), self.photo_button)
        self.import_button = BigButton(look, self.tr("Import"), shape=Shape.FORWARD)
        self.import_button.clicked.connect(self.imports)
        row.insertWidget(row.indexOf(self.andon_button), self.import_button)
        self.lots_button = BigButton(look, self.tr("Lots"))
        self.lots_button.clicked.connect(self.lots)
        row.insertWidget(row.indexOf(self.andon_button), self.lots_button)

    def show_import(self, shown: bool, enabled: bool) -> None:
        """Results are imported to an inspection by a plan."""
        self.import_button.setVisible(shown)
        self.import_button.setEnabled(enabled)

    def show_lots(self, shown: bool) -> None:
        """Lots are for the time between units."""
        self.lots_button.setVisible(shown)

    def show_failed(self, failed: bool, busy: bool) -> None:
        """A result out of limits: measure again or report, instead of calling for help."""
        for button in (self.nonconformance_button, self.repeat_button):
            button.setVisible(failed)
            button.setEnabled(not busy)
        self.problem_button.setVisible(not failed)

    def set_held(self, held: bool) -> None:
        """The photo button too."""
        super().set_held(held)
        self.photo_button.set_held(held)
        self.import_button.set_held(held)


class BarBackground(QWidget):
    """The ground of a row of buttons below a page that has no buttons of a job."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look

    def paintEvent(self, event: QPaintEvent) -> None:
        """Background and the line above."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("bar"))
        painter.fillRect(0, 0, self.width(), 1, self._look.color("line"))
        painter.end()
