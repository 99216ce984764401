"""Typefaces of the dossier: the product's own where the computer has it, and a face for every other script.

Each text is cut into runs that one face can draw. What no face can draw is printed as its code point, “[U+1F600]”:
a dossier never fails, and never hides, because of a name.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFError, TTFont

# Outlines must be TrueType: the PDF library cannot embed others (Inter's .otf, Noto Sans CJK).
PREFERRED = (
    ("Inter-Regular.ttf", "Inter-Bold.ttf"),
    ("segoeui.ttf", "segoeuib.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("Arial.ttf", "Arial Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
)
OTHER_SCRIPTS = (
    "NotoSans-Regular.ttf", "DejaVuSans.ttf", "NotoSansSymbols2-Regular.ttf", "NotoSansMath-Regular.ttf",
    "NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf", "NotoSansThai-Regular.ttf", "NotoSansDevanagari-Regular.ttf",
    "Arial Unicode.ttf", "seguisym.ttf", "malgun.ttf", "msyh.ttc", "simsun.ttc",
    "DroidSansFallbackFull.ttf", "wqy-microhei.ttc",
)  # fmt: skip
# Faces that every PDF reader brings for East Asian scripts; nothing is embedded.
EAST_ASIAN = (
    ("HeiseiKakuGo-W5", ((0x3040, 0x30FF), (0xFF00, 0xFFEF))),
    ("HYGothic-Medium", ((0x1100, 0x11FF), (0xAC00, 0xD7AF))),
    ("STSong-Light", ((0x2E80, 0x303F), (0x3400, 0x9FFF), (0xF900, 0xFAFF))),
)
NO_BREAK = "\u00a0"
PLAIN = ("Helvetica", "Helvetica-Bold")


class Typeface:
    """The faces of one dossier. ``regular`` and ``bold`` are names that the PDF library knows."""

    def __init__(self, folders: tuple[Path, ...] | None = None) -> None:
        files = _font_files(_font_folders() if folders is None else folders)
        regular, bold = _preferred(files)
        self.regular, self.bold = regular or PLAIN[0], bold or PLAIN[1]
        fallbacks = [name for file in OTHER_SCRIPTS if (name := _register(files.get(file.casefold())))]
        self._faces = {False: [self.regular, *fallbacks], True: [self.bold, *fallbacks]}

    def markup(self, text: str, bold: bool = False) -> str:
        """The text for a paragraph: escaped, with a face for every run; line breaks are kept."""
        runs = []
        for face, run in self.runs(text, bold):
            shown = escape(run, quote=False).replace("\n", "<br/>")
            runs.append(f'<font name="{face}">{shown}</font>')
        return "".join(runs)

    def runs(self, text: str, bold: bool = False) -> Iterator[tuple[str, str]]:
        """The text in runs, each with the name of the face that draws it."""
        main = self.bold if bold else self.regular
        drawable = "".join(_drawable(char) for char in text.replace("\r\n", "\n").replace("\r", "\n"))
        faced = [(self._face(char, bold), char) for char in drawable]
        spelled = [(face or main, char if face else f"[U+{ord(char):04X}]") for face, char in faced]
        for face, run in groupby(spelled, key=lambda pair: pair[0]):
            yield face, "".join(char for _, char in run)

    def width(self, text: str, size: float, bold: bool = False) -> float:
        """The width of a text in points."""
        return sum(stringWidth(run, face, size) for face, run in self.runs(text, bold))

    def _face(self, char: str, bold: bool) -> str | None:
        if char in ("\n", " ", NO_BREAK):
            return self._faces[bold][0]
        return next((face for face in self._faces[bold] if _draws(face, char)), _east_asian(char))


def _drawable(char: str) -> str:
    """Tabs become blanks; control characters and what nobody can see are shown by their code."""
    if char == "\t":
        return "    "
    if unicodedata.category(char) == "Zs":
        return NO_BREAK if char == NO_BREAK else " "
    return char if char == "\n" or char.isprintable() else f"[U+{ord(char):04X}]"


@cache
def _draws(face: str, char: str) -> bool:
    font = pdfmetrics.getFont(face)
    if isinstance(font, TTFont):
        return ord(char) in font.face.charToGlyph
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _east_asian(char: str) -> str | None:
    for name, ranges in EAST_ASIAN:
        if any(low <= ord(char) <= high for low, high in ranges):
            return _register_east_asian(name)
    return None


@cache
def _register_east_asian(name: str) -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name


def _preferred(files: dict[str, Path]) -> tuple[str, str]:
    for regular, bold in PREFERRED:
        names = _register(files.get(regular.casefold())), _register(files.get(bold.casefold()))
        if all(names):
            return names
    return "", ""


@cache
def _register(path: Path | None) -> str:
    """The name under which a font file was registered; empty when there is none or it cannot be used."""
    if path is None:
        return ""
    name = f"Dossier {path.stem}"
    try:
        pdfmetrics.registerFont(TTFont(name, str(path)))
    except (TTFError, OSError):
        return ""
    pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    return name


def _font_folders() -> tuple[Path, ...]:
    home = Path.home()
    if sys.platform == "win32":
        return (
            Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
            home / "AppData/Local/Microsoft/Windows/Fonts",
        )
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    return (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts")


@cache
def _font_files(folders: tuple[Path, ...]) -> dict[str, Path]:
    """Font files by name without regard to case; the first folder's wins."""
    wanted = {name.casefold() for pair in PREFERRED for name in pair} | {name.casefold() for name in OTHER_SCRIPTS}
    found: dict[str, Path] = {}
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in sorted(names):
                if name.casefold() in wanted:
                    found.setdefault(name.casefold(), Path(root) / name)
    return found
