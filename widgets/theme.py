"""Colours, millimetres and fonts: everything that decides how the widgets look, as plain values.

A `Look` (theme + metrics) is handed to every widget when it is built. Sizes are written in millimetres and
become pixels through `Metrics`, so a gloved hand meets a 25 mm button on every screen whose density is known.

A screen can be too small for the true sizes: on a 12 inch panel of 1280x800 a 20 mm button is 99 px high
and nothing else fits. `Metrics.fitted` therefore shrinks everything in proportion until the reference
layout (470 x 294 mm, a 24 inch monitor) fits, and never below the density where text stops being legible.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from PySide6.QtGui import QColor, QFont, QScreen

REFERENCE_WIDTH_MM: Final = 470.0
REFERENCE_HEIGHT_MM: Final = 294.0
SMALLEST_PX_PER_MM: Final = 2.2
"""Below this the body text's capitals are under 10 px and no longer readable."""
READING_DISTANCE_M: Final = 0.7
CAPITAL_PER_FONT_PX: Final = 0.727
"""Height of a capital letter as a part of the font's pixel size (Inter 4)."""

CAPITAL_SMALL_MM: Final = 3.3
CAPITAL_NOTE_MM: Final = 3.8
CAPITAL_BODY_MM: Final = 4.4
CAPITAL_TITLE_MM: Final = 5.0
CAPITAL_HEADING_MM: Final = 7.0
CAPITAL_FIGURE_MM: Final = 12.0

TARGET_MM: Final = 20.0
FREQUENT_TARGET_MM: Final = 25.0
GAP_MM: Final = 4.0

FONT_FAMILIES: Final = ("Inter", "Segoe UI", "Noto Sans")


@dataclass(frozen=True)
class Theme:
    """The palette, as `#RRGGBB` texts. Alarm and warning colours are only for things somebody must act on."""

    name: str
    page: str
    bar: str
    card: str
    line: str
    strong_line: str
    text: str
    second: str
    muted: str
    primary: str
    on_primary: str
    selected: str
    running: str
    track: str
    limits: str
    limits_band: str
    alarm: str
    on_alarm: str
    warning: str
    on_warning: str
    disabled: str
    on_disabled: str
    pens: tuple[str, ...]

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            for text in value if isinstance(value, tuple) else (value,):
                if field.name != "name" and not QColor.isValidColorName(text):
                    raise ValueError(f"theme {self.name!r}: {field.name} is {text!r}; write it as #RRGGBB")


LIGHT: Final = Theme(
    name="light",
    page="#E6E8EB",
    bar="#F5F6F7",
    card="#FFFFFF",
    line="#D3D8DE",
    strong_line="#9AA5B1",
    text="#1F2933",
    second="#52606D",
    muted="#6B7783",
    primary="#2F4B6E",
    on_primary="#FFFFFF",
    selected="#DCE3EB",
    running="#5B7083",
    track="#DCE0E5",
    limits="#A9B8C6",
    limits_band="#E9EEF2",
    alarm="#B3261E",
    on_alarm="#FFFFFF",
    warning="#E0A100",
    on_warning="#1F2933",
    disabled="#D9DDE3",
    on_disabled="#6B7783",
    pens=("#2F4B6E", "#9A5B1E", "#0F7F86", "#7B4B9E", "#4D4D4D", "#B0507A"),
)

DARK: Final = Theme(
    name="dark",
    page="#14191F",
    bar="#1B222A",
    card="#222A33",
    line="#36414D",
    strong_line="#61707F",
    text="#E4E9EE",
    second="#B3BFCA",
    muted="#8E9BA8",
    primary="#6F9CCB",
    on_primary="#0E141A",
    selected="#33475C",
    running="#7E97AD",
    track="#35404B",
    limits="#5F7386",
    limits_band="#2B3641",
    alarm="#FF7B70",
    on_alarm="#1A0A08",
    warning="#F0B93A",
    on_warning="#1A1405",
    disabled="#2B343E",
    on_disabled="#8491A0",
    pens=("#7FB0E6", "#E0A060", "#4CC3C9", "#C49BE8", "#C9C9C9", "#F093B8"),
)


@dataclass(frozen=True)
class Metrics:
    """Turns millimetres into pixels for one screen. `px_per_mm` is in logical (device independent) pixels."""

    px_per_mm: float

    def __post_init__(self) -> None:
        if not 0.5 <= self.px_per_mm <= 60:
            raise ValueError(f"px_per_mm is {self.px_per_mm}; a screen has between 0.5 and 60 pixels a millimetre")

    @classmethod
    def fitted(
        cls,
        px_per_mm: float,
        width_px: int,
        height_px: int,
        reading_distance_m: float = READING_DISTANCE_M,
    ) -> Metrics:
        """Metrics for a window of this size on a screen of this density.

        The true density is used where the reference layout fits; a smaller window shrinks everything in
        proportion. A screen read from further away than 0.7 m is drawn larger by the same factor, again only
        as far as the layout fits.
        """
        fits = min(width_px / REFERENCE_WIDTH_MM, height_px / REFERENCE_HEIGHT_MM)
        wanted = px_per_mm * reading_distance_m / READING_DISTANCE_M
        return cls(max(SMALLEST_PX_PER_MM, min(wanted, fits)))

    def mm(self, value_mm: float) -> int:
        """Pixels for a length in millimetres; at least 1 px for anything above zero."""
        return max(1, round(value_mm * self.px_per_mm)) if value_mm > 0 else 0

    def capital_px(self, capital_mm: float) -> int:
        """The font's pixel size whose capital letters are `capital_mm` high."""
        return max(7, round(capital_mm * self.px_per_mm / CAPITAL_PER_FONT_PX))


@dataclass(frozen=True)
class Look:
    """Theme and metrics together: the one value that every widget is built with."""

    theme: Theme
    metrics: Metrics

    def mm(self, value_mm: float) -> int:
        """Pixels for a length in millimetres."""
        return self.metrics.mm(value_mm)

    def font(self, capital_mm: float = CAPITAL_BODY_MM, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """A font with tabular figures whose capitals are `capital_mm` high."""
        font = QFont()
        font.setFamilies(list(FONT_FAMILIES))
        font.setPixelSize(self.metrics.capital_px(capital_mm))
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def bold(self, capital_mm: float = CAPITAL_BODY_MM) -> QFont:
        """The same font, semi-bold: the weight used for everything that must stand out."""
        return self.font(capital_mm, QFont.Weight.DemiBold)

    def color(self, name: str) -> QColor:
        """A palette colour by its name in `Theme`, for example ``color("muted")``."""
        return QColor(getattr(self.theme, name))


def screen_metrics(
    screen: QScreen, calibration: float | None = None, reading_distance_m: float = READING_DISTANCE_M
) -> Metrics:
    """Metrics for a whole screen.

    `calibration` is the density in px/mm that somebody measured with a ruler; without it the size that the
    screen reports is used. Screens that report nonsense (projectors, virtual and remote screens report 0 mm
    or a density no monitor has) are taken for a 24 inch full-HD monitor.
    """
    geometry = screen.geometry()
    if calibration is not None:
        density = calibration
    else:
        width_mm = screen.physicalSize().width()
        density = geometry.width() / width_mm if width_mm > 0 else 0.0
        if not 1.2 <= density <= 16 or width_mm < 150:
            density = 3.67
    return Metrics.fitted(density, geometry.width(), geometry.height(), reading_distance_m)


def stylesheet(theme: Theme, metrics: Metrics) -> str:
    """The style sheet of a window: base colours, entry fields, scroll bars and the focus ring.

    It sets no font sizes: fonts come from `Look.font`, because a style sheet cannot ask for tabular figures.
    """
    radius, ring, bar = metrics.mm(1.6), max(2, metrics.mm(0.6)), metrics.mm(5)
    return f"""
        QWidget {{ color: {theme.text}; }}
        QMainWindow, QDialog, QWidget#page {{ background: {theme.page}; }}
        QLineEdit, QPlainTextEdit, QTextEdit {{
            background: {theme.card}; color: {theme.text}; border: {ring}px solid {theme.strong_line};
            border-radius: {radius}px; padding: {metrics.mm(1.5)}px {metrics.mm(3)}px;
            selection-background-color: {theme.primary}; selection-color: {theme.on_primary};
        }}
        QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border-color: {theme.primary}; }}
        QLineEdit:disabled {{ background: {theme.disabled}; color: {theme.on_disabled}; }}
        QScrollArea, QListView {{ background: transparent; border: none; outline: none; }}
        QScrollBar:vertical {{ background: transparent; width: {bar}px; margin: 0; }}
        QScrollBar::handle:vertical {{
            background: {theme.strong_line}; border-radius: {bar // 4}px; min-height: {metrics.mm(15)}px;
            margin: 0 {bar // 4}px;
        }}
        QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
        QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
        QToolTip {{ background: {theme.card}; color: {theme.text}; border: 1px solid {theme.line}; }}
    """
