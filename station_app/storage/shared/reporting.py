"""The reporting tables: one per record kind, flattened from the catalogue, and the SQL that fills them.

Tables and functions in a migration are frozen text; this module is what that text is written with
(:func:`migration_sql`), and a test fails when the catalogue has moved and no migration followed. Projection only
flattens: every column is a field of the record or of its header, so the tables can be rebuilt at any time.
"""

from __future__ import annotations

import textwrap
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Double, Index, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import DateTime, TypeEngine

from station_app.domain.chain import MAX_BODY_BYTES
from station_app.domain.records import Fact, OnUnit

SCHEMA = "mes"
STRICT_NUMBERS = frozenset({"nominal", "lower_limit", "upper_limit"})
_NUMBERS = frozenset({"measurement", "sample_measured", "gauge_study_reading"})
_NUMBERS_OR_TEXTS = frozenset({"machine_value", "machine_window"})
_INDEXED = ("serial", "component_serial", "call_id", "hold_id", "alarm_id", "subject", "signed_ids")
_HEADER = ("rec_id", "station", "chan", "epoch", "seq", "wall_time", "corrected_time", "actor")


def text_type() -> Text:
    """Text compared by its bytes, as Python does, whatever the database's locale."""
    return Text(collation="C")


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a fact as it is read from the JSON body and stored."""

    name: str
    json_type: str
    type: TypeEngine[typing.Any]
    required: bool
    nullable: bool
    default_sql: str


def _number_function(fact: type[Fact], name: str) -> str | None:
    """The function that makes a number of a text field, or None when the field is not a number as text."""
    if name in STRICT_NUMBERS or (name == "value_text" and fact.kind in _NUMBERS):
        return "number_of"
    return "number_if_numeric" if name == "value_text" and fact.kind in _NUMBERS_OR_TEXTS else None


def _fields(fact: type[Fact]) -> list[_Field]:
    hints = typing.get_type_hints(fact)
    return [_field(hints[field.name], field) for field in msgspec.structs.fields(fact)]


def _field(hint: object, field: msgspec.structs.FieldInfo) -> _Field:
    nullable = False
    if isinstance(hint, types.UnionType):
        members = [member for member in typing.get_args(hint) if member is not type(None)]
        nullable, hint = len(members) < len(typing.get_args(hint)), members[0]
    json_type, column_type = _types(hint)
    default = None if field.required else field.default
    return _Field(field.name, json_type, column_type, field.required, nullable, _literal(default))


def _types(hint: object) -> tuple[str, TypeEngine[typing.Any]]:
    if typing.get_origin(hint) is tuple:
        return "text[]", ARRAY(text_type())
    if isinstance(hint, type):
        for python_type, json_type, column_type in (
            (str, "text", text_type()),
            (bool, "boolean", Boolean()),
            (int, "bigint", BigInteger()),
            (float, "double precision", Double()),
        ):
            if issubclass(hint, python_type):
                return json_type, column_type
    raise TypeError(f"a record field of type {hint} has no column type yet: extend reporting._types")


def _literal(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "'{}'" if isinstance(value, tuple) else str(value).lower()


def reporting_table(fact: type[Fact], metadata: MetaData) -> Table:
    """The table of a kind: header columns, one column a field, and a number beside every text that is one."""
    columns: list[Column[typing.Any]] = [
        Column("rec_id", text_type(), primary_key=True),
        Column("station", text_type(), nullable=False),
        Column("chan", text_type(), nullable=False),
        Column("epoch", Integer, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("wall_time", DateTime(timezone=True), nullable=False),
        Column("corrected_time", DateTime(timezone=True), nullable=False),
        Column("actor", text_type(), nullable=False),
    ]
    for field in _fields(fact):
        columns.append(Column(field.name, field.type, nullable=field.nullable))
        if _number_function(fact, field.name):
            columns.append(Column(f"{field.name}_number", Numeric))
    table = Table(fact.kind, metadata, *columns, schema=SCHEMA)
    # a record of a unit is found by its serial number, any other of a job by the job
    names = _INDEXED if issubclass(fact, OnUnit) else (*_INDEXED, "job_id")
    for name in names:
        if name in table.c:
            is_list = isinstance(table.c[name].type, ARRAY)
            Index(f"{fact.kind}_{name}", table.c[name], postgresql_using="gin" if is_list else False)
    return table


def _wrapped(items: list[str]) -> str:
    """The items with commas between, several to a line."""
    indent = " " * 8
    return textwrap.fill(
        ", ".join(items),
        116,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def project_function(fact: type[Fact]) -> str:
    """CREATE FUNCTION mes.project_<kind>: the set-based statement that flattens the records of a range of one epoch."""
    fields = _fields(fact)
    names = list(_HEADER)
    values = [
        "l.rec_id", "l.station", "l.chan", "l.epoch", "l.seq", "mes.time_of(l.wall_us)",
        "mes.time_of(l.wall_us + coalesce(l.clock_offset_ms, 0) * 1000)", "l.actor",
    ]  # fmt: skip
    for field in fields:
        names.append(f'"{field.name}"')
        value = f'b."{field.name}"'
        values.append(f"coalesce({value}, {field.default_sql})" if field.default_sql else value)
        if number := _number_function(fact, field.name):
            names.append(f'"{field.name}_number"')
            values.append(f"mes.{number}({value})")
    record = _wrapped([f'"{field.name}" {field.json_type}' for field in fields])
    columns, expressions = _wrapped(names), _wrapped(values)
    return f"""
CREATE FUNCTION mes.project_{fact.kind}(
    p_station text, p_chan text, p_epoch integer, p_from bigint, p_to bigint, p_skip text[]
) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO mes."{fact.kind}" (
{columns}
    )
    SELECT
{expressions}
    FROM mes.station_log AS l
    CROSS JOIN LATERAL jsonb_to_record(convert_from(l.body, 'UTF8')::jsonb) AS b(
{record}
    )
    WHERE l.station = p_station AND l.chan = p_chan AND l.epoch = p_epoch AND l.seq BETWEEN p_from AND p_to
      AND l.kind = '{fact.kind}' AND l.ver = {fact.version} AND octet_length(l.body) <= {MAX_BODY_BYTES}
      AND l.rec_id <> ALL (p_skip);
END $$;
"""


def migration_sql(facts: Iterable[type[Fact]]) -> str:
    """The tables, indexes and functions of kinds, and their lines in mes.record_kind, as frozen in a migration."""
    parts: list[str] = []
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    for fact in facts:
        table = reporting_table(fact, MetaData())
        parts.append(f"\n-- {fact.kind}\n{str(CreateTable(table).compile(dialect=dialect)).strip()};\n")
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            parts.append(f"{str(CreateIndex(index).compile(dialect=dialect)).strip()};\n")
        parts.append(f"INSERT INTO mes.record_kind (kind, ver) VALUES ('{fact.kind}', {fact.version});\n")
        parts.append(project_function(fact))
    lines = (line.rstrip() for line in "".join(parts).replace("\t", "    ").splitlines())
    return "\n".join(lines).strip() + "\n"
