"""The station's window: the bar, the banners, the pages, and what lies over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QChildEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from drivers.serial_devices.scanned import ScannedText
from station_app.domain.releases import VersionAsked
from station_app.domain.rules import Refusal
from station_app.domain.unverified_start import PermitAsked
from station_app.services.ports import JournalError
from station_app.services.station import StationServices
from station_app.ui.allowing_start import AllowingStart
from station_app.ui.banners import Banners
from station_app.ui.call_dialogs import CallDialogs, is_call
from station_app.ui.deciding_version import DecidingVersion
from station_app.ui.help_panel import HelpPanel
from station_app.ui.idle import IdleWatch
from station_app.ui.look import Look
from station_app.ui.page import Page, Target, saying_of
from station_app.ui.pages import PageEntry, pages_for
from station_app.ui.reason_dialogs import interruption_dialog
from station_app.ui.signing_in import Approving, SigningIn
from station_app.ui.station_bar import show_bar
from station_app.ui.window_scans import WindowScans
from station_app.ui.window_tiles import INTERRUPT, LANGUAGE, SIGN_IN, SIGN_OUT, window_tiles
from widgets.overlay import Overlay, open_overlays
from widgets.scan_filter import ScanFilter, ScanSettings
from widgets.sheet import Sheet
from widgets.theme import stylesheet
from widgets.top_bar import TopBar

REFRESH_MS = 250
IDLE_S = 15 * 60.0
DIALOG = "a dialog is open"


class StationWindow(QWidget):
    """One window for one station. It asks and shows; the work itself lives in the services.

    ``pages`` are the pages it has, the main page first (those of the station's kind unless given).
    """

    def __init__(
        self,
        services: StationServices,
        look: Look,
        scanner: ScanSettings = ScanSettings(),  # noqa: B008  (frozen)
        pages: Sequence[PageEntry] | None = None,
        idle_s: float = IDLE_S,
    ) -> None:
        super().__init__()
        self.services = services
        self.look = look
        self.entries = tuple(pages if pages is not None else pages_for(services.identity.kind))
        self._pages: dict[str, Page] = {}
        self._page: Page | None = None
        self._endings: list[Callable[[], None]] = []
        self._watched_overlays: set[Overlay] = set()
        self._person_id = ""
        self.language = look.language
        self.setObjectName("page")
        self.setWindowTitle(f"{services.identity.name} · {services.identity.title}")
        self.setStyleSheet(stylesheet(look.theme, look.metrics))
        self.bar = TopBar(look)
        self.bar.set_station(
            services.identity.name, self.tr("{station}, all pages").format(station=services.identity.name)
        )
        self.bar.station_pressed.connect(self.open_sheet)
        self.banners = Banners(services, look)
        self._stack = QStackedWidget()
        self._lay_out()
        self._make_panels(services, look)
        self._hear_scans(services, scanner)
        self._idle = IdleWatch(idle_s, self)
        self._idle.idle.connect(self._lock)
        self._follow(services)
        self.open_page(self.entries[0].page_id)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.bar, self.banners):
            layout.addWidget(part)
        layout.addWidget(self._stack, 1)

    def _follow(self, services: StationServices) -> None:
        """Four times a second, and as soon as something is saved, what the window shows is brought up to date."""
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        self._soon.timeout.connect(self._scans.take_next)
        for notice in (services.ledger.changed, services.contact.changed, services.people.changed):
            self._endings.append(notice.subscribe(self._changed))
        self._endings.append(services.people.changed.subscribe(self._person_changed))

    def _make_panels(self, services: StationServices, look: Look) -> None:
        """What lies over the window at times: signing in, signatures, decisions, calls."""
        self.signing_in = SigningIn(services, look, self)
        self.signing_in.signed_in.connect(self.banners.hush)
        self.signing_in.panel.dismissed.connect(self._uncovered)
        self.approving = Approving(services, look, self)
        self.approving.failed.connect(self._approval_failed)
        self.approving.panel.dismissed.connect(self._uncovered)
        self.deciding = DecidingVersion(services, look, self, self.approving.ask, self.banners.say)
        self.allowing = AllowingStart(services, look, self, self.approving.ask)
        self.calls = CallDialogs(services, look, self)
        self.calls.says.connect(self.banners.say)
        self.calls.closed.connect(self._uncovered)

    def _hear_scans(self, services: StationServices, scanner: ScanSettings) -> None:
        """Scans come as keys and over serial lines; what they do is the same."""
        scans = WindowScans(services, self, lambda: self.page, self.banners, self.approving, self.signing_in)
        scans.wants_main.connect(self.open_main)
        scans.wants_action.connect(self.act)
        scans.wants_decision.connect(self._decide)
        scans.saved.connect(self.refresh)
        self._scans = scans
        self.scan_filter = ScanFilter(scanner, self)
        self.scan_filter.scanned.connect(self.scan)
        self.scan_filter.incomplete.connect(lambda _text: scans.say_incomplete())
        self._endings.append(services.serial_scans.listen(self._serial_scan))

    # --- pages ---------------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page:
        """The visible page."""
        assert self._page is not None
        return self._page

    def open_page(self, page_id: str, target: Target | None = None) -> None:
        """Show a page, and on it what a link leads to; unknown pages are a defect (KeyError)."""
        page = self._pages.get(page_id) or self._build(page_id)
        if page is not self._page:
            if self._page is not None:
                self._page.leave()
            self._page = page
            self._stack.setCurrentWidget(page)
            page.enter()
            page.take_focus()
        if target is not None:
            page.show_target(target)
        self.refresh()

    def open_main(self) -> None:
        """Show the main page: the work."""
        self.open_page(self.entries[0].page_id)

    def open_sheet(self) -> None:
        """Show the tiles of all pages."""
        tiles = window_tiles(self.services, self.entries, self.language)
        sheet = Sheet(self.look, self.services.identity.title, tiles, self.tr("Back"))
        sheet.chosen.connect(self._tile_chosen)
        self._lay_over(sheet)

    def speak(self, language: str) -> None:
        """Show instructions in this language where they have it, on every page."""
        self.language = language
        for page in self._pages.values():
            page.speak(language)

    def _person_changed(self) -> None:
        """Whoever signs in gets the instructions in their language."""
        person = self.services.people.person
        person_id = person.id if person is not None else ""
        if person is not None and person_id != self._person_id:
            self.speak(person.language)
        self._person_id = person_id

    def open_help(self) -> None:
        """Show the help of the visible page."""
        self._lay_over(HelpPanel(self.look, self.page.title, self.page.help_text))

    def _lay_over(self, overlay: Overlay) -> None:
        overlay.dismissed.connect(self._uncovered)
        overlay.open_once(self)

    def _build(self, page_id: str) -> Page:
        entry = next((e for e in self.entries if e.page_id == page_id), None)
        if entry is None:
            raise KeyError(page_id)
        page = entry.build(self.services, self.look)
        page.wants_page.connect(self.open_page)
        page.wants_action.connect(self.act)
        page.wants_approval.connect(self.approving.ask)
        page.wants_decision.connect(self._decide)
        page.speak(self.language)
        page.says.connect(self.banners.say)
        page.hushes.connect(self.banners.hush)
        self._stack.addWidget(page)
        self._pages[page_id] = page
        return page

    def _tile_chosen(self, page_id: str) -> None:
        if page_id in (SIGN_IN, SIGN_OUT, INTERRUPT):
            self.act(page_id)
        elif page_id.startswith(LANGUAGE):
            self.speak(page_id.removeprefix(LANGUAGE))
        else:
            self.open_page(page_id)

    # --- acting --------------------------------------------------------------------------------------------------

    def act(self, action: str) -> None:
        """What every page shares: sign in or out, call for help."""
        if is_call(action):
            self.calls.open(action)
        elif action == SIGN_IN:
            self.signing_in.open()
        elif action == SIGN_OUT:
            self.services.people.sign_out()
        elif action == INTERRUPT:
            dialog = interruption_dialog(self.services, self.look)
            dialog.chosen.connect(lambda reason, _text: self._interrupt(reason))
            self._lay_over(dialog)

    def _interrupt(self, reason: str) -> None:
        self.open_main()
        self.page.attempt(lambda: self.services.execution.interrupt(reason))

    def scan(self, text: str) -> None:
        """A scan, wherever the person stands."""
        self._scans.take(text)

    def _serial_scan(self, scanned: ScannedText) -> None:
        """A scan that came over a serial line and not as keys: from here on it is the same."""
        self._idle.touched()
        if scanned.complete:
            self.scan(scanned.text)
        else:
            self._scans.say_incomplete()

    def _decide(self, asked: VersionAsked | PermitAsked) -> None:
        """Something goes on only when a supervisor decides."""
        if isinstance(asked, PermitAsked):
            self.allowing.ask(asked)
        else:
            self.deciding.ask(asked)

    def _approval_failed(self, error: object) -> None:
        """What was signed could not be recorded."""
        if isinstance(error, Refusal):
            self.banners.say(saying_of(error))
        elif isinstance(error, BaseException) and not isinstance(error, JournalError):
            raise error
        # a failed commit is shown by the lasting banner

    def childEvent(self, event: QChildEvent) -> None:  # noqa: N802  (Qt's name)
        """A panel is laid over the window: while one is open, nobody is at work on the unit, unless it shows the work."""
        overlay = event.child()
        if event.added() and isinstance(overlay, Overlay) and overlay not in self._watched_overlays:
            self._watched_overlays.add(overlay)
            overlay.opened.connect(self._attend)
            overlay.dismissed.connect(self._attend)
            overlay.destroyed.connect(lambda: self._watched_overlays.discard(overlay))
        super().childEvent(event)

    def _attend(self) -> None:
        execution = self.services.execution
        if any(not overlay.part_of_work for overlay in open_overlays(self)):
            execution.pause_attention(DIALOG)
        else:
            execution.resume_attention(DIALOG)

    def _uncovered(self) -> None:
        """A panel went: the page may have moved on behind it, so the keys go where they are needed now."""
        self.page.take_focus()

    def _lock(self) -> None:
        if self.services.people.person is not None:
            self.services.people.sign_out()

    # --- window --------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring bar and banners up to date; called often, cheap when nothing changed."""
        main = self.page.page_id == self.entries[0].page_id
        show_bar(self.bar, self.services, "" if main else self.page.title)
        self.banners.refresh()

    def _changed(self) -> None:
        """The bar follows when an action is saved, not while it is: that would only hold the commit up."""
        if not self.services.ledger.busy:
            self._soon.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F1 help, F2 to F10 the pages, Esc back; other keys go on."""
        key = event.key()
        entry = next((e for e in self.entries if e.key == key), None)
        if key == Qt.Key.Key_F1:
            self.open_help()
        elif entry is not None:
            self.open_page(entry.page_id)
        elif key == Qt.Key.Key_Escape:
            if not self.page.go_back():
                self.open_main()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to hear the scanner and to count the seconds."""
        if not self._timer.isActive():
            self.scan_filter.install()
            self._idle.start(self)
            self._timer.start()
        super().showEvent(event)
        self.page.take_focus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hear no more of scanner and services."""
        self.scan_filter.remove()
        self._idle.stop()
        self._timer.stop()
        self._soon.stop()
        while self._endings:
            self._endings.pop()()
        for page in self._pages.values():
            page.leave()
            page.end()
        super().closeEvent(event)
