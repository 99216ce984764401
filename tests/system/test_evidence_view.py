"""Kept pictures looked at through the real window: enlarged, compared, their hash computed anew, drawn on, and bad ones."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.overlay import original_sha256
from station_app.domain.chain import REC
from station_app.domain.checks import PhotoCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured, EvidenceDerived, decode_body
from station_app.services.ports import BlobState
from station_app.services.tracing import Tracing
from station_app.ui.check_view import CardContext
from station_app.ui.evidence_opening import open_evidence
from station_app.ui.evidence_view import EvidenceView
from station_app.ui.photo_view import PhotoView
from station_app.ui.pictures import PictureStore
from station_app.ui.posting import QtPost
from tests.bench_station import HOUSING, UNIT, BenchStation
from tests.operator_bench import Operator
from widgets.buttons import BigButton
from widgets.photo_card import PhotoCard

GOOD = SceneRenderer().render(Scene(UNIT), 1)
MISSING = SceneRenderer().render(Scene(UNIT, part_missing=True), 2)


class Viewer(Operator):
    """Somebody who looks at the pictures of a unit."""

    def keep(self, content: bytes, *faults: str) -> str:
        """A picture of the unit in work as it was captured, whatever its bytes are."""
        job = self.services.execution.job
        assert job is not None and job.current is not None
        sha256 = self.station.evidence.put(content)
        fact = EvidenceCaptured(
            job_id=job.job_id, serial=job.serial, order_id=job.order_id, operation=job.operation,
            step_id=job.current.step.id, sha256=sha256, media_type="image/jpeg",
            size_bytes=len(content), width_px=1280, height_px=720, camera="bench", view="top", sharpness=0.0124,
            codes=(UNIT,), faults=faults, outcome=Outcome.FAIL if faults else Outcome.PASS,
        )  # fmt: skip
        saving = self.services.ledger.commit_aside([fact], "anna")
        self.until(saving.done)
        return sha256

    def look_at(self, sha256: str) -> EvidenceView:
        tracing = self.services.tracing
        assert isinstance(tracing, Tracing)
        view = open_evidence(self.services, self.window.look, self.window, tracing.trace_now(UNIT), sha256)
        self.qtbot.waitExposed(view)
        return view

    def touch(self, button: BigButton) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def viewer(qtbot: QtBot, tmp_path: Path) -> Iterator[Viewer]:
    post = QtPost()
    person = Viewer(qtbot, BenchStation(tmp_path / "station", post))
    person.sign_in()
    person.scan(UNIT)
    person.scan(HOUSING)
    yield person
    person.window.close()
    person.station.close()
    post.close()


def words(view: EvidenceView) -> str:
    return view.words.text().replace("\u200b", "")


def test_what_is_known_stands_beside_it(viewer: Viewer) -> None:
    sha256 = viewer.keep(MISSING, "Part missing: right bearing is not as in the reference picture.")
    view = viewer.look_at(sha256)
    viewer.until(lambda: view.left.picture.has_picture)
    for part in ("bench", "top", UNIT, sha256, "Part missing: right bearing", "1280 × 720 px", "here", "0.0124"):
        assert part in words(view), part
    assert not view.look_bar.compare.isEnabled(), "there is nothing to compare it with"
    viewer.key(Qt.Key.Key_Escape)
    assert not view.isVisible()


def test_two_are_compared_with_one_zoom(viewer: Viewer) -> None:
    first, second = viewer.keep(GOOD), viewer.keep(MISSING, "Part missing: right bearing.")
    view = viewer.look_at(first)
    viewer.touch(view.look_bar.compare)
    viewer.until(lambda: view.left.picture.has_picture and view.right.picture.has_picture)
    assert (view.left.shown, view.right.shown) != (None, None)
    assert view.right.shown is not None and view.right.shown.sha256 == second
    view.left.picture.setFocus()
    viewer.key(Qt.Key.Key_Plus)
    viewer.key(Qt.Key.Key_Left)
    assert view.right.picture.zoom == view.left.picture.zoom > 1
    view.right.picture.zoom_by(2.0, QPointF(10, 10))
    assert view.left.picture.zoom == view.right.picture.zoom
    left, right = (pane.picture.picture_rect() for pane in (view.left, view.right))
    assert abs(left.left() - right.left()) < 2, "the same place"
    viewer.key(Qt.Key.Key_Escape)
    assert view.isVisible() and not view.right.isVisible(), "Esc ends comparing first"
    viewer.touch(view.look_bar.after)
    assert view.picture.sha256 == second


def test_the_hash_is_computed_anew_and_a_changed_byte_is_told(viewer: Viewer) -> None:
    sha256 = viewer.keep(GOOD)
    view = viewer.look_at(sha256)
    viewer.touch(view.look_bar.check)
    viewer.until(lambda: "unchanged, this station's file" in words(view))
    path = viewer.station.evidence.path(sha256)
    path.write_bytes(GOOD[:-3] + b"\x00" + GOOD[-2:])
    viewer.touch(view.look_bar.check)
    viewer.until(lambda: "was changed or damaged" in words(view))
    path.unlink()
    viewer.touch(view.look_bar.check)
    viewer.until(lambda: "not at this station" in words(view))


def test_marks_are_drawn_on_a_copy_and_the_original_stays(viewer: Viewer) -> None:
    sha256 = viewer.keep(GOOD)
    view = viewer.look_at(sha256)
    copied: list[bool] = []
    view.copied.connect(lambda: copied.append(True))
    viewer.until(lambda: view.left.picture.has_picture)
    viewer.touch(view.look_bar.draw)
    assert not view.draw_bar.save.isEnabled()
    picture = view.left.picture
    middle = picture.picture_rect().center().toPoint()
    QTest.mousePress(picture, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(picture, middle + QPoint(60, 40))
    QTest.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 40))
    viewer.touch(view.draw_bar.tools["text"])
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=middle)
    assert "Type the text first" in view.banner.accessibleName()
    view.draw_bar.text.setText("scratch")
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=middle - QPoint(90, 60))
    viewer.touch(view.draw_bar.tools["circle"])
    picture.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        viewer.key(key)
    viewer.touch(view.draw_bar.save)
    viewer.until(lambda: copied)
    assert not view.is_drawing and "The original is unchanged" in view.banner.accessibleName()
    rows = [row for row in viewer.station.journal.all_rows(REC) if row.kind == EvidenceDerived.kind]
    (fact,) = (decode_body(row.kind, row.body) for row in rows)
    assert isinstance(fact, EvidenceDerived) and (fact.original_sha256, fact.serial) == (sha256, UNIT)
    assert [line.split(" ")[0] for line in fact.overlay[-3:]] == ["arrow", "text", "circle"]
    assert UNIT in fact.overlay and "scratch" in fact.overlay[-2]
    copy = viewer.station.evidence.read(fact.sha256)
    assert original_sha256(copy) == sha256 and (fact.size_bytes, fact.width_px) == (len(copy), 1280)
    assert viewer.station.evidence.read(sha256) == GOOD
    assert fact.sha256 in [blob.sha256 for blob in viewer.station.journal.blobs(BlobState.WAITING)]
    shown = viewer.services.tracing.trace_now(UNIT).pictures
    assert [picture.original_sha256 for picture in shown] == ["", sha256]


def test_nobody_signed_in_draws_nothing(viewer: Viewer) -> None:
    view = viewer.look_at(viewer.keep(GOOD))
    viewer.until(lambda: view.left.picture.has_picture)
    view.draw()
    view._draw_marks(())
    view.save_copy()
    assert "Draw something first" in view.banner.accessibleName()
    viewer.services.ledger.person = None
    view.save_copy()
    assert "Sign in first" in view.banner.accessibleName()


def test_a_kept_photo_is_opened_from_its_card(viewer: Viewer) -> None:
    """Also when it was refused; a picture that is only live is not."""
    sha256 = viewer.keep(MISSING, "Part missing: right bearing.")
    check = PhotoCheck(id="photo", title="Photo", camera="bench")
    look, pictures = viewer.window.look, PictureStore(viewer.services)
    context = CardContext(viewer.services, look, pictures, UNIT, True, lambda: None, lambda: None)
    photo = PhotoView(check, context)
    card = photo.card
    assert isinstance(card, PhotoCard)
    card.setParent(viewer.window)
    card.show()
    photo.update(CheckProgress(check), False, False)
    QTest.mouseClick(card.picture, Qt.MouseButton.LeftButton)
    photo.update(CheckProgress(check, Mark.FAILED, rec_id="r1", evidence_sha256=sha256), False, False)
    viewer.until(lambda: card.picture.has_picture)
    QTest.mouseClick(card.picture, Qt.MouseButton.LeftButton)
    viewer.until(lambda: viewer.window.findChildren(EvidenceView))
    (view,) = viewer.window.findChildren(EvidenceView)
    assert view.picture.sha256 == sha256
    viewer.until(lambda: view.left.picture.has_picture)
    viewer.touch(view.look_bar.back)
    assert not view.isVisible()


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (_png(60_000, 60_000), "60000 x 60000 pixels"),
        (GOOD[: len(GOOD) // 2], "truncated"),
        (GOOD + b"PK\x03\x04 an archive", "not only a picture"),
        (GOOD[:20] + b"%PDF-1.7" + GOOD[28:], "damaged"),
        (b"<svg/>", "not a picture"),
        (b"", "no bytes"),
        (_png(40, 40), "cannot be decoded"),
    ],
    ids=["60000", "truncated", "polyglot", "damaged", "svg", "empty", "few rows"],
)
def test_what_is_no_sound_picture_is_refused_and_the_rest_stays(viewer: Viewer, content: bytes, why: str) -> None:
    sound, sha256 = viewer.keep(GOOD), viewer.keep(content)
    view = viewer.look_at(sha256)
    viewer.until(lambda: why in view.left.picture.accessibleName())
    assert "This picture is not shown." in view.left.picture.accessibleName()
    assert not view.left.picture.has_picture
    viewer.touch(view.look_bar.check)
    viewer.until(lambda: "unchanged" in words(view))
    assert hashlib.sha256(content).hexdigest() in words(view)
    viewer.touch(view.look_bar.before)
    viewer.until(lambda: view.left.picture.has_picture)
    assert view.picture.sha256 == sound
