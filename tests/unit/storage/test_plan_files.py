"""Inspection plans as files: written and read again, every fault found, single files that are not trusted."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from station_app.domain.inspection.plan import (
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
from station_app.domain.media import Callout, Picture
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.rounding import Rounding
from station_app.storage.plan_files import (
    PlanFileError,
    check_plans,
    export_archive,
    import_archive,
    plan_text,
    read_archive,
    read_plan_file,
)
from tests.documents import DRAWING, plan

(MEDIA_SHA256,) = plan().media()
MEDIA = {MEDIA_SHA256: DRAWING}
SHIPPED = Path(__file__).parents[3] / "instructions" / "demo" / "plans.toml"
PICTURE = Picture(
    "place.svg",
    MEDIA_SHA256,
    len(DRAWING),
    "image/svg+xml",
    callouts=(Callout(label="1", x=0.25, y=0.5, text="Datum"),),
)
EVERYTHING = InspectionPlan(
    id="all", product="GX-40", operation="inspection", version="D", title="All “of it”", owner="quido",
    balloons={"label_code": 7}, pictures=(PICTURE,),
    characteristics=(
        Characteristic(
            id="bore", title="Bore Ø \\ deep", balloon=1, unit="mm", nominal=Decimal("20.000"), lower=Decimal("19.990"),
            upper=Decimal("20.010"), classification=Classification.CRITICAL, gauge_class="bore gauge", decimals=3,
            rounding=Rounding.ROUNDING, sampling=Sampling(rule=SamplingRule.ISO2859, level="S-3", aql="1.0"),
            readings=3, statistic=Statistic.MEAN, reaction="Measure\nagain.", most_remeasurements=0,
            chart=ChartSettings(chart=ChartKind.XBAR_R, subgroup_size=3, rules="we", action=Action.STOP),
            place=Place(file="place.svg", x=0.5, y=1.0),
        ),
        Characteristic(
            id="run", title="Runout", balloon=2, unit="mm", upper=Decimal("0.020"), decimals=3,
            sampling=Sampling(rule=SamplingRule.NTH, every=5),
            chart=ChartSettings(chart=ChartKind.EWMA, weight=0.25, early_warning=False, causes="wear"),
        ),
        Characteristic(
            id="pairs", title="Pairs", balloon=3, unit="mm", upper=Decimal(5), decimals=0,
            chart=ChartSettings(chart=ChartKind.XBAR_S, subgroup_size=4),
        ),
        Characteristic(id="label", title="Label", balloon=4, type=CharacteristicType.ATTRIBUTE, defects="marks"),
        Characteristic(
            id="scratches", title="Scratches", balloon=5, type=CharacteristicType.COUNT, upper=Decimal(2),
            sampling=Sampling(rule=SamplingRule.FIRST_LAST),
        ),
    ),
)  # fmt: skip


def folder_of(path: Path, text: str) -> Path:
    (path / "media").mkdir(parents=True)
    (path / "media" / "place.svg").write_bytes(DRAWING)
    (path / "plan.toml").write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("written", [EVERYTHING, plan(), read_plan_file(SHIPPED)[0]], ids=lambda each: each.id)
def test_what_is_written_is_read_again_as_the_same_plan(tmp_path: Path, written: InspectionPlan) -> None:
    folder = folder_of(tmp_path / "p", plan_text(written))
    for picture in written.pictures:
        source = SHIPPED.parent / "media" / picture.file
        if source.exists():
            (folder / "media" / picture.file).write_bytes(source.read_bytes())
    assert read_plan_file(folder)[0] == written
    assert plan_text(read_plan_file(folder / "plan.toml")[0]) == plan_text(written)


def test_a_single_file_holds_the_plan_with_its_pictures(tmp_path: Path) -> None:
    file = tmp_path / "all.inspectionplan"
    export_archive(file, EVERYTHING, MEDIA)
    first = file.read_bytes()
    export_archive(file, EVERYTHING, MEDIA)
    assert file.read_bytes() == first
    assert read_archive(file) == (EVERYTHING, MEDIA)
    assert import_archive(file, tmp_path / "drafts") == tmp_path / "drafts" / "all"
    with pytest.raises(PlanFileError, match="is among the drafts already"):
        import_archive(file, tmp_path / "drafts")


@pytest.mark.parametrize(
    "name", ["steps/01.md", "media/../../out.svg", "work_master.toml", "media/a/b.svg", "/plan.toml"]
)
def test_an_import_takes_only_what_belongs_into_a_plan(tmp_path: Path, name: str) -> None:
    file = tmp_path / "all.inspectionplan"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("plan.toml", plan_text(plan()))
        archive.writestr("media/place.svg", DRAWING)
        archive.writestr(name, b"x")
    with pytest.raises(PlanFileError, match="does not belong into an inspection plan"):
        import_archive(file, tmp_path / "drafts")
    assert list((tmp_path / "drafts").iterdir()) == []


def test_a_picture_that_no_plan_names_and_a_damaged_one_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "all.inspectionplan"
    for media, words in (
        ({"place.svg": DRAWING, "more.svg": DRAWING}, "is not used by the inspection plan"),
        ({"place.svg": b"<svg"}, "place.svg"),
        ({}, "place.svg"),
    ):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("plan.toml", plan_text(plan()))
            for name, content in media.items():
                archive.writestr(f"media/{name}", content)
        with pytest.raises(PlanFileError, match=words):
            read_archive(file)
    file.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(PlanFileError, match="cannot be read as an exported inspection plan"):
        read_archive(file)


def test_every_fault_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    text = plan_text(plan())
    folder_of(
        tmp_path / "one", text.replace("upper = 20.013", 'upper = "20,013"').replace("balloon = 2", "balloon = 1")
    )
    folder_of(tmp_path / "two", text)
    folder_of(tmp_path / "three", text)
    (tmp_path / "orders.toml").write_text('[[order]]\nid = "1"\n', encoding="utf-8")
    findings = check_plans(tmp_path)
    found = [str(fault) for fault in findings.faults]
    assert any(fault.startswith("one/plan.toml:") and "comma" in fault for fault in found), found
    assert any("is the number of another balloon too" in fault for fault in found), found
    assert any("asm 1 is in " in fault for fault in found), found
    assert len(found) == 4, found
    with pytest.raises(PlanFileError, match="comma"):
        read_plan_file(tmp_path / "one")


def test_a_file_holds_one_plan_and_nothing_else(tmp_path: Path) -> None:
    text = plan_text(plan())
    folder = folder_of(tmp_path / "p", text + text)
    with pytest.raises(PlanFileError, match="is not one plan"):
        read_plan_file(folder)
    (folder / "plan.toml").write_text(text + '[[order]]\nid = "1"\n', encoding="utf-8")
    with pytest.raises(PlanFileError, match="order"):
        read_plan_file(folder)
    for missing in (tmp_path / "none", tmp_path / "none.toml"):
        with pytest.raises(PlanFileError, match="cannot be read"):
            read_plan_file(missing)
    assert "holds no inspection plan" in str(check_plans(tmp_path / "p" / "media").faults[0])


def test_an_instruction_beside_it_that_says_otherwise_is_a_fault(tmp_path: Path) -> None:
    shipped, _ = read_plan_file(SHIPPED)
    first = msgspec.structs.replace(
        shipped.characteristics[0], decimals=2, upper=Decimal("20.02"), lower=Decimal("20.00")
    )
    told = check_plans(SHIPPED.parents[1])
    assert told.faults == []
    changed = msgspec.structs.replace(shipped, version="D", characteristics=(first, *shipped.characteristics[1:]))
    folder = tmp_path / "instructions"
    _copy(SHIPPED.parents[1] / "gx40-inspection", folder / "gx40-inspection")
    _copy(SHIPPED.parent / "media", folder / "media")
    (folder / "plan.toml").write_text(plan_text(changed), encoding="utf-8")
    assert "contradicts the plan" in str(check_plans(folder).faults[0])


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
