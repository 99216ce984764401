"""A look for every test, on a screen that is not there."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from widgets.theme import DARK, LIGHT, Look, Metrics


@pytest.fixture
def look(qapp: object) -> Look:
    """The light theme at the density of a 24 inch full-HD monitor."""
    return Look(LIGHT, Metrics(3.67))


@pytest.fixture(params=["full HD", "1280x800"])
def any_look(request: pytest.FixtureRequest, qapp: object) -> Look:
    """Both sizes that every page must work at."""
    width, height = (1920, 1080) if request.param == "full HD" else (1280, 800)
    return Look(DARK, Metrics.fitted(3.67, width, height))
