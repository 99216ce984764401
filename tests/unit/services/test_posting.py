"""The crossing to the main thread: results and failures arrive there, in order, and nowhere else."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from station_app.services.notices import Notice
from station_app.services.posting import PostQueue, when_done


def test_results_and_failures_arrive_on_the_thread_that_runs_them() -> None:
    posts = PostQueue()
    told: list[tuple[object, threading.Thread]] = []
    with ThreadPoolExecutor(1) as pool:
        for work in (lambda: 7, lambda: 1 / 0):
            when_done(
                pool.submit(work),
                posts.post,
                lambda value: told.append((value, threading.current_thread())),
                lambda error: told.append((type(error), threading.current_thread())),
            )
    assert told == [], "nothing runs on the pool's thread"
    while posts.run_one(0.05):
        pass
    assert told == [(7, threading.current_thread()), (ZeroDivisionError, threading.current_thread())]


def test_a_future_that_is_done_already_is_posted_too() -> None:
    posts = PostQueue()
    told: list[int] = []
    done: Future[int] = Future()
    done.set_result(3)
    when_done(done, posts.post, told.append, lambda _error: None)
    assert told == []
    assert posts.run_one(0.0)
    assert told == [3]


def test_an_empty_queue_says_so_and_calls_keep_their_order() -> None:
    posts = PostQueue()
    told: list[int] = []
    assert posts.run_one(0.0) is False
    for number in range(3):
        posts.post(lambda number=number: told.append(number))  # type: ignore[misc]  # the default binds the number
    while posts.run_one(0.0):
        pass
    assert told == [0, 1, 2]


def test_a_bug_in_a_posted_call_surfaces() -> None:
    posts = PostQueue()
    posts.post(lambda: 1 / 0)  # type: ignore[arg-type]  # a call that fails
    with pytest.raises(ZeroDivisionError):
        posts.run_one(0.0)


def test_a_notice_tells_everyone_until_they_leave() -> None:
    notice, told = Notice(), []
    leave = notice.subscribe(lambda: told.append("a"))
    notice.subscribe(lambda: told.append("b"))
    notice.tell()
    leave()
    leave()
    notice.tell()
    assert told == ["a", "b", "b"]
