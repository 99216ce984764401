"""The real headless station on a full disk, and with its clock set back by a year while it works."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from station_app.config import load_config
from station_app.demo.plant import ASM_20, DemoPlant
from station_app.domain.chain import REC
from station_app.storage.journal.read_only import ReadOnlyJournal
from tests.faulty_proxy import FaultyProxy
from tests.plant import TOM, TOM_PIN, HeadlessStation, run_station
from tests.short_line import short_line
from tests.small_disk import MIB, fill, mounted_small
from tests.waiting import wait_until

ALARM_S = 2.0
WAIT_S = 20.0
# room for the record of an alarm, and not for a long comment
SMALL_ROOM_BYTES, LARGE = 128 * 1024, 300_000
YEAR_S = 365 * 86400


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoPlant]:
    """A line with the test station only."""
    with DemoPlant(tmp_path_factory.mktemp("line"), stations=(ASM_20,), instructions=short_line()) as plant:
        yield plant
    plant.postgres.remove()


@pytest.fixture
def settings(plant: DemoPlant) -> Path:
    return plant.station_file(ASM_20)


@pytest.fixture
def small_disk(settings: Path) -> Iterator[Path]:
    """The station's folder on a file system of its own."""
    with mounted_small(load_config(settings).station.folder, 16 * MIB) as folder:
        yield folder


def until(station: HeadlessStation, condition: Callable[[], object], timeout_s: float, what: str) -> float:
    """Wait until it is so, while the station lives on; how long it took in seconds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + timeout_s, f"waited in vain: {what}; {station.status()}"
        station.must("pause", seconds=0.05)
    return time.monotonic() - began


def alarm_texts(station: HeadlessStation, state: str) -> list[str]:
    return [alarm["text"] for alarm in station.status()["alarms"] if alarm["state"] == state]


def comments(settings: Path) -> dict[str, str]:
    """The comments in the journal: their texts by record id, in order."""
    config = load_config(settings).station
    with ReadOnlyJournal(config.folder / "journal.sqlite", config.path) as journal:
        return {row.rec_id: json.loads(row.body)["text"] for row in journal.all_rows(REC) if row.kind == "comment"}


def measured(settings: Path) -> int:
    """The server's clock minus the station's in milliseconds, as the station last noted it."""
    channels = json.loads(run_station("sync", "status", "-c", settings, "--json").stdout)["channels"]
    return int(channels["rec"]["clock_offset_ms"])


def overview_alarms(plant: DemoPlant) -> str:
    """What the line overview is told, as text."""
    with psycopg.connect(plant.admin_url) as server:
        return str(server.execute("SELECT convert_from(status, 'UTF8') FROM mes.station_status").fetchall())


def test_on_a_full_disk_nothing_is_said_to_be_saved_and_it_resumes_by_itself(
    plant: DemoPlant, settings: Path, small_disk: Path
) -> None:
    with HeadlessStation(settings) as station:
        station.begin(TOM, TOM_PIN)
        station.must("wait", **{"for": "drained"})
        saved = [*station.must("comment", text="before")["saved"]]
        ballast = fill(small_disk)
        with ballast.open("r+b") as file:
            file.truncate(ballast.stat().st_size - SMALL_ROOM_BYTES)
        failed = ""
        while not failed:
            answer = station.do("comment", text="x" * LARGE)
            saved += answer.get("saved", [])
            failed = answer.get("error", "")
        assert "Free some space on this disk; recording resumes by itself" in failed
        shown_s = until(
            station, lambda: any("no room" in text for text in alarm_texts(station, "unacknowledged, active")),
            ALARM_S, "the alarm",
        )  # fmt: skip
        wait_until(lambda: "no room" in overview_alarms(plant), ALARM_S - shown_s, "the alarm on the line overview")
        for number in range(3):
            assert "no room" in station.do("comment", text=f"lost {number} " + "x" * LARGE)["error"]
        ballast.unlink()
        until(station, lambda: not alarm_texts(station, "unacknowledged, active"), WAIT_S, "it resumes by itself")
        assert any("no room" in text for text in alarm_texts(station, "unacknowledged, cleared"))
        saved += station.must("comment", text="after")["saved"]
        station.must("wait", **{"for": "drained"})
    kept = comments(settings)
    texts = list(kept.values())
    assert set(saved) <= set(kept)
    assert not any(text.startswith("lost") for text in texts)
    assert texts[0] == "before" and texts[-1] == "after"
    verified = json.loads(run_station("verify", "-c", settings, "--json").stdout)
    assert (verified["faults"], verified["waiting"], verified["server_compared"]) == ([], 0, True)


def test_a_clock_set_back_a_year_changes_neither_order_nor_delivery(
    plant: DemoPlant, settings: Path, tmp_path: Path
) -> None:
    clock = tmp_path / "clock"
    program = [sys.executable, "-m", "tests.system.changed_station", f"clock={clock}"]
    text = settings.read_text(encoding="utf-8")
    with FaultyProxy("127.0.0.1", plant.postgres.port) as proxy:
        settings.write_text(text.replace(f"port = {plant.postgres.port}", f"port = {proxy.port}", 1), encoding="utf-8")
        with HeadlessStation(settings, program) as station:
            station.begin(TOM, TOM_PIN)
            ids = station.must("comment", text="before the step")["saved"]
            clock.write_text(str(-YEAR_S), encoding="ascii")
            ids += station.must("comment", text="right after the step")["saved"]
            proxy.cut()
            until(station, lambda: measured(settings) > YEAR_S * 500, WAIT_S, "the clock is measured anew")
            ids += station.must("comment", text="after it was measured anew")["saved"]
            station.must("wait", **{"for": "drained"})
            assert station.status()["person"], "nobody is signed out by a clock"
    settings.write_text(text, encoding="utf-8")
    with psycopg.connect(plant.admin_url) as server:
        rows = server.execute(
            "SELECT rec_id, wall_us, clock_offset_ms FROM mes.station_log WHERE rec_id = ANY (%s) ORDER BY epoch, seq",
            [ids],
        ).fetchall()
    assert [row[0] for row in rows] == ids == sorted(ids), "recorded, delivered and named in the order of the actions"
    assert rows[0][1] - rows[1][1] > (YEAR_S - 3600) * 1_000_000
    assert abs(rows[0][2]) < 2000
    for _, _, offset_ms in rows[1:]:
        assert abs(offset_ms - YEAR_S * 1000) < 2000, "the record says by how much its clock was off"
    assert json.loads(run_station("verify", "-c", settings, "--json").stdout)["faults"] == []
