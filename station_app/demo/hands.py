"""The hands of the demo: what machines and colleagues would do while somebody plays at the windows.

The press works by itself, with the force that the product at ASM-10 needs; the unit in work lies under the camera; ASM-20 tests
every unit that comes from assembly.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from contextlib import suppress

from drivers.simulation.control import CommandError, PlantControl
from station_app.config.secret_files import read_password_file
from station_app.demo.director import Actor, TourError
from station_app.demo.plant import ASM_10, INS_30, DemoPlant
from station_app.demo.walks import LARGE, walk_test_run
from station_app.demo.warm_up import begin_testing, run_test
from station_app.domain.status import StationStatus
from station_app.services.ports import SharedDatabaseError
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.overview import LineReader

logger = logging.getLogger(__name__)
INTERVAL_S = 0.5
TRY_UNITS_EVERY_S = 4.0
LARGE_PEAK_KN = 13.7


class Hands:
    """Two threads: one at the camera, one at ASM-20."""

    def __init__(self, plant: DemoPlant, tester: Actor) -> None:
        self._plant = plant
        self._tester = tester
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._lay_units, name="hands at the camera", daemon=True),
            threading.Thread(target=self._test_units, name="hands at ASM-20", daemon=True),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; waits for what is in hand."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _lay_units(self) -> None:
        reader = LineReader(DatabaseAddress.from_url(read_password_file(self._plant.reader_file)))
        with self._plant.control() as control:
            control.press_auto(True)
            control.bench_run(True)
            shown = ""
            while not self._stopping.wait(INTERVAL_S):
                with suppress(SharedDatabaseError):  # the server is away: the plant rests until it is back
                    line = {s.status.station: s.status for s in reader.line_status()}
                    shown = self._lay_unit(line, control, shown)
                    self._set_press(line, control)
        reader.close()

    def _set_press(self, line: Mapping[str, StationStatus], control: PlantControl) -> None:
        """The press of the small reducer runs by itself; the larger one's bearing needs more force than its usual peak."""
        status = line.get(ASM_10.path)
        large = status is not None and status.product == LARGE
        control.press_auto(not large)
        if large and control.command(show="state")["press"]["state"] == "Idle":
            with suppress(CommandError):  # a cycle has just begun
                control.press_start(LARGE_PEAK_KN)

    def _lay_unit(self, line: Mapping[str, StationStatus], control: PlantControl, shown: str) -> str:
        serials = {path: status.serial for path, status in line.items()}
        here = [serials.get(station.path, "") for station in (ASM_10, INS_30)]
        wanted = next((serial for serial in here if serial and serial != shown), "")
        if not wanted or (shown and shown in here):
            return shown
        with suppress(CommandError):  # the plant refuses it: its camera goes on showing the unit before
            control.set_serial(wanted)
        return wanted

    def _test_units(self) -> None:
        try:
            begin_testing(self._tester)
            if self._tester.send("status")["status"]["serial"]:
                walk_test_run(self._tester)  # left open when the demo ended
            while not self._stopping.wait(TRY_UNITS_EVERY_S):
                for serial in self._tester.send("dispatch")["serials"]:
                    if run_test(self._tester, serial):
                        break
        except TourError as error:
            if not self._stopping.is_set():
                logger.warning("ASM-20 stands still: %s", error)
