"""The records of alarms in the journal's file, found by SQLite itself: newest first, a portion at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, tuple_
from sqlalchemy.types import TEXT

from station_app.domain.alarm_search import AlarmSearch, Place
from station_app.domain.chain import REC
from station_app.storage.journal.schema import IS_ALARM, LOG

_BODY = LOG.c.body.cast(TEXT)
_SERIAL = func.json_extract(_BODY, "$.serial", type_=TEXT)


def alarm_query(search: AlarmSearch, serials: Sequence[str], before: Place | None, limit: int) -> Select[Any]:
    """Rows that fit; of the text only what stands in the bytes as it is: the reader of the rows looks at the rest."""
    query = select(LOG).where(LOG.c.chan == REC, IS_ALARM)
    if before is not None:
        query = query.where(tuple_(LOG.c.epoch, LOG.c.seq) < tuple_(before.epoch, before.seq))
    if search.since_us is not None:
        query = query.where(LOG.c.wall_us >= search.since_us)
    if search.until_us is not None:
        query = query.where(LOG.c.wall_us < search.until_us)
    if search.priorities:
        query = query.where(_is_one_of(func.json_extract(_BODY, "$.priority"), search.priorities))
    if search.transitions:
        query = query.where(_is_one_of(func.json_extract(_BODY, "$.transition"), search.transitions))
    if search.serial:
        query = query.where(_is_one_of(_SERIAL, [search.serial]))
    if search.order_id:
        query = query.where(_is_one_of(_SERIAL, serials))
    elif search.text.strip():
        query = query.where(or_(_contains(search), _is_one_of(_SERIAL, serials)))
    return query.order_by(LOG.c.epoch.desc(), LOG.c.seq.desc()).limit(limit)


def _contains(search: AlarmSearch) -> ColumnElement[bool]:
    """Every plain part of the text is in the body; a person's name is not, so people are left to the reader of the rows."""
    body = func.lower(_BODY)
    station = LOG.c.actor == "station"
    parts = and_(*(func.instr(body, part) > 0 for part in search.plain_parts())) if search.plain_parts() else None
    return true() if parts is None else or_(parts, ~station)


def _is_one_of(value: ColumnElement[Any], allowed: Sequence[str]) -> ColumnElement[bool]:
    """``value`` is among these, however many they are: as one parameter."""
    return value.in_(select(func.json_each(json.dumps(list(allowed))).table_valued("value").c.value))
