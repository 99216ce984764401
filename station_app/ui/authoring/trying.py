"""Trying out what is open: the window of the try-out over the editor, one at a time."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from station_app.domain.rules import Refusal
from station_app.domain.variants import VariantError
from station_app.domain.work_master import WorkMaster
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
        self._begin(work_master, page.product or work_master.product, page.context.language)

    def _begin(self, work_master: WorkMaster, product: str, language: str) -> None:
        try:
            station = self._desk.try_out(work_master, self._desk.drafts.media(), product, language)
        except KeyError:
            self.says.emit(saying_of(Refusal("A picture of it is not on this computer. Open it once more first.")))
            return
        except (Refusal, VariantError, OSError) as error:
            self.says.emit(saying_of(Refusal(f"It cannot be tried out: {error}")))
            return
        width, height = self._over.width() - MARGIN_PX, self._over.height() - MARGIN_PX
        size = max(SMALLEST_PX[0], width), max(SMALLEST_PX[1], height)
        window = TryOutWindow(self._look, station, size, work_master, product)
        window.closed.connect(lambda: self._closed(window))
        window.product_wanted.connect(lambda other: self._again(work_master, other))
        self.window = window
        window.show()

    def _again(self, work_master: WorkMaster, product: str) -> None:
        """From the beginning with another product, in the language that is shown."""
        language = self.window.station.language if self.window is not None else "en"
        self.end()
        self._begin(work_master, product, language)

    def end(self) -> None:
        """The editor goes, and the try-out with it."""
        if self.window is not None:
            self.window.close()

    def _closed(self, window: TryOutWindow) -> None:
        window.deleteLater()
        if self.window is window:
            self.window = None
