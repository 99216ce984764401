"""Pictures, callouts, instructions and the unit's history."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.buttons import BigButton
from widgets.gallery.samples import CALLOUTS, GEARBOX_SVG, INSTRUCTION
from widgets.gallery.states import record_sections
from widgets.instruction_view import InstructionView, MarkdownText
from widgets.media_strip import MediaItem
from widgets.picture_marks import wrapped_in_two
from widgets.picture_view import LARGEST_ZOOM, PictureView
from widgets.record_table import RecordTable
from widgets.theme import Look


@pytest.fixture
def picture(look: Look, qtbot: QtBot) -> PictureView:
    made = PictureView(look, "No picture for this step")
    qtbot.addWidget(made)
    made.resize(800, 600)
    return made


def test_without_a_picture_a_sentence_stands_there(picture: PictureView, tmp_path: Path) -> None:
    assert not picture.has_picture
    assert picture.accessibleName() == "No picture for this step"
    assert not picture.set_file(tmp_path / "missing.png")
    broken = tmp_path / "broken.svg"
    broken.write_bytes(b"<svg")
    assert not picture.set_file(broken)
    picture.grab()


def test_proportions_are_kept(picture: PictureView) -> None:
    picture.set_image(QImage(400, 100, QImage.Format.Format_RGB32), "a long part")
    rect = picture.picture_rect()
    assert rect.width() / rect.height() == pytest.approx(4)
    assert picture.rect().contains(rect.toAlignedRect())
    assert picture.accessibleName() == "a long part"
    picture.set_svg(GEARBOX_SVG, "gearbox")
    rect = picture.picture_rect()
    assert rect.width() / rect.height() == pytest.approx(1000 / 620)


def test_zoom_by_keys_stays_within_its_limits(picture: PictureView, qtbot: QtBot) -> None:
    picture.set_svg(GEARBOX_SVG)
    for _ in range(20):
        QTest.keyClick(picture, Qt.Key.Key_Plus)
    assert picture.zoom == LARGEST_ZOOM
    QTest.keyClick(picture, Qt.Key.Key_Right)
    QTest.keyClick(picture, Qt.Key.Key_0)
    assert picture.zoom == 1.0
    QTest.keyClick(picture, Qt.Key.Key_Minus)
    assert picture.zoom == 1.0


def test_the_point_under_the_fingers_stays_there(picture: PictureView) -> None:
    picture.set_image(QImage(800, 600, QImage.Format.Format_RGB32))
    at = QPointF(300, 200)

    def share() -> tuple[float, float]:
        rect = picture.picture_rect()
        return (at.x() - rect.left()) / rect.width(), (at.y() - rect.top()) / rect.height()

    before = share()
    picture.zoom_by(2.0, at)
    assert share() == pytest.approx(before, abs=0.01)


def test_callouts_are_drawn_inside_the_place(picture: PictureView, look: Look) -> None:
    picture.set_svg(GEARBOX_SVG)
    without = picture.grab().toImage()
    picture.set_callouts(CALLOUTS)
    image = picture.grab().toImage()
    assert image != without
    # nothing is drawn at the right edge: every label was moved inside
    edge = {image.pixelColor(picture.width() - 4, y).name() for y in range(100, 500)}
    assert edge == {QColor(look.theme.card).name()}


def test_markdown_is_set_and_html_is_only_text(look: Look, qtbot: QtBot) -> None:
    text = MarkdownText(look)
    qtbot.addWidget(text)
    text.set_markdown("Press **hard**.\n\n- one\n- two\n\n<img src='file:///etc/passwd'><script>x</script>")
    assert text.plain_text().startswith("Press hard.")
    assert "one" in text.plain_text()
    assert "<script>" in text.plain_text()
    assert text.heightForWidth(200) > text.heightForWidth(900)


def test_paragraphs_stand_apart(look: Look, qtbot: QtBot) -> None:
    text = MarkdownText(look)
    qtbot.addWidget(text)
    text.set_markdown("One.\nTwo.")
    together = text.heightForWidth(900)
    text.set_markdown("One.\n\nTwo.")
    line = together
    assert text.heightForWidth(900) > 2.4 * line
    text.set_markdown("")
    text.heightForWidth(900)


def test_a_callout_takes_two_lines_before_it_moves(look: Look) -> None:
    font = look.font()
    text = "Bearing 6204, marking up"
    assert wrapped_in_two(text, font, 10_000) == (text,)
    assert wrapped_in_two(text, font, 200) == ("Bearing 6204,", "marking up")
    assert wrapped_in_two("Ram", font, 1) == ("Ram",)


def test_a_long_instruction_leaves_room_for_its_picture(look: Look, qtbot: QtBot) -> None:
    view = InstructionView(look)
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    view.set_instruction("4", "Press the bearing", INSTRUCTION)
    assert view.heading() == "4  Press the bearing"
    assert "marking up" in view.body_text()
    view.set_instruction("4", "Press the bearing", "A sentence that goes on. " * 200)
    qtbot.waitUntil(lambda: view.picture.height() > 300)


def test_a_step_without_a_picture_has_no_empty_frame(look: Look, qtbot: QtBot) -> None:
    view = InstructionView(look)
    qtbot.addWidget(view)
    view.resize(900, 700)
    view.show()
    view.set_instruction("12", "Cap the shaft", "A sentence that goes on. " * 40)
    view.media.set_items([])
    qtbot.waitUntil(lambda: not view.picture.isVisible())
    body = next(part for part in view.findChildren(MarkdownText) if part.plain_text())
    qtbot.waitUntil(lambda: body.mapTo(view, body.rect().topLeft()).y() < 150)
    assert body.visibleRegion().boundingRect().height() >= body.heightForWidth(body.width()) - 4, "all of it is seen"
    view.media.set_items([MediaItem("Cap")])
    qtbot.waitUntil(lambda: view.picture.isVisible() and view.picture.height() > 300)


def test_the_history_is_readable_line_by_line(look: Look, qtbot: QtBot) -> None:
    table = RecordTable(look, "Scan a serial number.", "not here yet")
    qtbot.addWidget(table)
    table.resize(1200, 800)
    table.show()
    assert table.accessibleName() == "Scan a serial number."
    table.set_sections(record_sections())
    assert "Press force: 14.86 kN 11.0 to 14.0" in table.text()
    table.grab()


def test_links_and_thumbnails_lead_on(look: Look, qtbot: QtBot) -> None:
    table = RecordTable(look, "Scan a serial number.", "not here yet")
    qtbot.addWidget(table)
    table.resize(1200, 800)
    table.set_sections(record_sections())
    table.show()
    (lot,) = [b for b in table.findChildren(BigButton) if b.caption() == "Lot L25-0881"]
    with qtbot.waitSignal(table.link_opened) as opened:
        QTest.keyClick(lot, Qt.Key.Key_Return)
    assert opened.args == ["lot:L25-0881"]
    thumbnail = table.findChildren(PictureView)[0]
    with qtbot.waitSignal(table.picture_opened) as shown:
        QTest.mouseClick(thumbnail, Qt.MouseButton.LeftButton)
    assert shown.args == ["p1"]
    with qtbot.waitSignal(table.picture_opened):
        QTest.keyClick(thumbnail, Qt.Key.Key_Space)
    table.scroll_to_section(3)


def test_buttons_zoom_for_hands_that_cannot_pinch(picture: PictureView, look: Look) -> None:
    picture.add_zoom_buttons("Larger", "Smaller", "Whole picture")
    larger, smaller, whole = picture.findChildren(BigButton)
    picture.show()
    assert not larger.isVisible()
    picture.set_svg(GEARBOX_SVG)
    assert larger.isVisible()
    assert [b.accessibleName() for b in (larger, smaller, whole)] == ["Larger", "Smaller", "Whole picture"]
    assert picture.rect().contains(whole.geometry())
    assert not any(b.is_shortened() for b in (larger, smaller, whole))
    larger.click()
    larger.click()
    smaller.click()
    assert picture.zoom == pytest.approx(1.5)
    whole.click()
    assert picture.zoom == 1.0
