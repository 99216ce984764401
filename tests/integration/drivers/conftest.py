"""One simulated plant for the whole session, and a server of another stack."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.integration.drivers.other_stack import NotAvailable, OtherStack, other_stack
from tests.simulated_plant import control as control
from tests.simulated_plant import plant as plant


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherStack]:
    """The server of another stack; the tests that ask for it are skipped where it cannot be had."""
    with contextlib.ExitStack() as running:
        try:
            yield running.enter_context(other_stack(tmp_path_factory.mktemp("other_stack")))
        except NotAvailable as reason:
            pytest.skip(str(reason))
