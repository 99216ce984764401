"""Which pens the trends page has: their order, their colours, which of them are drawn, and groups of them."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.trend_group import MOST_PENS, TrendGroup
from station_app.services.station import StationServices
from station_app.ui.trend_tags import is_state, pen_of, tag_of, unit_of
from widgets.trend_axis import TrendPen

MOST_PENS_AT_FIRST = 8
"""More curves than these in one picture are read by nobody; the others are shown by a touch on their row."""


class TrendPens:
    """The list beside the trend. Every tag keeps its colour, whichever others are drawn."""

    def __init__(self, services: StationServices, colors: Sequence[str]) -> None:
        self._services, self._palette = services, colors
        self._known: list[str] = []
        self.tags: list[str] = []
        self.hidden: set[str] = set()
        self.take_all()

    def take_all(self) -> None:
        """All of the station's tags, the first few of them drawn."""
        self._known = list(self._services.tags.tags)
        self.tags = list(self._known)
        self.hidden = set(self._known[MOST_PENS_AT_FIRST:])

    @property
    def shown(self) -> list[str]:
        """The tags that are drawn, in the order of the list."""
        return [tag for tag in self.tags if tag not in self.hidden]

    @property
    def absent(self) -> list[str]:
        """The station's tags that are not in the list."""
        return [tag for tag in self._services.tags.tags if tag not in self.tags]

    def color(self, tag: str) -> str:
        """The colour of a tag."""
        tag = tag_of(tag)
        if tag not in self._known:
            self._known.append(tag)
        return self._palette[self._known.index(tag) % len(self._palette)]

    def pens(self) -> list[TrendPen]:
        """What is drawn."""
        return [pen_of(self._services, tag, self.color(tag)) for tag in self.shown]

    def toggle(self, tag: str) -> bool:
        """Hide or show one; the last that is shown stays. Whether anything changed."""
        if tag in self.hidden:
            self.hidden.discard(tag)
        elif self.shown == [tag] or tag not in self.tags:
            return False
        else:
            self.hidden.add(tag)
        return True

    def add(self, tag: str) -> bool:
        """Draw one more, of the station's tags. Whether anything changed."""
        if tag not in self._services.tags.tags or (tag in self.tags and tag not in self.hidden):
            return False
        if tag not in self.tags:
            if len(self.tags) >= MOST_PENS:
                return False
            self.tags.append(tag)
        self.hidden.discard(tag)
        return True

    def remove(self, tag: str) -> bool:
        """Take one off the list; the last that is drawn stays. Whether anything changed."""
        if tag not in self.tags or self.shown in ([tag], []):
            return False
        self.tags.remove(tag)
        self.hidden.discard(tag)
        return True

    def as_group(self, name: str, *, shared: bool, window_s: float, work_master: str) -> TrendGroup:
        """The list under a name."""
        hidden = tuple(tag for tag in self.tags if tag in self.hidden)
        return TrendGroup(
            name=name.strip(),
            tags=tuple(self.tags),
            hidden=hidden,
            shared=shared,
            window_s=window_s,
            work_master=work_master,
        )

    def take_group(self, group: TrendGroup) -> bool:
        """The group's list instead; tags that the station no longer has are left out. Whether anything of it is left."""
        tags = [tag for tag in dict.fromkeys(group.tags) if tag in self._services.tags.tags]
        if not tags:
            return False
        hidden = set(group.hidden) & set(tags)
        self.tags = tags
        self.hidden = hidden if len(hidden) < len(tags) else set()
        return True

    def drawn_as(self) -> tuple[tuple[str, str, bool], ...]:
        """What decides about lanes: a device may say a tag's unit or states after the page was opened."""
        return tuple((tag, unit_of(self._services, tag), is_state(self._services, tag)) for tag in self.shown)
