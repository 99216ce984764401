"""The page where an instruction is written: its steps at the left, what is edited in the middle, the preview at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.document_control import VersionStatus
from station_app.domain.fault import Fault
from station_app.domain.work_master import WorkMaster
from station_app.services.drafting import RefusedText
from station_app.services.trying_out import StandInStation
from station_app.ui.authoring import edits
from station_app.ui.authoring.check_panel import CheckPanel
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.edit_columns import EditTools, PreviewColumn, StepColumn
from station_app.ui.authoring.edit_parts import PARTS, LatePanel, StepParts
from station_app.ui.authoring.keeping import Keeping
from station_app.ui.authoring.language_bar import LanguageBar
from station_app.ui.authoring.media_panel import MediaPanel
from station_app.ui.authoring.model import EditModel
from station_app.ui.authoring.panel import EditContext
from station_app.ui.authoring.places import CHECKS, MEDIA, TEXT, Place, step_of
from station_app.ui.authoring.refusals import Refusals
from station_app.ui.authoring.step_deeds import StepDeeds
from station_app.ui.authoring.text_panel import TextPanel
from station_app.ui.authoring.work_panel import WorkPanel
from station_app.ui.look import Look
from widgets.editor_style import caption


class EditPage(QWidget):
    """One open draft, or a version that can only be read.

    ``left`` asks for the start page, ``control_wanted`` for document control, ``try_wanted`` for a try-out,
    ``rename_wanted`` for another id or version.
    """

    left = Signal()
    control_wanted = Signal()
    try_wanted = Signal()
    save_wanted = Signal()
    rename_wanted = Signal()

    def __init__(
        self,
        look: Look,
        desk: EditorDesk,
        errands: Errands,
        station: StandInStation,
        work_master: WorkMaster,
        seen: VersionStatus | None = None,
        read_only: str = "",
        refused: Sequence[RefusedText] = (),
    ) -> None:
        super().__init__()
        self.look, self.desk = look, desk
        self.model = EditModel(work_master, read_only)
        self.context = EditContext(look, desk, errands, self.model, Refusals(refused))
        self.keeping = Keeping(self.context, seen, self)
        self.steps = StepDeeds(self.context)
        self.is_draft = not read_only
        self.faults: Sequence[Fault] = ()
        self._faulty: set[int] = set()
        self.tools = EditTools(look)
        self.column = StepColumn(look)
        self.list, self.add_button = self.column.list, self.column.add_button
        self.whole = LatePanel(self._work_panel)
        self.tabs = StepParts(self.context)
        self.panels = self.tabs.panels
        self.languages = LanguageBar(look)
        self.shown = PreviewColumn(look, station, desk.drafts.media())
        self.preview, self.fault_list = self.shown.preview, self.shown.fault_list
        self._lay_out()
        self._connect()
        self._lock()
        self.show_place(Place(0 if work_master.steps else None, TEXT))

    # --- building ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.notice = caption(self.look, "")
        self.notice.setObjectName("panel")
        self.notice.setContentsMargins(8, 6, 8, 6)
        self.notice.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.whole)
        self._stack.addWidget(self.tabs)
        middle = QWidget()
        middle.setMinimumWidth(380)
        form = QVBoxLayout(middle)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(4)
        row = QHBoxLayout()
        row.addWidget(self.languages)
        row.addStretch(1)
        form.addLayout(row)
        form.addWidget(self._stack, 1)
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setHandleWidth(8)
        columns.setChildrenCollapsible(False)
        for number, (column, share) in enumerate(((self.column, 0), (middle, 3), (self.shown, 4))):
            columns.addWidget(column)
            columns.setStretchFactor(number, share)
        columns.setSizes([230, 520, 720])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.tools)
        layout.addWidget(self.notice)
        layout.addWidget(columns, 1)

    def _connect(self) -> None:
        tools, column, steps = self.tools, self.column, self.steps
        for made, wish in (
            (tools.back, self.left),
            (tools.try_out, self.try_wanted),
            (tools.save, self.save_wanted),
            (tools.control, self.control_wanted),
        ):
            made.clicked.connect(wish)
        tools.undo.clicked.connect(self.undo)
        tools.redo.clicked.connect(self.redo)
        column.shown.connect(lambda step: self.show_step(None if step < 0 else step))
        column.added.connect(self.add_step)
        column.doubled.connect(steps.duplicate)
        column.deleted.connect(steps.delete)
        column.moved.connect(steps.move)
        column.stepped.connect(steps.move_by)
        self.tabs.currentChanged.connect(lambda _index: self._render())
        self.languages.chosen.connect(self.show_language)
        self.languages.added.connect(self._add_language)
        self.shown.product_chosen.connect(self._render)
        self.fault_list.wanted.connect(self.show_place)
        self.keeping.kept.connect(self._say_kept)
        self.keeping.checked.connect(self._show_faults)
        self.model.changed.subscribe(self._changed)

    def _work_panel(self) -> WorkPanel:
        panel = WorkPanel(self.context)
        panel.rename_wanted.connect(self.rename_wanted)
        return panel

    # --- showing -----------------------------------------------------------------------------------------------------

    @property
    def part(self) -> str:
        """Which tab is shown."""
        return self.tabs.part

    @property
    def product(self) -> str:
        """The product that the preview shows, empty where there is only one."""
        name: str | None = self.shown.product.currentData()
        return name or ""

    def media(self) -> MediaPanel:
        """The pictures of the step, shown."""
        self.show_part(MEDIA)
        panel = self.panels[MEDIA]
        assert isinstance(panel, MediaPanel)
        return panel

    def checks(self) -> CheckPanel:
        """The checks of the step, shown."""
        self.show_part(CHECKS)
        panel = self.panels[CHECKS]
        assert isinstance(panel, CheckPanel)
        return panel

    def show_part(self, part: str) -> None:
        """Show a tab of the step."""
        if self.context.step is None and self.context.work_master.steps:
            self.show_step(0)
        self.tabs.choose(part)
        if part == TEXT:
            self.panels[TEXT].go_to(Place())
        else:
            self.panels[part].setFocus()
            self.panels[part].focusNextChild()

    def show_step(self, index: int | None) -> None:
        """Show a step, or the instruction as a whole."""
        self.context.step = index
        self._render()

    def show_place(self, place: Place) -> None:
        """Show where something is, and give it the keys."""
        self.context.step = step_of(place, self.context.work_master)
        if place.language:
            self.context.language = place.language
        if self.context.step is None:
            self._render()
            self.whole.panel.go_to(place)
            return
        if place.part:
            self.tabs.choose(place.part)
        self._render()
        self.panels[self.part].go_to(place)

    def step_by(self, by: int) -> None:
        """Show the step before or behind."""
        row = max(0, min(self.list.currentRow() + by, self.list.count() - 1))
        self.show_step(None if row == 0 else row - 1)

    def _changed(self) -> None:
        place = self.model.place
        if place.step != self.context.step or (place.step is not None and place.part and place.part != self.part):
            # undo leads to where it happened
            self.context.step = step_of(place, self.context.work_master)
            if self.context.step is not None and place.part in PARTS:
                self.tabs.choose(place.part)
        self._render()

    def _render(self) -> None:
        """Bring everything up to date; only what is visible is filled."""
        context, work_master = self.context, self.context.work_master
        if context.current is None:
            context.step = None
        self.tools.render_now(self.model)
        self._render_languages()
        self.column.render_now(work_master, context.step, context.language, self._faulty)
        self._stack.setCurrentWidget(self.whole if context.step is None else self.tabs)
        if context.step is None:
            self.whole.panel.render_now()
        else:
            self.tabs.render_now(work_master.steps[context.step])
        self.shown.render_now(work_master, 0 if context.step is None else context.step, context.language)

    def _render_languages(self) -> None:
        wanted = list(dict.fromkeys([*edits.languages(self.context.work_master), *self.context.added_languages]))
        if self.context.language not in wanted:
            self.context.language = "en"
        self.languages.show_languages(wanted, self.context.language)

    def show_language(self, language: str) -> None:
        """Show and edit the texts of a language."""
        self.context.language = language
        self._render()

    def _add_language(self, language: str) -> None:
        self.context.added_languages.append(language)
        self.show_language(language)

    def _say_kept(self, kept: bool) -> None:
        seen = self.keeping.seen
        where = self.tr("kept here") if seen is None else self.tr("kept here, from {state}").format(state=seen.state)
        self.tools.kept.setText((self.tr("✓ ") + where) if kept else self.tr("keeping …"))

    def _show_faults(self, faults: Sequence[Fault], work_master: WorkMaster) -> None:
        self.faults = faults
        self.fault_list.set_faults(faults, work_master)
        self._faulty = {-1 if place.step is None else place.step for place in self.fault_list.places}
        self._render()

    def _lock(self) -> None:
        """What can only be read says why."""
        reason = self.model.read_only
        self.notice.setText(self.tr("Read only. {why}").format(why=reason) if reason else "")
        self.notice.setVisible(bool(reason))
        self.column.lock(bool(reason))
        self.setAcceptDrops(not reason)
        self.tools.save.setVisible(not reason)
        self.fault_list.setVisible(not reason)

    # --- deeds -------------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last edit back."""
        self.model.undo()

    def redo(self) -> None:
        """Do it again."""
        self.model.redo()

    def add_step(self) -> None:
        """Add a step behind the current one, and begin with its title."""
        if self.steps.add():
            panel = self.panels[TEXT]
            assert isinstance(panel, TextPanel)
            panel.title.entry.setFocus()
            panel.title.entry.selectAll()

    def duplicate(self) -> None:
        """A copy of the check that is chosen in the list with the keys, else of the step."""
        panel = self.panels[CHECKS] if self.part == CHECKS else None
        if isinstance(panel, CheckPanel) and panel.list.hasFocus():
            panel.list.doubled.emit(panel.list.currentRow())
        else:
            self.steps.duplicate(self.context.step)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Files may be dropped wherever nothing else takes them."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Pictures, videos and PDF pages go to the media of the step."""
        self.media().dropEvent(event)

    # --- leaving -----------------------------------------------------------------------------------------------------

    def flush(self, done: Callable[[], None]) -> None:
        """Call ``done`` when the draft is on disk as it is."""
        self.keeping.flush(done)

    def end(self) -> None:
        """The page goes."""
        self.keeping.end()
