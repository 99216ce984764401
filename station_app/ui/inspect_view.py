"""One characteristic on the screen: the list at the left, its entry and chart in the middle, camera and keypad at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from station_app.domain.checks import MeasureCheck, PhotoCheck
from station_app.domain.inspection.governing import governing
from station_app.domain.inspection.plan import Characteristic
from station_app.domain.inspection.results import Inspection
from station_app.domain.job import CheckProgress, Job, StepProgress
from station_app.domain.media import Picture
from station_app.services.inspecting import InspectionRow, RowState
from station_app.services.station import StationServices
from station_app.ui.check_column import CheckColumn
from station_app.ui.check_view import CardContext, CheckView, PageDeeds
from station_app.ui.drafts import Key
from station_app.ui.entry_keypad import entry_keypad
from station_app.ui.gauges_in_hand import GaugesInHand
from station_app.ui.inspect_camera import CameraView, LargePhotoView
from station_app.ui.inspect_chart import LiveChartCard
from station_app.ui.inspect_drawing import DrawingView, drawing_of
from station_app.ui.inspect_entry import PlanEntryView
from station_app.ui.inspect_instruction import InstructionCard
from station_app.ui.inspect_measure import CharacteristicView, HistoryChart
from station_app.ui.inspect_rows import Listed, balloons_on, listed, listed_summary, loose_rows
from station_app.ui.inspect_words import balloons
from station_app.ui.look import Look
from station_app.ui.page import Saying
from station_app.ui.step_media import ShownStep, StepMedia
from station_app.ui.step_view import BaseStepView
from station_app.ui.work_cards import build_check
from widgets.characteristic_list import CharacteristicList
from widgets.number_entry import NumberEntry

LIST_MM = 150.0
COLUMN_MM = 100.0
FILL = 100
DRAWING_PX = (1024, 768)
DRAWING_MM = 84.0


class InspectView(BaseStepView):
    """Shows a step of an inspection. ``loose_wanted(characteristic)`` is a wish to look at one that no step measures,
    ``cause_wanted(signal)`` to name the cause of a broken rule.
    """

    loose_wanted = Signal(str)
    cause_wanted = Signal(object)

    def __init__(
        self,
        services: StationServices,
        look: Look,
        deeds: PageDeeds,
        say: Callable[[Saying], None] = lambda _saying: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(services, look, deeds, parent)
        self._charts: list[HistoryChart | LiveChartCard] = []
        self._listed: list[Listed] = []
        self._chosen, self._chosen_open = "", False
        self.loose: PlanEntryView | None = None
        self._loose_key: Key = ()
        self.in_hand = GaugesInHand(services, say)
        self._instruction: InstructionCard | None = None
        self._aside: InstructionCard | None = None
        self._media: StepMedia | None = None
        self._inspection: Inspection | None = None
        self._drawn_sha256 = ""
        self._with_photo = False
        self._job: Job | None = None
        self._step: StepProgress | None = None
        self.characteristics = CharacteristicList(look, self.tr("Characteristics"))
        self.characteristics.row_activated.connect(self._row_chosen)
        self.drawing = DrawingView(look)
        self.drawing.balloon_touched.connect(self._balloon_touched)
        self.drawing.setFixedHeight(look.mm(DRAWING_MM))
        self.camera = CameraView(services, look)
        self.keypad = entry_keypad(look, self._on_entry, with_enter=False)
        self.column = CheckColumn(look, squeezed=True)
        self.column.cards.setContentsMargins(0, look.mm(5), 0, look.mm(4))
        self._lay_out()

    def _lay_out(self) -> None:
        """List and drawing at the left, the cards in the middle, camera and keypad at the right."""
        look = self._look
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
        left = QWidget()
        left.setFixedWidth(look.mm(LIST_MM))
        beside = QVBoxLayout(left)
        beside.setContentsMargins(0, 0, 0, look.mm(3))
        beside.setSpacing(look.mm(2))
        beside.addWidget(self.characteristics, 1)
        beside.addWidget(self.drawing)
        layout.addWidget(left)
        layout.addWidget(self.column, 1)
        layout.addWidget(right)

    @property
    def charts(self) -> Sequence[HistoryChart | LiveChartCard]:
        """The charts of the shown step's characteristics."""
        return tuple(self._charts)

    def show_step(self, job: Job, step: StepProgress, saving: bool) -> None:
        """Bring everything up to date for this step of this job."""
        live = step is job.current
        self._job, self._step = job, step
        self._inspection = self._services.quality.inspecting.current
        wanted = self._loose_row(job, step, live)
        shown = (
            job.job_id,
            step.no,
            step.attempt,
            "" if wanted is None else wanted.characteristic.id,
            live,
            self._language,
        )
        built = shown != self._shown
        if built:
            self._shown = shown
            self._build(job, step, live, wanted)
        self._show_list(job, step)
        if self.loose is not None:
            self.loose.show(saving)
        else:
            self.column.show_checks(step, saving)
        if built:
            self.column.restore()
            if self.loose is not None:
                self.column.kept.give_back(self._loose_key, self.loose)
        for chart in self._charts:
            chart.update(job)
        broken = any(isinstance(chart, LiveChartCard) and not chart.rule.isHidden() for chart in self._charts)
        if self._instruction is not None:
            # what a broken rule asks for comes before how it is measured
            self._instruction.setHidden(broken)
        # a refused picture stays in the middle: the live one is needed to take it again
        self.camera.card.setVisible(not self._with_photo or (live and step.failed_check() is not None))
        view = self.current_view() if live else None
        self.keypad.setEnabled(view is not None and view.entry() is not None)

    def current_view(self) -> CheckView | None:
        """The card that takes the next entry."""
        if self.loose is not None:
            return self.loose
        return self.column.current_view(self._step) if self._step is not None else None

    def choose(self, characteristic: str) -> None:
        """Show a characteristic that no step measures, with the next :meth:`show_step`; empty: the step again."""
        self._chosen, self._chosen_open = characteristic, True

    def _loose_row(self, job: Job, step: StepProgress, live: bool) -> InspectionRow | None:
        """The characteristic without a step that is shown: the chosen one; before the last step those that are open."""
        if not live:
            return None
        rows = loose_rows(self._services, job, self._inspection)
        unsettled = (RowState.OPEN, RowState.FAILED)
        chosen = next((row for row in rows if row.characteristic.id == self._chosen), None)
        if chosen is not None and self._chosen_open and chosen.state not in unsettled:
            # it has been dealt with while it was shown
            self._chosen, chosen = "", None
        if chosen is not None:
            return chosen
        if step is not job.steps[-1]:
            return None
        found = next((row for row in rows if row.state in unsettled), None)
        self._chosen, self._chosen_open = ("", False) if found is None else (found.characteristic.id, True)
        return found

    def _show_list(self, job: Job, step: StepProgress) -> None:
        """List and drawing."""
        numbers = balloons(self._services, job)
        self._listed = listed(self._services, job, self._inspection, numbers, self._language)
        following = step.next_check()
        check_id = following.check.id if following is not None else ""
        current = self.loose.wanted.id if self.loose is not None else ""
        at = next(
            (
                place
                for place, each in enumerate(self._listed)
                if (each.loose and each.characteristic == current)
                or (not current and each.step_no == step.no and check_id in ("", each.check_id))
            ),
            -1,
        )
        self.characteristics.set_rows([each.row for each in self._listed], at)
        self.characteristics.set_summary(listed_summary(self._listed))
        self._show_balloons(self._listed[at].characteristic if at >= 0 else "")

    def _show_balloons(self, current: str) -> None:
        """The drawing of the plan, with the current characteristic marked; without a plan or a drawing there is none."""
        plan = self._inspection.plan if self._inspection is not None else None
        picture = None if plan is None else drawing_of(plan, plan.characteristic(current))
        self.drawing.setVisible(picture is not None)
        if plan is None or picture is None:
            return
        self.drawing.set_balloons(balloons_on(plan.characteristics, self._listed, picture.file, current))
        if picture.sha256 != self._drawn_sha256:
            self._drawn_sha256 = picture.sha256
            name = self.tr("Drawing with balloons: {title}").format(title=plan.title)

            def arrived(image: QImage) -> None:
                if isValid(self.drawing):
                    self.drawing.set_drawing(image, name)

            self.pictures.show(picture.sha256, picture.media_type, *DRAWING_PX, arrived)

    def follow_clock(self, job: Job) -> None:
        """An inspection has no takt bar: the time of a unit is on the line's tile."""

    def follow(self, now_s: float) -> None:
        """Live values and the camera."""
        self.column.follow(now_s)
        if not self.camera.card.isHidden() and self._job is not None:
            self.camera.follow(now_s, self._job.serial, self._photo_check())

    def shown_media(self) -> tuple[Picture, QImage] | None:
        """The drawing that is shown."""
        return self._media.current() if self._media is not None else None

    def page_media(self, by: int) -> None:
        """The next drawing of the step, or the one before."""
        if self._instruction is not None:
            self._instruction.media.step(by)

    # --- building ------------------------------------------------------------------------------------------------

    def _build(self, job: Job, step: StepProgress, live: bool, wanted: InspectionRow | None) -> None:
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
        if wanted is not None:
            self._build_loose(wanted.characteristic, context)
            return
        for progress in step.checks:
            view = self._build_check(progress, numbers.get(progress.check.id, step.no), context)
            grows = isinstance(view, LargePhotoView)
            photo = photo or grows
            key = (job.job_id, step.no, step.attempt, progress.check.id) if live else ()
            self.column.add_check(view, 1 if grows else 0, key)
            if isinstance(progress.check, MeasureCheck):
                self._add_chart(progress.check, context)
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

    def _build_loose(self, wanted: Characteristic, context: CardContext) -> None:
        """A characteristic that no step measures: its entry and its chart."""
        self.loose = PlanEntryView(wanted, context, in_hand=self.in_hand.of)
        self._loose_key = self._key_of(wanted)
        self.column.cards.addWidget(self.loose.card)
        # a card that is not shown yet cannot take the keys
        self.loose.card.show()
        self._with_photo = False
        self.keypad.setVisible(True)
        if wanted.chart is not None:
            self._add_live_chart(wanted)
        else:
            self.column.cards.addStretch(1)

    def _add_chart(self, check: MeasureCheck, context: CardContext) -> None:
        wanted = governing(check, self._inspection.plan) if self._inspection is not None else None
        if wanted is not None and wanted.chart is not None:
            self._add_live_chart(wanted)
            return
        self._charts.append(HistoryChart(self._services, context, check))
        self.column.cards.addWidget(self._charts[-1].card, 3)

    def _add_live_chart(self, wanted: Characteristic) -> None:
        assert self._inspection is not None
        chart = LiveChartCard(self._services, self._look, self._inspection.plan, wanted, self.cause_wanted.emit)
        self._charts.append(chart)
        self.column.cards.addWidget(chart.card, 4)
        self.column.cards.addWidget(chart.rule)

    def _build_check(self, progress: CheckProgress, number: int, context: CardContext) -> CheckView:
        if isinstance(progress.check, MeasureCheck):
            wanted = governing(progress.check, self._inspection.plan) if self._inspection is not None else None
            if wanted is not None and wanted.readings > 1:
                return PlanEntryView(wanted, context)
            return CharacteristicView(progress.check, str(number), context, wanted)
        if isinstance(progress.check, PhotoCheck):
            return LargePhotoView(progress.check, str(number), context)
        return build_check(progress, context)

    def _key_of(self, wanted: Characteristic) -> Key:
        return () if self._inspection is None else (self._inspection.inspection_id, wanted.id)

    def _clear(self) -> None:
        if self.loose is not None:
            self.column.kept.keep(self._loose_key, self.loose)
        self.column.clear()
        self._charts.clear()
        self.loose = self._instruction = self._media = None
        if self._aside is not None:
            self._right.removeWidget(self._aside)
            self._aside.hide()
            self._aside.deleteLater()
            self._aside = None

    def _on_entry(self, deed: Callable[[NumberEntry], object]) -> None:
        view = self.current_view()
        entry = view.entry() if view is not None else None
        if entry is not None:
            deed(entry)
            # a touch on a key lets the page take the keys: the caret stays where the figures appear
            entry.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- inside --------------------------------------------------------------------------------------------------

    def _photo_check(self) -> PhotoCheck | None:
        following = self._step.next_check() if self._step is not None else None
        return following.check if following is not None and isinstance(following.check, PhotoCheck) else None

    def _row_chosen(self, row: int) -> None:
        if row >= len(self._listed):
            return
        chosen = self._listed[row]
        if chosen.loose:
            self.loose_wanted.emit(chosen.characteristic)
        else:
            self.step_wanted.emit(chosen.step_no)

    def _balloon_touched(self, characteristic: str) -> None:
        """A balloon of the drawing is its row of the list."""
        row = next((at for at, each in enumerate(self._listed) if each.characteristic == characteristic), None)
        if row is not None:
            self._row_chosen(row)
