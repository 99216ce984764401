"""The director of the tour: real window processes and a headless station, told what to do one command at a time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from station_app.demo.plant import child_environment

ANSWER_TIMEOUT_S = 60.0


class TourError(RuntimeError):
    """The tour cannot go on: names the window, the command and what was shown instead."""


class Actor:
    """A process that obeys JSON commands, one answer a line: a window's player or a headless station."""

    def __init__(self, name: str, arguments: list[str], folder: Path, offscreen: bool = False) -> None:
        self.name = name
        environment = child_environment()
        if offscreen:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        self._log = (folder / f"{name}.log").open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._read()

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process.poll() is None

    def send(self, do: str, **command: Any) -> dict[str, Any]:
        """Do one thing and wait until it is done. Raises TourError when it cannot be done."""
        answer = self.ask(do, **command)
        if "refused" in answer:
            raise TourError(f"{self.name} cannot {do} {command}: {answer['refused']}")
        return answer

    def ask(self, do: str, **command: Any) -> dict[str, Any]:
        """As :meth:`send`; a refusal is an answer."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **command}) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise TourError(f"{self.name} is gone; see its log") from error
        answer = self._read()
        if "error" in answer:
            shown = " | ".join(answer.get("shown", []))
            raise TourError(f"{self.name} cannot {do} {command}: {answer['error']}. Shown: {shown}")
        return answer

    def stop(self) -> None:
        """Close its input, which ends it in good order, and wait."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise TourError(f"{self.name} has ended with exit code {self._process.wait()}; see its log")
        answer: dict[str, Any] = json.loads(line)
        return answer


class Window:
    """A window for a person to use: it lives until the person closes it."""

    def __init__(self, arguments: list[str], log: Path) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "station_app", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env=child_environment(),
        )

    def wait(self) -> None:
        """Until the window is closed."""
        self._process.wait()

    def stop(self) -> None:
        """Ask the window to close."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20.0)
        self._log.close()


@dataclass
class Stage:
    """One stage of the tour: its pictures by window, and what each window showed."""

    name: str
    seconds: float = 0.0
    pictures: list[str] = field(default_factory=list)
    shown: dict[str, list[str]] = field(default_factory=dict)


class Stages:
    """The stages as they are played; at the end of each a picture is taken of every window."""

    def __init__(self, folder: Path, windows: list[Actor], say: Callable[[str], None]) -> None:
        self._folder = folder
        self._windows = windows
        self._say = say
        self.played: list[Stage] = []

    @contextmanager
    def stage(self, name: str, title: str) -> Iterator[Stage]:
        """Play a stage; its pictures are taken when it ends well."""
        self._say(title)
        stage = Stage(name)
        started = time.monotonic()
        yield stage
        for window in self._windows:
            self.picture(stage, window, "")
        stage.seconds = round(time.monotonic() - started, 2)
        self.played.append(stage)

    def picture(self, stage: Stage, window: Actor, moment: str) -> None:
        """One more picture of a window, and what it shows."""
        number = len(self.played) + 1
        file = f"{number:02}-{stage.name}{'-' + moment if moment else ''}-{window.name}.png"
        window.send("picture", file=str(self._folder / file))
        stage.pictures.append(file)
        stage.shown[file.removesuffix(".png")] = window.send("shown")["shown"]


def station_player(name: str, settings: Path, folder: Path, offscreen: bool) -> Actor:
    """A station's window."""
    return Actor(name, ["station_app.demo.player", "station", str(settings)], folder, offscreen)


def overview_player(password_file: Path, title: str, folder: Path, offscreen: bool) -> Actor:
    """The line overview."""
    return Actor("overview", ["station_app.demo.player", "overview", str(password_file), title], folder, offscreen)


def headless_station(name: str, settings: Path, folder: Path) -> Actor:
    """A station without a window."""
    return Actor(name, ["station_app", "run", str(settings), "--headless"], folder)
