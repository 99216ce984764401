"""The picture rules of a photo check by mouse and keys: reference picture, parts drawn on it, markers, and what is refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage

from drivers.vision.geometry import Shown, shown_part
from drivers.vision.jpeg import decode
from station_app.app.cameras import judge_picture, markers_in
from station_app.domain.checks import PhotoCheck
from station_app.domain.rules import Refusal
from station_app.domain.view import Crop, ViewSettings
from station_app.services.pictures import Demands
from station_app.storage.instructions.folder import read_work_master_folder
from station_app.ui.authoring.media_images import as_shown
from station_app.ui.authoring.photo_form import PhotoForm
from tests.author_bench import Author, Begin, opened

WIDTH, HEIGHT = 960, 640


def bench_picture(*, bearing: bool = True) -> bytes:
    """A photo of a bench: two markers, a housing, and a bearing where it is there."""
    noise = np.random.default_rng(7).integers(120, 160, (HEIGHT, WIDTH, 3), np.uint8)
    image = cv2.GaussianBlur(noise, (5, 5), 0)
    cv2.rectangle(image, (250, 150), (720, 520), (90, 90, 90), -1)
    if bearing:
        for radius, shade in ((90, 220), (60, 60), (35, 230)):
            cv2.circle(image, (480, 330), radius, (shade, shade, shade), -1)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_5X5_100)
    for number, (x, y) in {3: (40, 40), 17: (820, 500)}.items():
        marker = cv2.aruco.generateImageMarker(dictionary, number, 100)
        image[y - 20 : y + 120, x - 20 : x + 120] = 255
        image[y : y + 100, x : x + 100] = cv2.cvtColor(marker, cv2.COLOR_GRAY2BGR)
    return bytes(cv2.imencode(".png", image)[1].tobytes())


@pytest.fixture
def author(begin: Begin, tmp_path: Path) -> Author:
    """At a new photo check."""
    found = opened(begin, tmp_path)
    found.add_check("Photo")
    found.fill(found.check_field("camera"), "bench")
    return found


def form(author: Author) -> PhotoForm:
    view = author.checks.form
    assert view is not None and view.photo is not None
    return view.photo


def check(author: Author) -> PhotoCheck:
    found = author.page.model.work_master.steps[0].checks[1]
    assert isinstance(found, PhotoCheck)
    return found


def drop(author: Author, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    form(author).dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))
    author.settled()


def draw_part(author: Author, begin: tuple[float, float], end: tuple[float, float]) -> None:
    canvas = form(author).canvas
    author.checks.area.ensureWidgetVisible(form(author))
    rect = canvas.picture_rect()

    def at(place: tuple[float, float]) -> QPointF:
        return QPointF(rect.left() + place[0] * rect.width(), rect.top() + place[1] * rect.height())

    author.click(form(author).part_button)
    author.drag(canvas, at(begin), at(end))


def test_the_station_judges_by_what_was_drawn_and_chosen(author: Author, tmp_path: Path) -> None:
    good = tmp_path / "good unit.png"
    good.write_bytes(bench_picture())
    drop(author, good)
    author.until(lambda: form(author).canvas.has_picture)
    assert "no effect yet" in form(author).fault.text()
    draw_part(author, (0.4, 0.36), (0.6, 0.67))
    form(author).parts.table.item(0, 0).setText("bearing")  # type: ignore[union-attr]  # the row is there
    author.check_field("markers.dictionary").box.setCurrentText("5X5 100")  # type: ignore[attr-defined]  # a choice
    author.check_field("markers.dictionary")._tell()  # a person's choice is told by the box
    author.fill(author.check_field("markers.size_mm"), "20")
    author.click(form(author).find_button)
    author.until(lambda: check(author).markers.places)
    author.checked()
    made = check(author)
    first, second = made.markers.places
    assert (first.id, second.id) == (3, 17)
    assert (first.x, first.y) == pytest.approx((90 / WIDTH, 90 / HEIGHT), abs=0.003)
    assert (second.x, second.y) == pytest.approx((870 / WIDTH, 550 / HEIGHT), abs=0.003)
    assert [part.name for part in made.parts] == ["bearing"] and author.faults() == []
    folder = tmp_path / "drafts" / "asm"
    read, media = read_work_master_folder(folder)
    written = read.steps[0].checks[1]
    assert isinstance(written, PhotoCheck) and written == made
    assert written.reference is not None
    demands = Demands(written.rules, reference=media[written.reference.sha256])
    assert judge_picture(bench_picture(), demands).faults == ()
    assert any("bearing" in fault for fault in judge_picture(bench_picture(bearing=False), demands).faults)


def test_parts_and_markers_are_moved_renumbered_and_removed_and_undone(author: Author, tmp_path: Path) -> None:
    good = tmp_path / "good.png"
    good.write_bytes(bench_picture())
    drop(author, good)
    author.until(lambda: form(author).canvas.has_picture)
    draw_part(author, (0.1, 0.1), (0.3, 0.3))
    draw_part(author, (0.5, 0.5), (0.7, 0.9))
    parts, markers = form(author).parts, form(author).markers
    author.click(markers.add_button)
    author.click(markers.add_button)
    assert [place.id for place in check(author).markers.places] == [0, 1]
    markers.table.item(1, 0).setText("49")  # type: ignore[union-attr]  # the row is there
    markers.table.item(1, 1).setText("12.5")  # type: ignore[union-attr]  # the row is there
    assert (check(author).markers.places[1].id, check(author).markers.places[1].x) == (49, 0.125)
    parts.table.setCurrentCell(1, 0)
    parts.move_row(-1)
    first, second = check(author).parts
    assert (first.name, second.name) == ("part 2", "part 1") and first.x == pytest.approx(0.5, abs=0.02)
    parts.remove_row()
    assert [part.name for part in check(author).parts] == ["part 1"]
    author.ctrl(Qt.Key.Key_Z)
    assert [part.name for part in check(author).parts] == ["part 2", "part 1"]
    author.click(form(author).remove_button)
    assert "compared with nothing" in form(author).fault.text()


def test_what_cannot_be_compared_or_read_is_refused_with_its_reason(author: Author, tmp_path: Path) -> None:
    drawing, broken = tmp_path / "drawing.svg", tmp_path / "broken.png"
    drawing.write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"/>')
    broken.write_bytes(bench_picture()[:500])
    drop(author, drawing)
    assert "drawing.svg is no photo" in form(author).fault.text()
    drop(author, broken)
    assert "broken.png was not taken" in author.message() and check(author).reference is None
    markers = form(author).markers
    author.click(markers.add_button)
    markers.table.item(0, 0).setText("50")  # type: ignore[union-attr]  # the row is there
    assert "from 0 to 49" in markers.fault.text() and check(author).markers.places[0].id == 0
    author.checked()
    assert any("50 50 50" in fault and "not taken" in fault for fault in author.faults())
    author.add_check("Confirm")
    author.checks._choose(1)
    assert form(author).markers.rows()[0][0] == "50" and "from 0 to 49" in form(author).markers.fault.text()
    form(author).markers.table.item(0, 0).setText("7")  # type: ignore[union-attr]  # the row is there
    assert check(author).markers.places[0].id == 7
    author.checked()
    assert not any("not taken" in fault for fault in author.faults())


@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_the_picture_is_drawn_on_as_the_station_will_look_at_it(rotation_deg: int) -> None:
    settings = ViewSettings(crop=Crop(0.25, 0.125, 0.5, 0.75), rotation_deg=rotation_deg)
    crop = settings.crop
    looked_at = shown_part(decode(bench_picture()), Shown(crop.x, crop.y, crop.width, crop.height, rotation_deg))
    drawn_on = as_shown(QImage.fromData(bench_picture()), settings).convertToFormat(QImage.Format.Format_BGR888)
    assert (drawn_on.height(), drawn_on.width()) == looked_at.shape[:2]
    pixels = np.frombuffer(drawn_on.constBits(), np.uint8).reshape(drawn_on.height(), drawn_on.bytesPerLine())
    assert np.array_equal(pixels[:, : drawn_on.width() * 3].reshape(looked_at.shape), looked_at)


def test_markers_are_found_where_they_are_in_the_view() -> None:
    (only,) = markers_in(bench_picture(), "5X5_100", ViewSettings(crop=Crop(0.5, 0.5, 0.5, 0.5), rotation_deg=180))
    across, down = (870 / WIDTH - 0.5) / 0.5, (550 / HEIGHT - 0.5) / 0.5
    assert only.id == 17 and (only.x, only.y) == pytest.approx((1 - across, 1 - down), abs=0.004)
    with pytest.raises(Refusal, match="No markers can be looked for"):
        markers_in(b"nonsense", "5X5_100", ViewSettings())
