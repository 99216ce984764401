"""The tables of the journal file and the triggers that keep its history as it was written.

``log`` is append only. A row may be deleted in two cases and no other: below a checkpoint record of its channel
(what the checkpoint names is delivered), or by a re-homing, which must give every displaced record a place again
before the transaction can be committed: an open ``rehome`` row refers to a ``rehome_done`` row by a deferred foreign key,
each deletion leaves a line in ``rehome_row``, and ``rehome_done`` refuses to be inserted while a record named
there is not in the log.
"""

from __future__ import annotations

from sqlalchemy import (
    BLOB,
    INTEGER,
    TEXT,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    text,
)

APPLICATION_ID = 0x53544A31
"""Marks the file as a journal of this application ("STJ1" in SQLite's header)."""

SCHEMA_VERSION = 1

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("key", TEXT, primary_key=True),
    Column("value", TEXT, nullable=False),
    sqlite_strict=True,
)

LOG = Table(
    "log",
    METADATA,
    Column("chan", TEXT, nullable=False),
    Column("epoch", INTEGER, nullable=False),
    Column("seq", INTEGER, nullable=False),
    Column("rec_id", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("ver", INTEGER, nullable=False),
    Column("actor", TEXT, nullable=False),
    Column("wall_us", INTEGER, nullable=False),
    Column("utc_offset_min", INTEGER, nullable=False),
    Column("mono_ns", INTEGER, nullable=False),
    Column("boot_id", TEXT, nullable=False),
    Column("clock_offset_ms", INTEGER),
    Column("body", BLOB, nullable=False),
    Column("hash", BLOB, nullable=False),
    PrimaryKeyConstraint("chan", "epoch", "seq"),
    CheckConstraint("epoch >= 1 AND seq >= 1 AND length(hash) = 32 AND length(body) <= 1048576"),
    sqlite_strict=True,
)
Index("log_rec_id", LOG.c.rec_id)
Index("log_checkpoint", LOG.c.chan, LOG.c.epoch, LOG.c.seq, sqlite_where=LOG.c.kind == "checkpoint")

IS_ALARM = text("kind IN ('alarm_transition', 'maintenance_requested')")
"""Written out, here and where alarms are looked for: SQLite uses an index of some rows for a question in the same words."""

LOOKUPS = (
    Index("log_alarm", LOG.c.chan, LOG.c.epoch, LOG.c.seq, sqlite_where=IS_ALARM),
    Index("log_kind_time", LOG.c.kind, LOG.c.wall_us),
)
"""Indexes that questions are quick by and nothing else needs: a journal of an older version is given them when it is opened,
an older version goes on writing to one that has them, and without them every answer is the same."""

PEER = Table(
    "peer",
    METADATA,
    Column("chan", TEXT, primary_key=True),
    Column("acked_epoch", INTEGER, nullable=False),
    Column("acked_seq", INTEGER, nullable=False),
    Column("clock_offset_ms", INTEGER),
    sqlite_strict=True,
)

REHOME = Table(
    "rehome",
    METADATA,
    Column(
        "id",
        INTEGER,
        ForeignKey("rehome_done.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("chan", TEXT, nullable=False),
    Column("after_epoch", INTEGER, nullable=False),
    Column("after_seq", INTEGER, nullable=False),
    Column("new_epoch", INTEGER, nullable=False),
    Column("wall_us", INTEGER, nullable=False),
    sqlite_strict=True,
)

REHOME_ROW = Table(
    "rehome_row",
    METADATA,
    Column("rehome_id", INTEGER, nullable=False),
    Column("chan", TEXT, nullable=False),
    Column("epoch", INTEGER, nullable=False),
    Column("seq", INTEGER, nullable=False),
    Column("rec_id", TEXT, nullable=False),
    Column("hash", BLOB, nullable=False),
    PrimaryKeyConstraint("rehome_id", "chan", "epoch", "seq"),
    sqlite_strict=True,
)
"""Where a displaced record stood and with which hash; written by a trigger."""

REHOME_DONE = Table(
    "rehome_done",
    METADATA,
    Column("id", INTEGER, primary_key=True, autoincrement=False),
    sqlite_strict=True,
)

MASTER = Table(
    "master",
    METADATA,
    Column("kind", TEXT, nullable=False),
    Column("id", TEXT, nullable=False),
    Column("rev", INTEGER, nullable=False),
    Column("body", BLOB, nullable=False),
    Column("sha256", TEXT, nullable=False),
    PrimaryKeyConstraint("kind", "id"),
    sqlite_strict=True,
)

MASTER_CURSOR = Table(
    "master_cursor",
    METADATA,
    Column("id", INTEGER, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("rev", INTEGER, nullable=False),
    sqlite_strict=True,
)

SERIAL_BLOCK = Table(
    "serial_block",
    METADATA,
    Column("series", TEXT, nullable=False),
    Column("lo", INTEGER, nullable=False),
    Column("hi", INTEGER, nullable=False),
    Column("next", INTEGER, nullable=False),
    PrimaryKeyConstraint("series", "lo"),
    CheckConstraint("lo <= next AND next <= hi + 1"),
    sqlite_strict=True,
)

BLOB_FILE = Table(
    "blob",
    METADATA,
    Column("sha256", TEXT, primary_key=True),
    Column("size_bytes", INTEGER, nullable=False),
    Column("media_type", TEXT, nullable=False),
    Column("state", TEXT, nullable=False, index=True),
    sqlite_strict=True,
)

_REFUSE_REWRITING = tuple(
    f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is history: {verb} is refused'); END"""
    for table, verb in (
        ("log", "UPDATE"),
        ("rehome", "UPDATE"),
        ("rehome", "DELETE"),
        ("rehome_done", "UPDATE"),
        ("rehome_done", "DELETE"),
        ("rehome_row", "UPDATE"),
        ("rehome_row", "DELETE"),
    )
)

# The row named by a checkpoint must be the one it names; a checkpoint never covers itself. The body is stored as
# a blob, which newer SQLite would read as binary JSON without the cast.
_UP_TO = (
    "(json_extract(CAST(mark.body AS TEXT), '$.up_to_epoch'), json_extract(CAST(mark.body AS TEXT), '$.up_to_seq'))"
)
_LOG_DELETE = f"""CREATE TRIGGER log_delete BEFORE DELETE ON log
    WHEN NOT EXISTS (
        SELECT 1 FROM log AS mark
        WHERE mark.chan = OLD.chan AND mark.kind = 'checkpoint' AND {_UP_TO} < (mark.epoch, mark.seq)
          AND ((OLD.epoch, OLD.seq) < {_UP_TO}
            OR ((OLD.epoch, OLD.seq) = {_UP_TO}
                AND lower(hex(OLD.hash)) = json_extract(CAST(mark.body AS TEXT), '$.row_hash')))
    ) AND NOT EXISTS (
        SELECT 1 FROM rehome AS move
        WHERE move.chan = OLD.chan AND (OLD.epoch, OLD.seq) > (move.after_epoch, move.after_seq)
          AND OLD.epoch < move.new_epoch
          AND NOT EXISTS (SELECT 1 FROM rehome_done WHERE rehome_done.id = move.id)
    )
    BEGIN SELECT RAISE(ABORT, 'log is history: only rows below a checkpoint record may be deleted'); END"""

_LOG_INSERT = """CREATE TRIGGER log_insert BEFORE INSERT ON log
    WHEN EXISTS (SELECT 1 FROM log WHERE chan = NEW.chan AND epoch = NEW.epoch AND seq = NEW.seq)
      OR (NEW.seq > 1
          AND NOT EXISTS (SELECT 1 FROM log WHERE chan = NEW.chan AND epoch = NEW.epoch AND seq = NEW.seq - 1))
    BEGIN SELECT RAISE(ABORT, 'log is history: a row must follow the last one of its epoch'); END"""

_REHOME_INSERT = """CREATE TRIGGER rehome_insert BEFORE INSERT ON rehome
    WHEN NEW.new_epoch <= (SELECT coalesce(max(epoch), 0) FROM log WHERE chan = NEW.chan)
      OR EXISTS (SELECT 1 FROM rehome_done WHERE id = NEW.id)
      OR EXISTS (SELECT 1 FROM rehome WHERE id NOT IN (SELECT id FROM rehome_done))
    BEGIN SELECT RAISE(ABORT, 'rehome does not fit the log'); END"""

_REHOME_ROW = """CREATE TRIGGER rehome_displaces AFTER DELETE ON log
    WHEN EXISTS (SELECT 1 FROM rehome WHERE id NOT IN (SELECT id FROM rehome_done))
    BEGIN
        INSERT INTO rehome_row SELECT id, OLD.chan, OLD.epoch, OLD.seq, OLD.rec_id, OLD.hash FROM rehome
            WHERE id NOT IN (SELECT id FROM rehome_done);
    END"""

_REHOME_DONE_INSERT = """CREATE TRIGGER rehome_done_insert BEFORE INSERT ON rehome_done
    WHEN NOT EXISTS (SELECT 1 FROM rehome AS move JOIN log ON log.chan = move.chan AND log.epoch = move.new_epoch
                     WHERE move.id = NEW.id)
      OR EXISTS (SELECT 1 FROM rehome_row AS old WHERE old.rehome_id = NEW.id
                 AND NOT EXISTS (SELECT 1 FROM log WHERE log.rec_id = old.rec_id AND log.chan = old.chan))
    BEGIN SELECT RAISE(ABORT, 'rehome is not complete: a displaced record has no place yet'); END"""

TRIGGERS = (*_REFUSE_REWRITING, _LOG_DELETE, _LOG_INSERT, _REHOME_INSERT, _REHOME_ROW, _REHOME_DONE_INSERT)


def add_lookups(connection: Connection) -> None:
    """Give an older journal the indexes it lacks; a second or two for half a million rows, once."""
    for index in LOOKUPS:
        index.create(connection, checkfirst=True)


def create_schema(connection: Connection, station: str) -> None:
    """Tables, triggers and the station's path, in the transaction of ``connection``; for an empty file."""
    METADATA.create_all(connection, checkfirst=False)
    for trigger in TRIGGERS:
        connection.exec_driver_sql(trigger)
    connection.execute(
        META.insert(),
        [{"key": "schema_version", "value": str(SCHEMA_VERSION)}, {"key": "station", "value": station}],
    )
    connection.execute(MASTER_CURSOR.insert(), {"id": 1, "rev": 0})
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
