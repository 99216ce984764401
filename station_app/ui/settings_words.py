"""The station's set-up and contacts as sections of rows."""

from __future__ import annotations

import platform

from PySide6.QtCore import QCoreApplication, qVersion

from drivers.base import Connection
from station_app.domain.alarm_rule import device_title
from station_app.services.station import StationServices
from station_app.services.sync_state import SyncPhase
from station_app.ui.wording import age_text, clock_text
from widgets.record_table import RecordRow, RecordSection
from widgets.step_list import StepMark

translate = QCoreApplication.translate

_LARGE_OFFSET_MS = 2000


def sections(services: StationServices) -> list[RecordSection]:
    """Everything the page tells, as it is now."""
    return [_station(services), _server(services), _devices(services), _master(services)]


def _station(services: StationServices) -> RecordSection:
    identity, setup = services.identity, services.setup
    kind = {
        "assembly": translate("settings", "assembly"),
        "test": translate("settings", "test"),
        "inspection": translate("settings", "inspection"),
    }
    rows = (
        RecordRow(
            translate("settings", "Station"),
            f"{identity.name} · {identity.title}",
            kind.get(identity.kind, identity.kind),
        ),
        RecordRow(translate("settings", "Place"), identity.path),
        RecordRow(
            translate("settings", "Version"),
            setup.application_version,
            f"Qt {qVersion()} · Python {platform.python_version()}",
        ),
        RecordRow(translate("settings", "Settings"), setup.settings_file),
        RecordRow(translate("settings", "Records and pictures"), str(identity.folder)),
        RecordRow(translate("settings", "Log"), setup.log_file),
        RecordRow(translate("settings", "Theme and language"), f"{setup.theme} · {identity.language}"),
    )
    return RecordSection(translate("settings", "This station"), rows)


def _server(services: StationServices) -> RecordSection:
    server, now_us = services.contact.server, services.ledger.clock.wall_us()
    if not services.setup.database_address:
        return RecordSection(
            translate("settings", "Shared database"),
            (RecordRow(translate("settings", "Address"), translate("settings", "none named in station.toml")),),
        )
    since = clock_text(server.since_us, services.ledger.clock.utc_offset_min(), seconds=True) if server.since_us else ""
    state = (
        translate("settings", "connected")
        if server.connected
        else translate("settings", "not connected: {reason}").format(reason=server.reason)
    )
    rows = [
        RecordRow(translate("settings", "Address"), services.setup.database_address),
        RecordRow(
            translate("settings", "State"),
            state,
            translate("settings", "{state} since {time}").format(state=sync_word(server.state), time=since)
            if since
            else sync_word(server.state),
            StepMark.DONE if server.connected else StepMark.FAILED,
        ),
        RecordRow(translate("settings", "Last contact"), _last_contact(services, now_us)),
        RecordRow(translate("settings", "Waiting"), _records(server.waiting)),
        _clock(services),
    ]
    rows += [
        RecordRow(translate("settings", "Fault") if fault.alarm else translate("settings", "Remark"), fault.text, fault.code,
                  StepMark.FAILED if fault.alarm else StepMark.OPEN)
        for fault in server.faults
    ]  # fmt: skip
    return RecordSection(translate("settings", "Shared database"), tuple(rows))


def sync_word(state: str) -> str:
    """What the synchronization does, as people say it; what is not known stays as it is."""
    words: dict[str, str] = {
        SyncPhase.OFFLINE: translate("settings", "not begun"),
        SyncPhase.HELLO: translate("settings", "signing in"),
        SyncPhase.REHOME: translate("settings", "comparing records"),
        SyncPhase.DRAIN: translate("settings", "sending records"),
        SyncPhase.IDLE: translate("settings", "everything sent"),
        SyncPhase.BACKOFF: translate("settings", "waiting to try again"),
    }
    return words.get(state, state)


def _last_contact(services: StationServices, now_us: int) -> str:
    server = services.contact.server
    if server.connected:
        return translate("settings", "now")
    if server.last_contact_us is None:
        return translate("settings", "never since the start")
    return translate("settings", "{age} ago").format(age=age_text((now_us - server.last_contact_us) / 1e6))


def _clock(services: StationServices) -> RecordRow:
    offset_ms = services.contact.server.clock_offset_ms
    if offset_ms is None:
        return RecordRow(translate("settings", "Clock"), translate("settings", "not compared yet"))
    text = translate("settings", "{s:+.3f} s, server minus this computer").format(s=offset_ms / 1000)
    return RecordRow(
        translate("settings", "Clock"),
        text,
        "",
        StepMark.FAILED if abs(offset_ms) > _LARGE_OFFSET_MS else StepMark.DONE,
    )


def _devices(services: StationServices) -> RecordSection:
    addresses = {**services.setup.device_addresses, **services.setup.camera_addresses}
    rows = []
    now_s = services.ledger.clock.wall_us() / 1e6
    for name in addresses:
        state = services.contact.devices.get(name)
        text, mark = translate("settings", "no answer yet"), StepMark.OPEN
        if state is not None and state.connection is Connection.CONNECTED:
            text, mark = translate("settings", "connected"), StepMark.DONE
        elif state is not None and state.connection is Connection.LOST:
            lost = (
                translate("settings", "lost for {age}: {reason}")
                if state.reason
                else translate("settings", "lost for {age}")
            )
            text = lost.format(age=age_text(now_s - state.since), reason=state.reason)
            mark = StepMark.FAILED
        rows.append(RecordRow(device_title(name), text, addresses[name], mark))
    if not rows:
        rows.append(RecordRow(translate("settings", "Devices"), translate("settings", "none named in station.toml")))
    return RecordSection(translate("settings", "Devices and cameras"), tuple(rows))


def _records(count: int) -> str:
    return translate("settings", "1 record") if count == 1 else translate("settings", "{n} records").format(n=count)


def _master(services: StationServices) -> RecordSection:
    book = services.library.book
    rows = [
        RecordRow(translate("settings", "Revision"), str(services.library.revision)),
        RecordRow(
            translate("settings", "Known here"),
            translate("settings", "orders {orders}, instructions {instructions}, people {people}").format(
                orders=len(book.orders), instructions=len(book.work_masters), people=len(book.people)
            ),
        ),
    ]
    rows += [RecordRow(translate("settings", "Cannot be used"), fault, "", StepMark.FAILED) for fault in book.faults]
    return RecordSection(translate("settings", "Master data"), tuple(rows))
