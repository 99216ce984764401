"""Scans and typing told apart: the hard cases. Key times are given, so nothing here depends on speed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.scan_filter import GS, ScanFilter, ScanSettings

ENTER, SPACE = Qt.Key.Key_Return, Qt.Key.Key_Space
CONTROL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


class Bench:
    """A window with a field and a button, the filter, and a keyboard whose clock is ours."""

    def __init__(self, qtbot: QtBot, settings: ScanSettings) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.field, self.button = QLineEdit(), QPushButton("Next")
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.field)
        layout.addWidget(self.button)
        self.presses = 0
        self.button.clicked.connect(self._count)
        self.entered = 0
        self.field.returnPressed.connect(self._count_entered)
        self.window.show()
        self.filter = ScanFilter(settings)
        self.filter.install()
        self.scans: list[str] = []
        self.broken: list[str] = []
        self.filter.scanned.connect(self.scans.append)
        self.filter.incomplete.connect(self.broken.append)
        self.now = 1_000
        self.qtbot = qtbot

    def key(
        self,
        target: QObject,
        text: str,
        gap: int = 10,
        key: int = 0,
        modifiers: Qt.KeyboardModifier = NONE,
        repeat: bool = False,
        release: bool = True,
    ) -> None:
        """One key, `gap` ms after the last."""
        self.now += gap
        if text in ("\r", "\n"):
            key = key or ENTER
        code = key or (ord(text.upper()) if text else 0)
        kinds = [QEvent.Type.KeyPress, *([QEvent.Type.KeyRelease] if release else [])]
        for kind in kinds:
            event = QKeyEvent(kind, code, modifiers, text, repeat)
            event.setTimestamp(self.now)
            QApplication.sendEvent(target, event)

    def type(self, target: QObject, text: str, gap: int = 10) -> None:
        """A run of keys with equal gaps."""
        for character in text:
            self.key(target, character, gap)

    def settle(self) -> None:
        """Wait until nothing is withheld any more."""
        self.qtbot.waitUntil(lambda: not self.filter.is_withholding, timeout=2000)

    def _count(self) -> None:
        self.presses += 1

    def _count_entered(self) -> None:
        self.entered += 1


@pytest.fixture
def bench(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(qtbot, getattr(request, "param", ScanSettings()))
    yield made
    made.filter.remove()


def settings(**values: object) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("bench", [ScanSettings(**values)], indirect=True)  # type: ignore[arg-type]  # test shorthand


def test_a_scan_into_a_focused_field_never_reaches_it(bench: Bench) -> None:
    bench.type(bench.field, "GX40-000127\r")
    assert bench.scans == ["GX40-000127"]
    assert (bench.field.text(), bench.entered) == ("", 0)


def test_capital_letters_with_shift_are_part_of_the_scan(bench: Bench) -> None:
    for character in "Ab-CD\r":
        if character.isupper():
            bench.key(bench.field, "", 2, key=Qt.Key.Key_Shift, release=False)
        bench.key(bench.field, character, 5, modifiers=SHIFT if character.isupper() else NONE)
    assert bench.scans == ["Ab-CD"]
    assert bench.field.text() == ""


def test_space_and_enter_inside_a_scan_press_no_button(bench: Bench) -> None:
    bench.button.setFocus()
    bench.type(bench.button, "AB CD EF\r")
    bench.settle()
    assert bench.scans == ["AB CD EF"]
    assert bench.presses == 0
    assert not bench.button.isDown()


def test_releases_that_come_after_the_scan_do_not_press_either(bench: Bench) -> None:
    bench.button.setFocus()
    for character in "A  B\r":
        bench.key(bench.button, character, release=False)
    for code in (ord("A"), SPACE, SPACE, ord("B"), ENTER):
        event = QKeyEvent(QEvent.Type.KeyRelease, code, NONE, "")
        QApplication.sendEvent(bench.button, event)
    assert (bench.scans, bench.presses) == (["A  B"], 0)


def test_neither_presses_nor_releases_of_a_scan_reach_a_widget(bench: Bench) -> None:
    seen: list[QEvent.Type] = []

    class Recorder(QWidget):
        def event(self, event: QEvent) -> bool:
            if isinstance(event, QKeyEvent):
                seen.append(event.type())
            return super().event(event)

    recorder = Recorder(bench.window)
    for character in "AB12\r":
        bench.key(recorder, character, release=False)
    for code in (ord("A"), ord("B"), ord("1"), ord("2"), ENTER):
        QApplication.sendEvent(recorder, QKeyEvent(QEvent.Type.KeyRelease, code, NONE, ""))
    assert bench.scans == ["AB12"]
    assert seen == []


def test_a_release_that_got_lost_does_not_swallow_the_next_one(bench: Bench) -> None:
    bench.button.setFocus()
    for character in "A  B\r":
        bench.key(bench.button, character, release=False)
    bench.key(bench.button, " ", 900)
    bench.qtbot.waitUntil(lambda: bench.presses == 1)
    assert not bench.button.isDown()


def test_a_code_that_begins_with_gs_is_whole(bench: Bench) -> None:
    bench.key(bench.field, GS, 5, key=Qt.Key.Key_BracketRight, modifiers=CONTROL)
    bench.type(bench.field, "0104012345\r")
    assert bench.scans == [f"{GS}0104012345"]


def test_the_space_bar_works_again_after_a_scan(bench: Bench) -> None:
    bench.type(bench.button, "AB CD\r")
    bench.key(bench.button, " ", 900)
    bench.qtbot.waitUntil(lambda: bench.presses == 1)


def test_a_fast_human_writes_as_ever(bench: Bench) -> None:
    bench.type(bench.field, "bearing seat\r", gap=60)
    bench.settle()
    assert (bench.field.text(), bench.scans, bench.entered) == ("bearing seat", [], 1)


def test_rolling_fingers_are_not_a_scan(bench: Bench) -> None:
    for character, gap in zip("the fit", (100, 20, 25, 120, 30, 25, 100), strict=True):
        bench.key(bench.field, character, gap)
    bench.settle()
    assert (bench.field.text(), bench.scans, bench.broken) == ("the fit", [], [])


def test_a_typed_key_is_withheld_for_no_longer_than_50_ms(bench: Bench) -> None:
    assert ScanSettings().max_key_gap_ms <= 50
    bench.key(bench.field, "a")
    assert bench.field.text() == ""
    bench.qtbot.waitUntil(lambda: bench.field.text() == "a", timeout=1000)


def test_enter_alone_is_delivered_at_once(bench: Bench) -> None:
    bench.key(bench.field, "\r")
    assert bench.entered == 1


def test_a_short_entry_with_quick_enter_is_typing(bench: Bench) -> None:
    bench.type(bench.field, "12\r", gap=30)
    assert (bench.field.text(), bench.entered, bench.scans) == ("12", 1, [])


def test_a_scan_with_a_pause_inside_is_one_scan(bench: Bench) -> None:
    bench.type(bench.field, "GX40-0")
    bench.key(bench.field, "0", 180)
    bench.type(bench.field, "0127\r")
    assert (bench.scans, bench.field.text()) == (["GX40-000127"], "")


def test_two_scans_in_quick_succession_are_two(bench: Bench) -> None:
    bench.type(bench.field, "SN-0001\r", gap=4)
    bench.type(bench.field, "SN-0002\r", gap=4)
    assert bench.scans == ["SN-0001", "SN-0002"]


def test_a_scan_right_after_a_typed_key_keeps_the_key(bench: Bench) -> None:
    bench.key(bench.field, "7")
    bench.key(bench.field, "G", 70)
    bench.type(bench.field, "X40-1\r")
    bench.settle()
    assert (bench.field.text(), bench.scans) == ("7", ["GX40-1"])


def test_a_scan_whose_end_never_comes_is_told_and_leaks_nothing(bench: Bench) -> None:
    bench.type(bench.field, "GX40-0001")
    bench.settle()
    assert (bench.scans, bench.broken, bench.field.text()) == ([], ["GX40-0001"], "")


def test_gs_is_kept_and_never_enters_a_field(bench: Bench) -> None:
    bench.type(bench.field, "0104012345")
    bench.key(bench.field, GS, 5, key=Qt.Key.Key_BracketRight, modifiers=CONTROL)
    bench.type(bench.field, "10L25\r")
    assert bench.scans == [f"0104012345{GS}10L25"]
    assert bench.field.text() == ""


def test_other_control_characters_belong_to_a_running_scan_only(bench: Bench) -> None:
    bench.type(bench.field, "[)>")
    bench.key(bench.field, "\x1e", 5, key=Qt.Key.Key_AsciiCircum, modifiers=CONTROL)
    bench.type(bench.field, "06\r")
    assert bench.scans == ["[)>\x1e06"]
    bench.field.setText("kept")
    bench.field.selectAll()
    bench.key(bench.field, "\x18", 800, key=Qt.Key.Key_X, modifiers=CONTROL)
    assert bench.field.text() == ""  # cut works at once


def test_a_held_space_bar_is_no_scan(bench: Bench) -> None:
    bench.button.setFocus()
    bench.key(bench.button, " ", release=False)
    for _ in range(12):
        bench.key(bench.button, " ", 30, repeat=True, release=False)
    bench.now += 30
    QApplication.sendEvent(bench.button, QKeyEvent(QEvent.Type.KeyRelease, SPACE, NONE, " "))
    bench.settle()
    assert (bench.scans, bench.broken, bench.presses) == ([], [], 1)


def test_a_held_digit_fills_the_field_and_is_no_scan(bench: Bench) -> None:
    bench.key(bench.field, "1", release=False)
    for _ in range(7):
        bench.key(bench.field, "1", 30, repeat=True, release=False)
    bench.key(bench.field, "\r", 30)
    bench.settle()
    assert (bench.field.text(), bench.scans) == ("11111111", [])


def test_keys_that_are_never_in_a_scan_pass_in_order(bench: Bench) -> None:
    bench.key(bench.field, "a")
    bench.key(bench.field, "b")
    bench.key(bench.field, "", key=Qt.Key.Key_Home)
    bench.key(bench.field, "c", 100)
    bench.settle()
    assert bench.field.text() == "cab"


def test_a_key_goes_to_the_widget_it_was_meant_for(bench: Bench) -> None:
    bench.key(bench.field, "a")
    bench.button.setFocus()
    bench.settle()
    assert bench.field.text() == "a"


def test_a_widget_that_is_gone_takes_no_key_with_it(bench: Bench) -> None:
    passing = QLineEdit(bench.window)
    bench.key(passing, "a")
    passing.setParent(None)
    passing.deleteLater()
    QApplication.sendPostedEvents(passing, QEvent.Type.DeferredDelete.value)
    bench.settle()


def test_a_scan_while_a_dialog_is_open_does_not_accept_it(bench: Bench) -> None:
    dialog = QDialog(bench.window)
    accept = QPushButton("OK", dialog)
    accept.setDefault(True)
    accept.clicked.connect(dialog.accept)
    dialog.open()
    bench.type(dialog, "GX40-000127\r")
    bench.settle()
    assert bench.scans == ["GX40-000127"]
    assert dialog.isVisible()
    dialog.reject()


@settings(prefix="~", suffix="\r")
def test_with_a_prefix_a_typed_key_before_it_is_typing(bench: Bench) -> None:
    bench.key(bench.field, "7")
    bench.type(bench.field, "~GX40-1\r", gap=8)
    assert (bench.field.text(), bench.scans) == ("7", ["GX40-1"])


@settings(prefix="~", suffix="\r")
def test_with_a_prefix_even_a_short_slow_scan_is_one(bench: Bench) -> None:
    bench.type(bench.field, "~A\r", gap=120)
    assert (bench.field.text(), bench.scans) == ("", ["A"])


@settings(prefix="\x02", suffix="\x03")
def test_control_characters_as_frame(bench: Bench) -> None:
    bench.key(bench.field, "\x02", key=Qt.Key.Key_B, modifiers=CONTROL)
    bench.type(bench.field, "AB")
    bench.key(bench.field, "\x03", key=Qt.Key.Key_C, modifiers=CONTROL)
    assert (bench.field.text(), bench.scans) == ("", ["AB"])


@settings(suffix="\t")
def test_tab_as_suffix_does_not_move_the_focus(bench: Bench) -> None:
    bench.field.setFocus()
    bench.type(bench.field, "SN-0001")
    bench.key(bench.field, "\t", key=Qt.Key.Key_Tab)
    assert bench.scans == ["SN-0001"]
    assert bench.field.hasFocus()


@settings(suffix="")
def test_without_a_suffix_silence_ends_the_scan(bench: Bench) -> None:
    bench.type(bench.field, "SN-0001")
    bench.settle()
    assert (bench.scans, bench.field.text()) == (["SN-0001"], "")


@settings(suffix="\r\n")
def test_a_scanner_that_sends_cr_and_lf_gives_one_scan_and_no_enter(bench: Bench) -> None:
    bench.type(bench.field, "SN-0001\r\n", gap=4)
    assert (bench.scans, bench.entered, bench.field.text()) == (["SN-0001"], 0, "")


def test_a_busy_program_does_not_tear_a_scan_apart(bench: Bench) -> None:
    """The timer is late because the program was busy: the scan's other keys wait behind it."""
    bench.type(bench.field, "GX")
    QTest.qSleep(120)  # blocks the event loop: what is tested
    QApplication.processEvents()
    bench.type(bench.field, "40-1\r")
    bench.settle()
    assert (bench.scans, bench.field.text()) == (["GX40-1"], "")


def test_a_shortcut_fires_for_typing_but_not_for_a_scan(bench: Bench) -> None:
    fired: list[int] = []
    shortcut = QShortcut(QKeySequence(SPACE), bench.window)
    shortcut.activated.connect(lambda: fired.append(1))
    window = bench.window.windowHandle()
    bench.button.setFocus()
    bench.type(bench.button, "AB CD\r")
    assert (bench.scans, fired) == (["AB CD"], [])
    QTest.keyClick(window, SPACE)
    bench.qtbot.waitUntil(lambda: fired == [1])
    assert bench.presses == 0


def test_keys_of_a_real_window_are_filtered_on_their_way(bench: Bench) -> None:
    bench.window.activateWindow()
    bench.field.setFocus()
    bench.qtbot.waitUntil(bench.field.hasFocus)
    window = bench.window.windowHandle()
    for character in "4711-03":
        QTest.keyClick(window, Qt.Key(ord(character)))
    QTest.keyClick(window, ENTER)
    assert (bench.scans, bench.field.text()) == (["4711-03"], "")
    QTest.keyClick(window, Qt.Key.Key_8)
    bench.qtbot.waitUntil(lambda: bench.field.text() == "8")


def test_removing_the_filter_delivers_what_it_holds(bench: Bench) -> None:
    bench.key(bench.field, "a")
    bench.filter.remove()
    assert bench.field.text() == "a"
    bench.key(bench.field, "b")
    assert bench.field.text() == "ab"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"max_key_gap_ms": 80.0}, "max_key_gap_ms is 80"),
        ({"min_length": 1}, "min_length is 1"),
        ({"pause_ms": 3.0}, "pause_ms is 3"),
    ],
)
def test_settings_out_of_range_are_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ScanSettings(**values)  # type: ignore[arg-type]  # test shorthand
