"""The small trends beside an instruction: the last minute of the step's tags, with limits and gaps."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from drivers.base import Quality
from station_app.domain.checks import MachineValueCheck
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Step
from station_app.services.station import StationServices, TagView
from station_app.services.tags import TagHistory
from station_app.ui.look import Look
from station_app.ui.trend_tags import is_state, state_names, unit_of
from widgets.trend_canvas import TrendPen
from widgets.trend_card import TrendCard

translate = QCoreApplication.translate

WINDOW_S = 60.0
MOST_TRENDS = 2


def step_tags(step: Step) -> list[str]:
    """The tags drawn beside a step: those it names, else those its checks read; at most two."""
    checked = [check.tag for check in step.checks if isinstance(check, MachineValueCheck)]
    return list(dict.fromkeys(step.tags or checked))[:MOST_TRENDS]


def trend_limits(step: Step, tag: str, view: TagView | None) -> Limits | None:
    """The limits drawn behind a tag: those of a check that reads it, else of a check in the same unit."""
    checks = [check for check in step.checks if isinstance(check, MachineValueCheck)]
    exact = next((check.limits for check in checks if check.tag == tag), None)
    if exact is not None or view is None:
        return exact
    return next((check.limits for check in checks if check.limits.unit == view.unit), None)


class TagTrend:
    """One tag's last minute in a card, filled from the tag table."""

    def __init__(self, services: StationServices, look: Look, step: Step, tag: str) -> None:
        self._services, self._tag = services, tag
        view = services.tag_views.get(tag)
        limits = trend_limits(step, tag, view)
        title = view.title if view is not None else tag
        unit = unit_of(services, tag)
        pen = TrendPen(
            tag,
            title,
            unit,
            None if limits is None or limits.lower is None else float(limits.lower),
            None if limits is None or limits.upper is None else float(limits.upper),
            states=is_state(services, tag),
        )
        self._title = title
        self._caption = caption = translate("work_trends", "{tag}, last minute").format(tag=title)
        now = translate("work_trends", "now")
        self.card = TrendCard(look, caption, [pen], window_s=WINDOW_S, now_text=now)
        self._taken_until = -math.inf
        self._taken = 0

    def follow(self, now_s: float) -> None:
        """Take what came since the last time, and draw."""
        history = self._services.tags.history(self._tag)
        sample = self._services.tags.latest(self._tag)
        if history is not None:
            self._append(history, now_s, sample.status if sample is not None else "")
        good = sample is not None and sample.quality is Quality.GOOD
        status = sample.status if sample is not None else translate("work_trends", "no value yet")
        # a status code's name is long: it has the room of the caption's second half
        self.card.set_title(self._caption if good else self._title)
        self.card.set_quality(status, good)
        # the device's clock may run ahead of ours: the newest sample is never cut off
        self.card.redraw(max(now_s, min(self._taken_until, now_s + WINDOW_S / 10)))

    def _append(self, history: TagHistory, now_s: float, status: str) -> None:
        """Add what is new by its count: a bad sample may carry the time of the last good one."""
        new = min(history.count - self._taken, history.capacity)
        self._taken = history.count
        if new <= 0:
            return
        times, values = history.since(max(self._taken_until, now_s - 2 * WINDOW_S))
        times, values = times[-new:], values[-new:]
        if times.size:
            self.card.trend.set_state_names(self._tag, state_names(self._services, self._tag))
            self.card.append(self._tag, times, values, status)
            self._taken_until = float(times[-1])
