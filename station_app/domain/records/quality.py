"""Facts of quality: what is not in order, and what is held."""

from __future__ import annotations

from typing import ClassVar

from station_app.domain.records.base import Fact, OnStep


class Nonconformance(OnStep, frozen=True, kw_only=True):
    """A defect was found. The finder does not decide: the disposition is another record."""

    kind: ClassVar[str] = "nonconformance"
    nonconformance_id: str
    defect: str
    description: str = ""


class Hold(Fact, frozen=True, kw_only=True):
    """A stop placed on a unit, lot or order (``scope``); ``subject`` is its identifier."""

    kind: ClassVar[str] = "hold"
    hold_id: str
    scope: str
    subject: str
    reason: str


class HoldReleased(Fact, frozen=True, kw_only=True):
    """A hold was lifted."""

    kind: ClassVar[str] = "hold_released"
    hold_id: str
    reason: str
