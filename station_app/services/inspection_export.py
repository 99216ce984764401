"""Results of inspections as CSV: one row a result, with everything that was recorded of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from station_app.domain.chain import Row
from station_app.domain.records import AttributeInspected, Measurement, RecordError, SampleMeasured, decode_body

COLUMNS = (
    "time", "serial", "lot", "piece", "order", "operation", "characteristic", "value", "unit", "nominal", "lower_limit",
    "upper_limit", "readings", "range", "outcome", "quality", "gauge", "source", "as_it_arrived", "inspector", "machine",
    "tool", "plan", "plan_version", "rec_id", "superseded_by",
)  # fmt: skip
RESULTS = frozenset({SampleMeasured.kind, AttributeInspected.kind, Measurement.kind})
# what a spreadsheet would take for a formula; a sign before a number is none
_FORMULA = ("=", "@", "\t", "\r")
Result = SampleMeasured | AttributeInspected | Measurement


def results_csv(rows: Iterable[Row], serial: str = "", lot: str = "") -> str:
    """The results among a station's rows, of one unit or lot where it is named. Lines end in CR LF (RFC 4180)."""
    found = [(row, fact) for row, fact in _results(rows) if _wanted(fact, serial, lot)]
    later = {fact.supersedes: row.rec_id for row, fact in found if fact.supersedes}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row, fact in found:
        writer.writerow([_safe(cell) for cell in _cells(row, fact, later.get(row.rec_id, ""))])
    return out.getvalue()


def _results(rows: Iterable[Row]) -> Iterator[tuple[Row, Result]]:
    for row in rows:
        if row.kind not in RESULTS:
            continue
        try:
            fact = decode_body(row.kind, row.body)
        except RecordError:
            continue  # a newer version wrote it; `station verify` names what is damaged
        if isinstance(fact, SampleMeasured | AttributeInspected | Measurement):
            yield row, fact


def _wanted(fact: Result, serial: str, lot: str) -> bool:
    return (not serial or fact.serial == serial) and (not lot or getattr(fact, "lot", "") == lot)


def _cells(row: Row, fact: Result, superseded_by: str) -> tuple[str, ...]:
    time = datetime.fromtimestamp(row.wall_us / 1e6, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def of(name: str) -> str:
        return str(getattr(fact, name, ""))

    if isinstance(fact, AttributeInspected):
        value, readings = str(fact.defects or fact.nonconforming), fact.text
    else:
        value = fact.value_text
        readings = " ".join(fact.readings) if isinstance(fact, SampleMeasured) else fact.value_text
    return (
        time, fact.serial, of("lot"), of("sample_no"), fact.order_id, fact.operation, fact.characteristic, value,
        of("unit"), of("nominal"), of("lower_limit"), of("upper_limit"), readings, of("range_text"), str(fact.outcome),
        of("quality"), fact.gauge, fact.source, of("raw_text"), row.actor, of("machine"), of("tool"), of("plan_id"),
        of("plan_version"), row.rec_id, superseded_by,
    )  # fmt: skip


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    signed = cell[:1] in ("+", "-") and not cell[1:2].isdigit() and cell[1:2] != "."
    return f"'{cell}" if cell.startswith(_FORMULA) or signed else cell
