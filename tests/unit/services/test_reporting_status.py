"""What the line is told about a station, and the thread that tells it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from station_app.domain.status import StationStatus
from station_app.services.ports import Unreachable
from station_app.services.reporting_status import StatusSender, build_status
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.unit.services.station import ASM_10, ServiceStation
from tests.waiting import wait_until


def status_of(station: ServiceStation) -> StationStatus:
    s = station
    return build_status(s.path, "ASM-10", s.ledger, s.execution, s.library, s.alarms, s.journal.waiting(), "1.0")


def test_a_station_through_its_day(station: ServiceStation) -> None:
    idle = status_of(station)
    assert (idle.state, idle.state_text, idle.serial, idle.waiting, idle.person) == (
        2000,
        "standby",
        "",
        0,
        "Anna Keller",
    )
    station.scan("U-1")
    station.clock.advance(12)
    running = status_of(station)
    assert (running.state, running.state_text) == (1000, "running")
    assert (running.order_id, running.serial, running.step_no, running.steps_total) == ("4711", "U-1", 1, 5)
    assert (running.step_title, running.step_failed, running.planned) == ("Housing", False, 3)
    assert running.attended_s == pytest.approx(12)
    assert running.waiting == station.journal.waiting() == 3
    station.done(station.execution.interrupt("Break"))
    assert status_of(station).state_text == "Break"
    station.scan("U-1")
    station.done(station.execution.report_nonconformance("Crack"))
    ended = status_of(station)
    assert (ended.good, ended.nonconforming, ended.serial, ended.state_text) == (0, 1, "", "waiting for units")
    station.finish("U-2", "H-2")
    assert (status_of(station).good, status_of(station).nonconforming) == (1, 1)


def test_a_failed_check_calls_and_alarms_are_shown_and_shelved_ones_are_not(station: ServiceStation) -> None:
    station.scan("U-1")
    station.scan("H-1")
    station.done(station.execution.confirm())
    station.scan("L-1")
    station.sample(14.5)
    station.done(station.execution.capture_value("force"))
    station.done(station.calls.raise_call("andon", "Quality"))
    station.sample(16.0)
    station.settle(station.alarms.listed, "the alarm")
    status = status_of(station)
    assert status.step_failed
    assert [(c.call, c.reason, c.serial) for c in status.calls] == [("andon", "Quality", "U-1")]
    (alarm,) = status.alarms
    assert (alarm.state, alarm.priority) == ("unacknowledged, active", "medium")
    station.done(station.alarms.shelve(alarm.alarm_id, 60, "Known"))
    assert status_of(station).alarms == ()
    station.clock.advance(61)
    assert len(status_of(station).alarms) == 1


class CountingDatabase(FakeSharedDatabase):
    """Counts what is sent; ``away`` makes it unreachable."""

    def __init__(self, server: FakeServer) -> None:
        super().__init__(server, ASM_10)
        self.away = False
        self.attempts = 0
        self.gate = threading.Event()
        self.gate.set()

    def status(self, status: StationStatus) -> None:
        self.attempts += 1
        assert self.gate.wait(10)
        if self.away:
            raise Unreachable("away")
        super().status(status)


def test_the_newest_status_is_sent_and_an_unreachable_server_costs_one_attempt(server: FakeServer) -> None:
    database = CountingDatabase(server)
    contact = [False]
    sender = StatusSender(database, lambda: contact[0])
    sender.start()

    def offer(waiting: int) -> None:
        sender.offer(
            StationStatus(station=ASM_10, name="ASM-10", state=1000, state_text="running", waiting=waiting, sent_us=0)
        )

    def sent(waiting: int) -> Callable[[], bool]:
        return lambda: ASM_10 in server.state.statuses and server.state.statuses[ASM_10].waiting == waiting

    try:
        offer(1)
        wait_until(lambda: not sender._wake.is_set(), 5, "the offer to be taken")
        assert database.attempts == 0, "out of contact nothing is sent"
        contact[0] = database.away = True
        offer(2)
        wait_until(lambda: database.attempts == 1, 5, "one attempt")
        database.away = False
        database.gate.clear()
        offer(3)
        wait_until(lambda: database.attempts == 2, 5, "the attempt")
        for waiting in range(4, 50):
            offer(waiting)
        database.gate.set()
        wait_until(sent(49), 5, "the newest status")
        assert database.attempts == 3, "those in between are dropped"
    finally:
        sender.stop()
