"""Gauge R&R with data entry at the station, against the AIAG's published study."""

from __future__ import annotations

import pytest

from station_app.domain.outcome import Outcome
from station_app.domain.quality.gauge_study import Method
from station_app.domain.records import GaugeStudyEnded, GaugeStudyReading
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import INS_30, INSPECTOR, SMALL, begin
from tests.unit.services.station import ServiceStation, refused

# AIAG, Measurement Systems Analysis, 4th edition, the example study: parts 1 to 10, appraisers A, B, C, three trials
AIAG = {
    "A": ((0.29, -0.56, 1.34, 0.47, -0.80, 0.02, 0.59, -0.31, 2.26, -1.36),
          (0.41, -0.68, 1.17, 0.50, -0.92, -0.11, 0.75, -0.20, 1.99, -1.25),
          (0.64, -0.58, 1.27, 0.64, -0.84, -0.21, 0.66, -0.17, 2.01, -1.31)),
    "B": ((0.08, -0.47, 1.19, 0.01, -0.56, -0.20, 0.47, -0.63, 1.80, -1.68),
          (0.25, -1.22, 0.94, 1.03, -1.20, 0.22, 0.55, 0.08, 2.12, -1.62),
          (0.07, -0.68, 1.34, 0.20, -1.28, 0.06, 0.83, -0.34, 2.19, -1.50)),
    "C": ((0.04, -1.38, 0.88, 0.14, -1.46, -0.29, 0.02, -0.46, 1.77, -1.49),
          (-0.11, -1.13, 1.09, 0.20, -1.07, -0.67, 0.01, -0.56, 1.45, -1.77),
          (-0.15, -0.96, 0.67, 0.11, -1.45, -0.49, 0.21, -0.49, 1.87, -2.16)),
}  # fmt: skip
PARTS = tuple(str(number) for number in range(1, 11))


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    return begin(make_station(INS_30), SMALL)


def begin_study(station: ServiceStation) -> str:
    station.done(station.quality.studies.start("BG-1", "bore", PARTS, tuple(AIAG), 3, unit="mm", tolerance="8"))
    return station.quality.studies.in_work[-1].started.study_id


def reading(part: str, operator: str, trial: int) -> str:
    return str(AIAG[operator][trial - 1][int(part) - 1])


def test_the_published_study_entered_reading_by_reading_over_a_restart(
    make_station: MakeStation, station: ServiceStation
) -> None:
    study_id = begin_study(station)
    studies = station.quality.studies
    order = [studies.study(study_id).missing()[0]]
    for _ in range(5):
        part, operator, trial = studies.study(study_id).missing()[0]
        station.done(studies.record(study_id, part, operator, trial, reading(part, operator, trial)))
        order.append(studies.study(study_id).missing()[0])
    assert [cell[0] for cell in order] != sorted(cell[0] for cell in order), "parts come in an order of their own"
    assert "85 readings are missing" in refused(lambda: studies.compute(study_id))
    station.close()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    studies = again.quality.studies
    assert studies.study(study_id).missing()[0] == order[-1]
    rest = [
        GaugeStudyReading(
            study_id=study_id, gauge="BG-1", characteristic="bore", part=p, operator=o, trial=t, value_text=reading(p, o, t)
        )
        for p, o, t in studies.study(study_id).missing()
    ]  # fmt: skip
    again.done(again.ledger.commit(rest))
    again.done(studies.finish(study_id))
    ended = [fact for fact in again.facts() if isinstance(fact, GaugeStudyEnded)][-1]
    figures = dict(figure.split("=") for figure in ended.figures)
    # Minitab prints for this study: %study variation 27.86, ndc 4, stdev GRR 0.30237, part 1.04233 (interaction pooled)
    assert float(figures["gauge_rr.study_variation_percent"]) == pytest.approx(27.86, abs=0.005)
    assert float(figures["gauge_rr.sd"]) == pytest.approx(0.30237, abs=5e-6)
    assert float(figures["part.sd"]) == pytest.approx(1.04233, abs=5e-6)
    assert (figures["ndc"], figures["interaction_pooled"], figures["alpha"]) == ("4", "true", "0.05")
    assert float(figures["gauge_rr.tolerance_percent"]) == pytest.approx(6 * 0.30237 / 8 * 100, abs=0.001)
    assert again.quality.studies.in_work == []
    assert "has ended" in refused(lambda: studies.record(study_id, "1", "A", 1, "0.3"))


def test_a_reading_taken_again_supersedes_the_first(station: ServiceStation) -> None:
    study_id = begin_study(station)
    studies = station.quality.studies
    (first,) = station.done(studies.record(study_id, "1", "A", 1, "9.99"))
    station.done(studies.record(study_id, "1", "A", 1, "0.29", raw_text="01A+0.29", source="gauge"))
    readings = [fact for fact in station.facts() if isinstance(fact, GaugeStudyReading)]
    assert [(r.value_text, r.supersedes, r.raw_text) for r in readings] == [
        ("9.99", "", "9.99"), ("0.29", first.rec_id, "01A+0.29"),
    ]  # fmt: skip
    assert studies.study(study_id).next_for("B") is not None and len(studies.study(study_id).missing()) == 89


@pytest.mark.parametrize(
    ("parts", "operators", "trials", "tolerance", "told"),
    [
        (("1",), ("A", "B"), 2, "", "2 to 50 parts"),
        (("1", "1"), ("A", "B"), 2, "", "each once"),
        (("1", "2"), ("A",), 2, "", "2 to 10 operators"),
        (("1", "2"), ("A", "B"), 1, "", "2 to 10 trials"),
        (("1", "2"), ("A", "B"), 2, "0", "must be greater than 0"),
        (("1", "2"), ("A", "B"), 2, "1,5", "Use a point"),
    ],
)
def test_what_is_no_study_is_refused(
    station: ServiceStation, parts: tuple[str, ...], operators: tuple[str, ...], trials: int, tolerance: str, told: str
) -> None:
    studies = station.quality.studies
    assert told in refused(lambda: studies.start("BG-1", "bore", parts, operators, trials, tolerance=tolerance))


def test_readings_that_do_not_belong_and_gauges_that_may_not_measure_are_refused(station: ServiceStation) -> None:
    studies = station.quality.studies
    assert "its calibration ended" in refused(lambda: studies.start("BG-2", "bore", PARTS, tuple(AIAG), 2))
    study_id = begin_study(station)
    assert "do not belong" in refused(lambda: studies.record(study_id, "11", "A", 1, "0.1"))
    assert "is not a number" in refused(lambda: studies.record(study_id, "1", "A", 1, "ERR6"))
    station.done(station.quality.gauges.set_status("BG-1", "held", "dropped"))
    assert "is held" in refused(lambda: studies.record(study_id, "1", "A", 1, "0.1"))
    station.done(studies.abandon(study_id))
    ended = [fact for fact in station.facts() if isinstance(fact, GaugeStudyEnded)][-1]
    assert (ended.outcome, ended.figures) == (Outcome.SKIPPED, ())


def test_both_methods_can_be_looked_at_before_the_end(station: ServiceStation) -> None:
    station.done(station.quality.studies.start("BG-1", "bore", ("1", "2"), ("A", "B"), 2))
    study = station.quality.studies.in_work[0]
    study_id = study.started.study_id
    rest = [
        GaugeStudyReading(
            study_id=study_id, gauge="BG-1", characteristic="bore", part=p, operator=o, trial=t, value_text=reading(p, o, t)
        )
        for p, o, t in study.missing()
    ]  # fmt: skip
    station.done(station.ledger.commit(rest))
    found = [station.quality.studies.compute(study_id, method) for method in Method]
    assert [each.method for each in found] == list(Method) and found[0].ndc != 0
