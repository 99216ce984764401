"""Inspection plans as people write them: what is read, and every fault with its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from station_app.domain.inspection.plan import (
    Action,
    CharacteristicType,
    Classification,
    InspectionPlan,
    PlanError,
    SamplingRule,
    Statistic,
    decode_plan,
    encode_plan,
)
from station_app.domain.master import decode_item
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.rounding import Rounding
from station_app.domain.work_master import content_sha256
from station_app.resources import shipped
from station_app.storage.master_files import MasterFileError, MasterFiles, read_master_path
from tests.unit.storage.instructions.authored_work_master import make_folder

HEAD = '[[plan]]\nid = "p"\nproduct = "GX-40"\noperation = "inspection"\nversion = "B"\n'
BORE = """\
[[plan.characteristic]]
id = "bore"
title = "Bore"
balloon = 1
limits = { unit = "mm", lower = 19.99, upper = 20.01, nominal = 20.00 }
classification = "critical"
gauge_class = "bore gauge 0.01"
rounding = "rounding"
readings = 3
sampling = { rule = "iso2859", level = "s-3", aql = "1.00" }
chart = { type = "xbar-r", rules = "we", action = "stop", baseline = 25 }
place = { file = "unit.svg", x = 0.2, y = 0.3 }
reaction = "Measure again."
"""
PICTURE = '[[plan.picture]]\nfile = "unit.svg"\n'
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect x="1" y="1" width="5" height="5"/></svg>'


def read(folder: Path, text: str) -> MasterFiles:
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "unit.svg").write_bytes(SVG)
    (folder / "plans.toml").write_text(text, encoding="utf-8")
    return read_master_path(folder, lambda secret: secret)


def plan_of(files: MasterFiles) -> InspectionPlan:
    (document,) = (p for p in files.publications if p.kind == "plan")
    return decode_plan(document.body, document.sha256)


def faults(folder: Path, text: str) -> str:
    with pytest.raises(MasterFileError) as error:
        read(folder, text)
    return str(error.value)


def test_a_plan_with_everything(tmp_path: Path) -> None:
    files = read(tmp_path, HEAD + "balloons = { label = 9 }\n" + PICTURE + BORE)
    plan = plan_of(files)
    (bore,) = plan.characteristics
    assert (plan.version, plan.numbers()) == ("B", {"label": 9, "bore": 1})
    assert bore.limits.text() == "19.99 to 20.01 mm" and bore.nominal == Decimal("20.00")
    assert (bore.classification, bore.rounding, bore.statistic) == (
        Classification.CRITICAL, Rounding.ROUNDING, Statistic.MEAN,
    )  # fmt: skip
    assert (bore.sampling.rule, bore.sampling.level, bore.sampling.aql) == (SamplingRule.ISO2859, "S-3", "1.0")
    assert bore.chart is not None and bore.chart.action is Action.STOP
    assert (bore.chart.chart, bore.chart.subgroup_size, bore.chart.baseline) == (ChartKind.XBAR_R, 3, 25)
    assert bore.place is not None and (bore.place.file, bore.place.x) == ("unit.svg", 0.2)
    assert [medium.content for medium in files.media] == [SVG]
    assert set(plan.media()) == {content_sha256(SVG)}


def test_a_plan_of_balloons_alone_is_still_read(tmp_path: Path) -> None:
    plan = plan_of(read(tmp_path, HEAD + "balloons = { bore = 1 }\n"))
    assert plan.numbers() == {"bore": 1} and plan.characteristics == ()


def test_a_plan_is_canonical_and_addressed_by_its_content(tmp_path: Path) -> None:
    files = read(tmp_path, HEAD + PICTURE + BORE)
    plan = plan_of(files)
    body = encode_plan(plan)
    assert (body, content_sha256(body)) == (files.publications[0].body, files.publications[0].sha256)
    assert decode_item(InspectionPlan, body) == plan
    with pytest.raises(PlanError, match="does not match its hash"):
        decode_plan(body.replace(b"19.99", b"19.98"), content_sha256(body))


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("lower = 19.99, upper = 20.01", "lower = 20.01, upper = 19.99", "are they swapped?"),
        ("lower = 19.99, upper = 20.01", "lower = 20.00, upper = 20.00", "a tolerance of 0"),
        ("lower = 19.99,", 'lower = "19,99",', "19.99, with a point and without quotes"),
        ("lower = 19.99,", "lower = 1e400,", "is too large or too small to be meant"),
        ("lower = 19.99,", "lower = nan,", "is not a number that can be compared"),
        ("lower = 19.99,", 'lower = "{low}",', "a plan is for one product"),
        ("nominal = 20.00", "nominal = 21.00", "is outside the limits"),
        ('aql = "1.00"', 'aql = "1.2"', "there is no AQL"),
        ('level = "s-3"', 'level = "IV"', "there is no inspection level"),
        ('type = "xbar-r"', 'type = "i-mr"', "takes single readings"),
        ('type = "xbar-r"', 'type = "p"', "does not fit a characteristic of type variable"),
        ('type = "xbar-r"', 'type = "pareto"', "is not one of the words known here"),
        ("readings = 3", "readings = 1\nstatistic = \"mean\"", "do not fit the statistic"),
        ('file = "unit.svg", x', 'file = "other.svg", x', "is none of the plan's pictures"),
        ("balloon = 1", "balloon = 9", "is the number of another balloon too"),
        ("title =", "titel =", 'Did you mean "title"'),
        ('rule = "iso2859", level = "s-3", aql = "1.00"', 'rule = "nth"', "sampling.every"),
    ],
)  # fmt: skip
def test_every_fault_is_named(tmp_path: Path, written: str, instead: str, told: str) -> None:
    text = HEAD + "balloons = { label = 9 }\n" + PICTURE + BORE
    assert written in text
    assert told in faults(tmp_path, text.replace(written, instead))


def test_counts_and_attributes_have_the_limits_that_mean_something(tmp_path: Path) -> None:
    count = (
        '[[plan.characteristic]]\nid = "c"\ntitle = "Scratches"\nballoon = 2\ntype = "count"\nlimits = { upper = 2 }\n'
    )
    plan = plan_of(read(tmp_path, HEAD + count))
    assert (plan.characteristics[0].type, plan.characteristics[0].upper) == (CharacteristicType.COUNT, Decimal(2))
    assert "only an upper one" in faults(tmp_path, HEAD + count.replace("upper = 2", "upper = 2, lower = 1"))
    assert "no meaning for an attribute" in faults(tmp_path, HEAD + count.replace('"count"', '"attribute"'))


def test_an_operation_has_one_plan(tmp_path: Path) -> None:
    other = HEAD.replace('id = "p"', 'id = "q"')
    told = faults(tmp_path, HEAD + "balloons = { a = 1 }\n" + other + "balloons = { a = 1 }\n")
    assert "the plan of an operation GX-40 inspection is given twice" in told


def test_an_instruction_that_contradicts_the_plan_is_found_when_both_are_published(tmp_path: Path) -> None:
    make_folder(tmp_path / "instruction")
    text = (HEAD + PICTURE + BORE).replace('"inspection"', '"assembly"')
    told = faults(tmp_path, text)
    assert "contradicts the plan" in told
    assert "step measure says 20.0000 to 20.0130 mm, the plan 19.99 to 20.01 mm" in told
    assert "4 decimals, the plan 2" in told and "gauge class bore gauge, the plan bore gauge 0.01" in told
    same = text.replace("19.99", "20.0000").replace("20.01 ", "20.0130 ").replace("20.01,", "20.0130,")
    same = same.replace("bore gauge 0.01", "bore gauge").replace("readings = 3", "readings = 3\ndecimals = 4")
    assert plan_of(read(tmp_path, same)).characteristics[0].decimals == 4


def test_the_demo_plan_agrees_with_its_instruction() -> None:
    plan = plan_of(read_master_path(shipped("instructions"), lambda secret: "x"))
    assert [each.balloon for each in plan.characteristics] == [1, 2, 3, 4, 5, 6]
    assert sorted(plan.numbers().values()) == list(range(1, 9))
    assert all(each.place is not None for each in plan.characteristics)
