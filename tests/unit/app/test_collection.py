"""Garbage never goes in another thread than Qt's."""

from __future__ import annotations

import ctypes
import gc
import sys
import threading

import psutil
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from station_app.app.collection import collecting_in_main_thread, give_back_memory


class Ring:
    """Garbage that only the cycle collector finds; it notes the thread it went in."""

    went_in: list[threading.Thread]

    def __init__(self, went_in: list[threading.Thread]) -> None:
        self.went_in = went_in
        self.itself = self

    def __del__(self) -> None:
        self.went_in.append(threading.current_thread())


def test_rings_made_in_other_threads_go_in_the_main_thread(qtbot: QtBot) -> None:
    went_in: list[threading.Thread] = []

    def allocate() -> None:
        for _ in range(3000):
            Ring(went_in)

    gc.enable()
    try:
        with collecting_in_main_thread():
            worker = threading.Thread(target=allocate)
            worker.start()
            worker.join()
            assert not went_in
            qtbot.waitUntil(lambda: len(went_in) > 0, timeout=3000)
            assert set(went_in) == {threading.main_thread()}
        assert gc.isenabled()
    finally:
        gc.disable()


def active_timers() -> list[QTimer]:
    return [timer for timer in gc.get_objects() if isinstance(timer, QTimer) and timer.isActive()]


def test_the_timers_end_with_the_window(qtbot: QtBot) -> None:
    before = active_timers()
    with collecting_in_main_thread():
        within = [timer for timer in active_timers() if timer not in before]
        assert len(within) == 2
    assert not any(timer.isActive() for timer in within)


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None) if sys.platform == "linux" else None, "malloc_trim"), reason="not glibc"
)
def test_freed_memory_goes_back_to_the_system() -> None:
    kept = [bytes(5000) for _ in range(10_000)]
    del kept[: len(kept) - 1]  # the last one stands on top of the heap and holds all that is below
    before = psutil.Process().memory_info().rss
    give_back_memory()
    assert psutil.Process().memory_info().rss < before - 20e6
    assert len(kept) == 1
