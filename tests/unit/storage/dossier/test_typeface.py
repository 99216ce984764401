"""Faces for every script, and nothing that cannot be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.storage.dossier.typeface import PLAIN, Typeface, _font_files, _font_folders

ODD = "Jürgen Łukasz 渡辺 淳 かな 한국 \U0001f600 مرحبا \x00\x1b\ufffe\ud800"


@pytest.fixture(params=["fonts of this computer", "no fonts"])
def typeface(request: pytest.FixtureRequest) -> Typeface:
    return Typeface() if request.param == "fonts of this computer" else Typeface(())


def test_every_character_is_drawn_or_spelled(typeface: Typeface) -> None:
    runs = list(typeface.runs(ODD))
    text = "".join(run for _, run in runs)
    assert "Jürgen" in text and "渡辺" in text and "한국" in text and "かな" in text
    assert "[U+0000][U+001B][U+FFFE][U+D800]" in text
    assert typeface.width(ODD, 10) > 100


def test_markup_is_escaped_and_line_breaks_are_kept(typeface: Typeface) -> None:
    assert "&lt;b&gt;&amp;" in typeface.markup("<b>&")
    assert typeface.markup("a\r\nb\rc\nd").count("<br/>") == 3


def test_blanks_of_all_kinds_are_blanks(typeface: Typeface) -> None:
    assert "".join(run for _, run in typeface.runs("a\u2003b\u202fc\td\u00a0e")) == "a b c    d\u00a0e"


def test_without_fonts_the_standard_ones_serve() -> None:
    plain = Typeface(())
    assert (plain.regular, plain.bold) == PLAIN
    assert [face for face, _ in plain.runs("Müller")] == ["Helvetica"]
    assert "[U+0141]" in "".join(run for _, run in plain.runs("Łukasz"))


def test_a_font_file_that_is_none_is_passed_over(tmp_path: Path) -> None:
    for name in ("Inter-Regular.ttf", "Inter-Bold.ttf"):
        (tmp_path / name).write_bytes(b"this is no font")
    assert Typeface((tmp_path,)).regular == PLAIN[0]


def test_a_preferred_face_needs_both_weights(tmp_path: Path) -> None:
    real = _font_files(_font_folders())
    source = next((path for name, path in real.items() if name.endswith(".ttf")), None)
    if source is None:
        pytest.skip("this computer has none of the known fonts")
    content = source.read_bytes()
    (tmp_path / "Inter-Regular.ttf").write_bytes(content)
    assert Typeface((tmp_path,)).regular == PLAIN[0]
    other = tmp_path / "both"
    other.mkdir()
    for name in ("inter-regular.TTF", "INTER-BOLD.ttf"):
        (other / name).write_bytes(content)
    assert Typeface((other,)).regular == "Dossier inter-regular"
