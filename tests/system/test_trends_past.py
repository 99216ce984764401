"""The trends page on a station with a past: days of machine data, units of yesterday, and a main thread that never waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.base import TagDescription, Value
from station_app.domain.records import TrendComment, decode_body
from station_app.domain.trend import Envelope, RawSeries, StoredTag
from station_app.domain.trend_group import TrendGroup
from station_app.services.ports import HistorianError, TrendHistory
from station_app.storage.trend_folder import GROUPS_FILE, TrendFolder
from station_app.ui.page import ALARMS, RECORDS, TRENDS
from station_app.ui.posting import QtPost
from station_app.ui.records_page import RecordsPage
from station_app.ui.trend_acts import TrendActs
from station_app.ui.trend_compare import Comparison, runs_of
from station_app.ui.trend_dialogs import NONE, SAVE, CommentDialog, PenChooser
from station_app.ui.trends_page import TrendsPage
from tests.bench_station import HOUSING, UNIT
from tests.operator_bench import Operator
from tests.trend_station import TrendStation, alarm_fact, picture_fact, record, remark_fact, store, unit_facts
from widgets.choice_dialog import ChoiceDialog
from widgets.trend_view import TrendView

DAY_S = 86_400.0
FORCE, POSITION, PEAK = "press.force", "press.position", "press.peak_force"


class WatchedHistory:
    """The station's history, and in which threads it was asked; ``fault`` makes it fail."""

    def __init__(self, history: TrendHistory) -> None:
        self._history = history
        self.threads: set[int] = set()
        self.asked = 0
        self.fault = ""

    def _note(self) -> None:
        self.threads.add(threading.get_ident())
        self.asked += 1
        if self.fault:
            raise HistorianError(self.fault)

    def tags(self) -> list[StoredTag]:
        self._note()
        return self._history.tags()

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        self._note()
        return self._history.read_raw(tag, from_us, to_us, limit)

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        self._note()
        return self._history.envelope(tag, from_us, to_us, points)

    def close(self) -> None:
        self._history.close()


class Historian(Operator):
    """Somebody who looks into the past of a station."""

    station: TrendStation

    @property
    def trends(self) -> TrendsPage:
        page = self.window.page
        assert isinstance(page, TrendsPage)
        return page

    @property
    def view(self) -> TrendView:
        assert self.trends.view is not None
        return self.trends.view

    @property
    def acts(self) -> TrendActs:
        return self.trends.acts

    def settle(self) -> None:
        """Wait until all that is in sight has been read."""

        def settled() -> bool:
            fetch = self.trends.fetch
            assert fetch is not None
            fetch.look()
            return not fetch.waiting

        self.until(settled)

    def choose(self, choice: str, words: str = "") -> None:
        """Touch a choice of the open dialog."""
        dialog = self.acts.dialog
        assert isinstance(dialog, ChoiceDialog)
        dialog.comment.setText(words)
        QTest.mouseClick(dialog.button(choice), Qt.MouseButton.LeftButton)
        if dialog.confirm_button.isVisible():
            QTest.mouseClick(dialog.confirm_button, Qt.MouseButton.LeftButton)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """A folder with thirty days of machine data, and units of yesterday and today."""
    folder, now_s = tmp_path_factory.mktemp("past"), time.time()
    month = np.arange(now_s - 30 * DAY_S, now_s - DAY_S - 3600, 60.0)
    recent = np.arange(now_s - DAY_S - 3600, now_s - DAY_S + 1800, 1.0)
    times = np.concatenate([month, recent, np.arange(now_s - 3600, now_s - 5, 1.0)])
    force: list[Value] = (12 + np.sin(times / 40)).tolist()
    bad = np.flatnonzero((times > now_s - 2000) & (times < now_s - 1700))
    for place in bad.tolist():
        force[place] = None
    states: list[Value] = ["Pressing" if t % 120 < 60 else "Idle" for t in times.tolist()]
    store(folder, {FORCE: (times, force), POSITION: (times, (times % 50).tolist()), PEAK: (times, states)})
    facts = unit_facts(UNIT, now_s - DAY_S) + unit_facts("GX40-000125", now_s - 1500, 0.8)
    facts += [
        (now_s - 1900, alarm_fact("Press does not answer")),
        (now_s - 1400, picture_fact("GX40-000125", "ab" * 32)),
        (now_s - 100, remark_fact(now_s - 1300, "new oil filter")),
    ]
    record(folder, facts, "anna.keller")
    return folder, now_s


@pytest.fixture
def person(qtbot: QtBot, past: tuple[Path, float]) -> Iterator[Historian]:
    folder, _ = past
    post = QtPost()
    someone = Historian(qtbot, TrendStation(folder, post))
    yield someone
    someone.window.close()
    someone.station.close()
    post.close()
    (folder / GROUPS_FILE).unlink(missing_ok=True)


def test_a_trend_of_yesterdays_unit_opens_from_its_record(person: Historian, past: tuple[Path, float]) -> None:
    _, now_s = past
    person.window.open_page(RECORDS)
    records = person.window.page
    assert isinstance(records, RecordsPage)
    records.show_unit(UNIT)
    person.until(records.trend_button.isEnabled)
    QTest.mouseClick(records.trend_button, Qt.MouseButton.LeftButton)
    person.settle()
    start_s, end_s = person.view.span_s
    assert start_s < now_s - DAY_S and now_s - DAY_S + 210 < end_s < now_s - DAY_S + 300
    person.until(lambda: any(b.key == UNIT for row in person.view.frame.bands for b in row))
    reading = person.view.values_at(now_s - DAY_S + 100)[FORCE]
    assert reading.value == pytest.approx(12 + np.sin((now_s - DAY_S + 100) / 40), abs=0.1)
    # texts are states, also those of a tag that says nothing now
    person.until(lambda: person.view.frame.lanes[-1].is_states)
    # and back: the unit's band leads to its records
    band = next(b for b in person.view.frame.bands[0] if b.key == UNIT)
    at = person.view.frame.band_rect(person.view.look, 0, band).center().toPoint()
    QTest.mouseClick(person.view.canvas, Qt.MouseButton.LeftButton, pos=at)
    assert person.window.page.page_id == RECORDS


def test_past_and_present_have_no_seam(person: Historian, past: tuple[Path, float]) -> None:
    _, now_s = past
    for second in range(60):
        person.station.sample(FORCE, 20.0 + second, at_s=now_s - 60 + second)
    person.window.open_page(TRENDS)
    person.view.set_window(600)
    person.settle()
    person.trends.follow()
    parts = person.view.curve(FORCE).parts(now_s - 300, now_s, 2000).between(now_s - 300, now_s)
    assert np.all(np.diff(parts.times) < 2.0) and not parts.broken.any()
    assert parts.low[-1] == 79.0 and parts.between(now_s - 58, now_s).size >= 57
    assert person.view.is_live


def test_a_gap_says_why_since_when_and_until_when_by_a_touch(person: Historian, past: tuple[Path, float]) -> None:
    _, now_s = past
    person.window.open_page(TRENDS)
    person.trends.show_span(now_s - 2400, now_s - 1500)
    person.settle()
    person.view.redraw(now_s)
    x = int(person.view.frame.x(now_s - 1850))
    y = int(person.view.frame.lanes[0].rect.center().y())
    QTest.mouseClick(person.view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    reading = person.view.values_at(person.view.cursors_s[0])[FORCE]
    assert reading.reason == "BadCommunicationError"
    assert reading.since_s == pytest.approx(now_s - 2000, abs=2)
    assert reading.until_s == pytest.approx(now_s - 1700, abs=2)
    assert any("BadCommunicationError" in str(line) for line in person.view.frame.cursors[0].lines)


def test_marks_open_what_they_stand_for(person: Historian, past: tuple[Path, float]) -> None:
    _, now_s = past
    person.window.open_page(TRENDS)
    person.trends.show_span(now_s - 2200, now_s - 1000)
    page = person.trends
    person.until(lambda: len(page.view.frame.marks if page.view else ()) >= 4)
    assert [row.text for row in page.parts.marks.rows][-1] == "Press does not answer"
    page.parts.marks.chosen.emit(len(page.parts.marks.rows) - 1)
    assert person.view.cursors_s and page.parts.open_button.isEnabled()
    QTest.mouseClick(page.parts.open_button, Qt.MouseButton.LeftButton)
    assert person.window.page.page_id == ALARMS
    person.window.open_page(TRENDS)
    page.show_span(now_s - 2200, now_s - 1000)
    remark = next(n for n, mark in enumerate(person.view.frame.marks) if mark.text == "new oil filter")
    at = person.view.frame.mark_rect(person.view.look, person.view.frame.marks[remark]).center().toPoint()
    QTest.mouseClick(person.view.canvas, Qt.MouseButton.LeftButton, pos=at)
    assert isinstance(person.acts.dialog, ChoiceDialog)
    assert "Anna" in person.acts.dialog.accessibleName(), "its author"
    person.key(Qt.Key.Key_Escape)
    picture = next(n for n, mark in enumerate(person.view.frame.marks) if mark.text == "top")
    person.view.mark_chosen.emit(picture)
    person.until(lambda: "The picture is not here" in person.banner())


def test_two_units_are_compared_from_a_step(person: Historian, past: tuple[Path, float]) -> None:
    _, now_s = past
    person.window.open_page(TRENDS)
    QTest.mouseClick(person.trends.parts.compare_button, Qt.MouseButton.LeftButton)
    person.until(lambda: person.acts.dialog is not None)
    person.choose("GX40-000125")
    person.choose(UNIT)
    person.choose("s3")
    page = person.trends
    assert page.comparison is not None and page.parts.compare_button.isChecked()
    person.settle()
    person.view.redraw(now_s)
    shift_s = page.comparison.shift_s
    assert shift_s == pytest.approx((now_s - 1500 + 90 * 0.8) - (now_s - DAY_S + 90), abs=0.01)
    at_s = page.comparison.zero_s + 20
    second = person.view.values_at(at_s)[f"second:{FORCE}"]
    assert second.value == pytest.approx(12 + np.sin((at_s - shift_s) / 40), abs=0.1)
    assert person.view.frame.zero_s == page.comparison.zero_s
    person.key(Qt.Key.Key_Escape)
    assert {pen.key for pen in person.view.pens} == set(
        person.services.tags.tags
    ) and not page.parts.compare_button.isChecked()


def test_a_remark_is_recorded_and_stands_at_once_as_a_mark(person: Historian, past: tuple[Path, float]) -> None:
    person.window.open_page(TRENDS)
    QTest.mouseClick(person.trends.parts.comment_button, Qt.MouseButton.LeftButton)
    assert person.window.signing_in.is_open, "nobody is signed in"
    person.key(Qt.Key.Key_Escape)
    person.window.open_main()
    person.sign_in()
    person.window.open_page(TRENDS)
    at_s = time.time() - 30
    person.view.set_cursor(at_s)
    QTest.mouseClick(person.trends.parts.comment_button, Qt.MouseButton.LeftButton)
    dialog = person.acts.dialog
    assert isinstance(dialog, CommentDialog)
    person.type("belt changed")
    person.key(Qt.Key.Key_Return)
    person.until(lambda: any(mark.text == "belt changed" for mark in person.view.frame.marks))
    rows = [row for row in person.station.journal.all_rows("rec") if row.kind == TrendComment.kind]
    fact = decode_body(rows[-1].kind, rows[-1].body)
    assert isinstance(fact, TrendComment) and fact.at_us == round(at_s * 1e6) and FORCE in fact.tags


def test_a_group_opens_with_its_work_instruction(person: Historian, past: tuple[Path, float]) -> None:
    folder, _ = past
    person.window.open_page(TRENDS)
    page = person.trends
    QTest.keyClick(page.parts.pens.row(POSITION), Qt.Key.Key_Delete)
    person.until(lambda: POSITION not in page.pens.tags)
    QTest.mouseClick(page.parts.group_button, Qt.MouseButton.LeftButton)
    person.choose(SAVE)
    person.choose(NONE, "Force only")
    person.until(lambda: [group.name for group in page.groups.kept] == ["Force only"])
    person.window.open_main()
    person.sign_in()
    person.scan("GX40-000126")
    person.scan(HOUSING)
    job = person.services.execution.job
    assert job is not None
    TrendFolder(folder).put_groups(
        [TrendGroup(name="Work", tags=(PEAK, POSITION), hidden=(PEAK,), shared=True, work_master=job.work_master.id)]
    )
    page.groups.known = False
    person.window.open_page(TRENDS)
    person.until(lambda: page.pens.tags == [PEAK, POSITION])
    assert page.pens.shown == [POSITION] and page.parts.shared_button.isChecked()


def test_groups_that_cannot_be_read_are_said_and_trends_go_on(person: Historian, past: tuple[Path, float]) -> None:
    folder, _ = past
    (folder / GROUPS_FILE).write_bytes(b"{")
    person.window.open_page(TRENDS)
    person.until(lambda: "cannot be used" in person.banner())
    assert person.view.pens


def test_a_pen_is_searched_and_added(person: Historian) -> None:
    person.window.open_page(TRENDS)
    page = person.trends
    page.pens.remove(POSITION)
    page.pens_changed()
    QTest.mouseClick(page.parts.add_button, Qt.MouseButton.LeftButton)
    chooser = person.acts.dialog
    assert isinstance(chooser, PenChooser)
    person.type("xx")
    person.until(lambda: not chooser.list.rows)
    chooser.search.setText("pos press")
    chooser.list.chosen.emit(0)
    assert page.pens.shown[-1] == POSITION
    assert [pen.key for pen in person.view.pens][-1] == POSITION or person.view.frame.lanes


def test_exports_are_written_where_they_say(person: Historian, past: tuple[Path, float]) -> None:
    folder, now_s = past
    person.window.open_page(TRENDS)
    person.trends.show_span(now_s - 1000, now_s - 900)
    person.settle()
    exports = folder / "exports"
    for kind in ("png", "csv"):
        QTest.mouseClick(person.trends.parts.export_button, Qt.MouseButton.LeftButton)
        person.choose(kind)
        person.until(lambda: not person.trends.parts.export_button.is_busy)
        assert str(exports) in person.banner()
    picture = QImage(str(next((folder / "exports").glob("*.png"))))
    assert picture.width() > 500
    text = next((folder / "exports").glob("*.csv")).read_text(encoding="utf-8-sig")
    assert text.count(f",{FORCE},") in range(110, 116) and ",Good,Good" in text


def test_home_goes_to_the_beginning_and_l_to_the_present(person: Historian, past: tuple[Path, float]) -> None:
    _, now_s = past
    person.window.open_page(TRENDS)
    QTest.keyClick(person.view, Qt.Key.Key_Home)
    person.until(lambda: person.view.span_s[0] == pytest.approx(now_s - 30 * DAY_S, abs=1))
    QTest.keyClick(person.view, Qt.Key.Key_L)
    person.until(lambda: person.view.is_live)


def test_what_a_device_says_later_changes_unit_and_states(person: Historian, past: tuple[Path, float]) -> None:
    _, now_s = past
    person.station.services.tags.describe([TagDescription(POSITION, states=((0, "Open"), (1, "Closed")))])
    person.station.sample(POSITION, 1, at_s=now_s)
    person.window.open_page(TRENDS)
    person.until(lambda: sum(lane.is_states for lane in person.view.frame.lanes) == 2)
    assert person.view.state_names(POSITION)[1] == "Closed"
    person.until(lambda: "Closed" in person.trends.parts.pens.row(POSITION).accessibleName())


def test_machine_data_that_cannot_be_read_are_said_and_new_values_drawn(qtbot: QtBot, past: tuple[Path, float]) -> None:
    folder, now_s = past
    post = QtPost()
    station = TrendStation(folder, post)
    watched = station.watch(WatchedHistory)
    watched.fault = "The disk does not answer."
    person = Historian(qtbot, station)
    person.window.open_page(TRENDS)
    station.sample(FORCE, 5.0, at_s=now_s)
    person.until(lambda: "disk does not answer" in person.banner())
    person.trends.follow()
    assert len(person.view.series(FORCE)) == 1
    asked = watched.asked
    for _ in range(20):
        person.trends.follow()
    assert watched.asked <= asked + 3, "a disk that fails is not asked ten times a second"
    person.window.close()
    station.close()
    post.close()


def test_nothing_waits_while_thirty_days_are_panned(qtbot: QtBot, past: tuple[Path, float]) -> None:
    """The main thread never asks the historian, and no turn of its loop costs more than a few frames of its time."""
    folder, now_s = past
    post = QtPost()
    station = TrendStation(folder, post)
    watched = station.watch(WatchedHistory)
    person = Historian(qtbot, station, 1920, 1080)
    person.window.open_page(TRENDS)
    person.settle()
    turns_s: list[float] = []
    last_s = time.thread_time()

    def tick() -> None:
        nonlocal last_s
        turns_s.append(time.thread_time() - last_s)
        last_s = time.thread_time()

    ticker = QTimer()
    ticker.setInterval(0)
    ticker.timeout.connect(tick)
    ticker.start()
    for window_s in (30 * DAY_S, DAY_S, 600.0):
        person.view.show_span(now_s - 30 * DAY_S, now_s - 30 * DAY_S + window_s)
        for _ in range(25):
            person.view.move_time((29 * DAY_S / window_s) / 25 if window_s < 29 * DAY_S else 0.01)
            qtbot.wait(5)
    person.settle()
    ticker.stop()
    assert watched.asked > 20 and threading.get_ident() not in watched.threads
    turns_s.sort()
    assert turns_s[int(len(turns_s) * 0.95)] < 0.06
    assert turns_s[-1] < 0.4
    person.window.close()
    station.close()
    post.close()


def test_runs_are_those_of_the_journal(person: Historian, past: tuple[Path, float]) -> None:
    _, now_s = past
    found = person.services.work_past.latest_units(round(now_s * 1e6)).result()
    runs = runs_of(found, now_s)
    assert [run.serial for run in runs][:2] == ["GX40-000125", UNIT]
    assert Comparison(runs[0], runs[1]).zero_s == runs[0].start_s
