"""What a scan does wherever one stands: an open panel or the page is asked first, then it acts as everywhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from station_app.domain.chain import Row
from station_app.domain.releases import VersionAsked
from station_app.domain.rules import Refusal
from station_app.domain.scan import Action, ActionScan, BadgeScan, Scan
from station_app.domain.unverified_start import PermitAsked
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.banners import Banners
from station_app.ui.page import Page, Saying, Weight, saying_of
from station_app.ui.signing_in import Approving, SigningIn
from widgets.overlay import open_overlays

MOST_SCANS_AHEAD = 4


class WindowScans(QObject):
    """Takes the scans of a window; ``page`` answers the visible one.

    It tells what the window has to do then: show the main page, act (a call's name), let a supervisor decide (what is
    asked), or draw what was ``saved``.
    """

    wants_main = Signal()
    wants_action = Signal(str)
    wants_decision = Signal(object)
    saved = Signal()

    def __init__(
        self,
        services: StationServices,
        window: QWidget,
        page: Callable[[], Page],
        banners: Banners,
        approving: Approving,
        signing_in: SigningIn,
    ) -> None:
        super().__init__(window)
        self._services, self._window, self._page, self._banners = services, window, page, banners
        self._approving, self._signing_in = approving, signing_in
        self._ahead: list[str] = []

    def take(self, text: str) -> None:
        """A whole scan. One that comes while the last action is still being saved is not refused: it is next."""
        if self._services.execution.occupied:
            if len(self._ahead) < MOST_SCANS_AHEAD:
                self._ahead.append(text)
        elif open_overlays(self._window):
            self._scan_over(text)
        elif not self._page().on_scan(text):
            self._scan_anywhere(text)

    def take_next(self) -> None:
        """The scan that waited while something was saved, if there is one."""
        if self._ahead and not self._services.execution.occupied:
            self.take(self._ahead.pop(0))

    def say_incomplete(self) -> None:
        """A scan was cut off."""
        self._banners.say(Saying(Weight.WARNING, self.tr("The scan was not complete."), "", self.tr("Scan again.")))

    def _scan_over(self, text: str) -> None:
        """A scan while a panel is open: a badge signs; anything else closes the panel, but not one that asks for a badge."""
        proving = next((panel for panel in (self._approving, self._signing_in) if panel.is_open), None)
        try:
            scan = self._services.scanning.recognise(text)
        except Refusal as refusal:
            if proving is not None:
                proving.refuse_scan(saying_of(refusal).what)
            else:
                self._banners.say(saying_of(refusal))
            return
        if proving is None:
            open_overlays(self._window)[-1].dismiss()
            self._scan_anywhere(text)
        elif isinstance(scan, BadgeScan):
            proving.open(scan)
        else:
            proving.refuse_scan(self.tr("This is not a badge."))

    def _scan_anywhere(self, text: str) -> None:
        try:
            reaction = self._services.scanning.scan(text)
        except VersionAsked as asked:
            self.wants_decision.emit(asked)
            return
        except Refusal as refusal:
            self._banners.say(saying_of(refusal))
            return
        self._banners.hush()
        if reaction.saving is not None:
            when_done(reaction.saving, self._services.post, self._saved, self._failed)
        self._after_scan(reaction.scan)

    def _after_scan(self, scan: Scan) -> None:
        match scan:
            case BadgeScan():
                person = self._services.people.person
                if person is not None and person.id == scan.person.id:
                    self._services.people.sign_out()
                else:
                    self._signing_in.open(scan)
            case ActionScan(action=Action.SIGN_OUT):
                self._services.people.sign_out()
            case ActionScan(action=Action.PROBLEM | Action.ANDON):
                self.wants_action.emit(scan.action.value)
            case _:
                self.wants_main.emit()

    def _saved(self, _rows: list[Row]) -> None:
        self.saved.emit()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PermitAsked):
            self.wants_decision.emit(error)
        elif isinstance(error, Refusal):
            self._banners.say(saying_of(error))
        # a failed commit is shown by the lasting banner
