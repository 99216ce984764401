"""The dossier as a reader gets it: opened again, its text read, its pages drawn."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtPdf import QPdfDocument

from drivers.vision.codes import read_codes, write_datamatrix
from station_app.domain.log import LoggedRow
from station_app.domain.outcome import Outcome
from station_app.domain.records import Comment, Hold
from station_app.domain.trace import trace_unit
from station_app.domain.unit_trace import EvidencePresence, UnitTrace
from station_app.storage.dossier import DossierError, PictureReader, write_dossier
from tests.records import ASM10, BEARING, MORNING_US, NAMES, SERIAL, JobLog, StationLog, complete_unit

Written = Callable[..., "Opened"]


class Opened:
    """A dossier that was written and opened again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.document = QPdfDocument()
        assert self.document.load(str(path)) == QPdfDocument.Error.None_
        self.pages = self.document.pageCount()
        self.text = "\n".join(self.document.getAllText(page).text() for page in range(self.pages))
        self.words = " ".join(self.text.split())

    def drawn(self, page: int, width_px: int = 1200) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """A page as grey pixels on white."""
        picture = self.document.render(page, QSize(width_px, round(width_px * 1.414)))
        white = QImage(picture.size(), QImage.Format.Format_RGB32)
        white.fill(0xFFFFFFFF)
        with QPainter(white) as painter:
            painter.drawImage(0, 0, picture)
        grey = white.convertToFormat(QImage.Format.Format_Grayscale8)
        pixels = np.frombuffer(grey.constBits(), dtype=np.uint8).reshape(grey.height(), grey.bytesPerLine())
        return pixels[:, : grey.width()].copy()


@pytest.fixture
def written(tmp_path: Path, qapp: QGuiApplication) -> Written:
    def write(trace: UnitTrace, read: PictureReader = lambda _sha256: None, **more: Any) -> Opened:
        path = tmp_path / "dossier.pdf"
        assert write_dossier(trace, path, read, made_us=MORNING_US, utc_offset_min=60, **more) == path
        return Opened(path)

    return write


def complete() -> UnitTrace:
    unit = complete_unit()
    return trace_unit(SERIAL, unit.rows, uses=unit.uses, evidence=unit.evidence, names=NAMES)


def traced(log: StationLog, serial: str = "U", **more: Any) -> UnitTrace:
    return trace_unit(serial, log.rows, **more)


def picture_of(content: bytes, **presence: Any) -> UnitTrace:
    log = StationLog(ASM10)
    JobLog(log, "j", "U", "10").photo(1, "s", content)
    places = EvidencePresence(**{"local": True, "server": None, **presence})
    return traced(log, evidence={hashlib.sha256(content).hexdigest(): places})


def test_a_complete_unit(written: Written) -> None:
    trace = complete()
    opened = written(trace, made_by="Anna Schäfer")
    for part in (
        SERIAL,
        "Passed so far",
        "WO-4711",
        "Small gear reducer 40",
        "Operation 20 · Test run",
        "1.2 kN below the limit.",
        "20.142 mm",
        "19.980 to 20.021 mm",
        "at most 0.020 mm",
        "BadCommunicationError",
        "Anna Schäfer",
        BEARING,
        "L-2026-117",
        "taken out",
        "The picture is blurred",
        "Inspected and released",
        "Slight hum at 1500 rpm",
        "began without knowing that the one before it had passed",
        "2026-11-20 08:00:00 – 08:12:26",
        "UTC+01:00",
        "48 records from 3 stations",
        "Page 1 of",
        f"Page {opened.pages} of {opened.pages}",
        trace.jobs[0].work_master_sha256,
        trace.heads[0].hash,
    ):
        assert part in opened.words, part
    assert "[U+" not in opened.words


def test_the_code_on_the_first_page_is_the_serial(written: Written) -> None:
    code = (write_datamatrix(SERIAL, 120) < 128).tolist()
    assert [found.text for found in read_codes(written(complete(), code=code).drawn(0))] == [SERIAL]
    assert read_codes(written(complete()).drawn(0)) == []


def test_pictures_are_embedded(written: Written) -> None:
    jpeg = io.BytesIO()
    Image.new("RGB", (1280, 720), (10, 10, 10)).save(jpeg, "JPEG")
    content = jpeg.getvalue()
    trace = picture_of(content)
    with_it, without = written(trace, lambda _sha256: content), written(trace)
    assert "lies at the station that took it" in without.words.replace("\n", " ")
    with_it = written(trace, lambda _sha256: content)
    assert (with_it.drawn(0) < 30).sum() > (without.drawn(0) < 30).sum() + 50_000
    assert hashlib.sha256(content).hexdigest() in with_it.text.replace("\n", "").replace("\r", "")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "cannot be shown"),
        (b"\xff\xd8\xff\xe0 truncated", "cannot be shown"),
        (b"GIF89a" + bytes(40), "cannot be shown"),
    ],
)
def test_what_is_no_picture_is_named(written: Written, content: bytes, text: str) -> None:
    assert text in written(picture_of(content), lambda _sha256: content).words


def test_a_truncated_or_huge_picture_is_named(written: Written) -> None:
    whole = io.BytesIO()
    Image.effect_noise((400, 300), 60).save(whole, "JPEG")
    half = whole.getvalue()[: len(whole.getvalue()) // 2]
    assert "cannot be shown" in written(picture_of(half), lambda _sha256: half).words
    huge = io.BytesIO()
    Image.new("1", (9000, 9000)).save(huge, "PNG")
    large = huge.getvalue()
    assert "too large to show" in written(picture_of(large), lambda _sha256: large).words


def test_bytes_that_are_not_the_recorded_ones_are_not_shown(written: Written) -> None:
    opened = written(picture_of(b"recorded"), lambda _sha256: b"other")
    assert "does not match its hash" in opened.words


def test_two_hundred_steps(written: Written) -> None:
    log = StationLog(ASM10)
    job = JobLog(log, "j", "U", "10")
    job.state(0, "Running")
    for number in range(1, 201):
        step = (f"s{number}", number, f"Step number {number}")
        job.step(number * 10, *step, "started")
        job.measure(number * 10 + 1, step[0], "c", "Torque", "9.9", "Nm", ("9", "10"), Outcome.PASS)
        job.read(number * 10 + 2, step[0], "Force", "Press.Force", "12", "kN", ("11", "14"), Outcome.PASS)
        job.step(number * 10 + 5, *step, "completed", 1, Outcome.PASS, 5.0)
    job.state(3000, "Ended", Outcome.PASS)
    opened = written(traced(log))
    assert 15 < opened.pages < 40
    for number in (1, 57, 200):
        assert f"Step number {number} " in opened.words + " "
    assert f"Page {opened.pages} of {opened.pages}" in opened.words


ODD_TEXT = "<b>&amp; Łódź 渡辺 淳 한국 \U0001f600 \x00\x1b[2J مرحبا"


def test_odd_names_never_break_it(written: Written) -> None:
    serial = "U-ÄÖ 渡辺 <1>"
    log = StationLog(ASM10, actor=ODD_TEXT)
    job = JobLog(log, ODD_TEXT, serial, ODD_TEXT, order_id=ODD_TEXT)
    job.state(0, "Running", product=ODD_TEXT, work_master_id=ODD_TEXT)
    job.step(1, "s", 1, ODD_TEXT, "started")
    job.measure(2, "s", "c", ODD_TEXT, ODD_TEXT, ODD_TEXT, (ODD_TEXT, "1"), Outcome.ERROR, gauge=ODD_TEXT)
    job.read(2, "s", ODD_TEXT, ODD_TEXT, "NaN", ODD_TEXT, ("", ""), Outcome.ERROR, quality="Bad", status=ODD_TEXT)
    job.consume(3, "s", ODD_TEXT, component=ODD_TEXT)
    job.photo(4, "s", b"x", Outcome.FAIL, (ODD_TEXT,))
    log.add(Comment(text=ODD_TEXT, serial=serial), 5)
    log.add(Hold(hold_id="h", scope="unit", subject=serial, reason=ODD_TEXT), 6)
    opened = written(traced(log, serial), made_by=ODD_TEXT)
    assert (
        "<b>&amp; Łódź 渡辺" in opened.words and "[U+0000][U+001B][2J" in opened.words and "since 2026" in opened.words
    )


def test_long_texts_are_wrapped_and_very_long_ones_cut(written: Written) -> None:
    log = StationLog(ASM10)
    job = JobLog(log, "j", "U" * 200, "10")
    job.step(1, "s", 1, "unbroken" * 100, "started")
    job.measure(2, "s", "c", "word " * 280, "1" * 30, "mm" * 60, ("0", "2"), Outcome.FAIL, gauge="G" * 900)
    job.photo(3, "s", b"x", Outcome.FAIL, tuple(f"fault {n} " * 20 for n in range(40)))
    log.add(Comment(text="x" * 900_000, serial="U" * 200), 5)
    job.consume(3, "s", "M" * 400, lot="L" * 400)
    opened = written(traced(log, "U" * 200))
    assert "(900000 characters in the record)" in opened.words
    assert "and 28 more in the records" in opened.words


def test_a_unit_of_which_little_is_known(written: Written) -> None:
    part = written(trace_unit(BEARING, complete_unit().rows))
    assert "No work on this unit is recorded." in part.words and "Used in" in part.words


def test_a_time_beyond_all_calendars(written: Written) -> None:
    log = StationLog(ASM10)
    rows: list[LoggedRow] = [log.add(Comment(text="late", serial="U"), 9e12)]
    assert "late" in written(trace_unit("U", rows)).words


def test_the_old_file_stays_when_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    target = tmp_path / "taken.pdf"
    target.mkdir()
    with pytest.raises(DossierError, match=r"could not be written to .*taken.pdf"):
        write_dossier(complete(), target, lambda _sha256: None, made_us=0, utc_offset_min=0)
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(DossierError, match="Choose another folder"):
        write_dossier(complete(), tmp_path / "absent" / "d.pdf", lambda _s: None, made_us=0, utc_offset_min=0)


def test_it_replaces_an_older_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "d.pdf"
    target.write_text("old", encoding="utf-8")
    write_dossier(complete(), target, lambda _sha256: None, made_us=0, utc_offset_min=-330)
    assert target.read_bytes().startswith(b"%PDF-") and list(tmp_path.iterdir()) == [target]


def test_reportlab_is_loaded_only_when_a_dossier_is_written() -> None:
    code = "import sys, station_app.storage.dossier; sys.exit('reportlab' in sys.modules or 'PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
