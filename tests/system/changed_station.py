"""The station's program with one part exchanged where everything is put together: to show what a fault would do.

    python -m tests.system.changed_station CHANGE run FILE --headless

CHANGE is ``marks-before`` or ``marks-after`` (a wrong delivery, see mutants.py), ``hasty`` (a journal that answers before
it has saved), or ``clock=FILE``: the computer's clock is set by as many seconds as the file says, as soon as it says so.
"""

from __future__ import annotations

import sys
from pathlib import Path

from station_app.app import runtime
from station_app.app.database import database_address
from station_app.cli.main import app
from station_app.config import StationConfig
from station_app.storage.clock import SystemClock
from tests.system.mutants import MUTANTS, HastyJournal, PlaceGivingDatabase


class SteppedClock(SystemClock):
    """The computer's clock, set by what a file says."""

    file = Path()

    def wall_us(self) -> int:
        """The wall clock as somebody has set it; the monotonic one goes on."""
        text = self.file.read_text(encoding="ascii") if self.file.exists() else ""
        return super().wall_us() + int(float(text or 0) * 1e6)


def place_giving_database(config: StationConfig, _answer_timeout_s: float | None = None) -> PlaceGivingDatabase:
    """The shared database of a mutant."""
    address = database_address(config)
    assert address is not None
    return PlaceGivingDatabase(address)


def change(name: str) -> None:
    """Exchange the part."""
    exchanged: dict[str, object]
    if name.startswith("clock="):
        SteppedClock.file = Path(name.removeprefix("clock="))
        exchanged = {"SystemClock": SteppedClock}
    elif name == "hasty":
        exchanged = {"SqliteJournal": HastyJournal}
    else:
        exchanged = {"SyncWorker": MUTANTS[name], "connect_shared_database": place_giving_database}
    for part, replacement in exchanged.items():
        assert hasattr(runtime, part)
        setattr(runtime, part, replacement)


if __name__ == "__main__":
    change(sys.argv[1])
    app(sys.argv[2:])
