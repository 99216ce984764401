"""The trends part of the shared database in memory: blocks, tails and gaps of machine data, and a line's past."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace

from station_app.domain.chain import Row
from station_app.domain.records import (
    LineTrendComment,
)
from station_app.domain.trend import ArrivedBlock, LineTag, TrendBlock, TrendReach, ValueKind
from station_app.services.ports import (
    ChainBroken,
    Refused,
    SharedDatabaseError,
)
from tests.fakes.shared_server import FakeClient, ServerState

BESIDE_TRENDS = {
    "job_state", "step_state", "alarm_transition", "measurement", "machine_value", "evidence_captured", "comment",
    "trend_comment", "application_state",
}  # fmt: skip
OFTEN = {"step_state", "measurement", "machine_value", "evidence_captured"}
FOUR_DAYS_US = 4 * 86_400_000_000
VALUE_KINDS = (ValueKind.FLOAT, ValueKind.INT, ValueKind.BOOL, ValueKind.TEXT)


class FakeTrends(FakeClient):
    """What a station delivers of its machine data, and the LinePast port."""

    def trend_put(self, block: TrendBlock) -> None:
        with self._call() as state:
            self._check_block(block)
            key = (self._station, block.tag, block.start_us, block.sha256)
            if key in state.trend:
                return
            state.trend[key] = block
            tail = state.tails.get((self._station, block.tag))
            if tail is not None and tail.start_us <= block.end_us and tail.end_us >= block.start_us:
                del state.tails[self._station, block.tag]
                if tail.end_us > block.end_us and self._station in state.reach:
                    state.reach[self._station] = min(state.reach[self._station], block.end_us)

    def trend_tail_put(self, block: TrendBlock) -> None:
        with self._call() as state:
            self._check_block(block)
            state.tails[self._station, block.tag] = block

    def _check_block(self, block: TrendBlock) -> None:
        if not block.tag or block.end_us < block.start_us or block.count < 1 or not 0 < len(block.content) <= 1 << 20:
            raise SharedDatabaseError("a block has a tag, 1 to 1048576 samples and at most 1 MiB")
        if hashlib.sha256(block.content).hexdigest() != block.sha256:
            raise ChainBroken(f"the block of {block.tag} does not match its SHA-256: it was damaged on its way")

    def trend_reach_put(self, reach: TrendReach) -> None:
        with self._call() as state:
            if len(reach.gaps) > 500 or any(
                gap.end_us < gap.start_us or len(gap.reason.encode()) > 1000 for gap in reach.gaps
            ):
                raise SharedDatabaseError("at most 500 gaps at a time, each with an end behind its start")
            for gap in reach.gaps:
                key = (self._station, gap.start_us, str(gap.kind))
                if key not in state.gaps or gap.end_us >= state.gaps[key].end_us:
                    state.gaps[key] = gap
            if reach.until_us is not None:
                state.reach[self._station] = reach.until_us

    def trend_missing(self, sha256s: Sequence[str]) -> list[str]:
        with self._call() as state:
            if len(sha256s) > 1000:
                raise SharedDatabaseError("at most 1000 blocks can be asked for at a time")
            known = {sha256 for station, _, _, sha256 in state.trend if station == self._station}
            return [sha256 for sha256 in sha256s if sha256 not in known]

    def _check_line(self, station: str) -> None:
        if station.rpartition("/")[0] != self._station.rpartition("/")[0]:
            raise Refused(f"{station} is no station of this line")

    def _blocks(self, state: ServerState, station: str, tag: str) -> list[TrendBlock]:
        found = [block for (of, name, _, _), block in state.trend.items() if (of, name) == (station, tag)]
        return sorted(found, key=lambda block: (block.start_us, block.sha256))

    def line_tags(self, station: str) -> list[LineTag]:
        with self._call() as state:
            self._check_line(station)
            tags = []
            names = {name for of, name, _, _ in state.trend if of == station}
            for tag in sorted(names | {name for of, name in state.tails if of == station}):
                blocks = self._blocks(state, station, tag)
                tail = state.tails.get((station, tag))
                content = (tail or blocks[-1]).content
                kind = VALUE_KINDS[content[4] % 4 if len(content) > 4 else 0]
                known = [*blocks, *([tail] if tail is not None else [])]
                ends = [*(block.end_us for block in blocks[-1:]), *([tail.end_us] if tail is not None else [])]
                tags.append(LineTag(tag, min(block.start_us for block in known), max(ends), kind))
            return tags

    def line_reach(self, station: str) -> TrendReach:
        with self._call() as state:
            self._check_line(station)
            gaps = sorted((at, kind, gap) for (of, at, kind), gap in state.gaps.items() if of == station)
            return TrendReach(state.reach.get(station), tuple(gap for _, _, gap in gaps[-2000:]))

    def line_blocks(self, station: str, tag: str, from_us: int, to_us: int) -> list[ArrivedBlock]:
        with self._call() as state:
            self._check_line(station)
            blocks = self._blocks(state, station, tag)
            before = [block for block in blocks if block.start_us < from_us][-1:]
            after = [block for block in blocks if block.start_us >= to_us][:1]
            inside = [block for block in blocks if block.start_us < to_us and block.end_us >= from_us]
            tail = state.tails.get((station, tag))
            found = [_arrived(block) for block in blocks if block in before or block in after or block in inside]
            if tail is not None and (tail.start_us < to_us or not after):
                found.append(replace(_arrived(tail), content=tail.content))
            return sorted(found, key=lambda block: (block.start_us, block.sha256))

    def line_contents(self, station: str, tag: str, blocks: Sequence[ArrivedBlock]) -> dict[str, bytes]:
        with self._call() as state:
            self._check_line(station)
            keys = {(station, tag, block.start_us, block.sha256) for block in blocks}
            return {block.sha256: block.content for key, block in state.trend.items() if key in keys}

    def line_rows(
        self, station: str, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int
    ) -> list[Row]:
        with self._call() as state:
            self._check_line(station)
            since_us = {
                kind: max(from_us, to_us - FOUR_DAYS_US) if kind in OFTEN else from_us for kind in BESIDE_TRENDS
            }
            rows = [
                logged.row
                for (of, of_chan, _), logs in state.logs.items()
                if (of, of_chan) == (station, chan)
                for logged in logs
                if logged.row.kind in BESIDE_TRENDS.intersection(kinds)
                and since_us[logged.row.kind] <= logged.row.wall_us < to_us
            ]
            rows = sorted(rows, key=lambda row: (row.wall_us, row.epoch, row.seq))[-newest:] if newest else []
            return sorted(rows, key=lambda row: (row.epoch, row.seq))

    def line_remarks(self, station: str, newest: int) -> list[Row]:
        with self._call() as state:
            self._check_line(station)
            found = [
                (fact.at_us, logged.row)
                for logged, fact in self._facts(state)
                if isinstance(fact, LineTrendComment) and fact.about_station == station
                and logged.station.rpartition("/")[0] == station.rpartition("/")[0]
            ]  # fmt: skip
            found.sort(key=lambda pair: (pair[0], pair[1].rec_id))
            return [row for _, row in found[-newest:]]


def _arrived(block: TrendBlock) -> ArrivedBlock:
    return ArrivedBlock(
        block.start_us, block.end_us, block.count, block.bad, block.minimum, block.maximum, block.mean, block.sha256
    )
