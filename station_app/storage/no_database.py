"""The shared database of a station that has none: never reached, so that everything works as it does offline."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NoReturn

from station_app.domain.chain import Row
from station_app.domain.status import StationStatus
from station_app.domain.trend import ArrivedBlock, LineTag, TrendBlock, TrendReach
from station_app.services.ports import (
    ComponentUse,
    Fork,
    HeardStation,
    Hello,
    LoggedRow,
    MasterPage,
    Reached,
    UnitStatus,
    Unreachable,
)


class NoSharedDatabase:
    """Answers every question with Unreachable; the reason says what is missing in station.toml."""

    def _absent(self) -> NoReturn:
        raise Unreachable("station.toml names no shared database")

    def hello(self, chan: str, epoch: int) -> Hello:
        self._absent()

    def fork_info(self, chan: str, hashes: Sequence[bytes]) -> Fork:
        self._absent()

    def append_batch(self, chan: str, epoch: int, first_seq: int, rows: Sequence[Row]) -> int:
        self._absent()

    def read_log(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]:
        self._absent()

    def blob_missing(self, sha256: str, size_bytes: int) -> list[int] | None:
        self._absent()

    def blob_put(self, sha256: str, chunk_no: int, content: bytes) -> None:
        self._absent()

    def blob_seal(self, sha256: str, size_bytes: int, media_type: str) -> None:
        self._absent()

    def blob_get(self, sha256: str) -> bytes | None:
        self._absent()

    def master_since(self, rev: int, limit: int) -> MasterPage:
        self._absent()

    def status(self, status: StationStatus) -> None:
        self._absent()

    def trace(self, serial: str) -> list[LoggedRow]:
        self._absent()

    def unit_status(self, serial: str) -> list[UnitStatus]:
        self._absent()

    def component_use(self, component_serial: str) -> list[ComponentUse]:
        self._absent()

    def stations_heard(self) -> list[HeardStation]:
        self._absent()

    def chart_points(
        self, product: str, operation: str, characteristic: str, after: Reached, limit: int
    ) -> list[LoggedRow]:
        self._absent()

    def trend_put(self, block: TrendBlock) -> None:
        self._absent()

    def trend_tail_put(self, block: TrendBlock) -> None:
        self._absent()

    def trend_reach_put(self, reach: TrendReach) -> None:
        self._absent()

    def trend_missing(self, sha256s: Sequence[str]) -> list[str]:
        self._absent()

    def line_tags(self, station: str) -> list[LineTag]:
        self._absent()

    def line_reach(self, station: str) -> TrendReach:
        self._absent()

    def line_blocks(self, station: str, tag: str, from_us: int, to_us: int) -> list[ArrivedBlock]:
        self._absent()

    def line_contents(self, station: str, tag: str, blocks: Sequence[ArrivedBlock]) -> dict[str, bytes]:
        self._absent()

    def line_rows(
        self, station: str, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int
    ) -> list[Row]:
        self._absent()

    def line_remarks(self, station: str, newest: int) -> list[Row]:
        self._absent()

    def wait_hint(self, timeout_s: float) -> bool:
        self._absent()

    def close(self) -> None:
        """Nothing to close."""
