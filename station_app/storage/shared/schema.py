"""The shared database's tables, described with SQLAlchemy: what landed, what was published, and the reporting tables.

The migrations are frozen SQL; a test compares a migrated database with this description. Nobody but the owner and
the functions of schema ``mes`` writes here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    func,
)
from sqlalchemy.types import DateTime

from station_app.domain.records import KINDS
from station_app.storage.shared.reporting import SCHEMA, reporting_table, text_type

metadata = MetaData(schema=SCHEMA)

BESIDE_TRENDS = ("job_state", "alarm_transition", "comment", "trend_comment", "application_state")
"""The kinds of records that stand beside a trend and are rare."""


def _now() -> Column[object]:
    return Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp())


station = Table(
    "station",
    metadata,
    Column("path", text_type(), primary_key=True),
    Column("login", text_type(), nullable=False, unique=True),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

station_head = Table(
    "station_head",
    metadata,
    Column("station", text_type(), ForeignKey(station.c.path), nullable=False),
    Column("chan", text_type(), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("last_hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("station", "chan", "epoch"),
)

station_log = Table(
    "station_log",
    metadata,
    Column("station", text_type(), nullable=False),
    Column("chan", text_type(), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("rec_id", text_type(), nullable=False),
    Column("kind", text_type(), nullable=False),
    Column("ver", Integer, nullable=False),
    Column("actor", text_type(), nullable=False),
    Column("wall_us", BigInteger, nullable=False),
    Column("utc_offset_min", Integer, nullable=False),
    Column("mono_ns", BigInteger, nullable=False),
    Column("boot_id", text_type(), nullable=False),
    Column("clock_offset_ms", BigInteger),
    Column("body", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("content_sha", LargeBinary, nullable=False),
    _now(),
    PrimaryKeyConstraint("station", "chan", "epoch", "seq"),
)
Index("station_log_rec_id", station_log.c.rec_id)
Index("station_log_hash", station_log.c.hash, postgresql_using="hash")
Index(
    "station_log_beside_trends",
    station_log.c.station,
    station_log.c.wall_us,
    postgresql_where=station_log.c.kind.in_(BESIDE_TRENDS),
)
Index(
    "station_log_time",
    station_log.c.wall_us,
    postgresql_using="brin",
    postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
)

document_content = Table(
    "document_content",
    metadata,
    Column("sha256", text_type(), primary_key=True),
    Column("body", LargeBinary, nullable=False),
    _now(),
)

document_event = Table(
    "document_event",
    metadata,
    Column("place", BigInteger, nullable=False, unique=True),
    Column("document_id", text_type(), primary_key=True),
    Column("version", text_type(), primary_key=True),
    Column("number", Integer, primary_key=True),
    *(Column(name, text_type(), nullable=False) for name in ("event", "person_id", "printed_name", "sha256", "reason")),
    Column("roles", ARRAY(text_type()), nullable=False),
    *(
        Column(name, text_type(), nullable=False)
        for name in ("role", "meaning", "method", "policy", "effective_from", "owner", "login")
    ),
    _now(),
)

suggestion_answer = Table(
    "suggestion_answer",
    metadata,
    Column("suggestion_id", text_type(), primary_key=True),
    Column("person_id", text_type(), nullable=False),
    Column("answer", text_type(), nullable=False),
    _now(),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("station", text_type(), nullable=False),
    Column("chan", text_type(), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("rec_id", text_type(), nullable=False),
    Column("kind", text_type(), nullable=False),
    Column("ver", Integer, nullable=False),
    Column("sqlstate", text_type(), nullable=False),
    Column("message", text_type(), nullable=False),
    Column("serials", ARRAY(text_type()), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_attempt_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("resolved_by", text_type()),
    Column("resolution", text_type()),
    PrimaryKeyConstraint("station", "chan", "epoch", "seq"),
)
Index("quarantine_rec_id", quarantine.c.rec_id)
Index("quarantine_serials", quarantine.c.serials, postgresql_using="gin")

record_kind = Table(
    "record_kind",
    metadata,
    Column("kind", text_type(), primary_key=True),
    Column("ver", Integer, nullable=False),
)

schema_serves = Table(
    "schema_serves",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("oldest_client", Integer, nullable=False),
)

master_change = Table(
    "master_change",
    metadata,
    Column("rev", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", text_type(), nullable=False),
    Column("id", text_type(), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sha256", text_type(), nullable=False),
    Column("op", text_type(), nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("published_by", text_type(), nullable=False),
)
Index("master_change_key", master_change.c.kind, master_change.c.id, master_change.c.rev)

blob = Table(
    "blob",
    metadata,
    Column("sha256", text_type(), primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("media_type", text_type(), nullable=False),
    Column("owner", text_type(), nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

blob_chunk = Table(
    "blob_chunk",
    metadata,
    Column("sha256", text_type(), nullable=False),
    Column("owner", text_type(), nullable=False),
    Column("chunk_no", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("sha256", "owner", "chunk_no"),
)


def _block_columns() -> tuple[Column[Any], ...]:
    """What a block says of itself, and its content."""
    return (
        Column("start_us", BigInteger, nullable=False),
        Column("end_us", BigInteger, nullable=False),
        Column("count", Integer, nullable=False),
        Column("uncertain", Integer, nullable=False),
        Column("bad", Integer, nullable=False),
        *(Column(name, Double) for name in ("first", "last", "minimum", "maximum", "mean")),
        Column("codec", Integer, nullable=False),
        Column("sha256", text_type(), nullable=False),
        Column("content", LargeBinary, nullable=False),
    )


trend_block = Table(
    "trend_block",
    metadata,
    Column("station", text_type(), ForeignKey(station.c.path), nullable=False),
    Column("tag", text_type(), nullable=False),
    *_block_columns(),
    _now(),
    PrimaryKeyConstraint("station", "tag", "start_us", "sha256"),
)
Index("trend_block_sha256", trend_block.c.station, trend_block.c.sha256)

trend_tail = Table(
    "trend_tail",
    metadata,
    Column("station", text_type(), ForeignKey(station.c.path), nullable=False),
    Column("tag", text_type(), nullable=False),
    *_block_columns(),
    _now(),
    PrimaryKeyConstraint("station", "tag"),
)

trend_gap = Table(
    "trend_gap",
    metadata,
    Column("station", text_type(), ForeignKey(station.c.path), nullable=False),
    Column("start_us", BigInteger, nullable=False),
    Column("kind", text_type(), nullable=False),
    Column("end_us", BigInteger, nullable=False),
    Column("reason", text_type(), nullable=False),
    _now(),
    PrimaryKeyConstraint("station", "start_us", "kind"),
)

trend_reach = Table(
    "trend_reach",
    metadata,
    Column("station", text_type(), ForeignKey(station.c.path), primary_key=True),
    Column("until_us", BigInteger, nullable=False),
    _now(),
)

station_status = Table(
    "station_status",
    metadata,
    Column("station", text_type(), ForeignKey(station.c.path), primary_key=True),
    Column("status", LargeBinary, nullable=False),
    _now(),
)

reporting_tables = {kind: reporting_table(fact, metadata) for kind, fact in KINDS.items()}

# a control chart of one station takes the points of the others
for _kind, _of in (
    ("sample_measured", ("product", "operation", "characteristic")),
    ("attribute_inspected", ("product", "operation", "characteristic")),
    ("measurement", ("operation", "characteristic")),
):
    Index(f"{_kind}_chart", *(reporting_tables[_kind].c[name] for name in (*_of, "station", "epoch", "seq")))

# remarks on a station's trends are found by the station that they are about
_remarks = reporting_tables["line_trend_comment"]
Index("line_trend_comment_about", _remarks.c.about_station, _remarks.c.at_us)
