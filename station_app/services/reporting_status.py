"""The station's live status for the line: built from the fold about once a second, sent by a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from station_app.domain.alarm import AlarmState
from station_app.domain.alarm_rule import PRIORITIES
from station_app.domain.job import Mark
from station_app.domain.status import (
    ACKNOWLEDGED,
    AlarmNumbers,
    AlarmStatus,
    CallStatus,
    StationStatus,
    numbers_of,
)
from station_app.services.alarms import NOT_SAVED, Alarms
from station_app.services.execution import STANDBY, Execution
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.ports import SharedDatabase, SharedDatabaseError

MAX_LISTED = 20


def build_status(
    station: str,
    name: str,
    ledger: Ledger,
    execution: Execution,
    library: MasterLibrary,
    alarms: Alarms,
    waiting: int,
    application_version: str,
) -> StationStatus:
    """The status now. Main thread."""
    fold, now_us = ledger.fold, ledger.clock.wall_us()
    job = execution.job
    step = job.current if job is not None else None
    order = library.book.orders.get(job.order_id) if job is not None else None
    equipment = fold.equipment
    told, numbers = alarms_told(ledger, alarms)
    takt = execution.unit_takt()
    return StationStatus(
        station=station,
        name=name,
        state=STANDBY if equipment is None else equipment.state,
        state_text=_state_text(equipment.state if equipment else STANDBY, equipment.reason if equipment else ""),
        operation=job.work_master.title if job is not None else "",
        order_id=job.order_id if job is not None else "",
        product=job.product if job is not None else "",
        serial=job.serial if job is not None and step is not None else "",
        step_no=step.no if step is not None else 0,
        steps_total=len(job.steps) if job is not None else 0,
        step_title=step.step.title_in("en") if step is not None else "",
        step_failed=step is not None and step.mark is Mark.FAILED,
        job_started_us=job.started_us if job is not None else None,
        attended_s=round(takt.elapsed_s, 1) if step is not None else 0.0,
        takt_s=takt.takt_s,
        good=fold.counts.good,
        nonconforming=fold.counts.nonconforming,
        planned=order.quantity if order is not None else 0,
        waiting=waiting,
        person=ledger.person.name if ledger.person is not None else "",
        sent_us=now_us,
        calls=tuple(
            CallStatus(c.fact.call_id, c.fact.call, c.fact.reason, c.since_us, c.fact.serial)
            for c in list(fold.calls.values())[:MAX_LISTED]
        ),
        alarms=tuple(told),
        application_version=application_version,
        alarm_numbers=numbers,
    )


def alarms_told(ledger: Ledger, alarms: Alarms) -> tuple[list[AlarmStatus], AlarmNumbers]:
    """The alarms that need someone, the most urgent first, and how many there are.

    First the one that says that nothing can be recorded, where not even that was.
    """
    now_us = ledger.clock.wall_us()
    told = [
        AlarmStatus(a.alarm_id, a.source, a.text, a.state(now_us).value, a.priority, a.since_us)
        for a in alarms.listed()
        if a.state(now_us) is not AlarmState.SHELVED
    ]
    unrecorded = ledger.fault != "" and ledger.fold.alarms.active(*NOT_SAVED) is None
    if unrecorded:
        state = AlarmState.UNACKNOWLEDGED_ACTIVE.value
        told.insert(0, AlarmStatus("", NOT_SAVED[0], ledger.fault, state, "high", ledger.fault_since_us))
    numbers = numbers_of((alarm.priority, alarm.state) for alarm in told)
    first = told[:1] if unrecorded else []
    rest = sorted(told[len(first) :], key=_by_urgency)
    return [*first, *rest[:MAX_LISTED]], numbers


def _by_urgency(alarm: AlarmStatus) -> tuple[bool, int, int]:
    rank = PRIORITIES.index(alarm.priority) if alarm.priority in PRIORITIES else len(PRIORITIES)
    return alarm.state.startswith(ACKNOWLEDGED), rank, -alarm.since_us


def _state_text(state: int, reason: str) -> str:
    if state == 1000:
        return "running"
    return reason or {2202: "waiting for units", 2000: "standby", 5000: "down"}.get(state, "standby")


class StatusSender:
    """Sends the newest status; an unreachable server costs one attempt a second and nothing else."""

    def __init__(self, database: SharedDatabase, in_contact: Callable[[], bool]) -> None:
        self._database = database
        self._in_contact = in_contact
        self._newest: StationStatus | None = None
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="status", daemon=True)

    def start(self) -> None:
        """Start sending."""
        self._thread.start()

    def offer(self, status: StationStatus) -> None:
        """Send this one next; an older unsent one is dropped."""
        self._newest = status
        self._wake.set()

    def stop(self) -> None:
        """End the thread."""
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._stopping:
                return
            status, self._newest = self._newest, None
            if status is None or not self._in_contact():
                continue
            try:
                self._database.status(status)
            except SharedDatabaseError:
                continue
