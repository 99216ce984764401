"""From an empty list to a built unit: an engineer writes an instruction with mouse and keyboard, a colleague approves it, it is
released, and an operator builds a unit with it at a station that pulls it from a real PostgreSQL.

Pictures of the screens are kept in the test's folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station_app.app.runtime import StationRuntime
from station_app.config import SharedDatabaseSettings, StationConfig, StationSettings
from station_app.domain.chain import REC
from station_app.domain.master import JobOrder, MasterItem, Material, Operation, Person, encode_item
from station_app.domain.outcome import Outcome
from station_app.services.secrets import badge_sha256, hash_password, hash_pin
from station_app.storage.shared.admin import Publication, publish
from station_app.storage.shared.documents import PostgresDocuments
from station_app.ui.authoring.places import MEDIA, PROPERTIES
from station_app.ui.posting import QtPost
from tests.author_bench import Author
from tests.bench_station import BenchStation
from tests.operator_bench import Operator
from tests.shared_database import STATION_A, PlantDatabase

EVA, EVA_PASSWORD = "Eva Engineer", "eva-writes-it"
QUIDO, QUIDO_PASSWORD = "Quido Quality", "quido-signs-it"
OLA_BADGE, OLA_PIN = "BADGE-ola-operator-0123456789", "2718"
UNIT, LOT = "PC1-000001", "SEAL-LOT-7"
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect x="60" y="120" width="150" height="120"'
    b' fill="#dce0e5" stroke="#1f2933" stroke-width="3"/><circle cx="135" cy="180" r="35" fill="#fff" stroke="#1f2933"'
    b' stroke-width="3"/></svg>'
)


def publish_master(plant: PlantDatabase) -> None:
    """People, an order that takes the newest release, and the seal."""
    operation = Operation(id="assembly", title="Assembly", stations=(STATION_A,), work_master_id="pump-cover")
    items: list[MasterItem] = [
        Person(id="eva", name=EVA, roles=("process_engineer",), password_hash=hash_password(EVA_PASSWORD)),
        Person(id="quido", name=QUIDO, roles=("quality_engineer",), password_hash=hash_password(QUIDO_PASSWORD)),
        Person(id="ola", name="Ola Operator", roles=("operator",), badge_sha256=badge_sha256(OLA_BADGE),
               pin_hash=hash_pin(OLA_BADGE, OLA_PIN)),
        Material(id="SEAL-1", title="Seal", lots={LOT: 50.0}),
        JobOrder(id="9001", product="PC-1", product_title="Pump cover", quantity=1, serials=(UNIT,),
                 operations=(operation,)),
    ]  # fmt: skip
    publish(plant.url("publisher"), [Publication(item.kind, item.id, encode_item(item)) for item in items])


def station_config(plant: PlantDatabase, folder: Path) -> StationConfig:
    """A station that knows nothing but where the shared database is."""
    login = plant.logins[STATION_A]
    password = folder / "password"
    password.write_text(login.password + "\n", encoding="utf-8")
    password.chmod(0o600)
    shared = SharedDatabaseSettings(
        plant.server.host, plant.server.port, plant.name, login.name, sslmode="disable", password_file=password
    )
    settings = StationSettings(STATION_A, "ASM-10", "Assembly, line 1", "assembly", folder / "data")
    return StationConfig(file=folder / "station.toml", station=settings, shared_database=shared)


@pytest.fixture
def runtime(qtbot: QtBot, plant: PlantDatabase, tmp_path: Path) -> Iterator[StationRuntime]:
    """The station, running: it pulls what is published."""
    post = QtPost()
    runtime = StationRuntime(station_config(plant, tmp_path), post)
    tick = QTimer()
    tick.timeout.connect(runtime.tick)
    tick.start(50)
    runtime.start()
    yield runtime
    tick.stop()
    runtime.stop()
    post.close()


def test_an_engineer_writes_a_colleague_approves_and_an_operator_builds(
    qtbot: QtBot, plant: PlantDatabase, runtime: StationRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where the file dialog begins
    publish_master(plant)
    shots = tmp_path / "screens"
    author = Author(qtbot, tmp_path / "drafts", PostgresDocuments(plant.address("author")), 1600, 900, shots)
    try:
        write(author, tmp_path)
        review(author)
        build(qtbot, runtime, shots)
        used(author, runtime)
    finally:
        author.close()
    assert len(list(shots.glob("*.png"))) >= 8


def write(author: Author, folder: Path) -> None:
    """Three steps: a picture with a callout and a scan, a measurement with limits, a choice."""
    author.sign_in(EVA, EVA_PASSWORD)
    author.shot("01-list")
    author.begin("Pump cover", "PC-1")
    author.add_step("Seal", "Put the **seal** into the groove ")
    author.click(author.button("Number of a callout"))
    drawing = folder / "groove.svg"
    drawing.write_bytes(DRAWING)
    author.page.show_part(MEDIA)
    author.click(author.media.add_button)
    author.choose_file(drawing.name)
    canvas = author.media.canvas
    author.until(lambda: canvas.has_picture)
    rect = canvas.picture_rect()
    author.click(author.media.callout_button)
    place = QPointF(rect.width(), rect.height())
    author.drag(
        canvas,
        rect.topLeft() + QPointF(0.34 * place.x(), 0.6 * place.y()),
        rect.topLeft() + QPointF(0.7 * place.x(), 0.3 * place.y()),
    )
    author.fill(author.media.marks.text, "Groove")
    author.shot("02-picture")
    author.add_check("Scan a component")
    author.fill(author.check_field("title"), "Scan the seal")
    author.fill(author.check_field("material"), "SEAL-1")
    author.add_step("Depth", "Measure the depth of the seal.")
    author.add_check("Measure")
    for path, text in (
        ("title", "Depth"),
        ("characteristic", "depth"),
        ("limits.unit", "mm"),
        ("limits.lower", "1,20"),
    ):
        author.fill(author.check_field(path), text)
    author.shot("03-comma-refused")
    assert "comma" in author.check_field("limits.lower").fault.text()
    author.fill(author.check_field("limits.lower"), "1.20")
    author.fill(author.check_field("limits.upper"), "1.45")
    author.page.show_part(PROPERTIES)
    author.add_step("Cover", "Put the cover on and press it **down**.")
    author.add_check("Confirm")
    author.fill(author.check_field("title"), "Cover is down")
    author.checked()
    assert author.faults() == []
    author.shot("04-written")


def review(author: Author) -> None:
    """Submitted with a reason; the author cannot sign, a colleague does; released."""
    author.key(Qt.Key.Key_F6)
    control = author.window.control
    author.until(lambda: control.state is not None)
    author.settled()
    author.press("submit")
    author.fill(author.dialog.fields[0], "The first instruction for the pump cover")
    author.shot("05-submit")
    author.confirm()
    author.until(lambda: control.state is not None and control.state.status.state == "in review")
    author.press("sign")
    author.enter(EVA, EVA_PASSWORD)
    author.until(lambda: "Who wrote a version does not approve it" in author.dialog.fault.text())
    QTest.keyClick(author.dialog, Qt.Key.Key_Escape)
    author.settled()
    author.sign(QUIDO, QUIDO_PASSWORD)
    author.until(lambda: control.state is not None and control.state.status.state == "approved")
    author.press("release")
    author.shot("06-release")
    author.confirm()
    author.until(lambda: control.state is not None and control.state.status.state == "released")
    author.settled()
    author.shot("07-released")


def build(qtbot: QtBot, runtime: StationRuntime, shots: Path) -> None:
    """The operator scans the unit and does what the instruction says."""
    library = runtime.services.library
    qtbot.waitUntil(lambda: "pump-cover@A" in library.book.releases and library.complete(), timeout=20_000)
    # the operator's hands need of a station nothing but its services
    operator = Operator(qtbot, cast(BenchStation, runtime), 1600, 900)
    operator.sign_in(OLA_BADGE, OLA_PIN)
    operator.scan(UNIT)
    operator.until(lambda: operator.step_title() == "1  Seal")
    picture = operator.page.step_view.instruction.picture
    operator.until(lambda: picture.has_picture)
    operator.window.grab().save(str(shots / "08-station-step-1.png"))
    operator.scan(LOT)
    operator.until(lambda: operator.step_title() == "2  Depth")
    operator.type("1.31")
    operator.window.grab().save(str(shots / "09-station-step-2.png"))
    operator.key(Qt.Key.Key_Return)
    operator.until(lambda: operator.step_title() == "3  Cover")
    operator.press("Confirm")
    job = runtime.services.execution.job
    operator.until(lambda: job is not None and job.outcome is Outcome.PASS)
    operator.window.grab().save(str(shots / "10-station-done.png"))
    operator.window.close()


def used(author: Author, runtime: StationRuntime) -> None:
    """What the unit was built with is known: the content that was signed, and the unit at its version."""
    control = author.window.control
    assert control.state is not None
    released = control.state.status
    job = runtime.services.execution.job
    assert job is not None and job.sha256 == released.sha256
    author.until(lambda: runtime.journal.waiting() == 0)
    control.reload()
    author.until(lambda: control.state is not None and control.state.units)
    assert [unit.serial for unit in control.state.units] == [UNIT]
    control.tabs.setCurrentWidget(control.used)
    author.settled()
    author.shot("11-where-used")
    kinds = [row.kind for row in runtime.journal.all_rows(REC)]
    assert {"material_consumed", "measurement", "check_confirmed"} <= set(kinds)
