"""How the dossier's parts are set: paragraphs, times, tables. One value carries what every section needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from station_app.domain.unit_trace import UnitTrace
from station_app.storage.dossier.marks import LINE, MUTED, PAPER, SECOND, TEXT
from station_app.storage.dossier.typeface import Typeface

MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
MAX_TEXT_LENGTH = 1500
MAX_LINES = 12
MAX_LINE_LENGTH = 120
GAP = "\u00a0\u00a0 "  # a line may break after it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Cell = Flowable | Sequence[Flowable] | str


@dataclass(frozen=True, slots=True)
class Style:
    """What every section needs: the trace, the faces, the zone, and where pictures come from."""

    trace: UnitTrace
    typeface: Typeface
    utc_offset_min: int
    read_picture: Callable[[str], bytes | None]

    # --- text -----------------------------------------------------------------------------------------------------

    def text(self, text: str, size: float = 8.5, color: Color = TEXT, bold: bool = False) -> Paragraph:
        """A paragraph of recorded text; what is very long is cut, with its length."""
        if len(text) > MAX_TEXT_LENGTH:
            text = f"{text[:MAX_TEXT_LENGTH]}… ({len(text)} characters in the record)"
        return self.mixed([(text, bold, color)], size)

    def struck(self, text: str, size: float) -> Paragraph:
        """A value that must not be relied on: struck through."""
        paragraph = self.typeface.markup(text[:MAX_TEXT_LENGTH])
        style = ParagraphStyle(
            "struck", fontName=self.typeface.regular, fontSize=size, leading=size * 1.32, textColor=MUTED
        )
        return Paragraph(f"<strike>{paragraph}</strike>", style)

    def mixed(self, parts: Sequence[tuple[str, bool, Color]], size: float = 8.5) -> Paragraph:
        """A paragraph of parts, each bold or not and of a colour."""
        markup = "".join(
            f'<font color="{color.hexval().replace("0x", "#")}">{self.typeface.markup(text, bold)}</font>'
            for text, bold, color in parts
            if text
        )
        style = ParagraphStyle(
            "text", fontName=self.typeface.regular, fontSize=size, leading=size * 1.32, textColor=TEXT,
            alignment=TA_LEFT, splitLongWords=1,
        )  # fmt: skip
        return Paragraph(markup, style)

    def heading(self, text: str) -> Table:
        """The title of a section, with a rule above."""
        table = Table([[self.text(text, 12, bold=True)]], colWidths=[WIDTH], spaceBefore=14, spaceAfter=3)
        table.setStyle(
            TableStyle(
                [
                    ("LINEABOVE", (0, 0), (-1, 0), 1.2, TEXT),
                    ("LEFTPADDING", (0, 0), (-1, -1), 0),
                    ("TOPPADDING", (0, 0), (-1, -1), 5),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ]
            )
        )
        table.keepWithNext = True
        return table

    # --- times ----------------------------------------------------------------------------------------------------

    @property
    def zone(self) -> str:
        """The zone of all printed times: “UTC+01:00”."""
        sign = "-" if self.utc_offset_min < 0 else "+"
        hours, minutes = divmod(abs(self.utc_offset_min), 60)
        return f"UTC{sign}{hours:02d}:{minutes:02d}"

    def time(self, us: int | None) -> str:
        """A moment in the dossier's zone, to the second: “2026-11-20 08:00:01”; a dash for none."""
        if us is None:
            return "–"
        try:
            moment = _EPOCH + timedelta(microseconds=us)
            return moment.astimezone(timezone(timedelta(minutes=self.utc_offset_min))).strftime("%Y-%m-%d %H:%M:%S")
        except OverflowError:
            return f"{us} µs"

    def span(self, begin_us: int | None, end_us: int | None) -> str:
        """Two moments; the second without its date where that is the same, “since” while there is none."""
        if end_us is None:
            return f"since {self.time(begin_us)}"
        begin, end = self.time(begin_us), self.time(end_us)
        return f"{begin} – {end[11:] if begin[:10] == end[:10] else end}"

    # --- tables ---------------------------------------------------------------------------------------------------

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[float]) -> Table:
        """A table with a quiet head that is repeated on every page; rows may break across pages."""
        titles: list[Cell] = [self.text(title, 7.5, SECOND, bold=True) for title in head]
        return quiet_table([titles, *rows], widths, [("BACKGROUND", (0, 0), (-1, 0), PAPER)], repeat=1)

    def named(self, identity: str, names: dict[str, str]) -> Paragraph:
        """An identity with its name after it."""
        return self.mixed([(identity, True, TEXT), (f"{GAP}{names.get(identity, '')}".rstrip(), False, TEXT)])

    def people(self, people: Sequence[str]) -> str:
        """Printed names."""
        return ", ".join(self.trace.names.person(person) for person in people)

    def lines(self, texts: Sequence[str], size: float = 8, color: Color = SECOND) -> list[Flowable]:
        """A paragraph for each text, cut to a line or two; beyond a dozen only their number."""
        cut = [text if len(text) <= MAX_LINE_LENGTH else f"{text[:MAX_LINE_LENGTH]}…" for text in texts[:MAX_LINES]]
        shown: list[Flowable] = [self.text(text, size, color) for text in cut]
        if len(texts) > MAX_LINES:
            shown.append(self.note(f"and {len(texts) - MAX_LINES} more in the records"))
        return shown

    def note(self, text: str) -> Paragraph:
        """A small muted line."""
        return self.text(text, 7.5, MUTED)


def quiet_table(
    rows: Sequence[Sequence[Cell]],
    widths: Sequence[float],
    extra: Sequence[tuple[Any, ...]] = (),
    *,
    repeat: int = 0,
    lines: bool = True,
) -> Table:
    """A table with hairlines between its rows. Only a row higher than a page is broken."""
    table = Table([list(row) for row in rows], colWidths=list(widths), repeatRows=repeat, splitInRow=1)
    commands: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 2.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
        *([("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE)] if lines else []),
        *extra,
    ]
    table.setStyle(TableStyle(commands))
    return table
