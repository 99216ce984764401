"""The past of a trend: what is in sight and not here yet is read on the pool, and a screen more on each side.

A question that nobody waits for any more is withdrawn while it waits for the pool, and its answer dropped when it comes too
late. What was there before stays in the picture until the finer or farther part arrives, so nothing jumps or blinks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from station_app.domain.trend import Envelope, Gap, GapKind, ValueKind
from station_app.services.ports import HistorianError
from station_app.services.posting import when_done
from station_app.ui.trend_origin import Envelopes, TrendOrigin
from station_app.ui.trend_tags import tag_of
from widgets.trend_axis import TrendPen
from widgets.trend_curve import Piece
from widgets.trend_parts import Parts, samples, with_breaks
from widgets.trend_series import Gap as DrawnGap
from widgets.trend_view import TrendView

NOT_STORED_YET_S = 3.0
"""The newest seconds are not on the disk yet; the tag table has them."""
NEAR = 0.25
"""Asked for more when less than so much of a screen is left beside the picture."""
BESIDE = 1.0
COARSE = 2.0
"""Points this much further apart than pixels are fine enough while nothing better is there."""
AGAIN_AFTER_S = 5.0


@dataclass
class _Question:
    start_s: float
    end_s: float
    spacing_s: float
    answer: Future[Envelope]

    def covers(self, start_s: float, end_s: float, spacing_s: float) -> bool:
        """Whether its answer will do for a span."""
        return self.start_s <= start_s and end_s <= self.end_s and self.spacing_s <= spacing_s * COARSE


class TrendFetch:
    """Brings stored data to a view's pens. :meth:`look` is called when the view moved and with every redraw.

    ``failed(error)`` is told when the stored data cannot be read; it is asked for again some seconds later.
    """

    def __init__(
        self,
        origin: TrendOrigin,
        view: TrendView,
        arrived: Callable[[], None],
        failed: Callable[[HistorianError], None],
    ) -> None:
        self._origin, self._view = origin, view
        self._arrived, self._failed = arrived, failed
        self._asked: dict[str, _Question] = {}
        self._old: set[str] = set()
        self._not_before_s = -math.inf
        self._since_s = origin.now_s()
        self.history: Envelopes = origin.history

    @property
    def waiting(self) -> bool:
        """Whether something is on its way."""
        return bool(self._asked)

    def renew(self, keys: Iterable[str]) -> None:
        """More is stored of these pens than there was: they are asked for again, and stay as they are until then."""
        for key in keys:
            self._old.add(key)
            asked = self._asked.pop(key, None)
            if asked is not None:
                asked.answer.cancel()

    def look(self) -> None:
        """Ask for what is in sight, or nearly so, and not here."""
        now_s = self._origin.now_s()
        if now_s < self._not_before_s:
            return
        view = self._view
        start_s, end_s = view.span_s
        width_s = end_s - start_s
        spacing_s = width_s / view.columns
        for pen in view.pens:
            # a pen that is shifted has its own idea of the present
            until_s = min(end_s + width_s * NEAR, self._stored_until_s(pen, now_s))
            since_s = start_s - width_s * NEAR
            wanted = pen.key in self._old or view.missing(pen.key, since_s, until_s, spacing_s * COARSE)
            if since_s < until_s and wanted:
                self._want(pen, since_s, until_s, spacing_s, now_s)

    def _stored_until_s(self, pen: TrendPen, now_s: float) -> float:
        """Up to when the disk is asked, in the picture's times. What came since the page was opened came here as well."""
        alive = math.isfinite(self._view.curve(pen.key).live_from_s())
        return (now_s if alive else min(now_s, self._since_s)) + pen.shift_s - NOT_STORED_YET_S

    def forget(self) -> None:
        """Nobody looks any more."""
        for question in self._asked.values():
            question.answer.cancel()
        self._asked.clear()

    def _want(self, pen: TrendPen, since_s: float, until_s: float, spacing_s: float, now_s: float) -> None:
        asked = self._asked.get(pen.key)
        if asked is not None:
            if asked.covers(since_s, until_s, spacing_s):
                return
            asked.answer.cancel()
        start_s, end_s = self._view.span_s
        width_s = end_s - start_s
        first_s = start_s - width_s * BESIDE
        last_s = min(end_s + width_s * BESIDE, self._stored_until_s(pen, now_s))
        points = max(1, math.ceil((last_s - first_s) / spacing_s))
        history, tag = self.history, tag_of(pen.key)
        from_us, to_us = _us(first_s - pen.shift_s), _us(last_s - pen.shift_s)
        answer = self._origin.pool.submit(history.envelope, tag, from_us, to_us, points)
        question = self._asked[pen.key] = _Question(first_s, last_s, spacing_s, answer)
        when_done(
            answer,
            self._origin.post,
            lambda found: self._take(pen, question, found),
            lambda error: self._not_read(pen, question, error),
        )

    def _take(self, pen: TrendPen, question: _Question, found: Envelope) -> None:
        if self._asked.get(pen.key) is not question:
            return
        del self._asked[pen.key]
        shift_s, codes, tag = pen.shift_s, None, tag_of(pen.key)
        if found.kind is ValueKind.TEXT:
            there = [text for text, count in zip(found.texts, found.count, strict=True) if count]
            numbers = self._origin.text_codes(tag, there)
            if numbers is None:
                return
            known = iter(numbers)
            codes = [next(known) if count else 0 for count in found.count]
        piece = piece_of(found, question.start_s - shift_s, question.end_s - shift_s, question.spacing_s, codes)
        if pen.key in self._old:
            self._old.discard(pen.key)
            self._view.curve(pen.key).forget()
        self._view.add_piece(pen.key, piece)
        if pen.states:
            self._view.set_state_names(pen.key, self._origin.names(pen.key))
        self._arrived()

    def _not_read(self, pen: TrendPen, question: _Question, error: BaseException) -> None:
        if self._asked.get(pen.key) is not question:
            return
        del self._asked[pen.key]
        if not isinstance(error, HistorianError):
            raise error
        self._not_before_s = self._origin.now_s() + AGAIN_AFTER_S
        self._failed(error)


def _us(time_s: float) -> int:
    return max(0, round(time_s * 1e6))


def piece_of(
    found: Envelope, start_s: float, end_s: float, spacing_s: float, codes: Sequence[int] | None = None
) -> Piece:
    """What the historian answered, as it is drawn; ``codes`` are the numbers of a text tag's texts."""
    times = found.time_us / 1e6
    gaps = tuple(_drawn_gap(gap) for gap in found.gaps)
    if codes is not None:
        # without a value a text is empty, and no text is a bad one
        values = np.where(found.count > 0, np.asarray(codes, dtype=np.float64), np.nan)
        parts = samples(times, values)
    elif found.raw:
        parts = samples(times, found.minimum)
    else:
        parts = Parts(times, found.minimum, found.maximum, found.bad > 0, int((found.count + found.bad).sum()))
    # where nothing was recorded no sample says that the line ends
    breaks = [gap.start_us / 1e6 for gap in found.gaps if gap.kind is not GapKind.QUALITY]
    # from afar the first text of each point is answered, which is not all of them
    every = found.raw and codes is None
    return Piece(start_s, end_s, 0.0 if every else spacing_s, with_breaks(parts, breaks), gaps)


def _drawn_gap(gap: Gap) -> DrawnGap:
    return DrawnGap(gap.start_us / 1e6, gap.end_us / 1e6, gap.reason)
