"""The records page: scan or type a serial number and read everything that is known about the unit."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.records import Hold
from station_app.domain.rules import Refusal
from station_app.domain.scan import ComponentScan, OrderScan, UnitScan
from station_app.domain.unit_trace import FlagCode, UnitTrace
from station_app.services.ports import EvidenceError, JournalError
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.empty_state import EmptyState
from station_app.ui.evidence_opening import open_evidence
from station_app.ui.line_trend_opening import open_line_trend
from station_app.ui.look import Look
from station_app.ui.page import RECORDS, TRENDS, Page, Saying, ShowSpan, ShowUnit, Target, Weight, saying_of
from station_app.ui.record_pictures import TracePictures
from station_app.ui.releasing_holds import ask_release
from station_app.ui.trace_trends import TimeAtStation, last_job, time_of
from station_app.ui.trace_words import TraceSections
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card
from widgets.choice_dialog import ChoiceDialog
from widgets.mark_list import MarkList, MarkRow
from widgets.message_banner import BannerKind, MessageBanner
from widgets.record_table import RecordTable
from widgets.shapes import Shape
from widgets.theme import CAPITAL_BODY_MM, TARGET_MM

COLUMN_MM = 96.0
MOST_RECENT = 20


class RecordsPage(Page):
    """One trace at a time. A scan of a unit shows its trace here instead of opening its job."""

    page_id: ClassVar[str] = RECORDS

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setAccessibleName(self.title)
        self.trace: UnitTrace | None = None
        self._asked = ""
        self._earlier: list[str] = []
        self._writing = False
        self.dialog: ChoiceDialog | None = None
        self.entry = QLineEdit()
        self.entry.setPlaceholderText(self.tr("Serial number"))
        self.entry.setAccessibleName(self.tr("Serial number"))
        self.entry.setFont(look.font(CAPITAL_BODY_MM))
        self.entry.setMinimumHeight(look.mm(TARGET_MM))
        self.entry.setMaxLength(200)
        self.entry.returnPressed.connect(lambda: self.show_unit(self.entry.text()))
        self.show_button = BigButton(look, self.tr("Show"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.show_button.clicked.connect(lambda: self.show_unit(self.entry.text()))
        self.recent = MarkList(look, self.tr("Recent units"), self.tr("No unit was here yet"))
        self.recent.chosen.connect(self._recent_chosen)
        trend_text = self.tr("Opens the machine's values of this time")
        self.table = RecordTable(look, "", self.tr("The picture is not here"), trend_text=trend_text)
        self.table.link_opened.connect(self.show_unit)
        self.table.trend_opened.connect(self.open_trend)
        self.table.picture_opened.connect(self.open_picture)
        self.alone = MessageBanner(look, self.tr("Hide"))
        self.alone.action_pressed.connect(lambda: self.show_unit(self._asked))
        self.empty = EmptyState(look, "", "")
        self._pictures = TracePictures(services, self._picture_arrived)
        self.back_button = BigButton(look, self.tr("Back"), shape=Shape.BACK, size_mm=TARGET_MM)
        self.back_button.clicked.connect(self.go_back)
        self.release_button = BigButton(look, self.tr("Release the hold"), size_mm=TARGET_MM, shape=Shape.DIAMOND)
        self.release_button.clicked.connect(self.release)
        self.dossier_button = BigButton(look, self.tr("PDF dossier"), size_mm=TARGET_MM, icon_name="mdi6.file-pdf-box")
        self.dossier_button.clicked.connect(self.write_dossier)
        self.trend_button = BigButton(look, self.tr("Trend"), size_mm=TARGET_MM, icon_name="mdi6.chart-line")
        self.trend_button.clicked.connect(self.show_trend)
        self._lay_out()
        self.watch(services.ledger.saved, self._refresh_recent)
        self._refresh_recent()
        self._show_nothing()

    # --- page ----------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Records")

    @property
    def help_text(self) -> str:
        """How to find a unit."""
        return self.tr(
            "**Scan a unit**, type its serial number, or touch one of the recent units: everything known about it is shown, "
            "from every station.\n\n"
            "**Components** can be touched: where each was used is shown. **Back** returns.\n\n"
            "**Without the server** only this station's records are shown, and the page says so.\n\n"
            "**Trend** shows the machine's values while the unit was in work here; touch a **step's row** for those of its "
            "time, also at another station of the line.\n\n"
            "**Release the hold** is there for a unit that is on hold here: a supervisor or quality engineer says why and "
            "signs.\n\n"
            "**PDF dossier** writes all of it into a file, with the pictures.\n\n"
            "A scan on this page never starts work; go to the main page (Esc) for that."
        )

    def shown(self) -> None:
        """The list of recent units as it is now."""
        self._refresh_recent()

    def take_focus(self) -> None:
        """The entry has the keys."""
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)
        self.entry.selectAll()

    def on_scan(self, text: str) -> bool:
        """A unit or component is shown; what the station does not know may be a unit of another line, so it is asked for."""
        try:
            scan = self.services.scanning.recognise(text)
        except Refusal:
            self.show_unit(text)
            return True
        match scan:
            case UnitScan(serial=serial):
                self.show_unit(serial)
            case ComponentScan(serial=serial) if serial:
                self.show_unit(serial)
            case ComponentScan() | OrderScan():
                # nothing is begun or built in from here
                what = self.tr("{text} is no unit: nothing was recorded.").format(text=text.strip())
                self.says.emit(Saying(Weight.NOTE, what, "", self.tr("Scan or type a serial number.")))
            case _:
                return False
        return True

    def show_target(self, target: Target) -> None:
        """A link to a unit."""
        if isinstance(target, ShowUnit):
            self.show_unit(target.serial)

    def go_back(self) -> bool:
        """The unit before; then the empty page."""
        if self._earlier:
            self._ask(self._earlier.pop())
            return True
        if self._asked:
            self._show_nothing()
            self.take_focus()
            return True
        return False

    # --- asking --------------------------------------------------------------------------------------------------

    def show_unit(self, serial: str) -> None:
        """Ask for a unit; the one shown before is what Back returns to."""
        before = self._asked
        if self._ask(serial) and before and before != self._asked and self.trace is not None:
            self._earlier.append(before)

    def _ask(self, serial: str) -> bool:
        serial = serial.strip()
        if not serial:
            self.says.emit(Saying(Weight.NOTE, self.tr("Scan or type a serial number.")))
            return False
        self.hushes.emit()
        self._asked = serial
        self.entry.setText(serial)
        self.empty.say(
            self.tr("Looking for {serial}").format(serial=serial),
            self.tr("The records of every station are asked for. Back stops waiting."),
        )
        self._stack.setCurrentWidget(self.empty)
        self._show_buttons()
        asking = self.services.tracing.trace(serial)
        when_done(
            asking,
            self.services.post,
            lambda trace: self._arrived(serial, trace),
            lambda error: self._not_found(serial, error),
        )
        return True

    def _arrived(self, serial: str, trace: UnitTrace) -> None:
        if serial != self._asked:
            return
        self.trace = trace
        self.table.set_sections(TraceSections(trace, self.services.ledger.clock.utc_offset_min()).all())
        self._say_alone(trace)
        self._stack.setCurrentWidget(self._shown_trace)
        self._show_buttons()
        self._pictures.load(picture.sha256 for picture in trace.pictures)
        self.entry.selectAll()

    def _say_alone(self, trace: UnitTrace) -> None:
        flag = trace.flag(FlagCode.SERVER_NOT_REACHED)
        if flag is None:
            self.alone.hide()
            return
        self.alone.show_message(
            BannerKind.WARNING,
            flag.text,
            self.tr("What other stations recorded is missing below."),
            "",
            self.tr("Ask again"),
        )
        self.alone.dismiss_button.hide()

    def _not_found(self, serial: str, error: BaseException) -> None:
        if not isinstance(error, Refusal | JournalError):
            raise error
        if serial != self._asked:
            return
        self.trace = None
        said = saying_of(error)
        self.empty.say(said.what, said.to_do or self.tr("Scan or type another serial number."))
        self._stack.setCurrentWidget(self.empty)
        self._show_buttons()

    def _show_nothing(self) -> None:
        self.trace = None
        self._asked = ""
        self._earlier.clear()
        self.entry.clear()
        self.alone.hide()
        self.empty.say(
            self.tr("Scan a unit or type its serial number"),
            self.tr("Or touch one of the units that were here lately."),
        )
        self._stack.setCurrentWidget(self.empty)
        self._show_buttons()

    # --- pictures and dossier ------------------------------------------------------------------------------------

    def open_picture(self, sha256: str) -> None:
        """Show a picture large, to be compared, checked and drawn on; a copy that was saved is shown afterwards."""
        if self.trace is None:
            return
        view = open_evidence(self.services, self.look, self.window(), self.trace, sha256)
        serial = self.trace.serial
        view.copied.connect(lambda: view.dismissed.connect(lambda: self._ask(serial)))

    def release(self) -> None:
        """Release the hold that was placed on the unit here; afterwards its record is shown anew."""
        hold = self._hold()
        if hold is not None:
            shown = self.trace.serial if self.trace is not None else ""
            self.dialog = ask_release(self, hold, lambda: self.show_unit(shown))

    def _hold(self) -> Hold | None:
        fold = self.services.ledger.fold
        unit = None if self.trace is None else fold.units.get(self.trace.serial)
        order_id = "" if unit is None else unit.order_id
        return fold.held(self.trace.serial, order_id) if self.trace is not None else None

    def show_trend(self) -> None:
        """The machine's values while the unit was in work at this station, else where it was last."""
        self._open_time(self._last_time())

    def open_trend(self, link: str) -> None:
        """The machine's values while a job or a step was in work, at whichever station of the line that was."""
        self._open_time(time_of(self.trace, link) if self.trace is not None else None)

    def _last_time(self) -> TimeAtStation | None:
        return last_job(self.trace, self.services.identity.path) if self.trace is not None else None

    def _open_time(self, time: TimeAtStation | None) -> None:
        if time is None:
            return
        now_us = self.services.ledger.clock.wall_us()
        start_s, end_s = time.start_us / 1e6, (now_us if time.end_us is None else time.end_us) / 1e6
        if time.station == self.services.identity.path:
            self.wants_page.emit(TRENDS, ShowSpan(start_s, end_s, time.serial))
            return
        view = open_line_trend(self.services, self.look, self.window(), time, (start_s, end_s))
        view.unit_wanted.connect(lambda _serial: view.dismiss())
        view.unit_wanted.connect(self.show_unit)

    def write_dossier(self) -> None:
        """Write the unit's dossier and say where it is."""
        if self.trace is None or self._writing:
            return
        self._writing = True
        self._show_buttons()
        person = self.services.people.person
        writing = self.services.write_dossier(self.trace, person.name if person is not None else "")
        when_done(writing, self.services.post, self._written, self._not_written)

    def _written(self, path: Path) -> None:
        self._writing = False
        self._show_buttons()
        self.says.emit(Saying(Weight.NOTE, self.tr("The dossier is written."), str(path)))

    def _not_written(self, error: BaseException) -> None:
        self._writing = False
        self._show_buttons()
        if not isinstance(error, EvidenceError):
            raise error
        self.says.emit(saying_of(error))

    def _picture_arrived(self, sha256: str, image: QImage) -> None:
        self.table.set_picture(sha256, image)

    # --- drawing -------------------------------------------------------------------------------------------------

    def _show_buttons(self) -> None:
        self.back_button.setEnabled(bool(self._asked))
        shown = self.trace is not None and self._stack.currentWidget() is self._shown_trace
        self.release_button.setVisible(shown and self._hold() is not None)
        self.trend_button.setEnabled(shown and self._last_time() is not None)
        self.dossier_button.setEnabled(shown)
        self.dossier_button.set_busy(self.tr("Writing") if self._writing else "")

    def _refresh_recent(self) -> None:
        self._recent_serials = self.services.ledger.fold.recent.serials[:MOST_RECENT]
        self.recent.set_marks([self._recent_row(serial) for serial in self._recent_serials])

    def _recent_row(self, serial: str) -> MarkRow:
        fold = self.services.ledger.fold
        unit = fold.units.get(serial)
        if fold.held(serial) is not None:
            return MarkRow(serial, self.tr("on hold"), Shape.DIAMOND, "alarm")
        if unit is None or unit.outcome is None:
            return MarkRow(serial, self.tr("in work"), Shape.DOT, "primary")
        passed = unit.outcome.value == "PASS"
        text = self.tr("passed here") if passed else self.tr("ended with {outcome}").format(outcome=unit.outcome.value)
        return MarkRow(serial, text, Shape.CHECK if passed else Shape.DIAMOND, "text" if passed else "alarm")

    def _recent_chosen(self, row: int) -> None:
        if row < len(self._recent_serials):
            self.show_unit(self._recent_serials[row])

    def _lay_out(self) -> None:
        look = self.look
        search = QHBoxLayout()
        search.setSpacing(look.mm(3))
        search.addWidget(self.entry, 1)
        search.addWidget(self.show_button)
        search.addSpacing(look.mm(6))
        search.addWidget(self.back_button)
        search.addWidget(self.release_button)
        search.addWidget(self.trend_button)
        search.addWidget(self.dossier_button)
        self._shown_trace = QWidget()
        shown = QVBoxLayout(self._shown_trace)
        shown.setContentsMargins(0, 0, 0, 0)
        shown.setSpacing(look.mm(3))
        shown.addWidget(self.alone)
        shown.addWidget(self.table, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._shown_trace)
        self._stack.addWidget(self.empty)
        recent = Card(look, self.tr("Recent units"))
        recent.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        recent.setFixedWidth(look.mm(COLUMN_MM))
        recent.body.addWidget(self.recent, 1)
        below = QHBoxLayout()
        below.setSpacing(look.mm(5))
        below.addWidget(recent)
        below.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        edge = look.mm(5)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(look.mm(4))
        layout.addLayout(search)
        layout.addLayout(below, 1)
