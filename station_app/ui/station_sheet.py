"""What the line knows of one station, over the overview: state, unit, calls and alarms."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from station_app.domain.status import ACKNOWLEDGED, LineStation, StationStatus
from station_app.ui.line_wording import ANDON, call_title
from station_app.ui.look import Look
from station_app.ui.wording import age_text, clock_text, duration_text
from widgets.buttons import BigButton, ButtonKind
from widgets.overlay import Overlay
from widgets.record_table import RecordRow, RecordSection, RecordTable
from widgets.step_list import StepMark
from widgets.text import Line
from widgets.theme import CAPITAL_HEADING_MM, TARGET_MM

translate = QCoreApplication.translate


class StationSheet(Overlay):
    """Follows the line while it is open: :meth:`show_station` is called with each answer."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, width_mm=300)
        self._title = Line(look, bold=True, capital_mm=CAPITAL_HEADING_MM)
        self.table = RecordTable(look, "")
        self.table.setMinimumHeight(look.mm(150))
        self._sections: list[RecordSection] = []
        self.trends_button = BigButton(
            look, translate("line", "Trends"), size_mm=TARGET_MM, icon_name="mdi6.chart-line"
        )
        self.close_button = BigButton(look, translate("line", "Back"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.close_button.clicked.connect(self.dismiss)
        self.content.addWidget(self._title)
        self.content.addWidget(self.table, 1)
        foot = QHBoxLayout()
        foot.setSpacing(look.mm(3))
        foot.addWidget(self.trends_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        self.content.addLayout(foot)

    def first_focus(self) -> QWidget:
        """Back: a touch of Enter goes back where the person came from."""
        return self.close_button

    def show_station(self, station: LineStation, now_us: int, utc_offset_min: int) -> None:
        """Bring the sheet up to date."""
        status = station.status
        self._title.set_text(f"{status.name} · {status.operation}" if status.operation else status.name)
        self.setAccessibleName(self._title.text())
        found = sections(station, now_us, utc_offset_min)
        if found != self._sections:
            self._sections = found
            self.table.set_sections(found, keep_place=True)


def sections(station: LineStation, now_us: int, utc_offset_min: int) -> list[RecordSection]:
    """What is known of a station, as sections of rows."""
    status = station.status
    return [
        RecordSection(translate("line", "State"), tuple(_state_rows(station, utc_offset_min))),
        RecordSection(translate("line", "Calls"), tuple(_call_rows(status, now_us))),
        RecordSection(translate("line", "Alarms"), tuple(_alarm_rows(status, utc_offset_min))),
    ]


def _state_rows(station: LineStation, utc_offset_min: int) -> list[RecordRow]:
    status = station.status
    rows = [RecordRow(translate("line", "Does"), status.state_text)]
    if status.serial:
        rows.append(
            RecordRow(
                translate("line", "Unit"),
                status.serial,
                translate("line", "order {order}").format(order=status.order_id),
            )
        )
        step = translate("line", "{no} of {total}: {title}").format(
            no=status.step_no, total=status.steps_total, title=status.step_title
        )
        mark = StepMark.FAILED if status.step_failed else StepMark.CURRENT
        rows.append(RecordRow(translate("line", "Step"), step, "", mark))
        used = duration_text(status.attended_s)
        takt = translate("line", "takt {takt}").format(takt=duration_text(status.takt_s)) if status.takt_s else ""
        rows.append(RecordRow(translate("line", "Time on the unit"), used, takt))
        if status.job_started_us is not None:
            rows.append(RecordRow(translate("line", "Begun"), clock_text(status.job_started_us, utc_offset_min)))
    good = f"{status.good} / {status.planned}" if status.planned else str(status.good)
    bad = translate("line", "{n} not good").format(n=status.nonconforming)
    rows.append(RecordRow(translate("line", "Good of ordered"), good, bad))
    rows.append(RecordRow(translate("line", "Person"), status.person or translate("line", "nobody is signed in")))
    rows.append(RecordRow(translate("line", "Waiting records"), str(status.waiting)))
    age_s = station.contact_age_s
    contact = (
        translate("line", "never") if age_s is None else translate("line", "{age} ago").format(age=age_text(age_s))
    )
    rows.append(RecordRow(translate("line", "Last contact"), contact, status.application_version))
    return rows


def _call_rows(status: StationStatus, now_us: int) -> list[RecordRow]:
    if not status.calls:
        return [RecordRow(translate("line", "Open"), translate("line", "none"))]
    return [
        RecordRow(
            call_title(call.call),
            call.reason,
            " · ".join(part for part in (age_text(max(0.0, (now_us - call.since_us) / 1e6)), call.serial) if part),
            StepMark.FAILED if call.call == ANDON else StepMark.CURRENT,
        )
        for call in sorted(status.calls, key=lambda call: call.since_us)
    ]


def _alarm_rows(status: StationStatus, utc_offset_min: int) -> list[RecordRow]:
    if not status.alarms:
        return [RecordRow(translate("line", "Active"), translate("line", "none"))]
    rows = [
        RecordRow(
            clock_text(alarm.since_us, utc_offset_min, seconds=True),
            alarm.text,
            "",
            StepMark.DONE if alarm.state.startswith(ACKNOWLEDGED) else StepMark.FAILED,
        )
        for alarm in status.alarms
    ]
    more = status.numbers.total - len(status.alarms)
    if more > 0:
        text = translate("line", "{n} more, listed at the station").format(n=more)
        rows.append(RecordRow(translate("line", "Further"), text))
    return rows
