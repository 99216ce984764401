"""Where the recorded and published data lie that are not part of the product: ``shared/data`` beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

_CHECKOUT = Path(__file__).resolve().parent.parent


def shared_data(name: str) -> Path:
    """A file or folder of the shared data; skips the test where it is absent."""
    for folder in _CHECKOUT.parents:
        path = folder / "shared" / "data" / name
        if path.exists():
            return path
    pytest.skip(f"the shared data are not here: {_CHECKOUT.parent / 'shared' / 'data' / name}")
