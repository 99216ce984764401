"""The demo plant for tests: PostgreSQL and the simulated devices once a session, and real stations run on it.

The fixture ``demo_plant`` is known to the tests of ``tests/integration``. Its three stations keep their journals for the
whole session, so that every test works on serial numbers of its own and leaves no unit open (:meth:`HeadlessStation.clear`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from station_app.demo.plant import DemoPlant, child_environment
from tests.short_line import short_line

ANNA, ANNA_PIN = "DEMO-BADGE-7f3a91c2-anna-keller", "1414"
TOM, TOM_PIN = "DEMO-BADGE-c06d52e8-tom-brandt", "2020"
MARA, MARA_PIN = "DEMO-BADGE-a85501fb-mara-lindt", "4711"
BEARING_LOT, SEAL_LOT = "L25-0881", "S25-0117"
# the simulated press and bench run faster than their models, which do not mind
SPEED = 8.0

Answer = dict[str, Any]


@pytest.fixture(scope="session")
def demo_plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoPlant]:
    """The demo line, running for the whole session."""
    with DemoPlant(tmp_path_factory.mktemp("plant"), speed=SPEED, instructions=short_line()) as plant:
        yield plant


@pytest.fixture(autouse=True)
def _plant_without_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """After a test with the plant no fault is left switched on."""
    yield
    if "demo_plant" in request.fixturenames:
        plant: DemoPlant = request.getfixturevalue("demo_plant")
        with plant.control() as control:
            for device in ("press", "bench", "camera"):
                control.fault("device gone", False, device)
            for name in ("blurred", "dark", "part missing"):
                control.fault(name, False)
            control.bench_run(False)


def station_command(*arguments: str | Path) -> list[str]:
    """The command line of ``station ARGUMENTS`` in this environment."""
    return [sys.executable, "-m", "station_app", *map(str, arguments)]


def run_station(
    *arguments: str | Path, timeout_s: float = 60.0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of the real program to its end."""
    return subprocess.run(
        station_command(*arguments), capture_output=True, text=True, encoding="utf-8", timeout=timeout_s,
        env=child_environment() | environment, check=False,
    )  # fmt: skip


class HeadlessStation:
    """A real ``station run FILE --headless`` process; leaving the block ends its commands and waits for its end.

    ``program`` starts another ``station`` than the usual one.
    """

    def __init__(self, config_file: Path, program: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [*(program or station_command()), "run", str(config_file), "--headless"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=child_environment(),
        )
        self._killed = False
        self.ready: Answer = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None and kind is not None:
            self._process.kill()
        _, said = self._process.communicate(timeout=30)
        if kind is None and self._process.returncode and not self._killed:
            raise AssertionError(f"the station ended with {self._process.returncode}: {said[-2000:]}")

    def _read(self) -> Answer:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            _, said = self._process.communicate(timeout=30)
            raise AssertionError(f"the station ended with {self._process.returncode}: {said[-2000:]}")
        answer: Answer = json.loads(line)
        return answer

    def send_line(self, line: str) -> Answer:
        """Send a line as it is; answers what the station says."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._read()

    def do(self, verb: str, **values: object) -> Answer:
        """One command and its answer, without the number."""
        answer = self.send_line(json.dumps({"do": verb, **values}))
        answer.pop("n")
        return answer

    def must(self, verb: str, **values: object) -> Answer:
        """A command that has to succeed."""
        answer = self.do(verb, **values)
        assert "refused" not in answer and "error" not in answer, f"{verb} {values}: {answer}"
        return answer

    def refused(self, verb: str, **values: object) -> str:
        """A command that has to be refused; answers the sentence."""
        answer = self.do(verb, **values)
        assert "refused" in answer, f"{verb} {values}: {answer}"
        return str(answer["refused"])

    def status(self) -> Answer:
        """The station's live status."""
        status: Answer = self.must("status")["status"]
        return status

    def kill(self) -> None:
        """End it as a power cut would."""
        self._killed = True
        self._process.kill()
        self._process.wait(30)

    def begin(self, badge: str, pin: str) -> None:
        """Wait for master data, sign in, and see that no unit is open."""
        self.begin_again(badge, pin)
        self.clear()

    def begin_again(self, badge: str, pin: str) -> None:
        """Wait for master data and sign in; a unit that is open stays so."""
        self.must("wait", **{"for": "master"})
        self.must("wait", **{"for": "connected"})
        self.must("sign_in", badge=badge, pin=pin)

    def clear(self) -> None:
        """End a unit that an earlier test left open."""
        if self.status()["serial"]:
            self.must("nonconformance", defect="Other")


def run_assembly(station: HeadlessStation, plant: DemoPlant, unit: str, housing: str) -> None:
    """A unit through every step of ASM-10."""
    station.must("scan", text=unit)
    station.must("scan", text=housing)
    station.must("confirm")
    station.must("scan", text=BEARING_LOT)
    press(station, plant, 12.4)
    station.must("capture")
    station.must("measure", text="0.10")
    station.must("scan", text=SEAL_LOT)
    station.must("measure", text="8.5")
    show(station, plant, unit)
    take_photo(station)
    station.must("confirm")


def press(station: HeadlessStation, plant: DemoPlant, peak_kn: float) -> None:
    """One cycle of the press with this peak force, and its value at the station."""
    station.must("wait", **{"for": "quality"}, tag="press.peak_force")
    with plant.control() as control:
        cycles = control.command(show="state")["press"]["cycles"]
        control.press_start(peak_kn)
        state: Answer = {}
        while not state or state["cycles"] == cycles or state["state"] != "Idle":
            station.must("pause", seconds=0.05)
            state = control.command(show="state")["press"]
    station.must("pause", seconds=0.6)


def show(station: HeadlessStation, plant: DemoPlant, serial: str) -> None:
    """Put a unit before the camera and wait until the camera delivers pictures of it."""
    with plant.control() as control:
        control.set_serial(serial)
    station.must("pause", seconds=0.5)


def take_photo(station: HeadlessStation, attempts: int = 10) -> None:
    """Take the photo until the camera has seen what was put before it."""
    for _ in range(attempts):
        station.must("photo")
        if not station.status()["step_failed"]:
            return
        station.must("pause", seconds=0.5)
    raise AssertionError("the camera does not see the unit")
