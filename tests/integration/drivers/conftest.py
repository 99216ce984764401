"""One simulated plant for the whole session."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from tests.integration.drivers.other_stack import NotAvailable, OtherStack, other_stack

FAULTS = ("blurred", "dark", "part missing")


@pytest.fixture(scope="session")
def plant() -> Iterator[PlantProcess]:
    with PlantProcess("--speed", "4") as running:
        yield running


@pytest.fixture
def control(plant: PlantProcess) -> Iterator[PlantControl]:
    """The control channel; whatever a test switched is back afterwards."""
    with plant.control() as channel:
        yield channel
        for device in ("press", "bench", "camera", "mill", "gauge", "scanner"):
            channel.fault("device gone", False, device)
            channel.fault("value frozen", False, device)
        for fault in FAULTS:
            channel.fault(fault, False)
        channel.press_auto(False)


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherStack]:
    """The server of another stack; the tests that ask for it are skipped where it cannot be had."""
    with contextlib.ExitStack() as running:
        try:
            yield running.enter_context(other_stack(tmp_path_factory.mktemp("other_stack")))
        except NotAvailable as reason:
            pytest.skip(str(reason))
