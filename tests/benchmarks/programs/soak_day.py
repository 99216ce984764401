"""A station through a day and more, as fast as the computer goes, with a clock that is set by hand, in a process of its own.

``python -m tests.benchmarks.programs.soak_day FOLDER HOURS STEP_S`` says its resident memory after every hour of the station's
time, of which ``STEP_S`` seconds pass at once. What is driven is the product's own: journal, services and fold, the tag table,
the alarms, the historian's storing with its sealed blocks, and a window with the trends page, painted into memory. Every
forty minutes a unit is built; every ten minutes an alarm comes, is acknowledged and goes, and a device is lost for a while.
"""

from __future__ import annotations

import dataclasses
import gc
import math
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import psutil
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from drivers.base import Connection, Quality, Sample, Tag
from station_app.app.collection import collecting_in_main_thread, give_back_memory
from station_app.domain import rules
from station_app.domain.history_rule import HistoryRule
from station_app.services.station import TagView
from station_app.ui.look import sized_look
from station_app.ui.page import TRENDS, WORK
from station_app.ui.posting import QtPost
from station_app.ui.station_window import StationWindow
from tests.bench_station import ANNA, ANNA_PIN, BEARING_LOT, CYCLES, SEAL_LOT, BenchStation
from tests.benchmarks.desk import long_order_master, serial
from tests.benchmarks.programs.telling import tell
from tests.machine_data import Bench

T = TypeVar("T")
HOUR_S = 3600.0
# there are sixty housings
UNIT_EVERY_S, TROUBLE_EVERY_S = 2400.0, 600.0
# the fast ones are those that are drawn
FAST_TAGS, SLOW_TAGS = 8, 12
FAST_INTERVAL_S, SLOW_INTERVAL_S = 0.5, 1.0
OFTEN_PAINTED_H = 8
PAINT_EVERY = 4
TIMEOUT_S = 30.0
SIZE_PX = (1280, 800)
FORCE, PEAK = "press.force", "press.peak_force"
TOO_HIGH, FINE = 16.0, 5.0


class Day:
    """One station, its clock and its window."""

    def __init__(self, folder: Path, units: int) -> None:
        self.application = QApplication.instance() or QApplication([])
        self.post = QtPost()
        names = [f"load.{n}" for n in range(FAST_TAGS + SLOW_TAGS)]
        self.history = Bench(folder, dict.fromkeys([*names, FORCE, PEAK], HistoryRule()))
        self.clock = self.history.clock
        self.station = BenchStation(folder / "station", self.post, master=False, cameras=(), clock=self.clock)
        self.station.publish(long_order_master(units))
        services = self.station.services
        services.library.reload()
        for n, name in enumerate(names):
            interval_s = FAST_INTERVAL_S if n < FAST_TAGS else SLOW_INTERVAL_S
            services.tags.add(Tag(name, f"opcua://press/ns=2;s={name}", "kN", interval_s))
            self.station.services.tag_views[name] = TagView(name, "kN", "press", None, None)  # type: ignore[index]  # a dict here
        self.services = dataclasses.replace(services, history=self.history.history)
        self.window = StationWindow(self.services, sized_look("light", "en", *SIZE_PX))
        self.window.resize(*SIZE_PX)
        self.window.show()
        self.window.open_page(TRENDS)
        self._names = names
        self._next_unit = 0

    @property
    def now_s(self) -> float:
        """The station's time, seconds since the epoch."""
        return self.clock.wall_us() / 1e6

    def pass_time(self, seconds: float, *, paint: bool) -> None:
        """So much machine data arrives and is stored."""
        start_s = self.now_s
        self.clock.advance(seconds)
        samples = []
        for n, name in enumerate(self._names):
            interval_s = FAST_INTERVAL_S if n < FAST_TAGS else SLOW_INTERVAL_S
            for number in range(1, round(seconds / interval_s) + 1):
                at_s = start_s + number * interval_s
                samples.append(Sample(name, math.sin(at_s / 40 + n), Quality.GOOD, "Good", at_s, at_s))
        self.take(samples)
        if paint:
            self.paint()

    def take(self, samples: list[Sample]) -> None:
        """What the station's tick does with samples, and the historian's second."""
        taken = self.services.tags.take(samples)
        self.services.alarms.samples(taken)
        self.services.execution.follow(taken)
        self.history.store(samples)

    def value(self, tag: str, value: float) -> None:
        """One value now."""
        self.clock.advance(0.1)
        self.take([Sample(tag, value, Quality.GOOD, "Good", self.now_s, self.now_s)])

    def paint(self) -> None:
        """Draw what there is."""
        follow: Callable[[], None] | None = getattr(self.window.page, "follow", None)
        if follow is not None:
            follow()
        self.services.status()
        self.window.grab()
        self.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)

    def finish(self, future: Future[T] | None) -> T:
        """Serve the main thread until the future is done."""
        assert future is not None
        give_up_s = time.monotonic() + TIMEOUT_S
        while not future.done():
            if time.monotonic() > give_up_s:
                raise TimeoutError(f"not done within {TIMEOUT_S:g} s")
            self.application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
        self.application.processEvents()
        return future.result()

    def build(self) -> None:
        """One unit from its scan to its end, on the work page."""
        self.window.open_page(WORK)
        services, number = self.services, self._next_unit
        self._next_unit += 1
        if services.ledger.person is None:
            self.finish(services.people.sign_in_badge(ANNA, ANNA_PIN))
        execution = services.execution
        self._scan(serial(number))
        self._scan(f"H-{number + 501:06d}")
        self.finish(execution.confirm())
        self._scan(BEARING_LOT)
        self.value(CYCLES, number + 1)
        self.value(PEAK, 12.4)
        self.finish(execution.capture_value(self._next_check()))
        self.paint()
        self.finish(execution.measure(self._next_check(), "0.09"))
        self._scan(SEAL_LOT)
        self.finish(execution.measure(self._next_check(), "8.5"))
        picture = rules.Picture(
            sha256="0" * 64, media_type="image/jpeg", size_bytes=200_000, width_px=1280, height_px=720,
            sharpness=0.5, codes=[serial(number)], faults=[],
        )  # fmt: skip
        self.finish(execution.keep_photo(self._next_check(), picture))
        self.finish(execution.confirm())
        self.paint()
        self.window.open_page(TRENDS)

    def trouble(self) -> None:
        """An alarm comes, is acknowledged and goes; a device is lost and comes back with a gap in its values."""
        services = self.services
        self.value(FORCE, TOO_HIGH)
        while waiting := [alarm for alarm in services.alarms.listed() if not alarm.acknowledged_by]:
            self.finish(services.alarms.acknowledge(waiting[0].alarm_id))
        self.value(FORCE, FINE)
        self.station.device("press", Connection.LOST, self.now_s)
        for state in self.station.contact.lost_devices():
            services.alarms.connection(state)
        at_s = self.now_s
        self.take([Sample(name, 0.0, Quality.BAD, "BadCommunicationError", None, at_s) for name in self._names])
        self.clock.advance(5.0)
        self.station.device("press", Connection.CONNECTED, self.now_s)
        for state in self.station.contact.devices.values():
            services.alarms.connection(state)
        self.paint()

    def facts(self) -> dict[str, Any]:
        """How much there is, and the resident memory in MB."""
        gc.collect()
        return {
            "rss_mb": psutil.Process().memory_info().rss / 1e6,
            "records": self.station.journal.waiting(),
            "units": self._next_unit,
            "stored": self.history.recording.written,
        }

    def close(self) -> None:
        """End everything."""
        self.window.close()
        self.station.close()
        self.history.close()
        self.post.close()

    def _next_check(self) -> str:
        job = self.services.execution.job
        assert job is not None and job.current is not None
        following = job.current.next_check()
        assert following is not None
        return following.check.id

    def _scan(self, text: str) -> None:
        self.finish(self.services.scanning.scan(text).saving)


def main(arguments: list[str]) -> int:
    """Drive the hours and tell the memory after each."""
    folder, hours, step_s = Path(arguments[0]), int(arguments[1]), float(arguments[2])
    day = Day(folder, units=int(hours * HOUR_S / UNIT_EVERY_S) + 1)
    with collecting_in_main_thread():
        for hour in range(hours):
            # at first smaller steps, all of them painted: what is kept of texts is soon all that is ever kept
            early = hour < OFTEN_PAINTED_H
            length_s = step_s / 2 if early else step_s
            for step in range(round(HOUR_S / length_s)):
                day.pass_time(length_s, paint=early or step % PAINT_EVERY == 0)
                if (hour * HOUR_S + step * length_s) % UNIT_EVERY_S == 0:
                    day.build()
                if step * length_s % TROUBLE_EVERY_S == 0:
                    day.trouble()
                    give_back_memory()  # the timer's ten minutes are those of the wall
            tell(day.facts())
        day.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
