"""What every record's body is: a fact, of a unit, of a step."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from station_app.domain.chain import REC


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a record. Unknown fields of a newer version are ignored when read."""

    kind: ClassVar[str] = ""
    version: ClassVar[int] = 1
    chan: ClassVar[str] = REC


class OnUnit(Fact, frozen=True, kw_only=True):
    """A fact about one unit in one job. ``serial`` is the unit's serial number."""

    job_id: str
    serial: str
    order_id: str
    operation: str


class OnStep(OnUnit, frozen=True, kw_only=True):
    """A fact that belongs to a step; ``check_id`` is empty where it concerns the whole step.

    ``attempt`` counts from 1 and grows when the step is repeated.
    """

    step_id: str
    check_id: str = ""
    attempt: int = 1
    supersedes: str = ""
