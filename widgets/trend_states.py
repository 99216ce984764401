"""A pen of states or texts as stretches of time with a name, instead of a curve."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from widgets.trend_parts import Parts

SEVERAL = "…"
"""Where several states follow each other within a pixel or a point."""


@dataclass(frozen=True)
class StateSpan:
    """A state from `start_s` to `end_s` (None while it lasts). `code` is its number, None where there were several."""

    start_s: float
    end_s: float | None
    code: int | None


def state_spans(parts: Parts, narrowest_s: float) -> list[StateSpan]:
    """The states of a course; those shorter than `narrowest_s` beside each other become one of several."""
    if not parts.size:
        return []
    changed = (np.diff(parts.low) != 0) | (np.diff(parts.high) != 0)
    # NaN differs from itself: a long gap is one stretch all the same
    changed &= ~(np.isnan(parts.low[1:]) & np.isnan(parts.low[:-1]))
    starts = np.concatenate(([0], np.flatnonzero(changed) + 1))
    spans: list[StateSpan] = []
    for place, first in enumerate(starts):
        low, high = float(parts.low[first]), float(parts.high[first])
        end_s = float(parts.times[starts[place + 1]]) if place + 1 < starts.size else None
        if math.isnan(low):
            continue
        code = round(low) if low == high else None
        span = StateSpan(float(parts.times[first]), end_s, code)
        last = spans[-1] if spans else None
        if last is not None and _flicker(last, span, narrowest_s):
            spans[-1] = StateSpan(last.start_s, span.end_s, None)
        else:
            spans.append(span)
    return spans


def _flicker(last: StateSpan, span: StateSpan, narrowest_s: float) -> bool:
    if last.end_s != span.start_s:
        return False
    short = span.end_s is not None and span.end_s - span.start_s < narrowest_s
    return short and (last.code is None or span.start_s - last.start_s < narrowest_s)


def state_name(names: Mapping[int, str], code: int | None) -> str:
    """A state's name; its number where nobody named it."""
    return SEVERAL if code is None else names.get(code, str(code))
