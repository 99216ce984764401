"""Trying an instruction out as an operator would: the real work page, with stand-ins for what is scanned and measured."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from station_app.services.trying_out import TryOut
from station_app.ui.look import Look, sized_look
from station_app.ui.pages import pages_for
from station_app.ui.station_window import StationWindow
from widgets.editor_style import button, caption, desk_style
from widgets.theme import CAPITAL_SMALL_MM

TICK_MS = 50
SIDE_PX = 230
MARGIN_PX = 40


class TryOutWindow(QWidget):
    """A window of its own over the editor. ``closed`` tells that it is gone, with everything that was done in it."""

    closed = Signal()

    def __init__(self, look: Look, try_out: TryOut, width_px: int, height_px: int, title: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Try-out: {title}").format(title=title))
        self._look, self._try_out = look, try_out
        self._step = ""
        self.resize(width_px, height_px)
        self.banner = caption(look, self.tr("Try-out: nothing is recorded"), heading=True)
        self.banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme = look.theme
        self.banner.setStyleSheet(f"background: {theme.warning}; color: {theme.on_warning}; padding: 5px;")
        self.station = StationWindow(
            try_out.services,
            sized_look(theme.name, look.language, width_px - SIDE_PX, height_px - MARGIN_PX, 3.67),
            pages=pages_for("assembly")[:1],
        )
        self._side = QVBoxLayout()
        self._side.setSpacing(6)
        side = QWidget()
        side.setObjectName("panel")
        side.setStyleSheet(desk_style(theme))
        side.setLayout(self._side)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFixedWidth(SIDE_PX)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(side)
        area.setStyleSheet("QScrollArea { border: none; }")
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self.station, 1)
        columns.addWidget(area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addLayout(columns, 1)
        self._end = try_out.services.ledger.changed.subscribe(self._follow)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(try_out.tick)
        self._tick.start()
        self._fill()
        try_out.begin()

    def _follow(self) -> None:
        """The stand-ins are those of the step that is done now."""
        job = self._try_out.services.execution.job
        step = job.current.step.id if job is not None and job.current is not None else ""
        unit = job.serial if job is not None else ""
        if f"{unit} {step}" != self._step:
            self._step = f"{unit} {step}"
            self._fill()

    def _fill(self) -> None:
        while self._side.count():
            item = self._side.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        look, services = self._look, self._try_out.services
        self._side.addWidget(caption(look, self.tr("Stand-ins"), heading=True))
        job = services.execution.job
        step = job.current.step if job is not None and job.current is not None else None
        codes = self._try_out.codes(step) if step is not None else []
        for code in codes:
            said = code.title if code.good else self.tr("A wrong part")
            scan = button(look, self.tr("Scan: {what}").format(what=said), f"{said}: {code.text}")
            scan.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            scan.clicked.connect(lambda _checked=False, text=code.text: self.station.scan(text))
            self._side.addWidget(scan)
        tags = self._try_out.tags(step) if step is not None else []
        for tag in tags:
            self._side.addWidget(caption(look, tag, color="second"))
            value = QDoubleSpinBox()
            value.setFont(look.font(CAPITAL_SMALL_MM))
            value.setRange(-1e6, 1e6)
            value.setDecimals(3)
            value.setAccessibleName(tag)
            value.valueChanged.connect(lambda number, tag=tag: self._try_out.set_value(tag, number))
            self._side.addWidget(value)
        if not codes and not tags:
            self._side.addWidget(caption(look, self.tr("This step needs nothing from outside."), color="muted"))
        self._side.addStretch(1)
        self._side.addWidget(
            caption(
                look,
                self.tr("You are signed in as Try-out, password try-out. A second person: Colleague, try-out."),
                color="muted",
            )
        )
        done = button(look, self.tr("End the try-out"))
        done.clicked.connect(self.close)
        self._side.addWidget(done)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything that was done is thrown away."""
        self._tick.stop()
        self._end()
        self.station.close()
        self._try_out.close()
        self.closed.emit()
        super().closeEvent(event)
