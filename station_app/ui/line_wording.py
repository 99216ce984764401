"""The line in words: what a station's last status says on its tile, and what needs somebody, worst first."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.alarm import URGENT
from station_app.domain.alarm_rule import PRIORITIES
from station_app.domain.status import ACKNOWLEDGED, AlarmStatus, LineStation, StationStatus
from station_app.ui.wording import age_text, clock_text, duration_text
from widgets import station_tile as tile
from widgets.alarm_list import AlarmRow
from widgets.mark_list import MarkRow
from widgets.shapes import Shape
from widgets.station_tile import Severity

translate = QCoreApplication.translate

SILENT_AFTER_S = 5.0
RUNNING = 1000
ANDON = "andon"


def call_title(call: str) -> str:
    """A kind of call as people name it."""
    return {"problem": translate("line", "Problem"), ANDON: translate("line", "Andon")}.get(call, call)


def tile_of(station: LineStation, seconds_since_poll: float, now_us: int) -> tile.StationStatus:
    """A station's tile. ``seconds_since_poll`` is how old the answer of the shared database itself is."""
    status = station.status
    silent_s = None if station.contact_age_s is None else station.contact_age_s + seconds_since_poll
    in_work = bool(status.serial)
    over = in_work and 0 < status.takt_s < status.attended_s
    return tile.StationStatus(
        name=status.name,
        state_text=_state_text(status),
        severity=_severity(status),
        subtitle=_subtitle(status),
        unit=status.serial or "—",
        step_text=_step_text(status),
        step_short=_step_short(status),
        takt_fraction=status.attended_s / status.takt_s if in_work and status.takt_s else 0.0,
        good_text=str(status.good),
        planned_text=str(status.planned) if status.planned else "",
        foot_left=translate("line", "good / ordered  ·  bad {n}").format(n=status.nonconforming),
        foot_right=translate("line", "over takt") if over else status.person,
        waiting_text=translate("line", "{n} waiting").format(n=status.waiting) if status.waiting else "",
        no_contact_text=_silence(silent_s),
        call_text=_call_text(status, now_us),
        call_severity=Severity.ALARM if any(c.call == ANDON for c in status.calls) else Severity.WARNING,
    )


def alarm_rows(stations: list[LineStation], utc_offset_min: int) -> list[AlarmRow]:
    """Every alarm that stations list: those that nobody has acknowledged, newest first, then the acknowledged ones."""
    return [
        AlarmRow(
            alarm_id=alarm_row_id(alarm, status),
            severity=_alarm_severity(alarm),
            source=status.name,
            text=_when(alarm, utc_offset_min),
            sub_text=alarm.text,
            can_acknowledge=False,
            can_shelve=False,
        )
        for alarm, status in line_alarms(stations)
    ]


def line_alarms(stations: list[LineStation]) -> list[tuple[AlarmStatus, StationStatus]]:
    """The alarms in the order of their rows, each with its station."""
    found = [(alarm, station.status) for station in stations for alarm in station.status.alarms]
    found.sort(key=lambda entry: (entry[0].state.startswith(ACKNOWLEDGED), -entry[0].since_us))
    return found


def alarm_row_id(alarm: AlarmStatus, status: StationStatus) -> str:
    """What an alarm's row is named by."""
    return f"{status.station}|{alarm.alarm_id}"


def alarm_counts(stations: list[LineStation]) -> str:
    """How many alarms there are of each priority, the most urgent first: "1 critical · 3 high"; empty without any.

    All of them, also those that are too many to be listed.
    """
    counts = {p: sum(getattr(station.status.numbers, p) for station in stations) for p in PRIORITIES}
    names = {
        "critical": translate("line", "{n} critical"),
        "high": translate("line", "{n} high"),
        "medium": translate("line", "{n} medium"),
        "low": translate("line", "{n} low"),
    }
    return " · ".join(names[p].format(n=counts[p]) for p in PRIORITIES if counts[p])


def alarms_unlisted(stations: list[LineStation]) -> int:
    """How many alarms there are beside those that stations list."""
    return sum(max(0, station.status.numbers.total - len(station.status.alarms)) for station in stations)


def call_rows(stations: list[LineStation], now_us: int) -> list[MarkRow]:
    """Every call of the line that nobody answered, the oldest first, with its age."""
    found = [(call, station.status) for station in stations for call in station.status.calls]
    found.sort(key=lambda entry: entry[0].since_us)
    return [
        MarkRow(
            f"{status.name}  {call_title(call.call)} {age_text(max(0.0, (now_us - call.since_us) / 1e6))}",
            " · ".join(part for part in (call.reason, call.serial) if part),
            Shape.DIAMOND if call.call == ANDON else Shape.TRIANGLE,
            "alarm" if call.call == ANDON else "warning",
        )
        for call, status in found
    ]


def _severity(status: StationStatus) -> Severity:
    open_alarms = [a for a in status.alarms if not a.state.startswith(ACKNOWLEDGED)]
    urgent = any(call.call == ANDON for call in status.calls) or any(a.priority in URGENT for a in open_alarms)
    if status.step_failed or urgent:
        return Severity.ALARM
    return Severity.WARNING if open_alarms or status.calls else Severity.NORMAL


def _state_text(status: StationStatus) -> str:
    if status.step_failed:
        return translate("line", "check failed")
    if status.calls:
        return translate("line", "help called")
    open_alarms = [a for a in status.alarms if not a.state.startswith(ACKNOWLEDGED)]
    if open_alarms:
        count = max(len(open_alarms), status.numbers.unacknowledged)
        return translate("line", "1 alarm") if count == 1 else translate("line", "{n} alarms").format(n=count)
    return status.state_text


def _subtitle(status: StationStatus) -> str:
    order = translate("line", "no unit")
    if status.order_id and status.serial:
        order = translate("line", "Order {order}").format(order=status.order_id)
    return " · ".join(part for part in (status.operation, order) if part)


def _step_text(status: StationStatus) -> str:
    if not status.serial:
        return ""
    step = translate("line", "step {no} of {total}").format(no=status.step_no, total=status.steps_total)
    used = duration_text(status.attended_s)
    if status.takt_s:
        used = translate("line", "{used} of {takt}").format(used=used, takt=duration_text(status.takt_s))
    return f"{step} · {used}"


def _step_short(status: StationStatus) -> str:
    if not status.serial:
        return ""
    takt = f" / {duration_text(status.takt_s)}" if status.takt_s else ""
    return f"{status.step_no}/{status.steps_total} · {duration_text(status.attended_s)}{takt}"


def _when(alarm: AlarmStatus, utc_offset_min: int) -> str:
    time = clock_text(alarm.since_us, utc_offset_min)
    if alarm.state.startswith(ACKNOWLEDGED):
        return translate("line", "{time} · acknowledged").format(time=time)
    return time


def _silence(silent_s: float | None) -> str:
    if silent_s is None:
        return translate("line", "never in contact")
    if silent_s <= SILENT_AFTER_S:
        return ""
    return translate("line", "no contact {age}").format(age=age_text(silent_s))


def _call_text(status: StationStatus, now_us: int) -> str:
    if not status.calls:
        return ""
    first = min(status.calls, key=lambda call: call.since_us)
    more = f"  (+{len(status.calls) - 1})" if len(status.calls) > 1 else ""
    age = age_text(max(0.0, (now_us - first.since_us) / 1e6))
    return f"{call_title(first.call)}: {first.reason} · {age}{more}"


def _alarm_severity(alarm: AlarmStatus) -> Severity:
    return Severity.ALARM if alarm.priority in URGENT else Severity.WARNING
