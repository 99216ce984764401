"""Before the tour begins: the line builds its first units, so that the inspection has something to inspect."""

from __future__ import annotations

import time
from pathlib import Path

from drivers.simulation.control import PlantControl
from station_app.demo.director import Actor, TourError, headless_station
from station_app.demo.plant import ASM_10, DemoPlant

ANNA = ("DEMO-BADGE-7f3a91c2-anna-keller", "1414")
TOM = ("DEMO-BADGE-c06d52e8-tom-brandt", "2020")
JONAS = ("DEMO-BADGE-19be44d7-jonas-weber", "3030")
UNITS = (("GX40-000124", "H-000501", 12.31), ("GX40-000125", "H-000502", 12.58))
PRESS_TIMEOUT_S = 30.0
RUN_UP_S = 5.0
MAX_CAPTURES = 40


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


def warm_up(plant: DemoPlant, control: PlantControl, tester: Actor, folder: Path) -> None:
    """Two units through assembly, the first of them through the test run."""
    builder = headless_station("ASM-10-early", plant.station_file(ASM_10), folder)
    try:
        sign_in(builder, ANNA)
        builder.send("wait", **{"for": "quality"}, tag="press.peak_force")
        for serial, housing, peak_kn in UNITS:
            _assemble(builder, control, serial, housing, peak_kn)
        builder.send("wait", **{"for": "drained"})
    finally:
        builder.stop()
    sign_in(tester, TOM)
    control.bench_run(True)
    tester.send("pause", seconds=RUN_UP_S)
    if not run_test(tester, UNITS[0][0]):
        raise TourError(f"{tester.name} refuses {UNITS[0][0]}")


def _assemble(station: Actor, control: PlantControl, serial: str, housing: str, peak_kn: float) -> None:
    station.send("scan", text=serial)
    station.send("scan", text=housing)
    station.send("confirm")
    station.send("scan", text="L25-0881")
    press_and_wait(control, peak_kn)
    station.send("pause", seconds=0.3)
    station.send("capture")
    station.send("measure", text="0.09")
    station.send("scan", text="S25-0117")
    station.send("measure", text="8.5")
    control.set_serial(serial)
    station.send("pause", seconds=0.6)
    station.send("photo")
    station.send("confirm")


def run_test(tester: Actor, serial: str) -> bool:
    """One unit through the test run; False when the station refuses it (not assembled yet, finished)."""
    if "refused" in tester.ask("scan", text=serial):
        return False
    tester.send("confirm")
    tester.send("confirm")
    tester.send("wait", **{"for": "quality"}, tag="bench.speed")
    for _ in range(MAX_CAPTURES):
        job = tester.send("status")["status"]
        if not job["serial"]:
            return True
        if job["step_failed"]:
            tester.send("pause", seconds=0.5)
        if "refused" in tester.ask("capture"):
            tester.send("confirm")
    raise TourError(f"{serial} does not pass the test run after {MAX_CAPTURES} captures")
