"""The settings page: what this station is, how its devices and the server are, and whether a millimetre is one."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from station_app.services.station import StationServices
from station_app.ui.camera_sheet import CameraSheet
from station_app.ui.look import Look
from station_app.ui.page import SETTINGS, TRENDS, Page, ShowInstant
from station_app.ui.settings_words import sections
from station_app.ui.tag_browser import open_tag_browser
from widgets.buttons import BigButton
from widgets.card import Card
from widgets.record_table import RecordTable
from widgets.ruler import LENGTH_MM, Ruler
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, CAPITAL_TITLE_MM, TARGET_MM

REFRESH_MS = 1000
RULER_STEP_PX = 1.0
LOWEST, HIGHEST = 1.0, 60.0
USUAL_PX_PER_MM = 96 / 25.4


class SettingsPage(Page):
    """Everything is read here; what can be changed lies in station.toml, and the page says which line."""

    page_id: ClassVar[str] = SETTINGS

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setAccessibleName(self.title)
        self._px_per_mm = services.setup.px_per_mm or 0.0
        self.table = RecordTable(look, "")
        self._sections: list[object] = []
        self._person = Line(look, bold=True, capital_mm=CAPITAL_BODY_MM)
        self.sign_button = BigButton(look, "", size_mm=TARGET_MM)
        self.sign_button.clicked.connect(lambda: self.wants_action.emit(self._sign_action()))
        self.tags_button = BigButton(look, self.tr("Tags and devices"), size_mm=TARGET_MM)
        self.tags_button.clicked.connect(lambda: open_tag_browser(self, self._draw))
        self.camera_button = BigButton(look, self.tr("Cameras and views"), size_mm=TARGET_MM)
        self.ruler = Ruler(look, self._px_per_mm or USUAL_PX_PER_MM)
        self.density = Line(look, bold=True, capital_mm=CAPITAL_BODY_MM)
        self.shorter = BigButton(look, "−", size_mm=TARGET_MM, capital_mm=CAPITAL_TITLE_MM)
        self.longer = BigButton(look, "+", size_mm=TARGET_MM, capital_mm=CAPITAL_TITLE_MM)
        self.shorter.set_text("−", self.tr("Shorter"))
        self.longer.set_text("+", self.tr("Longer"))
        for button, step in ((self.shorter, -RULER_STEP_PX), (self.longer, RULER_STEP_PX)):
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, step=step: self._adjust(step))
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        for notice in (services.contact.changed, services.people.changed, services.library.changed):
            self.watch(notice, self.refresh)
        self.refresh()

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Settings")

    @property
    def help_text(self) -> str:
        """What can be seen and set here."""
        return self.tr(
            "What this station is, which devices and which server it speaks to, and how they are.\n\n"
            "**Screen**: hold a ruler against the drawn one and press − or + until both agree. Then write the line below it "
            "into station.toml, section *display*, and start the application again: all sizes are then true millimetres.\n\n"
            "**Tags and devices** shows every value, and lets a process engineer add one to this station.\n\n"
            "**Cameras and views** tries out exposure, focus, crop and rotation on the live picture, and shows the lines to "
            "write into station.toml.\n\n"
            "Other settings are changed in station.toml by the station's engineer."
        )

    def shown(self) -> None:
        """Begin with the density of the screen the window is on."""
        if not self._px_per_mm:
            self._px_per_mm = _reported_density(self)
            self._show_density()
        self._timer.start()
        self.refresh()

    def hidden(self) -> None:
        """Nobody looks."""
        self._timer.stop()

    def refresh(self) -> None:
        """Bring everything up to date; the table is drawn anew only when something in it changed."""
        found = sections(self.services)
        if found != self._sections and (self.isVisible() or not self._sections):
            self._sections = list(found)
            self.table.set_sections(found, keep_place=True)
        person = self.services.people.person
        if person is None:
            self._person.set_text(self.tr("Nobody is signed in"))
            self.camera_button.setEnabled(False)
            self.sign_button.set_text(self.tr("Sign in"))
        else:
            roles = ", ".join(role.replace("_", " ") for role in person.roles)
            self._person.set_text(f"{person.name} · {roles}")
            self.camera_button.setEnabled(True)
            self.sign_button.set_text(self.tr("Sign out"))

    def _draw(self, tag: str) -> None:
        """A tag of the browser is wanted in the trend."""
        now_s = self.services.ledger.clock.wall_us() / 1e6
        self.wants_page.emit(TRENDS, ShowInstant(now_s, tag))

    def open_cameras(self) -> None:
        """Try out how the cameras are set for their views."""
        sheet = CameraSheet(self.services, self.look)
        sheet.open_once(self.window())

    def _sign_action(self) -> str:
        return "sign_in" if self.services.people.person is None else "sign_out"

    def _adjust(self, step_px: float) -> None:
        """Make the ruler one pixel longer or shorter."""
        density = self._px_per_mm + step_px / LENGTH_MM
        self._px_per_mm = min(HIGHEST, max(LOWEST, density))
        self._show_density()

    def _show_density(self) -> None:
        self.ruler.set_density(self._px_per_mm)
        self.density.set_text(f"px_per_mm = {self._px_per_mm:.2f}")

    def _lay_out(self) -> None:
        look = self.look
        people = Card(look, self.tr("Person"))
        people.body.addWidget(self._person)
        people.body.addSpacing(look.mm(2))
        people.body.addWidget(self.sign_button)
        tags = Card(look, self.tr("Tags, devices and cameras"))
        tags.body.addSpacing(look.mm(2))
        tags.body.addWidget(self.tags_button)
        if self.services.pictures.names:
            self.camera_button.clicked.connect(self.open_cameras)
            tags.body.addSpacing(look.mm(2))
            tags.body.addWidget(self.camera_button)
        screen = Card(look, self.tr("Screen: hold a ruler against this one"))
        screen.body.addSpacing(look.mm(2))
        screen.body.addWidget(self.ruler)
        keys = QHBoxLayout()
        keys.setSpacing(look.mm(3))
        keys.addWidget(self.shorter)
        keys.addWidget(self.longer)
        keys.addSpacing(look.mm(3))
        keys.addWidget(self.density, 1)
        screen.body.addLayout(keys)
        screen.body.addSpacing(look.mm(2))
        screen.body.addWidget(
            _hint(look, self.tr("When both agree, write this line into station.toml under [display]."))
        )
        right = QVBoxLayout()
        right.setSpacing(look.mm(4))
        right.addWidget(people)
        right.addWidget(tags)
        right.addWidget(screen)
        right.addStretch(1)
        column = QWidget()
        column.setFixedWidth(look.mm(150))
        column.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        layout = QHBoxLayout(self)
        edge = look.mm(5)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(look.mm(5))
        layout.addWidget(self.table, 1)
        layout.addWidget(column)
        self._show_density()


def _reported_density(widget: QWidget) -> float:
    """Logical pixels a millimetre as the screen reports them; the usual density where it reports nonsense."""
    screen = widget.screen()
    width_mm = screen.physicalSize().width()
    density = screen.geometry().width() / width_mm if width_mm > 0 else 0.0
    return density if LOWEST <= density <= HIGHEST else USUAL_PX_PER_MM


def _hint(look: Look, text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setFont(look.font(CAPITAL_NOTE_MM))
    label.setStyleSheet(f"color: {look.theme.second};")
    return label
