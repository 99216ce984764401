"""The operator's page driven through real widgets on a station with a real journal."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from pytestqt.qtbot import QtBot

from drivers.base import Connection, Quality
from drivers.serial_devices.scanned import ScannedText
from drivers.vision.codes import write_datamatrix
from station_app.domain.chain import REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured, Fact, MachineValue, Measurement
from station_app.services.recording import read_rows
from station_app.ui.machine_view import MachineView
from station_app.ui.posting import QtPost
from station_app.ui.work_cards import MeasureView
from tests.bench_station import BEARING_LOT, HOUSING, ORDER, OTHER_UNIT, SEAL_LOT, UNIT, BenchStation
from tests.operator_bench import Operator
from widgets.buttons import BigButton
from widgets.card import CardState
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.keypad import Keypad
from widgets.media_panel import EnlargedPicture, MediaTexts
from widgets.top_bar import StatusChip


@pytest.fixture
def operator(qtbot: QtBot, tmp_path: Path) -> Iterator[Operator]:
    """Somebody before the window of ASM-10; nobody is signed in."""
    post = QtPost()
    station = BenchStation(tmp_path / "station", post)
    person = Operator(qtbot, station)
    yield person
    person.window.close()
    person.station.close()
    post.close()


def facts(operator: Operator) -> list[Fact]:
    return [r.fact for r in read_rows(operator.station.journal.all_rows(REC)) if r.fact is not None]


def of_kind(operator: Operator, kind: type[Fact]) -> list[Fact]:
    return [fact for fact in facts(operator) if isinstance(fact, kind)]


def held_journal(operator: Operator) -> threading.Event:
    """Nothing is committed until the event is set."""
    go_on = threading.Event()
    operator.station.journal._writer.submit(lambda _: go_on.wait(20))
    return go_on


class WindowsShown(QObject):
    """Notes every widget that comes up as a window of its own: it would flash on the screen and take the keys away."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(repr(watched))
        return False


def picture_of(code: str) -> bytes:
    """A sharp picture as the bench camera takes it, with the unit's DataMatrix."""
    image = np.full((480, 640, 3), 180, np.uint8)
    image[120:360, 200:440] = write_datamatrix(code, 240)[..., None]
    return bytes(cv2.imencode(".jpg", image)[1].tobytes())


def open_step(operator: Operator, no: int) -> None:
    """Sign in, scan the first unit, and work up to a step."""
    operator.sign_in()
    operator.scan(UNIT)
    if no >= 2:
        operator.scan(HOUSING)
    if no >= 3:
        operator.press("Confirm")
    if no >= 4:
        operator.scan(BEARING_LOT)
        operator.station.sample("press.peak_force", 12.4)
        operator.press("Capture value")
    if no >= 7:
        operator.type("0.10")
        operator.key(Qt.Key.Key_Return)
        operator.settled()
        operator.scan(SEAL_LOT)
        operator.type("8.5")
        operator.key(Qt.Key.Key_Return)
        operator.settled()
    assert operator.step_title().startswith(f"{no} ")


def machine_view(operator: Operator) -> MachineView:
    view = operator.page.step_view.column.views[1]
    assert isinstance(view, MachineView)
    return view


def measure_view(operator: Operator) -> MeasureView:
    view = operator.page.step_view.column.views[0]
    assert isinstance(view, MeasureView)
    return view


# --- signing in, opening ---------------------------------------------------------------------------------------------


def test_badge_and_pin_sign_in_and_the_badge_again_signs_out(operator: Operator) -> None:
    assert operator.page.between.headline() == "Scan your badge"
    operator.sign_in()
    operator.until(lambda: operator.page.between.headline() == "Scan an order or a serial number")
    operator.wedge("DEMO-BADGE-7f3a91c2-anna-keller")
    operator.until(lambda: operator.services.people.person is None)


def test_a_wrong_pin_is_refused_and_the_panel_stays(operator: Operator) -> None:
    operator.wedge("DEMO-BADGE-7f3a91c2-anna-keller")
    operator.until(lambda: operator.window.signing_in.is_open)
    operator.type("9999")
    operator.key(Qt.Key.Key_Return)
    operator.until(lambda: "PIN is wrong" in operator.window.signing_in.panel.message.text())
    assert operator.services.people.person is None and operator.window.signing_in.is_open
    operator.window.signing_in.panel.dismiss()


def test_name_and_password_sign_in(operator: Operator) -> None:
    operator.press("Sign in")
    panel = operator.window.signing_in.panel
    panel.switch_button.click()
    panel.name.setText("Mara Lindt")
    panel.password.setText("demo-mara-lindt")
    panel.sign_in_button.click()
    operator.until(lambda: operator.services.people.person is not None)


def test_a_scanned_serial_opens_its_first_step(operator: Operator) -> None:
    operator.sign_in()
    operator.scan(OTHER_UNIT)
    operator.until(lambda: operator.step_title() == "1  Scan the housing")
    operator.until(lambda: OTHER_UNIT in operator.window.bar.parts()[2].accessibleName())


def test_a_scanned_order_opens_its_next_unit_and_so_does_its_row(operator: Operator) -> None:
    operator.sign_in()
    operator.scan(ORDER)
    job = operator.services.execution.job
    assert job is not None and job.serial == UNIT


def test_a_row_of_the_dispatch_list_is_high_enough_and_opens(operator: Operator) -> None:
    operator.sign_in()
    (row,) = operator.page.between.rows()
    assert row.height() >= operator.window.look.mm(20)
    row.click()
    operator.settled()
    assert operator.step_title() == "1  Scan the housing"


def test_a_restart_opens_the_step_where_the_unit_stood(operator: Operator, qtbot: QtBot, tmp_path: Path) -> None:
    open_step(operator, 3)
    operator.window.close()
    operator.station.close()
    post = QtPost()
    operator.station = again = BenchStation(tmp_path / "station", post, master=False)
    back = Operator(qtbot, again)
    assert back.step_title().startswith("3 ") and back.big.caption() == "Sign in"
    back.window.close()
    post.close()


# --- scans -----------------------------------------------------------------------------------------------------------


def test_a_wrong_scan_says_why_and_changes_nothing(operator: Operator) -> None:
    open_step(operator, 1)
    before = len(facts(operator))
    operator.scan("H63-000201")
    assert "this step needs GX40-H" in operator.banner() and "Nothing was changed." in operator.banner()
    operator.scan("NO-SUCH-THING")
    assert "NO-SUCH-THING" in operator.banner()
    assert operator.step_title() == "1  Scan the housing" and len(facts(operator)) == before


def test_a_scan_needs_no_focus_and_leaks_nothing_into_the_entry(operator: Operator) -> None:
    open_step(operator, 4)
    assert operator.keys() is measure_view(operator).measure_card.entry
    operator.type("0.1")
    operator.scan(SEAL_LOT)
    assert measure_view(operator).typed() == "0.1"
    assert "needs no component" in operator.banner() and not of_kind(operator, Measurement)


def test_a_unit_scanned_on_another_unit_is_refused(operator: Operator) -> None:
    open_step(operator, 2)
    operator.scan(OTHER_UNIT)
    assert f"Unit {UNIT} is open here" in operator.banner()


def test_the_codes_for_problem_and_next(operator: Operator) -> None:
    open_step(operator, 2)
    operator.wedge("ACTION:problem")
    operator.until(lambda: operator.window.calls.dialog is not None and operator.window.calls.dialog.isVisible())
    assert operator.window.calls.dialog is not None
    operator.window.calls.dialog.dismiss()
    operator.scan("ACTION:next")
    assert operator.step_title().startswith("3 ")


# --- checks ----------------------------------------------------------------------------------------------------------


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


def test_earlier_steps_are_looked_at_and_not_changed(operator: Operator) -> None:
    open_step(operator, 4)
    before = len(facts(operator))
    operator.page.buttons.back_button.click()
    assert operator.step_title().startswith("3 ") and operator.big.caption() == "To step 4"
    operator.type("7")
    operator.key(Qt.Key.Key_Escape)
    assert operator.step_title().startswith("4 ") and len(facts(operator)) == before


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


def test_signing_out_locks_the_work_but_not_the_view(operator: Operator) -> None:
    open_step(operator, 2)
    operator.services.people.sign_out()
    operator.until(lambda: operator.big.caption() == "Sign in")
    before = len(facts(operator))
    operator.key(Qt.Key.Key_Space)
    assert operator.window.signing_in.is_open and operator.step_title().startswith("2 ")
    assert len(facts(operator)) == before
    operator.window.signing_in.panel.dismiss()


def test_a_whole_unit_with_the_keyboard_alone(operator: Operator) -> None:
    windows = WindowsShown()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(windows)
    operator.sign_in()
    operator.key(Qt.Key.Key_Return)  # the first row of the dispatch list has the keys
    operator.settled()
    operator.scan(HOUSING)
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    operator.scan(BEARING_LOT)
    operator.station.sample("press.peak_force", 12.4)
    assert operator.keys() is operator.big
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    operator.type("0.10")
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    operator.scan(SEAL_LOT)
    operator.type("8.5")
    operator.key(Qt.Key.Key_Return)
    operator.settled()
    operator.station.cameras["bench"].jpeg = picture_of(UNIT)
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    assert operator.big.caption() == "Finish unit"
    operator.key(Qt.Key.Key_Space)
    operator.settled()
    assert operator.page.between.headline() == f"{UNIT} is finished"
    assert operator.services.ledger.fold.counts.good == 1
    application.removeEventFilter(windows)
    assert windows.shown == []


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


def test_an_interrupted_unit_goes_on_where_it_stood(operator: Operator) -> None:
    open_step(operator, 2)
    operator.window.act("interrupt")
    (dialog,) = (o for o in operator.window.findChildren(ChoiceDialog) if o.isVisible())
    dialog.button("Break").click()
    operator.settled()
    operator.until(lambda: operator.page.between.headline() == f"{UNIT} is interrupted")
    operator.press("Go on")
    assert operator.step_title().startswith("2 ")


def test_a_journal_that_cannot_save_is_said_until_it_can(operator: Operator) -> None:
    open_step(operator, 2)
    operator.services.ledger.fault = "no room for the journal"
    operator.services.ledger.changed.tell()
    lasting = operator.window.banners.lasting
    operator.until(lambda: lasting.isVisible() and "Not saved." in lasting.text())
    operator.press("Confirm")
    operator.until(lambda: not lasting.isVisible())


def test_a_clock_that_is_wrong_is_said(operator: Operator) -> None:
    operator.station.server(True, clock_offset_ms=3400)
    lasting = operator.window.banners.lasting
    operator.until(lambda: lasting.isVisible() and "3.4 s behind" in lasting.text())
    operator.station.server(True, clock_offset_ms=100)
    operator.until(lambda: not lasting.isVisible())


def test_calls_are_shown_until_they_are_answered(operator: Operator) -> None:
    open_step(operator, 2)
    operator.page.buttons.andon_button.click()
    dialog = operator.window.calls.dialog
    assert dialog is not None
    dialog.button("Material is missing").click()
    dialog.confirm_button.click()
    operator.until(lambda: operator.services.calls.open)
    operator.until(lambda: any(chip.chip.text.startswith("Andon") for chip in operator.window.bar.chips()))
    operator.page.buttons.andon_button.click()
    answer = operator.window.calls.dialog
    assert answer is not None and answer is not dialog
    answer.button("answered").click()
    operator.until(lambda: not operator.services.calls.open)
    operator.until(lambda: not any(chip.chip.text.startswith("Andon") for chip in operator.window.bar.chips()))


# --- for eyes, hands and screen readers ------------------------------------------------------------------------------


@pytest.mark.parametrize("size_px", [(1280, 800), (1920, 1080)])
def test_nothing_is_cut_and_everything_that_takes_keys_has_a_name(operator: Operator, size_px: tuple[int, int]) -> None:
    operator.window.close()
    wide = Operator(operator.qtbot, operator.station, *size_px)
    found: list[str] = []

    def look() -> None:
        operator.qtbot.wait(10)
        for widget in wide.window.findChildren(QWidget):
            if not widget.isVisible():
                continue
            if isinstance(widget, BigButton) and widget.is_shortened():
                found.append(f"cut: {widget.caption()}")
            if isinstance(widget, StatusChip) and widget.is_shortened():
                found.append(f"cut: {widget.chip.text}")
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.accessibleName() and not nameless(widget):
                found.append(f"no name: {widget!r}")

    look()
    open_step(wide, 3)
    wide.scan(BEARING_LOT)
    wide.station.sample("press.peak_force", 14.86)
    wide.press("Capture value")
    wide.station.device("press", Connection.LOST)
    wide.station.server(False, waiting=1234)
    look()
    wide.page.buttons.repeat_button.click()
    wide.settled()
    wide.scan(BEARING_LOT)
    wide.station.sample("press.peak_force", 12.0)
    wide.press("Capture value")
    look()
    wide.window.open_sheet()
    look()
    assert found == []
    wide.window.close()


def nameless(widget: QWidget) -> bool:
    """Scrolled surfaces are not controls: what they hold has names."""
    return isinstance(widget, QAbstractScrollArea) or isinstance(widget.parent(), QAbstractScrollArea)


def test_targets_are_large_enough_for_gloves(operator: Operator) -> None:
    look = operator.window.look
    open_step(operator, 4)
    buttons = operator.page.buttons
    for button in (buttons.big, buttons.back_button, buttons.problem_button, buttons.andon_button):
        assert button.height() >= look.mm(25)
    keypad = operator.page.step_view.findChildren(Keypad)[0]
    assert keypad.button("7").height() >= look.mm(20) and keypad.button("7").width() >= look.mm(20)


def test_a_scan_while_the_last_one_is_being_saved_is_next_and_not_refused(operator: Operator) -> None:
    operator.sign_in()
    operator.scan(UNIT)
    operator.window.scan(HOUSING)
    assert operator.services.execution.occupied
    operator.window.scan("ACTION:next")
    operator.until(lambda: "Press" in operator.step_title())


def test_a_scan_over_a_serial_line_is_a_scan_like_any_other(operator: Operator) -> None:
    scans = operator.services.serial_scans
    scans.take([ScannedText("hand", "GX40-00", False, 0.0)])
    assert "not complete" in operator.banner()
    operator.sign_in()
    scans.take([ScannedText("hand", UNIT, True, 0.0)])
    operator.settled()
    job = operator.services.execution.job
    assert job is not None
    assert job.serial == UNIT
    operator.window.close()
    scans.take([ScannedText("hand", OTHER_UNIT, True, 0.0)])
    assert operator.services.execution.job is job


def test_who_enlarges_a_picture_works_on_and_who_reads_a_dialog_does_not(operator: Operator) -> None:
    operator.sign_in()
    operator.scan(UNIT)
    attention = operator.services.execution._attention
    look = operator.window.look
    for overlay, away in (
        (EnlargedPicture(look, MediaTexts(), "Drawing"), False),
        (ChoiceDialog(look, "Why?", [Choice("a", "A")], "Go on", "Cancel"), True),
    ):
        overlay.open_on(operator.window)
        assert attention.paused is away, overlay
        overlay.dismiss()
        assert not attention.paused
        overlay.deleteLater()
