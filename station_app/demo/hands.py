"""The hands of the demo: what machines and colleagues would do while somebody plays at the windows.

The press works by itself, the unit in work lies under the camera, and ASM-20 tests every unit that comes from assembly.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from drivers.simulation.control import CommandError, PlantControl
from station_app.config.secret_files import read_password_file
from station_app.demo.director import Actor, TourError
from station_app.demo.plant import ASM_10, INS_30, DemoPlant
from station_app.demo.warm_up import TOM, run_test, sign_in
from station_app.services.ports import SharedDatabaseError
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.overview import LineReader

logger = logging.getLogger(__name__)
INTERVAL_S = 0.5
TRY_UNITS_EVERY_S = 4.0


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
                with suppress(SharedDatabaseError):
                    shown = self._lay_unit(reader, control, shown)
        reader.close()

    def _lay_unit(self, reader: LineReader, control: PlantControl, shown: str) -> str:
        serials = {s.status.station: s.status.serial for s in reader.line_status()}
        here = [serials.get(station.path, "") for station in (ASM_10, INS_30)]
        wanted = next((serial for serial in here if serial and serial != shown), "")
        if not wanted or shown in here:
            return shown
        with suppress(CommandError):
            control.set_serial(wanted)
        return wanted

    def _test_units(self) -> None:
        try:
            sign_in(self._tester, TOM)
            while not self._stopping.wait(TRY_UNITS_EVERY_S):
                for serial in self._tester.send("dispatch")["serials"]:
                    if run_test(self._tester, serial):
                        break
        except TourError as error:
            if not self._stopping.is_set():
                logger.warning("ASM-20 stands still: %s", error)
