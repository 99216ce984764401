"""One characteristic on the screen: the list at the left, its entry and chart in the middle, camera and keypad at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from station_app.domain.checks import MeasureCheck, PhotoCheck
from station_app.domain.job import CheckProgress, Job, StepProgress
from station_app.domain.media import Picture
from station_app.services.station import StationServices
from station_app.ui.check_column import CheckColumn
from station_app.ui.check_view import CardContext, CheckView, PageDeeds
from station_app.ui.entry_keypad import entry_keypad
from station_app.ui.inspect_camera import CameraView, LargePhotoView
from station_app.ui.inspect_instruction import InstructionCard
from station_app.ui.inspect_measure import CharacteristicView, HistoryChart
from station_app.ui.inspect_words import balloons, characteristic_rows, summary_text
from station_app.ui.look import Look
from station_app.ui.pictures import PictureStore
from station_app.ui.step_media import ShownStep, StepMedia
from station_app.ui.work_cards import build_check
from widgets.characteristic_list import CharacteristicList
from widgets.number_entry import NumberEntry

LIST_MM = 150.0
COLUMN_MM = 100.0
FILL = 100
DRAWING_PX = (1024, 768)
KEY_MM = 17.0


class InspectView(QWidget):
    """Shows a step of an inspection. ``entered`` asks for the big button's deed, ``edited`` says that an entry changed.

    ``step_wanted(no)`` is a wish to look at another step.
    """

    entered = Signal()
    edited = Signal()
    step_wanted = Signal(int)

    def __init__(self, services: StationServices, look: Look, deeds: PageDeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._look, self._deeds = services, look, deeds
        self._language = look.language
        self.pictures = PictureStore(services)
        self._shown: tuple[object, ...] = ()
        self._charts: list[HistoryChart] = []
        self._with_photo = False
        self._job: Job | None = None
        self._step: StepProgress | None = None
        self.characteristics = CharacteristicList(look, self.tr("Characteristics"))
        self.characteristics.setFixedWidth(look.mm(LIST_MM))
        self.characteristics.row_activated.connect(self._row_chosen)
        self.camera = CameraView(services, look)
        self.keypad = entry_keypad(look, self._on_entry, with_enter=False, key_mm=KEY_MM)
        self.column = CheckColumn(look, squeezed=True)
        self.column.cards.setContentsMargins(0, look.mm(5), 0, look.mm(4))
        self._right = QVBoxLayout()
        self._right.setContentsMargins(0, look.mm(5), 0, look.mm(4))
        self._right.setSpacing(look.mm(4))
        self._right.addWidget(self.camera.card)
        self._right.addStretch(1)
        self._right.addWidget(self.keypad)
        right = QWidget()
        right.setFixedWidth(look.mm(COLUMN_MM))
        right.setLayout(self._right)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, look.mm(5), 0)
        layout.setSpacing(look.mm(5))
        layout.addWidget(self.characteristics)
        layout.addWidget(self.column, 1)
        layout.addWidget(right)
        self._aside: InstructionCard | None = None
        self._instruction: InstructionCard | None = None
        self._media: StepMedia | None = None

    @property
    def charts(self) -> Sequence[HistoryChart]:
        """The charts of the shown step's characteristics."""
        return tuple(self._charts)

    def show_step(self, job: Job, step: StepProgress, saving: bool) -> None:
        """Bring everything up to date for this step of this job."""
        live = step is job.current
        self._job, self._step = job, step
        shown = (job.job_id, step.no, step.attempt, live, self._language)
        drafts = list[object]()
        if shown != self._shown:
            if shown[:-1] == self._shown[:-1]:
                drafts = self.column.drafts()
            self._shown = shown
            self._build(job, step, live)
        following = step.next_check()
        self.characteristics.set_rows(
            characteristic_rows(job, balloons(self._services, job), self._language), self._row_of(job, step, following)
        )
        self.characteristics.set_summary(summary_text(job))
        self.column.show_checks(step, saving)
        self.column.restore(drafts)
        for chart in self._charts:
            chart.update(job)
        # a refused picture stays in the middle: the live one is needed to take it again
        self.camera.card.setVisible(not self._with_photo or (live and step.failed_check() is not None))
        view = self.column.current_view(step) if live else None
        self.keypad.setEnabled(view is not None and view.entry() is not None)

    def follow_clock(self, job: Job) -> None:
        """An inspection has no takt bar: the time of a unit is on the line's tile."""

    def follow(self, now_s: float) -> None:
        """Live values and the camera."""
        self.column.follow(now_s)
        if not self.camera.card.isHidden() and self._job is not None:
            self.camera.follow(now_s, self._job.serial, self._photo_check())

    def forget(self) -> None:
        """Another job or none: the next step is built anew."""
        self._shown = ()

    def shown_media(self) -> tuple[Picture, QImage] | None:
        """The drawing that is shown."""
        return self._media.current() if self._media is not None else None

    def page_media(self, by: int) -> None:
        """The next drawing of the step, or the one before."""
        if self._instruction is not None:
            self._instruction.media.step(by)

    def speak(self, language: str) -> None:
        """Show the next step in another language, and this one with the next :meth:`show_step`."""
        self._language = language

    # --- building ------------------------------------------------------------------------------------------------

    def _build(self, job: Job, step: StepProgress, live: bool) -> None:
        self._clear()
        numbers = balloons(self._services, job)
        context = CardContext(
            self._services,
            self._look,
            self.pictures,
            job.serial,
            live,
            self.edited.emit,
            self.entered.emit,
            self._deeds,
            self._language,
        )
        photo = False
        for progress in step.checks:
            view = self._build_check(progress, numbers.get(progress.check.id, step.no), context)
            grows = isinstance(view, LargePhotoView)
            photo = photo or grows
            self.column.add_check(view, 1 if grows else 0)
            if isinstance(progress.check, MeasureCheck):
                self._charts.append(HistoryChart(self._services, context, progress.check))
                self.column.cards.addWidget(self._charts[-1].card, 3)
        # a photo needs the middle for itself: the camera's small card makes room for the instruction
        instruction = InstructionCard(self._look, step, self._language, tall=photo)
        self._media = StepMedia(self._services, self._look, instruction.media, self.pictures)
        # beside the text there is room for the numbers only; the sentences say what they mean
        self._media.numbers_only = not photo
        following = [later.step for later in job.steps[step.no :]]
        self._media.show(ShownStep(step.step, following, self._language, DRAWING_PX))
        self._instruction = instruction
        self._with_photo = photo
        self.keypad.setVisible(not photo)
        if photo:
            self._aside = instruction
            self._right.insertWidget(1, instruction, FILL)
        else:
            self.column.cards.addWidget(instruction, 2 if self._charts else 1)

    def _build_check(self, progress: CheckProgress, number: int, context: CardContext) -> CheckView:
        if isinstance(progress.check, MeasureCheck):
            return CharacteristicView(progress.check, str(number), context)
        if isinstance(progress.check, PhotoCheck):
            return LargePhotoView(progress.check, str(number), context)
        return build_check(progress, context)

    def _clear(self) -> None:
        self.column.clear()
        self._charts.clear()
        if self._aside is not None:
            self._right.removeWidget(self._aside)
            self._aside.hide()
            self._aside.deleteLater()
            self._aside = None

    def _on_entry(self, deed: Callable[[NumberEntry], object]) -> None:
        view = self.column.current_view(self._step) if self._step is not None else None
        entry = view.entry() if view is not None else None
        if entry is not None:
            deed(entry)
            # a touch on a key lets the page take the keys: the caret stays where the figures appear
            entry.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- inside --------------------------------------------------------------------------------------------------

    def _photo_check(self) -> PhotoCheck | None:
        following = self._step.next_check() if self._step is not None else None
        return following.check if following is not None and isinstance(following.check, PhotoCheck) else None

    def _row_of(self, job: Job, step: StepProgress, following: CheckProgress | None) -> int:
        before = sum(len(earlier.checks) for earlier in job.steps[: step.no - 1])
        return before + (step.checks.index(following) if following is not None else 0)

    def _row_chosen(self, row: int) -> None:
        if self._job is None:
            return
        for step in self._job.steps:
            if row < len(step.checks):
                self.step_wanted.emit(step.no)
                return
            row -= len(step.checks)
