"""A try-out as its author does it: several steps, conditions, a timer, a limit broken, rework, variants, languages, a photo.

The draft is in the editor; the work page is the stations' own. Nothing of it is left behind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.checks import (
    Check,
    ChoiceCheck,
    ConfirmCheck,
    MachineValueCheck,
    MeasureCheck,
    Option,
    PhotoCheck,
    ScanCheck,
    SignatureCheck,
    TimerCheck,
)
from station_app.domain.job import Mark
from station_app.domain.media import Picture
from station_app.domain.outcome import Limits, Outcome
from station_app.domain.view import MarkerPlace, MarkerRule, PartRegion
from station_app.domain.work_master import Condition, Parameter, Step, Variant, WorkMaster
from station_app.storage.instructions.drafts import DraftFolder
from station_app.ui.authoring.try_out_window import TryOutWindow
from station_app.ui.work_page import WorkPage
from tests.author_bench import Author
from tests.operator_bench import keys_of
from tests.unit.ui.authoring.test_photo_form import HEIGHT, WIDTH, bench_picture
from widgets.choice_dialog import ChoiceDialog


def step(id: str, *checks: Check, **rest: Any) -> Step:
    return Step(
        id=id, title={"en": id.title(), "de": f"{id} (de)"}, text={"en": "Do it: {depth}."}, checks=checks, **rest
    )


def draft(reference: Picture) -> WorkMaster:
    """Everything that can go another way than straight on."""
    limits = Limits("mm", Decimal("1.0"), None)
    coated = Condition(step="surface", check="surface", answers=("coated",))
    parts = (PartRegion("bearing", 0.4, 0.36, 0.2, 0.31),)
    markers = MarkerRule("5X5_100", 20.0, 0.03, (MarkerPlace(3, 90 / WIDTH, 90 / HEIGHT),))
    return WorkMaster(
        id="pump", version="A", title="Pump", product="P-1", operation="assembly",
        qualifications=("press",),
        parameters=(Parameter(name="depth"),),
        variants=(
            Variant(id="short", product="P-1", values={"depth": "2.0"}),
            Variant(id="long", product="P-2", values={"depth": "5.0"}),
        ),
        steps=(
            step("surface", ChoiceCheck(id="surface", title="Surface", options=(
                Option(id="plain", text="Plain"), Option(id="coated", text="Coated"),
                Option(id="bad", text="Bad", passes=False, reasons="scratches"),
            ))),
            step("dry", TimerCheck(id="dry", title="Dry", duration_s=1.0), conditions=(coated,)),
            step("long", ConfirmCheck(id="long", title="Long"), conditions=(Condition(variants=("long",)),)),
            step("seal", ScanCheck(id="seal", title="Seal", material="SEAL-1")),
            step("depth", MeasureCheck(id="depth", title="Depth", characteristic="depth", limits=limits, decimals=1,
                                       bindings={"limits.upper": "depth"}), rework_step="seal"),
            step("press", MachineValueCheck(id="press", title="Force", characteristic="force", tag="press.force",
                                            cycle_tag="press.cycles",
                                            limits=Limits("kN", Decimal("10"), Decimal("14")))),
            step("photo", PhotoCheck(id="photo", title="Photo", camera="bench", view="top", reference=reference,
                                     parts=parts, markers=markers, code_is_unit=True)),
            step("sign", SignatureCheck(id="sign", title="Sign", role="inspector", meaning="released")),
        ),
    )  # fmt: skip


class Trial:
    """Whoever tries the draft out."""

    def __init__(self, qtbot: QtBot, author: Author) -> None:
        self.qtbot, self.author = qtbot, author

    @property
    def window(self) -> TryOutWindow:
        found = self.author.window.trying
        assert found is not None
        return found

    @property
    def page(self) -> WorkPage:
        page = self.window.station.page
        assert isinstance(page, WorkPage)
        return page

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=10_000)

    def begin(self) -> None:
        self.author.key(Qt.Key.Key_F5)
        self.until(lambda: self.author.window.trying is not None)
        self.at("surface")

    def at(self, step_id: str) -> None:
        """Wait until a step is on the screen."""
        execution = self.window.station.services.execution

        def there() -> bool:
            job = execution.job
            ledger = self.window.station.services.ledger
            return job is not None and job.current is not None and job.current.step.id == step_id and not ledger.busy

        self.until(there)
        self.until(lambda: not self.page.buttons.big.is_busy)

    def press(self) -> None:
        self.until(lambda: self.page.buttons.big.isEnabled() and not self.page.buttons.big.is_busy)
        QTest.mouseClick(self.page.buttons.big, Qt.MouseButton.LeftButton)

    def value_arrived(self, tag: str) -> None:
        """Wait until the machine has said its value."""
        tags = self.window.station.services.tags
        self.until(lambda: tags.latest(tag) is not None)

    def counted(self, tag: str, value: float) -> None:
        """Wait until the station has taken a value of the machine."""
        tags = self.window.station.services.tags

        def there() -> bool:
            sample = tags.latest(tag)
            return sample is not None and sample.value == value

        self.until(there)

    def seen(self, camera: str) -> None:
        """Wait until the camera has seen what is before it now."""
        pictures, now_s = self.window.station.services.pictures, time.time()

        def is_new() -> bool:
            frame = pictures.preview(camera)
            return frame is not None and frame.received_time > now_s

        self.until(is_new)

    def touch(self, name: str, place: QWidget | None = None) -> None:
        """Press what has this name or text."""
        top = place or self.window
        services = self.window.station.services
        self.until(lambda: not services.ledger.busy and not self.page.buttons.big.is_busy)

        def found() -> list[QPushButton]:
            buttons: list[QPushButton] = top.findChildren(QPushButton)
            return [b for b in buttons if b.isVisible() and b.isEnabled() and name in (b.accessibleName(), b.text())]

        self.until(found)
        QTest.mouseClick(found()[0], Qt.MouseButton.LeftButton)

    def answer(self, name: str) -> None:
        """Choose in the dialog that is open."""

        def dialogs() -> list[ChoiceDialog]:
            return [d for d in self.window.findChildren(ChoiceDialog) if d.isVisible()]

        self.until(dialogs)
        dialogs()[0].button(name).click()

    def enter(self, text: str) -> None:
        """Type a value and Enter."""
        self.until(lambda: not self.page.buttons.big.is_busy)
        self.type(text)
        QTest.keyClick(keys_of(self.window.station), Qt.Key.Key_Return)

    def type(self, text: str) -> None:
        focus = keys_of(self.window.station)
        for character in text:
            QTest.keyClicks(focus, character)
            self.until(lambda: not self.window.station.scan_filter.is_withholding)


@pytest.fixture
def authors() -> Iterator[list[Author]]:
    """Those who sit before an editor; all go at the end."""
    found: list[Author] = []
    yield found
    for author in found:
        author.close()


def trial_of(qtbot: QtBot, folder: Path, authors: list[Author], work_master: WorkMaster) -> Trial:
    """A draft, open in the editor and without faults."""
    DraftFolder(folder / "drafts").keep(work_master, None)
    author = Author(qtbot, folder / "drafts", None, 1600, 940)
    authors.append(author)
    author.key(Qt.Key.Key_Return)
    author.until(lambda: author.window.edit is not None)
    author.checked()
    assert author.faults() == []
    return Trial(qtbot, author)


@pytest.fixture
def trial(qtbot: QtBot, tmp_path: Path, authors: list[Author]) -> Trial:
    """The draft with everything."""
    (tmp_path / "good.png").write_bytes(bench_picture())
    taken = DraftFolder(tmp_path / "drafts").take_file(tmp_path / "good.png")
    reference = Picture("good.png", taken.sha256, taken.size_bytes, taken.media_type)
    return trial_of(qtbot, tmp_path, authors, draft(reference))


def test_every_way_through_a_draft(trial: Trial) -> None:
    trial.begin()
    folder = trial.window.station.services.identity.folder.parent
    trial.touch("Bad")
    trial.answer("First reason")
    trial.touch("Coated")
    trial.at("dry")
    trial.press()
    trial.until(lambda: trial.page.buttons.big.caption() == "Go on")
    trial.press()
    trial.at("seal")
    trial.touch("A wrong part: WRONG-PART-1")
    trial.until(lambda: "this step needs SEAL-1" in trial.window.station.banners.passing.text())
    trial.touch("Seal: SEAL-1-LOT")
    trial.at("depth")
    trial.enter("2.5")
    trial.until(lambda: trial.page.buttons.big.caption() == "Next is blocked")
    trial.touch("More")
    trial.touch("Rework from step 4")
    trial.answer("Out of limits")
    trial.touch("Start rework")
    trial.at("seal")
    trial.touch("Seal: SEAL-1-LOT")
    trial.at("depth")
    trial.enter("1.5")
    trial.at("press")
    force = trial.window.findChild(QDoubleSpinBox)
    assert force is not None and force.accessibleName() == "press.force"
    force.setValue(12.0)
    trial.value_arrived("press.force")
    trial.press()
    trial.until(lambda: "no cycle" in trial.window.station.banners.passing.text())
    trial.touch("The machine makes a cycle: press.cycles")
    trial.counted("press.cycles", 1.0)
    trial.press()
    trial.at("photo")
    trial.seen("bench")
    trial.press()
    trial.at("sign")
    trial.press()
    trial.touch("Use name and password")
    panel = trial.window.station.approving.panel
    panel.name.setText("Colleague")
    panel.password.setText("try-out")
    QTest.keyClick(panel.password, Qt.Key.Key_Return)
    execution = trial.window.station.services.execution
    trial.until(lambda: execution.job is not None and execution.job.outcome is not None)
    assert execution.job is not None and execution.job.outcome is Outcome.PASS
    marks = {step.step.id: step.mark for step in execution.job.steps}
    assert marks["dry"] is Mark.DONE and marks["long"] is Mark.SKIPPED
    trial.window.close()
    trial.until(lambda: trial.author.window.trying is None)
    assert not folder.exists()


def test_languages_and_products_are_switched_while_trying(trial: Trial) -> None:
    trial.begin()
    heading = trial.page.step_view.instruction
    assert heading.heading() == "1  Surface" and heading.body_text() == "Do it: 2.0."
    first = trial.window
    trial.touch("Language: Deutsch")
    trial.until(lambda: trial.page.step_view.instruction.heading() == "1  surface (de)")
    trial.touch("Begin anew with product P-2")
    trial.until(lambda: trial.author.window.trying not in (None, first))
    trial.at("surface")
    trial.until(lambda: trial.page.step_view.instruction.heading() == "1  surface (de)")
    assert trial.page.step_view.instruction.body_text() == "Do it: 5.0."
    trial.touch("Plain")
    trial.at("long")
    trial.press()
    trial.at("seal")
    job = trial.window.station.services.execution.job
    assert job is not None
    assert {step.step.id: step.mark for step in job.steps}["dry"] is Mark.SKIPPED


def test_the_second_unit_is_photographed_with_its_own_code(qtbot: QtBot, tmp_path: Path, authors: list[Author]) -> None:
    markers = MarkerRule("4X4_50", 10.0, 0.03, (MarkerPlace(1, 0.1, 0.8), MarkerPlace(2, 0.9, 0.8)))
    check = PhotoCheck(
        id="photo", title="Photo", camera="bench", code_is_unit=True, markers=markers, min_sharpness=0.01
    )
    steps = (step("surface", check),)
    work_master = WorkMaster(id="p", version="A", title="P", product="P", operation="assembly", steps=steps)
    trial = trial_of(qtbot, tmp_path, authors, work_master)
    trial.begin()
    execution = trial.window.station.services.execution

    def serial() -> str:
        return execution.job.serial if execution.job is not None else ""

    assert serial() == "TRY-001"
    trial.seen("bench")
    trial.press()
    trial.until(lambda: execution.job is not None and execution.job.outcome is Outcome.PASS)
    trial.press()
    trial.at("surface")
    assert serial() == "TRY-002"
    trial.seen("bench")
    trial.press()
    trial.until(lambda: execution.job is not None and execution.job.outcome is Outcome.PASS)
