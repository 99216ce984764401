"""The computer's clocks."""

from __future__ import annotations

import time
import uuid
from datetime import datetime
from pathlib import Path

import pytest

from station_app.services.ports import Clock
from station_app.storage import clock
from station_app.storage.clock import SystemClock


def test_it_tells_the_computers_time() -> None:
    port: Clock = SystemClock()
    assert abs(port.wall_us() - time.time() * 1e6) < 5e6
    offset = datetime.now().astimezone().utcoffset()
    assert offset is not None
    assert port.utc_offset_min() == offset.total_seconds() // 60
    first = port.mono_ns()
    assert port.mono_ns() >= first


def test_a_boot_has_one_name() -> None:
    assert SystemClock().boot_id == SystemClock().boot_id
    uuid.UUID(SystemClock().boot_id)


def test_where_the_kernel_names_no_boot_one_is_derived(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(clock, "_LINUX_BOOT_ID", tmp_path / "absent")
    monkeypatch.setattr("psutil.boot_time", lambda: 1_790_000_000.4)
    first = SystemClock().boot_id
    uuid.UUID(first)
    assert SystemClock().boot_id == first
    monkeypatch.setattr("psutil.boot_time", lambda: 1_790_000_900.0)
    assert SystemClock().boot_id != first
