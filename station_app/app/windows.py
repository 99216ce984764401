"""The station's program with its window: started in order, driven by a timer, stopped in reverse.

What the environment does not allow (another copy runs, a damaged journal, a password file that anyone can read) is said in
a window of its own and on standard error. Our own defects go to the log with a reference, and the operator reads that.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from station_app import __version__
from station_app.app.collection import collecting_in_main_thread
from station_app.app.runtime import StationRuntime
from station_app.config import StationConfig
from station_app.config.secret_files import PasswordFileError
from station_app.resources import shipped
from station_app.services.ports import JournalCorrupt, JournalError, JournalFull, JournalLocked
from station_app.ui.fault_window import FaultWindow
from station_app.ui.horn import Horn
from station_app.ui.look import Look, sized_look, station_look
from station_app.ui.page import Saying, Weight
from station_app.ui.posting import QtPost
from station_app.ui.station_window import StationWindow
from widgets.scan_filter import ScanSettings

logger = logging.getLogger(__name__)
TICK_MS = 50
NOT_POSSIBLE = 3
WINDOW_PX = (1600, 900)
# nobody stands before these platforms: a message window would wait for ever
UNSEEN_PLATFORMS = frozenset({"offscreen", "minimal", "vnc"})

Ready = Callable[[StationWindow, StationRuntime], None]
StartError = JournalError | PasswordFileError | OSError


def run_station_window(
    config: StationConfig, on_ready: Ready | None = None, size_px: tuple[int, int] | None = None
) -> int:
    """Run the station until its window is closed or a signal asks for the end; the exit code.

    ``on_ready`` is called once the window is up: a tour drives it from there. ``size_px`` overrides the window's size
    and takes millimetres from it.
    """
    application = make_application(config)
    look = _look(config, size_px)
    post = QtPost()
    try:
        runtime = StationRuntime(config, post)
    except (JournalError, PasswordFileError, OSError) as error:
        return _say_fault(application, look, config, error)
    try:
        return _run(application, config, runtime, look, size_px, on_ready)
    finally:
        runtime.stop()
        post.close()


def make_application(config: StationConfig) -> QApplication:
    """The one QApplication, in a style that looks the same on every system."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("station")
    application.setApplicationDisplayName(f"{config.station.name} · {config.station.title}")
    application.setApplicationVersion(__version__)
    application.setStyle("Fusion")
    return application


def _look(config: StationConfig, size_px: tuple[int, int] | None) -> Look:
    theme, language, display = config.station.theme, config.station.language, config.display
    screen = QGuiApplication.primaryScreen()
    if size_px is not None:
        return sized_look(theme, language, *size_px)
    if display.full_screen:
        return station_look(theme, language, screen, display.px_per_mm)
    free = screen.availableGeometry()
    width, height = min(WINDOW_PX[0], free.width()), min(WINDOW_PX[1], free.height())
    return sized_look(theme, language, width, height, display.px_per_mm or 96 / 25.4)


def _run(
    application: QApplication,
    config: StationConfig,
    runtime: StationRuntime,
    look: Look,
    size_px: tuple[int, int] | None,
    on_ready: Ready | None,
) -> int:
    color_application(application, look)
    window = StationWindow(runtime.services, look, _scan_settings(config))
    silent = QGuiApplication.platformName() in UNSEEN_PLATFORMS
    Horn(runtime.services.alarms, shipped("assets") / "sounds" / "alarm.wav", window, silent)
    tick = QTimer()
    tick.setInterval(TICK_MS)
    tick.setTimerType(Qt.TimerType.PreciseTimer)
    tick.timeout.connect(runtime.tick)
    with _ended_by_signals(application), _defects_said(window), collecting_in_main_thread():
        _show(window, config, size_px)
        runtime.start()
        tick.start()
        if on_ready is not None:
            QTimer.singleShot(0, lambda: on_ready(window, runtime))
        code = application.exec()
        tick.stop()
        window.close()
    logger.info("%s: window closed", config.station.path)
    return code


def _show(window: StationWindow, config: StationConfig, size_px: tuple[int, int] | None) -> None:
    if size_px is not None:
        window.resize(*size_px)
        window.show()
    elif config.display.full_screen:
        window.showFullScreen()
    else:
        free = window.screen().availableGeometry()
        window.resize(min(WINDOW_PX[0], free.width()), min(WINDOW_PX[1], free.height()))
        window.show()


def _scan_settings(config: StationConfig) -> ScanSettings:
    scanner = config.scanner
    return ScanSettings(
        prefix=scanner.prefix,
        suffix=scanner.suffix,
        max_key_gap_ms=scanner.max_key_gap_ms,
        min_length=max(2, scanner.min_length),
    )


def color_application(application: QApplication, look: Look) -> None:
    """What the style draws by itself follows the theme."""
    palette = application.palette()
    for role, name in (
        (QPalette.ColorRole.Window, "page"),
        (QPalette.ColorRole.Base, "card"),
        (QPalette.ColorRole.WindowText, "text"),
        (QPalette.ColorRole.Text, "text"),
        (QPalette.ColorRole.PlaceholderText, "muted"),
        (QPalette.ColorRole.Button, "bar"),
        (QPalette.ColorRole.ButtonText, "text"),
        (QPalette.ColorRole.Highlight, "primary"),
        (QPalette.ColorRole.HighlightedText, "on_primary"),
    ):
        palette.setColor(role, look.color(name))
    application.setPalette(palette)


def _say_fault(application: QApplication, look: Look, config: StationConfig, error: StartError) -> int:
    """Show what keeps the station from starting, where somebody can see it, and on standard error."""
    logger.error("%s cannot start: %s", config.station.path, error)
    sys.stderr.write(f"{config.station.path}: {error}\n")
    if QGuiApplication.platformName() not in UNSEEN_PLATFORMS:
        window = FaultWindow(look, config.station.name, headline_of(error), sentence(str(error)))
        with _ended_by_signals(application):
            window.showFullScreen() if config.display.full_screen else window.showMaximized()
            application.exec()
    return NOT_POSSIBLE


def headline_of(error: StartError) -> str:
    """What happened, in a few words."""
    match error:
        case JournalLocked():
            return "this station is open already"
        case JournalCorrupt():
            return "the journal is damaged"
        case JournalFull():
            return "the disk is full"
        case PasswordFileError():
            return "a password file cannot be used"
        case _:
            return "the station cannot start"


def sentence(text: str) -> str:
    """A message as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


@contextlib.contextmanager
def _ended_by_signals(application: QApplication) -> Iterator[None]:
    """SIGTERM and SIGINT end the event loop; everything is then closed as if by hand."""

    def end(_number: int, _frame: FrameType | None) -> None:
        application.quit()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    # Python hears of a signal only when it runs: without the station's tick this timer makes it run
    awake = QTimer()
    awake.setInterval(200)
    awake.timeout.connect(lambda: None)
    awake.start()
    try:
        yield
    finally:
        awake.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _defects_said(window: StationWindow) -> Iterator[None]:
    """An exception that nobody caught is our own defect: the log has all of it, the operator a reference."""
    before = sys.excepthook

    def said(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        reference = secrets.token_hex(2).upper()
        logger.critical("defect %s", reference, exc_info=(kind, error, trace))
        window.banners.say(
            Saying(
                Weight.ERROR,
                f"A part of the application failed (reference {reference}).",
                "What is shown as saved is safe.",
                "Go on if you can, and tell the engineer the reference.",
            )
        )

    sys.excepthook = said
    try:
        yield
    finally:
        sys.excepthook = before
