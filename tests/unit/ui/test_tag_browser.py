"""The tag browser on a station whose devices answer by hand: look, search, add, draw, write, remove."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.base import Connection, Quality
from station_app.domain.added_tag import AddedTag
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.domain.master import Person
from station_app.ui import tag_browser_words as words
from station_app.ui.look import sized_look
from station_app.ui.page import TRENDS, ShowInstant
from station_app.ui.settings_page import SettingsPage
from station_app.ui.tag_browser import TagBrowser, open_tag_browser
from station_app.ui.tag_rules_sheet import TagRulesSheet
from station_app.ui.trends_page import TrendsPage
from tests.bench_station import BenchStation
from widgets.overlay import Overlay

FOLDER = "node:press\nopcua://press/ns=2;s=Press\ndevice:press"
SIZES = [(1920, 1080), (1280, 800)]


class Open:
    """A browser over a page, with a process engineer at the station."""

    def __init__(self, bench: BenchStation, qtbot: QtBot, size_px: tuple[int, int]) -> None:
        self.bench, self.qtbot = bench, qtbot
        bench.services.ledger.person = Person(id="p-7", name="Paula Engel", roles=("process_engineer",))
        self.page = SettingsPage(bench.services, sized_look("light", "en", *size_px))
        qtbot.addWidget(self.page)
        self.page.resize(*size_px)
        self.page.show()
        self.drawn: list[str] = []
        self.browser: TagBrowser = open_tag_browser(self.page, self.drawn.append)

    def until_rows(self, key: str, count: int) -> list[str]:
        tree = self.browser.tree
        self.qtbot.waitUntil(lambda: len([k for k in tree.below(key) if not tree.row(k).note]) == count)
        return tree.below(key)

    def choose_node(self, name: str) -> str:
        """Open the press down to its values and put the cursor on one."""
        tree = self.browser.tree
        tree.open("device:press")
        self.until_rows("device:press", 1)
        tree.open(FOLDER)
        keys = self.until_rows(FOLDER, 4)
        key = next(key for key in keys if tree.row(key).name == name)
        tree.choose(key)
        return key

    def add(self, name: str, writable: bool = False) -> None:
        form = self.browser.add_form
        self.browser.details.add_button.click()
        form.name_entry.setText(name)
        form.writable_button.setChecked(writable)
        form.add_button.click()

    def shown(self) -> set[str]:
        return {button.text() for button in self.browser.details.buttons if button.isVisibleTo(self.browser)}


@pytest.fixture(params=SIZES, ids=["full HD", "1280x800"])
def open_browser(bench: BenchStation, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Open]:
    yield Open(bench, qtbot, request.param)


@pytest.fixture
def small(bench: BenchStation, qtbot: QtBot) -> Open:
    return Open(bench, qtbot, SIZES[1])


def test_tags_with_values_and_devices_with_their_state(open_browser: Open) -> None:
    tree, bench = open_browser.browser.tree, open_browser.bench
    bench.sample("press.force", 12.43)
    bench.sample("press.position", 88.1, Quality.BAD, "BadSensorFailure")
    bench.device("bench", Connection.LOST)
    open_browser.browser.refresh()
    assert tree.row("tag:press.force").value_text == "12.43 kN"
    assert tree.row("tag:press.position").fault_text.startswith("BadSensorFailure · ")
    assert tree.row("tag:press.peak_force").fault_text == "no value yet"
    assert tree.row("device:press").sub_text == "connected"
    assert tree.row("device:bench").sub_text == "does not answer: no answer"
    tree.choose("tag:press.position")
    assert "BadSensorFailure" in open_browser.browser.details.fault.text()
    assert open_browser.shown() == {"Add to trend"}


def test_a_node_is_read_before_it_is_added_and_then_stands_everywhere(open_browser: Open) -> None:
    browser, bench = open_browser.browser, open_browser.bench
    key = open_browser.choose_node("PeakForce")
    open_browser.qtbot.waitUntil(lambda: browser.details.value.text() == "12.4 kN")
    assert open_browser.shown() == {"Add to station", "Read again"}
    browser.details.add_button.click()
    assert browser.add_form.name_entry.text() == "press.peak_force_2", "the name is proposed, and free"
    assert not browser.add_form.writable_button.isVisibleTo(browser), "the server takes no values"
    open_browser.add("press.force")
    assert "already" in browser.add_form.message.text()
    open_browser.add("press.peak")
    open_browser.qtbot.waitUntil(lambda: browser.tree.row(key).tag == "press.peak")
    open_browser.qtbot.waitUntil(
        lambda: open_browser.shown() == {"Add to trend", "Limits and history", "Remove from station"}
    )
    assert "tag:press.peak" in browser.tree.below("station")
    assert "press.peak" in bench.services.tags.tags
    browser.details.trend_button.click()
    assert open_browser.drawn == ["press.peak"]
    assert not browser.isVisible()


def test_an_added_tag_is_removed_and_others_stay(small: Open) -> None:
    small.choose_node("State")
    small.add("press.state")
    small.qtbot.waitUntil(lambda: "Remove from station" in small.shown())
    small.browser.details.remove_button.click()
    small.qtbot.waitUntil(lambda: not small.browser.tree.has("tag:press.state"))
    assert "press.state" not in small.bench.services.tags.tags
    assert small.browser.tree.current == "station"


def test_limits_and_history_of_an_added_tag_are_typed_on_the_keypad_and_in_force(small: Open) -> None:
    browser, bench = small.browser, small.bench
    small.choose_node("PeakForce")
    small.add("press.peak")
    small.qtbot.waitUntil(lambda: "Limits and history" in small.shown())
    bench.sample("press.peak", 12.5)
    browser.details.rules_button.click()
    (sheet,) = small.page.window().findChildren(TagRulesSheet)
    QTest.keyClicks(sheet.entry, "12")
    QTest.keyClick(sheet.entry, Qt.Key.Key_Return)
    QTest.keyClicks(sheet.entry, "0,5")
    sheet.save_button.click()
    assert "Type a point" in sheet.message.text()
    QTest.keyClick(sheet.entry, Qt.Key.Key_Backspace)
    QTest.keyClick(sheet.entry, Qt.Key.Key_Backspace)
    QTest.keyClicks(sheet.entry, ".5")
    sheet.priority_buttons["high"].click()
    QTest.mouseClick(sheet.cells["low", "limit"], Qt.MouseButton.LeftButton)
    QTest.keyClicks(sheet.entry, "13")
    sheet.save_button.click()
    assert "is not above low" in sheet.message.text()
    QTest.mouseClick(sheet.cells["low", "limit"], Qt.MouseButton.LeftButton)
    QTest.keyClicks(sheet.entry, "-1")
    sheet.keep_buttons[Keep.ALL].click()
    sheet.save_button.click()
    small.qtbot.waitUntil(lambda: "are in force" in browser.details.message.text())
    small.qtbot.waitUntil(lambda: not small.page.window().findChildren(TagRulesSheet))
    added = bench.services.tag_setup.added["press.peak"]
    told = [(str(rule.trigger), rule.limit, rule.deadband, rule.priority) for rule in added.alarms]
    assert told == [("high", 12.0, 0.5, "high"), ("low", -1.0, 0.0, "medium")]
    assert added.history == HistoryRule(Keep.ALL)
    facts = dict(words.described_tag(bench.services, bench.services.tags.tags["press.peak"]))
    assert (facts["Alarm limits"], facts["History"]) == ("high 12, low -1", "everything")
    small.qtbot.waitUntil(lambda: [a.condition for a in bench.services.alarms.listed()] == ["high limit"])
    browser.details.rules_button.click()
    (sheet,) = small.page.window().findChildren(TagRulesSheet)
    assert sheet.cells["high", "limit"].text() == "12 kN"
    assert not sheet.cells["history", "deadband"].isEnabled(), "everything is kept"
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    small.qtbot.waitUntil(lambda: not small.page.window().findChildren(TagRulesSheet))
    assert browser.isVisible(), "Esc leaves the sheet first"


def test_an_operator_reads_who_may(small: Open) -> None:
    small.bench.services.ledger.person = Person(id="p-1", name="Anna Keller", roles=("operator",))
    small.choose_node("State")
    small.browser.details.add_button.click()
    assert "administrator or process engineer or supervisor" in small.browser.details.message.text()
    assert not small.browser.add_form.isVisibleTo(small.browser)


def test_a_device_that_does_not_answer_is_said_and_asked_again(small: Open) -> None:
    tree = small.browser.tree
    small.bench.devices.fault = "press did not answer within 5 s."
    tree.choose("device:press")
    tree.open("device:press")
    small.qtbot.waitUntil(lambda: "within 5 s" in small.browser.details.message.text())
    assert [tree.row(key).name for key in tree.below("device:press")] == ["press did not answer within 5 s."]
    small.bench.devices.fault = ""
    tree.open("device:press")
    small.until_rows("device:press", 1)
    tree.open("device:bench")
    small.qtbot.waitUntil(lambda: "cannot list" in tree.row(tree.below("device:bench")[0]).name)


def test_words_filter_what_is_loaded_and_search_the_device(small: Open) -> None:
    browser = small.browser
    QTest.keyClicks(browser.search, "peak")
    assert browser.tree.shown_keys() == ["station", "tag:press.peak_force"]
    QTest.keyClick(browser.search, Qt.Key.Key_Return)
    small.qtbot.waitUntil(lambda: browser.tree.has("found"))
    assert browser.tree.row("found").name == "“peak” on Press: 1 found"
    assert "there are more" in browser.tree.row("found").sub_text
    small.qtbot.waitUntil(lambda: small.shown() == {"Add to station", "Read again"})
    browser.search.clear()
    browser.search_device()
    assert "Type what to look for" in browser.details.message.text()


def test_a_value_is_written_after_a_second_press_and_a_refusal_is_read(small: Open) -> None:
    browser, bench, form = small.browser, small.bench, small.browser.write_form
    small.choose_node("Program")
    small.add("press.program", writable=True)
    small.qtbot.waitUntil(lambda: "Write a value" in small.shown())
    bench.sample("press.program", 3)
    browser.details.write_button.click()
    assert not form.write_button.isEnabled(), "nothing is typed"
    QTest.keyClicks(form.entry, "7")
    QTest.keyClick(form.entry, Qt.Key.Key_Return)
    assert "3 becomes 7" in form.question.text()
    assert bench.devices.written == [], "the first press only asks"
    bench.devices.write_status = "BadOutOfRange"
    form.write_button.click()
    small.qtbot.waitUntil(lambda: "did not take it: BadOutOfRange" in form.message.text())
    bench.devices.write_status = "Good"
    form.write_button.click()
    form.write_button.click()
    small.qtbot.waitUntil(lambda: "7 was written" in browser.details.message.text())
    assert bench.devices.written[-1] == ("press.program", 7)
    browser.details.write_button.click()
    QTest.keyClicks(form.entry, "1.5")
    form.write_button.click()
    form.write_button.click()
    assert "whole number" in form.message.text()
    QTest.keyClick(browser, Qt.Key.Key_Escape)
    assert browser.isVisible(), "Esc leaves the sheet first"
    QTest.keyClick(browser, Qt.Key.Key_Escape)
    assert not browser.isVisible()


def test_a_tag_is_dragged_over_the_trend_below_and_drawn_there(bench: BenchStation, qtbot: QtBot) -> None:
    """With a mouse as the window gets it; what is not dropped on the trend brings the browser back."""
    page = TrendsPage(bench.services, sized_look("light", "en", 1280, 800))
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.show()
    bench.services.ledger.person = Person(id="p-7", name="Paula Engel", roles=("supervisor",))
    added = bench.services.tag_setup.add(AddedTag("press.peak", "opcua://press/ns=2;s=Press.PeakForce", "Peak", "kN"))
    qtbot.waitUntil(added.done)
    assert "press.peak" not in page.pens.shown
    page.parts.browse_button.click()
    (browser,) = (overlay for overlay in page.window().findChildren(Overlay) if isinstance(overlay, TagBrowser))
    tree, handle = browser.tree, page.window().windowHandle()
    trend = page.view
    assert trend is not None
    over_trend = trend.mapTo(page.window(), trend.rect().center())

    def carry() -> None:
        tree.choose("tag:press.peak")
        place = tree.view.visualRect(tree.view.currentIndex()).center()
        at = tree.view.viewport().mapTo(page.window(), place)
        QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseMove(handle, at + QPoint(40, 0))
        assert not browser.isVisible(), "the trend is uncovered"

    carry()
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert browser.isVisible(), "nothing was dropped: it is back"
    carry()
    QTest.mouseMove(handle, over_trend)
    assert not page.window().grab().isNull()
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=over_trend)
    qtbot.waitUntil(lambda: not page.window().findChildren(TagBrowser))
    assert "press.peak" in page.pens.shown
    page.end()


def test_the_settings_page_opens_it_and_a_tag_leads_to_the_trend(bench: BenchStation, qtbot: QtBot) -> None:
    page = SettingsPage(bench.services, sized_look("light", "en", 1280, 800))
    qtbot.addWidget(page)
    page.show()
    wanted: list[tuple[str, object]] = []
    page.wants_page.connect(lambda page_id, target: wanted.append((page_id, target)))
    page.tags_button.click()
    (browser,) = (overlay for overlay in page.window().findChildren(Overlay) if isinstance(overlay, TagBrowser))
    browser.tree.choose("tag:press.force")
    browser.details.trend_button.click()
    ((page_id, target),) = wanted
    assert page_id == TRENDS
    assert isinstance(target, ShowInstant)
    assert target.tag == "press.force"


def test_the_trends_page_opens_it_and_draws_what_was_added_without_being_built_anew(
    bench: BenchStation, qtbot: QtBot
) -> None:
    bench.services.ledger.person = Person(id="p-7", name="Paula Engel", roles=("supervisor",))
    page = TrendsPage(bench.services, sized_look("light", "en", 1280, 800))
    qtbot.addWidget(page)
    page.show()
    page.parts.browse_button.click()
    (browser,) = (overlay for overlay in page.window().findChildren(Overlay) if isinstance(overlay, TagBrowser))
    added = bench.services.tag_setup.add(AddedTag("press.peak", "opcua://press/ns=2;s=Press.PeakForce", "Peak", "kN"))
    qtbot.waitUntil(lambda: added.done() and browser.tree.has("tag:press.peak"))
    browser.tree.choose("tag:press.peak")
    browser.details.trend_button.click()
    assert "press.peak" in page.pens.shown
    page.parts.browse_button.click()
    removed = bench.services.tag_setup.remove("press.peak")
    qtbot.waitUntil(removed.done)
    browsers = [overlay for overlay in page.window().findChildren(Overlay) if isinstance(overlay, TagBrowser)]
    browsers[-1].dismiss()
    assert "press.peak" not in page.pens.tags
    page.end()
