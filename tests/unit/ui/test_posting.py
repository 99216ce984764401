from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from station_app.ui.posting import QtPost


def test_calls_of_any_thread_run_in_the_main_thread_and_in_order(qtbot: QtBot) -> None:
    post = QtPost()
    ran: list[tuple[int, bool]] = []

    def work() -> None:
        for number in range(50):
            post(lambda n=number: ran.append((n, threading.current_thread() is threading.main_thread())))  # type: ignore[misc]  # mypy cannot infer lambdas with defaults

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ran == []
    qtbot.waitUntil(lambda: len(ran) == 50)
    assert ran == [(number, True) for number in range(50)]


def test_what_is_queued_when_it_closes_is_dropped(qtbot: QtBot) -> None:
    post = QtPost()
    ran: list[int] = []
    post(lambda: ran.append(1))
    post.close()
    post(lambda: ran.append(2))
    other = QtPost()
    other(lambda: ran.append(3))
    qtbot.waitUntil(lambda: 3 in ran)
    assert ran == [3]
