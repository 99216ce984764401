"""What the operator enters and what the machine shows: limits, repeating, pictures, and what happens while it is saved."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest

from drivers.base import Connection, Quality
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured, MachineValue, Measurement
from tests.bench_station import BEARING_LOT, OTHER_UNIT, UNIT
from tests.operator_bench import Operator
from tests.system.operator_steps import (
    held_journal,
    machine_view,
    measure_view,
    of_kind,
    open_step,
    picture_of,
)
from widgets.card import CardState


def test_out_of_limits_blocks_says_by_how_much_and_keeps_a_photo(operator: Operator) -> None:
    open_step(operator, 4)
    operator.station.cameras["bench"].jpeg = picture_of(UNIT)
    operator.type("0.19")
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    card = measure_view(operator).card
    assert card.state is CardState.FAILED and "0.04 mm above the limit." in card.message.text()
    assert operator.big.caption() == "Next is blocked" and not operator.big.isEnabled()
    assert operator.page.buttons.nonconformance_button.isVisible()
    operator.until(lambda: "A photo is kept." in card.message.text())
    (photo,) = of_kind(operator, EvidenceCaptured)
    assert isinstance(photo, EvidenceCaptured) and photo.view == "failure" and photo.check_id == ""
    assert operator.station.evidence.has(photo.sha256)
    operator.key(Qt.Key.Key_Space)
    assert operator.step_title().startswith("4 ")


def test_digits_find_the_entry_wherever_the_keys_are(operator: Operator) -> None:
    open_step(operator, 4)
    operator.page.buttons.andon_button.setFocus()
    operator.type("0.1")
    assert measure_view(operator).typed() == "0.1" and operator.keys() is measure_view(operator).measure_card.entry


def test_digits_typed_while_a_reading_is_saved_are_not_lost(operator: Operator) -> None:
    open_step(operator, 4)
    operator.type("0.19")
    operator.page.press()
    assert operator.big.is_busy
    for character in "0.10":
        key = Qt.Key.Key_Period if character == "." else Qt.Key(ord(character))
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, character)
        # as it comes up from the entry, which takes no keys now
        operator.page.keyPressEvent(event)
    operator.settled()
    operator.until(lambda: measure_view(operator).typed() == "0.10")


def test_digits_typed_into_a_step_that_goes_arrive_in_the_next(operator: Operator) -> None:
    """The key is withheld for a moment, and by the time it is delivered its entry is gone."""
    open_step(operator, 4)
    old = measure_view(operator).measure_card.entry
    QTest.keyClicks(old, "7")
    assert operator.window.scan_filter.is_withholding
    operator.page.step_view.forget()
    operator.page.refresh()
    operator.page.take_focus()
    new = measure_view(operator).measure_card.entry
    assert new is not old
    operator.until(lambda: new.text() == "7")


def test_a_measurement_may_be_repeated_and_supersedes(operator: Operator) -> None:
    open_step(operator, 4)
    for text in ("0.19", "0.10"):
        operator.type(text)
        operator.key(Qt.Key.Key_Return)
        operator.settled()
    first, second = of_kind(operator, Measurement)
    assert isinstance(first, Measurement) and isinstance(second, Measurement)
    assert (first.value_text, second.value_text, second.outcome) == ("0.19", "0.10", Outcome.PASS)
    assert second.supersedes and operator.step_title().startswith("5 ")


def test_bad_quality_is_refused_with_its_status_name(operator: Operator) -> None:
    open_step(operator, 3)
    operator.scan(BEARING_LOT)
    operator.station.sample("press.peak_force", 12.4)
    operator.station.sample("press.peak_force", 12.4, Quality.BAD, "BadCommunicationError")
    operator.station.device("press", Connection.LOST)
    view = machine_view(operator)
    operator.until(lambda: view.card.note_text() == "BadCommunicationError")
    operator.press("Capture value")
    assert "BadCommunicationError" in view.card.message.text() and view.card.state is CardState.FAILED
    (value,) = of_kind(operator, MachineValue)
    assert isinstance(value, MachineValue) and value.outcome is Outcome.ERROR
    assert operator.step_title().startswith("3 ")
    operator.station.sample("press.peak_force", 12.4)
    operator.press("Capture again")
    assert operator.step_title().startswith("4 ")


def test_a_machine_value_out_of_limits_is_repeated_with_the_step(operator: Operator) -> None:
    open_step(operator, 3)
    operator.scan(BEARING_LOT)
    operator.station.sample("press.peak_force", 14.86)
    operator.press("Capture value")
    assert "0.86 kN above the limit." in machine_view(operator).card.message.text()
    assert operator.big.caption() == "Next is blocked"
    operator.page.buttons.repeat_button.click()
    operator.settled()
    assert operator.big.caption() == "Scan to go on"
    assert operator.services.execution.job is not None
    assert operator.services.execution.job.steps[2].attempt == 2


def test_a_nonconformance_holds_the_unit_and_offers_the_next(operator: Operator) -> None:
    open_step(operator, 4)
    operator.type("0.19")
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    operator.page.buttons.nonconformance_button.click()
    dialog = operator.page.acts.reporting
    assert dialog is not None
    dialog.button("Out of limits").click()
    dialog.confirm_button.click()
    operator.settled()
    assert operator.page.between.headline() == f"{UNIT} is on hold"
    operator.press("Next unit")
    assert operator.services.execution.job is not None and operator.services.execution.job.serial == OTHER_UNIT


def test_nothing_is_done_twice_while_it_is_being_saved(operator: Operator) -> None:
    open_step(operator, 2)
    operator.page.press()
    assert operator.big.is_busy
    operator.page.press()
    operator.big.click()
    QTest.keyClick(operator.big, Qt.Key.Key_Space)
    operator.settled()
    assert operator.step_title().startswith("3 ") and operator.banner() == ""
    assert not operator.big.is_busy


def test_a_slow_commit_shows_saving_and_a_quick_one_only_what_was_saved(operator: Operator) -> None:
    open_step(operator, 2)
    go_on = held_journal(operator)
    operator.page.press()
    assert operator.big.is_busy and operator.big.caption() == "Confirm", "locked at once, drawn only after a frame"
    operator.until(lambda: operator.big.caption() == "Saving")
    go_on.set()
    operator.settled()
    # so long a frame that no computer is too busy for it
    operator.page._saving_shown.setInterval(60_000)
    captions = list[str]()
    operator.services.ledger.changed.subscribe(lambda: captions.append(operator.big.caption()))
    operator.scan(BEARING_LOT)
    assert "Saving" not in captions and operator.big.caption() == "Capture value"
    operator.station.sample("press.peak_force", 12.4)
    captions.clear()
    operator.press("Capture value")
    assert captions[0] == "Capture value" and captions[-1] != captions[0] and "Saving" not in captions


def test_while_a_failure_is_saved_no_key_and_no_button_changes_anything(operator: Operator) -> None:
    open_step(operator, 4)
    operator.type("0.50")
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    entry = measure_view(operator).measure_card.entry
    operator.type("0.51")
    go_on = held_journal(operator)
    operator.page.press()
    entry.press("7")
    entry.backspace()
    entry.toggle_sign()
    QTest.keyClick(entry, Qt.Key.Key_Delete)
    buttons = operator.page.buttons
    for button in (buttons.nonconformance_button, buttons.repeat_button):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (entry.text(), operator.banner(), operator.page.acts.reporting) == ("0.51", "", None)
    go_on.set()
    operator.settled()
    assert [fact.value_text for fact in of_kind(operator, Measurement) if isinstance(fact, Measurement)] == [
        "0.50",
        "0.51",
    ]
    assert entry.press("9"), "after the commit it takes keys again"


def test_a_picture_of_another_unit_is_kept_and_refused(operator: Operator) -> None:
    open_step(operator, 7)
    operator.station.cameras["bench"].jpeg = picture_of(OTHER_UNIT)
    operator.press("Take photo")
    view = operator.page.step_view.column.views[0]
    assert view.card.state is CardState.FAILED and OTHER_UNIT in view.card.message.text()
    operator.station.cameras["bench"].jpeg = picture_of(UNIT)
    operator.press("Take again")
    operator.press("Finish unit")
    assert len(of_kind(operator, EvidenceCaptured)) == 2


def test_without_a_camera_picture_the_photo_is_refused_with_the_reason(operator: Operator) -> None:
    open_step(operator, 7)
    operator.press("Take photo")
    assert "delivers no picture" in operator.banner() and operator.big.caption() == "Take photo"


def test_a_journal_that_cannot_save_is_said_until_it_can(operator: Operator) -> None:
    open_step(operator, 2)
    operator.services.ledger.fault = "no room for the journal"
    operator.services.ledger.changed.tell()
    lasting = operator.window.banners.lasting
    operator.until(lambda: lasting.isVisible() and "Not saved." in lasting.text())
    operator.press("Confirm")
    operator.until(lambda: not lasting.isVisible())
