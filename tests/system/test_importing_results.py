"""Results of machines and of gauges' programs on the inspector's page: chosen, looked at, recorded with the person."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from drivers.simulation.scene import Scene
from station_app.domain.chain import REC
from station_app.domain.inspection.plan import Characteristic
from station_app.domain.outcome import Outcome
from station_app.domain.records import SampleMeasured
from station_app.services.recording import read_rows
from station_app.ui.file_chooser import FileChooser
from station_app.ui.import_sheet import ImportSheet
from station_app.ui.inspect_buttons import InspectButtons
from station_app.ui.posting import QtPost
from tests.bench_station import UNIT
from tests.inspector_bench import JONAS, JONAS_PIN, Inspector
from tests.quality_bench import publish, quality_station
from tests.shared_data import shared_data
from widgets.buttons import BigButton
from widgets.choice_dialog import ChoiceDialog
from widgets.overlay import Overlay

NIST = "cover_results.qif"
COVER = (
    Characteristic(id="flatness", title="Flatness 1", balloon=21, unit="mm", upper=Decimal("0.05"), decimals=3),
    Characteristic(
        id="diameter_7", title="Diameter 7", balloon=22, unit="mm", lower=Decimal("4.2"), upper=Decimal("4.8"), decimals=3
    ),
    Characteristic(
        id="distance_2", title="Distance 2", balloon=23, unit="µm", lower=Decimal(5000), upper=Decimal(6000), decimals=0
    ),
)  # fmt: skip


T = TypeVar("T", bound=Overlay)


class Importer(Inspector):
    """Imports results."""

    @property
    def samples(self) -> list[SampleMeasured]:
        """What was recorded."""
        rows = read_rows(self.station.journal.all_rows(REC))
        return [row.fact for row in rows if isinstance(row.fact, SampleMeasured)]

    @property
    def import_button(self) -> BigButton:
        """The button below the inspection."""
        buttons = self.inspect.buttons
        assert isinstance(buttons, InspectButtons)
        return buttons.import_button

    def over(self, kind: type[T]) -> T:
        """The dialog of that kind, waited for."""

        def shown() -> list[T]:
            return [dialog for dialog in self.window.findChildren(kind) if dialog.isVisible()]

        self.until(lambda: bool(shown()))
        return shown()[-1]

    def touch(self, button: QWidget) -> None:
        """Press a button as soon as it can be."""
        self.until(lambda: button.isEnabled() and not self.services.ledger.busy)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose_file(self, name: str) -> None:
        """Import, then a file of the station's folder of results; the clipboard is empty."""
        QApplication.clipboard().clear()
        self.touch(self.import_button)
        chooser = self.over(FileChooser)
        self.until(lambda: name in rows_of(chooser))
        chooser.list.row_activated.emit(rows_of(chooser).index(name))


def rows_of(chooser: FileChooser) -> list[str]:
    """The names that are listed."""
    return [entry.path.name for entry in chooser._entries]


@pytest.fixture
def importer(qtbot: QtBot, tmp_path: Path) -> Iterator[Importer]:
    """A unit in inspection; its plan has three characteristics of NIST's cover, and results lie in the station's folder."""
    results = shared_data(f"nist/{NIST}")
    post = QtPost()
    station = quality_station(tmp_path / "s", post, ())
    plan = station.services.library.book.plans["gx40-inspection"]
    publish(station, msgspec.structs.replace(plan, version="E", characteristics=(*plan.characteristics, *COVER)))
    folder = tmp_path / "s" / "import"
    (folder / "older").mkdir(parents=True)
    shutil.copyfile(results, folder / NIST)
    (folder / "not ours.png").write_bytes(b"x")
    person = Importer(qtbot, station)
    person.sign_in(JONAS, JONAS_PIN)
    person.hold_before_camera(Scene(UNIT))
    person.scan(UNIT)
    yield person
    person.window.close()
    station.close()
    post.close()


def write(importer: Importer, name: str, content: bytes) -> None:
    (importer.services.identity.folder / "import" / name).write_bytes(content)


def test_results_of_a_measuring_machine_are_looked_at_and_recorded(importer: Importer) -> None:
    """NIST's file declares no unit and holds twenty parts: both are asked for."""
    importer.choose_file(NIST)
    sheet = importer.over(ImportSheet)
    assert "does not say in which unit" in sheet.message.text() and not sheet.record_button.isEnabled()
    importer.touch(sheet.unit_button("mm"))
    assert "holds 20 parts" in sheet.message.text() and not sheet.record_button.isEnabled()
    importer.touch(sheet.part_button("20"))
    text = sheet.table.text()
    assert "3 results, 1 out of limits" in text and "21  Flatness 1" in text and "0.078 mm" in text
    assert "5489" in text and "5.489" in text, "converted to the plan's unit, as it arrived beside it"
    assert "Not in the plan, left out" in text and "Part Number" in text
    assert "The file says part 20; the unit here is GX40-000124." in sheet.message.text()
    assert sheet.record_button.text() == "Record 3 results"
    importer.touch(sheet.record_button)
    importer.until(lambda: len(importer.samples) == 3)
    first, second, third = importer.samples
    assert (first.characteristic, first.value_text, first.outcome) == ("flatness", "0.078", Outcome.FAIL)
    assert (second.source, second.serial, second.outcome) == ("qif", UNIT, Outcome.PASS)
    assert (third.value_text, third.raw_text, third.unit) == ("5489", "5.489", "µm")


def test_nothing_is_recorded_before_it_is_said(importer: Importer) -> None:
    importer.choose_file(NIST)
    sheet = importer.over(ImportSheet)
    importer.touch(sheet.unit_button("in"))
    importer.touch(sheet.part_button("1"))
    assert "3 results, 3 out of limits" in sheet.table.text(), "in inches nothing fits: the person sees it"
    importer.key(Qt.Key.Key_Escape)
    assert not sheet.isVisible() and importer.samples == []


def test_a_table_of_a_gauges_program_from_a_file_and_from_the_clipboard(importer: Importer) -> None:
    write(importer, "gauge.csv", "characteristic;value\r\nDiameter 7;4.51\r\nNobody;1\r\n".encode("utf-8-sig"))
    importer.choose_file("gauge.csv")
    sheet = importer.over(ImportSheet)
    assert "1 result, all inside the limits" in sheet.table.text() and "Nobody" in sheet.table.text()
    importer.touch(sheet.record_button)
    importer.until(lambda: len(importer.samples) == 1)
    QApplication.clipboard().setText("balloon\tvalue\n23\t5500\n")
    importer.touch(importer.import_button)
    importer.over(ChoiceDialog).button("clipboard").click()
    sheet = importer.over(ImportSheet)
    importer.touch(sheet.record_button)
    importer.until(lambda: len(importer.samples) == 2)
    assert [(f.characteristic, f.source) for f in importer.samples] == [("diameter_7", "file"), ("distance_2", "paste")]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("cut.qif", b"<?xml version='1.0'?><QIFDocument", "cut.qif"),
        ("bomb.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
        ("picture.csv", b"\x89PNG\xff\xfe", "is no text"),
        ("comma.csv", b"characteristic;value\nDiameter 7;4,51\n", "4,51"),
        ("nan.csv", b"characteristic,value\nDiameter 7,NaN\n", "NaN"),
        ("huge.csv", b"characteristic,value\nDiameter 7,1e400\n", "1e400"),
        ("other.csv", b"characteristic,value\nNobody,1\n", "Nothing in the table is in the plan"),
        ("empty.csv", b"", "cannot be read"),
    ],
)
def test_what_cannot_be_taken_over_is_refused_with_its_reason(
    importer: Importer, name: str, content: bytes, reason: str
) -> None:
    write(importer, name, content)
    importer.choose_file(name)
    importer.until(lambda: reason in importer.banner() and "Nothing was recorded" in importer.banner())
    assert importer.samples == []


def test_too_few_readings_are_left_out_with_the_reason(importer: Importer) -> None:
    write(importer, "few.csv", b"characteristic,value\nFlange width,12.001\nDiameter 7,4.5\n")
    importer.choose_file("few.csv")
    sheet = importer.over(ImportSheet)
    assert "takes 3 readings; 1 came" in sheet.table.text() and sheet.record_button.text() == "Record 1 result"


def test_a_folder_is_opened_and_left_and_one_that_is_gone_is_said(importer: Importer) -> None:
    QApplication.clipboard().clear()
    importer.touch(importer.import_button)
    chooser = importer.over(FileChooser)
    importer.until(lambda: rows_of(chooser) == ["older", NIST])
    chooser.list.row_activated.emit(0)
    importer.until(lambda: rows_of(chooser) == [])
    importer.touch(chooser.up_button)
    importer.until(lambda: rows_of(chooser) == ["older", NIST])
    chooser.open_folder(importer.services.identity.folder / "gone")
    importer.until(lambda: "cannot be read" in chooser.message.text())
    importer.key(Qt.Key.Key_Escape)
    assert not chooser.isVisible()
