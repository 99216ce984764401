"""What each login can touch: a station's credential executes its functions and nothing else."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors

from station_app.domain.chain import REC
from station_app.storage.shared import PostgresSharedDatabase
from tests.shared_database import STATION_A, STATION_B, ChainWriter, PlantDatabase

STATION_FUNCTIONS = {
    "schema_version", "station_path", "hello",
    "fork_info", "append_batch", "read_log", "log_heads", "status", "blob_missing", "blob_put",
    "blob_seal", "blob_get", "master_since", "trace", "unit_status", "component_use",
    "trend_put", "trend_missing", "line_trend_tags", "line_trend_blocks", "line_trend_content", "line_rows",
    "stations_heard", "chart_points",
    "trend_tail_put", "trend_reach_put", "line_past_tags", "line_past_blocks", "line_reach", "line_remarks",
}  # fmt: skip
OTHER_FUNCTIONS = {
    "publisher": {"schema_version", "publish", "master_since", "blob_missing", "blob_put", "blob_seal", "blob_get"},
    "reader": {
        "schema_version", "line_status", "trace_any", "unit_status", "component_use", "blob_get", "master_since",
        "trend_blocks", "trend_tags", "line_trend_tags", "line_trend_blocks", "line_trend_content", "line_rows",
        "line_past_tags", "line_past_blocks", "line_reach", "line_remarks",
    },
    "author": {
        "schema_version", "master_since", "blob_missing", "blob_put", "blob_seal", "blob_get", "document_put",
        "document_body", "document_events", "document_add", "document_units", "document_serials", "document_orders",
        "suggestions", "answer_suggestion",
    },
    "auditor": {"schema_version", "audit_heads", "audit_log", "audit_blobs", "blob_get", "trace_any", "master_since",
                "trend_blocks", "trend_tags", "line_trend_tags", "line_trend_blocks", "line_trend_content", "line_rows",
                "line_past_tags", "line_past_blocks", "line_reach", "line_remarks"},
}  # fmt: skip


def refused(connection: psycopg.Connection[tuple[object, ...]], statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege) as caught:
        connection.execute(statement.encode())
    assert caught.value.sqlstate == "42501", statement


def functions_of(plant: PlantDatabase, login: str) -> set[str]:
    """Every function of schema mes that a login can execute."""
    statement = (
        "SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'mes'::regnamespace"
        " AND has_function_privilege(%s, p.oid, 'EXECUTE')"
    )
    return {name for (name,) in plant.sql(statement, login)}


def test_a_station_executes_its_functions_and_no_other(plant_template: PlantDatabase) -> None:
    assert functions_of(plant_template, plant_template.logins[STATION_A].name) == STATION_FUNCTIONS


@pytest.mark.parametrize("role", sorted(OTHER_FUNCTIONS))
def test_the_other_roles_execute_theirs(plant_template: PlantDatabase, role: str) -> None:
    assert functions_of(plant_template, plant_template.logins[role].name) == OTHER_FUNCTIONS[role]


def test_a_station_has_no_right_on_any_table(plant_template: PlantDatabase) -> None:
    relations = plant_template.sql(
        "SELECT c.oid::regclass::text, c.relkind::text FROM pg_class AS c WHERE c.relnamespace = 'mes'::regnamespace"
        " AND c.relkind IN ('r', 'v', 'S', 'm', 'p', 'f')"
    )
    assert len(relations) > 30
    with plant_template.connect(STATION_A) as connection:
        for relation, kind in relations:
            refused(connection, f"SELECT * FROM {relation}")
            if kind == "r":
                refused(connection, f"INSERT INTO {relation} DEFAULT VALUES")
                refused(connection, f"DELETE FROM {relation}")
    privileges = "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"
    granted = plant_template.sql(
        "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'mes'::regnamespace AND c.relkind IN ('r', 'v')"
        " AND (has_table_privilege(%s, c.oid, %s) OR has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE'))",
        plant_template.logins[STATION_A].name, privileges, plant_template.logins[STATION_A].name,
    )  # fmt: skip
    assert granted == []


@pytest.mark.parametrize(
    "statement",
    [
        "DO $$ BEGIN PERFORM 1; END $$",
        "CREATE TEMP TABLE t (n int)",
        "CREATE TABLE public.t (n int)",
        "CREATE TABLE mes.t (n int)",
        "CREATE SCHEMA s",
        "CREATE FUNCTION mes.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT pg_sleep(0)",
        "SELECT pg_sleep_for('0 s')",
        "SELECT pg_sleep_until(now())",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock(1)",
        "SELECT pg_advisory_xact_lock_shared(1, 1)",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT lo_creat(-1)",
        "SELECT lo_get(1)",
        "SELECT loread(1, 1)",
        "SELECT pg_logical_emit_message(false, 'x', 'y')",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SET ROLE mes_owner",
        "SET ROLE mes_station",
        "CREATE ROLE intruder",
        "SELECT mes.rebuild_projection()",
        "SELECT mes.publish('order', 'x', '', 'put')",
        "SELECT * FROM mes.log_rows('x', 'rec', 1, 0, 10)",
        "SELECT * FROM mes.audit_log('x', 'rec', 1, 0, 10)",
        "SELECT * FROM mes.line_status()",
        "SELECT * FROM mes.document_events('')",
        "SELECT mes.document_put('x')",
        "SELECT mes.document_body('x')",
        "SELECT mes.document_add('W', '1', 0, 'saved', 'p', '', '', '{}', '', '', '', '', '', '')",
        "SELECT mes.insert_document_event('W', '1', 'saved', 'p', '', '', '{}', '', '', '', '', '', '')",
        "SELECT mes.publish_release('W', '1')",
        "SELECT * FROM mes.trend_blocks('x', 'y', 0, 1)",
        "SELECT * FROM mes.line_trend_tags('ACME/BRNO/ASSEMBLY/L2/ASM-10')",
        "SELECT * FROM mes.line_trend_tags('ASM-20')",
        "SELECT * FROM mes.line_trend_tags(NULL)",
        "SELECT * FROM mes.line_trend_blocks('ACME/BRNO/ASSEMBLY/L11/ASM-10', 'y', 0, 1)",
        "SELECT * FROM mes.line_trend_content('ACME/BRNO/ASSEMBLY/ASM-10', 'y', '{}', '{}')",
        "SELECT * FROM mes.line_past_tags('ACME/BRNO/ASSEMBLY/L2/ASM-10')",
        "SELECT * FROM mes.line_past_blocks('ACME/BRNO/ASSEMBLY/L11/ASM-10', 'y', 0, 1)",
        "SELECT * FROM mes.line_reach('ACME/BRNO/ASSEMBLY/ASM-10')",
        "SELECT * FROM mes.line_remarks('ACME/BRNO/ASSEMBLY/L2/ASM-10', 1)",
        "SELECT mes.lock_trends('ACME/BRNO/ASSEMBLY/L1/ASM-20')",
        "SELECT * FROM mes.line_rows('ACME/BRNO/ASSEMBLY/L1/CELL/ASM-10', 'rec', '{}', 0, 1, 1)",
        "SELECT * FROM mes.suggestions('')",
        "SELECT mes.answer_suggestion('x', 'p', 'yes')",
    ],
)
def test_a_station_can_do_nothing_beside_its_functions(plant_template: PlantDatabase, statement: str) -> None:
    with plant_template.connect(STATION_A) as connection:
        refused(connection, statement)


@pytest.mark.parametrize("role", ["publisher", "reader", "auditor", "author"])
def test_no_other_role_writes(plant_template: PlantDatabase, role: str) -> None:
    with plant_template.connect(role) as connection:
        refused(connection, "INSERT INTO mes.station (path, login) VALUES ('x', 'x')")
        refused(connection, "UPDATE mes.station_log SET actor = 'x'")
        refused(connection, "DELETE FROM mes.measurement")
        refused(connection, "DO $$ BEGIN PERFORM 1; END $$")
        refused(connection, "CREATE TEMP TABLE t (n int)")
        refused(connection, "SELECT pg_sleep(0)")
        refused(connection, "SELECT * FROM mes.hello('rec', 1)")


def test_the_reader_reads_reports_but_not_the_log_and_the_auditor_reads_all(plant_template: PlantDatabase) -> None:
    with plant_template.connect("reader") as reader:
        for relation in ("measurement", "quarantine", "master", "job_state"):
            reader.execute(f"SELECT * FROM mes.{relation}".encode())
        for relation in ("station_log", "blob_chunk", "master_change"):
            refused(reader, f"SELECT * FROM mes.{relation}")
    with plant_template.connect("auditor") as auditor:
        for relation in ("station_log", "station_head", "quarantine", "blob", "master_change", "document_event"):
            auditor.execute(f"SELECT * FROM mes.{relation}".encode())


def test_stations_see_only_their_own_log(plant: PlantDatabase) -> None:
    rows = ChainWriter(STATION_B).many(2)
    other = PostgresSharedDatabase(plant.address(STATION_B))
    other.append_batch(REC, 1, 1, rows)
    other.close()
    with plant.connect(STATION_A) as connection:
        assert connection.execute("SELECT * FROM mes.read_log('rec', 1, 0, 100)").fetchall() == []
        assert connection.execute("SELECT * FROM mes.log_heads()").fetchall() == []
        assert connection.execute("SELECT last_seq, highest_epoch FROM mes.hello('rec', 1)").fetchone() == (0, 0)
        hashes = [row.hash for row in rows]
        assert connection.execute("SELECT seq FROM mes.fork_info('rec', %s)", [hashes]).fetchone() == (0,)


def test_a_login_that_is_no_station_is_refused_by_the_functions(plant: PlantDatabase) -> None:
    plant.sql("DELETE FROM mes.station WHERE path = %s", STATION_A)
    with plant.connect(STATION_A) as connection:
        refused(connection, "SELECT * FROM mes.hello('rec', 1)")
        refused(connection, "SELECT mes.status('{}')")
        refused(connection, "SELECT mes.trace('x')")


def test_a_station_is_not_at_home_in_other_databases(plant_template: PlantDatabase) -> None:
    login = plant_template.logins[STATION_A]
    for database in ("postgres", "template1"):
        url = plant_template.server.url(login.name, login.password, database)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(url)


def test_every_function_pins_its_search_path_or_is_inlined_and_belongs_to_the_owner(
    plant_template: PlantDatabase,
) -> None:
    rows = plant_template.sql(
        "SELECT p.proname, p.prosecdef, coalesce(array_to_string(p.proconfig, ','), ''), r.rolname FROM pg_proc AS p"
        " JOIN pg_roles AS r ON r.oid = p.proowner WHERE p.pronamespace = 'mes'::regnamespace"
    )
    for name, is_definer, settings, owner in rows:
        assert owner == "mes_owner", name
        if is_definer:
            assert "search_path=pg_catalog, pg_temp" in settings, name
    executable = STATION_FUNCTIONS.union(*OTHER_FUNCTIONS.values())
    assert executable == {name for name, is_definer, _, _ in rows if is_definer}
