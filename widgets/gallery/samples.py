"""Believable values for the gallery: a gear reducer being built on a small line."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from widgets.alarm_list import AlarmRow
from widgets.characteristic_list import CharacteristicRow
from widgets.journal_list import JournalRow
from widgets.picture_view import Callout
from widgets.shapes import Shape
from widgets.station_tile import Severity, StationStatus
from widgets.step_list import StepMark, StepRow
from widgets.trend_canvas import Band, Mark, TrendPen
from widgets.trend_parts import Array

NOW_S: Final = 1_795_072_920.0

GEARBOX_SVG: Final = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 620"
width="1000" height="620">
<rect width="1000" height="620" fill="#FFFFFF"/>
<g stroke="#3B4856" stroke-width="3" fill="#EDF0F3">
<path d="M240 520 V330 a24 24 0 0 1 24 -24 H676 a24 24 0 0 1 24 24 V520 Z"/>
<rect x="200" y="500" width="540" height="46" fill="#E1E5EA"/>
<rect x="376" y="262" width="190" height="46" fill="#E1E5EA"/>
<circle cx="376" cy="410" r="62"/><circle cx="376" cy="410" r="16" fill="#FFFFFF"/>
<circle cx="540" cy="410" r="86"/><circle cx="540" cy="410" r="20" fill="#FFFFFF"/>
<circle cx="266" cy="523" r="11" fill="#FFFFFF"/><circle cx="674" cy="523" r="11" fill="#FFFFFF"/>
<rect x="414" y="160" width="114" height="34" fill="#D9DFE9"/>
<rect x="444" y="60" width="54" height="100" fill="#F3F5F7"/></g>
<g fill="none" stroke="#8494A4" stroke-width="2" stroke-dasharray="9 7">
<circle cx="376" cy="410" r="52"/><circle cx="540" cy="410" r="75"/></g>
<g stroke="#2F4B6E" stroke-width="4" fill="#C9D6E6"><rect x="406" y="214" width="130" height="46"/>
<path d="M406 229 H536 M406 245 H536" stroke-width="2"/>
<path d="M471 76 V134 M455 116 L471 136 L487 116" fill="none"/></g>
</svg>"""

CALLOUTS: Final = (
    Callout("3", "Ram, program 4", (0.51, 0.26), (0.70, 0.08)),
    Callout("1", "Bearing 6204, marking up", (0.53, 0.38), (0.80, 0.25)),
    Callout("2", "Seat clean, dry", (0.56, 0.46), (0.80, 0.45)),
)

STEP_TITLES: Final = (
    "Scan housing",
    "Clean seat",
    "Fit input shaft",
    "Press bearing",
    "Check play",
    "Fit cover seal",
    "Tighten cover",
    "Photo",
    "Sign off",
)

INSTRUCTION: Final = (
    "Place bearing **①** on the seat **②**, marking up. Start program 4 **③** with both hands. "
    "The step goes on by itself when the force is in range."
)


def step_rows(current: int = 3, failed: bool = False) -> tuple[StepRow, ...]:
    """Nine steps, those before `current` done."""
    times = ("0:12", "0:31", "0:48")
    rows = []
    for index, title in enumerate(STEP_TITLES):
        mark = StepMark.DONE if index < current else StepMark.OPEN
        if index == current:
            mark = StepMark.FAILED if failed else StepMark.CURRENT
        time_text = times[index % 3] if index < current else ""
        rows.append(StepRow(str(index + 1), title, mark, time_text))
    return tuple(rows)


def characteristic_rows() -> tuple[CharacteristicRow, ...]:
    """Eight characteristics, two of them measured."""
    return (
        CharacteristicRow("1", "Bore Ø", "20.000 +0.013 / 0", "20.0061", StepMark.DONE),
        CharacteristicRow("2", "Bore depth", "14.00 ±0.05", "14.01", StepMark.DONE),
        CharacteristicRow("3", "Shaft Ø", "20.002 ±0.015", "", StepMark.CURRENT),
        CharacteristicRow("4", "Runout", "≤ 0.020"),
        CharacteristicRow("5", "Surface Ra", "≤ 1.6"),
        CharacteristicRow("6", "Cover torque", "8.5 ±0.6"),
        CharacteristicRow("7", "Label code", "= unit"),
        CharacteristicRow("8", "Photo, seal side", "sharp, complete"),
    )


def station_statuses() -> tuple[StationStatus, ...]:
    """Six stations: running, on hold, tool due, starved, without contact, with a call."""
    foot = "good / planned by now  ·  scrap"
    return (
        StationStatus("ASM-10", "running", Severity.NORMAL, "Assembly · Order 4711-03", "GX40-000127",
                      "step 4 of 9 · 2:31 of 6:30", 0.39, "46", "47", f"{foot} 0", "A 91  E 88  Q 99"),
        StationStatus("ASM-20", "running", Severity.NORMAL, "Test run · Order 4711-03", "GX40-000125",
                      "warm-up · 1:10 of 5:00", 0.23, "44", "46", f"{foot} 1", "A 94  E 85  Q 98",
                      waiting_text="37 waiting", call_text="Andon: material missing · 1:42"),
        StationStatus("INS-30", "unit on hold", Severity.ALARM, "Inspection · Order 4711-03", "GX40-000124",
                      "step 3 of 8 · 4:40 of 4:00", 1.17, "43", "45", f"{foot} 1", "A 97  E 81  Q 96"),
        StationStatus("PCK-40", "waiting for units", Severity.NORMAL, "Packing · Order 4711-02", "—",
                      "starved 3:12", 0.0, "43", "45", f"{foot} 0", "A 88  E 90  Q 100"),
        StationStatus("MIL-05", "tool change due", Severity.WARNING, "Housing mill · OP20", "lot H25-117",
                      "part 63 · 7:58 of 8:10", 0.97, "63", "64", f"{foot} 0", "A 90  E 93  Q 99"),
        StationStatus("ASM-11", "running", Severity.WARNING, "Assembly · no order", "—",
                      "", 0.0, "0", "0", f"{foot} 0", "—", no_contact_text="no contact for 48 s"),
    )  # fmt: skip


PENS: Final = (
    TrendPen("force", "Press force", "kN", 11.0, 14.0),
    TrendPen("position", "Ram position", "mm"),
    TrendPen("oil", "Oil temperature", "°C"),
    TrendPen("housing", "Housing temperature", "°C"),
)


def curves(window_s: float = 1800.0, rate_hz: float = 10.0) -> dict[str, tuple[Array, Array]]:
    """Press cycles with noise; the press is lost for two minutes."""
    generator = np.random.default_rng(7)
    times = np.arange(NOW_S - window_s, NOW_S, 1 / rate_hz)
    age = NOW_S - times
    phase = ((times - NOW_S + 1800) % 375) / 375
    pressing = (phase > 0.45) & (phase < 0.6)
    stroke = np.where(pressing, 1 - np.exp(-(phase - 0.45) * 40), 0.0)
    force = 0.3 + 12.0 * stroke + generator.normal(0, 0.05, times.size)
    position = 78.3 - 66 * stroke + generator.normal(0, 0.2, times.size)
    lost = (age < 960) & (age > 820)
    force[lost] = position[lost] = np.nan
    oil = 48 + 4 * np.sin(times / 500) + generator.normal(0, 0.1, times.size)
    housing = 41 + 2.5 * np.sin(times / 700 + 1) + generator.normal(0, 0.08, times.size)
    return {
        "force": (times, force),
        "position": (times, position),
        "oil": (times, oil),
        "housing": (times, housing),
    }


UNIT_BANDS: Final = (
    Band(NOW_S - 1800, NOW_S - 1480, "GX40-000124", True),
    Band(NOW_S - 1460, NOW_S - 1080, "GX40-000125"),
    Band(NOW_S - 1060, NOW_S - 680, "GX40-000126", True),
    Band(NOW_S - 660, None, "GX40-000127"),
)
STEP_BANDS: Final = (
    Band(NOW_S - 660, NOW_S - 545, "2 Clean"),
    Band(NOW_S - 545, NOW_S - 395, "3 Fit shaft"),
    Band(NOW_S - 395, NOW_S - 120, "4 Press"),
    Band(NOW_S - 120, None, "5 Play"),
)
TREND_MARKS: Final = (
    Mark(NOW_S - 1200, "force 14.86 kN", Shape.DIAMOND, "alarm"),
    Mark(NOW_S - 960, "press lost", Shape.WARNING, "warning"),
    Mark(NOW_S - 500, "new oil filter"),
)


def alarm_rows() -> list[AlarmRow]:
    """Two alarms worth a look and a burst behind them."""
    rows = [
        AlarmRow("a1", Severity.ALARM, "INS-30", "shaft Ø, rule 3: six rising", "08:41 · not acknowledged",
                 "Measure the next unit; change insert T7 above 20.015.", letter="H", note="first"),
        AlarmRow("a2", Severity.WARNING, "MIL-05", "insert T7 at 96 % of life",
                 "08:35 · acknowledged · Jonas Weber", "Change it at the next stop.", can_acknowledge=False,
                 letter="M", seen=True),
    ]  # fmt: skip
    rows += [
        AlarmRow(f"b{i}", Severity.WARNING, "ASM-10", f"press channel {i} lost", "08:30 · cleared") for i in range(11)
    ]
    return rows


def journal_rows() -> list[JournalRow]:
    """The past of an alarm."""
    return [
        JournalRow(
            "2", "08:43:12", "2026-11-20", "acknowledged  shaft Ø", "High · Jonas Weber", link_text="GX40-000124"
        ),
        JournalRow(
            "1", "08:41:07", "2026-11-20", "came  shaft Ø, rule 3", "High", Shape.DIAMOND, "muted", "GX40-000124"
        ),
    ]


def bench_image() -> QImage:
    """A stand-in for a camera frame."""
    image = QImage(640, 400, QImage.Format.Format_RGB32)
    image.fill(QColor("#39444E"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#8C99A6"))
    painter.drawRoundedRect(110, 110, 400, 210, 16, 16)
    painter.setBrush(QColor("#6C7884"))
    painter.drawEllipse(180, 150, 130, 130)
    painter.drawEllipse(330, 150, 130, 130)
    painter.fillRect(440, 120, 56, 56, QColor("#FFFFFF"))
    cells = np.random.default_rng(3).random((7, 7)) > 0.5
    for row, column in zip(*np.nonzero(cells), strict=True):
        painter.fillRect(447 + int(column) * 6, 127 + int(row) * 6, 6, 6, QColor("#000000"))
    painter.end()
    return image
