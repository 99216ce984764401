"""The saved groups of pens: read and written on the pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from station_app.domain.trend_group import TrendGroup, with_group
from station_app.services.ports import TrendFilesError
from station_app.services.posting import when_done
from station_app.services.station import StationServices

_Failed = Callable[[Exception], None]


class TrendGroups:
    """``kept`` are the groups as far as they are ``known``; changes are on disk when ``done`` is called."""

    def __init__(self, services: StationServices) -> None:
        self._services = services
        self.kept: list[TrendGroup] = []
        self.known = False

    def load(self, done: Callable[[], None], failed: _Failed) -> None:
        """Read them, once."""
        if self.known:
            done()
            return

        def loaded(groups: list[TrendGroup]) -> None:
            self.kept, self.known = groups, True
            done()

        def not_loaded(error: BaseException) -> None:
            # work goes on without them; said once
            self.known = True
            _tell(error, failed)

        when_done(
            self._services.pool.submit(self._services.trend_files.groups), self._services.post, loaded, not_loaded
        )

    def save(self, group: TrendGroup, done: Callable[[], None], failed: _Failed) -> None:
        """Keep one more, or replace the one of its name."""
        self._write(with_group(self.kept, group), done, failed)

    def remove(self, name: str, done: Callable[[], None], failed: _Failed) -> None:
        """Keep it no longer."""
        self._write([group for group in self.kept if group.name != name], done, failed)

    def _write(self, groups: Sequence[TrendGroup], done: Callable[[], None], failed: _Failed) -> None:
        def written(_: None) -> None:
            self.kept = list(groups)
            done()

        writing = self._services.pool.submit(self._services.trend_files.put_groups, groups)
        when_done(writing, self._services.post, written, lambda error: _tell(error, failed))


def _tell(error: BaseException, failed: _Failed) -> None:
    if not isinstance(error, TrendFilesError):
        raise error
    failed(error)
