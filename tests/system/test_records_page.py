"""A unit's history read through the real page: by scan, by hand, without the server, and as a dossier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.simulation.scene import Scene, SceneRenderer
from station_app.domain.chain import REC
from station_app.ui.evidence_view import EvidenceView
from station_app.ui.page import RECORDS, ShowUnit
from station_app.ui.posting import QtPost
from station_app.ui.records_page import RecordsPage
from tests.bench_station import ANNA, BEARING_LOT, HOUSING, ORDER, OTHER_UNIT, UNIT, BenchStation
from tests.operator_bench import Operator
from widgets.overlay import Overlay


class Reader(Operator):
    """Somebody before the window, on the records page."""

    @property
    def records(self) -> RecordsPage:
        page = self.window.page
        assert isinstance(page, RecordsPage)
        return page

    def shows(self, serial: str) -> None:
        """Wait until the trace of a unit is on the screen."""
        self.until(lambda: self.records.trace is not None and self.records.trace.serial == serial)

    def settled(self) -> None:
        """Wait until nothing is being saved or looked up."""
        execution, ledger = self.services.execution, self.services.ledger
        self.until(lambda: not ledger.busy and not execution.opening)


@pytest.fixture
def reader(qtbot: QtBot, tmp_path: Path) -> Iterator[Reader]:
    """A unit is in work at the station; somebody reads the records."""
    post = QtPost()
    person = Reader(qtbot, BenchStation(tmp_path / "station", post))
    person.sign_in()
    person.station.cameras["bench"].jpeg = SceneRenderer().render(Scene(UNIT), 1)
    person.scan(UNIT)
    person.scan(HOUSING)
    person.window.open_page(RECORDS)
    yield person
    person.window.close()
    person.station.close()
    post.close()


def test_the_empty_page_says_what_to_do(reader: Reader) -> None:
    assert reader.records.empty.isVisible()
    assert "Scan a unit" in reader.records.empty.accessibleName()
    assert [row.text for row in reader.records.recent.rows] == [UNIT]


def test_a_scan_shows_the_trace_and_opens_no_job(reader: Reader) -> None:
    reader.scan(UNIT)
    reader.shows(UNIT)
    assert reader.window.page.page_id == RECORDS
    text = reader.records.table.text()
    assert "Assembly at ASM-10" in text and "Housing GX-40: H-000501" in text
    job = reader.services.execution.job
    assert job is not None and job.serial == UNIT
    reader.scan(OTHER_UNIT)
    reader.until(reader.records.empty.isVisible)
    assert f"No record of {OTHER_UNIT}" in reader.records.empty.accessibleName()
    assert reader.services.execution.job is job


def test_without_the_server_it_says_so_above_the_records(reader: Reader) -> None:
    reader.scan(UNIT)
    reader.shows(UNIT)
    assert reader.records.alone.isVisible()
    assert "The server is out of contact: this station's records only." in reader.records.alone.text()


def test_a_typed_serial_and_what_nobody_knows(reader: Reader) -> None:
    reader.type(UNIT)
    reader.key(Qt.Key.Key_Return)
    reader.shows(UNIT)
    reader.records.entry.clear()
    reader.type("NO-SUCH-1")
    reader.key(Qt.Key.Key_Return)
    reader.until(lambda: reader.records.empty.isVisible() and "NO-SUCH-1" in reader.records.empty.accessibleName())
    assert not reader.records.dossier_button.isEnabled()


def test_a_component_leads_to_where_it_was_used_and_back_returns(reader: Reader) -> None:
    reader.records.show_unit(UNIT)
    reader.shows(UNIT)
    reader.records.table.link_opened.emit(HOUSING)
    reader.shows(HOUSING)
    assert f"Used in\nASM-10: {UNIT}" in reader.records.table.text()
    QTest.mouseClick(reader.records.back_button, Qt.MouseButton.LeftButton)
    reader.shows(UNIT)
    QTest.mouseClick(reader.records.back_button, Qt.MouseButton.LeftButton)
    assert reader.records.empty.isVisible() and not reader.records.back_button.isEnabled()


def test_a_recent_unit_is_one_touch_away(reader: Reader) -> None:
    reader.records.recent.view.row_chosen.emit(0)
    reader.shows(UNIT)


def test_other_scans_act_as_everywhere(reader: Reader) -> None:
    reader.wedge(ANNA)
    reader.until(lambda: reader.services.people.person is None)
    assert reader.window.page.page_id == RECORDS
    assert reader.records.trace is None


@pytest.mark.parametrize("text", [BEARING_LOT, ORDER])
def test_a_lot_or_an_order_is_neither_shown_nor_worked_on(reader: Reader, text: str) -> None:
    before = sum(1 for _ in reader.station.journal.all_rows(REC))
    reader.scan(text)
    assert f"{text} is no unit" in reader.banner()
    assert reader.window.page.page_id == RECORDS
    assert sum(1 for _ in reader.station.journal.all_rows(REC)) == before


def test_pictures_are_shown_and_opened_large(reader: Reader) -> None:
    execution = reader.services.execution
    reader.window.open_main()
    reader.until(lambda: not reader.services.ledger.busy)
    saving = execution.confirm()
    reader.until(saving.done)
    reader.settled()
    reader.scan(BEARING_LOT)
    reader.station.sample("press.peak_force", 14.86)
    capture = next(c for c in _checks(reader) if "force" in c)
    saving = execution.capture_value(capture)
    reader.until(saving.done)
    reader.until(
        lambda: execution.job is not None and execution.job.current is not None and execution.job.current.pictures
    )
    reader.window.open_page(RECORDS, ShowUnit(UNIT))
    reader.shows(UNIT)
    assert reader.records.trace is not None
    (picture,) = reader.records.trace.pictures
    reader.until(lambda: picture.sha256 in reader.records._pictures.images)
    reader.records.table.picture_opened.emit(picture.sha256)
    large = next(o for o in reader.window.findChildren(Overlay) if isinstance(o, EvidenceView))
    assert large.isVisible()
    reader.until(lambda: large.left.picture.has_picture)
    reader.key(Qt.Key.Key_Escape)
    assert not large.isVisible()


def _checks(reader: Reader) -> list[str]:
    job = reader.services.execution.job
    assert job is not None and job.current is not None
    return [progress.check.id for progress in job.current.checks]


def test_the_dossier_is_written_and_its_place_is_said(reader: Reader, tmp_path: Path) -> None:
    reader.records.show_unit(UNIT)
    reader.shows(UNIT)
    QTest.mouseClick(reader.records.dossier_button, Qt.MouseButton.LeftButton)
    reader.until(lambda: "The dossier is written." in reader.banner())
    file = tmp_path / "station" / "dossiers" / f"{UNIT}.pdf"
    assert str(file) in reader.banner() and file.read_bytes().startswith(b"%PDF-")


def test_a_dossier_that_cannot_be_written_says_why(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "station" / "dossiers").write_text("in the way", encoding="utf-8")
    reader.records.show_unit(UNIT)
    reader.shows(UNIT)
    QTest.mouseClick(reader.records.dossier_button, Qt.MouseButton.LeftButton)
    reader.until(lambda: "cannot be made" in reader.banner())
