"""Check cards: what they show, what they send, and that nothing stale looks alive."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.card import Card, CardState
from widgets.check_cards import ConfirmCard, MeasureCard, ScanCard, ValueCard
from widgets.limit_bar import Limits, Marker
from widgets.photo_card import PhotoCard
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import Look

LIMITS = Limits(11.0, 14.0, "11.0", "14.0")


def has_color(widget: Card, name: str) -> bool:
    image = widget.grab().toImage()
    wanted = QColor(name).rgb()
    return any(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(0, image.height(), 2))


def test_limits_stand_there_before_any_value(look: Look, qtbot: QtBot) -> None:
    card = MeasureCard(look, "Press force", "kN", LIMITS)
    qtbot.addWidget(card)
    card.resize(420, card.sizeHint().height())
    assert card.limit_bar.marker is Marker.NONE
    assert has_color(card, look.theme.limits)
    assert not has_color(card, look.theme.alarm)


def test_a_failed_measure_says_by_how_much_with_shape_letters_and_colour(look: Look, qtbot: QtBot) -> None:
    card = MeasureCard(look, "Press force", "kN", LIMITS)
    qtbot.addWidget(card)
    card.resize(420, 300)
    card.set_verdict(CardState.FAILED, "FAIL", "0.86 kN above the limit.", "Measure again.", 14.86)
    marks = [line.mark for line in card.findChildren(Line) if line.isVisibleTo(card)]
    assert Shape.DIAMOND in marks
    assert "FAIL" in card.accessibleName()
    assert card.message.text() == "0.86 kN above the limit. Measure again."
    assert card.limit_bar.marker is Marker.OUTSIDE
    assert has_color(card, look.theme.alarm)


def test_typing_and_enter_come_out_as_typed(look: Look, qtbot: QtBot) -> None:
    card = MeasureCard(look, "Play", "mm", LIMITS)
    qtbot.addWidget(card)
    edited: list[str] = []
    card.edited.connect(edited.append)
    QTest.keyClicks(card.entry, "12,50")
    with qtbot.waitSignal(card.entered) as entered:
        QTest.keyClick(card.entry, Qt.Key.Key_Return)
    assert edited[-1] == "12,50"
    assert entered.args == ["12,50"]


def test_while_saving_no_key_changes_the_value(look: Look, qtbot: QtBot) -> None:
    card = MeasureCard(look, "Play", "mm", LIMITS)
    qtbot.addWidget(card)
    card.entry.set_text("12.4")
    card.set_verdict(CardState.SAVING, "saving…")
    QTest.keyClicks(card.entry, "99")
    QTest.keyClick(card.entry, Qt.Key.Key_Backspace)
    assert card.entry.text() == "12.4"


def test_bad_quality_is_struck_through_named_and_aged(look: Look, qtbot: QtBot) -> None:
    card = ValueCard(look, "Force", "kN", LIMITS)
    qtbot.addWidget(card)
    card.set_live("12.42", 12.42, "live")
    before = card.figure.is_struck
    card.set_bad("12.42", "BadCommunicationError", "last heard 14 s ago")
    during = card.figure.is_struck
    assert card.state is CardState.BAD_QUALITY
    assert "BadCommunicationError" in card.accessibleName()
    assert card.limit_bar.marker is Marker.NONE
    texts = [line.text() for line in card.findChildren(Line) if line.isVisibleTo(card)]
    assert "last heard 14 s ago" in texts
    card.set_live("12.5", 12.5, "live")
    assert (before, during, card.figure.is_struck) == (False, True, False)
    assert card.note_text() == "live"


@pytest.mark.parametrize("width_mm", [80, 112])
def test_a_long_status_name_is_never_cut(look: Look, qtbot: QtBot, width_mm: int) -> None:
    card = ValueCard(look, "Press force", "kN", LIMITS)
    qtbot.addWidget(card)
    card.resize(look.mm(width_mm), 300)
    card.show()
    card.set_bad("12.42", "BadCommunicationError", "last heard 14 s ago")
    qtbot.waitUntil(lambda: not any(line.is_shortened() for line in card.findChildren(Line) if line.isVisible()))


def test_a_states_word_goes_with_its_state(look: Look, qtbot: QtBot) -> None:
    card = Card(look, "Press force", "live")
    qtbot.addWidget(card)
    shown = []
    for state, text in ((CardState.SAVING, "saving"), (CardState.OK, "saved"), (CardState.IDLE, "")):
        card.set_state(state, text)
        shown.append(card.note_text())
    assert shown == ["saving", "saved", "live"]


def test_a_captured_value_that_failed_is_red_with_its_advice(look: Look, qtbot: QtBot) -> None:
    card = ValueCard(look, "Force", "kN", LIMITS)
    qtbot.addWidget(card)
    card.set_captured("14.86", 14.86, CardState.FAILED, "FAIL", "saved", "0.86 kN above the limit.")
    assert "0.86 kN" in card.message.text()
    card.set_captured("12.40", 12.4, CardState.OK, "saved")
    assert card.message.isHidden()
    assert card.note_text() == "saved"


def test_a_scan_card_has_nothing_to_press(look: Look, qtbot: QtBot) -> None:
    card = ScanCard(look, "Scan bearing lot")
    qtbot.addWidget(card)
    card.set_expected("Scan 6204-2RS", "deep groove")
    card.set_scanned("6204-2RS · Lot L25-0881")
    assert card.text() == "6204-2RS · Lot L25-0881"
    stops = [w for w in card.findChildren(Line) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    assert stops == []


def test_confirm_takes_one_press_and_then_goes_away(look: Look, qtbot: QtBot) -> None:
    card = ConfirmCard(look, "Seal", "Is it seated?", "Confirmed")
    qtbot.addWidget(card)
    with qtbot.waitSignal(card.confirmed):
        QTest.keyClick(card.button, Qt.Key.Key_Return)
    card.set_confirmed("saved")
    assert card.button.isHidden()


def test_a_photo_is_taken_then_refused_with_its_faults_then_taken_again(look: Look, qtbot: QtBot) -> None:
    card = PhotoCard(look, "Photo", "Take photo", "Take again", "Waiting for the camera")
    qtbot.addWidget(card)
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(QColor("#888888"))
    assert not card.picture.has_picture
    card.set_preview(image)
    assert card.picture.accessibleName() == "Photo", "a live picture is not announced as none"
    with qtbot.waitSignal(card.take):
        card.button.click()
    card.set_taken(image, CardState.FAILED, "REFUSED", "", ["The picture is blurred.", "Hold still."])
    assert card.message.text() == "The picture is blurred. Hold still."
    assert card.button.caption() == "Take again"
    with qtbot.waitSignal(card.retake):
        card.button.click()
    card.set_preview(image)
    assert (card.state, card.message.text()) == (CardState.IDLE, "")


def test_a_warning_card_is_told_apart_from_a_failed_one_by_shape(look: Look, qtbot: QtBot) -> None:
    card = Card(look, "Rule 3")
    qtbot.addWidget(card)
    seen = {}
    for state in (CardState.WARNING, CardState.FAILED):
        card.set_state(state, "x")
        seen[state] = {line.mark for line in card.findChildren(Line) if line.isVisibleTo(card)} - {None}
    assert seen == {CardState.WARNING: {Shape.TRIANGLE}, CardState.FAILED: {Shape.DIAMOND}}
