"""How the server is asked to watch a tag, and which changes are none."""

from __future__ import annotations

import pytest
from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

from drivers.address import OpcUaAddress, parse_address
from drivers.base import Quality, Sample, Tag, Value
from drivers.opcua.describe import NodeFacts
from drivers.opcua.items import Filter, Item


def item(options: str = "", interval_s: float = 0.1) -> Item:
    address = parse_address(f"opcua://h:1/ns=2;s=x{options}")
    assert isinstance(address, OpcUaAddress)
    return Item.of(Tag("x", str(address), interval_s=interval_s), address, 0.0)


def sample(value: Value, quality: Quality = Quality.GOOD) -> Sample:
    return Sample("x", value, quality, str(quality), 1.0, 1.0)


@pytest.mark.parametrize(
    ("options", "publishing_s", "size"),
    [("", 0.1, 20), ("?sampling_s=0.01", 1.0, 300), ("?queue=7&sampling_s=0.01", 1.0, 7), ("?sampling_s=0", 1.0, 20)],
)
def test_the_queue_holds_what_comes_between_two_publishings(options: str, publishing_s: float, size: int) -> None:
    assert item(options).queue_size(publishing_s, 20) == size


def test_a_deadband_is_asked_of_the_server_then_the_times_then_nothing() -> None:
    watched = item("?deadband_percent=2&sampling_s=0.5")
    parameters = watched.request(4, 30).RequestedParameters
    assert (parameters.ClientHandle, parameters.QueueSize, parameters.SamplingInterval) == (4, 30, 500.0)
    asked = parameters.Filter
    assert isinstance(asked, ua.DataChangeFilter)
    assert (asked.DeadbandType, asked.DeadbandValue) == (ua.DeadbandType.Percent, 2.0)
    assert watched.ask_for_less(StatusCodes.BadDeadbandFilterInvalid)
    simpler = watched.request(4, 30).RequestedParameters.Filter
    assert isinstance(simpler, ua.DataChangeFilter)
    assert simpler.Trigger is ua.DataChangeTrigger.StatusValueTimestamp
    assert watched.ask_for_less(StatusCodes.BadFilterNotAllowed)
    assert watched.filter is Filter.NONE
    assert not watched.ask_for_less(StatusCodes.BadFilterNotAllowed)
    assert not item().ask_for_less(StatusCodes.BadNodeIdUnknown)


def test_a_part_of_a_structure_has_its_deadband_here() -> None:
    assert item("?path=force&deadband=1").filter is Filter.TIMES


def test_a_percent_deadband_needs_the_range() -> None:
    watched = item("?deadband_percent=2")
    assert not watched.learn(NodeFacts(), ())
    assert watched.deadband == 0.0, "without it every value is taken"
    assert watched.learn(NodeFacts(low=-50.0, high=150.0), ())
    assert watched.deadband == 4.0


def test_the_deadband_is_measured_from_what_was_delivered_last() -> None:
    watched = item("?deadband=1")
    watched.learn(NodeFacts(), ())
    told = [value for value in (0.0, 0.5, 0.9, 1.1, 2.0, 2.2, 1.05) if not watched.is_no_change(sample(value))]
    assert told == [0.0, 1.1, 2.2, 1.05]


def test_after_anything_but_a_good_number_the_next_is_told() -> None:
    watched = item("?deadband=1")
    watched.learn(NodeFacts(), ())
    assert not watched.is_no_change(sample(5.0))
    assert not watched.is_no_change(sample(5.0, Quality.BAD))
    assert not watched.is_no_change(sample(5.0))
    assert not watched.is_no_change(sample("text"))
    assert not watched.is_no_change(sample(True))


def arrive(watched: Item, value: float, stamp: float, now: float) -> bool:
    return watched.arrives(value, stamp, now)


def test_only_a_value_that_keeps_coming_in_time_counts_as_repeated() -> None:
    watched = item()
    for n in range(4):
        arrive(watched, 1.0, 100.0 + n, float(n))
    assert watched.repeats == 3
    arrive(watched, 2.0, 104.0, 4.0)
    arrive(watched, 2.0, 104.0, 4.1)
    assert watched.repeats == 3, "another value, and the same time, are no repeats"
    arrive(watched, 2.0, 200.0, 100.0)
    assert watched.repeats == 0, "written again after a long time"


def test_a_time_that_goes_back_is_seen() -> None:
    watched = item()
    assert not arrive(watched, 1.0, 100.0, 0.0)
    assert arrive(watched, 1.0, 99.0, 0.1)
    assert not arrive(watched, 1.0, 99.0, 0.2)
