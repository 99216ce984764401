"""One step on the screen: the list of steps, the instruction with its picture, and the cards of its checks."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from station_app.domain.job import Job, Mark, StepProgress
from station_app.domain.media import Picture
from station_app.services.station import StationServices
from station_app.ui.check_column import CheckColumn
from station_app.ui.check_view import CardContext, PageDeeds
from station_app.ui.entry_keypad import entry_keypad
from station_app.ui.look import Look
from station_app.ui.step_media import ShownStep, StepMedia, media_texts
from station_app.ui.step_signs import step_signs
from station_app.ui.step_view import BaseStepView
from station_app.ui.work_cards import build_check
from station_app.ui.work_state import step_rows, step_takt_text, unit_takt_text
from station_app.ui.work_trends import TagTrend, step_tags
from widgets.instruction_view import InstructionView
from widgets.keypad import Keypad
from widgets.number_entry import NumberEntry
from widgets.step_list import StepList

LIST_MM = 86.0
COLUMN_MM = 106.0


class StepView(BaseStepView):
    """Shows a step of a job."""

    def __init__(self, services: StationServices, look: Look, deeds: PageDeeds, parent: QWidget | None = None) -> None:
        super().__init__(services, look, deeds, parent)
        self._drawn = False
        self._trends: list[TagTrend] = []
        self._keypad: Keypad | None = None
        self.steps = StepList(look)
        self.steps.setFixedWidth(look.mm(LIST_MM))
        self.steps.set_accessible_title(self.tr("Steps"))
        self.steps.row_activated.connect(lambda row: self.step_wanted.emit(row + 1))
        self.instruction = InstructionView(look, media_texts())
        self.media = StepMedia(services, look, self.instruction.media, self.pictures)
        self.column = CheckColumn(look)
        self.column.setFixedWidth(look.mm(COLUMN_MM))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, look.mm(6), 0)
        layout.setSpacing(look.mm(6))
        layout.addWidget(self.steps)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, look.mm(6), 0, look.mm(4))
        middle.addWidget(self.instruction)
        right = QVBoxLayout()
        right.setContentsMargins(0, look.mm(6), 0, look.mm(4))
        right.addWidget(self.column)
        layout.addLayout(middle, 1)
        layout.addLayout(right)

    def show_step(self, job: Job, step: StepProgress, saving: bool) -> None:
        """Bring everything up to date for this step of this job."""
        live = step is job.current
        shown = (job.job_id, step.no, step.attempt, live, self._language)
        built = shown != self._shown
        if built:
            self._shown = shown
            self._build(job, step, live)
        rows = step_rows(job, self._language)
        self.steps.set_rows(rows)
        self.steps.set_current(step.no - 1)
        new = not self._drawn
        self.column.show_checks(step, saving)
        if built:
            self.column.restore()
        self._show_keypad(step, live)
        if new:
            # live values and times stand there at once, not with the next tick
            self._drawn = True
            self.follow_clock(job)
            self.follow(self._services.ledger.clock.wall_us() / 1e6)

    def follow_clock(self, job: Job) -> None:
        """The unit's and the step's time against takt."""
        self.steps.set_takt(*unit_takt_text(self._services.execution.unit_takt()))
        self.steps.set_step_takt(*step_takt_text(self._services.execution.takt()))

    def shown_media(self) -> tuple[Picture, QImage] | None:
        """The picture that is large at present."""
        return self.media.current()

    def page_media(self, by: int) -> None:
        """The next picture of the step, or the one before."""
        self.instruction.media.step(by)

    def follow(self, now_s: float) -> None:
        """Live values, preview and trends."""
        self.column.follow(now_s)
        for trend in self._trends:
            trend.follow(now_s)

    # --- building ------------------------------------------------------------------------------------------------

    def _build(self, job: Job, step: StepProgress, live: bool) -> None:
        self._clear()
        self._drawn = False
        language = self._language
        self.instruction.set_instruction(str(step.no), step.step.title_in(language), step.step.text_in(language))
        context = CardContext(
            self._services,
            self._look,
            self.media.store,
            job.serial,
            live,
            self.edited.emit,
            self.entered.emit,
            self._deeds,
            language,
        )
        for progress in step.checks:
            key = (job.job_id, step.no, step.attempt, progress.check.id) if live else ()
            self.column.add_check(build_check(progress, context), key=key)
        if live and any(view.entry() is not None for view in self.column.views):
            self._keypad = entry_keypad(self._look, self._on_entry)
            self.column.cards.addWidget(self._keypad)
        if live:
            for tag in step_tags(step.step):
                self._trends.append(TagTrend(self._services, self._look, step.step, tag))
                self.column.cards.addWidget(self._trends[-1].card)
        self.column.cards.addStretch(1)
        self.instruction.signs.set_signs(step_signs(step))
        following = [later.step for later in job.steps[step.no :]]
        self.media.show(ShownStep(step.step, following, language, self._picture_px()))

    def _clear(self) -> None:
        self.column.clear()
        self._trends.clear()
        self._keypad = None

    def _on_entry(self, deed: Callable[[NumberEntry], object]) -> None:
        """A key of the keypad goes to the measurement that is next."""
        job = self._services.execution.job
        view = self.column.current_view(job.current) if job is not None and job.current is not None else None
        entry = view.entry() if view is not None else None
        if entry is not None:
            deed(entry)

    def _show_keypad(self, step: StepProgress, live: bool) -> None:
        if self._keypad is None:
            return
        view = self.column.current_view(step) if live else None
        self._keypad.setVisible(view is not None and view.entry() is not None)

    def _picture_px(self) -> tuple[int, int]:
        """Large enough for the place on this window, in steps, so that a little resizing keeps what is decoded."""
        scale = self.devicePixelRatioF() * 1.25
        step = 256
        width = int(max(self.width() - self._look.mm(LIST_MM + COLUMN_MM), 640) * scale)
        height = int(max(self.height(), 480) * scale)
        return (width // step + 1) * step, (height // step + 1) * step


def is_open(step: StepProgress) -> bool:
    """Whether a step may be looked at from the list: it was begun."""
    return step.mark is not Mark.OPEN
