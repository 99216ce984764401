"""The legend and the events of a trend, the ruler, and the history of a unit as lists that are touched."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from widgets.link_label import LinkLabel
from widgets.mark_list import MarkList, MarkRow
from widgets.pen_list import PenList, PenRow
from widgets.record_table import RecordPicture, RecordRow, RecordSection, RecordTable
from widgets.ruler import Ruler
from widgets.run_chart import ChartLine, RunChart
from widgets.text import Line
from widgets.theme import Look

PEN = PenRow("force", "Force", "Press", "0.31 kN", "#2F4B6E")


def test_a_pen_is_toggled_by_touch_and_by_enter(look: Look, qtbot: QtBot) -> None:
    pens = PenList(look)
    qtbot.addWidget(pens)
    pens.set_pens([PEN])
    pens.show()
    with qtbot.waitSignal(pens.toggled) as touched:
        QTest.mouseClick(pens.row("force"), Qt.MouseButton.LeftButton)
    assert touched.args == ["force"]
    with qtbot.waitSignal(pens.toggled):
        QTest.keyClick(pens.row("force"), Qt.Key.Key_Return)


def test_a_pen_that_is_not_to_be_trusted_says_why_and_looks_so(look: Look, qtbot: QtBot) -> None:
    pens = PenList(look)
    qtbot.addWidget(pens)
    pens.resize(400, 80)
    pens.set_pens([PEN])
    live = pens.grab().toImage()
    bad = PenRow("force", "Force", "Press", "0.31 kN", "#2F4B6E", fault_text="BadCommunicationError · 14 s")
    pens.set_pens([bad])
    assert pens.grab().toImage() != live
    assert pens.row("force").accessibleName() == "Force, 0.31 kN, BadCommunicationError · 14 s, shown"
    pens.set_pens([])
    with pytest.raises(KeyError):
        pens.row("force")


def test_an_event_is_chosen_by_touch_and_by_enter(look: Look, qtbot: QtBot) -> None:
    marks = MarkList(look, "Marks", "Nothing")
    qtbot.addWidget(marks)
    marks.resize(300, 300)
    marks.show()
    assert not marks.view.isVisible()
    marks.set_marks([MarkRow("press lost", "07:06"), MarkRow("force 14.86 kN", "07:02")])
    second = marks.view.model().index(1, 0)
    with qtbot.waitSignal(marks.chosen) as chosen:
        QTest.mouseClick(marks.view.viewport(), Qt.MouseButton.LeftButton, pos=marks.view.visualRect(second).center())
    assert chosen.args == [1]
    with qtbot.waitSignal(marks.chosen):
        QTest.keyClick(marks.view, Qt.Key.Key_Return)
    assert second.data() == "force 14.86 kN, 07:02"


def test_the_ruler_is_as_long_as_its_density_says(look: Look, qtbot: QtBot) -> None:
    ruler = Ruler(look, 4.0)
    qtbot.addWidget(ruler)
    ruler.resize(300, 90)
    ruler.show()

    def last_ink() -> int:
        image = ruler.grab().toImage()
        ink = QColor(look.theme.text)
        return max(x for x in range(image.width()) if image.pixelColor(x, 4) == ink)

    assert last_ink() == pytest.approx(look.mm(5) + 200, abs=2)
    ruler.set_density(4.4)
    assert last_ink() == pytest.approx(look.mm(5) + 220, abs=2)


def test_a_gross_value_does_not_press_the_limits_together(look: Look, qtbot: QtBot) -> None:
    chart = RunChart(look)
    qtbot.addWidget(chart)
    chart.resize(600, 300)
    lines = [ChartLine(20.017, "max"), ChartLine(19.987, "min")]
    chart.set_chart([20.0, 20.01, 9.0], lines, signals=[2])
    height = abs(chart.point(0).y() - chart.point(1).y())
    assert height > 10, "the two good values are still told apart"
    assert chart.point(2).y() <= 300


def test_a_long_value_is_told_in_full_and_pictures_come_later(look: Look, qtbot: QtBot) -> None:
    table = RecordTable(look, "empty", "loading")
    qtbot.addWidget(table)
    table.resize(700, 900)
    sentence = "27 records wait for delivery to the shared database. " * 4
    pictures = tuple(RecordPicture(f"p{n}", f"picture {n}") for n in range(6))
    table.set_sections([RecordSection("To know", (RecordRow("Waiting", sentence),), pictures=pictures)])
    table.show()
    told = next(label for label in table.findChildren(QLabel) if label.text() == sentence)
    assert told.wordWrap() and told.height() > 2 * told.fontMetrics().height()
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("#FF0000"))
    before = table.grab().toImage()
    table.set_picture("p5", image)
    table.set_picture("unknown", image)
    assert table.grab().toImage() != before


def test_newer_sections_keep_the_place_where_somebody_reads(look: Look, qtbot: QtBot) -> None:
    table = RecordTable(look, "empty")
    qtbot.addWidget(table)
    table.resize(600, 300)
    table.show()

    def sections(value: str) -> list[RecordSection]:
        return [RecordSection(f"Section {n}", (RecordRow("a", value), RecordRow("b", "2"))) for n in range(20)]

    table.set_sections(sections("1"))
    bar = table._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    table.set_sections(sections("3"), keep_place=True)
    assert bar.value() == place
    table.set_sections(sections("4"))
    assert bar.value() == 0


def test_values_of_all_sections_begin_below_each_other(look: Look, qtbot: QtBot) -> None:
    table = RecordTable(look, "")
    qtbot.addWidget(table)
    table.resize(1200, 700)
    table.set_sections(
        [
            RecordSection("Unit", (RecordRow("State", "in work", "here"),)),
            RecordSection("Steps", (RecordRow("5  Press the bearing, attempt 1", "12.4 kN", "Anna"),)),
        ]
    )
    table.show()
    qtbot.waitExposed(table)
    values = [line for line in table.findChildren(Line) if line.text() in ("in work", "12.4 kN")]
    assert len(values) == 2
    assert len({line.mapTo(table, QPoint(0, 0)).x() for line in values}) == 1


def test_a_long_text_without_a_value_takes_no_room_from_values(look: Look, qtbot: QtBot) -> None:
    table = RecordTable(look, "")
    qtbot.addWidget(table)
    table.resize(1000, 700)
    names = ", ".join(f"Diameter {number}" for number in range(1, 9))
    table.set_sections(
        [
            RecordSection("Results", (RecordRow("22  Diameter 7", "4.534 mm", "4.5 \u00b10.3"),)),
            RecordSection("Left out", (RecordRow(names, ""),)),
        ]
    )
    table.show()
    qtbot.waitExposed(table)
    (value,) = [line for line in table.findChildren(Line) if line.text() == "4.534 mm"]
    assert not value.is_shortened() and value.mapTo(table, QPoint(0, 0)).x() < 500


def test_a_row_that_leads_on_is_touched_anywhere_and_by_keys_at_its_label(look: Look, qtbot: QtBot) -> None:
    table = RecordTable(look, "", trend_text="Trend")
    qtbot.addWidget(table)
    table.resize(1200, 700)
    rows = (
        RecordRow("1  Scan", "H-000501", "0:20 · Anna"),
        RecordRow("5  Press the bearing", "L25-0881", "0:31 · Anna", trend_id="press"),
        RecordRow("", "12.4 kN", "11.0 to 14.0"),
        RecordRow("6  Choose the shim", "0.20 mm", "0:35 · Anna", trend_id="shim"),
    )
    table.set_sections([RecordSection("Assembly", rows)])
    table.show()
    qtbot.waitExposed(table)
    opened: list[str] = []
    table.trend_opened.connect(opened.append)
    lines = {line.text(): line for line in table.findChildren(Line)}
    for text in ("H-000501", "L25-0881", "11.0 to 14.0", "0.20 mm"):
        QTest.mouseClick(lines[text], Qt.MouseButton.LeftButton)
    assert opened == ["press", "press", "shim"], "what belongs to no time leads nowhere"
    start, end = lines["L25-0881"], lines["0.20 mm"]
    QTest.mousePress(start, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(start, Qt.MouseButton.LeftButton, pos=start.mapFromGlobal(end.mapToGlobal(QPoint(5, 5))))
    assert len(opened) == 3, "let go on another row"
    label = next(label for label in table.findChildren(LinkLabel) if label.text() == "5  Press the bearing")
    QTest.keyClick(label, Qt.Key.Key_Return)
    assert opened[3:] == ["press"]
