"""Which requests read a set of points: neighbours share one, others stay apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drivers.address import BIT_TABLES, ModbusAddress
from drivers.base import Tag, Value
from drivers.modbus.coding import decode

MAX_GAP = 8
MAX_REGISTERS = 120
MAX_BITS = 1000


@dataclass(frozen=True, slots=True)
class Point:
    """A tag with its parsed address."""

    tag: Tag
    address: ModbusAddress


@dataclass(frozen=True, slots=True)
class Block:
    """One read request and the points it serves; ``interval_s`` is how often."""

    unit: int
    table: str
    offset: int
    count: int
    interval_s: float
    points: tuple[Point, ...]

    def value_of(self, point: Point, raw: bytes) -> Value:
        """A point's value out of the block's data bytes; raises NoValue."""
        start = point.address.offset - self.offset
        if self.table in BIT_TABLES:
            return decode(point.address, bytes([raw[start // 8] >> start % 8 & 1]))
        return decode(point.address, raw[2 * start : 2 * (start + point.address.count)])

    def split(self) -> list[Block]:
        """One block for each point: a device that refuses the whole may answer the parts."""
        return plan([(point,) for point in self.points])


def blocks_for(points: Sequence[Point]) -> list[Block]:
    """Coalesce points of the same unit, table and interval whose gap is at most ``MAX_GAP``."""
    groups: dict[tuple[int, str, float], list[Point]] = {}
    for point in points:
        key = (point.address.unit, point.address.table, point.tag.interval_s)
        groups.setdefault(key, []).append(point)
    return plan(run for group in groups.values() for run in _runs(group))


def _runs(group: list[Point]) -> Iterable[tuple[Point, ...]]:
    group.sort(key=lambda point: point.address.offset)
    limit = MAX_BITS if group[0].address.table in BIT_TABLES else MAX_REGISTERS
    run: list[Point] = []
    first = end = 0
    for point in group:
        start, stop = point.address.offset, point.address.offset + point.address.count
        if run and (start - end > MAX_GAP or max(end, stop) - first > limit):
            yield tuple(run)
            run = []
        if not run:
            first = end = start
        run.append(point)
        end = max(end, stop)
    if run:
        yield tuple(run)


def plan(runs: Iterable[tuple[Point, ...]]) -> list[Block]:
    """One block for each run of points."""
    blocks: list[Block] = []
    for run in runs:
        address = run[0].address
        first = min(point.address.offset for point in run)
        end = max(point.address.offset + point.address.count for point in run)
        interval_s = run[0].tag.interval_s
        blocks.append(Block(address.unit, address.table, first, end - first, interval_s, run))
    return blocks
