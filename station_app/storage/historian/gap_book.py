"""What the historian's file says of its holes: what was lost, when nothing ran, when the clock was set, where values are Bad.

A hole that is known stands in memory until it was committed with the samples around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from station_app.domain.trend import Gap, GapKind
from station_app.services.ports import Clock
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.sealing import BadSpan, bad_spans

CLOCK_STEP_US = 1_000_000
LOST_BY_CRASH_US = 2_000_000
ALIVE_EVERY_NS = 10_000_000_000
ONE_LOSS_US = 5_000_000
ALL_TAGS = 0
OpenGap = tuple[int, str]
"""The number of a gap that ends when Bad does, and its status."""


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


class GapBook:
    """Notes holes through the connection that writes. ``losses`` are told with the next :meth:`put`.

    ``began_ns`` is when the application began, on the monotonic clock. Raises the SQLite library's errors.
    """

    def __init__(self, connection: Any, clock: Clock, losses: Losses, began_ns: int) -> None:
        self._connection = connection
        self._clock = clock
        self._began_ns = began_ns
        self.losses = losses
        self._gaps: list[Gap] = []
        self._loss_gaps: dict[GapKind, tuple[int, int, int]] = {}
        self._alive_ns = 0
        self._offset_us = clock.wall_us() - clock.mono_ns() // 1000

    # --- what is known -------------------------------------------------------------------------------------------

    def tell_absence(self) -> None:
        """How the application ended last time, and since when it did not run; nothing when it only opens its file anew."""
        found = self._connection.execute("SELECT wall_us, mono_ns, boot_id, closed FROM alive").fetchone()
        if found is None:
            return
        start_us, mono_ns, boot_id, closed = found
        if boot_id == self._clock.boot_id:
            self._offset_us = start_us - mono_ns // 1000
            self.watch_clock()
            if mono_ns >= self._began_ns:
                return
        end_us = max(start_us, self._clock.wall_us() - (self._clock.mono_ns() - self._began_ns) // 1000)
        if not closed:
            lost_us = min(start_us + LOST_BY_CRASH_US, end_us)
            reason = "the application ended without notice; the last samples before that may be missing"
            self._gaps.append(Gap(start_us, lost_us, GapKind.CRASH, reason))
            start_us = lost_us
        if end_us > start_us:
            self._gaps.append(Gap(start_us, end_us, GapKind.NOT_RUNNING, "the application was not running"))

    def watch_clock(self) -> None:
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

    @property
    def is_due(self) -> bool:
        """Whether something is known that is not in the file, or that the application lives has not been noted for a while."""
        return bool(self._gaps or self.losses.standing) or self._clock.mono_ns() - self._alive_ns >= ALIVE_EVERY_NS

    # --- in the file: inside a transaction -----------------------------------------------------------------------

    def put(self, *, closed: bool) -> None:
        """Note everything that is known, and that the application lives or (``closed``) ends in good order."""
        now_us = self._clock.wall_us()
        for gap in self._gaps:
            self._put_gap(ALL_TAGS, gap)
        for kind, (start_us, count) in self.losses.standing.items():
            self._put_loss(kind, min(start_us, now_us), now_us, count)
        self._alive_ns = self._clock.mono_ns()
        self._connection.execute(
            "INSERT OR REPLACE INTO alive VALUES (1, ?, ?, ?, ?)",
            (now_us, self._alive_ns, self._clock.boot_id, int(closed)),
        )

    def put_bad_spans(self, tag: int, open_gap: OpenGap | None, columns: Columns) -> OpenGap | None:
        """Note where a block is Bad, as one gap with the Bad end of the block before; answers the gap that is open now."""
        spans: Sequence[BadSpan] = bad_spans(columns)
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
        still_open: OpenGap | None = None
        for span in spans:
            gap_id = self._put_gap(tag, _quality_gap(span), span.open)
            still_open = (gap_id, span.status) if span.open else None
        return still_open

    def settle(self) -> None:
        """What was put is committed."""
        self._gaps.clear()
        self.losses.standing.clear()

    def forget(self) -> None:
        """What was put is not committed: it is put again."""
        self._loss_gaps.clear()

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


_LOSS_REASONS = {
    GapKind.OVERFLOW: "{count} samples came faster than they could be stored",
    GapKind.DISK_FULL: "{count} samples were not stored: the disk is full",
    GapKind.NOT_STORED: "{count} samples were not stored: the file of machine data could not be used",
}


def _quality_gap(span: BadSpan) -> Gap:
    return Gap(span.start_us, max(span.start_us, span.end_us), GapKind.QUALITY, span.status)
