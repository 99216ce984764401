"""A station that keeps no trend groups and exports nothing: where nobody gave it a folder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from station_app.domain.trend_group import TrendGroup
from station_app.services.ports import TrendFilesError


class NoTrendFiles:
    """The TrendFiles port without a folder."""

    def groups(self) -> list[TrendGroup]:
        """None."""
        return []

    def put_groups(self, groups: Sequence[TrendGroup]) -> None:
        """Refused."""
        raise TrendFilesError("This station has no folder: the group was not saved.")

    def export(self, name: str, content: Iterable[bytes]) -> Path:
        """Refused."""
        raise TrendFilesError("This station has no folder: nothing was exported.")
