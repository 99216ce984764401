"""The shipped samples from start to finish: both products through all three stations of the demo line, by the real program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from station_app.config import load_config
from station_app.demo.director import Actor, headless_station
from station_app.demo.hands import Hands
from station_app.demo.plant import ASM_10, ASM_20, INS_30, DemoPlant
from station_app.demo.walks import walk_assembly, walk_inspection, walk_test_run
from station_app.demo.warm_up import ANNA, JONAS, begin_testing, press_and_wait, sign_in
from station_app.resources import shipped
from station_app.storage.instructions.checking import check_instructions
from station_app.storage.instructions.station_names import StationNames
from tests.plant import SPEED, run_station
from tests.waiting import wait_until

SMALL_READINGS = ("20.0052", "13.99", "20.001", "0.009", "0.8", "8.4")
LARGE_READINGS = ("25.0061", "17.01", "25.004", "0.012", "1.1", "18.2")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoPlant]:
    """The demo as it is shipped, its machines faster."""
    with DemoPlant(tmp_path_factory.mktemp("samples"), SPEED) as plant:
        yield plant
    plant.postgres.remove()


@pytest.fixture(scope="module")
def stations(plant: DemoPlant) -> Iterator[dict[str, Actor]]:
    """The three stations without windows, with people signed in and the bench running."""
    with ExitStack() as leaving:
        actors = {}
        for station in (ASM_10, ASM_20, INS_30):
            actors[station.name] = headless_station(station.name, plant.station_file(station), plant.folder)
            leaving.callback(actors[station.name].stop)
        sign_in(actors["ASM-10"], ANNA)
        begin_testing(actors["ASM-20"])
        sign_in(actors["INS-30"], JONAS)
        with plant.control() as control:
            control.bench_run(True)
        yield actors


def build(
    plant: DemoPlant,
    stations: dict[str, Actor],
    serial: str,
    housing: str,
    peak_kn: float,
    readings: tuple[str, ...],
    *,
    detours: bool,
) -> str:
    """A unit through all three stations; answers its trace. With ``detours`` every step on a condition is done."""
    with plant.control() as control:
        control.set_serial(serial)
        assembly, bench, inspection = stations["ASM-10"], stations["ASM-20"], stations["INS-30"]
        assembly.send("scan", text=serial)
        walk_assembly(assembly, housing, lambda: press_and_wait(control, peak_kn), burrs=detours)
        assembly.send("wait", **{"for": "drained"})
        bench.send("scan", text=serial)
        walk_test_run(bench, damp=detours)
        bench.send("wait", **{"for": "drained"})
        inspection.send("scan", text=serial)
        walk_inspection(inspection, readings, scratch=detours)
        inspection.send("wait", **{"for": "drained"})
    return run_station("trace", serial, "-c", plant.station_file(INS_30)).stdout


def test_the_small_reducer_without_detours(plant: DemoPlant, stations: dict[str, Actor]) -> None:
    text = build(plant, stations, "GX40-000124", "H-000501", 12.4, SMALL_READINGS, detours=False)
    assert text.count("Ended PASS") == 3, text
    for part in (
        "variant gx40: product_name=GX-40", "Deburr: SKIPPED", "Lay the gasket: SKIPPED",
        "Look once more: SKIPPED", "Touch up the paint: SKIPPED", "held for", "maximum over", "mean over",
        "tightened: cover_torque 4 of 4: 8.5 Nm", "left out: optional",
        "signed: Paul Oster: inspected and released for delivery",
    ):  # fmt: skip
        assert part in text, f"{part} is missing in:\n{text}"


def test_the_large_reducer_with_every_step(plant: DemoPlant, stations: dict[str, Actor]) -> None:
    text = build(plant, stations, "GX50-000011", "H50-000301", 13.7, LARGE_READINGS, detours=True)
    assert text.count("Ended PASS") == 3, text
    for part in (
        "variant gx50: product_name=GX-50", "Deburr: PASS", "Lay the gasket: PASS", "Look once more: PASS",
        "Touch up the paint: PASS", "D26-0031", "Cover joint", "tightened: cover_torque 1 of 4: 17.9 Nm",
    ):  # fmt: skip
        assert part in text, f"{part} is missing in:\n{text}"


def test_the_hands_press_show_and_test_what_a_person_builds_at_the_windows(
    plant: DemoPlant, stations: dict[str, Actor]
) -> None:
    assembly, inspection = stations["ASM-10"], stations["INS-30"]
    serial = "GX50-000012"
    hands = Hands(plant, stations["ASM-20"])
    hands.start()
    try:
        assembly.send("scan", text=serial)
        walk_assembly(assembly, "H50-000302", lambda: assembly.send("pause", seconds=1.5))
        wait_until(lambda: "refused" not in inspection.ask("scan", text=serial), 60.0, "the unit to be tested")
        walk_inspection(inspection, LARGE_READINGS)
    finally:
        hands.stop()
    assert inspection.send("status")["status"]["serial"] == ""


@pytest.mark.parametrize("material", ["S22-0040", "D24-0007"])
def test_lots_past_their_date_and_tools_past_their_calibration_are_there_to_be_refused(
    plant: DemoPlant, stations: dict[str, Actor], material: str
) -> None:
    assert "refused" in stations["ASM-10"].ask("scan", text=material)


def test_every_tag_and_camera_is_at_its_station(plant: DemoPlant) -> None:
    for station, name in ((ASM_10, "gx40-assembly"), (ASM_20, "gx40-test-run"), (INS_30, "gx40-inspection")):
        config = load_config(plant.station_file(station))
        there = StationNames(station.path, tuple(config.tags), tuple(config.cameras))
        assert check_instructions(shipped("instructions") / name, [there]).faults == []
