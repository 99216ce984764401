"""The operator's page driven through real widgets on a station with a real journal."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from pytestqt.qtbot import QtBot

from drivers.base import Connection
from drivers.serial_devices.scanned import ScannedText
from station_app.domain.records import Measurement
from station_app.ui.posting import QtPost
from tests.bench_station import BEARING_LOT, HOUSING, ORDER, OTHER_UNIT, SEAL_LOT, UNIT, BenchStation
from tests.operator_bench import Operator
from tests.system.operator_steps import (
    WindowsShown,
    facts,
    measure_view,
    of_kind,
    open_step,
    picture_of,
)
from widgets.buttons import BigButton
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.keypad import Keypad
from widgets.media_panel import EnlargedPicture, MediaTexts
from widgets.top_bar import StatusChip

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


# --- working ---------------------------------------------------------------------------------------------------------


def test_earlier_steps_are_looked_at_and_not_changed(operator: Operator) -> None:
    open_step(operator, 4)
    before = len(facts(operator))
    operator.page.buttons.back_button.click()
    assert operator.step_title().startswith("3 ") and operator.big.caption() == "To step 4"
    operator.type("7")
    operator.key(Qt.Key.Key_Escape)
    assert operator.step_title().startswith("4 ") and len(facts(operator)) == before


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


def test_an_interrupted_unit_goes_on_where_it_stood(operator: Operator) -> None:
    open_step(operator, 2)
    operator.window.act("interrupt")
    (dialog,) = (o for o in operator.window.findChildren(ChoiceDialog) if o.isVisible())
    dialog.button("Break").click()
    operator.settled()
    operator.until(lambda: operator.page.between.headline() == f"{UNIT} is interrupted")
    operator.press("Go on")
    assert operator.step_title().startswith("2 ")


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
