"""The whole dossier: head, sections, and the foot of every page."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Spacer, Table

from station_app.domain.outcome import Outcome
from station_app.domain.unit_trace import MachineRead, Measured, UnitTrace
from station_app.storage.dossier.facts import component_section, event_sections, picture_section, record_section
from station_app.storage.dossier.marks import (
    LINE,
    MUTED,
    PAPER,
    SECOND,
    TEXT,
    FlagMark,
    StateMark,
    UnitCode,
)
from station_app.storage.dossier.style import MARGIN, WIDTH, Cell, Style, quiet_table
from station_app.storage.dossier.typeface import Typeface
from station_app.storage.dossier.work import NO_WORK_RECORDED, job_section
from station_app.storage.dossier.write import PictureReader

CODE_SIZE = 21 * mm
FOOT = 11 * mm
TOP, BOTTOM = 14 * mm, 19 * mm


class Making(NamedTuple):
    """When (UTC microseconds), in which zone and for whom a dossier is made, and the serial's code if given."""

    made_us: int
    utc_offset_min: int
    made_by: str
    code: Sequence[Sequence[bool]] | None


def build_dossier(trace: UnitTrace, read_picture: PictureReader, making: Making) -> bytes:
    """The dossier as PDF bytes."""
    style = Style(trace, Typeface(), making.utc_offset_min, read_picture)
    foot = _foot_text(style, making)
    output = io.BytesIO()
    document = BaseDocTemplate(
        output, pagesize=A4, title=f"Dossier of {trace.serial}", author=making.made_by,
        subject=f"{trace.product} {trace.order_id}".strip(), creator="station", lang="en",
    )  # fmt: skip
    frame = Frame(MARGIN, BOTTOM, WIDTH, A4[1] - BOTTOM - TOP, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate(frames=[frame])])

    def numbered(*arguments: Any, **options: Any) -> Canvas:
        return _NumberedCanvas(style, foot, *arguments, **options)

    document.build(list(_story(style, making)), canvasmaker=numbered)
    return output.getvalue()


class _NumberedCanvas(Canvas):
    """A canvas that writes the foot of every page once the number of pages is known."""

    def __init__(self, style: Style, foot: str, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._style = style
        self._foot = foot
        self._pages: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802  # the library's name
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # documented by the library as the way to number pages

    def save(self) -> None:
        total = len(self._pages)
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self._draw_foot(number, total)
            super().showPage()
        super().save()

    def _draw_foot(self, number: int, total: int) -> None:
        self.saveState()
        self.setStrokeColor(LINE)
        self.setLineWidth(0.5)
        self.line(MARGIN, FOOT + 4 * mm, A4[0] - MARGIN, FOOT + 4 * mm)
        for text, x, right in ((self._foot, MARGIN, False), (f"Page {number} of {total}", A4[0] - MARGIN, True)):
            left = x - self._style.typeface.width(text, 7.5) if right else x
            self.setFillColor(MUTED)
            for face, run in self._style.typeface.runs(text):
                self.setFont(face, 7.5)
                self.drawString(left, FOOT, run)
                left += self.stringWidth(run, face, 7.5)
        self.restoreState()


def _foot_text(style: Style, making: Making) -> str:
    serial = style.trace.serial if len(style.trace.serial) <= 40 else f"{style.trace.serial[:39]}…"
    who = f" for {making.made_by[:40]}" if making.made_by else ""
    return f"{serial} · made {style.time(making.made_us)} {style.zone}{who}"


def _story(style: Style, making: Making) -> Iterator[Flowable]:
    yield _title(style, making)
    yield Spacer(0, 4 * mm)
    yield _summary(style)
    yield from _flags(style)
    if not style.trace.jobs:
        yield Spacer(0, 4 * mm)
        yield style.text(NO_WORK_RECORDED, color=SECOND)
    for job in style.trace.jobs:
        yield from job_section(job, style)
    yield from component_section(style)
    yield from picture_section(style)
    yield from event_sections(style)
    yield from record_section(style)


def _title(style: Style, making: Making) -> Table:
    trace = style.trace
    product = " ".join(part for part in (trace.product, trace.names.materials.get(trace.product, "")) if part)
    size = 24.0 if style.typeface.width(trace.serial, 24, bold=True) < WIDTH - CODE_SIZE - 10 * mm else 13.0
    words: list[Flowable] = [
        style.text("Unit dossier", 9, SECOND, bold=True),
        Spacer(0, 2),
        style.text(trace.serial, size, bold=True),
        Spacer(0, 2),
        style.text(product or "product not recorded", 11, SECOND),
    ]
    code: Cell = UnitCode(making.code, CODE_SIZE) if making.code else ""
    extra = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("ALIGN", (1, 0), (1, 0), "RIGHT"),
             ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]  # fmt: skip
    return quiet_table([[words, code]], (WIDTH - CODE_SIZE, CODE_SIZE), extra, lines=False)


def _summary(style: Style) -> Table:
    trace = style.trace
    stations = list(dict.fromkeys(job.station.rsplit("/", 1)[-1] for job in trace.jobs))
    values = _last_values(trace)
    out = sum(value.outcome is Outcome.FAIL for value in values)
    judged = f"{len(values)}, {out} out of limits" if out else f"{len(values)}, none out of limits"
    facts = [
        ("Order", trace.order_id or "not recorded"),
        ("Stations", ", ".join(stations) or "none"),
        ("From – to", style.span(trace.first_us, trace.last_us)),
        ("Times", f"{style.zone}, clocks corrected"),
        ("Last values", judged if values else "none"),
        ("Components", str(sum(not c.detached and not c.superseded_by for c in trace.components))),
        ("Pictures", str(len(trace.pictures))),
        ("Records", str(trace.record_count)),
    ]
    cells = [[style.text(title, 7.5, SECOND), style.text(text, 9)] for title, text in facts]
    state: list[Cell] = [[StateMark(trace.state, style.typeface), style.text(_sentence(trace), 9)], "", "", ""]
    rows: list[list[Cell]] = [state, list(cells[:4]), list(cells[4:])]
    extra = [("SPAN", (0, 0), (-1, 0)), ("BACKGROUND", (0, 0), (-1, -1), PAPER), ("TOPPADDING", (0, 0), (-1, -1), 5),
             ("BOTTOMPADDING", (0, 0), (-1, -1), 5), ("LEFTPADDING", (0, 0), (-1, -1), 8)]  # fmt: skip
    return quiet_table(rows, (38 * mm, 34 * mm, 60 * mm, WIDTH - 132 * mm), extra)


def _last_values(trace: UnitTrace) -> list[Measured | MachineRead]:
    """The last value of every check that no correction replaced."""
    last: dict[tuple[str, str, str, str], Measured | MachineRead] = {}
    values: list[Measured | MachineRead] = [*trace.measurements(), *trace.machine_values()]
    for value in values:
        if not value.superseded_by:
            last[value.job_id, value.step_id, value.check_id, value.characteristic] = value
    return list(last.values())


def _sentence(trace: UnitTrace) -> str:
    return trace.state_text[:1].upper() + trace.state_text[1:] + ("" if trace.state_text.endswith(".") else ".")


def _flags(style: Style) -> Iterator[Flowable]:
    if not style.trace.flags:
        return
    yield Spacer(0, 3 * mm)
    rows: list[list[Cell]] = [[FlagMark(), style.text(flag.text, 9, TEXT)] for flag in style.trace.flags]
    extra = [("RIGHTPADDING", (0, 0), (0, -1), 0), ("TOPPADDING", (0, 0), (0, -1), 4)]
    yield quiet_table(rows, (6 * mm, WIDTH - 6 * mm), extra, lines=False)
