"""Tracing through a real journal and evidence store; the shared database is a small one in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from station_app.domain.chain import REC, Draft, Row
from station_app.domain.log import ComponentUse, LoggedRow
from station_app.domain.master import JobOrder, Material, Operation, Person
from station_app.domain.master_book import MasterBook
from station_app.domain.outcome import Outcome
from station_app.domain.records import Comment
from station_app.domain.rules import Refusal
from station_app.domain.unit_trace import EvidencePresence, FlagCode, UnitState
from station_app.services.ports import Blob, BlobState, Unreachable
from station_app.services.tracing import Tracing, local_rows, names_of
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from station_app.storage.no_database import NoSharedDatabase
from tests.records import (
    ASM10,
    BEARING,
    INS30,
    PICTURE_BLURRED,
    PICTURE_FINAL,
    PICTURE_TOP,
    SCORED_BEARING,
    SERIAL,
    JobLog,
    StationLog,
    complete_unit,
)


class MemoryDatabase(NoSharedDatabase):
    """Answers what a station may ask about units from rows in memory, up to ``answers_left`` times."""

    def __init__(self, rows: list[LoggedRow], uses: dict[str, list[ComponentUse]], sealed: set[str]) -> None:
        self.rows = rows
        self.uses = uses
        self.sealed = sealed
        self.answers_left = 1000

    def _answer(self) -> None:
        if self.answers_left == 0:
            raise Unreachable("The connection was cut.")
        self.answers_left -= 1

    def trace(self, serial: str) -> list[LoggedRow]:
        self._answer()
        return [logged for logged in self.rows if serial.encode() in logged.row.body]

    def component_use(self, component_serial: str) -> list[ComponentUse]:
        self._answer()
        return self.uses.get(component_serial, [])

    def blob_missing(self, sha256: str, size_bytes: int) -> list[int] | None:
        self._answer()
        return None if sha256 in self.sealed else [0]

    def blob_get(self, sha256: str) -> bytes | None:
        self._answer()
        return PICTURE_TOP if sha256 == sha(PICTURE_TOP) else None


BOOK = MasterBook(
    orders={
        "WO-4711": JobOrder(
            id="WO-4711",
            product="GR-40",
            product_title="Small gear reducer",
            quantity=1,
            serials=(SERIAL,),
            operations=(Operation(id="10", title="Assembly", stations=(), work_master_id="", work_master_version=""),),
        )
    },
    people={"p-mo": Person(id="p-mo", name="Mo Okafor", roles=("inspector",))},
    materials={"BRG-6204": Material(id="BRG-6204", title="Ball bearing")},
)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def draft(row: Row) -> Draft:
    return Draft(**{field.name: getattr(row, field.name) for field in fields(Draft)})


def record(journal: SqliteJournal, log: StationLog) -> None:
    journal.append([draft(logged.row) for logged in log.rows]).result()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    with SqliteJournal(tmp_path / "journal.sqlite", INS30) as opened:
        yield opened


@pytest.fixture
def evidence(tmp_path: Path) -> FileEvidenceStore:
    store = FileEvidenceStore(tmp_path / "evidence")
    store.put(PICTURE_BLURRED)
    store.put(PICTURE_FINAL)
    return store


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


class Bench:
    """A station at the inspection with its journal, and a shared database that has what the others delivered."""

    def __init__(self, journal: SqliteJournal, evidence: FileEvidenceStore, pool: ThreadPoolExecutor) -> None:
        self.unit = complete_unit()
        self.journal = journal
        record(journal, self.unit.logs[INS30])
        elsewhere = [row for row in self.unit.rows if row.station != INS30]
        self.database = MemoryDatabase(elsewhere, self.unit.uses, {sha(PICTURE_TOP)})
        self.contact = True
        self.tracing = Tracing(journal, evidence, self.database, pool, lambda: BOOK, lambda: self.contact)


@pytest.fixture
def bench(journal: SqliteJournal, evidence: FileEvidenceStore, pool: ThreadPoolExecutor) -> Bench:
    return Bench(journal, evidence, pool)


def test_the_servers_records_and_what_waits_here_make_one_trace(bench: Bench) -> None:
    trace = bench.tracing.trace(f" {SERIAL}\n").result()
    assert trace.record_count == len(bench.unit.rows)
    assert [job.operation for job in trace.jobs] == ["10", "20", "30"]
    waiting = trace.flag(FlagCode.WAITING)
    assert waiting is not None and len(waiting.rec_ids) == len(bench.unit.logs[INS30].rows)
    assert trace.server_reached and trace.flag(FlagCode.SERVER_NOT_REACHED) is None


def test_delivered_records_count_once_and_do_not_wait(bench: Bench) -> None:
    bench.database.rows = bench.unit.rows
    rows = bench.journal.rows(REC, 1, 0, 1000)
    assert [row.rec_id for row in rows] == [logged.row.rec_id for logged in bench.unit.logs[INS30].rows]
    trace = bench.tracing.trace_now(SERIAL)
    assert trace.record_count == len(bench.unit.rows) and trace.flag(FlagCode.WAITING) is None
    assert trace.contradictions == ()


def test_acknowledged_records_do_not_wait_though_the_server_is_away(bench: Bench) -> None:
    bench.contact = False
    bench.journal.set_peer(REC, 1, 5, 0).result()
    flag = bench.tracing.trace_now(SERIAL).flag(FlagCode.WAITING)
    assert flag is not None and len(flag.rec_ids) == len(bench.unit.logs[INS30].rows) - 5


def test_out_of_contact_the_journal_alone_answers_and_says_so(bench: Bench) -> None:
    bench.contact = False
    bench.database.answers_left = 0
    trace = bench.tracing.trace(SERIAL).result()
    assert [job.operation for job in trace.jobs] == ["30"] and trace.state is UnitState.PASSED
    flag = trace.flag(FlagCode.SERVER_NOT_REACHED)
    assert flag is not None and flag.text == "The server is out of contact: this station's records only."
    assert trace.record_count == len(bench.unit.logs[INS30].rows)


def test_a_server_that_fails_leaves_the_journals_answer_with_its_reason(bench: Bench) -> None:
    bench.database.answers_left = 0
    trace = bench.tracing.trace_now(SERIAL)
    flag = trace.flag(FlagCode.SERVER_NOT_REACHED)
    assert flag is not None
    assert flag.text == "The server was not reached (The connection was cut): this station's records only."
    assert not trace.server_reached and len(trace.jobs) == 1


def test_a_server_that_stops_answering_in_between_is_named(bench: Bench) -> None:
    bench.database.answers_left = 2
    trace = bench.tracing.trace_now(SERIAL)
    flag = trace.flag(FlagCode.SERVER_NOT_REACHED)
    assert flag is not None and flag.text.startswith("The server stopped answering (The connection was cut)")
    assert len(trace.jobs) == 3


def test_where_pictures_are(bench: Bench) -> None:
    bench.journal.put_blob(Blob(sha(PICTURE_FINAL), 10, "image/jpeg", BlobState.SEALED)).result()
    bench.journal.put_blob(Blob(sha(PICTURE_BLURRED), 10, "image/jpeg", BlobState.WAITING)).result()
    places = {p.sha256: p.presence for p in bench.tracing.trace_now(SERIAL).pictures}
    assert places == {
        sha(PICTURE_TOP): EvidencePresence(local=False, server=True),
        sha(PICTURE_BLURRED): EvidencePresence(local=True, server=False),
        sha(PICTURE_FINAL): EvidencePresence(local=True, server=True),
    }
    bench.contact = False
    alone = {p.sha256: p.presence for p in bench.tracing.trace_now(SERIAL).pictures}
    assert alone[sha(PICTURE_BLURRED)] == EvidencePresence(local=True, server=None)
    assert alone[sha(PICTURE_FINAL)] == EvidencePresence(local=True, server=True)


def test_a_picture_named_by_nonsense_is_nowhere(bench: Bench) -> None:
    odd = StationLog(INS30, seed="odd")
    job = JobLog(odd, "job-odd", "ODD", "30")
    shot = job.photo(1, "s", b"x", Outcome.PASS)
    body = shot.row.body.replace(sha(b"x").encode(), b"../../etc/passwd")
    log = StationLog(INS30, seed="odd2")
    log.add_body(shot.row.kind, body, 2)
    record(bench.journal, log)
    (picture,) = bench.tracing.trace_now("ODD").pictures
    assert picture.presence == EvidencePresence(local=False, server=False)


def test_pictures_are_read_here_first_then_from_the_server(bench: Bench) -> None:
    assert bench.tracing.picture(sha(PICTURE_FINAL)) == PICTURE_FINAL
    assert bench.tracing.picture(sha(PICTURE_TOP)) == PICTURE_TOP
    assert bench.tracing.picture(sha(b"nobody has it")) is None
    bench.contact = False
    assert bench.tracing.picture(sha(PICTURE_TOP)) is None
    bench.contact, bench.database.answers_left = True, 0
    assert bench.tracing.picture(sha(PICTURE_TOP)) is None


@pytest.mark.expected_log("changed or damaged", "is not the name of an evidence file")
def test_a_damaged_picture_is_fetched_from_the_server(bench: Bench, evidence: FileEvidenceStore) -> None:
    key = evidence.put(PICTURE_TOP)
    path = evidence.path(key)
    path.chmod(0o644)
    path.write_bytes(b"something else")
    assert bench.tracing.picture(key) == PICTURE_TOP
    assert bench.tracing.picture("../../etc/passwd") is None


def test_component_uses_come_from_the_server_and_from_this_stations_records(bench: Bench) -> None:
    bench.database.uses[BEARING].append(
        ComponentUse("BRG-6204", BEARING, "GR-0999", "Acme/Works/Hall 1/Line 2/ASM-10", True)
    )
    _, bearing, _ = bench.tracing.trace_now(SERIAL).components
    assert [(use.used_in, use.detached) for use in bearing.uses] == [("GR-0999", True), (SERIAL, False)]


def test_a_component_used_twice_at_this_station_is_found_without_the_server(
    journal: SqliteJournal, evidence: FileEvidenceStore, pool: ThreadPoolExecutor
) -> None:
    log = StationLog(INS30)
    JobLog(log, "j1", "U-1", "30").consume(1, "s", "M", component="C-1")
    JobLog(log, "j2", "U-2", "30").consume(2, "s", "M", component="C-1")
    record(journal, log)
    tracing = Tracing(journal, evidence, NoSharedDatabase(), pool, lambda: BOOK, lambda: True)
    for serial, other in (("U-1", "U-2"), ("U-2", "U-1")):
        trace = tracing.trace_now(serial)
        flag = trace.flag(FlagCode.COMPONENT_USED_TWICE)
        assert flag is not None and other in flag.text and trace.record_count == 1


def test_the_trace_of_a_component(bench: Bench) -> None:
    trace = bench.tracing.trace_now(SCORED_BEARING)
    assert trace.state is UnitState.COMPONENT
    assert [(use.used_in, use.detached) for use in trace.used_in] == [(SERIAL, True)]


def test_names_come_from_master_data(bench: Bench) -> None:
    names = bench.tracing.trace_now(SERIAL).names
    assert names.people == {"p-mo": "Mo Okafor"} and names.operations == {"10": "Assembly"}
    assert names.materials == {"BRG-6204": "Ball bearing", "GR-40": "Small gear reducer"}
    assert names_of(MasterBook()).people == {}


@pytest.mark.parametrize("serial", ["", "   ", "x" * 201, "GR\x1d1"])
def test_what_cannot_be_a_serial_is_refused(bench: Bench, serial: str) -> None:
    with pytest.raises(Refusal, match="serial number"):
        bench.tracing.trace_now(serial)


def test_an_unknown_serial_is_refused_and_says_what_was_asked(bench: Bench) -> None:
    with pytest.raises(Refusal, match="No record of GR-100 at any station"):
        bench.tracing.trace_now("GR-100")
    bench.contact = False
    with pytest.raises(Refusal, match=r"No record of GR-100 at this station\. The server is out of contact"):
        bench.tracing.trace("GR-100").result()


def test_local_rows_find_what_only_follows_and_leave_the_rest(journal: SqliteJournal) -> None:
    log = StationLog(INS30)
    job = JobLog(log, "job-7", 'U "7" ü', "30")
    job.state(1, "Running")
    log.add(Comment(text="about the job", job_id="job-7"), 2)
    log.add(Comment(text="about another", job_id="job-8"), 3)
    log.add_body("moon_phase", '{"serial":"U \\"7\\" ü"}'.encode(), 4)
    record(journal, log)
    assert [logged.row.seq for logged in local_rows(journal, 'U "7" ü')] == [1, 2, 4]
    assert local_rows(journal, "U") == []
    elsewhere = StationLog(ASM10)
    JobLog(elsewhere, "job-8", "U", "10").state(0, "Running")
    assert [logged.row.seq for logged in local_rows(journal, "U", [r.row for r in elsewhere.rows])] == [3]
