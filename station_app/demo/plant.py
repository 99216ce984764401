"""The demo plant: a PostgreSQL, a simulated plant, three stations' settings and the master data of the gear reducer.

Everything is real but the machines: the same schema, roles and functions as in production, real sockets, and each part
a process of its own. Used by ``station demo``, by the system tests and by the benchmarks.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.simulation.control import PlantControl
from station_app.resources import shipped
from station_app.services.secrets import hash_secret
from station_app.storage.embedded_postgres import EmbeddedPostgres
from station_app.storage.files import write_secret
from station_app.storage.master_files import read_master_path
from station_app.storage.shared.admin import Login, Media, Publication, add_login, add_station, init_database, publish
from station_app.storage.toml_writing import toml_value

logger = logging.getLogger(__name__)
DATABASE = "mes"
LINE = "Demo/Plant/Hall1/Line1"
SCAN_PREFIX = "*"
"""What a person without a scanner types before a code; a real scanner is known by its speed all the same."""
READY_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class DemoStation:
    """One station of the demo line."""

    name: str
    title: str
    kind: str

    @property
    def path(self) -> str:
        """Its place in the equipment hierarchy."""
        return f"{LINE}/{self.name}"


ASM_10 = DemoStation("ASM-10", "Gear reducer assembly", "assembly")
ASM_20 = DemoStation("ASM-20", "Gear reducer test run", "test")
INS_30 = DemoStation("INS-30", "Gear reducer inspection", "inspection")
STATIONS = (ASM_10, ASM_20, INS_30)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the simulated plant listens, all on loopback."""

    opcua: int
    modbus: int
    camera: int
    control: int
    mtconnect: int = 0
    gauge: int = 0
    scanner: int = 0


class PlantError(RuntimeError):
    """The demo plant could not be set up; the message says which part and why."""


class Simulator:
    """The simulated plant's process; it ends with its owner because it watches its standard input."""

    def __init__(self, folder: Path, speed: float = 1.0, extra: Sequence[str] = ()) -> None:
        self._file = folder / "ports.json"
        self._arguments = ["--ports-file", str(self._file), "--speed", str(speed), *extra]
        self._log = folder / "simulator.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Ports:
        """Start it and wait until every device answers."""
        self._file.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "drivers.simulation", *self._arguments],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=child_environment(),
            )
        until = time.monotonic() + READY_TIMEOUT_S
        while not self._file.exists():
            if self._process.poll() is not None or time.monotonic() > until:
                raise PlantError(f"the simulated plant did not start; see {self._log}")
            time.sleep(0.02)
        return Ports(**json.loads(self._file.read_text(encoding="utf-8")))

    def stop(self) -> None:
        """Close its standard input and wait for its end."""
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        try:
            self._process.wait(10.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def child_environment() -> dict[str, str]:
    """The environment of our own child processes: they import the same checkout or installation as we do."""
    root = str(Path(__file__).resolve().parents[2])
    before = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": root if not before else os.pathsep.join((root, before)), "PYTHONUTF8": "1"}


class DemoPlant:
    """Set up in one folder; started again in the same folder it goes on where it stopped.

    ``database_port`` and the devices' ports can be replaced by those of a faulty proxy before the settings are written.
    ``instructions`` is the folder of master data that is published, the shipped samples unless it is given.
    """

    def __init__(
        self,
        folder: Path,
        speed: float = 1.0,
        stations: Sequence[DemoStation] = STATIONS,
        instructions: Path | None = None,
    ) -> None:
        self.folder = folder
        self._instructions = shipped("instructions") if instructions is None else instructions
        self.stations = tuple(stations)
        folder.mkdir(parents=True, exist_ok=True)
        self.postgres = EmbeddedPostgres(folder / "postgres")
        self._simulator = Simulator(folder, speed)
        self.ports = Ports(0, 0, 0, 0)
        self.database_port: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def admin_url(self) -> str:
        """The superuser's URL of the shared database."""
        return self.postgres.url("postgres", self.postgres.superuser_password, DATABASE)

    @property
    def reader_file(self) -> Path:
        """The credential file of the overview's login."""
        return self.folder / "overview.password"

    @property
    def author_file(self) -> Path:
        """The credential file of the editor's login."""
        return self.folder / "author.password"

    def start(self) -> None:
        """Start database and simulator, and see to schema, logins, master data and settings."""
        self.postgres.start()
        try:
            init_database(self.admin_url)
            self.ports = self._simulator.start()
            self._publish()
            self._write_overview_settings()
            self._write_author_settings()
            for station in self.stations:
                self.write_settings(station)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop simulator and database."""
        self._simulator.stop()
        self.postgres.stop()

    def control(self) -> PlantControl:
        """A line to the simulator: faults, serial on the bench, the press."""
        return PlantControl("127.0.0.1", self.ports.control)

    def station_file(self, station: DemoStation) -> Path:
        """The station's station.toml."""
        return self.folder / station.name / "station.toml"

    def write_settings(self, station: DemoStation) -> Path:
        """Give the station a login and write its station.toml and credential file."""
        file = self.station_file(station)
        file.parent.mkdir(parents=True, exist_ok=True)
        login = add_station(self.admin_url, station.path)
        write_secret(file.parent / "database.password", login.password)
        file.write_text(self._settings(station, login), encoding="utf-8", newline="\n")
        return file

    def _publish(self) -> None:
        login = add_login(self.admin_url, "publisher")
        files = read_master_path(self._instructions, hash_secret)
        publish(
            self.postgres.url(login.name, login.password, DATABASE),
            [Publication(p.kind, p.id, p.body) for p in files.publications],
            {m.sha256: Media(m.content, m.media_type) for m in files.media},
        )

    def _write_overview_settings(self) -> None:
        login = add_login(self.admin_url, "reader")
        write_secret(self.reader_file, self.postgres.url(login.name, login.password, DATABASE))

    def _write_author_settings(self) -> None:
        login = add_login(self.admin_url, "author")
        write_secret(self.author_file, self.postgres.url(login.name, login.password, DATABASE))

    def _settings(self, station: DemoStation, login: Login) -> str:
        ports, port = self.ports, self.database_port or self.postgres.port
        lines = [
            "[station]",
            f'path = "{station.path}"',
            f'name = "{station.name}"',
            f'title = "{station.title}"',
            f'kind = "{station.kind}"',
            f"folder = {toml_value(str(self.station_file(station).parent / 'files'))}",
            "",
            "[shared_database]",
            'host = "127.0.0.1"',
            f"port = {port}",
            f'database = "{DATABASE}"',
            f'user = "{login.name}"',
            'sslmode = "disable"',
            "password_file = 'database.password'",
            "",
            "[policy]",
            'previous_operation_offline = "allow_unverified"',
            "",
            "[scanner]",
            f'prefix = "{SCAN_PREFIX}"',
            "",
        ]
        if station.kind == "assembly":
            lines += [
                "[devices.press]",
                'type = "opcua"',
                f'url = "opc.tcp://127.0.0.1:{ports.opcua}"',
                "",
                *PRESS_TAGS,
            ]
        if station.kind == "test":
            lines += [
                "[devices.bench]",
                'type = "modbus"',
                'host = "127.0.0.1"',
                f"port = {ports.modbus}",
                "",
                *BENCH_TAGS,
            ]
        if station.kind in ("assembly", "inspection"):
            lines += [
                "[cameras.bench]",
                f'url = "http://127.0.0.1:{ports.camera}/stream.mjpg"',
                'title = "Bench camera"',
            ]
        return "\n".join(lines) + "\n"


def _tag(name: str, address: str, unit: str, title: str, *more: str) -> list[str]:
    return [f"[tags.{name}]", f'address = "{address}"', f'unit = "{unit}"', f'title = "{title}"', *more, ""]


PRESS_TAGS = [
    *_tag("press.force", "opcua://press/ns=2;s=Press.Force", "kN", "Press force", "high = 14.5", 'priority = "high"'),
    *_tag("press.position", "opcua://press/ns=2;s=Press.Position", "mm", "Ram position"),
    *_tag("press.peak_force", "opcua://press/ns=2;s=Press.PeakForce", "kN", "Peak force"),
    *_tag("press.cycles", "opcua://press/ns=2;s=Press.CycleCounter", "", "Cycles"),
]
# the drive keeps the voltage in proportion to the speed, 400 V at 1400 rpm; power factor 0.8
BENCH_POWER = "round(sqrt(3) * 400 * bench.speed / 1400 * bench.current * 0.8, 1)"
BENCH_TAGS = [
    *_tag(
        "bench.temperature", "modbus://bench/holding/100?type=float32", "°C", "Housing temperature",
        "interval_s = 0.2", "high = 70.0",
    ),
    *_tag("bench.vibration", "modbus://bench/holding/102?type=float32", "mm/s", "Vibration", "interval_s = 0.2"),
    *_tag("bench.current", "modbus://bench/holding/104?type=float32&words=little", "A", "Current", "interval_s = 0.2"),
    *_tag("bench.speed", "modbus://bench/holding/106?type=float32&words=little", "rpm", "Speed", "interval_s = 0.2"),
    "[tags.bench.power]", f'formula = "{BENCH_POWER}"', 'unit = "W"', 'title = "Motor power"', "interval_s = 0.2", "",
]  # fmt: skip
