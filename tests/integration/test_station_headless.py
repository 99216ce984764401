"""The vertical slice through the real program: stations run headless against the demo plant, over real protocols."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from station_app.demo.plant import ASM_10, ASM_20, DATABASE, INS_30, DemoPlant, child_environment
from station_app.services.secrets import hash_secret
from station_app.storage.master_files import read_master_path
from station_app.storage.shared.admin import Media, Publication, add_login, publish
from tests.faulty_proxy import FaultyProxy
from tests.integration.cli.calling import call_station
from tests.plant import (
    ANNA,
    ANNA_PIN,
    BEARING_LOT,
    MARA,
    MARA_PIN,
    TOM,
    TOM_PIN,
    HeadlessStation,
    press,
    run_assembly,
    run_station,
    show,
    station_command,
    take_photo,
)
from tests.short_line import short_line
from tests.waiting import wait_until

UNIT = "GX40-000127"


@pytest.fixture
def asm_10(demo_plant: DemoPlant) -> Path:
    return demo_plant.station_file(ASM_10)


def trace(config_file: Path, serial: str) -> dict[str, object]:
    ran = run_station("trace", serial, "--json", "-c", config_file)
    assert ran.returncode == 0, ran.stderr
    traced: dict[str, object] = json.loads(ran.stdout)
    return traced


def test_a_unit_goes_through_two_stations_and_is_traced(demo_plant: DemoPlant, asm_10: Path, tmp_path: Path) -> None:
    with HeadlessStation(asm_10) as station:
        assert station.ready == {"ready": ASM_10.path}
        station.begin(ANNA, ANNA_PIN)
        run_assembly(station, demo_plant, UNIT, "H-000501")
        assert station.status()["state_text"] == "waiting for units"
        station.must("wait", **{"for": "drained"})
        assert station.refused("scan", text=UNIT) == f"Unit {UNIT} is already finished at this station."
    with HeadlessStation(demo_plant.station_file(ASM_20)) as station:
        station.begin(TOM, TOM_PIN)
        assert "has not been through Assembly yet" in station.refused("scan", text="GX40-000143")
        station.must("scan", text=UNIT)
        station.must("confirm")
        station.must("confirm")
        with demo_plant.control() as control:
            control.bench_run(True)
        station.must("wait", **{"for": "quality"}, tag="bench.speed")
        station.must("pause", seconds=2.0)
        for _ in range(4):
            station.must("capture")
        assert station.status()["good"] == 1
        station.must("wait", **{"for": "drained"})
    traced = trace(asm_10, UNIT)
    assert traced["serial"] == UNIT
    text = run_station("trace", UNIT, "-c", asm_10, "--pdf", tmp_path / "dossier.pdf")
    for part in (
        "Operation assembly", "Ended PASS", "Operation test_run", "previous operation: passed", "Anna Keller", "Tom Brandt",
        "version C", "H-000501", BEARING_LOT, "12.4 kN [11.0 to 14.0] PASS; Good", "rpm [1380 to 1420] PASS",
    ):  # fmt: skip
        assert part in text.stdout, f"{part} is missing in:\n{text.stdout}"
    assert (tmp_path / "dossier.pdf").read_bytes().startswith(b"%PDF-")
    verified = run_station("verify", "-c", asm_10, "--json")
    assert json.loads(verified.stdout)["faults"] == []
    assert verified.returncode == 0


def test_a_value_of_a_lost_machine_is_refused_with_its_status(demo_plant: DemoPlant, asm_10: Path) -> None:
    with HeadlessStation(asm_10) as station:
        station.begin(ANNA, ANNA_PIN)
        station.must("scan", text="GX40-000128")
        station.must("scan", text="H-000502")
        station.must("confirm")
        station.must("scan", text=BEARING_LOT)
        press(station, demo_plant, 12.1)
        with demo_plant.control() as control:
            control.fault("device gone", True, "press")
        _until(station, lambda: "press" in _active_alarms(station), "alarm")
        assert len(station.must("capture")["saved"]) == 1, "the attempt is recorded, and the step does not go on"
        assert "“Press force” has failed" in station.refused("confirm")
        assert station.status()["step_failed"] is True
        with demo_plant.control() as control:
            control.fault("device gone", False, "press")
        station.must("wait", **{"for": "quality"}, tag="press.peak_force")
        _until(station, lambda: _active_alarms(station) == [], "the alarm clears")
        press(station, demo_plant, 14.6)
        station.must("capture")
        assert "has failed" in station.refused("confirm"), "14.6 kN is above the limit of 14.0"
        station.must("repeat")
        station.must("scan", text=BEARING_LOT)
        press(station, demo_plant, 12.9)
        station.must("capture")
        assert station.status()["step_title"] == "Check the play"
        assert "comma" in station.refused("measure", text="0,10")
        station.must("measure", text="0.172")
        assert station.status()["step_failed"] is True
        station.must("nonconformance", defect="Out of limits")
        assert "on hold" in station.refused("scan", text="GX40-000128")
        station.must("wait", **{"for": "drained"})
    text = run_station("trace", "GX40-000128", "-c", asm_10).stdout
    assert "BadCommunicationError" in text
    assert "14.6 kN [11.0 to 14.0] FAIL, 0.6 kN above the limit" in text
    assert "0.172 mm [0.05 to 0.15] FAIL, 0.022 mm above the limit" in text


def _active_alarms(station: HeadlessStation) -> list[str]:
    return [a["source"] for a in station.status()["alarms"] if a["state"].endswith("active")]


def _until(station: HeadlessStation, condition: Callable[[], object], what: str) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, f"waited in vain: {what}"
        station.must("pause", seconds=0.05)


def test_a_photo_must_be_sharp_light_and_of_this_unit(demo_plant: DemoPlant) -> None:
    """Pictures of another unit, blurred and dark ones are kept with the reason and do not pass."""
    unit = "GX40-000129"
    with HeadlessStation(demo_plant.station_file(ASM_10)) as station:
        station.begin(ANNA, ANNA_PIN)
        station.must("scan", text=unit)
        station.must("scan", text="H-000503")
        station.must("confirm")
        station.must("scan", text=BEARING_LOT)
        press(station, demo_plant, 12.3)
        for verb, value in (("capture", {}), ("measure", {"text": "0.10"}), ("scan", {"text": "S25-0117"})):
            station.must(verb, **value)
        station.must("measure", text="8.5")
        with demo_plant.control() as control:
            show(station, demo_plant, "GX40-000130")
            station.must("photo")
            assert "“Photo of the finished unit” has failed" in station.refused("confirm"), "the code is another unit's"
            show(station, demo_plant, unit)
            for fault in ("blurred", "dark"):
                control.fault(fault, True)
                station.must("pause", seconds=1.0)
                station.must("photo")
                assert "has failed" in station.refused("confirm"), fault
                control.fault(fault, False)
            control.fault("device gone", True, "camera")
            _until(station, lambda: "delivers no picture" in str(station.do("photo").get("refused")), "refused")
            control.fault("device gone", False, "camera")
        _until(station, lambda: "saved" in station.do("photo"), "the camera is back")
        if station.status()["step_failed"]:
            take_photo(station)
        station.must("confirm")
        station.must("wait", **{"for": "drained"})
    text = run_station("trace", unit, "-c", demo_plant.station_file(ASM_10)).stdout
    for why in ("The code in the picture is GX40-000130", "Blurred: sharpness", "Too dark: brightness"):
        assert why in text, f"{why} is missing in:\n{text}"


def test_killed_in_the_middle_it_goes_on_at_the_step(demo_plant: DemoPlant, asm_10: Path) -> None:
    unit = "GX40-000131"
    with HeadlessStation(asm_10) as station:
        station.begin(ANNA, ANNA_PIN)
        station.must("scan", text=unit)
        station.must("scan", text="H-000505")
        station.must("pause", seconds=0.5)
        (saved,) = station.must("comment", text="before the cut")["saved"]
        station.kill()
    with HeadlessStation(asm_10) as station:
        status = station.status()
        assert (status["serial"], status["step_title"]) == (unit, "Clean the seat")
        assert "Sign in first" in station.refused("confirm"), "the person is asked again"
        station.must("sign_in", badge=ANNA, pin=ANNA_PIN)
        assert "needs no component" in station.refused("scan", text="H-000505")
        station.must("confirm")
        assert station.status()["step_title"] == "Press the bearing"
        station.clear()
        station.must("wait", **{"for": "drained"})
    with psycopg.connect(demo_plant.admin_url) as server:
        found = server.execute("SELECT count(*) FROM mes.station_log WHERE rec_id = %s", [saved]).fetchone()
    assert found == (1,), "what was said to be saved before the cut is on the server, once"
    verified = json.loads(run_station("verify", "-c", asm_10, "--json").stdout)
    assert (verified["faults"], verified["waiting"]) == ([], 0)


def test_a_second_copy_of_the_application_says_so(asm_10: Path) -> None:
    with HeadlessStation(asm_10) as station:
        second = run_station("run", asm_10, "--headless")
        assert second.returncode == 3
        assert "Another copy" in second.stderr or "another copy" in second.stderr
        assert len(second.stderr.strip().splitlines()) == 1, second.stderr
        drain = run_station("sync", "drain", "-c", asm_10)
        assert (drain.returncode, len(drain.stderr.strip().splitlines())) == (3, 1)
        status = json.loads(run_station("sync", "status", "-c", asm_10, "--json").stdout)
        assert status["station"] == ASM_10.path
        station.must("status")


def test_a_running_job_keeps_its_instruction_when_another_version_is_published(
    demo_plant: DemoPlant, asm_10: Path, tmp_path: Path
) -> None:
    """The order is moved to a new version in the middle of a unit: this unit keeps C, the next one gets D."""
    first, second = "GX40-000132", "GX40-000133"
    shutil.copytree(short_line(), tmp_path / "instructions")
    master = tmp_path / "instructions" / "gx40-assembly" / "work_master.toml"
    master.write_text(master.read_text("utf-8").replace('version = "C"', 'version = "D"'), encoding="utf-8")
    orders = tmp_path / "instructions" / "demo" / "orders.toml"
    text = orders.read_text("utf-8")
    orders.write_text(text.replace('version = "C"', 'version = "D"'), encoding="utf-8")
    with HeadlessStation(asm_10) as station:
        station.begin(ANNA, ANNA_PIN)
        station.must("scan", text=first)
        try:
            before = _revision(asm_10)
            _publish(demo_plant, tmp_path / "instructions")
            _until(station, lambda: _revision(asm_10) > before, "the new master data")
            station.must("scan", text="H-000507")
            station.must("nonconformance", defect="Other")
            station.must("scan", text=second)
            station.clear()
            station.must("wait", **{"for": "drained"})
        finally:
            _publish(demo_plant, short_line())
    assert "version C" in run_station("trace", first, "-c", asm_10).stdout
    assert "version D" in run_station("trace", second, "-c", asm_10).stdout


def _revision(config_file: Path) -> int:
    return int(json.loads(run_station("sync", "status", "-c", config_file, "--json").stdout)["master_revision"])


def _publish(plant: DemoPlant, folder: Path) -> None:
    login = add_login(plant.admin_url, "publisher")
    files = read_master_path(folder, hash_secret)
    publish(
        plant.postgres.url(login.name, login.password, DATABASE),
        [Publication(p.kind, p.id, p.body) for p in files.publications],
        {m.sha256: Media(m.content, m.media_type) for m in files.media},
    )


def test_work_goes_on_while_the_server_is_down_and_is_marked(demo_plant: DemoPlant) -> None:
    unit = "GX40-000134"
    asm_20 = demo_plant.station_file(ASM_20)
    with HeadlessStation(asm_20) as station:
        station.begin(TOM, TOM_PIN)
        demo_plant.postgres.kill()
        try:
            _until(station, lambda: "saved" in station.do("scan", text=unit), "the unit opens without the server")
            station.must("confirm")
            station.must("confirm")
            assert station.status()["waiting"] > 0
        finally:
            demo_plant.postgres.start()
        station.must("wait", **{"for": "drained"})
        station.clear()
        assert "has not been through Assembly" in station.refused("scan", text="GX40-000142"), "asked again"
        station.must("wait", **{"for": "drained"})
    assert "previous operation: unverified" in run_station("trace", unit, "-c", asm_20).stdout


def test_a_line_that_swallows_everything_holds_nobody_up(demo_plant: DemoPlant, tmp_path: Path) -> None:
    """The server's side of the line is silent and nobody has noticed yet: the scan is answered within seconds."""
    source = demo_plant.station_file(ASM_20)
    with FaultyProxy("127.0.0.1", demo_plant.postgres.port) as proxy:
        text = source.read_text("utf-8").replace(f"port = {demo_plant.postgres.port}", f"port = {proxy.port}")
        file = tmp_path / "station.toml"
        file.write_text(
            text.replace("'database.password'", f"'{source.parent / 'database.password'}'"), encoding="utf-8"
        )
        with HeadlessStation(file) as station:
            station.begin(TOM, TOM_PIN)
            proxy.black_hole()
            begun = time.monotonic()
            station.must("scan", text="GX40-000135")
            assert time.monotonic() - begun < 10.0
            proxy.heal()
            station.clear()
            station.must("wait", **{"for": "drained"}, timeout_s=60)
    assert "previous operation: unverified" in run_station("trace", "GX40-000135", "-c", source).stdout


def test_where_the_site_wants_it_a_supervisor_signs_for_work_without_the_server(
    demo_plant: DemoPlant, tmp_path: Path
) -> None:
    source, unit = demo_plant.station_file(ASM_20), "GX40-000136"
    with FaultyProxy("127.0.0.1", demo_plant.postgres.port) as proxy:
        text = source.read_text("utf-8").replace(f"port = {demo_plant.postgres.port}", f"port = {proxy.port}")
        text = text.replace("'database.password'", f"'{source.parent / 'database.password'}'")
        file = tmp_path / "station.toml"
        file.write_text(text.replace('"allow_unverified"', '"allow_signed"'), encoding="utf-8")
        with HeadlessStation(file) as station:
            station.begin(TOM, TOM_PIN)
            proxy.refuse()
            allow = {"serial": unit, "reason": "travel card is stamped"}
            _until(station, lambda: "signature" in station.do("scan", text=unit).get("refused", ""), "it asks")
            assert "may not let work begin" in station.refused("begin_unverified", **allow, badge=TOM, pin=TOM_PIN)
            assert "is not a unit" in station.do("begin_unverified", **{**allow, "serial": TOM}, badge=TOM)["error"]
            station.must("begin_unverified", **allow, badge=MARA, pin=MARA_PIN)
            station.must("confirm")
            proxy.heal()
            station.clear()
            station.must("wait", **{"for": "drained"}, timeout_s=60)
    trace = run_station("trace", unit, "-c", source).stdout
    for part in ("previous operation: unverified", "Mara Lindt: allowed the work to begin", "travel card is stamped"):
        assert part in trace, f"{part} is missing in:\n{trace}"


def test_the_servers_clock_is_measured_and_stamped(demo_plant: DemoPlant) -> None:
    """The server's clock is set 100 s ahead; records carry the offset, so that stations can be brought into one order."""
    find = "SELECT pg_get_functiondef('mes.now_us'::regproc)"
    ins_30 = demo_plant.station_file(INS_30)
    with psycopg.connect(demo_plant.admin_url, autocommit=True) as server:
        (now,) = server.execute(find).fetchone() or ("",)
        assert now.count("clock_timestamp()") == 1
        server.execute(now.replace("clock_timestamp()", "(clock_timestamp() + interval '100 s')").encode())
        try:
            with HeadlessStation(ins_30) as station:
                station.begin(ANNA, ANNA_PIN)
                (rec_id,) = station.must("comment", text="by which clock?")["saved"]
                station.must("wait", **{"for": "drained"})
        finally:
            server.execute(now.encode())
        found = server.execute("SELECT clock_offset_ms FROM mes.station_log WHERE rec_id = %s", [rec_id]).fetchone()
    assert found is not None
    assert 99_000 < found[0] < 101_000


@pytest.fixture(scope="module")
def standing(demo_plant: DemoPlant) -> Iterator[HeadlessStation]:
    with HeadlessStation(demo_plant.station_file(INS_30)) as station:
        yield station


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("not json", "not JSON"),
        ("[1]", "a command is a JSON object"),
        ("[" * 100_000, "not JSON"),
        ("1" * 5000, "not JSON"),
        ('{"do": "fly"}', "allowed: sign_in, scan"),
        ('{"do": "scan"}', "the command lacks 'text'"),
        ('{"do": "wait", "for": "rain"}', "allowed: connected"),
        ('{"do": "wait", "for": "connected", "timeout_s": "soon"}', "allowed: a number"),
        ('{"do": "pause", "seconds": []}', "allowed: a number"),
    ],
)
def test_a_command_that_is_not_understood_is_answered_and_the_station_lives_on(
    standing: HeadlessStation, line: str, error: str
) -> None:
    assert error in str(standing.send_line(line)["error"])
    standing.must("status")


def test_bytes_that_are_no_text_are_one_command_that_is_not_understood(asm_10: Path, tmp_path: Path) -> None:
    commands = b'{"do": "status"}\n{"do": "\xff"}\n\xff\xfe\n{"do": "status"}\n'
    script = tmp_path / "commands"
    script.write_bytes(commands)
    for arguments, given in ((["--script", str(script)], b""), ([], commands)):
        ran = subprocess.run(
            station_command("run", asm_10, "--headless", *arguments), input=given, capture_output=True, timeout=60,
            env=child_environment() | {"PYTHONIOENCODING": "utf-8:strict"}, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr.decode()
        _ready, *answers = map(json.loads, ran.stdout.splitlines())
        assert ["error" in answer for answer in answers] == [False, True, True, False]


def test_bad_scans_and_texts_are_refused_and_nothing_is_lost(standing: HeadlessStation) -> None:
    standing.begin(ANNA, ANNA_PIN)
    assert "not an order, serial number" in standing.refused("scan", text="4711-99")
    assert "control characters" in standing.refused("scan", text="GX40\x1d000127\x04")
    assert "513 characters" in standing.refused("scan", text="9" * 513)
    assert "empty" in standing.refused("scan", text="  \r\n")
    assert "no operation at this station" in standing.refused("scan", text="GX63-000031")
    assert "cannot be recorded" in standing.refused("comment", text="lone \ud800")
    assert "not known here" in standing.refused("sign_in", badge="\ud800", pin="1")
    assert "cannot be recorded" in standing.refused("comment", text="x" * (1 << 20))
    assert len(standing.must("comment", text="'; DROP TABLE mes.station_log; --\u0000")["saved"]) == 1
    standing.must("wait", **{"for": "drained"})


def test_what_the_machine_sent_is_stored_and_read_while_the_station_runs(asm_10: Path) -> None:
    def stored() -> list[dict[str, object]]:
        said = call_station("history", "press.force", "--from", "-10m", "--json", "-c", asm_10).stdout
        return [json.loads(line) for line in said.splitlines()]

    with HeadlessStation(asm_10):
        wait_until(lambda: any(line.get("quality") == "Good" for line in stored()), 20, "samples of the press")
    with HeadlessStation(asm_10):
        wait_until(
            lambda: any(line.get("gap") == "not_running" for line in stored()), 10, "the time between to be a gap"
        )
