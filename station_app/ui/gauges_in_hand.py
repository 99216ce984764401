"""The gauge that measures: which one is in hand, what an entry says of it, and why a scanned one may not be used.

A gauge that is scanned for a step of a unit is recorded there and counts for that unit. For results that no step measures,
and for lots, it is kept here, by its class, until another one of the class is scanned or the page is left.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from station_app.domain.inspection.gauges import GAUGE
from station_app.domain.master import Tool
from station_app.domain.rules import Refusal
from station_app.domain.scan import ToolScan
from station_app.services.station import StationServices
from station_app.ui.page import Saying, Weight

translate = QCoreApplication.translate


class GaugesInHand:
    """The gauges that were scanned on a page, by class. ``say`` tells why one may not be used."""

    def __init__(self, services: StationServices, say: Callable[[Saying], None]) -> None:
        self._services, self._say = services, say
        self._by_class: dict[str, str] = {}

    def take(self, tool: Tool, gauge_class: str) -> bool:
        """A gauge was scanned for a characteristic of this class; False when it may not measure, which is said."""
        fault = self._services.quality.gauges.fault(tool.id, gauge_class)
        if fault:
            self._by_class.pop(gauge_class, None)
            self._say(refused_gauge(fault))
            return False
        self._by_class[gauge_class] = tool.id
        return True

    def of(self, gauge_class: str) -> str:
        """The gauge in hand of a class; empty for none."""
        return self._by_class.get(gauge_class, "")


def gauge_scanned(services: StationServices, text: str) -> Tool | None:
    """The gauge that a scan names; None for anything else."""
    try:
        scan = services.scanning.recognise(text)
    except Refusal:
        return None
    return scan.tool if isinstance(scan, ToolScan) and scan.tool.sort == GAUGE else None


def refused_gauge(fault: str) -> Saying:
    """That a scanned gauge may not measure: what is wrong, and what to do."""
    what, dot, rest = fault.partition(". ")
    return Saying(Weight.WARNING, what + dot.strip(), translate("inspect", "Nothing can be measured with it."), rest)


def gauge_note(services: StationServices, gauge_class: str, in_hand: str) -> str:
    """What an entry says of its gauge: the one in hand, that one is to be scanned, or only the class."""
    if not gauge_class or in_hand:
        return " · ".join(part for part in (gauge_class, in_hand) if part)
    tools = services.library.book.tools.values()
    if any(tool.sort == GAUGE and tool.tool_class == gauge_class for tool in tools):
        return translate("inspect", "Scan the {gauge}").format(gauge=gauge_class)
    return gauge_class
