"""What differs between two versions of an inspection plan."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from station_app.domain.inspection.plan import Characteristic, ChartSettings, Place
from station_app.domain.inspection.plan_comparison import compare_plans
from station_app.domain.quality.kinds import ChartKind
from tests.documents import plan

OLD = plan("1")
BORE, LABEL = OLD.characteristics
NEW = Characteristic(id="depth", title="Depth", balloon=3, unit="mm", upper=Decimal("4.05"))


def told(*characteristics: Characteristic, **fields: object) -> list[tuple[str, str, str, str, str]]:
    new = msgspec.structs.replace(OLD, version="2", characteristics=characteristics, **fields)
    return [(str(c.difference), c.check_id, c.field, c.old, c.new) for c in compare_plans(OLD, new)]


def test_another_version_alone_is_no_difference() -> None:
    assert told(BORE, LABEL) == []


def test_limits_are_told_as_people_read_them() -> None:
    changed = msgspec.structs.replace(BORE, lower=None, upper=Decimal("20.020"), nominal=Decimal("20.000"), decimals=2)
    assert told(changed, LABEL) == [
        ("changed", "bore", "limits", "20.000 to 20.013 mm", "at most 20.020 mm"),
        ("added", "bore", "nominal", "", "20.000"),
        ("changed", "bore", "decimals", "3", "2"),
    ]


def test_characteristics_that_came_went_and_moved() -> None:
    assert told(NEW, BORE) == [
        ("added", "depth", "characteristic", "", "3: Depth"),
        ("removed", "label", "characteristic", "2: Label", ""),
    ]
    assert told(LABEL, BORE) == [("moved", "bore", "characteristic", "place 1", "place 2")] or told(LABEL, BORE) == [
        ("moved", "label", "characteristic", "place 2", "place 1")
    ]


def test_charts_places_pictures_and_the_head_are_compared() -> None:
    changed = msgspec.structs.replace(
        BORE, chart=ChartSettings(chart=ChartKind.I_MR), place=Place(file="place.svg", x=0.5, y=0.3)
    )
    picture = msgspec.structs.replace(OLD.pictures[0], sha256="f" * 64)
    found = {(check, field) for _, check, field, _, _ in told(changed, LABEL, title="Other", pictures=(picture,))}
    assert found == {("", "title"), ("", "picture content"), ("bore", "chart"), ("bore", "place")}
