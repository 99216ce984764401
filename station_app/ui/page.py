"""What every page of the station window is: a widget with a title, a help text, and a say in scans.

A page is built as ``XPage(services, look)`` and lives until the window closes. It asks services, subscribes to their
notices with :meth:`Page.watch`, and draws; it keeps no state of the work. It leaves by :attr:`Page.wants_page` and speaks to
the person by :attr:`Page.says`; it never knows the window.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeVar

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from station_app.domain.releases import VersionAsked
from station_app.domain.rules import Refusal
from station_app.domain.unverified_start import PermitAsked
from station_app.services.notices import Notice
from station_app.services.ports import JournalError
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.look import Look
from widgets.overlay import Overlay

T = TypeVar("T")

WORK, INSPECT, TRENDS, ALARMS, RECORDS, SETTINGS = "work", "inspect", "trends", "alarms", "records", "settings"
SPC, GAUGES, LOTS = "spc", "gauges", "lots"


@dataclass(frozen=True, slots=True)
class ShowInstant:
    """For the trends: go to this time (seconds since the epoch); ``tag`` is the one to show, empty for all."""

    time_s: float
    tag: str = ""


@dataclass(frozen=True, slots=True)
class ShowSpan:
    """For the trends: show this stretch of time (seconds since the epoch), in which ``serial`` was in work."""

    start_s: float
    end_s: float
    serial: str = ""


@dataclass(frozen=True, slots=True)
class ShowUnit:
    """For the records: show this unit."""

    serial: str


@dataclass(frozen=True, slots=True)
class ShowAlarm:
    """For the alarms: bring this one into sight."""

    alarm_id: str


@dataclass(frozen=True, slots=True)
class ShowChart:
    """For the control charts: open this one, with this point chosen if it is named."""

    chart_id: str
    point_id: str = ""


Target = ShowInstant | ShowSpan | ShowUnit | ShowAlarm | ShowChart


class Weight(StrEnum):
    """How much a message weighs."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Saying:
    """A message to the person: what happened, what was kept, what to do."""

    weight: Weight
    what: str
    kept: str = ""
    to_do: str = ""


def saying_of(refusal: Exception) -> Saying:
    """A refusal as a message: its first sentence is what happened, the rest what to do; nothing was changed by it."""
    text = str(refusal).strip()
    first, dot, rest = text.partition(". ")
    return Saying(Weight.WARNING, first + dot.strip(), QCoreApplication.translate("page", "Nothing was changed."), rest)


class Page(QWidget):
    """Base of the pages. Subclasses set ``page_id`` and override what they need.

    ``wants_page(page_id, target)`` asks the window for another page; ``target`` is a Target or None.
    ``says(saying)`` shows a message in the window's banner; ``hushes()`` takes it away.
    ``wants_action(name)`` asks the window for what every page shares: "problem", "andon", "sign_in".
    ``wants_approval(request)`` asks it to fetch a signature (an ApprovalRequest), ``wants_decision(asked)`` to let a
    supervisor decide about an order's version (a VersionAsked) or about work that cannot be verified (a PermitAsked).
    """

    page_id: ClassVar[str] = ""
    wants_page = Signal(str, object)
    wants_action = Signal(str)
    wants_approval = Signal(object)
    wants_decision = Signal(object)
    says = Signal(object)
    hushes = Signal()

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self.look = look
        self.language = look.language
        self._left = False
        self._endings: list[Callable[[], None]] = []

    # --- what a page may say of itself ---------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The page's name in the top bar and on its tile."""
        raise NotImplementedError

    @property
    def help_text(self) -> str:
        """What F1 shows: a few sentences in Markdown."""
        return ""

    def speak(self, language: str) -> None:
        """Show instructions in another language ("en", "de") from now on."""
        if language != self.language:
            self.language = language
            self.spoken()

    def spoken(self) -> None:
        """The language has changed: draw what is shown in it."""

    def enter(self) -> None:
        """The window shows this page from now on."""
        self._left = False
        self.shown()

    def leave(self) -> None:
        """The window shows another page: nothing is drawn here until :meth:`enter`."""
        self._left = True
        self.hidden()

    def shown(self) -> None:
        """The page has become visible: draw what is now, start to follow live values."""

    def hidden(self) -> None:
        """Another page is visible: stop what costs time."""

    def on_scan(self, text: str) -> bool:
        """A scan while this page is visible. True: it was dealt with; False: the station acts as everywhere."""
        return False

    def show_target(self, target: Target) -> None:
        """Somebody followed a link to this page."""

    def go_back(self) -> bool:
        """Esc: True when something inside the page was left; False: the window goes back to the main page."""
        return False

    def take_focus(self) -> None:
        """Give the keys to the control that needs them first."""
        self.setFocus()

    # --- what a page may use -------------------------------------------------------------------------------------

    def watch(self, notice: Notice, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the notice is told, until the page is closed.

        Not while another page is shown: :meth:`shown` draws what was missed.
        """

        def told() -> None:
            if not self._left:
                listener()

        self._endings.append(notice.subscribe(told))

    def attempt(self, verb: Callable[[], Future[T]], done: Callable[[T], None] | None = None) -> bool:
        """Do what the person asked for; a refusal, at once or later, becomes a message.

        ``done`` gets the result on the main thread. False when it was refused at once.
        """
        try:
            future = verb()
        except VersionAsked as asked:
            self.wants_decision.emit(asked)
            return False
        except Refusal as refusal:
            self.says.emit(saying_of(refusal))
            return False
        when_done(future, self.services.post, done or (lambda _result: None), self.failed)
        return True

    def failed(self, error: BaseException) -> None:
        """What was asked for was not done: a refusal becomes a message. Raises what is no fault of the surroundings."""
        if isinstance(error, PermitAsked):
            self.wants_decision.emit(error)
        elif isinstance(error, Refusal):
            self.says.emit(saying_of(error))
        elif not isinstance(error, JournalError):
            # our own defect: it belongs into the log, loudly
            raise error
        # a failed commit is said by the window's banner as long as it lasts

    def lay_over(self, overlay: Overlay) -> None:
        """Lay a panel over the page's window; it is deleted when it goes, and the page has the keys again."""
        overlay.dismissed.connect(self.take_focus)
        overlay.open_once(self.window())

    def end(self) -> None:
        """The window closes: hear no more of the services."""
        while self._endings:
            self._endings.pop()()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page's ground colour."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.look.color("page"))
        painter.end()
