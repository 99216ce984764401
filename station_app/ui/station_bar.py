"""What the bar across the top says: the work, devices, server, calls, alarms, the person and the time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from drivers.base import Connection, ConnectionState
from station_app.domain.alarm import AlarmState
from station_app.domain.alarm_rule import device_title
from station_app.domain.job import Job
from station_app.services.calls import PROBLEM
from station_app.services.station import StationServices
from station_app.ui.wording import clock_text, duration_text
from widgets.text import Run, Text
from widgets.top_bar import Chip, ChipState, TopBar

translate = QCoreApplication.translate

DEVICE_LOST = "device lost"


def device_chip(state: ConnectionState, now_s: float) -> Chip:
    """A device: a calm dot while it answers, a triangle and the time since it was lost otherwise."""
    title = device_title(state.device)
    if state.connection is Connection.LOST:
        since = duration_text(now_s - state.since)
        return Chip(
            translate("station_bar", "{device} lost {time}").format(device=title, time=since), ChipState.WARNING
        )
    if state.connection is Connection.CONNECTED:
        return Chip(title)
    return Chip(translate("station_bar", "{device} …").format(device=title))


def server_chip(services: StationServices) -> Chip:
    """The shared database and how many records are not delivered yet."""
    server = services.contact.server
    if server.connected:
        return Chip(translate("station_bar", "Server · {n} waiting").format(n=server.waiting))
    return Chip(translate("station_bar", "Offline · {n} waiting").format(n=server.waiting), ChipState.WARNING)


def call_chips(services: StationServices) -> list[Chip]:
    """Open calls with their age, until they are answered."""
    now_us = services.ledger.clock.wall_us()
    chips = []
    for call in services.calls.open:
        name = translate("station_bar", "Problem") if call.fact.call == PROBLEM else translate("station_bar", "Andon")
        age = duration_text((now_us - call.since_us) / 1e6)
        chips.append(Chip(f"{name} {age}", ChipState.WARNING))
    return chips[:2]


def alarm_chips(services: StationServices) -> list[Chip]:
    """How many alarms wait to be acknowledged; a lost device has its own chip already."""
    now_us = services.ledger.clock.wall_us()
    waiting = [
        alarm
        for alarm in services.alarms.listed()
        if alarm.state(now_us) is AlarmState.UNACKNOWLEDGED_ACTIVE and alarm.condition != DEVICE_LOST
    ]
    if not waiting:
        return []
    text = (
        translate("station_bar", "1 alarm")
        if len(waiting) == 1
        else translate("station_bar", "{n} alarms").format(n=len(waiting))
    )
    return [Chip(text, ChipState.ALARM)]


def chips(services: StationServices) -> list[Chip]:
    """All chips, the server nearest to the person."""
    now_s = services.ledger.clock.wall_us() / 1e6
    devices = [device_chip(state, now_s) for _, state in sorted(services.contact.devices.items())]
    return [*alarm_chips(services), *call_chips(services), *devices, server_chip(services)]


def work_text(services: StationServices) -> tuple[str, Text]:
    """The product's title, and instruction, order, unit and its place in the order; empty while nothing is open."""
    job = services.execution.job
    if job is None or job.current is None:
        return "", ""
    order = services.library.book.orders.get(job.order_id)
    title = order.product_title if order is not None else job.work_master.title
    runs: list[Run] = [
        Run(
            translate("station_bar", "Instruction {version} · Order {order} · Unit ").format(
                version=job.work_master.version, order=job.order_id
            )
        ),
        Run(job.serial, bold=True),
    ]
    place = _place_in_order(job, order.serials if order is not None else ())
    if place:
        runs.append(Run(place))
    return title, tuple(runs)


def _place_in_order(job: Job, serials: Sequence[str]) -> str:
    if job.serial not in serials:
        return ""
    return translate("station_bar", " · {n} of {m}").format(n=serials.index(job.serial) + 1, m=len(serials))


def show_bar(bar: TopBar, services: StationServices, page_title: str) -> None:
    """Bring the bar up to date. ``page_title`` is empty on the main page, where the work is the title."""
    title, detail = work_text(services)
    bar.set_work(page_title or title or services.identity.title, detail)
    bar.set_chips(chips(services))
    person = services.people.person
    bar.set_person(person.name if person is not None else translate("station_bar", "Not signed in"))
    clock = services.ledger.clock
    bar.set_clock(clock_text(clock.wall_us(), clock.utc_offset_min()))
