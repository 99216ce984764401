"""Document control on the real server: several at once, what stations delivered, and calls that no client makes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from station_app.domain.chain import REC
from station_app.domain.inspection.plan import encode_plan
from station_app.domain.records import ChangeSuggested, InspectionStarted, JobState
from station_app.services.ports import DocumentRefused, SharedDatabaseError
from station_app.storage.embedded_postgres import EmbeddedPostgres
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import Publication, init_database, publish, upgrade_database
from station_app.storage.shared.documents import PostgresDocuments
from station_app.storage.shared.protocol import SCHEMA_VERSION
from tests.documents import Desk, plan
from tests.postgres import fresh_database
from tests.shared_database import STATION_A, ChainWriter, PlantDatabase, copied_migrations

SUGGESTED: dict[str, Any] = {
    "work_master_id": "asm", "work_master_version": "1", "work_master_sha256": "0" * 64, "step_id": "place",
    "text": "the drawing shows the old seat", "media_file": "place.svg", "x": 0.25, "y": 0.75,
    "evidence_sha256": "e" * 64, "serial": "GX40-1", "job_id": "J1",
}  # fmt: skip


@pytest.fixture
def desk(plant: PlantDatabase) -> Iterator[Desk]:
    """Document control with its people on the real server."""
    url = plant.url("publisher")
    desk = Desk(
        PostgresDocuments(plant.address("author")),
        lambda kind, key, body, op: publish(url, [Publication(kind, key, body, op)]),
    )
    desk.staff()
    yield desk
    desk.database.close()


def deliver(plant: PlantDatabase, *facts: Any) -> None:
    chain = ChainWriter(STATION_A)
    rows = [chain.row(fact) for fact in facts]
    station = PostgresSharedDatabase(plant.address(STATION_A))
    station.append_batch(REC, 1, 1, rows)
    station.close()


def test_of_many_who_save_at_once_one_is_first_and_the_others_are_told(plant: PlantDatabase, desk: Desk) -> None:
    clients = [PostgresDocuments(plant.address("author")) for _ in range(6)]
    start, outcomes = threading.Barrier(len(clients)), []

    def save(number: int, client: PostgresDocuments) -> None:
        own = Desk(client, desk.publish)
        start.wait()
        try:
            own.save(("eva", "ada")[number % 2], title=f"By {number}", number=1)
            outcomes.append("saved")
        except DocumentRefused as refused:
            outcomes.append(str(refused))

    threads = [threading.Thread(target=save, args=item) for item in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for client in clients:
        client.close()
    assert sorted(outcomes)[:5] == ["asm 1 was changed by somebody else meanwhile. Look at it again first."] * 5
    assert sorted(outcomes)[5:] == ["saved"]
    assert plant.sql("SELECT count(*) FROM mes.document_event") == [(1,)]


def test_what_the_floor_suggests_is_seen_and_answered(plant: PlantDatabase, desk: Desk) -> None:
    bare = {**SUGGESTED, "media_file": "", "x": None, "y": None, "evidence_sha256": "", "work_master_id": "other"}
    deliver(plant, ChangeSuggested(suggestion_id="S1", **SUGGESTED), ChangeSuggested(suggestion_id="S2", **bare))
    newest, first = desk.database.suggestions()
    assert (newest.suggestion_id, newest.x, newest.answer) == ("S2", None, "")
    assert (first.step_id, first.text, first.media_file) == ("place", SUGGESTED["text"], "place.svg")
    assert (first.x, first.y, first.evidence_sha256, first.serial) == (0.25, 0.75, "e" * 64, "GX40-1")
    assert (first.station, first.actor, first.answered_by) == (STATION_A, "p.novak", "")
    assert [s.suggestion_id for s in desk.database.suggestions("asm")] == ["S1"]
    desk.database.answer("S1", "eva", "in the next version")
    desk.database.answer("S1", "quido", "in version 2")
    assert [(s.answer, s.answered_by) for s in desk.database.suggestions("asm")] == [("in version 2", "quido")]
    with pytest.raises(DocumentRefused, match="engineers"):
        desk.database.answer("S1", "ola", "no")


def test_where_a_version_was_used(plant: PlantDatabase, desk: Desk) -> None:
    def job(serial: str, version: str, state: str) -> JobState:
        return JobState(
            job_id=f"J{serial}", serial=serial, order_id="4711", operation="assembly", product="GX-40", state=state,
            work_master_id="asm", work_master_version=version, work_master_sha256=version * 64,
        )  # fmt: skip

    deliver(plant, job("1", "1", "Running"), job("1", "1", "Ended"), job("2", "1", "Running"), job("3", "2", "Running"))
    newest, older = desk.database.use("asm")
    assert (newest.version, newest.sha256, newest.station, newest.units) == ("2", "2" * 64, STATION_A, 1)
    assert (older.version, older.units) == ("1", 2)
    assert older.first_us < older.last_us < newest.last_us
    assert [unit.serial for unit in desk.database.units("asm", "1", 10)] == ["2", "1"]
    assert len(desk.database.units("asm", "1", 1)) == 1
    assert desk.database.use("other") == []


def test_arguments_that_are_null_change_nothing(plant: PlantDatabase, desk: Desk) -> None:
    desk.save("eva")
    desk.submit()
    values = ["asm", "1", 2, "signed", "quido", desk.content(), "", [], "quality_engineer", "approved", "m", "", "", ""]
    statement = f"SELECT mes.document_add({', '.join(['%s'] * len(values))})".encode()
    with plant.connect("author") as connection:
        for place in range(len(values)):
            with pytest.raises(psycopg.Error):
                connection.execute(statement, [None if n == place else value for n, value in enumerate(values)])
        assert len(desk.database.events()) == 2
        connection.execute(statement, values)


def test_a_person_without_roles_may_nothing(plant: PlantDatabase, desk: Desk) -> None:
    desk.publish("person", "raw", b'{"id": "raw", "name": "Raw"}', "put")
    with pytest.raises(DocumentRefused, match="process engineers"):
        desk.save("raw")


def test_an_author_may_nothing_beside_document_control(plant: PlantDatabase) -> None:
    with plant.connect("author") as connection:
        for statement in (
            "SELECT mes.publish('order', 'x', '', 'put')",
            "SELECT mes.publish_release('asm', '1')",
            "SELECT mes.insert_document_event('asm', '1', 'released', 'eva', '', '', '{}', '', '', '', '', '', '')",
            "UPDATE mes.document_event SET person_id = 'x'",
            "DELETE FROM mes.document_content",
            "SELECT * FROM mes.document_event",
            "SELECT * FROM mes.station_log",
            "SELECT mes.trace('x')",
            "SET ROLE mes_owner",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_a_content_changed_on_the_server_is_noticed(plant: PlantDatabase, desk: Desk) -> None:
    name = desk.database.put_media(b"a drawing", "image/png")
    plant.sql("UPDATE mes.blob_chunk SET content = 'x' WHERE sha256 = %s", name)
    with pytest.raises(SharedDatabaseError, match="has been changed"):
        desk.database.media(name)


def test_the_order_of_events_does_not_depend_on_the_servers_clock(plant: PlantDatabase, desk: Desk) -> None:
    desk.save("eva")
    desk.happen("owner_changed", "eva", owner="emil")
    plant.sql("UPDATE mes.document_event SET received_at = received_at + interval '1 year' WHERE number = 1")
    assert [event.event for event in desk.database.events()] == ["saved", "owner_changed"]
    desk.save("emil")


def test_what_was_published_before_the_schema_knew_versions_of_plans_goes_on(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = fresh_database(postgres)
    monkeypatch.setattr("station_app.storage.shared.admin.MIGRATIONS", copied_migrations(tmp_path, 4))
    monkeypatch.setattr("station_app.storage.shared.admin.SCHEMA_VERSION", 4)
    init_database(url)
    name = url.rsplit("/", 1)[-1]
    body = encode_plan(plan("3"))
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("SELECT mes.publish('plan', 'asm', %s, 'put')", (encode_plan(plan("2")),))
        admin.execute("SELECT mes.publish('plan', 'asm', %s, 'put')", (body,))
        monkeypatch.undo()
        assert upgrade_database(url) == SCHEMA_VERSION
        assert admin.execute("SELECT id, body FROM mes.master WHERE kind = 'plan'").fetchall() == [("asm@3", body)]
        gone = "SELECT op FROM mes.master_change WHERE kind = 'plan' AND id = 'asm' ORDER BY rev DESC LIMIT 1"
        assert admin.execute(gone).fetchall() == [("remove",)]
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def test_where_a_plan_was_used(plant: PlantDatabase, desk: Desk) -> None:
    deliver(plant, *(inspected(serial, version) for serial, version in (("Q-1", "1"), ("Q-2", "1"), ("Q-3", "2"))))
    uses = desk.database.use("plan:asm")
    assert {(use.version, use.station, use.units) for use in uses} == {("1", STATION_A, 2), ("2", STATION_A, 1)}
    assert [unit.serial for unit in desk.database.units("plan:asm", "1", 10)] == ["Q-2", "Q-1"]
    assert desk.database.use("asm") == [], "an instruction of the same id is another document"


def inspected(serial: str, version: str) -> InspectionStarted:
    return InspectionStarted(
        job_id=f"J-{serial}", serial=serial, order_id="4711", operation="assembly", inspection_id=f"I-{serial}",
        plan_id="asm", plan_version=version, plan_sha256="a" * 64, product="GX-40", due=("bore",),
    )  # fmt: skip
