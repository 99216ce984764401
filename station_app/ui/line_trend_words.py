"""How the trends of another station read: its tags as pens, its events as rows, and of when the newest of it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt

from station_app.domain.outcome import Outcome
from station_app.domain.recent_work import EventKind, RecentEvent
from station_app.domain.trend import ValueKind
from station_app.services.line_trends import Arrived, TagWords
from station_app.ui.trend_pens import MOST_PENS_AT_FIRST
from station_app.ui.trend_words import moment_text, picture_text, sign_of
from widgets.mark_list import MarkRow
from widgets.pen_list import PenRow
from widgets.trend_axis import TrendPen
from widgets.trend_readout import reading_text
from widgets.trend_view import TrendView

if TYPE_CHECKING:
    from station_app.ui.line_trend import Wanted

translate = QCoreApplication.translate

STATES = frozenset({ValueKind.BOOL, ValueKind.TEXT})


class LinePens:
    """The pens of another station: all tags of which something has arrived, those that belong to the span first."""

    def __init__(self, colors: Sequence[str]) -> None:
        self._palette = colors
        self._known = Arrived()
        self.tags: list[str] = []
        self.hidden: set[str] = set()

    @property
    def shown(self) -> list[str]:
        """The tags that are drawn."""
        return [tag for tag in self.tags if tag not in self.hidden]

    def take(self, known: Arrived, wanted: Wanted) -> list[str]:
        """What has arrived by now. Answers the tags of which there is more than before."""
        before, self._known = self._known, known
        new = sorted((tag for tag in known.tags if tag not in self.tags), key=lambda tag: self._rank(tag, wanted))
        room = max(0, MOST_PENS_AT_FIRST - len(self.shown))
        worth = [tag for tag in new if self._rank(tag, wanted)[0] < 2] or new
        self.hidden |= set(new) - set(worth[:room])
        self.tags += new
        if (before.reach_us, before.gaps) != (known.reach_us, known.gaps):
            return list(known.tags)
        return [tag for tag, now in known.tags.items() if tag not in before.tags or before.tags[tag] != now]

    def _rank(self, tag: str, wanted: Wanted) -> tuple[int, str]:
        """Those that the step read, then those with values in its time, then the others."""
        if tag in wanted.tags:
            return 0, tag
        there = self._known.tags[tag]
        inside = there.start_us / 1e6 <= wanted.end_s and there.end_us / 1e6 >= wanted.start_s
        return (1 if inside else 2), tag

    def toggle(self, tag: str) -> bool:
        """Hide or show one; the last that is shown stays. Whether anything changed."""
        if tag in self.hidden:
            self.hidden.discard(tag)
            return True
        if self.shown == [tag]:
            return False
        self.hidden.add(tag)
        return True

    def color(self, tag: str) -> str:
        """The colour of a tag, whichever others are drawn."""
        return self._palette[self.tags.index(tag) % len(self._palette)]

    def pens(self) -> list[TrendPen]:
        """What is drawn."""
        return [self._pen(tag) for tag in self.shown]

    def _pen(self, tag: str) -> TrendPen:
        words = self._known.words.get(tag, TagWords())
        states = self._known.tags[tag].kind in STATES if tag in self._known.tags else False
        unit = "" if states else words.unit
        return TrendPen(tag, tag, unit, words.lower, words.upper, self.color(tag), states=states)

    def begin_s(self) -> float | None:
        """From when on there is something of the pens in sight."""
        return min(
            (self._known.tags[tag].start_us / 1e6 for tag in self.shown if tag in self._known.tags), default=None
        )

    def rows(self, view: TrendView, now_s: float) -> list[PenRow]:
        """The list at the right: each pen with its value at the cursor, else at the right end, and how far it has arrived."""
        at_s = view.cursors_s[0] if view.cursors_s else min(view.span_s[1], now_s)
        readings = view.values_at(at_s)
        drawn = {pen.key: pen for pen in view.pens}
        rows = []
        for tag in self.tags:
            value, style = "", Qt.PenStyle.SolidLine
            if tag in drawn and tag in readings:
                reading = readings[tag]
                value = "–" if math.isnan(reading.value) else reading_text(drawn[tag], reading, view.state_names(tag))
                style = view.style_of(tag)
            until = self._until(tag, now_s)
            rows.append(PenRow(tag, tag, until, value, self.color(tag), style, "", tag not in self.hidden))
        return rows

    def _until(self, tag: str, now_s: float) -> str:
        if tag not in self._known.tags:
            return translate("trends", "nothing has arrived")
        return translate("trends", "until {time}").format(time=arrived_text(self._known.tag_until_us(tag), now_s))


def arrived_text(at_us: int, now_s: float) -> str:
    """A time of day with seconds; with its day where it is not today."""
    return moment_text(at_us, round(now_s * 1e6))


def line_mark_row(event: RecentEvent, now_s: float, person: Callable[[str], str]) -> MarkRow:
    """An event of another station in the list at the right."""
    shape, color = sign_of(event)
    time = arrived_text(event.at_us, now_s)
    by = person(event.author) if event.author else ""
    about = " · ".join(part for part in (time, by, event.serial) if part)
    match event.kind:
        case EventKind.COMMENT:
            text = f"“{event.text}”"
        case EventKind.PICTURE:
            text = picture_text(event.text)
        case EventKind.ALARM:
            text = event.text
        case _:
            value = translate("trends", "{value}, out of limits").format(value=event.text)
            shown = value if event.outcome is Outcome.FAIL else event.text
            text = f"{event.source.replace('_', ' ')} {shown}"
    return MarkRow(text, about, shape, color)
