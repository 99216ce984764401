"""The inspector's page driven through real widgets on a station with a real journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.simulation.scene import Scene
from station_app.domain.chain import REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured, Fact, JobState, Nonconformance, SampleMeasured
from station_app.domain.rules import REMARK_VIEW
from station_app.services.recording import read_rows
from station_app.ui.posting import QtPost
from tests.bench_station import UNIT
from tests.inspector_bench import GOOD_VALUES, JONAS, JONAS_PIN, Inspector, inspection_station
from widgets.card import CardState


@pytest.fixture
def inspector(qtbot: QtBot, tmp_path: Path) -> Iterator[Inspector]:
    """Somebody signed in before the window of INS-30."""
    post = QtPost()
    person = Inspector(qtbot, inspection_station(tmp_path / "station", post))
    person.sign_in(JONAS, JONAS_PIN)
    yield person
    person.window.close()
    person.station.close()
    post.close()


def of_kind(inspector: Inspector, kind: type[Fact]) -> list[Fact]:
    rows = read_rows(inspector.station.journal.all_rows(REC))
    return [r.fact for r in rows if isinstance(r.fact, kind)]


def measurements(inspector: Inspector) -> list[tuple[str, str, Outcome]]:
    found = of_kind(inspector, SampleMeasured)
    return [(m.characteristic, m.value_text, m.outcome) for m in found if isinstance(m, SampleMeasured)]


def to_step(inspector: Inspector, number: int) -> None:
    """Measure everything before a step."""
    for value in GOOD_VALUES[: number - 1]:
        inspector.type(value)
        inspector.key(Qt.Key.Key_Return)
        inspector.settled()


def test_a_whole_unit_with_the_keyboard_alone(inspector: Inspector) -> None:
    inspector.hold_before_camera(Scene(UNIT))
    inspector.scan(UNIT)
    assert inspector.row_texts()[2].startswith("3 Shaft Ø, 20.002 ±0.015")
    to_step(inspector, 7)
    for _ in range(2):
        inspector.key(Qt.Key.Key_Space)
        inspector.settled()
    inspector.until(lambda: inspector.services.execution.job is not None)
    inspector.until(lambda: not inspector.services.ledger.busy and inspector.inspect.between.isVisible())
    assert [value for _, value, _ in measurements(inspector)] == list(GOOD_VALUES)
    ended = of_kind(inspector, JobState)[-1]
    assert isinstance(ended, JobState) and ended.outcome is Outcome.PASS
    photos = of_kind(inspector, EvidenceCaptured)
    assert [photo.view for photo in photos if isinstance(photo, EvidenceCaptured)] == ["label", "seal side"]


def test_limits_and_where_the_value_lies_before_it_is_recorded(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    to_step(inspector, 3)
    card = inspector.entry.measure_card
    assert "19.987, 20.017, none" in card.limit_bar.accessibleName()
    inspector.type("20.014")
    assert card.message.text() == "Inside the limits by 0.003 mm."
    assert inspector.big.caption() == "Enter" and len(measurements(inspector)) == 2
    inspector.key(Qt.Key.Key_Backspace)
    inspector.type("9")
    assert card.message.text() == "0.002 mm above the limit."
    assert card.limit_bar.accessibleName().endswith("outside")


def test_out_of_limits_stays_and_a_second_reading_supersedes_it(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    to_step(inspector, 3)
    inspector.type("20.019")
    inspector.key(Qt.Key.Key_Return)
    inspector.settled()
    card = inspector.entry.measure_card
    assert card.state is CardState.FAILED and not inspector.big.isEnabled()
    assert inspector.big.caption() == "Next is blocked"
    assert (
        inspector.inspect.step_view.charts[0].chart.accessibleName() == "Shaft Ø, individuals: 1 point, 0 broken rules"
    )
    again = inspector.inspect.buttons.repeat_button
    assert again.isVisible() and again.caption() == "Measure again"
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert card.entry.text() == "" and inspector.keys() is card.entry
    inspector.type("20.006")
    inspector.key(Qt.Key.Key_Return)
    inspector.settled()
    first, second = [m for m in of_kind(inspector, SampleMeasured) if isinstance(m, SampleMeasured)][-2:]
    assert (first.outcome, second.outcome) == (Outcome.FAIL, Outcome.PASS)
    assert second.supersedes and not first.supersedes
    job = inspector.services.execution.job
    assert job is not None and job.current is not None and job.current.no == 4


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("20,004", "has a comma"), ("1.2.3", "is not a number"), ("20.0040001", "decimals; the gauge shows 3")],
)
def test_what_is_no_reading_is_refused_with_its_reason(inspector: Inspector, typed: str, reason: str) -> None:
    inspector.scan(UNIT)
    to_step(inspector, 3)
    inspector.type(typed)
    inspector.key(Qt.Key.Key_Return)
    inspector.until(lambda: reason in inspector.banner())
    assert len(measurements(inspector)) == 2
    assert inspector.entry.measure_card.entry.text() == typed


def test_letters_never_reach_the_entry(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    inspector.type("nan")
    assert inspector.entry.measure_card.entry.text() == ""


def test_a_gauge_that_types_lands_in_the_characteristic_that_is_next(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    inspector.inspect.buttons.back_button.setFocus()
    inspector.scan("20.0061")
    inspector.until(lambda: measurements(inspector) == [("bore_diameter", "20.0061", Outcome.PASS)])
    recorded = of_kind(inspector, SampleMeasured)[0]
    assert isinstance(recorded, SampleMeasured) and recorded.source == "gauge" and recorded.gauge == "bore gauge 0.0005"


def test_a_scan_that_nobody_knows_is_no_reading(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    inspector.scan("X-20.0061")
    inspector.until(lambda: "is not an order, serial number" in inspector.banner())
    assert measurements(inspector) == []


def test_the_keypad_writes_into_the_entry(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    keypad = inspector.inspect.step_view.keypad
    for name in ("2", "0", ".", "0", "9", "backspace", "0", "1"):
        QTest.mouseClick(keypad.button(name), Qt.MouseButton.LeftButton)
    assert inspector.entry.measure_card.entry.text() == "20.001"
    assert inspector.keys() is inspector.entry.measure_card.entry


@pytest.mark.parametrize(
    ("scene", "reason"),
    [
        (Scene(UNIT, blurred=True), "Blurred"),
        (Scene(UNIT, dark=True), "Too dark"),
        (Scene("GX40-000101"), "The code in the picture is GX40-000101, not GX40-000124."),
    ],
)
def test_a_bad_photo_is_kept_and_refused_with_its_reason(inspector: Inspector, scene: Scene, reason: str) -> None:
    inspector.hold_before_camera(scene)
    inspector.scan(UNIT)
    to_step(inspector, 7)
    inspector.press("Take photo")
    card = inspector.inspect.step_view.column.views[0].card
    inspector.until(lambda: card.state is CardState.FAILED)
    assert reason in card.message.text()
    assert inspector.inspect.step_view.camera.card.isVisible(), "the live picture is needed to take it again"
    inspector.hold_before_camera(Scene(UNIT))
    inspector.press("Take again")
    job = inspector.services.execution.job
    assert job is not None and job.current is not None and job.current.no == 8
    outcomes = [photo.outcome for photo in of_kind(inspector, EvidenceCaptured) if isinstance(photo, EvidenceCaptured)]
    assert outcomes == [Outcome.FAIL, Outcome.PASS]


def test_without_a_picture_nothing_is_recorded_and_the_camera_is_named(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    to_step(inspector, 7)
    inspector.press("Take photo")
    inspector.until(lambda: "Camera “bench” delivers no picture" in inspector.banner())
    assert of_kind(inspector, EvidenceCaptured) == []


def test_a_photo_that_nobody_asked_for_is_kept_with_the_characteristic(inspector: Inspector) -> None:
    inspector.hold_before_camera(Scene(UNIT))
    inspector.scan(UNIT)
    QTest.mouseClick(inspector.inspect.buttons.photo_button, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]  # of InspectButtons
    inspector.until(lambda: "kept with this characteristic" in inspector.banner())
    (photo,) = of_kind(inspector, EvidenceCaptured)
    assert isinstance(photo, EvidenceCaptured)
    assert (photo.view, photo.step_id, photo.check_id) == (REMARK_VIEW, "bore-diameter", "")
    job = inspector.services.execution.job
    assert job is not None and job.current is not None and job.current.no == 1


def test_a_nonconformance_holds_the_unit(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    inspector.type("20.5")
    inspector.key(Qt.Key.Key_Return)
    inspector.settled()
    QTest.mouseClick(inspector.inspect.buttons.nonconformance_button, Qt.MouseButton.LeftButton)
    inspector.until(lambda: inspector.inspect.acts.reporting is not None)
    dialog = inspector.inspect.acts.reporting
    assert dialog is not None
    dialog.button("Scratch or burr").click()
    dialog.confirm_button.click()
    inspector.until(lambda: inspector.services.ledger.fold.held(UNIT) is not None)
    (found,) = of_kind(inspector, Nonconformance)
    assert isinstance(found, Nonconformance) and found.check_id == "bore_diameter"


def test_looking_back_changes_nothing_and_takes_no_reading(inspector: Inspector) -> None:
    inspector.scan(UNIT)
    to_step(inspector, 3)
    inspector.press_back()
    assert inspector.entry.measure_card.entry.text() == "14.01"
    inspector.type("1")
    assert inspector.entry.measure_card.entry.text() == "14.01"
    assert not inspector.inspect.step_view.keypad.isEnabled()
    inspector.press("To step 3")
    assert len(measurements(inspector)) == 2


def test_the_preview_and_what_is_seen_in_it(inspector: Inspector) -> None:
    inspector.hold_before_camera(Scene("GX40-000101"))
    inspector.scan(UNIT)
    camera = inspector.inspect.step_view.camera.card
    inspector.until(lambda: "code GX40-000101, not this unit" in camera.picture.accessibleName())
    inspector.hold_before_camera(Scene(UNIT))
    inspector.until(lambda: "code = unit" in camera.picture.accessibleName())
