"""Before the tour begins: the line builds its first units, so that the inspection has something to inspect."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drivers.simulation.control import PlantControl
from station_app.demo.director import Actor, TourError, headless_station
from station_app.demo.plant import ASM_10, INS_30, DemoPlant, DemoStation
from station_app.demo.walks import walk_assembly, walk_inspection, walk_test_run

ANNA = ("DEMO-BADGE-7f3a91c2-anna-keller", "1414")
TOM = ("DEMO-BADGE-c06d52e8-tom-brandt", "2020")
JONAS = ("DEMO-BADGE-19be44d7-jonas-weber", "3030")


@dataclass(frozen=True, slots=True)
class EarlyUnit:
    """A unit that the line builds before the tour: its housing, its press force, and what its inspection reads."""

    serial: str
    housing: str
    peak_kn: float
    readings: tuple[str, ...] = ()


FINISHED = (
    EarlyUnit("GX40-000124", "H-000501", 12.31, ("20.0052", "13.99", "20.001", "0.009", "0.8", "8.4")),
    EarlyUnit("GX40-000125", "H-000502", 12.58, ("20.0068", "14.02", "20.006", "0.011", "0.9", "8.6")),
    EarlyUnit("GX40-000126", "H-000504", 12.20, ("20.0041", "14.00", "19.998", "0.008", "0.8", "8.5")),
    EarlyUnit("GX40-000128", "H-000505", 12.44, ("20.0073", "13.98", "20.003", "0.013", "1.1", "8.5")),
    EarlyUnit("GX40-000129", "H-000506", 12.66, ("20.0059", "14.01", "20.009", "0.010", "0.9", "8.3")),
)
TO_INSPECT = EarlyUnit("GX40-000130", "H-000507", 12.37)
TO_TEST = EarlyUnit("GX40-000131", "H-000508", 12.49)
PRESS_TIMEOUT_S = 30.0
RUN_UP_S = 5.0


def press_and_wait(control: PlantControl, peak_kn: float) -> None:
    """One press cycle with that peak force, waited for. Raises TourError when the press does not come to rest."""
    cycles = control.command(show=True)["press"]["cycles"]
    control.press_start(peak_kn)
    until = time.monotonic() + PRESS_TIMEOUT_S
    while True:
        press = control.command(show=True)["press"]
        if press["cycles"] > cycles and press["state"] == "Idle":
            return
        if time.monotonic() > until:
            raise TourError(f"the press is still {press['state']} after {PRESS_TIMEOUT_S:g} s")
        time.sleep(0.05)


def sign_in(station: Actor, badge: tuple[str, str]) -> None:
    """Wait for master data and sign a person in at a headless station."""
    station.send("wait", **{"for": "master"})
    station.send("wait", **{"for": "connected"})
    station.send("sign_in", badge=badge[0], pin=badge[1])


def begin_testing(tester: Actor) -> None:
    """Tom signs in at the test bench and has tested his wrist strap."""
    sign_in(tester, TOM)
    tester.send("esd", passed=True)


def warm_up(plant: DemoPlant, control: PlantControl, tester: Actor, folder: Path) -> None:
    """Five units from assembly to inspection, one more up to the test run, and one only assembled."""
    with _early(plant, ASM_10, folder) as builder:
        sign_in(builder, ANNA)
        builder.send("wait", **{"for": "quality"}, tag="press.peak_force")
        for unit in (*FINISHED, TO_INSPECT, TO_TEST):
            _assemble(builder, control, unit)
        builder.send("wait", **{"for": "drained"})
    begin_testing(tester)
    control.bench_run(True)
    tester.send("pause", seconds=RUN_UP_S)
    for unit in (*FINISHED, TO_INSPECT):
        if not run_test(tester, unit.serial):
            raise TourError(f"{tester.name} refuses {unit.serial}")
    tester.send("wait", **{"for": "drained"})
    with _early(plant, INS_30, folder) as inspector:
        sign_in(inspector, JONAS)
        for unit in FINISHED:
            _inspect(inspector, control, unit)
        inspector.send("wait", **{"for": "drained"})


@contextmanager
def _early(plant: DemoPlant, station: DemoStation, folder: Path) -> Iterator[Actor]:
    """A station without a window, before its window opens."""
    actor = headless_station(f"{station.name}-early", plant.station_file(station), folder)
    try:
        yield actor
    finally:
        actor.stop()


def _inspect(station: Actor, control: PlantControl, unit: EarlyUnit) -> None:
    _show(station, control, unit.serial)
    station.send("scan", text=unit.serial)
    walk_inspection(station, unit.readings)


def _show(station: Actor, control: PlantControl, serial: str) -> None:
    """Lay a unit under the camera and let a picture of it arrive."""
    control.set_serial(serial)
    station.send("pause", seconds=0.6)


def _assemble(station: Actor, control: PlantControl, unit: EarlyUnit) -> None:
    control.set_serial(unit.serial)
    station.send("scan", text=unit.serial)
    walk_assembly(station, unit.housing, lambda: press_and_wait(control, unit.peak_kn))


def run_test(tester: Actor, serial: str) -> bool:
    """One unit through the test run; False when the station refuses it (not assembled yet, finished)."""
    if "refused" in tester.ask("scan", text=serial):
        return False
    walk_test_run(tester)
    return True
