"""Films and documents in the editor: seen where they are edited, and leafed through and played in the preview."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from station_app.domain.media import Callout, Picture, Region
from station_app.domain.work_master import Parameter, Variant
from station_app.ui.authoring import edits
from station_app.ui.authoring.places import MEDIA, TEXT
from station_app.ui.authoring.text_panel import TextPanel
from tests.author_bench import Author, Begin, opened
from tests.unit.ui.test_pictures import pdf
from tests.unit.ui.test_step_media import film
from widgets.media_panel import MediaPanel


def preview_media(author: Author) -> MediaPanel:
    """The media of the preview, as at the station."""
    preview = author.page.preview
    preview.draw()
    assert preview.view is not None
    return preview.view.instruction.media


def pictures(author: Author) -> tuple[Picture, ...]:
    return author.page.model.work_master.steps[0].pictures


def test_a_document_is_turned_in_its_form_and_in_the_preview(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.page.show_part(MEDIA)
    (tmp_path / "manual.pdf").write_bytes(pdf(3))
    author.media.take(tmp_path / "manual.pdf")
    author.until(author.media.page_buttons[1].isEnabled)
    author.click(author.media.page_buttons[1])
    author.settled()
    assert pictures(author)[1].page == 2 and author.media.pages.text() == "of 3"
    author.fill(author.media.page, "4")
    assert "from 1 to 3" in author.media.page.fault.text() and pictures(author)[1].page == 2
    author.page.show_part(TEXT)
    author.page.show_part(MEDIA)
    assert author.media.page.text() == "4", "what was typed stands there again"
    author.click(author.media.page_buttons[1])
    assert pictures(author)[1].page == 3 and author.media.page.fault.text() == ""
    media = preview_media(author)
    QTest.mouseClick(media.strip.thumbnails[1], Qt.MouseButton.LeftButton)
    author.until(media.page_buttons[0].isVisible)
    QTest.mouseClick(media.page_buttons[0], Qt.MouseButton.LeftButton)
    author.until(lambda: author.page.preview.view is not None and author.page.preview.view.media.page == 2)
    panel = author.page.panels[TEXT]
    assert isinstance(panel, TextPanel)
    author.page.show_part(TEXT)
    QTest.keyClicks(panel.text, "more ")
    author.page.preview.draw()
    view = author.page.preview.view
    assert view is not None and view.media.page == 2 and media.index == 1, "typing leaves the preview at its page"


@pytest.mark.qt_log_ignore("multimedia|RHI|media", extend=True)
def test_a_film_shows_its_first_picture_and_plays_in_the_preview(begin: Begin, tmp_path: Path) -> None:
    from widgets.video_view import VideoView

    author = opened(begin, tmp_path)
    film(tmp_path)
    author.page.show_part(MEDIA)
    author.media.take(tmp_path / "film.webm")
    author.until(lambda: author.media.stage.video is not None and author.media.stage.video.has_frame)
    video = author.media.stage.video
    assert video is not None
    author.until(lambda: not video.is_playing)
    assert author.media.stage.currentWidget() is video and not author.media.callout_button.isEnabled()
    QTest.mouseClick(video, Qt.MouseButton.LeftButton)
    assert video.is_playing
    media = preview_media(author)
    QTest.mouseClick(media.strip.thumbnails[1], Qt.MouseButton.LeftButton)
    view = author.page.preview.view
    assert view is not None
    (playing,) = view.findChildren(VideoView)
    author.until(lambda: playing.has_frame and playing.is_playing)
    QTest.mouseClick(playing, Qt.MouseButton.LeftButton)
    assert not playing.is_playing
    author.media._choose(0)
    assert author.media.stage.currentWidget() is author.media.canvas and not video.is_playing


def test_marks_show_the_values_of_the_product_that_is_chosen(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    page = author.page
    before = page.model.work_master
    marked = edits.replace(
        before.steps[0].pictures[0],
        callouts=(Callout("1", 0.5, 0.5, "{force} kN", translations={"de": "{force} kN drücken"}),),
        regions=(Region(0.1, 0.1, 0.2, 0.2, "up to {force}"),),
    )
    after = edits.change_picture(before, 0, 0, marked)
    values = (("a", "GX-40", "12"), ("b", "GX-50", "15"))
    after = edits.replace(
        after,
        parameters=(Parameter(name="force"),),
        variants=tuple(Variant(id=key, product=product, values={"force": force}) for key, product, force in values),
    )
    page.model.apply("Marks", after)
    media = preview_media(author)
    author.until(lambda: [c.text for c in media.picture.callouts] == ["12 kN"])
    assert [region.text for region in media.picture.regions] == ["up to 12"]
    page.shown.product.setCurrentIndex(1)
    page.shown.product.activated.emit(1)
    author.until(lambda: [c.text for c in preview_media(author).picture.callouts] == ["15 kN"])
    author.checked()
    assert author.faults() == []
    page.model.apply("Typo", edits.change_picture(after, 0, 0, edits.replace(marked, regions=(
        Region(0.1, 0.1, 0.2, 0.2, "{farce}"),
    ))))  # fmt: skip
    author.checked()
    assert any("{farce}, which is no parameter" in fault for fault in author.faults())
