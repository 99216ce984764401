"""What the whole line says of a gauge: its calibrations, status and uses, from the reporting tables, through a reader's login.

Times are by the server's clock, so that records of several stations stand in one order.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from station_app.domain.inspection.gauges import Calibrated, GaugeRegister, GaugeUse
from station_app.domain.outcome import Outcome
from station_app.domain.records import GaugeCalibrated, GaugeStatusChanged
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.connection import make_engine, transaction

_AT_US: Final = "(extract(epoch FROM corrected_time) * 1000000)::bigint"
# the reporting table; where it names the gauge; lot, characteristic and value; and what else must hold
_USES: Final = (
    ("measurement", "gauge", "''", "characteristic", "value_text", "TRUE"),
    ("sample_measured", "gauge", "lot", "characteristic", "value_text", "TRUE"),
    ("attribute_inspected", "gauge", "lot", "characteristic", "outcome", "TRUE"),
    ("tightening_result", "tool", "''", "characteristic", "torque_text", "TRUE"),
    ("tool_used", "tool", "''", "tool_class", "''", "outcome = 'PASS'"),
)
_ALL_USES: Final = " UNION ALL ".join(
    f"SELECT rec_id, serial, {lot}, {what}, {value}, {_AT_US}, actor, station FROM mes.{table}"
    f" WHERE {gauge} = :gauge AND {also}"
    for table, gauge, lot, what, value, also in _USES
)
_CALIBRATIONS: Final = (
    f"SELECT {_AT_US}, certificate, as_found, as_left, found_in_order, valid_until_us, performed_by, evidence_sha256, outcome"
    " FROM mes.gauge_calibrated WHERE gauge = :gauge ORDER BY 1"
)
_STATUS: Final = (
    f"SELECT {_AT_US}, status, reason FROM mes.gauge_status_changed WHERE gauge = :gauge ORDER BY 1 DESC LIMIT 1"
)


def gauge_in_line(address: DatabaseAddress, gauge: str) -> GaugeRegister:
    """The register of one gauge from every station's records. Blocking; raises a SharedDatabaseError."""
    engine = make_engine(address)
    try:
        with transaction(engine, address) as connection:
            return _register(connection, gauge)
    finally:
        engine.dispose()


def _register(connection: Connection, gauge: str) -> GaugeRegister:
    asked = {"gauge": gauge}
    register = GaugeRegister()
    for rec_id, serial, lot, what, value, at_us, actor, station in connection.execute(text(_ALL_USES), asked):
        use = GaugeUse(rec_id, gauge, serial, lot, what, value, at_us, actor, station)
        register.uses.setdefault(gauge, []).append(use)
    for at_us, certificate, found, left, in_order, until_us, by, evidence, outcome in connection.execute(
        text(_CALIBRATIONS), asked
    ):
        fact = GaugeCalibrated(
            gauge=gauge,
            certificate=certificate,
            as_found=found,
            as_left=left,
            found_in_order=in_order,
            valid_until_us=until_us,
            performed_by=by,
            evidence_sha256=evidence,
            outcome=Outcome(outcome),
        )
        register.calibrations.setdefault(gauge, []).append(Calibrated(fact, at_us))
    for at_us, status, reason in connection.execute(text(_STATUS), asked):
        register.statuses[gauge] = (GaugeStatusChanged(gauge=gauge, status=status, reason=reason), at_us)
    return register
