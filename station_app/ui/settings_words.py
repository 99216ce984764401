"""The station's set-up and contacts as sections of rows."""

from __future__ import annotations

import platform

from PySide6.QtCore import QCoreApplication, qVersion

from drivers.base import Connection
from station_app.services.station import StationServices
from station_app.ui.station_bar import device_title
from station_app.ui.wording import age_text, clock_text
from widgets.record_table import RecordRow, RecordSection
from widgets.step_list import StepMark

_LARGE_OFFSET_MS = 2000


def _tr(text: str) -> str:
    return QCoreApplication.translate("settings", text)


def sections(services: StationServices) -> list[RecordSection]:
    """Everything the page tells, as it is now."""
    return [_station(services), _server(services), _devices(services), _master(services)]


def _station(services: StationServices) -> RecordSection:
    identity, setup = services.identity, services.setup
    kind = {"assembly": _tr("assembly"), "test": _tr("test"), "inspection": _tr("inspection")}
    rows = (
        RecordRow(_tr("Station"), f"{identity.name} · {identity.title}", kind.get(identity.kind, identity.kind)),
        RecordRow(_tr("Place"), identity.path),
        RecordRow(_tr("Version"), setup.application_version, f"Qt {qVersion()} · Python {platform.python_version()}"),
        RecordRow(_tr("Settings"), setup.settings_file),
        RecordRow(_tr("Records and pictures"), str(identity.folder)),
        RecordRow(_tr("Log"), setup.log_file),
        RecordRow(_tr("Theme and language"), f"{setup.theme} · {identity.language}"),
    )
    return RecordSection(_tr("This station"), rows)


def _server(services: StationServices) -> RecordSection:
    server, now_us = services.contact.server, services.ledger.clock.wall_us()
    if not services.setup.database_address:
        return RecordSection(_tr("Shared database"), (RecordRow(_tr("Address"), _tr("none named in station.toml")),))
    since = clock_text(server.since_us, services.ledger.clock.utc_offset_min(), seconds=True) if server.since_us else ""
    state = _tr("connected") if server.connected else _tr("not connected: {reason}").format(reason=server.reason)
    rows = [
        RecordRow(_tr("Address"), services.setup.database_address),
        RecordRow(
            _tr("State"),
            state,
            _tr("{state} since {time}").format(state=server.state, time=since) if since else server.state,
            StepMark.DONE if server.connected else StepMark.FAILED,
        ),
        RecordRow(_tr("Last contact"), _last_contact(services, now_us)),
        RecordRow(_tr("Waiting"), _tr("{n} records").format(n=server.waiting)),
        _clock(services),
    ]
    rows += [
        RecordRow(_tr("Fault") if fault.alarm else _tr("Remark"), fault.text, fault.code,
                  StepMark.FAILED if fault.alarm else StepMark.OPEN)
        for fault in server.faults
    ]  # fmt: skip
    return RecordSection(_tr("Shared database"), tuple(rows))


def _last_contact(services: StationServices, now_us: int) -> str:
    server = services.contact.server
    if server.connected:
        return _tr("now")
    if server.last_contact_us is None:
        return _tr("never since the start")
    return _tr("{age} ago").format(age=age_text((now_us - server.last_contact_us) / 1e6))


def _clock(services: StationServices) -> RecordRow:
    offset_ms = services.contact.server.clock_offset_ms
    if offset_ms is None:
        return RecordRow(_tr("Clock"), _tr("not compared yet"))
    text = _tr("{s:+.3f} s, server minus this computer").format(s=offset_ms / 1000)
    return RecordRow(_tr("Clock"), text, "", StepMark.FAILED if abs(offset_ms) > _LARGE_OFFSET_MS else StepMark.DONE)


def _devices(services: StationServices) -> RecordSection:
    addresses = {**services.setup.device_addresses, **services.setup.camera_addresses}
    rows = []
    now_s = services.ledger.clock.wall_us() / 1e6
    for name in addresses:
        state = services.contact.devices.get(name)
        text, mark = _tr("no answer yet"), StepMark.OPEN
        if state is not None and state.connection is Connection.CONNECTED:
            text, mark = _tr("connected"), StepMark.DONE
        elif state is not None and state.connection is Connection.LOST:
            lost = _tr("lost for {age}: {reason}") if state.reason else _tr("lost for {age}")
            text = lost.format(age=age_text(now_s - state.since), reason=state.reason)
            mark = StepMark.FAILED
        rows.append(RecordRow(device_title(name), text, addresses[name], mark))
    if not rows:
        rows.append(RecordRow(_tr("Devices"), _tr("none named in station.toml")))
    return RecordSection(_tr("Devices and cameras"), tuple(rows))


def _master(services: StationServices) -> RecordSection:
    book = services.library.book
    rows = [
        RecordRow(_tr("Revision"), str(services.library.revision)),
        RecordRow(
            _tr("Known here"),
            _tr("{orders} orders, {instructions} instructions, {people} people").format(
                orders=len(book.orders), instructions=len(book.work_masters), people=len(book.people)
            ),
        ),
    ]
    rows += [RecordRow(_tr("Cannot be used"), fault, "", StepMark.FAILED) for fault in book.faults]
    return RecordSection(_tr("Master data"), tuple(rows))
