"""The product's trends page as a station with four tags has it, at a station that has many more."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from drivers.base import Sample
from station_app.services.station import StationServices
from station_app.services.tags import TagHistory, TagTable
from station_app.ui.page import TRENDS
from station_app.ui.pages import BuildPage
from station_app.ui.station_window import StationWindow

PENS = 4


class SomeTags(TagTable):
    """A tag table that shows only some of another one's tags, live."""

    def __init__(self, table: TagTable, names: Sequence[str]) -> None:
        super().__init__([table.tags[name] for name in names])
        self._table = table
        self.changed = table.changed

    def latest(self, name: str) -> Sample | None:
        """The newest sample."""
        return self._table.latest(name)

    def history(self, name: str) -> TagHistory | None:
        """The last 30 minutes."""
        return self._table.history(name)


def show_four_pens(window: StationWindow) -> None:
    """Open the trends page on the first four tags."""
    services = window.services
    few = dataclasses.replace(services, tags=SomeTags(services.tags, list(services.tags.tags)[:PENS]))
    window.entries = tuple(
        dataclasses.replace(entry, build=_with(few, entry.build)) if entry.page_id == TRENDS else entry
        for entry in window.entries
    )
    window.open_page(TRENDS)


def _with(services: StationServices, build: BuildPage) -> BuildPage:
    return lambda _services, look: build(services, look)
