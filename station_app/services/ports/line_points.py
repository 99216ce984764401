"""Points of other stations, kept at this one for the time without a server."""

from __future__ import annotations

from typing import Protocol

from station_app.domain.spc.line import OtherPoints


class LinePointsError(RuntimeError):
    """The points of other stations could not be kept or read; the message says what happened."""


class LinePointFiles(Protocol):
    """What is known of other stations' points, by chart. Blocking; used from the pool."""

    def read(self, chart_id: str) -> OtherPoints | None:
        """What was kept; None when nothing was. Raises LinePointsError."""
        ...

    def keep(self, chart_id: str, points: OtherPoints) -> None:
        """Keep it instead of what was kept before. Raises LinePointsError."""
        ...
