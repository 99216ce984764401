"""The horn: a sound while an alarm is new and nobody has answered; loaded when it is needed for the first time."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtWidgets import QApplication

from station_app.services.alarms import Alarms

logger = logging.getLogger(__name__)
LOOK_MS = 250
BEEP_S = 2.0


class Horn(QObject):
    """Follows ``alarms`` and sounds. ``sound`` is a WAV file; where it cannot be played, the computer beeps every 2 s.

    ``silent`` (a station that nobody stands before) follows but makes no sound.
    """

    def __init__(self, alarms: Alarms, sound: Path, parent: QObject | None = None, silent: bool = False) -> None:
        super().__init__(parent)
        self._alarms, self._sound, self._silent = alarms, sound, silent
        self._voice: _Voice | None = None
        self.is_sounding = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.follow)
        self._timer.start()

    def follow(self) -> None:
        """Begin or end to sound, as the alarms are."""
        wanted = bool(self._alarms.sounding())
        if wanted == self.is_sounding:
            return
        self.is_sounding = wanted
        if self._silent:
            return
        if self._voice is None:
            self._voice = _Voice(self._sound, self)
        self._voice.sound(wanted)


class _Voice(QObject):
    """Plays a file in a loop, or beeps."""

    def __init__(self, sound: Path, parent: QObject) -> None:
        super().__init__(parent)
        # loaded here: it costs 20 MB that a calm station does not need
        from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

        self._beeping = QTimer(self)
        self._beeping.setInterval(int(BEEP_S * 1000))
        self._beeping.timeout.connect(QApplication.beep)
        self._effect: QSoundEffect | None = None
        if QMediaDevices.audioOutputs() and sound.is_file():
            self._effect = QSoundEffect(self)
            self._effect.setSource(QUrl.fromLocalFile(str(sound)))
            self._effect.setLoopCount(int(QSoundEffect.Loop.Infinite.value))
        else:
            logger.warning("the horn cannot be played (no sound output, or no %s): the computer beeps instead", sound)

    def sound(self, on: bool) -> None:
        """Begin or end."""
        if self._effect is not None:
            self._effect.play() if on else self._effect.stop()
        elif on:
            QApplication.beep()
            self._beeping.start()
        else:
            self._beeping.stop()
