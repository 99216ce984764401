"""A historian's file for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine_data import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A new historian that keeps every sample of the tag "force"."""
    bench = Bench(tmp_path)
    yield bench
    bench.close()
