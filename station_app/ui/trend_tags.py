"""How a tag is drawn: its title, unit, limits and the names of its states, from station.toml and from its device."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from station_app.domain.checks import MachineValueCheck
from station_app.domain.gauge_tag import is_gauge_tag
from station_app.services.station import StationServices
from widgets.trend_axis import TrendPen

translate = QCoreApplication.translate

HOLD_AFTER_INTERVALS = 3.0
"""Values further apart than so many of the tag's intervals were told because they changed: the last one counts until then."""
SECOND_UNIT = "second:"
"""Begins the key of a pen that draws a tag for the second of two compared units."""


def tag_of(key: str) -> str:
    """The tag that a pen draws."""
    return key.removeprefix(SECOND_UNIT)


def title_of(services: StationServices, tag: str) -> str:
    """What people call the tag."""
    view = services.tag_views.get(tag)
    return view.title if view is not None else tag


def unit_of(services: StationServices, tag: str) -> str:
    """Its unit as station.toml says it, else as its device does."""
    view, said = services.tag_views.get(tag), services.tags.description(tag)
    if view is not None and view.unit:
        return view.unit
    return said.unit if said is not None else ""


def is_state(services: StationServices, tag: str) -> bool:
    """Whether its values are states with names: an enumeration, yes and no, or texts."""
    said, sample = services.tags.description(tag), services.tags.latest(tag)
    history = services.tags.history(tag)
    if (said is not None and said.states) or (history is not None and history.texts):
        return True
    return sample is not None and isinstance(sample.value, bool)


def state_names(services: StationServices, tag: str) -> Mapping[int, str]:
    """What the numbers of its states stand for."""
    said, history = services.tags.description(tag), services.tags.history(tag)
    if history is not None and history.texts:
        return history.texts
    if said is not None and said.states:
        return dict(said.states)
    return {0: translate("trends", "off"), 1: translate("trends", "on")}


def limits_of(services: StationServices, tag: str) -> tuple[float | None, float | None]:
    """The limits drawn as a band behind a pen: those of the current step's check of this tag."""
    job = services.execution.job
    step = job.current if job is not None else None
    for check in step.step.checks if step is not None else ():
        if isinstance(check, MachineValueCheck) and check.tag == tag:
            lower, upper = check.limits.lower, check.limits.upper
            return None if lower is None else float(lower), None if upper is None else float(upper)
    return None, None


def pen_of(services: StationServices, tag: str, color: str) -> TrendPen:
    """The pen that draws a tag, with its check's limits as a band and its alarm limits as lines."""
    view = services.tag_views.get(tag)
    lower, upper = limits_of(services, tag)
    low, high = (view.low, view.high) if view is not None else (None, None)
    states = is_state(services, tag)
    return TrendPen(
        tag,
        title_of(services, tag),
        "" if states else unit_of(services, tag),
        lower,
        upper,
        color,
        low,
        high,
        states,
        hold_after_s=hold_after_s(services, tag),
    )


def hold_after_s(services: StationServices, tag: str) -> float:
    """From which distance in time on two values are joined by a step; a gauge's readings always are."""
    known = services.tags.tags.get(tag)
    if known is None:
        return math.inf
    return 0.0 if is_gauge_tag(tag) else HOLD_AFTER_INTERVALS * known.interval_s
