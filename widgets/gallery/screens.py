"""Whole pages put together from the widgets, as the application lays them out."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from widgets.alarm_list import AlarmList
from widgets.bars_card import BarRow, BarsCard
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card, CardState
from widgets.characteristic_list import CharacteristicList
from widgets.check_cards import MeasureCard, ScanCard, ValueCard
from widgets.gallery import samples
from widgets.gallery.frame import Page, column_of, padded
from widgets.instruction_view import InstructionView
from widgets.keypad import Keypad
from widgets.limit_bar import Limits
from widgets.mark_list import MarkList, MarkRow
from widgets.order_card import OrderCard
from widgets.pen_list import PenList, PenRow
from widgets.photo_card import PhotoCard
from widgets.run_chart import ChartLine, RunChart
from widgets.shapes import Shape
from widgets.station_tile import StationTile
from widgets.step_list import StepList
from widgets.text import Line, Run
from widgets.theme import CAPITAL_NOTE_MM, TARGET_MM, Look
from widgets.top_bar import Chip, ChipState, TopBar
from widgets.trend_card import TrendCard
from widgets.trend_view import TrendView

FORCE_LIMITS = Limits(11.0, 14.0, "11.0", "14.0")


def operator(look: Look, failed: bool = False) -> QWidget:
    """The operator's page; `failed`: a failed check while machine and server are lost."""
    back = BigButton(look, "Back", shape=Shape.BACK)
    problem = BigButton(look, "Report nonconformance" if failed else "Problem",
                        ButtonKind.DANGER if failed else ButtonKind.NORMAL, shape=Shape.DIAMOND)  # fmt: skip
    andon = BigButton(look, "Andon", ButtonKind.CALL, shape=Shape.TRIANGLE)
    again = [BigButton(look, "Repeat step", shape=Shape.REPEAT)] if failed else []
    forward = BigButton(look, "Next is blocked" if failed else "Next", ButtonKind.PRIMARY,
                        shape=None if failed else Shape.FORWARD, shape_after=True)  # fmt: skip
    forward.setEnabled(not failed)
    page = Page(look, [back, problem, *again, andon], forward)
    _operator_bar(page.top_bar, failed)
    steps = StepList(look)
    steps.set_rows(samples.step_rows(failed=failed))
    steps.set_current(3)
    steps.set_takt("Unit 2:31 of 6:30" if not failed else "Unit 7:05 of 6:30", 0.39 if not failed else 1.09)
    steps.setFixedWidth(look.mm(87))
    page.middle.addWidget(steps)
    view = InstructionView(look)
    view.picture.set_svg(samples.GEARBOX_SVG, "Gear reducer under the press")
    view.picture.set_callouts(samples.CALLOUTS)
    view.set_instruction("4", "Press the bearing", samples.INSTRUCTION)
    page.middle.addWidget(padded(look, view), 1)
    page.middle.addWidget(column_of(look, _operator_cards(look, failed)))
    return page


def inspector(look: Look) -> QWidget:
    """The inspector's page with a broken rule."""
    buttons = [
        BigButton(look, "Back", shape=Shape.BACK),
        BigButton(look, "Problem", shape=Shape.DIAMOND),
        BigButton(look, "Photo", shape=Shape.CAMERA),
        BigButton(look, "Measure again", shape=Shape.REPEAT),
    ]
    page = Page(look, buttons, BigButton(look, "Enter", ButtonKind.PRIMARY, shape=Shape.FORWARD, shape_after=True))
    bar = page.top_bar
    bar.set_station("INS-30")
    bar.set_work("GX-40 Final inspection", [Run("Plan B · Order 4711-03 · Unit "), Run("GX40-000124", True)])
    bar.set_chips([Chip("Micrometer M-114 · due 2027-02-01"), Chip("Server · 0 waiting")])
    bar.set_person("Jonas Weber")
    bar.set_clock("08:42")
    rows = CharacteristicList(look)
    rows.set_rows(samples.characteristic_rows(), 2)
    rows.set_summary("2 of 8 recorded · 0 out of limits · every unit")
    rows.setFixedWidth(look.mm(150))
    page.middle.addWidget(rows)
    measure = MeasureCard(look, "3  Shaft Ø", "mm", Limits(19.987, 20.017, "19.987", "20.017"), wide=True)
    measure.entry.set_text("20.014")
    measure.show_value(20.014)
    measure.message.set_message("", "Inside the limits by 0.003 mm · gauge M-114, 08:42:07")
    chart = Card(look, "Shaft Ø · individuals · limits v4", "Cpk 1.21 · not stable")
    chart.setSizePolicy(chart.sizePolicy().horizontalPolicy(), chart.sizePolicy().verticalPolicy().Expanding)
    chart.body.addWidget(_shaft_chart(look))
    rule = Card(look, "")
    rule.set_state(CardState.FAILED, "Rule 3: six points rising — tool wear likely")
    rule.message.set_message(
        "", "Measure the next unit too; change insert T7 if it is above 20.015. Cause: choose or say why."
    )
    middle = QVBoxLayout()
    middle.setSpacing(look.mm(4))
    for widget, stretch in ((measure, 0), (chart, 1), (rule, 0)):
        middle.addWidget(widget, stretch)
    page.middle.addWidget(padded(look, middle), 1)
    photo = PhotoCard(look, "Camera 1", "Take photo", "Take again", "No picture yet")
    photo.set_preview(samples.bench_image(), "sharp 0.93 · code = unit")
    keypad = Keypad(look, with_enter=False)
    keypad.attach(measure.entry)
    page.middle.addWidget(column_of(look, [photo, keypad]))
    measure.entry.setFocus()
    return page


def line_overview(look: Look) -> QWidget:
    """The supervisor's wall screen."""
    page = Page(look)
    page.top_bar.set_station("Line 1")
    page.top_bar.set_work("", "Gear reducers · early shift · 06:00–14:00")
    page.top_bar.set_chips([Chip("6 stations · last contact 0.4 s")])
    page.top_bar.set_clock("08:42")
    grid = QGridLayout()
    grid.setSpacing(look.mm(4))
    for index, status in enumerate(samples.station_statuses()):
        grid.addWidget(StationTile(look, status), index // 2, index % 2)
    page.middle.addWidget(padded(look, grid), 1)
    alarms = Card(look, "Alarms", "2 in 10 min")
    listing = AlarmList(look, compact=True, most_rows=3)
    listing.set_alarms(samples.alarm_rows())
    alarms.body.addWidget(listing)
    alarms.setMinimumHeight(look.mm(70))
    order = OrderCard(look, "Order 4711-03 · due 13:30")
    order.set_progress("127", "of 200 good", 0.635, "finish expected 13:12 · 3 in rework · 1 hold")
    defects = BarsCard(look, "Defects this shift", "No defects this shift")
    defects.set_note("first pass 96.1 %")
    defects.set_bars(
        [
            BarRow("Seal damaged", 5, "5"),
            BarRow("Shaft Ø", 3, "3"),
            BarRow("Torque low", 2, "2"),
            BarRow("Label", 1, "1"),
        ]
    )
    page.middle.addWidget(column_of(look, [alarms, order, defects]))
    return page


def trends(look: Look) -> QWidget:
    """The trends page, looking at an instant in the past."""
    page = Page(look)
    page.top_bar.set_station("ASM-10")
    page.top_bar.set_work("Trends", "Press · group of instruction GX-40 C")
    page.top_bar.set_chips([Chip("Press"), Chip("Server · 0 waiting")])
    page.top_bar.set_person("Anna Keller")
    page.top_bar.set_clock("08:42")
    ranges = QHBoxLayout()
    ranges.setSpacing(look.mm(3))
    for text in ("1 min", "10 min", "30 min", "This unit"):
        button = BigButton(look, text, size_mm=TARGET_MM * 0.8)
        button.setCheckable(True)
        button.setChecked(text == "30 min")
        ranges.addWidget(button)
    ranges.addStretch(1)
    ranges.addWidget(
        BigButton(
            look,
            "Live",
            ButtonKind.PRIMARY,
            shape=Shape.FORWARD,
            shape_after=True,
            size_mm=TARGET_MM * 0.8,
        )
    )
    view = TrendView(look, samples.PENS, window_s=1800)
    for key, (times, values) in samples.curves().items():
        view.append(key, times, values, "press lost")
    view.set_bands(samples.UNIT_BANDS, samples.STEP_BANDS)
    view.set_marks(samples.TREND_MARKS)
    view.redraw(samples.NOW_S)
    view.set_cursor(samples.NOW_S - 240)
    frame = Card(look, "")
    frame.setSizePolicy(frame.sizePolicy().horizontalPolicy(), frame.sizePolicy().verticalPolicy().Expanding)
    frame.body.addWidget(view, 1)
    column = QVBoxLayout()
    column.setSpacing(look.mm(4))
    column.addLayout(ranges)
    column.addWidget(frame, 1)
    note = "touch and drag to scroll, pinch to zoom, tap for values"
    column.addWidget(Line(look, note, color="second", capital_mm=CAPITAL_NOTE_MM))
    page.middle.addWidget(padded(look, column), 1)
    page.middle.addWidget(column_of(look, _trend_cards(look, view)))
    return page


def _shaft_chart(look: Look) -> RunChart:
    """Twenty-four shaft diameters of which the last six rise."""
    chart = RunChart(look, "No values yet")
    head = [0.2, 0.21, 0.56, -0.1, 0.4, -0.1, 0.62, 0.48, 0.7, 0.34, 0.5, 0.4, 0.3, 0.48, 0.22, 0.38, 0.55]
    values = [20.0 + 0.01 * v for v in [*head, 0.46, 0.5, 0.6, 0.7, 0.8, 0.9, 1.02]]
    lines = [ChartLine(20.010, "UCL"), ChartLine(20.0045, "x̄", True), ChartLine(19.998, "LCL")]
    chart.set_chart(
        values,
        lines,
        members=range(18, 23),
        signals=[23],
        rule_text="rule 3: six rising",
        description="Shaft diameter, 24 values, rule 3 broken",
    )
    return chart


def _operator_bar(bar: TopBar, failed: bool) -> None:
    bar.set_station("ASM-10")
    bar.set_work(
        "GX-40 Gear reducer",
        [Run("Instruction C · Order 4711-03 · Unit "), Run("GX40-000127", True), Run(" · 3 of 20")],
    )
    if failed:
        bar.set_chips([Chip("Press lost 0:14", ChipState.WARNING), Chip("Offline · 37 waiting", ChipState.WARNING)])
    else:
        bar.set_chips([Chip("Press"), Chip("Server · 0 waiting")])
    bar.set_person("Anna Keller")
    bar.set_clock("08:42")


def _operator_cards(look: Look, failed: bool) -> list[QWidget]:
    pens = [samples.PENS[0]]
    if failed:
        capture = ValueCard(look, "Press force", "kN", FORCE_LIMITS)
        capture.set_captured(
            "14.86",
            14.86,
            CardState.FAILED,
            "FAIL",
            "saved",
            "0.86 kN above the limit.",
            "Take the unit off the press and look at the seat. A photo is kept.",
        )
        now = ValueCard(look, "Force now", "kN")
        now.set_bad("0.31", "BadCommunicationError", "last heard 14 s ago · trying again in 3 s")
    else:
        scan = ScanCard(look, "Scan bearing lot")
        scan.set_scanned([Run("6204-2RS · Lot "), Run("L25-0881", True)], "good until 2027-03 · 212 left")
        scan.set_state(CardState.OK)
        live = ValueCard(look, "Press force", "kN", FORCE_LIMITS)
        live.set_live("12.42", 12.42, "live")
    trend = TrendCard(look, "Force, last minute", pens)
    times = np.arange(samples.NOW_S - 60, samples.NOW_S, 0.1)
    noise = np.random.default_rng(5).normal(0, 0.06, times.size)
    values = np.clip((times - samples.NOW_S + 40) * 0.7, 0.31, 12.42) + noise
    if failed:
        values[-140:] = np.nan
    trend.append("force", times, values, "press lost")
    trend.redraw(samples.NOW_S)
    trend.set_quality("Bad" if failed else "Good", not failed)
    return [capture, now, trend] if failed else [scan, live, trend]


def _trend_cards(look: Look, view: TrendView) -> list[QWidget]:
    pens, legend = Card(look, "Pens"), PenList(look)
    values = ("0.31 kN", "78.3 mm", "52.8 °C", "42.1 °C")
    sources = ("opcua · press1", "opcua · press1", "modbus · bench2", "modbus · bench2")
    legend.set_pens(
        [
            PenRow(
                pen.key, pen.name, source, value, view.color_of(pen.key), view.style_of(pen.key),
                "BadCommunicationError · 14 s" if pen.key == "position" else "",
            )
            for pen, value, source in zip(samples.PENS, values, sources, strict=True)
        ]
    )  # fmt: skip
    pens.body.addWidget(legend)
    marks, events = Card(look, "Marks"), MarkList(look, "Marks", "Nothing in the last 30 minutes")
    events.set_marks(
        [
            MarkRow("force 14.86 kN", "07:02 · GX40-000125", Shape.DIAMOND, "alarm"),
            MarkRow("press lost, 2:20", "07:06 · GX40-000126", Shape.WARNING, "warning"),
            MarkRow("“new oil filter”", "07:13 · A. Keller", Shape.SQUARE, "running"),
        ]
    )
    events.setMinimumHeight(look.mm(44))
    marks.body.addWidget(events)
    return [pens, marks]
