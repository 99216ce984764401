"""How this station's windows look and speak: theme, millimetres and language in one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QScreen

from widgets import theme

THEMES: Final = {"light": theme.LIGHT, "dark": theme.DARK}


@dataclass(frozen=True)
class Look(theme.Look):
    """What every page and widget is built with. It *is* a widgets' Look, so it is handed on as it is.

    ``language`` is the station's ("en", "de"): instructions are shown in it where they have it. Captions of pages and
    widgets go through Qt's translation (``self.tr``).
    """

    language: str = "en"


def station_look(theme_name: str, language: str, screen: QScreen, px_per_mm: float | None = None) -> Look:
    """The look of a station on a screen. ``px_per_mm`` is the calibrated density, None to take what the screen says."""
    return Look(THEMES[theme_name], theme.screen_metrics(screen, px_per_mm), language)


def sized_look(theme_name: str, language: str, width_px: int, height_px: int, px_per_mm: float = 96 / 25.4) -> Look:
    """The look for a window of that size, for drawing without a screen."""
    return Look(THEMES[theme_name], theme.Metrics.fitted(px_per_mm, width_px, height_px), language)
