"""The shared database as two stations of a line see it, and records as they deliver them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    JobState,
    MaterialConsumed,
    Measurement,
)
from station_app.services.ports import SharedDatabase

ON_UNIT: dict[str, Any] = {"job_id": "J1", "serial": "GR-1", "order_id": "4711", "operation": "10"}


ON_STEP: dict[str, Any] = {**ON_UNIT, "step_id": "press"}


@dataclass(frozen=True)
class Line:
    """The shared database as two stations see it, and the way to publish."""

    a: SharedDatabase
    b: SharedDatabase
    publish: Callable[[str, str, bytes, str], int]


def job_state(state: str, **changes: object) -> JobState:
    values = {"product": "GR", "work_master_id": "W", "work_master_version": "1", "work_master_sha256": "0" * 64}
    return JobState(**{**ON_UNIT, **values, "state": state, **changes})


def measured(value_text: str) -> Measurement:
    return Measurement(
        characteristic="play", value_text=value_text, unit="mm", source="hand", outcome=Outcome.PASS, **ON_STEP
    )  # fmt: skip


def consumed(component: str, **changes: object) -> MaterialConsumed:
    return MaterialConsumed(**{**ON_STEP, "material": "BRG-6204", "component_serial": component, **changes})
