"""Waiting times and screws."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.limit_bar import Limits
from widgets.sequence_cards import ScrewRow, TighteningCard, TimerCard
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import Look

TORQUE, ANGLE = Limits(7.9, 9.1, "7.9", "9.1"), Limits(30, 60, "30", "60")


def test_enter_goes_from_torque_to_angle_and_then_enters(look: Look, qtbot: QtBot) -> None:
    card = TighteningCard(look, "Cover", TORQUE, ANGLE, ("Nm", "°"), typed=True)
    qtbot.addWidget(card)
    card.show()
    entered = list[bool]()
    card.entered.connect(lambda: entered.append(True))
    card.torque.setFocus()
    QTest.keyClicks(card.torque, "8.5")
    QTest.keyClick(card.torque, Qt.Key.Key_Return)
    assert card.window().focusWidget() is card.angle and entered == []
    QTest.keyClicks(card.angle, "45")
    QTest.keyClick(card.angle, Qt.Key.Key_Return)
    assert entered == [True] and not card.live.isVisible()


def test_torque_alone_is_entered_at_once_and_a_tool_is_not_typed(look: Look, qtbot: QtBot) -> None:
    card = TighteningCard(look, "Cover", TORQUE, None, ("Nm", ""), typed=True)
    tool = TighteningCard(look, "Cover", TORQUE, None, ("Nm", ""), typed=False)
    for made in (card, tool):
        qtbot.addWidget(made)
        made.show()
    entered = list[bool]()
    card.entered.connect(lambda: entered.append(True))
    QTest.keyClicks(card.torque, "8.5")
    QTest.keyClick(card.torque, Qt.Key.Key_Return)
    assert entered == [True] and not card.angle.isVisible()
    assert tool.live.isVisible() and not tool.torque.isVisible()


def test_every_screw_has_its_mark(look: Look, qtbot: QtBot) -> None:
    card = TighteningCard(look, "Cover", TORQUE, None, ("Nm", ""), typed=False)
    qtbot.addWidget(card)
    card.set_screws(
        [ScrewRow("1", "8.5 Nm", "", True), ScrewRow("2", "9.9 Nm", "", False), ScrewRow("3", "", current=True)]
    )
    marks = {line.text(): line.mark for line in card.findChildren(Line) if "Nm" in line.text()}
    assert marks == {"8.5 Nm": Shape.CHECK, "9.9 Nm": Shape.DIAMOND}
    assert Shape.FORWARD in [line.mark for line in card.findChildren(Line)]


def test_a_waiting_time_is_read_by_everybody(look: Look, qtbot: QtBot) -> None:
    card = TimerCard(look, "Cure", "End early")
    qtbot.addWidget(card)
    card.set_left("4:37", 0.5)
    assert card.figure.text() == "4:37" and card.accessibleDescription() == "4:37"
    card.set_left("0:00", 1.4)
    assert not card.bar.is_exceeded, "a time that is over is no takt that is exceeded"
