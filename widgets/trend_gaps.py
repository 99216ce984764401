"""The gaps of a trend: where curves have one at the same time it is one region, hatched once, with the reasons below."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from widgets.trend_series import Gap

_COUNT_STEP: Final = 16
_JOINED_BY: Final = " · "


def gap_regions(gaps: Iterable[Gap]) -> list[Gap]:
    """The gaps of several curves as stretches that do not overlap, in time order; each reason is told once."""
    regions: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: gap.start_s):
        last = regions[-1] if regions else None
        if last is None or (last.end_s is not None and last.end_s < gap.start_s):
            regions.append(Gap(gap.start_s, gap.end_s, gap.reason))
            continue
        end_s = None if last.end_s is None or gap.end_s is None else max(last.end_s, gap.end_s)
        reasons = dict.fromkeys(part for part in (*last.reason.split(_JOINED_BY), gap.reason) if part)
        regions[-1] = Gap(last.start_s, end_s, _JOINED_BY.join(reasons))
    return regions


def paint_hatch(painter: QPainter, area: QRectF, pen: QPen, spacing_px: int, anchor_px: float) -> None:
    """Oblique stripes over `area`, `spacing_px` apart; one of them meets its upper edge at x = `anchor_px`.

    All stripes are one call, and kept from frame to frame: one call a stripe took more time than the curves. Lines, not a
    tile, so that they move by less than a pixel and are sharp on every screen.
    """
    painter.save()
    painter.setClipRect(area)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    first = area.left() - (area.left() - anchor_px) % spacing_px
    painter.translate(QPointF(first, area.top()))
    count = int((area.width() + area.height()) / spacing_px) + 2
    painter.drawLines(_stripes(-(-count // _COUNT_STEP) * _COUNT_STEP, area.height(), spacing_px))
    painter.restore()


@lru_cache(maxsize=32)
def _stripes(count: int, height_px: float, spacing_px: int) -> tuple[QLineF, ...]:
    return tuple(QLineF(n * spacing_px - height_px, height_px, n * spacing_px, 0.0) for n in range(count))
