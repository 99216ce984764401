"""What the historian's thread does with samples: rows in memory, the tail on disk, sealed blocks. One transaction a save.

Nothing here knows of threads. A save that fails (no room) changes nothing: the rows stay in memory, up to a bound, and the
next save tries again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from drivers.base import Sample
from station_app.domain.history_rule import Admission, HistoryRule, Keep
from station_app.domain.trend import GapKind
from station_app.services.ports import Clock
from station_app.storage.historian.block_writer import BlockWriter
from station_app.storage.historian.columns import Row, as_tail, from_tail
from station_app.storage.historian.gap_book import GapBook, Losses, OpenGap
from station_app.storage.historian.intake import StatusNames, rows_of
from station_app.storage.historian.sealing import BLOCK_SAMPLES, SEAL_AFTER_S, pieces

MOST_UNSAVED = 300_000
FEWEST_SEALED = 8
MORE_SEALED = 1.5
"""So many blocks are sealed in one save, and this much more than come in; a tag that has to wait longer than
``MOST_WAITING`` samples does not wait."""
MOST_WAITING = 4 * BLOCK_SAMPLES
Work = Callable[[Any], None]


@dataclass(slots=True)
class _Series:
    """One tag: what is not sealed yet. The first ``saved`` rows are in the tail on disk; ``open_gap`` ends when Bad does."""

    name: str
    tag: int
    admission: Admission
    rows: list[Row] = field(default_factory=list)
    saved: int = 0
    oldest_ns: int = 0
    open_gap: OpenGap | None = None


@dataclass(frozen=True, slots=True)
class _Saved:
    """How a series stands once the transaction is committed."""

    series: _Series
    rows: list[Row]
    open_gap: OpenGap | None


class Recording:
    """Takes samples and saves them through the one connection that writes. For one thread.

    ``deliver``: sealed blocks wait for the shared database. ``losses``: what was lost before; ``began_ns``: when the
    application began, on the monotonic clock, now unless given. Raises the SQLite library's errors.
    """

    def __init__(
        self, connection: Any, rules: Mapping[str, HistoryRule], clock: Clock, deliver: bool,
        losses: Losses | None = None, began_ns: int | None = None,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._clock = clock
        self._blocks = BlockWriter(connection, clock, deliver)
        self._gaps = GapBook(connection, clock, losses or Losses(), clock.mono_ns() if began_ns is None else began_ns)
        self._statuses = StatusNames()
        self._saved_statuses = 0
        self._series: dict[str, _Series] = {}
        self._touched: set[str] = set()
        self._unsaved = 0
        self.written = 0
        self._begin(rules)

    @property
    def losses(self) -> Losses:
        """What was lost."""
        return self._gaps.losses

    @property
    def unsaved(self) -> int:
        """How many samples are in memory only."""
        return self._unsaved

    # --- start ---------------------------------------------------------------------------------------------------

    def _begin(self, rules: Mapping[str, HistoryRule]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for name in rules:
                self._connection.execute("INSERT OR IGNORE INTO tag (name) VALUES (?)", (name,))
            for number, name in self._connection.execute("SELECT id, name FROM status ORDER BY id").fetchall():
                self._statuses.numbers[name] = number
                self._statuses.names.append(name)
            self._saved_statuses = len(self._statuses.names)
            self._gaps.tell_absence()
            self._gaps.put(closed=False)
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        self._gaps.settle()
        self._load(rules)

    def _load(self, rules: Mapping[str, HistoryRule]) -> None:
        """The tags and what of them was not sealed when the application ended; also of tags that are no longer kept."""
        by_tag: dict[int, list[Row]] = {}
        for row in self._connection.execute("SELECT seq, tag, time_us, value, quality, status FROM tail ORDER BY seq"):
            by_tag.setdefault(row[1], []).append(from_tail(row))
        open_gaps = {
            tag: (gap, status)
            for tag, gap, status in self._connection.execute("SELECT tag, id, reason FROM gap WHERE open")
        }
        for tag, name in self._connection.execute("SELECT id, name FROM tag").fetchall():
            rows = by_tag.get(tag, [])
            if name in rules or rows:
                rule = rules.get(name, HistoryRule(Keep.NONE))
                now_ns = self._clock.mono_ns()
                gap = open_gaps.get(tag)
                self._series[name] = _Series(name, tag, Admission(rule), rows, len(rows), now_ns, gap)
        (seq,) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM tail").fetchone()
        self._next_seq = seq + 1

    def keep(self, name: str, rule: HistoryRule) -> None:
        """Keep one more tag; of one that is known already, by this rule from now on. Raises the SQLite library's errors."""
        known = self._series.get(name)
        if known is not None:
            known.admission = Admission(rule)
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.execute("INSERT OR IGNORE INTO tag (name) VALUES (?)", (name,))
            (tag,) = self._connection.execute("SELECT id FROM tag WHERE name = ?", (name,)).fetchone()
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        self._series[name] = _Series(name, tag, Admission(rule), [], 0, self._clock.mono_ns(), None)

    # --- taking --------------------------------------------------------------------------------------------------

    def take(self, samples: Iterable[Sample], least_interval_s: float = 0.0) -> None:
        """Samples in order of arrival; those of tags without a rule are not kept."""
        by_tag: dict[str, list[Sample]] = {}
        for sample in samples:
            of_tag = by_tag.get(sample.tag)
            if of_tag is None:
                by_tag[sample.tag] = [sample]
            else:
                of_tag.append(sample)
        for name, of_tag in by_tag.items():
            series = self._series.get(name)
            if series is not None:
                self._append(series, series.admission.admit(of_tag, least_interval_s))
        now_s = self._clock.wall_us() / 1e6
        for series in self._series.values():
            if due := series.admission.due(now_s):
                self._append(series, due)

    def _append(self, series: _Series, samples: Sequence[Sample]) -> None:
        if not samples:
            return
        if self._unsaved + len(samples) > MOST_UNSAVED:
            self.losses.add(GapKind.DISK_FULL, len(samples), int(samples[0].received_time * 1e6))
            return
        rows = rows_of(samples, series.tag, self._next_seq, self._statuses)
        self._next_seq += len(rows)
        if not series.rows:
            series.oldest_ns = self._clock.mono_ns()
        # in place: a copy of what waits touches every row of every tag once a second
        series.rows += rows
        self._unsaved += len(rows)
        self._touched.add(series.name)

    def forget_summaries(self) -> None:
        """Blocks were removed: what stands above them is read anew."""
        self._blocks.forget()

    # --- saving --------------------------------------------------------------------------------------------------

    def save(self, work: Sequence[Work] = (), *, closing: bool = False) -> bool:
        """Bring everything taken to disk in one commit, with other ``work`` on the connection; False: there was nothing.

        ``closing`` notes that the application ends in good order.
        """
        self._gaps.watch_clock()
        now_ns = self._clock.mono_ns()
        aged = [s.name for s in self._series.values() if s.rows and now_ns - s.oldest_ns > SEAL_AFTER_S * 1e9]
        touched = [self._series[name] for name in sorted(self._touched.union(aged))]
        if not (touched or work or closing or self._gaps.is_due):
            return False
        self._connection.execute("BEGIN IMMEDIATE")
        block, statuses = self._blocks.next_id, len(self._statuses.names)
        try:
            self._put_statuses()
            saved = self._save_all(touched, now_ns, closing)
            for action in work:
                action(self._connection)
            self._gaps.put(closed=closing)
            self._connection.execute("COMMIT")
        except BaseException:
            self._blocks.next_id = block
            self._roll_back()
            raise
        self._settle(saved, statuses, now_ns)
        return True

    def _settle(self, saved: Sequence[_Saved], statuses: int, now_ns: int) -> None:
        """What was committed is so."""
        for done in saved:
            if len(done.rows) < len(done.series.rows):
                done.series.oldest_ns = now_ns
            done.series.rows, done.series.saved, done.series.open_gap = done.rows, len(done.rows), done.open_gap
        self.written += self._unsaved
        self._unsaved = 0
        self._saved_statuses = statuses
        self._touched.clear()
        self._gaps.settle()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._blocks.forget()
        self._gaps.forget()

    def _save_all(self, touched: Sequence[_Series], now_ns: int, closing: bool) -> list[_Saved]:
        """The samples of all tags: some blocks are sealed, what is left goes to the tail.

        Many tags of one rate are full in the same second; then only some are sealed in each save, or one save would
        take seconds.
        """
        saved: list[_Saved] = []
        tail: list[Row] = []
        blocks = max(FEWEST_SEALED, MORE_SEALED * self._unsaved / BLOCK_SAMPLES)
        for series in touched:
            before = self._blocks.next_id
            may_wait = not closing and blocks <= 0 and len(series.rows) <= MOST_WAITING
            saved.append(self._save_series(series, now_ns, tail, may_wait))
            blocks -= self._blocks.next_id - before
        self._connection.executemany("INSERT INTO tail VALUES (?, ?, ?, ?, ?, ?)", as_tail(tail))
        return saved

    def _save_series(self, series: _Series, now_ns: int, tail: list[Row], may_wait: bool) -> _Saved:
        seal_all = now_ns - series.oldest_ns > SEAL_AFTER_S * 1e9
        sealed: list[Sequence[Row]] = []
        rest = series.rows
        if seal_all or not may_wait:
            sealed, rest = pieces(series.rows, len(series.rows) - series.saved, seal_all)
        put_from = series.saved
        open_gap = series.open_gap
        if sealed:
            self._remove_tail(series)
            for piece in sealed:
                columns = self._blocks.seal(series.tag, series.name, piece, self._statuses.names)
                open_gap = self._gaps.put_bad_spans(series.tag, open_gap, columns)
            put_from = 0
        tail += rest[put_from:]
        return _Saved(series, rest, open_gap)

    def _remove_tail(self, series: _Series) -> None:
        """Rows that came together have numbers in a row."""
        numbers = np.array([row[0] for row in series.rows[: series.saved]], np.int64)
        if numbers.size:
            breaks = np.flatnonzero(np.diff(numbers) != 1)
            firsts, lasts = numbers[np.append(0, breaks + 1)], numbers[np.append(breaks, numbers.size - 1)]
            ranges = zip(firsts.tolist(), lasts.tolist(), strict=True)
            self._connection.executemany("DELETE FROM tail WHERE seq BETWEEN ? AND ?", ranges)

    def _put_statuses(self) -> None:
        new = list(enumerate(self._statuses.names))[self._saved_statuses :]
        self._connection.executemany("INSERT INTO status (id, name) VALUES (?, ?)", new)
