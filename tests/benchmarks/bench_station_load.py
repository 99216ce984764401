"""A whole station at 10,000 OPC UA samples a second: is any lost, does the window stay smooth, what does it cost?

The station is the product's own: ``StationRuntime`` and its window with the trends page open on four pens that are drawn 10
times a second (beside it an empty window with the same timer), alarm limits on every tenth tag, and the historian storing
everything. The server is a process of its own; each of its values is known, so that what the historian's file has afterwards
is held against what the server wrote. Processor time is that of all processes of the station, beside asyncua's client
alone on the same server in turns: the leanest there is, which adds up lengths of messages, and (``client_ratio``) asyncua's
subscription with a handler that counts.

Then the rate is stepped up until something is missed: that is the ceiling.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from station_app.storage.historian import SqliteTrendHistory
from tests.benchmarks.child import Child
from tests.benchmarks.measuring import line, percentile, rounded
from tests.benchmarks.programs.load_source import value_of

RATE_PER_S = 10_000
NODES = 1000
INTERVAL_S = NODES / RATE_PER_S
GOAL_MS = 50.0
GOAL_RATIO = 3.0
STEPS_PER_S = (15_000, 20_000, 25_000, 30_000, 40_000)
LEAST_SHARE = 0.97
SETTLE_S = 6.0
STORED_WITHIN_S = 120.0
QUIET_S = 6.0
START_S = 60.0
STATION = "Bench/Plant/Hall/Line/LOAD"
LIMITED = 10
BUSY = 0.85
# a server whose process has to wait must not run out of room: it would drop values without a word
QUEUE = 500


@dataclass(frozen=True)
class Stretch:
    """What was measured over some seconds: per second samples written by the server and shown, processor shares of one core."""

    ticks_ms: list[float]
    bare_ms: list[float]
    written_per_s: float
    shown_per_s: float
    station_share: float
    source_share: float
    threads: dict[str, float]

    @property
    def p99_ms(self) -> float:
        """The tick's 99th percentile."""
        return percentile(self.ticks_ms, 0.99)

    @property
    def keeps_up(self) -> bool:
        """Whether as many were shown as were written."""
        return self.shown_per_s >= LEAST_SHARE * self.written_per_s


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """p99 of the tick at 10,000/s with losses; processor time against the bare client; the ceiling."""
    seconds, beside_s, step_s = (30.0, 8.0, 10.0) if quick else (600.0, 60.0, 30.0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Child(folder, "tests.benchmarks.programs.load_source", str(NODES), str(INTERVAL_S)) as source:
            port = source.read()["port"]
            bare = [_bare(folder, port, beside_s)]
            settings = folder / "station.toml"
            settings.write_text(_settings(folder, port), encoding="utf-8", newline="\n")
            with Child(folder, "tests.benchmarks.programs.loaded_station", str(settings)) as station:
                station.read(START_S)
                time.sleep(SETTLE_S)
                found = _measure(folder, station, source, seconds)
                memory_mb = station.rss_mb()
                steps = list(_climb(folder, station, source, step_s))
                written = source.send("hold")["rounds"]
                counted = _until_stored(station)
            lost = _lost(folder / "files" / "historian.sqlite", written)
            source.send("pace", interval_s=INTERVAL_S)
            source.send("go")
            bare.append(_bare(folder, port, beside_s))
    yield _tick(found, lost, counted, memory_mb)
    yield _cost(found, bare)
    yield _ceiling([found, *steps], bare)


def _bare(folder: Path, port: int, seconds: float) -> dict[str, float]:
    """Processor time a second of asyncua alone, the lean way and with its subscription; shares of one core."""
    found = {}
    for how in ("bare", "handler"):
        arguments = (how, str(port), str(NODES), str(INTERVAL_S), str(seconds))
        with Child(folder, "tests.benchmarks.programs.opcua_counting", *arguments) as client:
            counted = client.read(seconds + START_S)
        found[how] = counted["cpu_us"] * counted["per_s"] / 1e6
    return found


def _measure(folder: Path, station: Child, source: Child, seconds: float) -> Stretch:
    with Child(folder, "tests.benchmarks.programs.empty_window", str(seconds)) as empty:
        empty.read(START_S)
        written, cpu_s = source.send("count"), station.cpu_s()
        measured = station.send_within(2 * seconds + START_S, "measure", seconds=seconds)
        after, cpu_s = source.send("count"), station.cpu_s() - cpu_s
        bare_ms = empty.read(2 * seconds + START_S)["ticks_ms"]
    passed_s = after["at_s"] - written["at_s"]
    return Stretch(
        measured["ticks_ms"],
        bare_ms,
        (after["rounds"] - written["rounds"]) * NODES / passed_s,
        measured["shown_per_s"],
        cpu_s / passed_s,
        (after["cpu_s"] - written["cpu_s"]) / passed_s,
        measured["threads"],
    )


def _climb(folder: Path, station: Child, source: Child, seconds: float) -> Iterator[Stretch]:
    """Faster and faster, until something is missed or the server cannot."""
    for rate in STEPS_PER_S:
        source.send("pace", interval_s=NODES / rate)
        time.sleep(SETTLE_S)
        found = _measure(folder, station, source, seconds)
        yield found
        if found.p99_ms > GOAL_MS or not found.keeps_up or found.written_per_s < LEAST_SHARE * rate:
            return


def _until_stored(station: Child) -> dict[str, Any]:
    """The station's own counts, once nothing has come for some seconds."""
    give_up_s, since_s, before = time.monotonic() + STORED_WITHIN_S, time.monotonic(), -1
    while time.monotonic() < give_up_s:
        counted = station.send("count")
        if counted["stored"] != before:
            before, since_s = counted["stored"], time.monotonic()
        elif time.monotonic() - since_s > QUIET_S:
            break
        time.sleep(1.0)
    return counted


def _lost(file: Path, rounds: int) -> int:
    """How many of the server's values since the first one stored are not in the historian's file, or not in order."""
    history = SqliteTrendHistory(file, STATION)
    lost = 0
    for node in range(NODES):
        numbers = {value_of(node, number): number for number in range(rounds)}
        series = history.read_raw(f"load.{node}", 0, 1 << 62, 2 * rounds + 100)
        usable = series.value[series.present & (series.quality != 2)].tolist()
        stored = [numbers[value] for value in usable if value in numbers]
        in_order = all(one < other for one, other in itertools.pairwise(stored))
        expected = rounds - stored[0] if stored else rounds
        lost += expected - len(stored) if in_order else expected
    history.close()
    return lost


def _tick(found: Stretch, lost: int, counted: dict[str, Any], memory_mb: float) -> dict[str, Any]:
    bad = lost + counted["dropped"] + counted["lost_on_the_way"]
    return line(
        "whole station at 10,000 OPC UA samples/s, GUI tick p99 (ms)",
        found.p99_ms,
        percentile(found.bare_ms, 0.99),
        f"<= {GOAL_MS:g} ms, none lost",
        found.p99_ms <= GOAL_MS and bad == 0 and found.written_per_s >= LEAST_SHARE * RATE_PER_S and found.keeps_up,
        median_ms=statistics.median(found.ticks_ms),
        worst_ms=max(found.ticks_ms),
        seconds=round(sum(found.ticks_ms) / 1e3),
        samples_per_s=round(found.shown_per_s),
        lost=bad,
        stored=counted["stored"],
        memory_mb=round(memory_mb),
    )


def _cost(found: Stretch, bare: list[dict[str, float]]) -> dict[str, Any]:
    lean = statistics.mean(each["bare"] for each in bare)
    client = statistics.mean(each["handler"] for each in bare)
    return line(
        "whole station at 10,000 OPC UA samples/s, share of one core",
        found.station_share,
        lean,
        f"<= {GOAL_RATIO:g}x",
        found.station_share <= GOAL_RATIO * lean,
        client_share=rounded(client),
        client_ratio=rounded(found.station_share / client),
        server_share=rounded(found.source_share),
        **{f"of it {name}": share for name, share in found.threads.items()},
    )


def _ceiling(stretches: list[Stretch], bare: list[dict[str, float]]) -> dict[str, Any]:
    """The fastest stretch that kept up and stayed smooth, and what the next one missed."""
    held = [each for each in stretches if each.p99_ms <= GOAL_MS and each.keeps_up]
    best = max((each.shown_per_s for each in held), default=0.0)
    return line(
        "whole station, most OPC UA samples/s kept up with and smooth",
        best,
        RATE_PER_S / statistics.mean(each["bare"] for each in bare),
        f">= {RATE_PER_S}",
        best >= LEAST_SHARE * RATE_PER_S,
        limited_by=_limit(stretches[-1]),
        steps="; ".join(
            f"{each.written_per_s:.0f}/s sent, {each.shown_per_s:.0f}/s shown, p99 {each.p99_ms:.0f} ms,"
            f" station {each.station_share:.2f}, server {each.source_share:.2f} of a core"
            for each in stretches
        ),
    )


def _limit(last: Stretch) -> str:
    """What the fastest stretch ran into."""
    if last.source_share > BUSY:
        return "the server's process"
    if last.p99_ms > GOAL_MS:
        return "the tick"
    return "" if last.keeps_up else "the station fell behind"


def _settings(folder: Path, port: int) -> str:
    tags = [
        f'[tags."load.{n}"]\naddress = "opcua://plc/ns=2;s=Load.{n}?queue={QUEUE}"\nunit = "kN"\ninterval_s = {INTERVAL_S}\n'
        + ("high = 1000.0\n" if n % LIMITED == 0 else "")
        for n in range(NODES)
    ]
    return "\n".join(
        [
            f'[station]\npath = "{STATION}"\nname = "LOAD"\ntitle = "Load"\nkind = "assembly"',
            f"folder = '{folder / 'files'}'\n",
            f'[devices.plc]\ntype = "opcua"\nurl = "opc.tcp://127.0.0.1:{port}"\n',
            *tags,
        ]
    )
