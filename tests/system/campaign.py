"""The kill campaign: the station's real program behind a faulty network is killed again and again, the server too.

A program is any that speaks JSON lines: ``station run --headless`` or the player of a real window. An operator works with
it until the moment of its death; what the operator was told or shown as saved is held against the journal after every
kill, and against both databases in the end: nothing lost, nothing doubled, local equals server row for row, all chains valid.
"""

from __future__ import annotations

import hashlib
import json
import math
import queue
import random
import re
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import psycopg

from station_app.config import load_config
from station_app.demo.plant import DemoPlant, child_environment
from station_app.domain.chain import AUDIT, CHANNELS, Row
from station_app.services.ports import BlobState
from station_app.storage.journal.read_only import ReadOnlyJournal
from station_app.storage.shared.line_past import ROW_COLUMNS
from tests.faulty_proxy import FaultyProxy
from tests.plant import HeadlessStation, run_station
from tests.system.forked import Forked, Started, can_be_copied

START_TIMEOUT_S = 60.0
DRAIN_TIMEOUT_S = 120.0
DEATHS_AT_START = 0.08
LIFE_S = 60.0
LAST_S = 0.03

Answer = dict[str, Any]


class LifeOver(Exception):
    """The moment has come at which the process is killed."""


class Program:
    """The process of one life, spoken to in JSON lines. Leaving the block kills it, whatever it is doing."""

    def __init__(self, command: Sequence[str], log: Path, note: Callable[[Answer], None], copied: bool = False) -> None:
        self.until = math.inf
        self._answers_left = math.inf
        self._last_s = 0.0
        self._log_file = log
        self._log = log.open("ab")
        environ = child_environment() | {"QT_QPA_PLATFORM": "offscreen"}
        self._process: Started
        if copied:
            self._process = Forked(command, log, environ)
        else:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, encoding="utf-8",
                env=environ,
            )  # fmt: skip
        self._note = note
        self._answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._listen, name="campaign-listen", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self.wait()

    def live_for(self, seconds: float, answers: float = math.inf, last_s: float = 0.0) -> None:
        """Live until ``last_s`` after so many answers, at most ``seconds``; what is asked later raises :class:`LifeOver`.

        Counted in answers a slow computer dies in the same work as a fast one.
        """
        self.until = time.monotonic() + seconds
        self._answers_left, self._last_s = answers, last_s

    def tell(self, do: str, **values: object) -> None:
        """Send a command without waiting for its answer."""
        if time.monotonic() > self.until:
            raise LifeOver
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **values}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._ended() from error

    def answer(self) -> Answer:
        """The next answer."""
        try:
            left_s = min(self.until - time.monotonic(), DRAIN_TIMEOUT_S + START_TIMEOUT_S)
            answer = self._answers.get(timeout=max(left_s, 0.0))
        except queue.Empty:
            raise LifeOver from None
        if answer is None:
            raise self._ended()
        self._answers_left -= 1
        if self._answers_left <= 0:
            self.until = min(self.until, time.monotonic() + self._last_s)
        return answer

    def ask(self, do: str, **values: object) -> Answer:
        """A command and its answer."""
        self.tell(do, **values)
        return self.answer()

    def pause(self, seconds: float) -> None:
        """Do nothing for a moment."""
        if time.monotonic() + seconds > self.until:
            raise LifeOver
        time.sleep(seconds)

    def stop(self) -> int:
        """End the commands and wait for an end in good order; the exit code."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self.wait()

    def wait(self) -> int:
        """Wait for the process to be gone and everything that it said to be heard."""
        code = self._process.wait(START_TIMEOUT_S)
        self._reader.join()
        self._log.close()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # a command was on its way when the process died
        return code

    def _ended(self) -> AssertionError:
        code = self._process.wait(START_TIMEOUT_S)
        said = self._log_file.read_text(encoding="utf-8")[-2000:]
        return AssertionError(f"the program ended by itself with {code}: {said}")

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.endswith("\n"):  # the kill may cut the last one
                answer = json.loads(line)
                self._note(answer)
                self._answers.put(answer)
        self._answers.put(None)


class Operator(Protocol):
    """Who works with the program and remembers what was promised."""

    def note(self, answer: Answer) -> None:
        """Hear an answer at once, also one that came together with the death."""

    def work(self, program: Program, chance: random.Random) -> None:
        """Work until :class:`LifeOver`."""

    def look_back(self, rows: Sequence[Row]) -> set[str]:
        """The records that were promised, found in the journal after a kill. Raises AssertionError when one is missing."""


@dataclass
class Station:
    """One station of the campaign. ``command`` starts its program; it lives for up to ``max_answers`` answers."""

    path: str
    settings: Path
    command: Sequence[str]
    operator: Operator
    max_answers: int
    saved: set[str] = field(default_factory=set)
    lives: int = 0

    @property
    def journal(self) -> Path:
        """Its journal."""
        return load_config(self.settings).station.folder / "journal.sqlite"

    @property
    def log(self) -> Path:
        """What its program says on standard error."""
        return self.settings.with_name("standard-error.log")

    def connect_to(self, port: int) -> None:
        """Write the shared database's port into its settings, where it is the first port."""
        text = self.settings.read_text(encoding="utf-8")
        written = re.sub(r"(?m)^port = \d+$", f"port = {port}", text, count=1)
        self.settings.write_text(written, encoding="utf-8", newline="\n")

    def live(self, chance: random.Random) -> None:
        """One life: start, work for a moment, die by SIGKILL in the middle of it. Some die while they start."""
        with self.start() as program:
            if chance.random() < DEATHS_AT_START:
                program.live_for(chance.uniform(0.05, 1.0))
            try:
                program.answer()
                program.live_for(LIFE_S, chance.randint(1, self.max_answers), chance.uniform(0, LAST_S))
                self.operator.work(program, chance)
            except LifeOver:
                if math.isinf(program.until):
                    raise AssertionError(f"{self.path} did not start within {START_TIMEOUT_S:g} s") from None
        self.lives += 1
        self.look_back()

    def start(self) -> Program:
        """Start its program; from its second life on as a copy, where it can be one."""
        copied = self.lives > 0 and can_be_copied(self.command)
        return Program(self.command, self.log, self.operator.note, copied)

    def look_back(self) -> None:
        """What was promised must be in the journal now."""
        if self.journal.exists():
            self.saved |= self.operator.look_back(self.rows())

    def rows(self) -> list[Row]:
        """Every row of its journal, production before audit."""
        with ReadOnlyJournal(self.journal, self.path) as journal:
            return [row for chan in CHANNELS for row in journal.all_rows(chan)]

    def come_to_rest(self) -> None:
        """Let its program deliver every record, then end it in good order."""
        with self.start() as program:
            program.answer()
            reached = program.ask("wait", **{"for": "drained", "timeout_s": DRAIN_TIMEOUT_S})
            if "reached" not in reached or program.stop():
                raise AssertionError(f"{self.path} does not come to rest: {reached}")
        self.look_back()


@dataclass
class Findings:
    """What the databases say about a station after it came to rest."""

    saved: int
    lost: list[str]
    doubled: list[str]
    unequal: list[str]
    chain_faults: list[str]
    files: int
    file_faults: list[str]
    defects: list[str]

    @property
    def clean(self) -> bool:
        """Whether the promise holds."""
        faults = (self.lost, self.doubled, self.unequal, self.chain_faults, self.file_faults, self.defects)
        return not any(faults)


@dataclass
class Campaign:
    """Kills and faults on one plant for any number of stations at a time, each in a lane of its own."""

    plant: DemoPlant
    stations: Sequence[Station]
    seed: int
    server_kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def prepare(self) -> None:
        """Start every station once and bring the master data to it, so that each life has work."""
        for station in self.stations:
            station.connect_to(self.plant.postgres.port)
            with HeadlessStation(station.settings):
                pass
            drained = run_station("sync", "drain", "-c", station.settings)
            assert drained.returncode == 0, drained.stderr

    def run(self, kills: int, *, kill_server_every: int = 0) -> None:
        """Kill the stations' programs so often in all, and the server at every n-th kill of the first station."""
        errors: list[BaseException] = []

        def lane(number: int, station: Station) -> None:
            share = kills // len(self.stations) + (number < kills % len(self.stations))
            try:
                self._lane(number, station, share, kill_server_every if number == 0 else 0)
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
        with FaultyProxy("127.0.0.1", self.plant.postgres.port) as proxy:
            station.connect_to(proxy.port)
            end_faults = proxy.run_plan(chance.getrandbits(32))
            try:
                for kill in range(1, kills + 1):
                    self._life(station, chance, bool(kill_server_every) and kill % kill_server_every == 0)
            finally:
                end_faults()
            self.faults += proxy.happened
        station.connect_to(self.plant.postgres.port)

    def _life(self, station: Station, chance: random.Random, with_crash: bool) -> None:
        if not with_crash:
            station.live(chance)
            return
        crash = threading.Timer(chance.uniform(0.1, 1.5), self._crash_server)
        crash.start()
        try:
            station.live(chance)
        finally:
            crash.join()

    def _crash_server(self) -> None:
        self.plant.postgres.kill()
        self.plant.postgres.restart()
        self.server_kills += 1

    # --- judging ------------------------------------------------------------------------------------------------

    def count(self, station: Station) -> tuple[list[str], list[str]]:
        """The records that were promised and are not at the server, and those that are there more than once."""
        places = Counter(row.rec_id for row in self._server_rows(station.path))
        return sorted(station.saved - set(places)), sorted(rec_id for rec_id, count in places.items() if count > 1)

    def examine(self, station: Station) -> Findings:
        """Deliver what still waits; then count in both databases, independently of what the station says about itself."""
        drained = run_station("sync", "drain", "-c", station.settings, timeout_s=DRAIN_TIMEOUT_S)
        verified = run_station("verify", "-c", station.settings, timeout_s=DRAIN_TIMEOUT_S)
        lost, doubled = self.count(station)
        local_rows = station.rows()
        with ReadOnlyJournal(station.journal, station.path) as journal:
            waiting = [f"file {blob.sha256} still waits" for blob in journal.blobs(BlobState.WAITING)]
        files = {json.loads(row.body)["sha256"] for row in local_rows if row.kind == "evidence_captured"}
        return Findings(
            saved=len(station.saved),
            lost=lost,
            doubled=doubled,
            unequal=_differences(local_rows, self._server_rows(station.path)),
            chain_faults=[run.stdout + run.stderr for run in (drained, verified) if run.returncode],
            files=len(files),
            file_faults=[*self._file_faults(files), *waiting],
            defects=re.findall(r"Traceback[\s\S]{0,3000}", station.log.read_text(encoding="utf-8")),
        )

    def _server_rows(self, path: str) -> list[Row]:
        found = self._sql(
            f"SELECT {ROW_COLUMNS} FROM mes.station_log WHERE station = %s ORDER BY chan = %s, epoch, seq", path, AUDIT
        )
        return [Row(*values) for values in found]

    def _file_faults(self, files: set[str]) -> list[str]:
        """The files that are not sealed at the server, or whose bytes there are not what their name says."""
        stored: dict[str, Any] = {}
        for sha256, content in self._sql(
            "SELECT b.sha256, c.content FROM mes.blob AS b JOIN mes.blob_chunk AS c USING (sha256, owner)"
            " WHERE b.sha256 = ANY (%s) ORDER BY b.sha256, c.chunk_no",
            sorted(files),
        ):
            stored.setdefault(sha256, hashlib.sha256()).update(content)
        return [f"file {name} is missing or damaged" for name in files if _hex(stored.get(name)) != name]

    def _sql(self, statement: str, *parameters: object) -> list[Any]:
        with psycopg.connect(self.plant.admin_url, autocommit=True) as connection:
            return connection.execute(statement.encode(), parameters).fetchall()


def _hex(digest: Any) -> str:
    return "" if digest is None else str(digest.hexdigest())


def _differences(local_rows: Sequence[Row], server_rows: Sequence[Row]) -> list[str]:
    found = [
        f"{own.chan} {own.epoch}/{own.seq} differs from {other.chan} {other.epoch}/{other.seq}"
        for own, other in zip(local_rows, server_rows, strict=False)
        if own != other
    ]
    if len(local_rows) != len(server_rows):
        found.append(f"{len(local_rows)} rows here, {len(server_rows)} at the server")
    return found
