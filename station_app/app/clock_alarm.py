"""The alarm of a clock that differs from the server's."""

from __future__ import annotations

from station_app.services.alarms import Alarms

CLOCK = ("clock", "differs from the server")
MAX_OFFSET_MS = 2000
RIGHT_OFFSET_MS = 1500
"""A clock that is just at the limit is measured on either side of it: it is right again only below this."""


def watch_clock(alarms: Alarms, offset_ms: int | None, has_server: bool) -> None:
    """Raise and clear the alarm; about once a second.

    ``offset_ms`` is the server's clock minus ours, None while it was not measured since the start: then what was recorded
    before stands, unless there is no server any more that could measure it.
    """
    if offset_ms is None:
        if not has_server:
            alarms.condition(*CLOCK, False, "", "medium")
        return
    stands = bool(alarms.active_conditions(CLOCK[0]))
    wrong = abs(offset_ms) > (RIGHT_OFFSET_MS if stands else MAX_OFFSET_MS)
    text = f"this computer's clock differs from the server's by {abs(offset_ms) / 1000:.1f} s"
    alarms.condition(*CLOCK, wrong, text, "medium")
