"""Gaps that several curves share are one region, and its stripes stay where they are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from pytestqt.qtbot import QtBot

from widgets.trend_gaps import gap_regions, paint_hatch
from widgets.trend_series import Gap

SPACING_PX = 9


def hatched(area: QRectF, anchor_px: float) -> QImage:
    image = QImage(120, 80, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_hatch(painter, area, QPen(QColor("black"), 1), SPACING_PX, anchor_px)
    painter.end()
    return image


def test_gaps_of_one_device_are_one_region_with_its_reason_once() -> None:
    lost = [Gap(10.0, 20.0, "lost"), Gap(10.02, 20.1, "lost"), Gap(40.0, None, "lost")]
    assert gap_regions(lost) == [Gap(10.0, 20.1, "lost"), Gap(40.0, None, "lost")]


def test_different_reasons_of_one_region_are_all_told() -> None:
    (region,) = gap_regions([Gap(12.0, 14.0, "range"), Gap(10.0, None, "lost"), Gap(13.0, 15.0, "lost")])
    assert region == Gap(10.0, None, "lost · range")


def test_no_gap_is_no_region() -> None:
    assert gap_regions([]) == []


@pytest.mark.parametrize("anchor_px", [4.0, 4.0 - 50 * SPACING_PX, 4.0 + 7 * SPACING_PX])
def test_stripes_do_not_depend_on_how_far_away_their_anchor_is(qtbot: QtBot, anchor_px: float) -> None:
    area = QRectF(10, 5, 100, 70)
    assert hatched(area, anchor_px) == hatched(area, 4.0)
    assert hatched(area, anchor_px) != hatched(area, 8.0)


def test_every_part_of_the_area_is_hatched_and_nothing_else(qtbot: QtBot) -> None:
    image = hatched(QRectF(20, 10, 90, 60), 20.0)
    blank = QColor("white").rgb()
    for x, y in ((20, 10), (20, 61), (101, 10), (101, 61), (60, 40)):
        square = {image.pixel(x + i, y + j) for i in range(SPACING_PX) for j in range(SPACING_PX)}
        assert len(square) > 1, f"no stripe at {x}, {y}"
    outside = [(x, y) for x in range(120) for y in range(80) if not (20 <= x < 110 and 10 <= y < 70)]
    assert {image.pixel(x, y) for x, y in outside} == {blank}
