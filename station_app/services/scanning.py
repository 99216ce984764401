"""What a scan does: a unit or order opens, a component is taken, an action runs, a badge asks for its PIN."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from station_app.domain.chain import Row
from station_app.domain.rules import Refusal
from station_app.domain.scan import (
    Action,
    ActionScan,
    BadgeScan,
    ComponentScan,
    OrderScan,
    Scan,
    ToolScan,
    UnitScan,
    UnknownScan,
    recognise,
)
from station_app.services.execution import Execution
from station_app.services.library import MasterLibrary


@dataclass(frozen=True, slots=True)
class ScanReaction:
    """What the scan was, and the commit it started.

    ``saving`` is None where the page has to go on: a badge needs its PIN, other actions need a dialog.
    """

    scan: Scan
    saving: Future[list[Row]] | None = None


class Scanning:
    """The one entrance of scans, whichever window or script they come from. Main thread."""

    def __init__(self, library: MasterLibrary, execution: Execution) -> None:
        self._library = library
        self._execution = execution

    def recognise(self, text: str) -> Scan:
        """What the text is, without doing anything. Raises Refusal for what the station does not know."""
        scan = recognise(text, self._library.book, int(self._execution.today()[:4]))
        if isinstance(scan, UnknownScan):
            raise Refusal(scan.reason)
        return scan

    def scan(self, text: str) -> ScanReaction:
        """Act on a scan. Raises Refusal."""
        scan = self.recognise(text)
        match scan:
            case UnitScan():
                return ScanReaction(scan, self._execution.open_unit(scan))
            case OrderScan():
                return ScanReaction(scan, self._execution.open_order(scan))
            case ComponentScan():
                return ScanReaction(scan, self._execution.scan_component(scan))
            case ToolScan():
                return ScanReaction(scan, self._execution.scan_tool(scan))
            case ActionScan(action=Action.NEXT):
                return ScanReaction(scan, self._execution.confirm())
            case ActionScan(action=Action.REPEAT):
                return ScanReaction(scan, self._execution.repeat_step())
            case ActionScan() | BadgeScan():
                return ScanReaction(scan)
            case UnknownScan():
                raise Refusal(scan.reason)
