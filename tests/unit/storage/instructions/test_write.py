"""A work master that is written as a folder and read again is the same."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from station_app.domain.checks import (
    ChecklistCheck,
    ChoiceCheck,
    Item,
    MachineValueCheck,
    NumberCheck,
    Option,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
    ToolCheck,
)
from station_app.domain.media import Criterion, Region
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Condition, Parameter, Variant, WorkMaster
from station_app.resources import shipped
from station_app.storage.instructions.folder import read_work_master_folder
from station_app.storage.instructions.write import document_text, write_work_master_folder
from tests.unit.storage.instructions.authored_work_master import make_folder

BY_VARIANT = Limits("Nm", Decimal("7.90"), None, Decimal("8.50"))
CHECKS = (
    ToolCheck(id="wrench", title="Scan the wrench", tool_class="torque wrench 2-20 Nm"),
    TighteningCheck(
        id="cover", title="Tighten", characteristic="torque", torque=BY_VARIANT, angle=Limits("°", Decimal(40)), count=4,
        torque_tag="t", angle_tag="a", cycle_tag="n", bindings={"program": "program", "torque.upper": "most"},
    ),
    ChoiceCheck(
        id="burrs", title="Burrs?", translations={"de": {"title": "Grate?", "reaction": "Feilen"}}, reaction="File",
        options=(
            Option(id="none", text="None", translations={"de": "Keine"}),
            Option(id="some", text='"Some"', passes=False, reasons="burrs"),
        ),
    ),
    TextCheck(id="note", title="Note", pattern=r"[A-Z]\d+\\", example="A1\\", longest=40),
    NumberCheck(id="count", title="Count", unit="pcs"),
    NumberCheck(id="weight", title="Weight", unit="kg", decimals=1, limits=Limits("kg", None, Decimal("2.5"))),
    TimerCheck(id="cure", title="Cure", duration_s=90.5, starts="step", at_most_s=600.0),
    ChecklistCheck(id="list", title="List", items=(Item(id="clean", text="Clean", translations={"de": "Sauber"}),)),
    SignatureCheck(id="sign", title="Sign", role="supervisor", meaning="released", other_person=False),
    MachineValueCheck(
        id="warm", title="Warm", characteristic="temp", tag="bench.temp", limits=Limits("°C", Decimal(40)), mode="wait",
        hold_s=5.0,
    ),
)  # fmt: skip


def full(tmp_path: Path) -> tuple[WorkMaster, dict[str, bytes]]:
    """A work master that uses everything."""
    start, media = read_work_master_folder(make_folder(tmp_path, name="start"))
    picture = msgspec.structs.replace(
        start.steps[0].pictures[0],
        regions=(Region(0.1, 0.2, 0.3, 0.4, "Here", {"de": "Hier"}),),
        only_for=("small",),
    )
    step = msgspec.structs.replace(
        start.steps[1],
        checks=CHECKS,
        conditions=(Condition(variants=("small",)), Condition(step="place", check="bearing", answers=("L-1",))),
        criteria=(Criterion(text="No gap", good=picture, translations={"de": "Kein Spalt"}), Criterion(text="Dry")),
        pictures=(picture,),
        optional=True,
        qualification="press",
        ppe=("gloves", "safety glasses"),
        esd=True,
        rework_step="place",
    )
    values = {"program": "4", "most": "9.10"}
    return (
        msgspec.structs.replace(
            start,
            owner="jonas",
            qualifications=("press",),
            parameters=(Parameter(name="program"), Parameter(name="most", title="Most", unit="Nm")),
            variants=(
                Variant(id="small", product="GX-40", values=values),
                Variant(id="large", product="GX-50", title="Large", values=values),
            ),
            steps=(start.steps[0], step),
        ),
        media,
    )


def test_everything_comes_back(tmp_path: Path) -> None:
    work_master, media = full(tmp_path)
    write_work_master_folder(tmp_path / "copy", work_master, media)
    assert read_work_master_folder(tmp_path / "copy") == (work_master, media)


@pytest.mark.parametrize("name", ["gx40-assembly", "gx40-test-run", "gx40-inspection"])
def test_the_samples_come_back(tmp_path: Path, name: str) -> None:
    work_master, media = read_work_master_folder(shipped("instructions") / name)
    write_work_master_folder(tmp_path / name, work_master, media)
    assert read_work_master_folder(tmp_path / name) == (work_master, media)


def test_the_same_work_master_gives_the_same_text(tmp_path: Path) -> None:
    work_master, media = full(tmp_path)
    write_work_master_folder(tmp_path / "copy", work_master, media)
    again, _ = read_work_master_folder(tmp_path / "copy")
    assert document_text(again) == document_text(work_master)
    assert "\r" not in (tmp_path / "copy" / "work_master.toml").read_bytes().decode()


def test_writing_again_removes_what_is_no_longer_used_and_leaves_the_rest(tmp_path: Path) -> None:
    work_master, media = full(tmp_path)
    folder = tmp_path / "copy"
    write_work_master_folder(folder, work_master, media)
    kept = (folder / "media" / "place.svg").stat().st_mtime_ns
    write_work_master_folder(folder, msgspec.structs.replace(work_master, steps=work_master.steps[:1]), media)
    assert sorted(path.name for path in (folder / "steps").iterdir()) == ["01-place.de.md", "01-place.en.md"]
    assert (folder / "media" / "place.svg").stat().st_mtime_ns == kept


def test_media_that_is_missing_writes_nothing(tmp_path: Path) -> None:
    work_master, _ = full(tmp_path)
    with pytest.raises(KeyError):
        write_work_master_folder(tmp_path / "copy", work_master, {})
    assert not (tmp_path / "copy").exists()
