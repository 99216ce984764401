"""Widths of texts are remembered, but never for another font; a line is shortened, never cut."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontMetricsF
from pytestqt.qtbot import QtBot

from widgets.text import Line, Run, bold_of, plain, shortened, text_width, two_lines
from widgets.theme import Look


def test_a_width_is_that_of_the_font_as_it_is_now(look: Look, qtbot: QtBot) -> None:
    font = look.font()
    before = text_width("GX40-000127", font)
    font.setPixelSize(font.pixelSize() * 2)
    assert text_width("GX40-000127", font) == QFontMetricsF(font).horizontalAdvance("GX40-000127") > before
    font.setPixelSize(font.pixelSize() // 2)
    assert text_width("GX40-000127", font) == before


def test_figures_of_one_width_and_others_are_not_mixed_up(look: Look, qtbot: QtBot) -> None:
    tabular, proportional = look.font(), look.font()
    proportional.unsetFeature(QFont.Tag("tnum"))
    for font in (tabular, proportional):
        assert text_width("1111", font) == QFontMetricsF(font).horizontalAdvance("1111")


def test_bold_runs_are_measured_bold(look: Look, qtbot: QtBot) -> None:
    font = look.font()
    strong = QFontMetricsF(bold_of(font)).horizontalAdvance("GX40")
    assert text_width([Run("Unit "), Run("GX40", True)], font) == text_width("Unit ", font) + strong


def test_plain_runs_are_shortened_first(look: Look, qtbot: QtBot) -> None:
    font = look.font()
    runs = [Run("a long description of it "), Run("GX40", True)]
    short = shortened(runs, font, text_width(runs, font) * 0.7)
    assert short[-1] == Run("GX40", True) and short[0].text.endswith("…")
    assert text_width(short, font) <= text_width(runs, font) * 0.7 + 0.5
    assert shortened([Run(""), *runs], font, 10_000) == tuple(runs)


def test_a_line_takes_another_text_or_colour(look: Look, qtbot: QtBot) -> None:
    line = Line(look, "waiting")
    qtbot.addWidget(line)
    line.set_text("waiting", "alarm")
    assert line.color_name == "alarm"
    line.set_text("saved")
    assert (line.text(), line.accessibleName(), line.color_name) == ("saved", "saved", "alarm")


def test_a_long_line_is_broken_between_words(look: Look) -> None:
    font = look.font(3.4)
    text = "Press the bearing into the housing"
    first, second = two_lines([Run(text, True)], font, text_width([Run("Press the bearing in", True)], font))
    assert (plain(first), plain(second)) == ("Press the bearing", "into the housing")
    assert first[0].bold and second[0].bold
    assert two_lines(text, font, 5000)[1] == ()
    assert plain(two_lines("Drehmomentschraubendreher holen", font, 20)[0]) == "Drehmomentschraubendreher"
