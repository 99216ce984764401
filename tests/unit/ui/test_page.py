from __future__ import annotations

from concurrent.futures import Future

import pytest
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from station_app.domain.rules import Refusal
from station_app.services.notices import Notice
from station_app.services.ports import JournalFull
from station_app.ui.look import sized_look
from station_app.ui.page import Page, Saying, Weight, saying_of
from tests.bench_station import BenchStation


@pytest.fixture
def page(bench: BenchStation, qtbot: QtBot) -> Page:
    page = Page(bench.services, sized_look("light", "en", 1280, 800))
    qtbot.addWidget(page)
    return page


def test_a_refusal_is_split_into_what_happened_and_what_to_do() -> None:
    saying = saying_of(Refusal("H-1 is built into unit 7. Take another one. Or ask."))
    assert saying == Saying(
        Weight.WARNING, "H-1 is built into unit 7.", "Nothing was changed.", "Take another one. Or ask."
    )
    assert saying_of(Refusal("Scan again")).what == "Scan again"


def test_a_refusal_now_or_later_becomes_a_message(page: Page, qtbot: QtBot) -> None:
    said: list[Saying] = []
    page.says.connect(said.append)

    def refuse() -> Future[None]:
        raise Refusal("Not now.")

    later: Future[None] = Future()
    assert not page.attempt(refuse)
    assert page.attempt(lambda: later)
    later.set_exception(Refusal("Not then."))
    qtbot.waitUntil(lambda: [saying.what for saying in said] == ["Not now.", "Not then."])


def test_a_page_that_was_left_draws_nothing_until_it_is_shown_again(page: Page) -> None:
    notice, heard = Notice(), list[str]()
    page.watch(notice, lambda: heard.append("told"))
    page.leave()
    notice.tell()
    assert heard == []
    page.enter()
    notice.tell()
    assert heard == ["told"]


def test_a_failed_commit_is_the_windows_matter_and_a_defect_is_loud(page: Page, qtbot: QtBot) -> None:
    said: list[Saying] = []
    page.says.connect(said.append)
    full: Future[None] = Future()
    broken: Future[None] = Future()
    done: list[str] = []
    with capture_exceptions() as caught:
        page.attempt(lambda: full)
        full.set_exception(JournalFull("no room"))
        page.attempt(lambda: broken)
        broken.set_exception(ZeroDivisionError("ours"))
        good: Future[str] = Future()
        page.attempt(lambda: good, done.append)
        good.set_result("saved")
        qtbot.waitUntil(lambda: done == ["saved"])
    assert said == [] and [kind for kind, _, _ in caught] == [ZeroDivisionError]


def test_a_page_that_has_ended_hears_no_more(page: Page) -> None:
    notice, heard = Notice(), list[int]()
    page.watch(notice, lambda: heard.append(1))
    notice.tell()
    page.end()
    notice.tell()
    assert heard == [1]
