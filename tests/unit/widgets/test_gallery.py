"""Every page of the gallery: names for all controls, nothing cut, pictures written."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.buttons import BigButton
from widgets.gallery.__main__ import PAGES, main
from widgets.text import Line
from widgets.theme import LIGHT, Look, Metrics, stylesheet

SIZES = [(1920, 1080), (1280, 800)]
# long step titles of the controls page are painted rows, not lines
CUT_ON_PURPOSE: set[str] = set()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", list(PAGES))
def test_every_control_has_a_name_and_every_text_is_whole(
    qapp: object, qtbot: QtBot, name: str, size: tuple[int, int]
) -> None:
    look = Look(LIGHT, Metrics.fitted(3.67, *size))
    page = PAGES[name](look)
    qtbot.addWidget(page)
    page.setStyleSheet(stylesheet(look.theme, look.metrics))
    page.resize(*size)
    page.show()
    qtbot.waitExposed(page)
    qtbot.wait(20)
    assert (page.width(), page.height()) == size, "the page needs more room than the window has"
    stops = [w for w in page.findChildren(QWidget) if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    nameless = [
        (type(w), w.parent(), w.objectName())
        for w in stops
        if not w.accessibleName() and w.objectName() != "qt_scrollarea_viewport"
    ]
    assert nameless == []
    lines = [line.text() for line in page.findChildren(Line) if line.isVisible() and line.is_shortened()]
    assert [text for text in lines if text not in CUT_ON_PURPOSE] == []
    assert [b.caption() for b in page.findChildren(BigButton) if b.isVisible() and b.is_shortened()] == []


def test_pictures_are_written_without_a_display(qapp: object, tmp_path: Path) -> None:
    assert main(["--offscreen", str(tmp_path), "--page", "cards"]) == 0
    written = sorted(path.name for path in tmp_path.iterdir())
    assert len(written) == 4
    image = QImage(str(tmp_path / "cards_1280x800_light.png"))
    assert (image.width(), image.height()) == (1280, 800)
