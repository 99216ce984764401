"""Cards that are answered: one press is an answer, lists lead on by themselves, what is held takes nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.answer_cards import Answer, ChecklistCard, ChoiceCard, TextCard
from widgets.theme import TARGET_MM, Look

LINES = [Answer("a", "No tool left"), Answer("b", "Both plugs"), Answer("c", "No oil")]


@pytest.fixture
def checklist(look: Look, qtbot: QtBot) -> ChecklistCard:
    card = ChecklistCard(look, "Bench", LINES)
    qtbot.addWidget(card)
    card.show()
    return card


def test_a_press_is_the_answer_and_a_held_card_takes_none(look: Look, qtbot: QtBot) -> None:
    card = ChoiceCard(look, "Surface", [Answer("good", "Good"), Answer("bad", "Bad")])
    qtbot.addWidget(card)
    card.show()
    chosen = list[str]()
    card.chosen.connect(chosen.append)
    QTest.mouseClick(card.buttons["bad"], Qt.MouseButton.LeftButton)
    card.set_held(True)
    QTest.keyClick(card.buttons["good"], Qt.Key.Key_Return)
    card.set_held(False)
    card.set_enabled(False)
    QTest.mouseClick(card.buttons["good"], Qt.MouseButton.LeftButton)
    assert chosen == ["bad"]
    assert all(button.height() >= look.mm(TARGET_MM) for button in card.buttons.values())


def test_what_was_chosen_is_still_read_when_it_cannot_be_changed(look: Look, qtbot: QtBot) -> None:
    card = ChoiceCard(look, "Surface", [Answer("good", "Good"), Answer("bad", "Bad")])
    qtbot.addWidget(card)
    card.set_enabled(False)
    card.set_chosen("bad")
    colors = {name: button.grab().toImage().pixelColor(12, 12).name() for name, button in card.buttons.items()}
    assert colors["bad"] == look.theme.running.lower() and colors["good"] != colors["bad"]


def test_a_list_is_answered_line_by_line_with_the_space_key(checklist: ChecklistCard, look: Look) -> None:
    checklist.next_button().setFocus()
    assert checklist.answers() is None
    for _ in range(2):
        QTest.keyClick(checklist.window().focusWidget(), Qt.Key.Key_Space)
    assert checklist.given() == 2 and checklist.next_button() is checklist.lines[2].yes
    QTest.mouseClick(checklist.lines[2].no, Qt.MouseButton.LeftButton)
    assert checklist.answers() == (("a", "b"), ("c",))
    QTest.mouseClick(checklist.lines[2].yes, Qt.MouseButton.LeftButton)
    assert checklist.answers() == (("a", "b", "c"), ())
    assert checklist.lines[0].yes.accessibleName() == "No tool left: in order"
    assert checklist.lines[0].yes.width() >= look.mm(TARGET_MM)


def test_recorded_answers_are_shown(checklist: ChecklistCard) -> None:
    checklist.set_answers(["b"])
    assert [line.answer() for line in checklist.lines] == [True, False, True]
    checklist.set_answers(None)
    assert checklist.given() == 0


def test_a_text_is_entered_with_enter_and_no_longer_than_allowed(look: Look, qtbot: QtBot) -> None:
    card = TextCard(look, "Label", "LB-0042", 6)
    qtbot.addWidget(card)
    entered = list[str]()
    card.entered.connect(entered.append)
    QTest.keyClicks(card.entry, "LB-00429")
    QTest.keyClick(card.entry, Qt.Key.Key_Return)
    assert entered == ["LB-004"]
    card.set_read_only(True)
    QTest.keyClicks(card.entry, "x")
    assert card.entry.text() == "LB-004"
