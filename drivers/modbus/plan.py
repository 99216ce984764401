"""Which requests read a set of points: neighbours share one, others stay apart.

A request reads at most what the protocol allows (125 registers or 2,000 bits, Modbus Application Protocol 1.1b3,
section 6). Up to ``MAX_GAP`` registers between two points are read and thrown away: a request costs a device more
than 8 registers do. A device that refuses a request for several points is asked for less: see :meth:`Block.split`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from drivers.address import BIT_TABLES, ModbusAddress, parse_address
from drivers.base import AddressError, Quality, Sample, Tag
from drivers.modbus.decoding import BlockDecoder
from drivers.samples import good_samples

MAX_GAP = 8
MAX_BIT_GAP = 16 * MAX_GAP
MAX_REGISTERS = 125
MAX_BITS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A tag with its parsed address."""

    tag: Tag
    address: ModbusAddress

    @property
    def end(self) -> int:
        """The offset behind its last register or bit."""
        return self.address.offset + self.address.count


def point_of(tag: Tag) -> Point:
    """A tag as a point. Raises AddressError for another protocol's address."""
    address = parse_address(tag.address)
    if not isinstance(address, ModbusAddress):
        raise AddressError(f'tag "{tag.name}": address "{tag.address}" is not of a Modbus device')
    return Point(tag, address)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One read request and the points it serves; ``interval_s`` is how often."""

    unit: int
    table: str
    offset: int
    count: int
    interval_s: float
    points: tuple[Point, ...]
    _names: tuple[str, ...] = field(init=False, repr=False)
    _decoder: BlockDecoder = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", tuple(point.tag.name for point in self.points))
        object.__setattr__(self, "_decoder", BlockDecoder([point.address for point in self.points], self.offset))

    def samples(self, raw: bytes, received_time: float) -> list[Sample]:
        """What the block's data bytes say, a sample for each point; Bad where they are no value."""
        values, faults = self._decoder.decode(raw)
        samples = good_samples(self._names, values, received_time)
        for position, status in faults.items():
            sample = samples[position]
            samples[position] = Sample(sample.tag, None, Quality.BAD, status, None, sample.received_time)
        return samples

    def split(self) -> list[Block]:
        """Smaller blocks for a device that refused this one: without the gaps, then halves, at last single points.

        So a register that does not exist ends up alone, and the others go on sharing requests.
        """
        runs = _runs(self.points, 0)
        if len(runs) == 1:
            middle = len(self.points) // 2
            runs = [self.points[:middle], self.points[middle:]]
        return plan(runs)


def blocks_for(points: Sequence[Point]) -> list[Block]:
    """Coalesce points of the same unit, table and interval whose gap is small enough."""
    groups: dict[tuple[int, str, float], list[Point]] = {}
    for point in points:
        key = (point.address.unit, point.address.table, point.tag.interval_s)
        groups.setdefault(key, []).append(point)
    return plan(
        run
        for (_, table, _), group in groups.items()
        for run in _runs(group, MAX_BIT_GAP if table in BIT_TABLES else MAX_GAP)
    )


def _runs(group: Sequence[Point], max_gap: int) -> list[tuple[Point, ...]]:
    """Points in the order of their offsets, cut where a gap is too wide or a request would be too long."""
    limit = MAX_BITS if group[0].address.table in BIT_TABLES else MAX_REGISTERS
    runs: list[list[Point]] = []
    first = end = 0
    for point in sorted(group, key=lambda point: point.address.offset):
        if not runs or point.address.offset - end > max_gap or max(end, point.end) - first > limit:
            runs.append([])
            first = end = point.address.offset
        runs[-1].append(point)
        end = max(end, point.end)
    return [tuple(run) for run in runs]


def plan(runs: Iterable[tuple[Point, ...]]) -> list[Block]:
    """One block for each run of points."""
    blocks: list[Block] = []
    for run in runs:
        address = run[0].address
        first = min(point.address.offset for point in run)
        end = max(point.end for point in run)
        blocks.append(Block(address.unit, address.table, first, end - first, run[0].tag.interval_s, run))
    return blocks
