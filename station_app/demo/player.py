"""A window that plays its part: a real window in a process of its own, driven by one JSON command a line.

``python -m station_app.demo.player station FILE`` or ``overview PASSWORD_FILE``. Commands act as a person does: keys, scans
(keys in a burst, as a wedge scanner sends them), presses on what has an accessible name. Each is answered by one JSON line:

    {"do": "scan", "text": T}                    {"do": "keys", "text": T}
    {"do": "press", "name": N}                   {"do": "key", "key": "F4"}
    {"do": "wait", "text": R, "timeout_s": 10}   until a text that matches the pattern R is shown ("gone": true: no longer)
    {"do": "picture", "file": F}                 {"do": "shown"} the texts that are visible now
    {"do": "film", "folder": D, "fps": 2}        pictures from now on, until {"do": "cut"}
    {"do": "wait_complete"}                      until every instruction with its pictures is at the station
    {"do": "quit"}

Answers: ``{"ok": true, ...}`` or ``{"error": what, "shown": [...]}``.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from station_app.ui.posting import QtPost

POLL_MS = 30
KEY_MS = 80
DEFAULT_TIMEOUT_S = 15.0
SIZE_PX = (1920, 1080)

Command = dict[str, Any]
Answer = dict[str, Any]


class CannotPlay(Exception):
    """A command that this window cannot do; says why."""


class Player(QObject):
    """Plays commands on one window. Lives on the main thread; commands arrive on a thread of their own."""

    def __init__(self, window: QWidget, out: TextIO, complete: Callable[[], bool] = lambda: True) -> None:
        super().__init__(window)
        self._complete = complete
        self._window = window
        self._out = out
        self._post = QtPost(self)
        self._camera = QTimer(self)
        self._film: Path | None = None
        self._frames = 0
        self._camera.timeout.connect(self._take_frame)
        self._verbs: dict[str, Callable[[Command], Answer]] = {
            "scan": self._scan,
            "key": self._key,
            "press": self._press,
            "picture": self._picture,
            "shown": lambda _c: {"shown": shown_texts(self._window)},
            "film": self._start_film,
            "cut": self._cut,
        }

    def follow(self, lines: TextIO) -> None:
        """Play every command that arrives; the end of the lines closes the window."""

        def read() -> None:
            for line in lines:
                self._post(lambda line=line: self._play(line))  # type: ignore[misc]  # bound now, not later
            self._post(self._quit)

        threading.Thread(target=read, name="commands", daemon=True).start()
        self._answer({"ok": True, "ready": True})

    def _play(self, line: str) -> None:
        command: Command = json.loads(line)
        verb = str(command.get("do"))
        if verb == "quit":
            self._answer({"ok": True})
            self._quit()
        elif verb == "keys":
            self._type(str(command["text"]))
        elif verb == "wait_complete":
            self._wait_complete(time.monotonic() + DEFAULT_TIMEOUT_S)
        elif verb == "wait":
            self._wait(command, time.monotonic() + float(command.get("timeout_s", DEFAULT_TIMEOUT_S)))
        elif verb == "press":
            self._press_when_there(command, time.monotonic() + float(command.get("timeout_s", DEFAULT_TIMEOUT_S)))
        elif verb in self._verbs:
            self._attempt(self._verbs[verb], command)
        else:
            self._answer({"error": f"{verb!r} is not a command; allowed: wait, quit, {', '.join(self._verbs)}"})

    def _attempt(self, verb: Callable[[Command], Answer], command: Command) -> None:
        try:
            self._answer({"ok": True, **verb(command)})
        except CannotPlay as error:
            self._fail(str(error))

    def _answer(self, answer: Answer) -> None:
        self._out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        self._out.flush()

    def _fail(self, what: str) -> None:
        self._answer({"error": what, "shown": shown_texts(self._window)})

    def _quit(self) -> None:
        self._window.close()
        QApplication.quit()

    def _target(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def _scan(self, command: Command) -> Answer:
        QTest.keyClicks(self._target(), str(command["text"]))
        QTest.keyClick(self._target(), Qt.Key.Key_Return)
        return {}

    def _type(self, left: str) -> None:
        """Key by key, each to whatever has the focus then: a page may redraw between two of them."""
        if not left:
            self._answer({"ok": True})
            return
        QTest.keyClicks(self._target(), left[0])
        QTimer.singleShot(KEY_MS, lambda: self._type(left[1:]))

    def _key(self, command: Command) -> Answer:
        key = getattr(Qt.Key, f"Key_{command['key']}", None)
        if not isinstance(key, Qt.Key):
            raise CannotPlay(f"{command['key']!r} is not a key")
        QTest.keyClick(self._target(), key)
        return {}

    def _press_when_there(self, command: Command, until: float) -> None:
        if self._find(str(command["name"])) is not None or time.monotonic() > until:
            self._attempt(self._press, command)
            return
        QTimer.singleShot(POLL_MS, lambda: self._press_when_there(command, until))

    def _press(self, command: Command) -> Answer:
        widget = self._find(str(command["name"]))
        if widget is None:
            raise CannotPlay(f"nothing that can be pressed is called {command['name']!r}")
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        return {}

    def _find(self, pattern: str) -> QWidget | None:
        wanted = re.compile(pattern, re.IGNORECASE)
        found = [
            widget
            for widget in self._window.findChildren(QWidget)
            if widget.isVisible() and widget.isEnabled() and wanted.search(widget.accessibleName())
        ]
        return min(found, key=lambda w: (not isinstance(w, QAbstractButton), len(w.accessibleName())), default=None)

    def _wait(self, command: Command, until: float) -> None:
        pattern, gone = re.compile(str(command["text"]), re.IGNORECASE), bool(command.get("gone", False))
        there = any(pattern.search(text) for text in shown_texts(self._window))
        if there != gone:
            self._answer({"ok": True})
        elif time.monotonic() > until:
            self._fail(f"waited in vain for {command['text']!r}" + (" to go" if gone else ""))
        else:
            QTimer.singleShot(POLL_MS, lambda: self._wait(command, until))

    def _wait_complete(self, until: float) -> None:
        if self._complete():
            self._answer({"ok": True})
        elif time.monotonic() > until:
            self._fail("the instructions did not come")
        else:
            QTimer.singleShot(POLL_MS, lambda: self._wait_complete(until))

    def _picture(self, command: Command) -> Answer:
        file = Path(str(command["file"]))
        if not self._window.grab().save(str(file)):
            raise CannotPlay(f"{file} cannot be written")
        return {"file": str(file)}

    def _start_film(self, command: Command) -> Answer:
        self._film, self._frames = Path(str(command["folder"])), 0
        self._film.mkdir(parents=True, exist_ok=True)
        self._camera.start(int(1000 / float(command["fps"])))
        return {}

    def _take_frame(self) -> None:
        assert self._film is not None
        self._window.grab().save(str(self._film / f"{self._frames:04}.png"))
        self._frames += 1

    def _cut(self, _command: Command) -> Answer:
        self._camera.stop()
        return {"frames": self._frames}


def shown_texts(window: QWidget) -> list[str]:
    """Every text that a person, or a screen reader, finds in the window now, without repeats."""
    found: dict[str, None] = {}
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        text = widget.text() if isinstance(widget, QLabel | QAbstractButton) else _own_text(widget)
        for part in (text, widget.accessibleName()):
            if part.strip():
                found.setdefault(part.strip())
    return list(found)


def _own_text(widget: QWidget) -> str:
    """The text of our own painted lines, which have a text() like a label."""
    text = getattr(widget, "text", None)
    value = text() if callable(text) else ""
    return value if isinstance(value, str) else ""


def play_station(file: Path) -> int:
    """Run a station's window."""
    from station_app.app.runtime import StationRuntime
    from station_app.app.windows import run_station_window
    from station_app.config import load_config

    def ready(window: QWidget, runtime: StationRuntime) -> None:
        Player(window, sys.stdout, runtime.services.library.complete).follow(sys.stdin)

    return run_station_window(load_config(file), ready, SIZE_PX)


def play_overview(password_file: Path, title: str) -> int:
    """Run the line overview."""
    from station_app.app.collection import collecting_in_main_thread
    from station_app.app.overview import build_overview
    from station_app.config.secret_files import read_password_file
    from station_app.storage.shared.address import DatabaseAddress

    application = QApplication(sys.argv[:1])
    address = DatabaseAddress.from_url(read_password_file(password_file))
    window, poll = build_overview(address, title, size_px=SIZE_PX)
    window.resize(*SIZE_PX)
    window.show()
    poll.start()
    Player(window, sys.stdout).follow(sys.stdin)
    with collecting_in_main_thread():
        return application.exec()


def main(arguments: list[str]) -> int:
    """Run the window that the arguments name until it is told to quit."""
    if len(arguments) == 2 and arguments[0] == "station":
        return play_station(Path(arguments[1]))
    if len(arguments) == 3 and arguments[0] == "overview":
        return play_overview(Path(arguments[1]), arguments[2])
    sys.stderr.write("usage: python -m station_app.demo.player station FILE | overview PASSWORD_FILE TITLE\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
