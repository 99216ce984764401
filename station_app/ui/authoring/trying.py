"""Trying out what is open: the window of the try-out over the editor, one at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from station_app.domain.rules import Refusal
from station_app.ui.authoring.desk import EditorDesk
from station_app.ui.authoring.edit_page import EditPage
from station_app.ui.authoring.try_out_window import TryOutWindow
from station_app.ui.look import Look
from station_app.ui.page import saying_of

SMALLEST_PX = (1100, 700)
MARGIN_PX = 60


class Trying(QObject):
    """``says(saying)`` why something cannot be tried out."""

    says = Signal(object)

    def __init__(self, look: Look, desk: EditorDesk, window: QWidget) -> None:
        super().__init__(window)
        self._look, self._desk, self._over = look, desk, window
        self.window: TryOutWindow | None = None

    def start(self, page: EditPage | None) -> None:
        """Do the work as an operator would; nothing is recorded."""
        if page is None or self.window is not None:
            return
        if page.faults:
            self.says.emit(saying_of(Refusal("It cannot be tried out with faults. Mend those in the list first.")))
            return
        work_master = page.model.work_master
        product = page.product or work_master.product
        try:
            station = self._desk.try_out(work_master, self._desk.drafts.media(), product)
        except (Refusal, ValueError, OSError) as error:
            self.says.emit(saying_of(Refusal(f"It cannot be tried out: {error}")))
            return
        width, height = self._over.width() - MARGIN_PX, self._over.height() - MARGIN_PX
        size = max(SMALLEST_PX[0], width), max(SMALLEST_PX[1], height)
        self.window = TryOutWindow(self._look, station, *size, work_master.title)
        self.window.closed.connect(self._closed)
        self.window.show()

    def end(self) -> None:
        """The editor goes, and the try-out with it."""
        if self.window is not None:
            self.window.close()

    def _closed(self) -> None:
        if self.window is not None:
            self.window.deleteLater()
        self.window = None
