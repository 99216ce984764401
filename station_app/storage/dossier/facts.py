"""The dossier's other sections: components, pictures, holds and nonconformances, signatures, events, records."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator

from PIL import Image as Pillow
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Image, Spacer, Table, TableStyle

from station_app.domain.unit_trace import Component, PictureTaken
from station_app.storage.dossier.marks import MUTED, PAPER, SECOND, TEXT, OutcomeMark
from station_app.storage.dossier.style import GAP, WIDTH, Cell, Style, quiet_table

PICTURES_A_ROW = 3
PICTURE_WIDTH = (WIDTH - 8 * mm) / PICTURES_A_ROW
PICTURE_PX = 720
MAX_PICTURE_PX = 50_000_000


def component_section(style: Style) -> Iterator[Flowable]:
    """What is in the unit, and where each part was used; what the unit itself went into."""
    trace = style.trace
    if trace.components:
        yield style.heading("Components")
        rows = [_component_row(part, style) for part in trace.components]
        yield style.table(("Material", "Serial or lot", "Quantity", "Put in", "Remarks"), rows,
                          (44 * mm, 36 * mm, 17 * mm, 39 * mm, WIDTH - 136 * mm))  # fmt: skip
    if trace.used_in:
        yield style.heading("Used in")
        uses: list[list[Cell]] = [
            [style.text(use.used_in, bold=True), style.text(use.material), style.text(use.station),
             style.text("taken out again" if use.detached else "")]
            for use in trace.used_in
        ]  # fmt: skip
        yield style.table(("Unit", "As material", "Station", ""), uses, (40 * mm, 36 * mm, 66 * mm, WIDTH - 142 * mm))


def _component_row(part: Component, style: Style) -> list[Cell]:
    identity = part.component_serial or part.lot
    out = part.detached or bool(part.superseded_by)
    remarks = [f"{d.quantity:g} taken out {style.time(d.origin.at_us)[11:]}: {d.reason}" for d in part.detachments]
    if part.superseded_by:
        remarks.append(f"replaced by record {part.superseded_by}")
    elsewhere = [use for use in part.uses if use.used_in != style.trace.serial]
    remarks += [f"{'was' if use.detached else 'also'} in {use.used_in} ({use.station})" for use in elsewhere]
    kind = "serial" if part.component_serial else "lot"
    name = style.trace.names.materials.get(part.material, "")
    color = MUTED if out else TEXT
    return [
        style.mixed([(part.material, True, color), (f"{GAP}{name}", False, color)]),
        style.mixed([(identity, not out, color), (f"{GAP}{kind}", False, MUTED)]),
        style.text(f"{part.quantity:g}", color=color),
        [style.text(style.time(part.origin.at_us), 8, color), style.note(part.origin.station.rsplit("/", 1)[-1])],
        style.lines(remarks),
    ]


def picture_section(style: Style) -> Iterator[Flowable]:
    """Every picture with its hash; one that is not to be had says where it is."""
    pictures = style.trace.pictures
    if not pictures:
        return
    yield style.heading("Pictures")
    for start in range(0, len(pictures), PICTURES_A_ROW):
        row = enumerate(pictures[start : start + PICTURES_A_ROW], start + 1)
        cells: list[Cell] = [_picture(number, picture, style) for number, picture in row]
        cells += [""] * (PICTURES_A_ROW - len(cells))
        extra = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 4 * mm),
                 ("BOTTOMPADDING", (0, 0), (-1, -1), 10)]  # fmt: skip
        yield quiet_table([cells], [WIDTH / PICTURES_A_ROW] * PICTURES_A_ROW, extra, lines=False)


def _picture(number: int, picture: PictureTaken, style: Style) -> list[Flowable]:
    steps = {(job.job_id, step.step_id): step.title for job in style.trace.jobs for step in job.steps}
    step = steps.get((picture.job_id, picture.step_id), picture.step_id)
    camera = " ".join(part for part in (picture.camera, picture.view) if part)
    shown = [
        _thumbnail(picture, style),
        Spacer(0, 3),
        OutcomeMark(picture.outcome, style.typeface, bool(picture.superseded_by)),
        style.text(f"{number}{GAP}{step}", bold=True),
        style.text(f"{camera} · {style.time(picture.origin.at_us)}", 8, SECOND),
    ]
    shown += style.lines(picture.faults, color=TEXT)
    stores = (["this station"] if picture.presence.local else []) + (["server"] if picture.presence.server else [])
    return [*shown, style.note(f"stored: {', '.join(stores) or 'not known where'}"), style.note(picture.sha256)]


def _thumbnail(picture: PictureTaken, style: Style) -> Flowable:
    content = style.read_picture(picture.sha256)
    if content is None:
        place = "It is in the shared database." if picture.presence.server else "It lies at the station that took it."
        return _placeholder(f"The picture is not at hand. {place}", style)
    if hashlib.sha256(content).hexdigest() != picture.sha256:
        return _placeholder("The file does not match its hash. It is not shown.", style)
    try:
        with Pillow.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > MAX_PICTURE_PX:
                return _placeholder(f"The picture is too large to show ({opened.width} x {opened.height}).", style)
            opened.draft("RGB", (PICTURE_PX, PICTURE_PX))  # a JPEG is decoded at the size it is shown
            small = opened.convert("RGB")
        small.thumbnail((PICTURE_PX, PICTURE_PX))
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:
        return _placeholder(f"The file cannot be shown as a picture ({type(error).__name__}).", style)
    jpeg = io.BytesIO()
    small.save(jpeg, "JPEG", quality=85)
    jpeg.seek(0)
    scale = min(PICTURE_WIDTH / small.width, PICTURE_WIDTH / small.height)
    image = Image(jpeg, width=small.width * scale, height=small.height * scale)
    image.hAlign = "LEFT"
    return image


def _placeholder(text: str, style: Style) -> Table:
    table = Table([[style.text(text, 8, SECOND)]], colWidths=[PICTURE_WIDTH], rowHeights=[PICTURE_WIDTH * 9 / 16])
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), PAPER),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 10),
            ]
        )
    )
    table.hAlign = "LEFT"
    return table


def event_sections(style: Style) -> Iterator[Flowable]:
    """Nonconformances, holds, signatures, and what else happened to the unit."""
    trace = style.trace
    decisions: list[list[Cell]] = [
        [style.text(style.time(d.origin.at_us), 8), style.text("Nonconformance", bold=True),
         style.text(f"{d.defect}: {d.description}".rstrip(": ")), style.text(style.people([d.origin.actor]), 8)]
        for d in trace.nonconformances
    ]  # fmt: skip
    for hold in trace.holds:
        text = f"{hold.scope} {hold.subject}: {hold.reason}"
        decisions.append(_event(style, hold.placed.at_us, "Hold", text, hold.placed.actor))
        if hold.released is not None:
            decisions.append(_event(style, hold.released.at_us, "Released", hold.release_reason, hold.released.actor))
        else:
            decisions.append([style.note("still open"), "", "", ""])
    yield from _events("Nonconformances and holds", decisions, style)
    yield from _events("Signatures", [
        _event(style, s.origin.at_us, s.printed_name, f"{s.meaning} ({s.method}; {_count(len(s.signed_ids), 'record')})",
               s.origin.actor)
        for s in trace.signatures
    ], style, "Printed name", "Meaning")  # fmt: skip
    yield from _events("Calls, alarms and comments", _happenings(style), style)


def _happenings(style: Style) -> list[list[Cell]]:
    trace = style.trace
    timed: list[tuple[int, str, str, str]] = []
    for call in trace.calls:
        timed.append(
            (call.raised.at_us, call.call.capitalize(), f"{call.reason}. {call.text}".strip(), call.raised.actor)
        )
        if call.answered is not None:
            timed.append((call.answered.at_us, "Answered", call.answer, call.answered.actor))
    for alarm in trace.alarms:
        for change in alarm.transitions:
            text = " ".join(part for part in (alarm.text, change.value_text, change.reason) if part)
            timed.append((change.origin.at_us, f"Alarm {change.transition}", text, change.origin.actor))
    for override in trace.overrides:
        text = f"{override.rule}: {override.reason}, approved by {style.people([override.approved_by])}"
        timed.append((override.origin.at_us, "Rule set aside", text, override.origin.actor))
    timed += [(c.origin.at_us, "Comment", c.text, c.origin.actor) for c in trace.comments]
    return [_event(style, *happened) for happened in sorted(timed, key=lambda happened: happened[0])]


def _event(style: Style, at_us: int, title: str, text: str, actor: str) -> list[Cell]:
    return [style.text(style.time(at_us), 8), style.text(title, bold=True), style.text(text),
            style.text(style.people([actor]), 8)]  # fmt: skip


def _events(
    title: str, rows: list[list[Cell]], style: Style, what: str = "Event", text: str = ""
) -> Iterator[Flowable]:
    if rows:
        yield style.heading(title)
        yield style.table(("Time", what, text, "Who"), rows, (33 * mm, 36 * mm, WIDTH - 102 * mm, 33 * mm))


def record_section(style: Style) -> Iterator[Flowable]:
    """How many records stand behind the dossier, what is wrong with any, and the head of every chain."""
    trace = style.trace
    yield style.heading("Records")
    yield style.text(
        f"{_count(trace.record_count, 'record')} from {_count(len({h.station for h in trace.heads}), 'station')}. "
        "Each chain's last record stands for all before it: its hash changes when any of them is changed.", 8, SECOND,
    )  # fmt: skip
    yield Spacer(0, 4)
    problems: list[list[Cell]] = [[style.text(u.origin.rec_id, 8), style.text(u.problem, 8)] for u in trace.unreadable]
    for item in trace.contradictions:
        places = ", ".join(f"{station} {chan} {epoch}/{seq}" for station, chan, epoch, seq in item.others)
        problems.append([style.text(item.rec_id, 8), style.text(f"other content under this identity at {places}", 8)])
    if problems:
        yield style.table(("Record", "Problem"), problems, (64 * mm, WIDTH - 64 * mm))
        yield Spacer(0, 6)
    heads: list[list[Cell]] = [
        [style.text(head.station, 8), style.text(f"{head.chan} {head.epoch}", 8), style.text(str(head.seq), 8),
         style.text(head.hash, 7.5)]
        for head in trace.heads
    ]  # fmt: skip
    yield style.table(("Station", "Chain", "Record", "SHA-256"), heads,
                      (44 * mm, 16 * mm, 15 * mm, WIDTH - 75 * mm))  # fmt: skip


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
