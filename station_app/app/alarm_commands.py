"""What a script does about alarms, and what it is told: the list as a person sees it, with what the records do not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import msgspec

from station_app.domain.alarm_search import AlarmSearch
from station_app.services.alarm_journal import PAGE_ROWS, AlarmPage
from station_app.services.alarms import Alarms, Saving
from station_app.services.station import StationServices

MOST_ROWS = 1000


class AlarmCommandError(ValueError):
    """A command about alarms that is not understood; says what is allowed."""


def alarm_verbs(
    services: StationServices, finish: Callable[[Future[Any]], Any]
) -> dict[str, Callable[[dict[str, Any]], Saving | dict[str, Any]]]:
    """The commands about alarms by name; ``finish`` waits for a future while the station lives on."""
    alarms = services.alarms

    def find(command: dict[str, Any]) -> dict[str, Any]:
        search, limit = journal_search(command)
        return journal_answer(finish(services.alarm_journal.search(search, limit=limit)))

    return {
        "acknowledge": lambda c: alarms.acknowledge(str(c["alarm_id"])),
        "shelve": lambda c: alarms.shelve(str(c["alarm_id"]), _seconds(c), str(c["reason"])),
        "unshelve": lambda c: alarms.unshelve(str(c["alarm_id"])),
        "disable": lambda c: alarms.disable(str(c["alarm_id"]), str(c["reason"])),
        "enable": lambda c: alarms.enable(str(c["source"]), str(c["condition"])),
        "silence": lambda _c: alarms.silence(),
        "request_maintenance": lambda c: alarms.request_maintenance(str(c["alarm_id"]), str(c.get("text", ""))),
        "alarms": lambda _c: alarms_listed(alarms, services.ledger.clock.wall_us()),
        "alarm_journal": find,
    }


def _seconds(command: Mapping[str, Any]) -> float:
    value = command["seconds"]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise AlarmCommandError(f'"seconds" is {value!r}; allowed: a number of seconds')
    return float(value)


def journal_search(command: Mapping[str, Any]) -> tuple[AlarmSearch, int]:
    """What a command looks for, and how many lines it wants. Raises AlarmCommandError."""
    wanted = _whole(command, "limit")
    limit = PAGE_ROWS if wanted is None else wanted
    if not 1 <= limit <= MOST_ROWS:
        raise AlarmCommandError(f'"limit" is {limit}; allowed: 1 to {MOST_ROWS}')
    priority = str(command.get("priority", ""))
    search = AlarmSearch(
        text=str(command.get("text", "")),
        priorities=(priority,) if priority else (),
        serial=str(command.get("serial", "")),
        order_id=str(command.get("order", "")),
        since_us=_whole(command, "since_us"),
        until_us=_whole(command, "until_us"),
    )
    return search, limit


def _whole(command: Mapping[str, Any], key: str) -> int | None:
    value = command.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise AlarmCommandError(f'"{key}" is {value!r}; allowed: a whole number')
    return value


def journal_answer(page: AlarmPage) -> dict[str, Any]:
    """The lines of the alarm journal, newest first."""
    return {"entries": [msgspec.to_builtins(entry) for entry in page.entries], "more": page.more}


def alarms_listed(alarms: Alarms, now_us: int) -> dict[str, Any]:
    """Every alarm that is not over and everything out of service. Times are UTC microseconds."""
    return {
        "alarms": [
            {
                "alarm_id": alarm.alarm_id,
                "source": alarm.source,
                "condition": alarm.condition,
                "priority": alarm.priority,
                "text": alarm.text,
                "state": str(alarm.state(now_us)),
                "since_us": alarm.since_us,
                "until_us": alarm.until_us,
                "times": alarm.times,
                "has_value": alarms.has_value(alarm),
                "first_out": alarms.is_first_out(alarm),
                "acknowledged_by": alarm.acknowledged_by,
                "asked_by": alarm.asked_by,
                "serial": alarm.serial,
            }
            for alarm in alarms.listed()
        ],
        "out_of_service": [msgspec.to_builtins(entry) for entry in alarms.out_of_service()],
        "in_ten_minutes": alarms.came_lately(),
        "flood": alarms.is_flood,
        "horn": bool(alarms.sounding()),
        "stopping": alarms.stopping(),
    }
