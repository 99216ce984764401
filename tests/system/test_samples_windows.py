"""The shipped samples worked in real windows from first to last step: assembly in German, inspection with a signature."""

from __future__ import annotations

import functools
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.simulation.scene import Scene
from station_app.demo.walks import GAUGES
from station_app.domain.chain import REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import JobState, StepSigned
from station_app.resources import shipped
from station_app.services.lookups import UnitKnowledge
from station_app.services.ports import UnitStatus
from station_app.services.posting import Post
from station_app.services.recording import read_rows
from station_app.services.secrets import hash_secret
from station_app.storage.master_files import MasterFiles, read_master_path
from station_app.ui.posting import QtPost
from tests.bench_station import ASM_10, ASM_20, INS_30, BenchStation
from tests.inspector_bench import JONAS, JONAS_PIN, Inspector
from tests.operator_bench import Operator
from tests.system.operator_steps import picture_of
from widgets.buttons import BigButton
from widgets.choice_dialog import ChoiceDialog

LENA, LENA_PIN = "DEMO-BADGE-d3709be6-lena-vogt", "6060"
PAUL, PAUL_PIN = "DEMO-BADGE-5e27c8d1-paul-oster", "5050"
LARGE, SMALL = "GX50-000011", "GX40-000124"


@functools.cache
def samples() -> MasterFiles:
    """The shipped master data; secrets are hashed once."""
    return read_master_path(shipped("instructions"), hash_secret)


def sample_station(folder: Path, post: Post, path: str, kind: str) -> BenchStation:
    """A station with the samples, whose clock runs as the field loop lets it."""
    station = BenchStation(folder, post, path, kind, master=False)
    station.publish(samples())
    station.services.library.reload()
    return station


def tap(operator: Operator, caption: str) -> None:
    """A button in the window that says this."""

    def found() -> list[BigButton]:
        buttons = operator.window.findChildren(BigButton)
        return [button for button in buttons if button.isVisible() and button.isEnabled() and said(button) == caption]

    operator.until(found)
    QTest.mouseClick(found()[0], Qt.MouseButton.LeftButton)
    operator.settled()


def said(button: BigButton) -> str:
    """What a button says, or what a screen reader says of it."""
    return button.caption() or button.accessibleName()


def enter(operator: Operator, text: str) -> None:
    """Typed, and Enter."""
    operator.type(text)
    operator.key(Qt.Key.Key_Return)
    operator.settled()


def leave_out(operator: Operator) -> None:
    """An optional step is skipped."""
    tap(operator, "More")
    operator.until(lambda: [d for d in operator.window.findChildren(ChoiceDialog) if d.isVisible()])
    next(d for d in operator.window.findChildren(ChoiceDialog) if d.isVisible()).button("skip").click()
    operator.settled()


def outcome(operator: Operator) -> Outcome | None:
    """How the newest job ended."""
    facts = [row.fact for row in read_rows(operator.station.journal.all_rows(REC))]
    ended = [fact for fact in facts if isinstance(fact, JobState) and fact.state == "Ended"]
    return ended[-1].outcome if ended else None


def sat_down(operator: Operator, badge: str, pin: str) -> None:
    """Signed in; time goes on as the field loop tells it, 20 times a second."""
    tick = QTimer(operator.window)
    tick.timeout.connect(lambda: operator.services.execution.follow([]))
    tick.start(50)
    operator.sign_in(badge, pin)


def test_the_large_reducer_is_assembled_in_german_with_every_step(qtbot: QtBot, tmp_path: Path) -> None:
    post = QtPost()
    operator = Operator(qtbot, sample_station(tmp_path / "station", post, ASM_10, "assembly"))
    titles: list[str] = []

    def at(title: str) -> None:
        operator.until(lambda: operator.step_title().endswith(title))
        titles.append(title)

    sat_down(operator, LENA, LENA_PIN)
    operator.scan(LARGE)
    at("Gehäuse scannen")
    operator.scan("H50-000301")
    at("Sitz reinigen")
    tap(operator, "Confirm")
    at("Sitz prüfen")
    tap(operator, "Grat an der Kante")
    at("Entgraten")
    tap(operator, "Confirm")
    at("Lager einpressen")
    operator.scan("L26-0114")
    operator.station.sample("press.peak_force", 13.7)
    tap(operator, "Capture value")
    at("Passscheibe wählen")
    enter(operator, "0.20")
    at("Spiel prüfen")
    enter(operator, "0.09")
    at("Welle fetten")
    operator.scan("G26-0042")
    at("Dichtring aufsetzen")
    operator.scan("S26-0009")
    at("Dichtmittel auftragen")
    operator.scan("D26-0031")
    tap(operator, "Start timer")
    tap(operator, "Go on")
    at("Deckel anziehen")
    operator.scan("TW-0201")
    for torque in ("17.9", "18.1", "18.0", "18.3"):
        enter(operator, torque)
    at("Welle abdecken")
    leave_out(operator)
    at("Foto")
    operator.station.cameras["bench"].jpeg = picture_of(LARGE)
    tap(operator, "Take photo")
    at("Platz aufräumen")
    for line in (
        "Jedes Werkzeug auf seiner Kontur",
        "Kein Teil dieser Einheit übrig",
        "Aussortierte Teile in der roten Kiste",
    ):
        tap(operator, f"{line}: in order")
    tap(operator, "Save list")
    tap(operator, "Finish unit")
    operator.until(lambda: outcome(operator) is Outcome.PASS)
    assert len(titles) == 14
    operator.window.close()
    operator.station.close()
    post.close()


def test_the_small_reducer_is_inspected_and_released_by_somebody_else(qtbot: QtBot, tmp_path: Path) -> None:
    post = QtPost()
    station = sample_station(tmp_path / "station", post, INS_30, "inspection")
    tested = UnitStatus("", "4711-03", "test_run", ASM_20, "j", "Ended", "PASS", 0)
    station.lookup.knowledge = UnitKnowledge(True, (tested,))
    inspector = Inspector(qtbot, station)
    sat_down(inspector, JONAS, JONAS_PIN)
    inspector.hold_before_camera(Scene(SMALL))
    inspector.scan(SMALL)
    for gauge, reading in zip(GAUGES.values(), ("20.0061", "14.01", "20.004", "0.011", "1.1", "8.5"), strict=True):
        inspector.scan(gauge)
        enter(inspector, reading)
    tap(inspector, "Take photo")
    tap(inspector, "Take photo")
    tap(inspector, "Scratch in the paint")
    tap(inspector, "Confirm")
    enter(inspector, "12.0")
    for line in ("Unit in the foam, shaft capped", "Report and operating manual", "Bag with four screws"):
        tap(inspector, f"{line}: in order")
    tap(inspector, "Save list")
    leave_out(inspector)
    tap(inspector, "Sign")
    inspector.until(lambda: inspector.window.approving.is_open)
    inspector.wedge(PAUL)
    inspector.type(PAUL_PIN)
    inspector.key(Qt.Key.Key_Return)
    inspector.until(lambda: outcome(inspector) is Outcome.PASS)
    facts = [row.fact for row in read_rows(station.journal.all_rows(REC))]
    (signed,) = [fact for fact in facts if isinstance(fact, StepSigned)]
    assert signed.printed_name == "Paul Oster"
    assert len(signed.signed_ids) >= 10, "the signature covers what was recorded for the unit"
    inspector.window.close()
    station.close()
    post.close()
