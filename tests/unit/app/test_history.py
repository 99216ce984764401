"""The station's historian: put together, and its alarms raised and cleared."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from drivers.base import Tag
from station_app.app.history import StationHistory
from station_app.config import StationConfig, StationSettings, TagSettings
from station_app.services.ports import HistorianState, Room
from station_app.storage.clock import SystemClock
from tests.machine_data import ALL, ramp
from tests.waiting import wait_until

STATION = "A/B/C/D/E"


@dataclass
class HeardAlarms:
    """What the historian says of each condition."""

    active: dict[str, tuple[str, str]] = field(default_factory=dict)

    def condition(self, source: str, condition: str, active: bool, text: str, priority: str) -> None:
        assert source == "historian"
        if active:
            self.active[condition] = (text, priority)
        else:
            self.active.pop(condition, None)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[StationHistory]:
    config = StationConfig(
        tmp_path / "station.toml",
        StationSettings(STATION, "E", "E", "assembly", tmp_path),
        tags={"force": TagSettings(Tag("force", "modbus://a:1/holding/1"), "Force", history=ALL)},
    )
    history = StationHistory(config, SystemClock())
    yield history
    history.stop()
    history.close()


def test_what_the_field_loop_puts_into_the_queue_is_stored_without_the_main_thread(history: StationHistory) -> None:
    history.start()
    for one in ramp(10):
        history.intake.put(one)
    wait_until(lambda: history.historian.state.written == 10, 5, "the samples on disk")
    found = history.trends.read_raw("force", 0, 1 << 62, 100)
    assert found.value.tolist() == [float(n) for n in range(10)]


def test_alarms_stand_while_their_cause_does(history: StationHistory, monkeypatch: pytest.MonkeyPatch) -> None:
    alarms: Any = HeardAlarms()
    seconds = itertools.count(0, 100)
    monkeypatch.setattr("station_app.app.history.time.monotonic", lambda: float(next(seconds)))

    def tell(**changes: object) -> None:
        history.historian._state = replace(HistorianState(), **changes)  # type: ignore[arg-type]  # fields of their own types
        history.watch(alarms)

    tell()
    assert alarms.active == {}
    tell(fault="no room", room=Room.DELIVERED_REMOVED, room_text="little room", remark="set aside", overflowed=7)
    assert alarms.active == {
        "not stored": ("no room", "high"),
        "disk nearly full": ("little room", "medium"),
        "file set aside": ("set aside", "medium"),
        "samples dropped": ("7 samples came too fast to be stored; trends show the gap", "medium"),
    }
    # each stage is an alarm of its own: one that nobody has seen yet, and its words are true
    tell(room=Room.THINNED, room_text="thinned", remark="set aside", overflowed=7)
    assert alarms.active == {"disk nearly full: thinned": ("thinned", "high")}
    tell(room=Room.STOPPED, room_text="no room", remark="set aside", overflowed=7)
    assert alarms.active == {"disk full: not stored": ("no room", "high")}
    # what happened once does not stand until the next start, and happens again
    tell(remark="set aside again", overflowed=7)
    assert alarms.active == {"file set aside": ("set aside again", "medium")}
    tell(remark="set aside again", overflowed=7)
    assert alarms.active == {}
