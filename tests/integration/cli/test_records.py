"""`station verify`, `trace` and `sync`: tampering named by its first record, damaged journals, copies, a full disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.storage.journal import SqliteJournal
from station_app.storage.shared.admin import Publication, publish
from tests.integration.cli.calling import call_station
from tests.integration.cli.stations import StationFolder, make_station
from tests.machine_data import Bench, ramp
from tests.plant import run_station
from tests.shared_database import STATION_A, STATION_B, PlantDatabase
from tests.small_disk import MIB, mounted_small
from tests.unit.storage.journal.raw import raw


@pytest.fixture
def station(plant: PlantDatabase, tmp_path: Path) -> StationFolder:
    """A station with 20 delivered records."""
    made = make_station(tmp_path, plant, records=20)
    assert call_station("sync", "drain", "-c", made.file).returncode == 0
    return made


def test_status_and_verification_as_json_have_the_documented_fields(station: StationFolder) -> None:
    status = json.loads(call_station("sync", "status", "-c", station.file, "--json").stdout)
    assert set(status) == {
        "station",
        "waiting",
        "pictures_waiting",
        "trend_blocks_waiting",
        "master_revision",
        "channels",
    }
    rec = status["channels"]["rec"]
    assert set(rec) == {"epoch", "last_seq", "acked_epoch", "acked_seq", "clock_offset_ms"}
    assert (rec["last_seq"], rec["acked_seq"], status["waiting"]) == (20, 20, 0)
    assert abs(rec["clock_offset_ms"]) < 2000
    drained = call_station("sync", "drain", "-c", station.file, "--json")
    assert json.loads(drained.stdout) == {"station": STATION_A, "waiting": 0, "connected": True}
    verified = json.loads(call_station("verify", "-c", station.file, "--json").stdout)
    assert set(verified) == {"station", "records", "server_compared", "waiting", "faults"}
    assert (verified["records"], verified["server_compared"], verified["faults"]) == (20, True, [])
    station.record(3)
    said = call_station("sync", "status", "-c", station.file).stdout
    assert f"{STATION_A}: 3 records, 0 pictures and 0 blocks of machine data waiting" in said
    said = call_station("verify", "-c", station.file).stdout
    assert said == "23 records verified here and on the server, 3 waiting, 0 faults.\n"


def test_a_changed_byte_in_the_journal_is_found_and_named(station: StationFolder) -> None:
    with raw(station.journal, tamper=True) as journal:
        changed = "CAST(replace(CAST(body AS TEXT), 'remark 7', 'remark 9') AS BLOB)"
        journal.execute(f"UPDATE log SET body = {changed} WHERE chan = 'rec' AND seq = 8")
    for arguments in ([], ["--local"]):
        called = call_station("verify", "-c", station.file, *arguments)
        assert called.returncode == 1
        assert called.stdout.startswith("journal, rec epoch 1 seq 8: ")
        assert "1 fault." in called.stdout


def test_a_changed_row_on_the_server_is_found_and_named(station: StationFolder, plant: PlantDatabase) -> None:
    plant.sql("UPDATE mes.station_log SET actor = 'somebody else' WHERE chan = 'rec' AND seq = 5")
    called = call_station("verify", "-c", station.file)
    assert called.returncode == 1
    assert f"server, {STATION_A} rec epoch 1 seq 5: " in called.stdout
    assert call_station("verify", "-c", station.file, "--local").returncode == 0


def test_changed_master_data_is_found_here_and_on_the_server(station: StationFolder, plant: PlantDatabase) -> None:
    publish(plant.url("publisher"), [Publication("reasons", name, b"{}") for name in "ab"])
    assert call_station("sync", "drain", "-c", station.file).returncode == 0
    assert call_station("verify", "-c", station.file).returncode == 0
    plant.sql("UPDATE mes.master_change SET id = 'z' WHERE rev = 1")
    called = call_station("verify", "-c", station.file)
    assert called.returncode == 1
    assert "comparison, master data reasons z: the server has it, this station does not" in called.stdout
    with raw(station.journal, tamper=True) as journal:
        journal.execute("UPDATE master SET body = X'00' WHERE id = 'b'")
    called = call_station("verify", "-c", station.file, "--local")
    assert called.returncode == 1
    assert called.stdout.startswith("journal, master data reasons b (revision 2): ")


def test_rows_cut_off_on_the_server_are_found_and_sent_again(station: StationFolder, plant: PlantDatabase) -> None:
    plant.sql("DELETE FROM mes.station_log WHERE chan = 'rec' AND seq > 15")
    plant.sql(
        "UPDATE mes.station_head AS h SET last_seq = 15, last_hash = (SELECT hash FROM mes.station_log AS l"
        " WHERE l.station = h.station AND l.chan = 'rec' AND l.seq = 15) WHERE chan = 'rec'"
    )
    called = call_station("verify", "-c", station.file)
    assert called.returncode == 1
    assert "rec epoch 1 seq 16" in called.stdout
    assert call_station("sync", "drain", "-c", station.file).returncode == 0
    assert call_station("verify", "-c", station.file).returncode == 0
    assert plant.sql("SELECT count(*), count(DISTINCT rec_id) FROM mes.station_log WHERE chan = 'rec'") == [(20, 20)]


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _scribble(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100 : 4096 * 3] = b"\xa5" * (4096 * 3 - 100)
    path.write_bytes(content)


def _replace(path: Path) -> None:
    path.write_text("this is no journal", encoding="utf-8")


@pytest.mark.parametrize("damage", [_truncate, _scribble, _replace], ids=["truncated", "scribbled", "replaced"])
def test_a_corrupt_journal_is_one_line_and_is_left_alone(station: StationFolder, damage: object) -> None:
    assert callable(damage)
    damage(station.journal)
    before = station.journal.read_bytes()
    for command in (["verify", "-c"], ["sync", "status", "-c"], ["sync", "drain", "-c"], ["trace", "U-1", "-c"]):
        called = call_station(*command, station.file)
        assert called.returncode == 3, f"{command}: {called.stdout} {called.stderr}"
        assert "journal" in called.stderr
        assert len(called.stderr.strip().splitlines()) == 1, called.stderr
    ran = run_station("run", station.file, "--headless")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr
    assert station.journal.read_bytes() == before


def test_a_record_that_was_tampered_with_stops_the_start_in_one_line(station: StationFolder) -> None:
    """In the newest rows; older ones are verify's to find."""
    with raw(station.journal, tamper=True) as journal:
        journal.execute("UPDATE log SET body = X'00FF' WHERE chan = 'rec' AND seq = 20")
    ran = run_station("run", station.file, "--headless")
    assert ran.returncode == 3
    assert "seq 20" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr


def test_an_unreadable_old_record_is_named(station: StationFolder) -> None:
    """A body that cannot be read, deep in the journal: nothing is decided on half of what was recorded."""
    station.record(200)
    with raw(station.journal, tamper=True) as journal:
        journal.execute("UPDATE log SET kind = 'equipment_state', body = X'00FF' WHERE chan = 'rec' AND seq = 3")
    ran = run_station("run", station.file, "--headless", timeout_s=30)
    assert ran.returncode == 3, ran.stderr
    assert "rec epoch 1 seq 3" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr


def test_another_stations_journal_is_refused(station: StationFolder) -> None:
    station.replace(STATION_A, STATION_B)
    for command in (["verify", "-c"], ["sync", "drain", "-c"], ["run", "--headless"]):
        called = call_station(*command, station.file)
        assert called.returncode == 3
        assert STATION_A in called.stderr


def test_without_a_journal_one_line_says_so(plant: PlantDatabase, tmp_path: Path) -> None:
    made = make_station(tmp_path, plant)
    for command in (["verify", "-c"], ["sync", "status", "-c"], ["trace", "U-1", "-c"]):
        called = call_station(*command, made.file)
        assert called.returncode == 3
        assert len(called.stderr.strip().splitlines()) == 1


def test_nothing_is_drained_beside_the_application(station: StationFolder) -> None:
    station.record(2)
    with SqliteJournal(station.journal, STATION_A):
        called = call_station("sync", "drain", "-c", station.file)
        assert called.returncode == 3
        assert len(called.stderr.strip().splitlines()) == 1
        assert json.loads(call_station("sync", "status", "-c", station.file, "--json").stdout)["waiting"] == 2


def test_tracing_without_the_server_gives_what_is_here(station: StationFolder, plant: PlantDatabase) -> None:
    station.replace(f"port = {plant.server.port}", "port = 1")
    called = call_station("trace", "U-1", "-c", station.file, "--json")
    assert called.returncode == 0, called.stderr
    assert json.loads(called.stdout)["server_reached"] is False
    unknown = call_station("trace", "U-2", "-c", station.file)
    assert unknown.returncode == 1
    assert len(unknown.stderr.strip().splitlines()) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte."""
    with mounted_small(tmp_path / "small", MIB) as folder:
        yield folder


def test_a_station_on_a_full_disk_says_so_and_resumes(small_disk: Path, plant: PlantDatabase, tmp_path: Path) -> None:
    made = make_station(tmp_path, plant)
    made.replace(f"folder = '{tmp_path / 'files'}'", f"folder = '{small_disk}'")
    (small_disk / "ballast").write_bytes(b"x" * 900_000)
    ran = run_station("run", made.file, "--headless")
    assert ran.returncode == 3, ran.stdout + ran.stderr
    assert "Free some space" in ran.stderr or "No space left" in ran.stderr
    (small_disk / "ballast").unlink()
    assert run_station("run", made.file, "--headless").returncode == 0


def test_draining_delivers_machine_data_as_well(station: StationFolder, plant: PlantDatabase) -> None:
    bench = Bench(station.journal.parent, station=STATION_A)
    bench.store(ramp(2048))
    bench.close()
    status = json.loads(call_station("sync", "status", "-c", station.file, "--json").stdout)
    assert status["trend_blocks_waiting"] == 2
    assert call_station("sync", "drain", "-c", station.file).returncode == 0
    assert plant.sql("SELECT sum(count) FROM mes.trend_block WHERE station = %s", STATION_A) == [(2048,)]
    status = json.loads(call_station("sync", "status", "-c", station.file, "--json").stdout)
    assert status["trend_blocks_waiting"] == 0


@pytest.mark.parametrize("command", ["verify", "sync status", "sync drain", "trace U-1"])
def test_where_no_station_has_run_nothing_is_made_and_nothing_is_well(
    plant: PlantDatabase, tmp_path: Path, command: str
) -> None:
    """A folder that is written wrongly is not a station with nothing to deliver."""
    made = make_station(tmp_path, plant)
    called = call_station(*command.split(), "-c", made.file)
    assert (called.returncode, called.stdout) == (3, "")
    assert f"there is no journal {made.journal}: the station has not run here yet" in called.stderr
    assert not made.journal.parent.exists()
