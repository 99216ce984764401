"""Scanner input without focus: an application-wide event filter that tells a scan from typing.

A keyboard-wedge scanner types its code as fast keys, often framed by a prefix and a suffix. Every key that
may belong to a scan is withheld until it is known not to: at most `max_key_gap_ms`. What turns out to be
typing is delivered again, in order, to the widgets it was meant for. What turns out to be a scan never
reaches any widget, so its Space or Enter presses no button and its control characters enter no field.

How a scan is known, in this order:

1. it starts with the configured prefix: then it may pause, and it ends with the suffix;
2. without a prefix: `min_length` characters with no gap above `max_key_gap_ms`, then the suffix. Nobody
   types that fast, so once `min_length` is reached a longer pause (`pause_ms`, a busy computer) is allowed;
3. with no suffix configured: such a burst, ended by silence.

Gaps are taken from the keys' own time stamps, so keys that queue up while the program is busy keep their
rhythm. Held keys (auto-repeat) are never part of a scan. Keys with Ctrl count only inside a running scan,
except GS (Ctrl+], 0x1D), which GS1 codes contain.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import QApplication, QWidget

GS: Final = "\x1d"
_MODIFIER_KEYS: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    }
)
_KEY_TYPES: Final = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)
_LATE_TIMER_MS: Final = 15.0


@dataclass(frozen=True)
class ScanSettings:
    """How the scanner is set up. Times in ms.

    `suffix` is "\\r" (Enter), "\\t" (Tab), another text, or "" when the scanner sends none.
    """

    prefix: str = ""
    suffix: str = "\r"
    max_key_gap_ms: float = 45.0
    min_length: int = 4
    pause_ms: float = 250.0

    def __post_init__(self) -> None:
        if not 5 <= self.max_key_gap_ms <= 50:
            raise ValueError(f"max_key_gap_ms is {self.max_key_gap_ms}; keys are withheld for 5 to 50 ms")
        if self.min_length < 2:
            raise ValueError(f"min_length is {self.min_length}; a scan has at least 2 characters")
        if self.pause_ms < self.max_key_gap_ms:
            raise ValueError(f"pause_ms is {self.pause_ms}; it cannot be below max_key_gap_ms")


@dataclass(frozen=True)
class _Withheld:
    event: QKeyEvent
    target: QObject
    character: str


class ScanFilter(QObject):
    """Emits `scanned(text)` for each complete scan, without prefix and suffix.

    `incomplete(text)` tells of a scan whose end never came; its keys are not delivered to any widget.
    """

    scanned = Signal(str)
    incomplete = Signal(str)

    def __init__(
        self,
        settings: ScanSettings = ScanSettings(),
        parent: QObject | None = None,
        clock_ms: Callable[[], float] = lambda: time.monotonic() * 1000.0,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._clock_ms = clock_ms
        # Enter arrives as CR from some scanners and systems, as LF from others, or as both
        self._suffix = settings.suffix.replace("\r\n", "\r").replace("\n", "\r")
        self._withheld: list[_Withheld] = []
        self._characters = ""
        self._last_ms = 0.0
        self._armed_ms = 0.0
        self._waited_again = False
        self._scan_end_ms = -1e9
        self._swallow_releases: set[int] = set()
        self._delivering = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_silence)

    def install(self) -> None:
        """Begin to filter the whole application's keys."""
        application = QCoreApplication.instance()
        if application is None:
            raise RuntimeError("a QApplication must exist before the scan filter is installed")
        application.installEventFilter(self)

    def remove(self) -> None:
        """Stop filtering; keys still withheld are delivered."""
        application = QCoreApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._timer.stop()
        self._deliver()

    @property
    def is_withholding(self) -> bool:
        """Whether keys are being held back at this moment."""
        return bool(self._withheld)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Qt's hook: True keeps the event from its receiver."""
        if self._delivering or event.type() not in _KEY_TYPES or not isinstance(event, QKeyEvent):
            return False
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride:
            return self._on_override(event)
        if kind == QEvent.Type.KeyPress:
            return self._on_press(watched, event)
        return self._on_release(watched, event)

    def _on_override(self, event: QKeyEvent) -> bool:
        # a key that will be withheld must not fire a shortcut now; _offer_shortcut does it on delivery
        if self._is_candidate(event):
            event.accept()
            return True
        return False

    def _on_press(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() in _MODIFIER_KEYS:
            return False
        self._swallow_releases.discard(event.key())
        now = self._time_of(event)
        if not self._is_candidate(event):
            self._settle()
            return False
        character = _character(event)
        if character in "\r\n" and not self._withheld and self._ends_previous_scan(now):
            self._swallow_releases.add(event.key())
            return True
        if self._withheld and now - self._last_ms > self._allowed_gap_ms():
            self._settle()
        self._withheld.append(_Withheld(_copy(event), _receiver(watched), character))
        self._characters += character
        self._last_ms = now
        self._waited_again = False
        if self._settings.prefix:
            self._deliver_before_prefix()
        if not self._finish_on_suffix():
            self._arm()
        return True

    def _on_release(self, watched: QObject, event: QKeyEvent) -> bool:
        if event.key() in _MODIFIER_KEYS:
            return False
        if event.key() in self._swallow_releases:
            if not event.isAutoRepeat():
                self._swallow_releases.discard(event.key())
            return True
        if self._withheld:
            self._withheld.append(_Withheld(_copy(event), _receiver(watched), ""))
            return True
        return False

    def _is_candidate(self, event: QKeyEvent) -> bool:
        """Whether this key may be part of a scan."""
        if event.isAutoRepeat():
            return False
        character = _character(event)
        modifiers = event.modifiers()
        alt = modifiers & Qt.KeyboardModifier.AltModifier
        if not character or (alt and not modifiers & Qt.KeyboardModifier.ControlModifier):
            return False
        if character == GS or (self._settings.prefix and character == self._settings.prefix[0]):
            return True
        if character == "\t":
            return bool(self._characters) or self._suffix.startswith("\t")
        control = ord(character[0]) < 32 and character != "\r"
        return bool(self._characters) if control else True

    def _finish_on_suffix(self) -> bool:
        """Emit the scan if its suffix has just come."""
        suffix = self._suffix
        if not suffix or not self._characters.endswith(suffix):
            return False
        text = self._characters.removesuffix(suffix)
        if self._in_prefix(text):
            self._emit(text.removeprefix(self._settings.prefix))
            return True
        if len(text) >= self._settings.min_length:
            self._emit(text)
            return True
        self._deliver()
        return True

    def _on_silence(self) -> None:
        late = self._clock_ms() - self._armed_ms - self._timer.interval()
        if late > _LATE_TIMER_MS and not self._waited_again:
            # the program was busy: the scan's next keys may already wait in the queue
            self._waited_again = True
            self._arm()
            return
        self._settle()

    def _settle(self) -> None:
        """Nothing more comes: decide what the withheld keys were."""
        if not self._withheld:
            return
        text, settings = self._characters, self._settings
        if self._in_prefix(text):
            inner = text.removeprefix(settings.prefix)
            if self._suffix:
                self._drop(inner)
            else:
                self._emit(inner)
        elif len(text) >= settings.min_length:
            if self._suffix:
                self._drop(text)
            else:
                self._emit(text)
        else:
            self._deliver()

    def _in_prefix(self, text: str) -> bool:
        return bool(self._settings.prefix) and text.startswith(self._settings.prefix)

    def _allowed_gap_ms(self) -> float:
        """A sure scan may pause; anything else must go on at once."""
        sure = self._in_prefix(self._characters) or (
            bool(self._suffix) and len(self._characters) >= self._settings.min_length
        )
        return self._settings.pause_ms if sure else self._settings.max_key_gap_ms

    def _arm(self) -> None:
        self._armed_ms = self._clock_ms()
        self._timer.start(int(self._allowed_gap_ms()))

    def _ends_previous_scan(self, now: float) -> bool:
        """Whether this line end belongs to the scan just emitted (a scanner that sends CR and LF)."""
        return 0 <= now - self._scan_end_ms <= self._settings.max_key_gap_ms

    def _deliver_before_prefix(self) -> None:
        """A key typed just before the scan is typing: the scan starts at its prefix."""
        at = self._characters.find(self._settings.prefix)
        if at <= 0:
            return
        count = characters = 0
        for entry in self._withheld:
            if characters == at and entry.character:
                break
            characters += len(entry.character)
            count += 1
        before, self._withheld = self._withheld[:count], self._withheld[count:]
        self._characters = self._characters[at:]
        self._send(before)

    def _emit(self, text: str) -> None:
        self._scan_end_ms = self._last_ms
        self._forget()
        self.scanned.emit(text)

    def _drop(self, text: str) -> None:
        self._forget()
        self.incomplete.emit(text)

    def _forget(self) -> None:
        """Throw the withheld keys away; releases still to come belong to them."""
        held: set[int] = set()
        for entry in self._withheld:
            if entry.event.type() == QEvent.Type.KeyPress:
                held.add(entry.event.key())
            else:
                held.discard(entry.event.key())
        self._swallow_releases |= held
        self._withheld, self._characters = [], ""
        self._timer.stop()

    def _deliver(self) -> None:
        """It was typing: send the keys on, in order."""
        waiting, self._withheld, self._characters = self._withheld, [], ""
        self._timer.stop()
        self._send(waiting)

    def _send(self, waiting: list[_Withheld]) -> None:
        for entry in waiting:
            target = _present_receiver(entry)
            if target is None:
                continue
            self._delivering = True
            try:
                pressed = entry.event.type() == QEvent.Type.KeyPress
                if not (pressed and _offer_shortcut(target, entry.event)):
                    QCoreApplication.sendEvent(target, entry.event)
            finally:
                self._delivering = False

    def _time_of(self, event: QKeyEvent) -> float:
        return float(event.timestamp()) or self._clock_ms()


def _character(event: QKeyEvent) -> str:
    """The character a key stands for inside a scan; empty for keys that carry none."""
    key, modifiers = event.key(), event.modifiers()
    if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return "\r"
    if key == Qt.Key.Key_Tab and not modifiers & Qt.KeyboardModifier.ControlModifier:
        return "\t"
    if modifiers & Qt.KeyboardModifier.ControlModifier and key == Qt.Key.Key_BracketRight:
        return GS
    text = event.text()
    if key in (Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Delete) or len(text) != 1:
        return ""
    return "\r" if text == "\n" else text


def _copy(event: QKeyEvent) -> QKeyEvent:
    """The same key, to be sent later."""
    copy = QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
    copy.setTimestamp(event.timestamp())
    return copy


def _receiver(watched: QObject) -> QObject:
    """The widget a key was meant for: windows hand their keys to the popup or the focus widget."""
    if isinstance(watched, QWindow):
        popup = QApplication.activePopupWidget()
        if popup is not None:
            focused: QObject | None = popup.focusWidget()
            return popup if focused is None else focused
        inner: QObject | None = watched.focusObject()
        return watched if inner is None else inner
    return watched


def _present_receiver(entry: _Withheld) -> QObject | None:
    """Where a withheld key goes now. Its field may have been replaced meanwhile by the next one.

    A character that can be seen then goes to what has the keys now, so that nothing typed is lost; Space, Enter and
    control characters are dropped, because they would press a button that the person has not seen yet.
    """
    target = entry.target
    if shiboken6.isValid(target) and not (isinstance(target, QWidget) and not target.isVisible()):
        return target
    text = entry.event.text()
    return QApplication.focusWidget() if text.isprintable() and text.strip() else None


def _offer_shortcut(target: QObject, event: QKeyEvent) -> bool:
    """Fire a shortcut of the target's window that this key would have fired; False when there is none."""
    if not isinstance(target, QWidget):
        return False
    override = QKeyEvent(QEvent.Type.ShortcutOverride, event.key(), event.modifiers(), event.text())
    override.ignore()
    QCoreApplication.sendEvent(target, override)
    if override.isAccepted():
        return False
    pressed = QKeySequence(event.keyCombination())
    for shortcut in target.window().findChildren(QShortcut):
        owner = shortcut.parent()
        reachable = isinstance(owner, QWidget) and owner.isVisible() and owner.isEnabled()
        if shortcut.isEnabled() and reachable and shortcut.key() == pressed:
            shortcut.activated.emit()
            return True
    return False
