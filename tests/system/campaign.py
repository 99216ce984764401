"""The kill campaign: a station process behind a faulty network is killed again and again, the server now and then too.

The station is any command that speaks the JSON lines of ``station run --headless``; what it answered as ``saved`` is held
against both databases: nothing lost, nothing doubled, local equals server row for row, all chains valid.
"""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from station_app.domain.chain import CHANNELS, Row
from station_app.services.ports import BlobState
from station_app.storage.embedded_postgres import EmbeddedPostgres
from station_app.storage.journal import SqliteJournal, verify_local
from station_app.storage.shared.client import ROW_COLUMNS
from station_app.storage.shared.verify import verify_server
from tests.faulty_proxy import FaultyProxy
from tests.shared_database import PlantDatabase

REPOSITORY = Path(__file__).parents[2]
LIFE_S = (0.02, 0.35)
START_TIMEOUT_S = 30.0
DRAIN_TIMEOUT_S = 120.0
BURST = 700

Command = dict[str, Any]


def comment(number: int, chance: random.Random) -> Command:
    """What a station is told to record: a remark, now and then a file."""
    if chance.random() < 0.04:
        return {"do": "evidence", "size_bytes": chance.choice([1000, 300_000, 700_000])}
    return {"do": "comment", "text": f"remark {number} " + "x" * chance.choice([0, 0, 100, 3000])}


@dataclass
class Findings:
    """What the databases say about a station after it came to rest."""

    saved: int
    lost: list[str]
    doubled: list[str]
    unequal: list[str]
    chain_faults: list[str]
    files_missing: list[str]

    @property
    def clean(self) -> bool:
        """Whether the promise holds."""
        return not (self.lost or self.doubled or self.unequal or self.chain_faults or self.files_missing)


@dataclass
class Station:
    """One station of the campaign and what it has answered so far.

    ``make_command`` gets the proxy's port and answers the command line; ``preamble`` is sent after every start.
    """

    path: str
    journal: Path
    make_command: Callable[[int], Sequence[str]]
    preamble: Sequence[Command] = ()
    make_work: Callable[[int, random.Random], Command] = comment
    saved: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    told: int = 0
    lives: int = 0

    def live(self, port: int, chance: random.Random) -> None:
        """One life: start, work for a moment, die by SIGKILL in the middle of it."""
        with subprocess.Popen(
            self.make_command(port), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            begun = threading.Event()
            reader = threading.Thread(target=self._listen, args=(process, begun), name="campaign-listen", daemon=True)
            reader.start()
            self._talk(process, begun, chance)
            process.kill()
            reader.join()
        self.lives += 1

    def _talk(self, process: subprocess.Popen[str], begun: threading.Event, chance: random.Random) -> None:
        """Send work, in bursts or at a walk, until this life's time is over."""
        assert process.stdin is not None
        life_s = chance.uniform(*LIFE_S)
        burst = BURST if chance.random() < 0.06 else 0
        until = time.monotonic() + START_TIMEOUT_S
        pause = threading.Event()
        try:
            for command in self.preamble:
                self._send(process, command)
            while time.monotonic() < until:
                self.told += 1
                self._send(process, self.make_work(self.told, chance))
                if not begun.is_set():
                    if not begun.wait(START_TIMEOUT_S):
                        raise AssertionError(f"{self.path} did not start within {START_TIMEOUT_S:g} s")
                    until = time.monotonic() + life_s
                if burst:
                    burst -= 1
                else:
                    pause.wait(chance.uniform(0, 0.015))
        except BrokenPipeError as error:
            raise AssertionError(f"{self.path} ended by itself with {process.poll()}") from error

    def _send(self, process: subprocess.Popen[str], command: Command) -> None:
        assert process.stdin is not None
        process.stdin.write(json.dumps(command) + "\n")
        process.stdin.flush()

    def _listen(self, process: subprocess.Popen[str], begun: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.endswith("\n"):  # the kill may cut the last one
                self._note(json.loads(line))
                begun.set()

    def _note(self, answer: dict[str, Any]) -> None:
        self.saved.update(answer.get("saved", ()))
        if "evidence" in answer:
            self.files.add(answer["evidence"])

    def come_to_rest(self, port: int) -> None:
        """Let it deliver everything, then stop it in good order."""
        wait = {"do": "wait", "for": "drained", "timeout_s": DRAIN_TIMEOUT_S}
        told = "".join(json.dumps(command) + "\n" for command in (*self.preamble, wait, {"do": "stop"}))
        process = subprocess.run(
            self.make_command(port), input=told, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY,
            timeout=DRAIN_TIMEOUT_S + 60, check=False,
        )  # fmt: skip
        answers = [json.loads(line) for line in process.stdout.splitlines()]
        for answer in answers:
            self._note(answer)
        if process.returncode or {"reached": "drained"}.items() - answers[-1].items():
            raise AssertionError(f"{self.path} does not come to rest: {process.returncode}, {answers[-1:]}")


@dataclass
class Campaign:
    """Kills and faults on one server for any number of stations at a time, each in a lane of its own."""

    server: EmbeddedPostgres
    plant: PlantDatabase
    stations: Sequence[Station]
    seed: int
    server_kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def run(self, kills: int, *, kill_server_every: int = 0) -> None:
        """Kill every station's process so often, and the server at every n-th kill of the first station."""
        errors: list[BaseException] = []

        def lane(number: int, station: Station) -> None:
            try:
                self._lane(number, station, kills, kill_server_every if number == 0 else 0)
            except BaseException as error:  # noqa: BLE001  raised again in the caller's thread
                errors.append(error)

        threads = [
            threading.Thread(target=lane, args=(number, station), name=f"campaign-{number}")
            for number, station in enumerate(self.stations)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]

    def _lane(self, number: int, station: Station, kills: int, kill_server_every: int) -> None:
        chance = random.Random(f"{self.seed} {number} {station.lives}")
        with FaultyProxy("127.0.0.1", self.server.port) as proxy:
            end_faults = proxy.run_plan(chance.getrandbits(32))
            for kill in range(1, kills + 1):
                if kill_server_every and kill % kill_server_every == 0:
                    crash = threading.Timer(chance.uniform(0.1, 0.6), self._crash_server)
                    crash.start()
                    station.live(proxy.port, chance)
                    crash.join()
                else:
                    station.live(proxy.port, chance)
            end_faults()
            station.come_to_rest(proxy.port)
            self.faults += proxy.happened

    def _crash_server(self) -> None:
        self.server.kill()
        self.server.restart()
        self.server_kills += 1

    # --- judging ------------------------------------------------------------------------------------------------

    def examine(self, station: Station) -> Findings:
        """Count in both databases, independently of what the station says about itself."""
        server_rows = self._server_rows(station.path)
        places = Counter(row.rec_id for row in server_rows)
        with SqliteJournal(station.journal, station.path) as journal:
            local_rows = [row for chan in CHANNELS for row in journal.all_rows(chan)]
            waiting = [f"file {blob.sha256} still waits" for blob in journal.blobs(BlobState.WAITING)]
        sealed = {row[0] for row in self.plant.sql("SELECT sha256 FROM mes.blob")}
        return Findings(
            saved=len(station.saved),
            lost=sorted(station.saved - set(places)),
            doubled=sorted(rec_id for rec_id, count in places.items() if count > 1),
            unequal=_differences(local_rows, server_rows),
            chain_faults=[
                *map(str, verify_local(station.journal, station.path)),
                *map(str, verify_server(self.plant.address(station.path))),
            ],
            files_missing=[*sorted(station.files - sealed), *waiting],
        )

    def _server_rows(self, path: str) -> list[Row]:
        found = self.plant.sql(
            f"SELECT {ROW_COLUMNS} FROM mes.station_log WHERE station = %s ORDER BY chan DESC, epoch, seq", path
        )
        return [Row(*values) for values in found]


def _differences(local_rows: Sequence[Row], server_rows: Sequence[Row]) -> list[str]:
    found = [
        f"{own.chan} {own.epoch}/{own.seq} differs from {other.chan} {other.epoch}/{other.seq}"
        for own, other in zip(local_rows, server_rows, strict=False)
        if own != other
    ]
    if len(local_rows) != len(server_rows):
        found.append(f"{len(local_rows)} rows here, {len(server_rows)} at the server")
    return found
