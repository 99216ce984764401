"""A broken rule of a control chart in the list of alarms: what to do, one touch to the chart, over with its cause."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from station_app.ui.alarms_page import AlarmsPage
from station_app.ui.page import ALARMS
from tests.spc_bench import SHAFT
from tests.system.test_spc_page import RISING, Engineer, engineer  # noqa: F401  (a fixture)


def test_an_alarm_leads_to_its_chart_and_the_cause_ends_it(engineer: Engineer) -> None:  # noqa: F811  (the fixture)
    engineer.window.open_page(ALARMS)
    page = engineer.window.page
    assert isinstance(page, AlarmsPage)
    engineer.until(engineer.services.alarms.listed)
    (alarm,) = engineer.services.alarms.listed()
    assert alarm.source == SHAFT
    page.refresh()
    row = page.list.row(alarm.alarm_id)
    assert "Shaft Ø" in row.accessibleName() and RISING in row.accessibleName()
    said = " ".join(label.text() for label in row.findChildren(type(row._guidance)))  # type: ignore[attr-defined]  # a row
    assert "change insert T7" in said and "Name the cause on its chart" in said
    QTest.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(60, row.height() // 2))
    assert engineer.spc.chart.selected is not None, "the newest point that broke the rule"
    for signal in engineer.services.quality.control.open_signals():
        saving = engineer.services.quality.control.give_cause(signal.fact.signal_id, "Tool worn", "changed")
        engineer.until(lambda saving=saving: saving.done() and not engineer.services.ledger.busy)  # type: ignore[misc]  # bound now
    engineer.until(lambda: not any(alarm.active for alarm in engineer.services.alarms.listed()))
