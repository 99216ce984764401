"""Which requests read a set of points."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.address import ModbusAddress, parse_address
from drivers.base import Tag
from drivers.modbus.plan import MAX_BIT_GAP, MAX_GAP, MAX_REGISTERS, Point, blocks_for


def point(path: str, interval_s: float = 0.1) -> Point:
    text = f"modbus://h:1/{path}"
    address = parse_address(text)
    assert isinstance(address, ModbusAddress)
    return Point(Tag(path, text, interval_s=interval_s), address)


def spans(*points: Point) -> list[tuple[str, int, int]]:
    return sorted((block.table, block.offset, block.count) for block in blocks_for(points))


def test_neighbours_share_a_request() -> None:
    assert spans(point("holding/100?type=float32"), point("holding/102?type=float32"), point("holding/104")) == [
        ("holding", 100, 5)
    ]


def test_a_small_gap_is_read_over_and_a_wide_one_is_not() -> None:
    assert spans(point("holding/0"), point(f"holding/{1 + MAX_GAP}")) == [("holding", 0, 2 + MAX_GAP)]
    assert len(spans(point("holding/0"), point(f"holding/{2 + MAX_GAP}"))) == 2


def test_tables_units_and_intervals_stay_apart() -> None:
    mixed = [
        point("holding/0"),
        point("input/0"),
        point("holding/1?unit=2"),
        point("holding/1", interval_s=1.0),
    ]
    assert len(blocks_for(mixed)) == 4


def test_overlapping_points_and_bits_of_one_register() -> None:
    assert spans(point("holding/8?bit=0"), point("holding/8?bit=5"), point("holding/7?type=uint32")) == [
        ("holding", 7, 2)
    ]


def test_values_are_cut_out_of_the_block() -> None:
    first, second = point("holding/10?type=uint32"), point("holding/13")
    (block,) = blocks_for([second, first])
    raw = bytes.fromhex("00000001ffff0007")
    assert {sample.tag: sample.value for sample in block.samples(raw, 1.0)} == {first.tag.name: 1, second.tag.name: 7}
    assert [(part.offset, part.count) for part in block.split()] == [(10, 2), (13, 1)]


def test_bits_are_cut_out_of_the_block() -> None:
    points = [point(f"coil/{offset}") for offset in (3, 5, 12)]
    (block,) = blocks_for(points)
    assert (block.offset, block.count) == (3, 10)
    raw = bytes([0b0000_0100, 0b0000_0010])
    assert [sample.value for sample in block.samples(raw, 1.0)] == [False, True, True]


def test_what_is_no_value_is_bad_alone() -> None:
    (block,) = blocks_for([point("input/0?type=float32"), point("input/2?type=float32"), point("input/4")])
    samples = block.samples(bytes.fromhex("41480000 7fc00000 0007"), 1.0)
    assert [(sample.value, sample.status) for sample in samples] == [
        (12.5, "Good"),
        (None, "BadOutOfRange"),
        (7, "Good"),
    ]


def test_a_gap_of_bits_is_as_wide_as_one_of_registers() -> None:
    assert spans(point("coil/0"), point(f"coil/{1 + MAX_BIT_GAP}")) == [("coil", 0, 2 + MAX_BIT_GAP)]
    assert len(spans(point("coil/0"), point(f"coil/{2 + MAX_BIT_GAP}"))) == 2


def test_a_refused_block_is_asked_for_in_smaller_parts_until_the_wrong_point_is_alone() -> None:
    (block,) = blocks_for([point(f"input/{offset}") for offset in (0, 1, 2, 3, 8, 9)])
    assert [(part.offset, part.count) for part in block.split()] == [(0, 4), (8, 2)]
    halves = block.split()[0].split()
    assert [(part.offset, part.count) for part in halves] == [(0, 2), (2, 2)]
    assert [(part.offset, part.count) for part in halves[1].split()] == [(2, 1), (3, 1)]


def test_points_of_one_register_can_be_parted_too() -> None:
    (block,) = blocks_for([point(f"input/5?bit={bit}") for bit in range(4)])
    parts = block.split()
    assert [len(part.points) for part in parts] == [2, 2]
    assert [len(part.points) for part in parts[0].split()] == [1, 1]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60, unique=True))
def test_every_point_is_in_exactly_one_block_within_the_limits(offsets: list[int]) -> None:
    points = [point(f"input/{offset}?type=float32") for offset in offsets]
    blocks = blocks_for(points)
    assert sorted(p.address.offset for block in blocks for p in block.points) == sorted(offsets)
    for block in blocks:
        assert block.count <= MAX_REGISTERS
        assert all(block.offset <= p.address.offset for p in block.points)
        assert all(p.address.offset + 2 <= block.offset + block.count for p in block.points)
