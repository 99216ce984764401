"""The text of a step: whatever stands in its Markdown, nothing is carried out, loaded or opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from widgets.instruction_view import MarkdownText
from widgets.theme import Look

RED = QColor(255, 0, 0)


@pytest.fixture
def text(look: Look, qtbot: QtBot) -> MarkdownText:
    shown = MarkdownText(look)
    qtbot.addWidget(shown)
    shown.resize(600, 400)
    return shown


def is_red(text: MarkdownText) -> bool:
    image = text.grab().toImage()
    return any(image.pixelColor(x, y) == RED for x in range(0, 600, 5) for y in range(0, 400, 5))


def test_html_and_scripts_are_shown_as_text(text: MarkdownText) -> None:
    text.set_markdown(
        "Press <b onclick='x()'>hard</b>\n\n<script>alert(1)</script>\n\n<iframe src='file:///etc'></iframe>"
    )
    plain = text.plain_text()
    for written in ("<b onclick='x()'>hard</b>", "<script>alert(1)</script>", "<iframe src='file:///etc'></iframe>"):
        assert written in plain


def test_pictures_in_the_text_are_not_loaded(text: MarkdownText, tmp_path: Path) -> None:
    picture = QImage(300, 300, QImage.Format.Format_RGB32)
    picture.fill(RED)
    file = tmp_path / "red.png"
    assert picture.save(str(file))
    for source in (file.as_uri(), file.as_posix(), f"<{file.as_posix()}>"):
        for form in ("![the seat]({})", "!![the seat]({})", "\\\\![the seat]({})", "![the seat][1]\n\n[1]: {}\n"):
            text.set_markdown("Look: " + form.format(source))
            assert not is_red(text), form
            assert "the seat" in text.plain_text(), "what it would show is said"
            assert "\N{OBJECT REPLACEMENT CHARACTER}" not in text.plain_text()


def test_links_are_words(text: MarkdownText) -> None:
    text.set_markdown("See [the manual](javascript:alert(1)) or <https://example.com>.")
    assert text.plain_text() == "See the manual or https://example.com."


def test_a_circled_number_keeps_its_edge_in_the_first_and_in_the_last_line(look: Look, qtbot: QtBot) -> None:
    text = MarkdownText(look)
    qtbot.addWidget(text)
    text.set_markdown("Hold the gauge \u2461 straight \u2460.")
    text.resize(700, text.heightForWidth(700))
    image = text.grab().toImage()
    paper = image.pixelColor(image.width() - 1, 0)
    for row in (0, image.height() - 1):
        cut = [x for x in range(image.width()) if image.pixelColor(x, row) != paper]
        assert cut == [], "ink at the edge: a circle is cut off"
