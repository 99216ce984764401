"""Which of an agent's times can be: by its own clock, which each document tells, and by ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from drivers.base import Quality, Sample

MAX_SKEW_S = 60.0
EARLY_S = 5.0
NOT_YET = "BadInvalidTimestamp"


def seconds(timestamp: str) -> float | None:
    """ISO 8601 as seconds since the epoch; without a zone it is UTC. None for no time or one before 1970."""
    try:
        moment = datetime.fromisoformat(timestamp)
        since_epoch = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return since_epoch if since_epoch >= 0 else None


def is_off(agent_time: float | None, now: float) -> bool:
    """Whether the agent's clock is so far from ours that its times are not used: the time of arrival counts."""
    return agent_time is not None and abs(agent_time - now) > MAX_SKEW_S


def believed(samples: Sequence[Sample], agent_time: float | None, now: float) -> list[Sample]:
    """The samples with the times that can be; one whose time has not come yet by the agent's own clock is Bad."""
    latest = max(now, now if agent_time is None else agent_time) + EARLY_S
    unused = is_off(agent_time, now)
    found = []
    for sample in samples:
        if sample.source_time is not None and sample.source_time > latest:
            sample = replace(sample, quality=Quality.BAD, status=NOT_YET, source_time=None)
        elif unused and sample.source_time is not None:
            sample = replace(sample, source_time=None)
        found.append(sample)
    return found
