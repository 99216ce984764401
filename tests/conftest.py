"""What every test is held to: no screen needed, no unexpected log line, no thread left behind.

Qt warnings fail a test too: see ``qt_log_level_fail`` in pyproject.toml.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import postgres as postgres
from tests.shared_database import fresh_plant as fresh_plant
from tests.shared_database import plant as plant
from tests.shared_database import plant_template as plant_template
from tests.shared_database import shared_plant as shared_plant
from tests.waiting import wait_until

# Before anything imports Qt; a developer who wants to watch sets QT_QPA_PLATFORM=xcb.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# an example that takes its time on a busy computer is no fault
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--kills N``: how often a kill campaign kills its stations."""
    parser.addoption("--kills", type=int, help="kills in each kill campaign (usual: 200 headless, 10 of a window)")


OUR_LOGGERS = ("station_app", "widgets", "drivers")
THREAD_GRACE_S = 2.0

# Names (or their beginnings) of threads that a library keeps for the whole process on purpose.
LIBRARY_THREADS: tuple[str, ...] = (
    "pytest_timeout",  # Windows has no SIGALRM: the time limit of the running test
)


class _Collected(logging.Handler):
    """Keeps records: WARNING and above of our packages, and asyncio's word that a task was left pending."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != "asyncio" or "was destroyed but it is pending" in record.getMessage():
            self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail on a WARNING or worse of our own packages.

    ``@pytest.mark.expected_log("regular expression", ...)`` allows the messages in which one is found.
    """
    collected = _Collected()
    loggers = [logging.getLogger(name) for name in (*OUR_LOGGERS, "asyncio")]
    for logger in loggers:
        logger.addHandler(collected)
    yield
    for logger in loggers:
        logger.removeHandler(collected)
    expected = [str(p) for mark in request.node.iter_markers("expected_log") for p in mark.args]
    unexpected = [
        f"{record.levelname} {record.name}: {record.getMessage()}"
        for record in collected.records
        if not any(re.search(pattern, record.getMessage()) for pattern in expected)
    ]
    if unexpected:
        pytest.fail("unexpected log lines (allow with expected_log):\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture(autouse=True, scope="session")
def _no_automatic_collection() -> Iterator[None]:
    """Python's cycle collector runs in whichever thread allocates, and would destroy Qt objects outside their own.

    What is imported by now stays for good: it is not looked through after each test.
    """
    gc.disable()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _garbage_is_collected_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect in the main thread after each test: everything where Qt was used, else what is due."""
    yield
    if "qapp" in request.fixturenames:
        gc.collect()
        return
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return


def _left_behind(before: set[threading.Thread]) -> list[threading.Thread]:
    # threading._DummyThread stands for a thread that Python did not start and cannot see ending
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before
        and not isinstance(thread, threading._DummyThread)
        and not thread.name.startswith(LIBRARY_THREADS)
    ]


@pytest.fixture(autouse=True)
def _no_thread_left_behind() -> Iterator[None]:
    """Fail on a thread, daemon or not, that the test started and that does not end by itself within 2 s."""
    before = set(threading.enumerate())
    yield
    try:
        wait_until(lambda: not _left_behind(before), THREAD_GRACE_S, "threads to end")
    except AssertionError:
        names = ", ".join(f"{t.name}{' (daemon)' if t.daemon else ''}" for t in _left_behind(before))
    else:
        return
    pytest.fail(f"threads still alive {THREAD_GRACE_S:g} s after the test: {names}", pytrace=False)
