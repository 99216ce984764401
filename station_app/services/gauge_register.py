"""The gauges of a station: which there are and how they stand, calibrations, status, and what was measured with one.

The list is master data; calibrations and status are records of this station. What was measured with a gauge is looked for
in the journal when somebody asks, on the pool. Main thread; verbs may raise Refusal.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Protocol

from station_app.domain.chain import REC, Row
from station_app.domain.inspection.gauges import (
    MINUTE_US,
    STATUSES,
    Affected,
    GaugeRegister,
    GaugeState,
    end_of_day_us,
    gauges_of,
)
from station_app.domain.master import Tool
from station_app.domain.outcome import Outcome
from station_app.domain.permissions import Permission
from station_app.domain.records import GaugeCalibrated, GaugeStatusChanged, RecordError, decode_body
from station_app.domain.rules import Refusal
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.ports import Clock

Saving = Future[list[Row]]
CONCERNING = frozenset(
    {"gauge_calibrated", "gauge_status_changed", "sample_measured", "attribute_inspected", "measurement",
     "tightening_result", "tool_used"}
)  # fmt: skip


class StationRows(Protocol):
    """What is read of a journal; one that is open elsewhere can be read this way too."""

    @property
    def station(self) -> str: ...

    def all_rows(self, chan: str) -> Iterator[Row]: ...


class Gauges:
    """The gauges at a station."""

    def __init__(self, ledger: Ledger, library: MasterLibrary, records: StationRows, pool: Executor) -> None:
        self._ledger = ledger
        self._library = library
        self._records = records
        self._pool = pool

    def all(self) -> list[GaugeState]:
        """Every gauge of the master list as it stands, by its number."""
        register = self._ledger.fold.quality.gauges
        return [register.state(tool) for tool in gauges_of(self._library.book.tools.values())]

    def state(self, gauge: str) -> GaugeState:
        """One gauge. Raises Refusal for an unknown one."""
        tool = self._library.book.tools.get(gauge)
        if tool is None:
            raise Refusal(f"Gauge {gauge} is not known here. Use one that is in the gauge list.")
        return self._ledger.fold.quality.gauges.state(tool)

    def fault(self, gauge: str, gauge_class: str = "") -> str:
        """Why a gauge may not be used for a class of work now, as a sentence; empty when it may."""
        tool = self._library.book.tools.get(gauge)
        if tool is None:
            return f"Gauge {gauge} is not known here. Use one that is in the gauge list."
        return self.state(gauge).fault(gauge_class, local_us(self._ledger.clock))

    def record_calibration(
        self,
        gauge: str,
        *,
        certificate: str,
        valid_until: str,
        as_found: str,
        found_in_order: bool,
        usable: bool = True,
        as_left: str = "",
        performed_by: str = "",
        evidence_sha256: str = "",
    ) -> Saving:
        """A calibration with its certificate; ``valid_until`` is its last day (ISO date), ``usable`` how the gauge was left."""
        state = self.state(gauge)
        self._ready()
        if not certificate.strip():
            raise Refusal("A calibration needs the number of its certificate.")
        if not as_found.strip():
            raise Refusal("Say how the gauge was found, for example the largest deviation.")
        until_us = self._valid_until_us(state.tool, valid_until, usable)
        fact = GaugeCalibrated(
            gauge=gauge,
            certificate=certificate.strip(),
            as_found=as_found.strip(),
            as_left=as_left.strip(),
            found_in_order=found_in_order,
            valid_until_us=until_us,
            performed_by=performed_by.strip(),
            evidence_sha256=evidence_sha256,
            outcome=Outcome.PASS if usable else Outcome.FAIL,
        )
        return self._ledger.commit([fact])

    def _valid_until_us(self, tool: Tool, valid_until: str, usable: bool) -> int:
        """The end of a certificate's last day. Refused when it is none, or no day until which a gauge may be used."""
        try:
            until_us = end_of_day_us(datetime.date.fromisoformat(valid_until.strip()).isoformat()) or 0
        except ValueError:
            raise Refusal(f"“{valid_until}” is no date. Write it as 2027-03-31.") from None
        if usable and until_us <= local_us(self._ledger.clock):
            raise Refusal(f"A calibration until {valid_until} is over already. Look at the certificate's date again.")
        listed_us = end_of_day_us(tool.calibration_due)
        if usable and listed_us is not None and until_us < listed_us:
            # of two dates the later one counts, so the list would go on with a date that this certificate takes back
            raise Refusal(
                f"The gauge list says that {tool.id} may be used until {tool.calibration_due}, longer than this "
                "certificate says. Have the list corrected first, or hold the gauge."
            )
        return until_us

    def set_status(self, gauge: str, status: str, reason: str) -> Saving:
        """A gauge is held, lost, retired, or in service again."""
        self.state(gauge)
        self._ready()
        if status not in STATUSES:
            raise Refusal(f"“{status}” is no status of a gauge: {', '.join(STATUSES)}.")
        if not reason.strip():
            raise Refusal("Say why.")
        return self._ledger.commit([GaugeStatusChanged(gauge=gauge, status=status, reason=reason.strip())])

    def affected(self, gauge: str) -> Future[Affected]:
        """What was measured with a gauge at this station since its last good calibration; read from the journal on the pool."""
        return self._pool.submit(affected_by, self._records, gauge)

    def _ready(self) -> None:
        self._ledger.refuse_while_busy()
        self._ledger.permit(Permission.CALIBRATE_GAUGE)


def local_us(clock: Clock) -> int:
    """The time of the clock on the wall, in microseconds since 1970 by that clock: what the ends of days are compared with."""
    return clock.wall_us() + clock.utc_offset_min() * MINUTE_US


def affected_by(records: StationRows, gauge: str) -> Affected:
    """What a station's journal says was measured with a gauge since its last good calibration. Blocks on disk."""
    return register_of((records.station, row) for row in records.all_rows(REC)).affected(gauge)


def register_of(rows: Iterable[tuple[str, Row]]) -> GaugeRegister:
    """The register with all uses, from the rows of one station or several; rows that cannot be read are passed over."""
    register = GaugeRegister()
    for station, row in rows:
        if row.kind not in CONCERNING:
            continue
        try:
            fact = decode_body(row.kind, row.body)
        except RecordError:
            continue  # a newer version wrote it; `station verify` names what is damaged
        register.apply(row, fact, station)
    return register
