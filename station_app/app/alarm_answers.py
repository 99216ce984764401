"""What a script is told of alarms: the list as a person sees it, with what the records do not say."""

from __future__ import annotations

from typing import Any

import msgspec

from station_app.services.alarms import Alarms


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
