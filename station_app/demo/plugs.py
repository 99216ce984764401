"""The plugs of the demo: lines typed at its terminal pull a plug or put it back, while somebody plays at the windows."""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections.abc import Callable, Iterable

from drivers.simulation.control import CommandError, PlantControl
from station_app.demo.plant import DemoPlant
from station_app.storage.embedded_postgres import EmbeddedPostgresError

DEVICES = ("press", "camera")
SERVER = "server"
NAMES = (*DEVICES, SERVER)
EXPLAINED = f"Plugs: type one of {', '.join(NAMES)} and Enter to pull it, the same again to put it back."


class Plugs:
    """What is pulled now. Lines are followed on one thread, which is the only one that touches the plugs."""

    def __init__(self, plant: DemoPlant, say: Callable[[str], None]) -> None:
        self._plant = plant
        self._say = say
        self.pulled: set[str] = set()

    def follow(self, lines: Iterable[str]) -> None:
        """Obey every line until there are no more; the thread ends with the program."""
        threading.Thread(target=self._follow, args=(lines,), name="plugs", daemon=True).start()

    def turn(self, name: str) -> None:
        """Pull the plug of that name, or put it back, and say so; another name is answered by what is allowed."""
        if name not in NAMES:
            self._say(EXPLAINED)
            return
        pull = name not in self.pulled
        try:
            self._set(name, pull)
        except (CommandError, EmbeddedPostgresError, OSError) as error:
            self._say(f"The plug of the {name} cannot be turned: {error}")
            return
        (self.pulled.add if pull else self.pulled.discard)(name)
        self._say(f"The plug of the {name} is {'pulled' if pull else 'in again'}.")

    def _set(self, name: str, pull: bool) -> None:
        if name != SERVER:
            with PlantControl("127.0.0.1", self._plant.ports.control) as control:
                control.fault("device gone", pull, name)
        elif pull:
            self._plant.postgres.kill()
        else:
            self._plant.postgres.restart()

    def _follow(self, lines: Iterable[str]) -> None:
        for line in lines:
            if line.strip():
                self.turn(line.strip().lower())


def terminal_lines() -> Iterable[str] | None:
    """What is typed at the terminal, line by line; None where there is none. To be called on the main thread.

    Read without Python's buffer: a thread that waits in it would break the end of the program.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    if hasattr(signal, "SIGTTIN"):
        # started in the background: reading then fails instead of stopping the whole demo
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    return _typed(io.FileIO(sys.stdin.fileno(), closefd=False))


def _typed(terminal: io.FileIO) -> Iterable[str]:
    try:
        while line := terminal.readline():
            yield line.decode(errors="replace")
    except OSError:  # a terminal that is closed, or that belongs to another job
        return
