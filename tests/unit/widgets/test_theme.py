"""Millimetres, contrast and tabular figures."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QApplication

from widgets.theme import (
    CAPITAL_SMALL_MM,
    DARK,
    LIGHT,
    SMALLEST_PX_PER_MM,
    Look,
    Metrics,
    Theme,
    screen_metrics,
    stylesheet,
)


def contrast(first: str, second: str) -> float:
    def luminance(name: str) -> float:
        parts = []
        for value in (QColor(name).redF(), QColor(name).greenF(), QColor(name).blueF()):
            parts.append(value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4)
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_texts_can_be_read_on_their_backgrounds(theme: Theme) -> None:
    pairs = [(theme.text, theme.card), (theme.second, theme.bar), (theme.on_primary, theme.primary)]
    pairs += [(theme.on_alarm, theme.alarm), (theme.alarm, theme.card), (theme.on_warning, theme.warning)]
    pairs += [
        (theme.muted, theme.card),
        (theme.second, theme.page),
        *((pen, theme.card) for pen in theme.pens),
    ]
    too_faint = [(a, b, round(contrast(a, b), 2)) for a, b in pairs if contrast(a, b) < 4.5]
    assert too_faint == []


def test_a_true_density_is_used_where_the_layout_fits() -> None:
    assert Metrics.fitted(3.67, 1920, 1080).mm(25) == 92
    assert Metrics.fitted(7.2, 3840, 2160).px_per_mm == 7.2


def test_a_small_window_shrinks_everything_in_proportion() -> None:
    small = Metrics.fitted(5.0, 1280, 800)
    assert small.mm(470) <= 1281
    assert small.mm(294) <= 801
    assert Metrics.fitted(5.0, 300, 200).px_per_mm == SMALLEST_PX_PER_MM


def test_a_wall_screen_is_drawn_larger_until_the_layout_fits() -> None:
    near, far = Metrics.fitted(1.58, 1920, 1080), Metrics.fitted(1.58, 1920, 1080, reading_distance_m=4)
    assert near.px_per_mm == SMALLEST_PX_PER_MM
    assert 3.6 < far.px_per_mm < 3.7


def test_capitals_have_the_height_that_was_asked_for(look: Look) -> None:
    for capital_mm in (3.3, 4.4, 12.0):
        measured = QFontMetricsF(look.font(capital_mm)).capHeight() / look.metrics.px_per_mm
        assert measured == pytest.approx(capital_mm, rel=0.06)
    assert CAPITAL_SMALL_MM >= 3.3


def test_figures_are_tabular(look: Look) -> None:
    metrics = QFontMetricsF(look.bold())
    assert metrics.horizontalAdvance("111.11") == pytest.approx(metrics.horizontalAdvance("088.80"))


def test_a_screen_that_reports_nonsense_is_taken_for_a_usual_monitor(qapp: QApplication) -> None:
    screen = qapp.primaryScreen()
    assert 1 < screen_metrics(screen).px_per_mm < 10
    calibrated = screen_metrics(screen, calibration=3.2).px_per_mm
    fits = min(screen.geometry().width() / 470, screen.geometry().height() / 294)
    assert calibrated == pytest.approx(min(3.2, max(SMALLEST_PX_PER_MM, fits)))


def test_wrong_values_are_refused_with_their_name() -> None:
    with pytest.raises(ValueError, match="px_per_mm is 0"):
        Metrics(0)
    with pytest.raises(ValueError, match="alarm is 'reddish'"):
        dataclasses.replace(LIGHT, alarm="reddish")


def test_the_style_sheet_names_the_focus_colour_and_no_font_size() -> None:
    sheet = stylesheet(LIGHT, Metrics(3.67))
    assert LIGHT.primary in sheet
    assert "font" not in sheet
