"""The shipped instructions and master data: without fault, consistent with each other, and drawn as Qt draws them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TypeVar, get_args

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from station_app.domain.checks import (
    BaseCheck,
    Check,
    ChecklistCheck,
    ChoiceCheck,
    MachineValueCheck,
    MeasureCheck,
    PhotoCheck,
    ScanCheck,
    SignatureCheck,
    ToolCheck,
)
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.master import JobOrder, Material, Person, Reasons, Tool, decode_item
from station_app.domain.outcome import Outcome
from station_app.domain.variants import resolve
from station_app.domain.work_master import Step, WorkMaster, decode_work_master
from station_app.resources import shipped
from station_app.services.secrets import badge_sha256, hash_secret, verify_pin
from station_app.storage.instructions.folder import read_work_master_folder
from station_app.storage.master_files import MasterFiles, read_master_path

LANGUAGES = ("en", "de")
SAMPLES = ("gx40-assembly", "gx40-test-run", "gx40-inspection")
DRAWINGS = sorted(shipped("instructions").glob("*/media/*.svg"))
COLOURS = {"#3E4C59", "#EDF0F3", "#D9DDE8", "#2F4B6E", "#E1E5E9", "#F9FAFB", "#C5D1E3", "#9AA5B1", "#CBD2D9", "#52606D"}
ELEMENTS = {"svg", "title", "g", "rect", "circle", "ellipse", "line", "path"}


@pytest.fixture(scope="module")
def files() -> MasterFiles:
    return read_master_path(shipped("instructions"), lambda secret: "not needed here")


@pytest.fixture(scope="module")
def work_masters(files: MasterFiles) -> dict[str, WorkMaster]:
    return {p.id: decode_work_master(p.body, p.sha256) for p in files.publications if p.kind == "work_master"}


Kind = TypeVar("Kind", bound=BaseCheck)
Item = TypeVar("Item", JobOrder, Person, Material, InspectionPlan, Reasons, Tool)


def items(files: MasterFiles, kind: type[Item]) -> list[Item]:
    """Every published item of that kind."""
    found = [decode_item(kind, p.body) for p in files.publications if p.kind == kind.kind]
    return [item for item in found if isinstance(item, kind)]


def test_orders_lead_to_released_work_masters(files: MasterFiles, work_masters: dict[str, WorkMaster]) -> None:
    order = next(order for order in items(files, JobOrder) if order.id == "4711-03")
    assert len(order.serials) == order.quantity == 20
    assert order.serials[0] == "GX40-000124"
    assert [operation.stations[0].rsplit("/", 1)[1] for operation in order.operations] == ["ASM-10", "ASM-20", "INS-30"]
    for operation in order.operations:
        work_master = work_masters[f"{operation.work_master_id}@{operation.work_master_version}"]
        assert (work_master.product, work_master.operation) == (order.product, operation.id)


def test_the_second_order_is_for_another_product_on_another_line(files: MasterFiles) -> None:
    other = next(order for order in items(files, JobOrder) if order.id == "4711-04")
    assert other.product == "GX-63"
    assert other.operation_at("Demo/Plant/Hall1/Line1/ASM-10") is None


def test_the_larger_product_goes_through_the_same_instructions(files: MasterFiles) -> None:
    small, large = (next(o for o in items(files, JobOrder) if o.id == name) for name in ("4711-03", "4711-05"))
    assert (large.product, large.operations) == ("GX-50", small.operations)


def resolved(work_masters: dict[str, WorkMaster]) -> list[WorkMaster]:
    """Every sample as both products see it."""
    return [resolve(master, product) for master in work_masters.values() for product in master.products()]


def checks_of(work_masters: list[WorkMaster], kind: type[Kind]) -> list[Kind]:
    return [check for w in work_masters for step in w.steps for check in step.checks if isinstance(check, kind)]


def test_every_scanned_component_is_a_material_that_was_received(
    files: MasterFiles, work_masters: dict[str, WorkMaster]
) -> None:
    materials = {material.id: material for material in items(files, Material)}
    scans = checks_of(resolved(work_masters), ScanCheck)
    assert {"GX40-H", "GX50-H", "6204-2RS", "6305-2RS", "LG-518"} <= {check.material for check in scans}
    for check in scans:
        material = materials[check.material]
        assert material.tracked == check.tracked
        assert material.serials if check.tracked == "serial" else material.lots
        if check.needs_expiry:
            assert max(material.expiries.values()) > "2035", f"{check.material}: no lot that the demo can use"
    assert len(materials["GX40-H"].serials) >= 20


def test_the_larger_product_has_its_own_limits_parts_and_pictures(work_masters: dict[str, WorkMaster]) -> None:
    small, large = (resolve(work_masters["gx40-assembly@D"], product) for product in ("GX-40", "GX-50"))
    force = [next(c for c in checks_of([w], MachineValueCheck) if c.tag == "press.peak_force") for w in (small, large)]
    assert force[0].limits.judge(Decimal("12.4")) is Outcome.PASS
    assert force[1].limits.judge(Decimal("12.4")) is Outcome.FAIL
    assert "program 4" in small.step("press-bearing").text["en"]
    assert "Programm 5" in large.step("press-bearing").text["de"]
    assert [w.step("scan-housing").pictures[0].file for w in (small, large)] == [
        "scan-housing.svg",
        "scan-housing-50.svg",
    ]
    assert (small.title, large.title) == ("GX-40 Gear reducer", "GX-50 Gear reducer")


def test_every_kind_of_check_and_every_property_of_a_step_is_shown(work_masters: dict[str, WorkMaster]) -> None:
    used = {type(check) for check in checks_of(list(work_masters.values()), BaseCheck)}
    assert used == set(get_args(Check))
    modes = {check.mode for check in checks_of(list(work_masters.values()), MachineValueCheck)}
    assert modes == {"capture", "wait", "window"}
    steps = [step for w in work_masters.values() for step in w.steps]
    shown: dict[str, Callable[[Step], object]] = {
        "optional": lambda step: step.optional,
        "only for a variant": lambda step: any(c.variants for c in step.conditions),
        "only after an answer": lambda step: any(c.answers for c in step.conditions),
        "rework": lambda step: step.rework_step,
        "protective equipment": lambda step: step.ppe,
        "ESD": lambda step: step.esd,
        "qualification": lambda step: step.qualification,
        "good and bad": lambda step: any(c.good and c.bad for c in step.criteria),
        "video": lambda step: any(p.media_type == "video/webm" for p in step.pictures),
        "PDF": lambda step: any(p.media_type == "application/pdf" for p in step.pictures),
    }
    assert [name for name, holds in shown.items() if not any(map(holds, steps))] == []


def test_what_the_instructions_ask_for_is_there(files: MasterFiles, work_masters: dict[str, WorkMaster]) -> None:
    """Tools in service, lists of reasons, people who are qualified, and somebody else to sign."""
    masters = list(work_masters.values())
    usable = {
        t.tool_class for t in items(files, Tool) if t.status == "in service" and (t.calibration_due or "9") > "2035"
    }
    assert {check.tool_class for check in checks_of(masters, ToolCheck)} <= usable
    lists = {reasons.id for reasons in items(files, Reasons)}
    asked = {option.reasons for check in checks_of(masters, ChoiceCheck) for option in check.options if option.reasons}
    assert asked <= lists
    people = items(files, Person)
    for master in masters:
        needed = {*master.qualifications, *(step.qualification for step in master.steps if step.qualification)}
        workers = [person.id for person in people if needed <= person.qualifications.keys()]
        assert workers, master.id
        for check in checks_of([master], SignatureCheck):
            assert [p for p in people if check.role in p.roles and p.badge_sha256 and p.id not in workers]


def test_every_measured_or_photographed_check_has_a_balloon(
    files: MasterFiles, work_masters: dict[str, WorkMaster]
) -> None:
    (plan,) = items(files, InspectionPlan)
    inspection = work_masters["gx40-inspection@C"]
    checks = [c.id for step in inspection.steps for c in step.checks if isinstance(c, MeasureCheck | PhotoCheck)]
    numbers = plan.numbers()
    assert sorted(numbers, key=numbers.__getitem__) == checks
    assert sorted(numbers.values()) == list(range(1, 9))


def test_demo_people_can_sign_in() -> None:
    people = read_master_path(shipped("instructions") / "demo" / "people.toml", hash_secret)
    anna = next(person for person in items(people, Person) if person.id == "anna.keller")
    badge = "DEMO-BADGE-7f3a91c2-anna-keller"
    assert anna.badge_sha256 == badge_sha256(badge)
    assert verify_pin(anna.pin_hash, badge, "1414")


@pytest.mark.parametrize("product", ["GX-40", "GX-50"])
@pytest.mark.parametrize("name", SAMPLES)
def test_circled_numbers_in_the_text_stand_in_the_picture(name: str, product: str) -> None:
    work_master, _ = read_work_master_folder(shipped("instructions") / name)
    work_master = resolve(work_master, product)
    assert 8 <= len(work_master.steps) <= 15
    for step in work_master.steps:
        labels = {callout.label for picture in step.pictures for callout in picture.callouts}
        for language in LANGUAGES:
            text = step.text[language]
            mentioned = {str(ord(sign) - 0x245F) for sign in text if "①" <= sign <= "⑳"}
            assert mentioned == labels, (step.id, language)
            assert len(text) < 260, f"{step.id}: too much to read at a glance"
            assert "{" not in text, f"{step.id}: a parameter that no variant fills in"
        assert step.checks and step.pictures and step.takt_s, step.id


@pytest.mark.parametrize("name", SAMPLES)
def test_everything_that_is_read_is_there_in_german(name: str) -> None:
    work_master, _ = read_work_master_folder(shipped("instructions") / name)
    english: list[str] = []
    for step in work_master.steps:
        german = [step.title.get("de"), step.text.get("de")]
        german += [c.translations.get("de") for p in step.pictures for c in p.callouts if c.text]
        german += [criterion.translations.get("de") for criterion in step.criteria]
        for check in step.checks:
            texts = check.translations.get("de", {})
            german += [texts.get("title"), texts.get("reaction") if check.reaction else "-"]
            if isinstance(check, ChoiceCheck):
                german += [option.translations.get("de") for option in check.options]
            elif isinstance(check, ChecklistCheck):
                german += [item.translations.get("de") for item in check.items]
        if not all(german):
            english.append(step.id)
    assert english == []


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_drawings_keep_to_what_qt_draws_and_to_the_family_of_colours(drawing: Path) -> None:
    text = drawing.read_text(encoding="utf-8")
    assert set(re.findall(r"<([A-Za-z]+)", text)) <= ELEMENTS
    assert not re.search(r"\s(style|class|filter|clip-path|mask|font-family)=", text)
    used = {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}", text)}
    shades = {"#FFFFFF", "#BFC7D6", "#AFC0D8", "#9FB3CF", "#C3CBD9", "#F5F6F7", "#1F2933"}
    assert used <= COLOURS | shades
    assert len(text) < 40_000


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_drawings_are_drawn(drawing: Path, qtbot: QtBot) -> None:
    renderer = QSvgRenderer(str(drawing))
    assert renderer.isValid()
    assert (renderer.defaultSize().width(), renderer.defaultSize().height()) == (1200, 750)
    image = QImage(120, 75, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    inked = [(x, y) for x in range(120) for y in range(75) if image.pixelColor(x, y) != QColor("white")]
    assert len(inked) > 400, "nearly nothing is drawn"
    # the right part is kept free for the numbers and their texts
    assert max(x for x, _ in inked) < 120 * 0.76
    # and nothing is cut off at the border
    assert min(x for x, _ in inked) >= 1
    assert 1 <= min(y for _, y in inked) <= max(y for _, y in inked) <= 73


def test_the_work_master_in_the_readme_can_be_read(tmp_path: Path) -> None:
    readme = (shipped("instructions") / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", readme, re.DOTALL)
    assert example is not None
    for folder in ("steps", "media"):
        (tmp_path / folder).mkdir()
    (tmp_path / "work_master.toml").write_text(example[1], encoding="utf-8")
    (tmp_path / "steps" / "01-place.en.md").write_text("# Place", encoding="utf-8")
    (tmp_path / "media" / "place.svg").write_text("<svg/>", encoding="utf-8")
    work_master, _ = read_work_master_folder(tmp_path)
    assert work_master.steps[0].checks[0].title == "Placed on the seat"
