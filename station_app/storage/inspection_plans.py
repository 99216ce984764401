"""Inspection plans as they are authored: ``[[plan]]`` with its characteristics, every fault named with its place.

The keys are described in instructions/README.md; pictures lie in media/ beside the file.
"""

from __future__ import annotations

import enum
from typing import TypeVar

from station_app.domain.authored import AuthoredTable
from station_app.domain.inspection.plan import (
    MOST_REMEASUREMENTS,
    Action,
    Characteristic,
    CharacteristicType,
    ChartSettings,
    Classification,
    InspectionPlan,
    Place,
    Sampling,
    SamplingRule,
    Statistic,
)
from station_app.domain.media import Picture
from station_app.domain.outcome import Limits
from station_app.domain.quality import sampling as acceptance
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.rounding import Rounding
from station_app.storage.instructions.fields import note_twice, read_limits, refuse_decimals
from station_app.storage.instructions.media import MediaFolder, read_picture

_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_ID_ALLOWED = "letters, digits, . - and _ (at most 64)"
_PART = r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}"
_VERSION = r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}"
SUBGROUPED = (ChartKind.XBAR_R, ChartKind.XBAR_S)
MOST_READINGS = 25

W = TypeVar("W", bound=enum.StrEnum)


def read_plan(table: AuthoredTable, media: MediaFolder) -> InspectionPlan:
    """``[[plan]]`` with its ``[[plan.characteristic]]``, ``[[plan.picture]]`` and ``balloons`` of other checks."""
    picture_tables = table.tables("picture")
    pictures = tuple(picture for each in picture_tables if (picture := read_picture(each, media)) is not None)
    note_twice(picture_tables, [picture.file for picture in pictures], "file")
    tables = table.tables("characteristic")
    characteristics = tuple(_read_characteristic(each, pictures) for each in tables)
    note_twice(tables, [each.id for each in characteristics], "id")
    plan = InspectionPlan(
        id=table.text("id", pattern=_ID, allowed=_ID_ALLOWED),
        product=table.text("product", pattern=_PART, allowed="a part or product number"),
        operation=table.text("operation", pattern=_ID, allowed=_ID_ALLOWED),
        version=table.text("version", "1", pattern=_VERSION, allowed='letters, digits, . - and _, for example "C"'),
        title=table.text("title", "", longest=80),
        characteristics=characteristics,
        balloons=_read_balloons(table),
        pictures=pictures,
        owner=table.text("owner", "", longest=64),
    )
    if not characteristics and not table.has("balloons"):
        table.fault("", "has neither characteristics nor balloons", "[[plan.characteristic]], or balloons = { id = 3 }")
    _note_numbers_twice(tables, plan)
    table.done()
    return plan


def _read_balloons(table: AuthoredTable) -> dict[str, int]:
    balloons: dict[str, int] = {}
    inner = table.table("balloons")
    for name in list(inner.values) if inner is not None else []:
        assert inner is not None
        balloons[name] = inner.integer(name, low=1, high=999)
        if list(balloons.values()).count(balloons[name]) > 1 and balloons[name]:
            inner.fault(name, "is the number of another balloon too", "each number once")
    return balloons


def _note_numbers_twice(tables: list[AuthoredTable], plan: InspectionPlan) -> None:
    taken = set(plan.balloons.values())
    for each, characteristic in zip(tables, plan.characteristics, strict=True):
        if characteristic.balloon and characteristic.balloon in taken:
            each.fault("balloon", "is the number of another balloon too", "each number once")
        taken.add(characteristic.balloon)


def _read_characteristic(table: AuthoredTable, pictures: tuple[Picture, ...]) -> Characteristic:
    sort = _word(table, "type", CharacteristicType, CharacteristicType.VARIABLE)
    limits = _limits(table, sort)
    decimals = table.integer("decimals", 2, low=0, high=6)
    readings = table.integer("readings", 1, low=1, high=MOST_READINGS)
    characteristic = Characteristic(
        id=table.text("id", pattern=_ID, allowed=_ID_ALLOWED),
        title=table.text("title", longest=60),
        balloon=table.integer("balloon", low=1, high=999),
        type=sort,
        unit=limits.unit,
        nominal=limits.nominal,
        lower=limits.lower,
        upper=limits.upper,
        classification=_word(table, "classification", Classification, Classification.MAJOR),
        gauge_class=table.text("gauge_class", "", longest=60),
        decimals=decimals,
        rounding=_word(table, "rounding", Rounding, Rounding.ABSOLUTE),
        sampling=_read_sampling(table),
        readings=readings,
        statistic=_word(table, "statistic", Statistic, Statistic.MEAN if readings > 1 else Statistic.SINGLE),
        reaction=table.text("reaction", "", longest=300),
        most_remeasurements=table.integer("most_remeasurements", MOST_REMEASUREMENTS, low=0, high=20),
        defects=table.text("defects", "defects", pattern=_ID, allowed="a list of reasons"),
        chart=_read_chart(table, sort, readings),
        place=_read_place(table, pictures),
    )
    if sort is CharacteristicType.VARIABLE:
        refuse_decimals(table, limits, decimals)
        if (readings > 1) != (characteristic.statistic is Statistic.MEAN):
            table.fault("readings", "do not fit the statistic", "one reading, or several and their mean")
    elif readings > 1:
        table.fault("readings", f"has no meaning for the type {sort}", "only for variable characteristics")
    table.done()
    return characteristic


def _limits(table: AuthoredTable, sort: CharacteristicType) -> Limits:
    """The limits that a type of characteristic needs: measured values at least one, counts an upper one, attributes none."""
    bindings: dict[str, str] = {}
    limits = read_limits(table, "limits", bindings, required=sort is CharacteristicType.VARIABLE) or Limits()
    if bindings:
        table.fault("limits", "name a parameter", "numbers: a plan is for one product")
    if sort is CharacteristicType.ATTRIBUTE and table.has("limits"):
        table.fault("limits", "have no meaning for an attribute", "it is in order or not")
    if sort is CharacteristicType.COUNT and (limits.lower is not None or limits.nominal is not None):
        table.fault("limits", "of a count have only an upper one", "limits = { upper = 2 }")
    if sort is CharacteristicType.VARIABLE and limits.lower is not None and limits.lower == limits.upper:
        table.fault("limits", "leave a tolerance of 0, which nothing measured can meet", "lower < upper")
    return limits


def _read_sampling(parent: AuthoredTable) -> Sampling:
    """``sampling = { rule = "nth", every = 5 }``; without it every unit is inspected."""
    table = parent.table("sampling")
    if table is None:
        return Sampling()
    rule = _word(table, "rule", SamplingRule, SamplingRule.EVERY)
    level, aql = "", ""
    every = table.integer("every", low=2, high=10_000) if rule is SamplingRule.NTH else 1
    if rule is SamplingRule.ISO2859:
        for key, read in (("level", acceptance.inspection_level), ("aql", acceptance.acceptable_quality_limit)):
            text = table.text(key, allowed='text, for example level = "II", aql = "1.0"', longest=10)
            try:
                found = read(text) if text else ""
            except InputError as error:
                table.fault(key, str(error))
                found = ""
            level, aql = (found, aql) if key == "level" else (level, found)
    table.done()
    return Sampling(rule=rule, every=every, level=level, aql=aql)


def _read_chart(parent: AuthoredTable, sort: CharacteristicType, readings: int) -> ChartSettings | None:
    """``chart = { type = "xbar-r", subgroup_size = 5, action = "hold" }``."""
    table = parent.table("chart")
    if table is None:
        return None
    kind = _word(table, "type", ChartKind, None)
    size = table.integer("subgroup_size", readings if kind in SUBGROUPED else 1, low=1, high=MOST_READINGS)
    chart = ChartSettings(
        chart=kind,
        subgroup_size=size,
        rules=table.text("rules", "nelson", choices=("nelson", "we", "none")),
        baseline=table.integer("baseline", 20, low=5, high=1000),
        action=_word(table, "action", Action, Action.NONE),
        early_warning=table.boolean("early_warning", True),
        weight=table.number("lambda", 0.2, low=0.01, high=1),
        k=table.number("k", 0.5, low=0, high=10),
        h=table.number("h", 5.0, low=0.1, high=100),
        causes=table.text("causes", "causes", pattern=_ID, allowed="a list of reasons"),
    )
    wanted = {CharacteristicType.VARIABLE: "xbar-r, xbar-s, i-mr, ewma, cusum", CharacteristicType.COUNT: "c, u"}
    allowed = wanted.get(sort, "p, np")
    if kind not in allowed.split(", "):
        table.fault("type", f"does not fit a characteristic of type {sort}", allowed)
    elif kind in SUBGROUPED and (size < 2 or (readings > 1 and size != readings)):
        table.fault("subgroup_size", "does not fit", f"{readings} readings, or 2 to {MOST_READINGS} single ones")
    elif kind is ChartKind.I_MR and (size > 1 or readings > 1):
        table.fault("type", "takes single readings", "xbar-r or xbar-s for subgroups")
    table.done()
    return chart


def _read_place(parent: AuthoredTable, pictures: tuple[Picture, ...]) -> Place | None:
    """``place = { file = "drawing.svg", x = 0.4, y = 0.6 }``: one of the plan's pictures."""
    table = parent.table("place")
    if table is None:
        return None
    files = [picture.file for picture in pictures]
    place = Place(
        file=table.text("file", files[0] if files else None, longest=200),
        x=table.number("x", low=0, high=1),
        y=table.number("y", low=0, high=1),
    )
    if place.file and place.file not in files:
        table.fault("file", "is none of the plan's pictures", ", ".join(files) or "[[plan.picture]] tables")
    table.done()
    return place


def _word(table: AuthoredTable, key: str, words: type[W], default: W | None) -> W:
    """One of the words of a kind."""
    choices = [str(word) for word in words]
    text = table.text(key, None if default is None else str(default), choices=choices)
    return words(text) if text in choices else (default if default is not None else next(iter(words)))
