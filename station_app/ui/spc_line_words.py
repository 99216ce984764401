"""Other stations' points on a chart, in words: whose they are, and whose may be missing since when."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from station_app.domain.spc.line import Missing
from station_app.domain.spc.points import WHOLE_LINE

translate = QCoreApplication.translate


def station_text(station: str) -> str:
    """A station as people call it: the last part of its path; this one has none."""
    if not station:
        return translate("spc", "this one")
    return translate("spc", "all") if station == WHOLE_LINE else station.rsplit("/", 1)[-1]


def missing_text(missing: Sequence[Missing], wanted: str, fault: str, now_us: int) -> str:
    """Whose points may be missing on a chart of the ``wanted`` stations; empty when none can be."""
    if not wanted:
        return ""
    named = [each for each in missing if wanted in (WHOLE_LINE, each.station)]
    parts = [_one(each, now_us) for each in named]
    if not parts:
        return translate("spc", "Points of other stations are not here: {why}.").format(why=fault) if fault else ""
    text = translate("spc", "Points may be missing: {list}.").format(list="; ".join(parts))
    return text if not fault else f"{text} {_sentence(fault)}"


def _one(missing: Missing, now_us: int) -> str:
    name = station_text(missing.station)
    if missing.waiting:
        if missing.waiting == 1:
            return translate("spc", "{station} has 1 record to deliver").format(station=name)
        return translate("spc", "{station} has {n} records to deliver").format(station=name, n=missing.waiting)
    if missing.since_us is None:
        return translate("spc", "of {station} (never heard of)").format(station=name)
    return translate("spc", "of {station} since {time}").format(station=name, time=_time(missing.since_us, now_us))


def _time(at_us: int, now_us: int) -> str:
    """Local time; with its day when that is not today's."""
    at = datetime.datetime.fromtimestamp(at_us / 1e6).astimezone()
    now = datetime.datetime.fromtimestamp(now_us / 1e6).astimezone()
    return at.strftime("%H:%M") if at.date() == now.date() else at.strftime("%Y-%m-%d %H:%M")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."
