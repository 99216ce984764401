"""Inspection: from a reading to its verdict with 10,000 points in the chart's history, and reading results in QIF.

A reading is judged by its plan and its control chart, committed with its signals, folded, and the chart is there to be drawn:
the part of the goal of 100 ms that is not painting. Bare: the same records in one SQLite commit. For QIF, the bare side parses
the XML and looks at nothing.
"""

from __future__ import annotations

import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from station_app.domain.inspection.plan import Action, Characteristic, ChartSettings, InspectionPlan
from station_app.domain.inspection.qif import read_qif
from station_app.domain.master import encode_item
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.records import SampleMeasured
from station_app.services.inspection_entry import Entering
from tests.benchmarks.measuring import BareCommits, line, percentile, rounded
from tests.fakes.shared_database import FakeServer
from tests.unit.services.inspection_station import INS_30, INSPECTOR, measured
from tests.unit.services.station import ServiceStation

HISTORY = 10_000
BATCH = 500
VALUES = 2_000
WIDTH = Characteristic(
    id="width",
    title="Width",
    balloon=1,
    unit="mm",
    lower=Decimal(9),
    upper=Decimal(11),
    decimals=3,
    chart=ChartSettings(chart=ChartKind.I_MR, action=Action.NONE),
)
PLAN = InspectionPlan(id="width", product="GX-40", operation="inspection", characteristics=(WIDTH,))
CHART = "GX-40/inspection/width"


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """The reading, then the file."""
    with tempfile.TemporaryDirectory() as folder:
        yield reading_to_verdict(Path(folder), 200 if quick else 2_000)
    yield qif(rounds=3 if quick else 10)


def reading_to_verdict(folder: Path, readings: int) -> dict[str, Any]:
    """Reading after reading of one lot, on a chart that has 10,000 points before the first."""
    station = ServiceStation(folder / "station", FakeServer(), INS_30)
    bare = BareCommits(folder / "bare.db")
    try:
        station.publish([(PLAN.kind, PLAN.id, encode_item(PLAN))])
        station.library.reload()
        station.ledger.person = INSPECTOR
        values = [f"{value:.3f}" for value in np.random.default_rng(7).normal(10, 0.2, HISTORY + readings)]
        for begin in range(0, HISTORY, BATCH):
            facts = [_earlier(text, begin + no) for no, text in enumerate(values[begin : begin + BATCH])]
            station.done(station.ledger.commit_aside(facts, INSPECTOR.id))
        station.done(station.quality.inspecting.start_lot(PLAN.id, "L-1", readings))
        lot = station.quality.inspecting.open_lots[0].inspection_id
        took, drawn, bare_took = [], [], []
        for piece, text in enumerate(values[HISTORY:], 1):
            begun = time.perf_counter()
            rows = station.done(station.quality.inspecting.enter(Entering("width", (text,), piece=piece), lot))
            saved = time.perf_counter()
            live = station.quality.control.live(CHART)
            drawn.append((time.perf_counter() - saved) * 1000)
            took.append((time.perf_counter() - begun) * 1000)
            assert len(live.groups) == HISTORY + piece
            begun = time.perf_counter()
            bare.commit(rows)
            bare_took.append((time.perf_counter() - begun) * 1000)
    finally:
        bare.close()
        station.close()
    p95 = percentile(took, 0.95)
    more = {"median_ms": rounded(percentile(took, 0.5)), "chart_p95_ms": rounded(percentile(drawn, 0.95))}
    name = "reading to verdict and chart, 10,000 points, p95 (ms)"
    return line(name, p95, percentile(bare_took, 0.95), "<= 50 ms of 100", p95 <= 50, **more)


def _earlier(text: str, number: int) -> SampleMeasured:
    fact = measured(text, str(number))
    return msgspec.structs.replace(fact, characteristic="width", plan_id=PLAN.id)


def qif(rounds: int) -> dict[str, Any]:
    """A file of 2,000 values: 20 characteristics of 100 parts."""
    content = qif_document(20, VALUES // 20)
    took, bare = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        ET.fromstring(content)
        bare.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        found = len(read_qif(content).values)
        took.append(time.perf_counter() - begun)
        assert found == VALUES
    product = max(took)
    return line(
        "QIF of 2,000 values (s)",
        product,
        percentile(bare, 0.5),
        "<= 2 s",
        product <= 2,
        kilobytes=len(content) // 1024,
    )


def qif_document(characteristics: int, parts: int) -> bytes:
    """Results of so many parts with so many characteristics each, as a measuring machine writes them."""
    chosen = range(characteristics)
    definitions = "".join(
        f'<DiameterCharacteristicDefinition id="{1000 + c}"><Name>D{c}</Name><Tolerance><MaxValue>0.1</MaxValue>'
        f"<MinValue>-0.1</MinValue><DefinedAsLimit>false</DefinedAsLimit></Tolerance></DiameterCharacteristicDefinition>"
        for c in chosen
    )
    nominals = "".join(
        f'<DiameterCharacteristicNominal id="{2000 + c}"><CharacteristicDefinitionId>{1000 + c}</CharacteristicDefinitionId>'
        f"<TargetValue>{10 + c}</TargetValue></DiameterCharacteristicNominal>"
        for c in chosen
    )
    items = "".join(
        f'<DiameterCharacteristicItem id="{3000 + c}"><Name>D{c}</Name>'
        f"<CharacteristicNominalId>{2000 + c}</CharacteristicNominalId></DiameterCharacteristicItem>"
        for c in chosen
    )
    results = "".join(
        f'<MeasurementResults id="{10_000 + part}"><MeasuredCharacteristics><CharacteristicActuals n="{characteristics}">'
        + "".join(
            f'<DiameterCharacteristicActual id="{100_000 + part * characteristics + c}"><Status><CharacteristicStatusEnum>PASS'
            f"</CharacteristicStatusEnum></Status><CharacteristicItemId>{3000 + c}</CharacteristicItemId>"
            f"<Value>{10 + c}.0{part % 10}</Value></DiameterCharacteristicActual>"
            for c in chosen
        )
        + "</CharacteristicActuals></MeasuredCharacteristics></MeasurementResults>"
        for part in range(parts)
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><QIFDocument xmlns="http://qifstandards.org/xsd/qif3" versionQIF="3.0.0">'
        "<FileUnits><PrimaryUnits><LinearUnit><SIUnitName>meter</SIUnitName><UnitName>mm</UnitName><UnitConversion>"
        "<Factor>0.001</Factor></UnitConversion></LinearUnit></PrimaryUnits></FileUnits><Characteristics>"
        f"<CharacteristicDefinitions>{definitions}</CharacteristicDefinitions><CharacteristicNominals>{nominals}"
        f"</CharacteristicNominals><CharacteristicItems>{items}</CharacteristicItems></Characteristics>"
        f"<MeasurementsResults><MeasurementResultsSet>{results}</MeasurementResultsSet></MeasurementsResults></QIFDocument>"
    ).encode()
