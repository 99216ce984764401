"""The shipped instructions and master data: without fault, consistent with each other, and drawn as Qt draws them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from station_app.domain.checks import ScanCheck
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.master import JobOrder, Material, Person, decode_item
from station_app.domain.work_master import WorkMaster, decode_work_master
from station_app.resources import shipped
from station_app.services.secrets import badge_sha256, hash_secret, verify_pin
from station_app.storage.instructions.folder import read_work_master_folder
from station_app.storage.master_files import MasterFiles, read_master_path

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


Item = TypeVar("Item", JobOrder, Person, Material, InspectionPlan)


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


def test_every_scanned_component_is_a_material_that_was_received(
    files: MasterFiles, work_masters: dict[str, WorkMaster]
) -> None:
    materials = {material.id: material for material in items(files, Material)}
    scans = [c for w in work_masters.values() for step in w.steps for c in step.checks if isinstance(c, ScanCheck)]
    assert len(scans) == 3
    for check in scans:
        material = materials[check.material]
        assert material.tracked == check.tracked
        assert material.serials if check.tracked == "serial" else material.lots
    assert len(materials["GX40-H"].serials) >= 20


def test_every_balloon_is_a_check(files: MasterFiles, work_masters: dict[str, WorkMaster]) -> None:
    (plan,) = items(files, InspectionPlan)
    checks = [check.id for step in work_masters["gx40-inspection@B"].steps for check in step.checks]
    numbers = plan.numbers()
    assert sorted(numbers, key=numbers.__getitem__) == checks
    assert sorted(numbers.values()) == list(range(1, 9))


def test_demo_people_can_sign_in() -> None:
    people = read_master_path(shipped("instructions") / "demo" / "people.toml", hash_secret)
    anna = next(person for person in items(people, Person) if person.id == "anna.keller")
    badge = "DEMO-BADGE-7f3a91c2-anna-keller"
    assert anna.badge_sha256 == badge_sha256(badge)
    assert verify_pin(anna.pin_hash, badge, "1414")


@pytest.mark.parametrize("name", SAMPLES)
def test_circled_numbers_in_the_text_stand_in_the_picture(name: str) -> None:
    work_master, _ = read_work_master_folder(shipped("instructions") / name)
    for step in work_master.steps:
        labels = {callout.label for picture in step.pictures for callout in picture.callouts}
        mentioned = {str(ord(sign) - 0x245F) for sign in step.text["en"] if "①" <= sign <= "⑳"}
        assert mentioned == labels, step.id
        assert len(step.text["en"]) < 260, f"{step.id}: too much to read at a glance"
        assert step.checks


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
