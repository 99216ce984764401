"""The demo plant, for the tests that run real stations against it."""

from __future__ import annotations

from tests.plant import _plant_without_faults as _plant_without_faults
from tests.plant import demo_plant as demo_plant
