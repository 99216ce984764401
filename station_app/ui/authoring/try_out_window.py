"""Trying an instruction out as an operator would: the real work page, with stand-ins for what is scanned and measured."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from station_app.domain.work_master import Step, WorkMaster
from station_app.services.trying_out import TryOut
from station_app.ui.languages import language_name, languages_of
from station_app.ui.look import Look, sized_look
from station_app.ui.pages import pages_for
from station_app.ui.station_window import StationWindow
from widgets.editor_style import button, caption, desk_style
from widgets.layouts import clear
from widgets.theme import CAPITAL_SMALL_MM

TICK_MS = 50
SIDE_PX = 230
MARGIN_PX = 40


class TryOutWindow(QWidget):
    """A window of its own over the editor. ``closed`` tells that it is gone, with everything that was done in it.

    ``product_wanted(product)``: it is to begin anew with another product of the instruction.
    """

    closed = Signal()
    product_wanted = Signal(str)

    def __init__(
        self, look: Look, try_out: TryOut, size_px: tuple[int, int], work_master: WorkMaster, product: str
    ) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Try-out: {title}").format(title=work_master.title))
        self._look, self._try_out = look, try_out
        self._work_master, self._product = work_master, product
        self._step = ""
        self.resize(*size_px)
        self.banner = caption(look, self.tr("Try-out: nothing is recorded"), heading=True)
        self.banner.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme = look.theme
        self.banner.setStyleSheet(f"background: {theme.warning}; color: {theme.on_warning}; padding: 5px;")
        self.station = StationWindow(
            try_out.services,
            sized_look(theme.name, look.language, size_px[0] - SIDE_PX, size_px[1] - MARGIN_PX, 3.67),
            pages=pages_for("assembly")[:1],
        )
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self.station, 1)
        columns.addWidget(self._side_column())
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
        self._fill(None)
        try_out.begin()

    def _side_column(self) -> QScrollArea:
        self._side = QVBoxLayout()
        self._side.setSpacing(6)
        side = QWidget()
        side.setObjectName("panel")
        side.setStyleSheet(desk_style(self._look.theme))
        side.setLayout(self._side)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFixedWidth(SIDE_PX)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(side)
        area.setStyleSheet("QScrollArea { border: none; }")
        return area

    def _follow(self) -> None:
        """The stand-ins are those of the step that is done now."""
        job = self._try_out.services.execution.job
        step = job.current.step if job is not None and job.current is not None else None
        key = f"{job.serial if job is not None else ''} {step.id if step is not None else ''}"
        if key != self._step:
            self._step = key
            if step is not None:
                self._try_out.prepare(step)
            self._fill(step)

    def _fill(self, step: Step | None) -> None:
        clear(self._side)
        look = self._look
        self._side.addWidget(caption(look, self.tr("Stand-ins"), heading=True))
        if step is None or not self._fill_stand_ins(step):
            self._side.addWidget(caption(look, self.tr("This step needs nothing from outside."), color="muted"))
        self._side.addStretch(1)
        self._fill_choices()
        words = self.tr("You are signed in as Try-out, password try-out. A second person: Colleague, try-out.")
        self._side.addWidget(caption(look, words, color="muted"))
        done = button(look, self.tr("End the try-out"))
        done.clicked.connect(self.close)
        self._side.addWidget(done)

    def _fill_stand_ins(self, step: Step) -> bool:
        """What a step takes from outside; False for nothing."""
        codes, tags = self._try_out.codes(step), self._try_out.tags(step)
        counters = {getattr(check, "cycle_tag", "") for check in step.checks}
        for code in codes:
            said = code.title if code.good else self.tr("A wrong part")
            title, spoken = self.tr("Scan: {what}").format(what=said), f"{said}: {code.text}"
            self._add(title, spoken, partial(self.station.scan, code.text))
        for tag in tags:
            self._side.addWidget(caption(self._look, tag, color="second"))
            value = QDoubleSpinBox()
            value.setFont(self._look.font(CAPITAL_SMALL_MM))
            value.setRange(-1e6, 1e6)
            value.setDecimals(3)
            value.setAccessibleName(tag)
            value.setValue(self._try_out.value(tag) or 0.0)
            value.valueChanged.connect(lambda number, tag=tag: self._try_out.set_value(tag, number))
            self._side.addWidget(value)
            if tag in counters:
                spoken = self.tr("The machine makes a cycle: {tag}").format(tag=tag)
                self._add(self.tr("A cycle of the machine"), spoken, partial(value.stepBy, 1))
        return bool(codes or tags)

    def _fill_choices(self) -> None:
        """The languages of the instruction, and its other products."""
        languages = languages_of(self._work_master)
        for language in languages if len(languages) > 1 else ():
            name = language_name(language)
            spoken = self.tr("Language: {name}").format(name=name)
            self._add(name, spoken, partial(self.station.speak, language))
        for product in self._work_master.products() if self._work_master.variants else ():
            if product != self._product:
                title = self.tr("Anew with {product}").format(product=product)
                spoken = self.tr("Begin anew with product {product}").format(product=product)
                self._add(title, spoken, partial(self.product_wanted.emit, product))

    def _add(self, text: str, spoken: str, pressed: Callable[[], object]) -> None:
        made = button(self._look, text, spoken)
        # the scanner's and the operator's keys stay with the station
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda _checked=False: pressed())
        self._side.addWidget(made)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything that was done is thrown away."""
        self._tick.stop()
        self._end()
        self.station.close()
        self._try_out.close()
        self.closed.emit()
        super().closeEvent(event)
