"""Inspection plans: what is inspected at an operation of a product, how, how often, and what follows from a result.

A plan is published master data like an instruction: one document of canonical JSON, addressed by its SHA-256; its versions
stand beside each other. Which one is in force follows from its releases (:mod:`station_app.domain.releases`); an inspection
pins the one that it began with.
"""

from __future__ import annotations

import enum
import hashlib
from decimal import Decimal
from typing import ClassVar

import msgspec

from station_app.domain.media import Picture
from station_app.domain.outcome import Limits
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.rounding import Rounding, within_limits

MOST_REMEASUREMENTS = 2


class CharacteristicType(enum.StrEnum):
    """What a result is: a measured value, in order or not, or a number of defects."""

    VARIABLE = "variable"
    ATTRIBUTE = "attribute"
    COUNT = "count"


class Classification(enum.StrEnum):
    """How much depends on a characteristic."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Statistic(enum.StrEnum):
    """What is judged when there are several readings: the only one, or their mean."""

    SINGLE = "single"
    MEAN = "mean"


class SamplingRule(enum.StrEnum):
    """Which units of an order, or pieces of a lot, are inspected."""

    EVERY = "every"
    NTH = "nth"
    FIRST_LAST = "first_last"
    ISO2859 = "iso2859"


class Action(enum.StrEnum):
    """What a broken rule of a control chart does to the unit: nothing, a hold, or its step stops until the cause is known."""

    NONE = "none"
    HOLD = "hold"
    STOP = "stop"


class Sampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``every`` is the n of "every n-th", counted from the first. ``level`` and ``aql`` are those of ISO 2859-1."""

    rule: SamplingRule = SamplingRule.EVERY
    every: int = 1
    level: str = ""
    aql: str = ""


class ChartSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a characteristic is charted. Limits are provisional, from the first ``baseline`` subgroups, until they are frozen.

    ``rules``: nelson, we or none. ``weight`` is the lambda of an EWMA; ``k`` and ``h`` those of a CUSUM in standard
    deviations. ``causes`` names the list of reasons to choose from.
    """

    chart: ChartKind
    subgroup_size: int = 1
    rules: str = "nelson"
    baseline: int = 20
    action: Action = Action.NONE
    early_warning: bool = True
    weight: float = 0.2
    k: float = 0.5
    h: float = 5.0
    causes: str = "causes"


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a characteristic is on one of the plan's pictures, in fractions of width and height from the top left."""

    file: str
    x: float
    y: float


class Characteristic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One characteristic. ``balloon`` is its number in the drawing, ``decimals`` how many the gauge shows.

    ``readings`` are taken on each unit and judged by their ``statistic``. ``defects`` names the list of reasons for what is
    not in order; a count is in order up to ``upper`` defects.
    """

    id: str
    title: str
    balloon: int
    type: CharacteristicType = CharacteristicType.VARIABLE
    unit: str = ""
    nominal: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    classification: Classification = Classification.MAJOR
    gauge_class: str = ""
    decimals: int = 2
    rounding: Rounding = Rounding.ABSOLUTE
    sampling: Sampling = Sampling()
    readings: int = 1
    statistic: Statistic = Statistic.SINGLE
    reaction: str = ""
    most_remeasurements: int = MOST_REMEASUREMENTS
    defects: str = "defects"
    chart: ChartSettings | None = None
    place: Place | None = None

    @property
    def limits(self) -> Limits:
        """The limits as checks have them."""
        return Limits(self.unit, self.lower, self.upper, self.nominal)

    def say_excess(self, value: Decimal) -> str:
        """By how much a value is out by the plan's method of rounding; empty for one that conforms. Raises InputError."""
        inside = within_limits(value, self.lower, self.upper, self.rounding)
        return "" if inside else self.limits.say_excess(value)

    def say_margin(self, value: Decimal) -> str:
        """How far inside a value is, or which one it counts as by rounding; empty for one that is out. Raises InputError."""
        said = self.limits.say_margin(value)
        if said or not within_limits(value, self.lower, self.upper, self.rounding):
            return said
        beyond = self.upper if self.upper is not None and value > self.upper else self.lower
        return "" if beyond is None else f"Counts as {beyond} {self.unit}".rstrip() + " by the plan's rounding."


class InspectionPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is inspected at ``operation`` of ``product``. ``balloons`` are the numbers of checks that are no characteristics."""

    kind: ClassVar[str] = "plan"
    id: str
    product: str
    operation: str
    version: str = "1"
    title: str = ""
    characteristics: tuple[Characteristic, ...] = ()
    balloons: dict[str, int] = {}
    pictures: tuple[Picture, ...] = ()
    owner: str = ""
    released_by: str = ""
    released_at: str = ""
    reason: str = ""

    def characteristic(self, characteristic_id: str) -> Characteristic | None:
        """The characteristic of that id, None when the plan has none."""
        return next((each for each in self.characteristics if each.id == characteristic_id), None)

    def numbers(self) -> dict[str, int]:
        """The number of the balloon of every characteristic, by its id, and of every other check in the drawing."""
        return self.balloons | {each.id: each.balloon for each in self.characteristics}

    def media(self) -> dict[str, Picture]:
        """Every picture by its SHA-256."""
        return {picture.sha256: picture for picture in self.pictures}


def plan_key(plan: InspectionPlan) -> str:
    """The identity under which a version is published."""
    return f"{plan.id}@{plan.version}"


class PlanError(ValueError):
    """A document that is no plan or does not match its hash; the message is for a person."""


def encode_plan(plan: InspectionPlan) -> bytes:
    """The canonical JSON: the bytes that are published, hashed and pinned."""
    return msgspec.json.encode(plan, order="deterministic")


def decode_plan(document: bytes, sha256: str) -> InspectionPlan:
    """The plan in a published document. Raises PlanError when its hash is another, or it is no plan."""
    found = hashlib.sha256(document).hexdigest()
    if found != sha256:
        raise PlanError(f"the content does not match its hash: expected {sha256[:12]}…, found {found[:12]}…")
    try:
        return msgspec.json.decode(document, type=InspectionPlan)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise PlanError(f"not an inspection plan: {error}") from error
