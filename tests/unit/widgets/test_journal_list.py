"""Lines of a journal and the mark of an alarm."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.unit.widgets.test_overview import colors_of
from widgets.journal_list import JournalList, JournalRow
from widgets.priority_mark import PriorityMark
from widgets.shapes import Shape
from widgets.theme import Look

ROWS = (
    JournalRow("1", "08:41:07", "2026-11-20", "came  Force", "High", Shape.DIAMOND, "muted", "GX40-000124"),
    JournalRow("2", "08:40:00", "2026-11-20", "over  Force", "Low · Anna Keller"),
)


def test_a_touch_a_key_and_the_unit_lead_on(look: Look, qtbot: QtBot) -> None:
    listing = JournalList(look)
    qtbot.addWidget(listing)
    listing.resize(900, 300)
    listing.show()
    listing.set_rows(ROWS)
    opened: list[str] = []
    listing.opened.connect(opened.append)
    listing.link_opened.connect(lambda row_id: opened.append(f"unit {row_id}"))
    QTest.mouseClick(listing.row_widget(1), Qt.MouseButton.LeftButton, pos=QPoint(30, 20))
    listing.row_widget(0).setFocus()
    QTest.keyClick(listing.row_widget(0), Qt.Key.Key_Return)
    QTest.mouseClick(listing.link_button(0), Qt.MouseButton.LeftButton)
    assert opened == ["2", "1", "unit 1"]
    assert not listing.link_button(1).isVisible()
    assert listing.row_widget(1).accessibleName() == "2026-11-20, 08:40:00, over  Force, Low · Anna Keller"
    assert listing.row_widget(0).height() >= look.mm(20)


def test_a_mark_is_filled_until_somebody_has_seen_it(look: Look, qtbot: QtBot) -> None:
    mark = PriorityMark(look)
    qtbot.addWidget(mark)
    middles = []
    for filled in (True, False):
        mark.set_mark(Shape.DIAMOND, "alarm", "", filled)
        middles.append(mark.grab().toImage().pixelColor(mark.width() // 2, mark.height() // 2).name().upper())
        assert look.theme.alarm in colors_of(mark)
    assert middles == [look.theme.alarm, look.theme.card]
