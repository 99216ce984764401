"""The tag that a gauge's readings are kept as, so that trends and the historian know what was measured.

>>> gauge_tag("caliper").name
'gauge.caliper'
"""

from __future__ import annotations

from typing import Final

from drivers.base import Tag
from station_app.domain.history_rule import HistoryRule, Keep

_FRONT: Final = "gauge."
_USUAL_INTERVAL_S: Final = 0.1
READINGS: Final = HistoryRule(Keep.ALL)
"""A reading that a person took is kept, also when it says the same as the one before."""


def gauge_tag_name(gauge: str) -> str:
    """The tag's name."""
    return _FRONT + gauge


def is_gauge_tag(tag: str) -> bool:
    """Whether a tag's name is that of a gauge's readings."""
    return tag.startswith(_FRONT)


def gauge_tag(gauge: str, unit: str = "", interval_s: float = 0.0) -> Tag:
    """The tag of a gauge; ``interval_s`` is how often it is asked, 0 where it speaks by itself."""
    return Tag(gauge_tag_name(gauge), f"gauge://{gauge}/reading", unit, interval_s or _USUAL_INTERVAL_S)
