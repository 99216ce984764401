"""Waiting between attempts, and reporting a device's condition once."""

from __future__ import annotations

import logging

import pytest

from drivers.base import Connection, Quality, Sample, Tag, TagDescription
from drivers.connection import Backoff, DeviceReport, quiet_library, reason_of
from tests.drivers_support import Recorder

TAGS = [Tag("force", "opcua://h:1/i=1"), Tag("state", "opcua://h:1/i=2")]
logger = logging.getLogger("drivers.test")
pytestmark = pytest.mark.expected_log(r"^press1: ")


def report_to(recorder: Recorder) -> DeviceReport:
    return DeviceReport("press1", TAGS, recorder.samples.extend, recorder.states.append, logger)


def good(tag: str, value: float) -> Sample:
    return Sample(tag, value, Quality.GOOD, "Good", 1.0, 2.0)


def test_backoff_doubles_to_its_limit_with_jitter() -> None:
    waits: list[list[float]] = []
    for _ in range(200):
        backoff = Backoff(0.5, 5.0)
        waits.append([backoff.next_s() for _ in range(7)])
    for position, middle in enumerate([0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]):
        column = [row[position] for row in waits]
        assert min(column) >= 0.8 * middle
        assert max(column) <= 1.2 * middle
        assert max(column) - min(column) > 0.2 * middle, "stations must not come back in step"


def test_backoff_begins_again_after_success() -> None:
    backoff = Backoff(0.5, 5.0)
    for _ in range(5):
        backoff.next_s()
    backoff.reset()
    assert backoff.next_s() <= 0.6


def test_a_loss_marks_every_tag_bad_and_keeps_the_last_value() -> None:
    recorder = Recorder()
    report = report_to(recorder)
    report.sample(good("force", 12.5))
    report.lost("no answer", 10.0)
    force, state = recorder.last("force"), recorder.last("state")
    assert force is not None
    assert (force.value, force.quality, force.status) == (12.5, Quality.BAD, "BadCommunicationError")
    assert state is not None
    assert (state.value, state.status) == (None, "BadCommunicationError")
    assert (recorder.states[-1].reason, recorder.states[-1].retry_at) == ("no answer", 10.0)


def test_a_loss_is_told_once_per_tag_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder()
    report = report_to(recorder)
    with caplog.at_level(logging.INFO, logger="drivers"):
        for attempt in range(5):
            report.lost("no answer", float(attempt))
        report.connected()
        report.connected()
    assert len(recorder.samples) == len(TAGS)
    assert len({state.since for state in recorder.states if state.connection is Connection.LOST}) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "press1: no answer",
        "press1: answers again",
    ]


def test_connected_but_not_well_is_no_recovery(caplog: pytest.LogCaptureFixture) -> None:
    recorder = Recorder()
    report = report_to(recorder)
    with caplog.at_level(logging.INFO, logger="drivers"):
        report.lost("gone", None)
        report.connected(well=False)
        report.trouble("still wrong")
    assert len(caplog.records) == 1
    assert recorder.connection is Connection.CONNECTED


def test_the_same_state_is_not_told_twice() -> None:
    recorder = Recorder()
    report = report_to(recorder)
    report.lost("the picture stands still", None)
    report.lost("the picture stands still", None)
    assert len(recorder.states) == 1


def test_refused_tags_are_logged_once_each(caplog: pytest.LogCaptureFixture) -> None:
    report = report_to(Recorder())
    with caplog.at_level(logging.INFO, logger="drivers"):
        for _ in range(3):
            report.refused(["force"], "BadNodeIdUnknown")
    assert len(caplog.records) == 1


def test_many_tags_that_are_refused_are_one_line_and_one_when_they_are_taken(caplog: pytest.LogCaptureFixture) -> None:
    tags = [Tag(f"t{n}", "opcua://h:1/ns=2;s=x") for n in range(900)]
    report = DeviceReport("press1", tags, lambda samples: None, lambda state: None, logger)
    names = [tag.name for tag in tags]
    good = [Sample(name, 1.0, Quality.GOOD, "Good", None, 0.0) for name in names]
    with caplog.at_level(logging.INFO, logger="drivers"):
        for _ in range(3):  # refused and taken in turns: once a minute
            report.refused(names, "BadTooManyMonitoredItems")
            report.samples(good)
    assert [record.message for record in caplog.records] == [
        'press1: refuses 900 tags ("t0", "t1", "t2", "t3", "t4", ...): BadTooManyMonitoredItems',
        'press1: takes 900 tags ("t0", "t1", "t2", "t3", "t4", ...) again',
    ]


def test_reasons_are_for_people() -> None:
    assert reason_of(ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)")) == "Connection refused"
    assert reason_of(ConnectionError("client is disconnected")) == "client is disconnected"


def test_a_library_is_quiet_unless_someone_wants_to_hear_it() -> None:
    silent, wanted = logging.getLogger("tests.library_a"), logging.getLogger("tests.library_b")
    wanted.setLevel(logging.DEBUG)
    quiet_library(silent.name)
    quiet_library(wanted.name)
    assert not silent.isEnabledFor(logging.CRITICAL)
    assert wanted.isEnabledFor(logging.DEBUG)


def test_what_arrived_together_is_passed_on_together_and_keeps_values_and_texts() -> None:
    batches: list[list[Sample]] = []
    report = DeviceReport("press1", TAGS, lambda samples: batches.append(list(samples)), lambda state: None, logger)
    running = Sample("state", 2, Quality.GOOD, "Good", 1.0, 2.0, "Running")
    report.samples([good("force", 1.0), running, Sample("state", None, Quality.BAD, "BadNoData", 3.0, 4.0)])
    report.samples([])
    assert [len(batch) for batch in batches] == [3]
    assert (batches[0][2].value, batches[0][2].text, batches[0][2].quality) == (2, "Running", Quality.BAD)


def test_losses_and_the_clock_are_part_of_every_state() -> None:
    recorder = Recorder()
    report = report_to(recorder)
    report.clock_skew(3.0)
    report.connected()
    assert recorder.states[-1].clock_skew_s == 3.0
    for _ in range(100):
        report.clock_skew(3.2)
        report.lost_on_the_way(gaps=1, overflows=2)
    assert len(recorder.states) <= 2, "a hundred small losses are not a hundred states"
    report.lost("gone", None)
    last = recorder.states[-1]
    assert (last.clock_skew_s, last.gaps, last.overflows, last.backward_times) == (3.0, 100, 200, 0)


def test_a_description_is_told_when_it_is_new(caplog: pytest.LogCaptureFixture) -> None:
    told: list[TagDescription] = []
    report = DeviceReport("press1", TAGS, lambda samples: None, lambda state: None, logger, told.append)
    for unit in ("kN", "kN", "N"):
        report.described(TagDescription("force", unit))
    assert [description.unit for description in told] == ["kN", "N"]
    with caplog.at_level(logging.INFO, logger="drivers"):
        report.note("speaks slowly")
        report.note("speaks slowly")
    assert len(caplog.records) == 1
