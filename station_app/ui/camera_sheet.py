"""Setting a camera for a view: tried out on the live picture, and told as the lines for station.toml."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
import shiboken6
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from station_app.domain.view import ROTATIONS_DEG, ControlLimit, Crop, ViewSettings, settings_lines
from station_app.services.pictures import CameraAway
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.pictures import Preview
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card
from widgets.overlay import Overlay
from widgets.picture_view import PictureView
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, TARGET_MM, Look

translate = QCoreApplication.translate
LOOK_MS = 100
PREVIEW_PX = (1280, 960)
COLUMN_MM = 150.0
CONTROLS = ("exposure", "focus", "gain")
EDGES = ("x", "y", "width", "height")
CROP_STEP = 0.05
STEPS_OF_A_RANGE = 40


class _Row:
    """One setting: its name, less, its value, more, and what the camera allows."""

    def __init__(self, look: Look, grid: QGridLayout, line: int, label: str, change: Callable[[int], None]) -> None:
        self.value = Line(look, "", bold=True, capital_mm=CAPITAL_NOTE_MM, align=Qt.AlignmentFlag.AlignHCenter)
        self.value.setFixedWidth(look.mm(31))
        self.remark = Line(look, "", color="second", capital_mm=CAPITAL_NOTE_MM)
        self.less = BigButton(look, "−", size_mm=TARGET_MM)
        self.less.set_text("−", translate("camera_sheet", "Less {what}").format(what=label))
        self.more = BigButton(look, "+", size_mm=TARGET_MM)
        self.more.set_text("+", translate("camera_sheet", "More {what}").format(what=label))
        for button, direction in ((self.less, -1), (self.more, 1)):
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, direction=direction: change(direction))
        name = Line(look, label, capital_mm=CAPITAL_NOTE_MM)
        for column, widget in ((0, name), (1, self.less), (2, self.value), (3, self.more), (5, self.remark)):
            grid.addWidget(widget, line, column)
        self.alone = Line(look, "", color="second", capital_mm=CAPITAL_NOTE_MM)
        self.alone.setMinimumHeight(look.mm(TARGET_MM))
        self.alone.hide()
        grid.addWidget(self.alone, line, 1, 1, 5)

    def show(self, value: str, remark: str = "") -> None:
        """The value now, which can be changed, and how far."""
        self.value.set_text(value)
        self.remark.set_text(remark)
        self._offer(True)

    def show_why_not(self, reason: str) -> None:
        """It cannot be changed."""
        self.alone.set_text(reason)
        self._offer(False)

    def _offer(self, possible: bool) -> None:
        for widget in (self.less, self.value, self.more, self.remark):
            widget.setVisible(possible)
        self.alone.setVisible(not possible)


class CameraSheet(Overlay):
    """Tries settings; nothing is kept here. When it goes, the camera is set as station.toml says again."""

    def __init__(self, services: StationServices, look: Look) -> None:
        super().__init__(look, full=True)
        self.setAccessibleName(translate("camera_sheet", "Cameras and their views"))
        self._services = services
        self._places = [
            (camera, view) for camera in services.pictures.names for view in services.pictures.views(camera)
        ]
        self._at = 0
        self.settings = ViewSettings()
        self._limits: dict[str, ControlLimit] = {}
        self._asked = ""
        self.title = Line(look, "", bold=True, capital_mm=CAPITAL_BODY_MM)
        self.picture = PictureView(look, translate("camera_sheet", "The camera delivers no picture."))
        self.lines = QLabel()
        self._rows: dict[str, _Row] = {}
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look_at_camera)
        self.dismissed.connect(self._put_back)
        self._open(0)
        self._timer.start()

    @property
    def place(self) -> tuple[str, str]:
        """The camera and the view ("" is the camera's own) that are set."""
        return self._places[self._at]

    def step(self, by: int) -> None:
        """The next view, or the one before."""
        self._put_back()
        self._open((self._at + by) % len(self._places))

    def change_control(self, name: str, direction: int) -> None:
        """Less or more of exposure, focus or gain; from automatic it begins at the camera's present value."""
        limit = self._limits.get(name)
        if limit is None or not limit.supported:
            return
        low, high = limit.low, limit.high
        step = (high - low) / STEPS_OF_A_RANGE if low is not None and high is not None and high > low else 1.0
        present = getattr(self.settings, name)
        value = (limit.value or 0.0) if present is None else present + direction * max(step, 1e-3)
        value = max(low, value) if low is not None else value
        value = min(high, value) if high is not None else value
        self._try(msgspec.structs.replace(self.settings, **{name: round(value, 3)}))

    def change_crop(self, edge: str, direction: int) -> None:
        """Move or resize the part that is shown; it stays inside the picture."""
        crop = self.settings.crop
        values = {name: getattr(crop, name) for name in EDGES}
        values[edge] = round(values[edge] + direction * CROP_STEP, 3)
        low = CROP_STEP if edge in ("width", "height") else 0.0
        across = {"x": "width", "width": "x", "y": "height", "height": "y"}[edge]
        values[edge] = round(min(max(low, values[edge]), 1.0 - values[across]), 3)
        self._try(msgspec.structs.replace(self.settings, crop=Crop(**values)))

    def turn(self, direction: int) -> None:
        """A quarter turn."""
        at = ROTATIONS_DEG.index(self.settings.rotation_deg) + direction
        self._try(msgspec.structs.replace(self.settings, rotation_deg=ROTATIONS_DEG[at % len(ROTATIONS_DEG)]))

    def reset(self) -> None:
        """As station.toml says."""
        self._open(self._at)

    # --- inside --------------------------------------------------------------------------------------------------

    def _open(self, at: int) -> None:
        self._at = at
        camera, view = self.place
        self._services.pictures.show_view(camera, view)
        self._preview = Preview(self._services, camera, *PREVIEW_PX, self._frame)
        if self._asked != camera:
            self._asked, self._limits = camera, {}
            self._ask_limits(camera)
        self.settings = self._services.pictures.settings(camera, view)
        self._show()

    def _ask_limits(self, camera: str) -> None:
        def answered(limits: Sequence[ControlLimit]) -> None:
            if shiboken6.isValid(self) and camera == self.place[0]:
                self._limits = {limit.name: limit for limit in limits}
                self._show()

        def failed(error: BaseException) -> None:
            if not isinstance(error, CameraAway):
                raise error
            if shiboken6.isValid(self):
                self._asked = ""  # asked again when the camera is opened again

        when_done(self._services.pictures.limits(camera), self._services.post, answered, failed)

    def _try(self, settings: ViewSettings) -> None:
        self.settings = settings
        self._services.pictures.try_settings(self.place[0], settings)
        self._show()

    def _put_back(self) -> None:
        camera, view = self.place
        self._services.pictures.show_view(camera, view)

    def _look_at_camera(self) -> None:
        if self.isVisible():
            self._preview.refresh()

    def _frame(self, image: QImage) -> None:
        if shiboken6.isValid(self):
            self.picture.set_image(image, self.title.text())

    def _show(self) -> None:
        camera, view = self.place
        own = translate("camera_sheet", "the camera's own settings")
        self.title.set_text(f"{camera} · {view or own}")
        for name in CONTROLS:
            self._show_control(name)
        self._rows["rotation"].show(f"{self.settings.rotation_deg}°")
        for edge in EDGES:
            self._rows[edge].show(f"{getattr(self.settings.crop, edge):.0%}")
        self.lines.setText("\n".join(settings_lines(camera, view, self.settings)))

    def _show_control(self, name: str) -> None:
        limit, value = self._limits.get(name), getattr(self.settings, name)
        said = translate("camera_sheet", "automatic") if value is None else f"{value:g}"
        if limit is None:
            self._rows[name].show_why_not(translate("camera_sheet", "the camera is not connected"))
        elif not limit.supported:
            self._rows[name].show_why_not(translate("camera_sheet", "not supported by this camera"))
        elif limit.low is None or limit.high is None:
            self._rows[name].show(said, translate("camera_sheet", "no limits told"))
        else:
            between = translate("camera_sheet", "{low:g} to {high:g}").format(low=limit.low, high=limit.high)
            self._rows[name].show(said, between)

    def _lay_out(self) -> None:
        look = self.look
        middle = QHBoxLayout()
        middle.setSpacing(look.mm(5))
        left = QVBoxLayout()
        left.addWidget(self.title)
        left.addWidget(self.picture, 1)
        middle.addLayout(left, 1)
        middle.addWidget(self._column())
        buttons = QHBoxLayout()
        buttons.setSpacing(look.mm(3))
        for text, act in (
            (translate("camera_sheet", "View before"), lambda: self.step(-1)),
            (translate("camera_sheet", "Next view"), lambda: self.step(1)),
            (translate("camera_sheet", "As it was"), self.reset),
        ):
            button = BigButton(look, text, size_mm=TARGET_MM, capital_mm=CAPITAL_BODY_MM)
            button.clicked.connect(act)
            buttons.addWidget(button)
        self.back = BigButton(
            look, translate("camera_sheet", "Back"), ButtonKind.PRIMARY, size_mm=TARGET_MM, capital_mm=CAPITAL_BODY_MM
        )
        self.back.clicked.connect(self.dismiss)
        buttons.addStretch(1)
        buttons.addWidget(self.back)
        self.content.addLayout(middle, 1)
        self.content.addLayout(buttons)

    def _column(self) -> QWidget:
        look = self.look
        camera, shown = (
            Card(look, translate("camera_sheet", "Camera")),
            Card(look, translate("camera_sheet", "Shown part")),
        )
        grid, part = QGridLayout(), QGridLayout()
        for table in (grid, part):
            table.setColumnMinimumWidth(0, look.mm(24))
            table.setColumnMinimumWidth(4, look.mm(2))
            table.setColumnStretch(5, 1)
            table.setVerticalSpacing(look.mm(1.5))
            table.setHorizontalSpacing(look.mm(2))
        labels = {
            "exposure": translate("camera_sheet", "Exposure"),
            "focus": translate("camera_sheet", "Focus"),
            "gain": translate("camera_sheet", "Gain"),
            "x": translate("camera_sheet", "From left"),
            "y": translate("camera_sheet", "From top"),
            "width": translate("camera_sheet", "Width"),
            "height": translate("camera_sheet", "Height"),
        }
        for line, name in enumerate(CONTROLS):
            act = lambda direction, name=name: self.change_control(name, direction)  # noqa: E731  # one for each row
            self._rows[name] = _Row(look, grid, line, labels[name], act)
        for line, name in enumerate(EDGES):
            act = lambda direction, name=name: self.change_crop(name, direction)  # noqa: E731  # one for each row
            self._rows[name] = _Row(look, part, line, labels[name], act)
        turned = translate("camera_sheet", "Turned")
        self._rows["rotation"] = _Row(look, part, len(EDGES), turned, self.turn)
        camera.body.addLayout(grid)
        shown.body.addLayout(part)
        written = Card(look, translate("camera_sheet", "Lines for station.toml"))
        self.lines.setTextFormat(Qt.TextFormat.PlainText)
        self.lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.lines.setFont(look.font(CAPITAL_NOTE_MM))
        self.lines.setWordWrap(True)
        written.body.addWidget(self.lines)
        column = QWidget()
        column.setFixedWidth(look.mm(COLUMN_MM))
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(3))
        for card in (camera, shown, written):
            layout.addWidget(card)
        layout.addStretch(1)
        return column
