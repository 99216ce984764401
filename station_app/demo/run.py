"""`station demo`: the plant, its windows, and the tour."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from station_app.app.display import has_display
from station_app.app.ending import ended_by_sigterm
from station_app.demo.director import TourError, Window, headless_station
from station_app.demo.hands import Hands
from station_app.demo.plant import ASM_10, ASM_20, INS_30, SCAN_PREFIX, DemoPlant, PlantError
from station_app.demo.plugs import EXPLAINED, Plugs, terminal_lines
from station_app.demo.tour import Tour
from station_app.storage.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError

NO_DISPLAY = "There is no display here: use --offscreen DIR, which plays the tour and writes its pictures to DIR."

TOUR_SPEED = 2.0


def say(text: str) -> None:
    """Tell the person at the terminal how far it is."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run_demo(folder: Path | None, tour: bool, offscreen: Path | None) -> int:
    """Run the demo; answers the exit code. ``offscreen`` is where pictures go when there is no display to look at."""
    if offscreen is None and not has_display():
        say(NO_DISPLAY)
        return 2
    with ended_by_sigterm(128 + signal.SIGTERM), ExitStack() as leaving:
        if folder is None:
            folder = Path(tempfile.mkdtemp(prefix="station-demo-"))
            leaving.callback(shutil.rmtree, folder, ignore_errors=True)
            leaving.callback(EmbeddedPostgres(folder / "postgres").remove)
        pictures = offscreen or folder / "tour"
        pictures.mkdir(parents=True, exist_ok=True)
        try:
            tempfile.TemporaryFile(dir=pictures).close()
        except OSError as error:  # now, and not after the minutes that a tour takes
            say(f"{pictures} cannot be written: {error.strerror}")
            return 3
        try:
            say("Starting a PostgreSQL and the simulated plant ...")
            plant = leaving.enter_context(DemoPlant(folder, TOUR_SPEED if tour else 1.0))
            if tour:
                return _tour(plant, pictures, offscreen is not None)
            return _windows(plant, folder)
        except (PlantError, TourError, EmbeddedPostgresError) as error:
            say(f"The demo cannot go on: {error}")
            return 3


def _tour(plant: DemoPlant, pictures: Path, offscreen: bool) -> int:
    counted = Tour(plant, pictures, offscreen, say).play()
    say(
        f"{counted.records_made} records made, {counted.records_delivered} delivered, "
        f"{counted.lost} lost, {counted.doubled} doubled. Pictures and tour.json are in {pictures}."
    )
    return 0


def _windows(plant: DemoPlant, folder: Path) -> int:
    """The windows, until the last of them is closed; the demo's hands do what machines and colleagues would do."""
    say(
        "Sign in by name and password: Mara Lindt, demo-mara-lindt. Badges and PINs are in instructions/demo/people.toml."
    )
    say(
        f"Without a scanner, type {SCAN_PREFIX}, a code and Enter in one go: {SCAN_PREFIX}GX40-000124 opens a unit at ASM-10."
    )
    say(
        f"To write instructions, in another terminal: station author --password-file {plant.author_file}\n"
        "  Ines Roth, demo-ines-roth, writes and releases; Paul Oster, demo-paul-oster, approves."
    )
    windows = [
        Window(["run", str(plant.station_file(ASM_10))], folder / "ASM-10.log"),
        Window(["run", str(plant.station_file(INS_30))], folder / "INS-30.log"),
        Window(["overview", "--password-file", str(plant.reader_file), "--title", "Line 1"], folder / "overview.log"),
    ]
    tester = headless_station(ASM_20.name, plant.station_file(ASM_20), folder)
    hands = Hands(plant, tester)
    hands.start()
    typed = terminal_lines()
    if typed is not None:
        say(EXPLAINED)
        Plugs(plant, say).follow(typed)
    try:
        for window in windows:
            window.wait()
        return 0
    except KeyboardInterrupt:
        say("Stopping ...")
        return 0
    finally:
        hands.stop()
        for window in windows:
            window.stop()
        tester.stop()
