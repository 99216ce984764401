"""The first minute, played by itself: a scan, a value out of limits, a gauge refused, plugs pulled and put back, the trace.

Everything is done as people do it, by scans, keys and presses in the real windows. At every stage a picture of every window
is kept; at the end the records are counted in both databases.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from drivers.simulation.control import PlantControl
from station_app.demo.counting import RecordCount, count_plant
from station_app.demo.director import (
    Actor,
    Stages,
    TourError,
    headless_station,
    overview_player,
    station_player,
)
from station_app.demo.plant import ASM_10, ASM_20, INS_30, DemoPlant
from station_app.demo.walks import GAUGES
from station_app.demo.warm_up import ANNA, JONAS, TO_INSPECT, TO_TEST, press_and_wait, run_test, warm_up

UNIT = "GX40-000127"
EXPIRED_GAUGE = "MC-0308"
FILM_FPS = 2
UNPLUGGED_S = 8.0
REPORT = "tour.json"
SERVER_LOG = "server_log.csv"
FILM = "film"

Say = Callable[[str], None]


class Tour:
    """One tour on a running plant. ``folder`` gets the pictures, ``tour.json``, the journals and ``server_log.csv``."""

    def __init__(self, plant: DemoPlant, folder: Path, offscreen: bool, say: Say) -> None:
        self._plant = plant
        self._folder = folder
        self._offscreen = offscreen
        self._say = say
        self._actors: list[Actor] = []

    def play(self) -> RecordCount:
        """Play it. Raises TourError when a window does not do what it should."""
        remove_earlier_tour(self._folder)
        plant, folder = self._plant, self._folder
        with plant.control() as control:
            try:
                self._say("The line builds its first units")
                self.tester = self._enter(headless_station(ASM_20.name, plant.station_file(ASM_20), folder))
                warm_up(plant, control, self.tester, folder)
                self.operator = self._enter_window(ASM_10.name)
                self.inspector = self._enter_window(INS_30.name)
                self.overview = self._enter(overview_player(plant.reader_file, "Line 1", folder, self._offscreen))
                self.stages = Stages(folder, [self.operator, self.inspector, self.overview], self._say)
                self._play_stages(control)
                for window in (self.operator, self.inspector, self.tester):
                    self._wait_delivered(window)
            finally:
                for actor in reversed(self._actors):
                    actor.stop()
        return self._account()

    def _enter(self, actor: Actor) -> Actor:
        self._actors.append(actor)
        return actor

    def _enter_window(self, name: str) -> Actor:
        station = next(s for s in self._plant.stations if s.name == name)
        return self._enter(station_player(name, self._plant.station_file(station), self._folder, self._offscreen))

    def _play_stages(self, control: PlantControl) -> None:
        self._calm()
        self._scan_opens_a_picture()
        self._out_of_limits(control)
        self._expired_gauge()
        self._unplug(control)
        self._plug_in(control)
        self._alarm_and_trend()
        self._trace()

    def _calm(self) -> None:
        with self.stages.stage("calm", "A calm line: people sign in"):
            for window, badge, pin in ((self.operator, *ANNA), (self.inspector, *JONAS)):
                window.send("wait_complete")
                window.send("wait", text="4711-03")
                window.send("scan", text=badge)
                window.send("wait", text="PIN")
                window.send("keys", text=pin)
                window.send("key", key="Return")
                window.send("wait", text="Scan an order or a serial number")
            self.overview.send("wait", text="waiting for units|standby")

    def _scan_opens_a_picture(self) -> None:
        with self.stages.stage("scan", "A serial number is scanned: its instruction opens"):
            self.operator.send("scan", text=UNIT)
            self.operator.send("wait", text="Scan the housing")
            self.inspector.send("scan", text=TO_INSPECT.serial)
            self.inspector.send("wait", text="Bore")
            self.overview.send("wait", text=UNIT)

    def _out_of_limits(self, control: PlantControl) -> None:
        with self.stages.stage("out-of-limits", "A value out of limits: the step stays") as stage:
            operator, inspector = self.operator, self.inspector
            operator.send("scan", text="H-000503")
            operator.send("wait", text="Clean the seat")
            operator.send("press", name="^Confirm")
            operator.send("press", name="^Good$")
            operator.send("wait", text="Scan the bearing lot")
            self.stages.picture(stage, operator, "press")
            operator.send("scan", text="L25-0881")
            operator.send("wait", text="Capture value")
            control.set_serial(UNIT)
            press_and_wait(control, 14.86)
            operator.send("wait", text="14.86")
            operator.send("press", name="^Capture value")
            operator.send("wait", text="0.86 kN above the limit")
            operator.send("wait", text="photo is kept")
            self._measure(inspector, "Bore Ø", "20.0061", 1)
            self._measure(inspector, "Bore depth", "14.01", 2)
            self.overview.send("wait", text="check failed")

    def _expired_gauge(self) -> None:
        with self.stages.stage("gauge", "A gauge past its calibration is refused; another one measures") as stage:
            inspector = self.inspector
            inspector.send("wait", text="Scan the micrometer")
            inspector.send("scan", text=EXPIRED_GAUGE)
            inspector.send("wait", text="its calibration ended")
            self.stages.picture(stage, inspector, "refused")
            self._measure(inspector, "Shaft Ø", "20.004", 3)

    def _measure(self, window: Actor, title: str, reading: str, recorded: int) -> None:
        gauge = GAUGES[title]
        window.send("scan", text=gauge)
        window.send("wait", text=f"· {gauge}")
        window.send("keys", text=reading)
        window.send("key", key="Return")
        # not the typed reading itself, which is on the screen before it is saved: the next keys would be lost
        window.send("wait", text=rf"^{recorded} of \d+ recorded")

    def _unplug(self, control: PlantControl) -> None:
        with self.stages.stage("unplugged", "The plugs of the press and of the server are pulled: work goes on"):
            operator = self.operator
            operator.send("film", folder=str(self._folder / FILM), fps=FILM_FPS)
            time.sleep(1.0)
            control.fault("device gone", True, "press")
            operator.send("wait", text="BadCommunicationError")
            self._plant.postgres.kill()
            operator.send("wait", text="Offline")
            self.inspector.send("wait", text="Offline")
            operator.send("press", name="^Repeat step")
            operator.send("wait", text="^Scan to go on")
            operator.send("scan", text="L25-0881")
            operator.send("wait", text="^Capture value")
            self._measure(self.inspector, "Runout", "0.012", 4)
            operator.send("wait", text=r"Offline · [1-9]\d* waiting")
            self.overview.send("wait", text="no contact|does not answer")
            time.sleep(UNPLUGGED_S)

    def _plug_in(self, control: PlantControl) -> None:
        with self.stages.stage("plugged-in", "Plugged in again: the queue drains, nothing is lost"):
            operator = self.operator
            control.fault("device gone", False, "press")
            self._plant.postgres.restart()
            operator.send("wait", text="BadCommunicationError", gone=True, timeout_s=30)
            press_and_wait(control, 12.42)
            operator.send("wait", text="12.42")
            operator.send("press", name="^Capture value")
            operator.send("wait", text="Choose the shim")
            for window in (operator, self.inspector):
                window.send("wait", text="Server · 0 waiting", timeout_s=60)
            time.sleep(1.5)
            operator.send("cut")
            self.overview.send("wait", text="no contact", gone=True, timeout_s=30)

    def _alarm_and_trend(self) -> None:
        with self.stages.stage("alarm", "The alarm, the trend at that instant, acknowledged and shelved") as stage:
            operator = self.operator
            operator.send("key", key="F4")
            operator.send("wait", text="does not answer")
            self.stages.picture(stage, operator, "list")
            operator.send("press", name="^(warning|alarm): Press.*does not answer")
            operator.send("wait", text="Live")
            time.sleep(0.5)
            self.stages.picture(stage, operator, "trend")
            operator.send("key", key="F4")
            operator.send("press", name="^Shelve")
            operator.send("wait", text="30 min")
            operator.send("press", name="^30 min")
            operator.send("press", name="Being repaired")
            operator.send("press", name="^Shelve$")
            operator.send("wait", text="shelved")
            operator.send("press", name="^Acknowledge")
            time.sleep(0.5)

    def _trace(self) -> None:
        with self.stages.stage("trace", "The unit's trace and its dossier") as stage:
            inspector = self.inspector
            inspector.send("key", key="F5")
            inspector.send("scan", text=UNIT)
            inspector.send("wait", text="14.86")
            self.stages.picture(stage, inspector, "unit")
            inspector.send("press", name="dossier")
            inspector.send("wait", text=r"\.pdf", timeout_s=30)
            run_test(self.tester, TO_TEST.serial)
            self.overview.send("wait", text="ASM-10")

    def _wait_delivered(self, actor: Actor) -> None:
        if actor is self.tester:
            actor.send("wait", **{"for": "drained"})
        else:
            actor.send("wait", text="Server · 0 waiting", timeout_s=60)

    def _account(self) -> RecordCount:
        journals: dict[str, Path] = {}
        for station in self._plant.stations:
            source = self._plant.station_file(station).parent / "files" / "journal.sqlite"
            kept = self._folder / f"{station.name}-journal.sqlite"
            shutil.copyfile(source, kept)
            journals[station.path] = kept
        for dossier in self._plant.folder.glob("*/files/dossiers/*.pdf"):
            shutil.copyfile(dossier, self._folder / dossier.name)
        counted = count_plant(journals, self._plant.admin_url, self._folder / SERVER_LOG)
        report: dict[str, Any] = {"stages": [asdict(stage) for stage in self.stages.played], **asdict(counted)}
        (self._folder / REPORT).write_text(
            json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
        )
        if counted.lost or counted.doubled:
            raise TourError(f"{counted.lost} records lost and {counted.doubled} doubled; see tour.json")
        return counted


def remove_earlier_tour(folder: Path) -> None:
    """Take away what an earlier tour reported in this folder, and the pictures that it names: a tour that ends early must not
    look like the one before. Nobody else's files are touched."""
    report = folder / REPORT
    try:
        stages = json.loads(report.read_text(encoding="utf-8"))["stages"]
        named = [str(picture) for stage in stages for picture in stage["pictures"]]
    except (OSError, ValueError, LookupError, TypeError):
        named = []  # none, or not one of ours
    film = [path for path in (folder / FILM).glob("*.png") if path.stem.isdigit()]
    for path in [*(folder / Path(name).name for name in named), *film, folder / SERVER_LOG]:
        path.unlink(missing_ok=True)
    if named:
        report.unlink()
