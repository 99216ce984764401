"""The trends of another station of the line, opened from the records of a unit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station_app.app.overview import build_overview
from station_app.domain.chain import REC
from station_app.domain.records import LineTrendComment, decode_body
from station_app.domain.status import AlarmStatus, StationStatus
from station_app.storage.shared import PostgresSharedDatabase
from station_app.ui.line_trend import LineTrend
from station_app.ui.page import RECORDS, TRENDS
from station_app.ui.posting import QtPost
from station_app.ui.records_page import RecordsPage
from station_app.ui.station_sheet import StationSheet
from station_app.ui.trend_dialogs import CommentDialog
from station_app.ui.trend_tags import SECOND_UNIT
from tests.bench_station import ASM_10, ASM_20
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.line_station import (
    MODE,
    SPEED,
    TORQUE,
    LineStation,
    bench_run,
    deliver_data,
    deliver_records,
    other_unit_facts,
    run_up,
)
from tests.machine_data import ALL, Bench, sample
from tests.operator_bench import Operator
from tests.shared_database import STATION_A, ChainWriter, PlantDatabase
from tests.trend_station import record, store, unit_facts
from widgets.buttons import BigButton
from widgets.choice_dialog import ChoiceDialog
from widgets.link_label import LinkLabel

DAY_S = 86_400.0
UNIT, NEXT = "GX40-000124", "GX40-000125"
ELSEWHERE = "Demo/Plant/Hall1/Line2/ASM-90"


class Tracer(Operator):
    """Somebody who follows a unit along the line."""

    station: LineStation

    @property
    def records(self) -> RecordsPage:
        page = self.window.page
        assert isinstance(page, RecordsPage)
        return page

    def trace(self, serial: str) -> None:
        self.window.open_page(RECORDS)
        self.records.show_unit(serial)
        self.until(self.records.dossier_button.isEnabled)

    def tap_step(self, station: str, title: str) -> None:
        """Touch the step's name in the records of a station."""
        sections = self.records.table.sections()
        section = next(s for s in sections if s.title.endswith(f"at {station}"))
        row = next(row for row in section.rows if title in row.label)
        assert row.trend_id
        labels = self.records.table.findChildren(LinkLabel)
        rows = [row for section in sections for row in section.rows if row.trend_id]
        QTest.mouseClick(labels[rows.index(row)], Qt.MouseButton.LeftButton)

    @property
    def trend(self) -> LineTrend:
        trends = self.window.findChildren(LineTrend)
        assert len(trends) == 1
        return trends[0]

    def settle(self) -> None:
        """Wait until all that is in sight has been read."""

        def settled() -> bool:
            trend = self.trend
            if trend.view is None or trend.fetch is None:
                return False
            trend.follow()
            return not trend.fetch.waiting

        self.until(settled)


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float, FakeServer]:
    """A unit that was assembled here and tested at ASM-20, both yesterday; another one of another line."""
    folder, at_s = tmp_path_factory.mktemp("line"), time.time() - DAY_S
    record(folder / "here", unit_facts(UNIT, at_s), "anna.keller")
    times = np.arange(at_s, at_s + 300, 1.0)
    store(folder / "here", {"press.force": (times, times.tolist())})
    server = FakeServer()
    deliver_records(server, [*run_up(UNIT, at_s + 1800), *other_unit_facts(NEXT, at_s + 2100)])
    deliver_data(server, folder / "data", bench_run(at_s + 1500, at_s + 2900))
    deliver_records(server, unit_facts("GX40-000777", at_s), ELSEWHERE)
    deliver_data(server, folder / "elsewhere", {SPEED: [(at_s + n, 1.0) for n in range(10)]}, ELSEWHERE)
    return folder / "here", at_s, server


@pytest.fixture
def person(qtbot: QtBot, yesterday: tuple[Path, float, FakeServer]) -> Iterator[Tracer]:
    folder, _, server = yesterday
    post = QtPost()
    someone = Tracer(qtbot, LineStation(folder, post, server))
    yield someone
    someone.window.close()
    someone.station.close()
    post.close()


def test_a_step_at_another_station_opens_that_stations_trend(
    person: Tracer, yesterday: tuple[Path, float, FakeServer]
) -> None:
    _, at_s, _ = yesterday
    person.trace(UNIT)
    person.tap_step("ASM-20", "Press the bearing")
    person.settle()
    view = person.trend.view
    assert view is not None
    step_s = at_s + 1800 + 90, at_s + 1800 + 210
    assert view.span_s == pytest.approx((step_s[0] - 7.2, step_s[1] + 7.2), abs=0.1)
    assert person.trend.pens.shown == [SPEED, MODE, TORQUE], "the tag that the step read is the first"
    assert view.values_at(step_s[0] + 90)[SPEED].value == pytest.approx(1450 + 20 * np.sin((step_s[0] + 90) / 9), abs=3)
    (pen,) = (pen for pen in view.pens if pen.key == SPEED)
    assert (pen.unit, pen.lower_limit, pen.upper_limit) == ("rpm", 1400.0, 1500.0)
    assert set(view.state_names(MODE).values()) == {"Idle", "Running"}
    person.until(lambda: any("Press the bearing" in band.text for band in view.frame.bands[1]))
    assert [row.text for row in person.trend.parts.marks.rows] == [
        "play 0.09 mm", "Torque above 8 Nm", "“belt was tightened”", "bench.speed 1451.2 rpm"
    ]  # fmt: skip
    assert not person.trend.banner.isVisible(), "all of it has arrived"
    # and back: the unit's band leads to its records
    band = next(b for b in view.frame.bands[0] if b.key == UNIT)
    at = view.frame.band_rect(view.look, 0, band).center().toPoint()
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
    person.until(lambda: not person.window.findChildren(LineTrend))
    assert person.window.page.page_id == RECORDS


def test_a_step_made_here_opens_the_trends_page(person: Tracer, yesterday: tuple[Path, float, FakeServer]) -> None:
    _, at_s, _ = yesterday
    person.trace(UNIT)
    person.tap_step("ASM-10", "Press the bearing")
    assert person.window.page.page_id == TRENDS
    page = person.window.page
    assert page.view.span_s == pytest.approx((at_s + 90 - 7.2, at_s + 210 + 7.2), abs=0.1)  # type: ignore[attr-defined]  # it is


def test_a_gap_says_why_by_a_touch(person: Tracer, yesterday: tuple[Path, float, FakeServer]) -> None:
    _, at_s, _ = yesterday
    person.trace(UNIT)
    person.tap_step("ASM-20", "Press the bearing")
    person.settle()
    view = person.trend.view
    assert view is not None

    def reason(moment_s: float) -> str:
        view.show_span(moment_s - 200, moment_s + 200)
        person.settle()
        x, y = int(view.frame.x(moment_s)), int(view.frame.lanes[0].rect.center().y())
        QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
        return view.values_at(view.cursors_s[0])[SPEED].reason

    assert reason(at_s + 1930) == "BadNoCommunication"
    assert reason(at_s + 2550) == "the station was switched off"
    assert reason(at_s + 3000) == f"nothing newer of {SPEED} has arrived from ASM-20 yet"


def test_what_has_not_arrived_is_said_and_drawn_when_it_comes(
    person: Tracer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station_app.ui.line_trend.LOOK_S", 0.0)
    at_s = time.time() - 900
    server = person.station.database._server
    before = server.backup()
    try:
        deliver_data(server, tmp_path / "first", bench_run(at_s - 600, at_s + 60), ASM_20 + "x")
        deliver_records(server, unit_facts("GX40-000130", at_s), ASM_20 + "x")
        person.trace("GX40-000130")
        person.tap_step("ASM-20x", "Press the bearing")
        person.settle()
        trend = person.trend
        assert trend.view is not None
        person.until(trend.banner.isVisible)
        assert "have arrived until" in trend.banner.text() and "about once a minute" in trend.banner.text()
        moment_s = at_s + 120
        assert "nothing newer" in trend.view.values_at(moment_s)[SPEED].reason
        deliver_data(server, tmp_path / "then", bench_run(at_s + 60, at_s + 800), ASM_20 + "x")

        def there() -> bool:
            trend.follow()
            return trend.view is not None and not np.isnan(trend.view.values_at(moment_s)[SPEED].value)

        person.until(there)
        assert not trend.banner.isVisible()
    finally:
        server.restore(before)


def _away(person: Tracer) -> None:
    person.station.database.away = True


def _out_of_contact(person: Tracer) -> None:
    person.station.in_contact = False


def _refused(person: Tracer) -> None:
    person.station.database.refuses = True


@pytest.mark.parametrize(
    ("fault", "words"),
    [(_away, "The server does not answer"), (_out_of_contact, "The server does not answer"), (_refused, "refuses")],
)
def test_when_the_server_cannot_be_asked_it_is_said_and_asked_again(
    person: Tracer, fault: Callable[[Tracer], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station_app.ui.line_trend.LOOK_S", 0.0)
    person.trace(UNIT)
    fault(person)
    person.tap_step("ASM-20", "Press the bearing")
    person.until(lambda: words in person.trend.empty.accessibleName())
    assert "ASM-20" in person.trend.empty.accessibleName()
    person.station.database.away = person.station.database.refuses = False
    person.station.in_contact = True
    person.settle()
    assert person.trend.view is not None and person.trend.view.drawn_counts()[1] > 100


def test_a_station_of_another_line_is_not_shown(person: Tracer) -> None:
    person.trace("GX40-000777")
    person.tap_step("ASM-90", "Press the bearing")
    person.until(lambda: "another line" in person.trend.empty.accessibleName())
    person.key(Qt.Key.Key_Escape)
    person.until(lambda: not person.window.findChildren(LineTrend))


def test_what_was_fetched_is_kept_and_nothing_is_asked_on_the_main_thread(person: Tracer) -> None:
    person.trace(UNIT)
    for _ in range(2):
        person.tap_step("ASM-20", "Press the bearing")
        person.settle()
        asked = person.station.database.contents
        QTest.mouseClick(person.trend.back_button, Qt.MouseButton.LeftButton)
        person.until(lambda: not person.window.findChildren(LineTrend))
    assert person.station.database.contents == asked == 3, "each tag's blocks once"
    assert threading.get_ident() not in person.station.database.threads


def test_who_goes_back_before_the_answer_came_sees_nothing_of_it(person: Tracer) -> None:
    person.trace(UNIT)
    for wait_ms in (0, 1, 5, 20, 60):
        person.tap_step("ASM-20", "Press the bearing")
        person.qtbot.wait(wait_ms)
        QTest.mouseClick(person.trend.back_button, Qt.MouseButton.LeftButton)
        person.until(lambda: not person.window.findChildren(LineTrend))
    person.qtbot.wait(100)
    assert person.window.page.page_id == RECORDS and person.banner() == ""


def test_a_window_that_closes_with_the_view_open_asks_nothing_any_more(person: Tracer) -> None:
    person.trace(UNIT)
    person.tap_step("ASM-20", "Press the bearing")
    trend = person.trend
    person.window.close()
    assert not trend._timer.isActive()
    person.qtbot.wait(100)
    assert trend.view is None, "an answer that came later builds nothing"


def test_pens_are_hidden_and_shown_and_the_view_goes_back_to_the_step(person: Tracer) -> None:
    person.trace(UNIT)
    person.tap_step("ASM-20", "Press the bearing")
    person.settle()
    trend = person.trend
    assert trend.view is not None
    span_s = trend.view.span_s
    trend.parts.pens.row(TORQUE).click()
    assert [pen.key for pen in trend.view.pens] == [SPEED, MODE]
    trend.parts.pens.row(TORQUE).click()
    trend.parts.window_chosen.emit(3600.0)
    person.settle()
    assert trend.view.window_s == 3600
    QTest.mouseClick(trend.parts.unit_button, Qt.MouseButton.LeftButton)
    assert trend.view.span_s == pytest.approx(span_s)
    assert trend.parts.comment_button.isVisible()
    for button in (trend.parts.group_button, trend.parts.browse_button, trend.parts.live_button):
        assert not button.isVisible(), "nothing of another station is changed from here"


def choose(person: Tracer, *texts: str) -> None:
    """Touch choices of the dialog over the trend, and its big button."""
    dialog = person.trend.acts.dialog
    assert isinstance(dialog, ChoiceDialog)
    for text in texts:
        button = next(b for b in dialog.findChildren(BigButton) if b.text() == text)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_two_of_its_units_are_compared_and_esc_leaves_the_comparison_first(
    person: Tracer, yesterday: tuple[Path, float, FakeServer]
) -> None:
    _, at_s, _ = yesterday
    person.trace(UNIT)
    person.tap_step("ASM-20", "Press the bearing")
    person.settle()
    trend, view = person.trend, person.trend.view
    assert view is not None
    person.until(lambda: trend.acts._unit_in_sight() == UNIT)
    QTest.mouseClick(trend.parts.compare_button, Qt.MouseButton.LeftButton)
    person.until(lambda: trend.acts.dialog is not None)
    choose(person, NEXT, "Next")
    choose(person, "3 Press the bearing", "Next")
    person.settle()
    assert trend.comparison is not None and trend.parts.compare_button.isChecked()
    step_s = at_s + 1800 + 90
    assert view.span_s == pytest.approx((step_s - 9.6, step_s + 120 + 9.6), abs=0.1)
    first, second = (view.values_at(step_s + 90)[key].value for key in (SPEED, SECOND_UNIT + SPEED))
    assert first == pytest.approx(1450 + 20 * np.sin((step_s + 90) / 9), abs=3)
    assert second == pytest.approx(1450 + 20 * np.sin((step_s + 390) / 9), abs=3), "at the same place of its own step"
    assert len(view.pens) == 6
    person.key(Qt.Key.Key_Escape)
    person.until(lambda: trend.comparison is None)
    assert [pen.key for pen in view.pens] == [SPEED, MODE, TORQUE] and trend.isVisible()
    person.key(Qt.Key.Key_Escape)
    person.until(lambda: not person.window.findChildren(LineTrend))


def test_a_remark_on_another_stations_trend_is_recorded_and_seen_by_the_line(
    person: Tracer, yesterday: tuple[Path, float, FakeServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station_app.ui.line_trend.LOOK_S", 0.0)
    _, at_s, server = yesterday
    before = server.backup()
    person.trace(UNIT)
    person.tap_step("ASM-20", "Press the bearing")
    person.settle()
    QTest.mouseClick(person.trend.parts.comment_button, Qt.MouseButton.LeftButton)
    assert "Sign in first" in person.trend.banner.text() and person.trend.acts.dialog is None
    person.sign_in()
    person.until(lambda: not person.window.findChildren(LineTrend))
    person.trace(UNIT)
    person.tap_step("ASM-20", "Press the bearing")
    person.settle()
    trend, view = person.trend, person.trend.view
    assert view is not None

    def remark(text: str) -> None:
        QTest.mouseClick(trend.parts.comment_button, Qt.MouseButton.LeftButton)
        dialog = trend.acts.dialog
        assert isinstance(dialog, CommentDialog)
        dialog.text.setText(text)
        QTest.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)

    moment_s = at_s + 2000
    view.set_cursor(moment_s)
    remark("belt slips here")
    person.until(lambda: "saved" in trend.banner.text())
    row = next(row for row in person.station.journal.all_rows(REC) if row.kind == LineTrendComment.kind)
    fact = decode_body(row.kind, row.body)
    assert isinstance(fact, LineTrendComment) and (fact.about_station, fact.text) == (ASM_20, "belt slips here")
    assert fact.at_us == round(moment_s * 1e6) and set(fact.tags) == {SPEED, TORQUE, MODE}
    for _ in range(3):  # it is looked for before the server has it
        trend.follow()
        person.until(lambda: not trend.awaits_answer)
    try:
        rows = list(person.station.journal.all_rows(REC))
        FakeSharedDatabase(server, ASM_10).append_batch(REC, 1, 1, rows)

        def shown() -> bool:
            trend.follow()
            return any("belt slips here" in row.text for row in trend.parts.marks.rows)

        person.until(shown)
        number = [row.text for row in trend.parts.marks.rows].index("“belt slips here”")
        trend.parts.marks.chosen.emit(number)
        assert "belt slips here" in trend.banner.text() and list(view.cursors_s) == pytest.approx([moment_s], abs=0.01)
    finally:
        server.restore(before)


def test_what_is_in_sight_of_another_station_is_exported(
    person: Tracer, yesterday: tuple[Path, float, FakeServer]
) -> None:
    folder, _, _ = yesterday
    person.trace(UNIT)
    person.tap_step("ASM-20", "Press the bearing")
    person.settle()
    trend = person.trend
    for kind in ("Picture (PNG)", "Table (CSV)"):
        QTest.mouseClick(trend.parts.export_button, Qt.MouseButton.LeftButton)
        choose(person, kind, "Export")
        person.until(lambda: not trend.parts.export_button.is_busy)
        assert "trend-ASM-20-" in trend.banner.text() and trend.banner.isVisible()
    assert QImage(str(next((folder / "exports").glob("trend-ASM-20-*.png")))).width() > 400
    rows = next((folder / "exports").glob("trend-ASM-20-*.csv")).read_text(encoding="utf-8-sig").splitlines()
    speeds = [row for row in rows if f",{SPEED}," in row]
    assert len(speeds) == pytest.approx(134, abs=2) and ",rpm," in speeds[0]
    assert sum("BadNoCommunication" in row and row.endswith("Z") for row in speeds) == 1, "the gap with its end"


def test_a_supervisor_opens_any_stations_past_from_its_tile(qtbot: QtBot, plant: PlantDatabase, tmp_path: Path) -> None:
    now_s = time.time()
    bench = Bench(tmp_path, dict.fromkeys((SPEED, MODE), ALL), station=STATION_A)
    signals = bench_run(now_s - 3000, now_s - 60)
    bench.store([sample(round(t * 1e6), value, tag=tag) for tag in (SPEED, MODE) for t, value in signals[tag]])
    bench.clock.advance(7200)
    bench.store()
    client = PostgresSharedDatabase(plant.address(STATION_A), station=STATION_A)
    for block in bench.outbox.waiting(100):
        client.trend_put(block)
    chain = ChainWriter(STATION_A)
    for at_s, fact in sorted(other_unit_facts(UNIT, now_s - 1000), key=lambda item: item[0]):
        chain.row(fact, wall_us=round(at_s * 1e6))
    client.append_batch(REC, 1, 1, chain.rows)
    alarm = AlarmStatus("a1", SPEED, "Speed above 1460", "unacknowledged, active", "high", round((now_s - 900) * 1e6))
    client.status(
        StationStatus(station="", name="ASM-10", state=1000, state_text="running", sent_us=0, alarms=(alarm,))
    )
    client.close()
    bench.close()
    window, poll = build_overview(plant.address("reader"), "Line 1", size_px=(1280, 800), exports=tmp_path)
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    poll.start()
    qtbot.waitUntil(lambda: bool(window.tiles), timeout=10_000)

    def trend() -> LineTrend:
        (found,) = window.findChildren(LineTrend)
        return found

    def drawn() -> bool:
        shown = trend()
        shown.follow()
        return shown.view is not None and shown.view.drawn_counts()[1] > 100 and bool(shown.view.frame.bands[0])

    QTest.mouseClick(window.tiles[STATION_A], Qt.MouseButton.LeftButton)
    (sheet,) = window.findChildren(StationSheet)
    QTest.mouseClick(sheet.trends_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(drawn, timeout=10_000)
    assert [pen.key for pen in trend().view.pens] == [MODE, SPEED]  # type: ignore[union-attr]  # it is there
    assert not trend().parts.comment_button.isVisible(), "nobody signs in here"
    trend().acts.export("csv")
    qtbot.waitUntil(lambda: bool(list((tmp_path / "exports").glob("trend-ASM-10-*.csv"))), timeout=10_000)
    QTest.mouseClick(trend().back_button, Qt.MouseButton.LeftButton)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(LineTrend), timeout=5_000)
    # overview -> alarm -> trend at that moment
    QTest.mouseClick(window._alarms.row(f"{STATION_A}|a1"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(drawn, timeout=10_000)
    view = trend().view
    assert view is not None
    assert list(view.cursors_s) == pytest.approx([now_s - 900], abs=0.1)
    trend().dismiss()
    window.close()
