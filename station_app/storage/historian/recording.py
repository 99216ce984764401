"""What the historian's thread does with samples: rows in memory, the tail on disk, sealed blocks. One transaction a save.

Nothing here knows of threads. A save that fails (no room) changes nothing: the rows stay in memory, up to a bound, and the
next save tries again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from drivers.base import Sample
from station_app.domain.history_rule import Admission, HistoryRule, Keep
from station_app.domain.trend import Gap, GapKind
from station_app.services.ports import Clock
from station_app.storage.historian.codec import CODEC, encode_block
from station_app.storage.historian.columns import Columns, Row, as_tail, columns_of, from_tail
from station_app.storage.historian.intake import StatusNames, rows_of
from station_app.storage.historian.pyramid import Pyramid
from station_app.storage.historian.sealing import BLOCK_SAMPLES, SEAL_AFTER_S, BadSpan, bad_spans, pieces
from station_app.storage.historian.summary import summarise

MOST_UNSAVED = 300_000
CLOCK_STEP_US = 1_000_000
LOST_BY_CRASH_US = 2_000_000
ALIVE_EVERY_NS = 10_000_000_000
ONE_LOSS_US = 5_000_000
ALL_TAGS = 0
MOST_BLOCK_BYTES = 512 * 1024
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
    open_gap: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class _Saved:
    """How a series stands once the transaction is committed."""

    series: _Series
    rows: list[Row]
    open_gap: tuple[int, str] | None


@dataclass(slots=True)
class Losses:
    """Samples that were lost and are not told in the file yet, by their cause: since when, and how many."""

    standing: dict[GapKind, tuple[int, int]] = field(default_factory=dict)
    total: int = 0

    def add(self, kind: GapKind, count: int, since_us: int) -> None:
        """``count`` more were lost since ``since_us`` at the earliest."""
        start_us, before = self.standing.get(kind, (since_us, 0))
        self.standing[kind] = (min(start_us, since_us), before + count)
        self.total += count


class Recording:
    """Takes samples and saves them through the one connection that writes. For one thread.

    ``deliver``: sealed blocks wait for the shared database. Raises the SQLite library's errors.
    """

    def __init__(self, connection: Any, rules: Mapping[str, HistoryRule], clock: Clock, deliver: bool) -> None:
        self._connection = connection
        self._clock = clock
        self._deliver = deliver
        self._pyramid = Pyramid(connection)
        self._statuses = StatusNames()
        self._saved_statuses = 0
        self._series: dict[str, _Series] = {}
        self._touched: set[str] = set()
        self._unsaved = 0
        self.losses = Losses()
        self.written = 0
        self._gaps: list[Gap] = []
        self._loss_gaps: dict[GapKind, tuple[int, int, int]] = {}
        self._alive_ns = 0
        self._offset_us = clock.wall_us() - clock.mono_ns() // 1000
        self._begin(rules)

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
            self._tell_absence()
            self._put_gaps()
            self._mark_alive(closed=False)
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        self._gaps.clear()
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
        (block,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM content").fetchone()
        (level,) = self._connection.execute("SELECT coalesce(max(id), 0) FROM block WHERE level = 0").fetchone()
        self._next_block = max(block, level) + 1

    def _tell_absence(self) -> None:
        """How the application ended last time, and since when it did not run."""
        found = self._connection.execute("SELECT wall_us, mono_ns, boot_id, closed FROM alive").fetchone()
        if found is None:
            return
        start_us, mono_ns, boot_id, closed = found
        now_us = self._clock.wall_us()
        if boot_id == self._clock.boot_id:
            self._offset_us = start_us - mono_ns // 1000
            self._watch_clock()
        end_us = max(start_us, now_us)
        if not closed:
            lost_us = min(start_us + LOST_BY_CRASH_US, end_us)
            reason = "the application ended without notice; the last samples before that may be missing"
            self._gaps.append(Gap(start_us, lost_us, GapKind.CRASH, reason))
            start_us = lost_us
        if end_us > start_us:
            self._gaps.append(Gap(start_us, end_us, GapKind.NOT_RUNNING, "the application was not running"))

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
        self._pyramid.forget()

    # --- saving --------------------------------------------------------------------------------------------------

    def save(self, work: Sequence[Work] = (), *, closing: bool = False) -> bool:
        """Bring everything taken to disk in one commit, with other ``work`` on the connection; False: there was nothing.

        ``closing`` notes that the application ends in good order.
        """
        self._watch_clock()
        now_ns = self._clock.mono_ns()
        aged = [s.name for s in self._series.values() if s.rows and now_ns - s.oldest_ns > SEAL_AFTER_S * 1e9]
        touched = [self._series[name] for name in sorted(self._touched.union(aged))]
        is_due = now_ns - self._alive_ns >= ALIVE_EVERY_NS
        if not (touched or work or closing or is_due or self._gaps or self.losses.standing):
            return False
        self._connection.execute("BEGIN IMMEDIATE")
        block, statuses = self._next_block, len(self._statuses.names)
        try:
            self._put_statuses()
            saved = self._save_all(touched, now_ns, closing)
            self._put_gaps()
            for action in work:
                action(self._connection)
            self._mark_alive(closing)
            self._connection.execute("COMMIT")
        except BaseException:
            self._next_block = block
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
        self._gaps.clear()
        self.losses.standing.clear()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._pyramid.forget()
        self._loss_gaps.clear()

    def _save_all(self, touched: Sequence[_Series], now_ns: int, closing: bool) -> list[_Saved]:
        """The samples of all tags: some blocks are sealed, what is left goes to the tail.

        Many tags of one rate are full in the same second; then only some are sealed in each save, or one save would
        take seconds.
        """
        saved: list[_Saved] = []
        tail: list[Row] = []
        blocks = max(FEWEST_SEALED, MORE_SEALED * self._unsaved / BLOCK_SAMPLES)
        for series in touched:
            before = self._next_block
            may_wait = not closing and blocks <= 0 and len(series.rows) <= MOST_WAITING
            saved.append(self._save_series(series, now_ns, tail, may_wait))
            blocks -= self._next_block - before
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
                columns = columns_of(piece, self._statuses.names)
                self._put_piece(series, piece, columns)
                open_gap = self._put_bad_spans(series, open_gap, columns)
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

    def _put_piece(self, series: _Series, piece: Sequence[Row], columns: Columns) -> None:
        """One block, or several where long texts would make one that the shared database does not take."""
        content = encode_block(series.name, columns)
        if len(content) <= MOST_BLOCK_BYTES or len(piece) == 1:
            self._put_block(series, columns, content)
            return
        middle = len(piece) // 2
        for half in (piece[:middle], piece[middle:]):
            self._put_piece(series, half, columns_of(half, self._statuses.names))

    def _put_block(self, series: _Series, columns: Columns, content: bytes) -> None:
        block_id, self._next_block = self._next_block, self._next_block + 1
        summary = summarise(columns)
        clock = self._clock
        self._connection.execute(
            "INSERT INTO content VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                block_id, series.tag, summary.start_us, clock.wall_us(), clock.boot_id, clock.mono_ns(), CODEC,
                hashlib.sha256(content).digest(), content,
            ),
        )  # fmt: skip
        self._connection.execute(
            "UPDATE tag SET longest_us = max(longest_us, ?) WHERE id = ?",
            (summary.end_us - summary.start_us, series.tag),
        )
        if self._deliver:
            self._connection.execute("INSERT INTO waiting VALUES (?)", (block_id,))
        self._pyramid.add(series.tag, block_id, summary)

    def _put_bad_spans(
        self, series: _Series, open_gap: tuple[int, str] | None, columns: Columns
    ) -> tuple[int, str] | None:
        """Note where a block is Bad, as one gap with the Bad end of the block before; answers the gap that is open now."""
        spans = bad_spans(columns)
        if open_gap is not None:
            gap_id, status = open_gap
            goes_on = bool(spans) and spans[0].at_start and spans[0].status == status
            end_us = spans[0].end_us if goes_on else int(columns.time_us[0])
            is_open = goes_on and spans[0].open
            self._connection.execute(
                "UPDATE gap SET end_us = max(end_us, ?), open = ? WHERE id = ?", (end_us, int(is_open), gap_id)
            )
            if is_open:
                return open_gap
            spans = spans[1:] if goes_on else spans
        still_open: tuple[int, str] | None = None
        for span in spans:
            gap_id = self._put_gap(series.tag, _quality_gap(span), span.open)
            still_open = (gap_id, span.status) if span.open else None
        return still_open

    def _put_statuses(self) -> None:
        new = list(enumerate(self._statuses.names))[self._saved_statuses :]
        self._connection.executemany("INSERT INTO status (id, name) VALUES (?, ?)", new)

    def _put_gaps(self) -> None:
        now_us = self._clock.wall_us()
        for gap in self._gaps:
            self._put_gap(ALL_TAGS, gap)
        for kind, (start_us, count) in self.losses.standing.items():
            self._put_loss(kind, min(start_us, now_us), now_us, count)

    def _put_loss(self, kind: GapKind, start_us: int, end_us: int, count: int) -> None:
        """One gap for what goes on for longer than one save."""
        known = self._loss_gaps.get(kind)
        if known is not None and 0 <= start_us - known[1] < ONE_LOSS_US:
            gap_id, _, before = known
            count += before
            update = "UPDATE gap SET end_us = ?, reason = ? WHERE id = ?"
            self._connection.execute(update, (end_us, _LOSS_REASONS[kind].format(count=count), gap_id))
        else:
            gap_id = self._put_gap(ALL_TAGS, Gap(start_us, end_us, kind, _LOSS_REASONS[kind].format(count=count)))
        self._loss_gaps[kind] = (gap_id, end_us, count)

    def _put_gap(self, tag: int, gap: Gap, is_open: bool = False) -> int:
        values = (tag, gap.start_us, gap.end_us, str(gap.kind), gap.reason, int(is_open))
        put = "INSERT INTO gap (tag, start_us, end_us, kind, reason, open) VALUES (?, ?, ?, ?, ?, ?)"
        return int(self._connection.execute(put, values).lastrowid)

    def _mark_alive(self, closed: bool) -> None:
        clock = self._clock
        self._alive_ns = clock.mono_ns()
        self._connection.execute(
            "INSERT OR REPLACE INTO alive VALUES (1, ?, ?, ?, ?)",
            (clock.wall_us(), self._alive_ns, clock.boot_id, int(closed)),
        )

    def _watch_clock(self) -> None:
        """A clock that was set leaves a gap where time is missing, a mark where it came twice; no sample moves."""
        now_us = self._clock.wall_us()
        offset_us = now_us - self._clock.mono_ns() // 1000
        step_us = offset_us - self._offset_us
        if abs(step_us) > CLOCK_STEP_US:
            self._offset_us = offset_us
            way = "forward" if step_us > 0 else "back"
            start_us = now_us - step_us if step_us > 0 else now_us
            reason = f"the computer's clock was set {way} by {abs(step_us) / 1e6:.0f} s"
            self._gaps.append(Gap(start_us, now_us, GapKind.CLOCK, reason))


_LOSS_REASONS = {
    GapKind.OVERFLOW: "{count} samples came faster than they could be stored",
    GapKind.DISK_FULL: "{count} samples were not stored: the disk is full",
}


def _quality_gap(span: BadSpan) -> Gap:
    return Gap(span.start_us, max(span.start_us, span.end_us), GapKind.QUALITY, span.status)
