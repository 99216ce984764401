"""The page where an instruction is written: its steps at the left, what is edited in the middle, the preview at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from station_app.domain.document_control import VersionStatus
from station_app.domain.fault import Fault
from station_app.domain.work_master import WorkMaster
from station_app.services.drafting import RefusedText
from station_app.services.trying_out import StandInStation
from station_app.ui.authoring import edits
from station_app.ui.authoring.check_panel import CheckPanel
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.fault_list import FaultList
from station_app.ui.authoring.keeping import Keeping
from station_app.ui.authoring.language_bar import LanguageBar
from station_app.ui.authoring.media_panel import MediaPanel
from station_app.ui.authoring.model import EditModel
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import CHECKS, MEDIA, PROPERTIES, TEXT, Place, step_of
from station_app.ui.authoring.preview import Preview
from station_app.ui.authoring.refusals import Refusals
from station_app.ui.authoring.step_panel import StepPanel
from station_app.ui.authoring.text_panel import TextPanel
from station_app.ui.authoring.work_panel import WorkPanel
from station_app.ui.look import Look
from widgets.editor_list import ListRow, OrderedList
from widgets.editor_style import button, caption
from widgets.theme import CAPITAL_SMALL_MM

PARTS = (TEXT, MEDIA, CHECKS, PROPERTIES)


class EditPage(QWidget):
    """One open draft, or a version that can only be read.

    ``left`` asks for the start page, ``control_wanted`` for document control, ``try_wanted`` for a try-out.
    """

    left = Signal()
    control_wanted = Signal()
    try_wanted = Signal()
    save_wanted = Signal()

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
        self.is_draft = not read_only
        self.faults: Sequence[Fault] = ()
        self._faulty: set[int] = set()
        self._build(station)
        self._lock()
        self.keeping.kept.connect(self._say_kept)
        self.keeping.checked.connect(self._show_faults)
        self.model.changed.subscribe(self._changed)
        self.show_place(Place(0 if work_master.steps else None, TEXT))

    # --- building ----------------------------------------------------------------------------------------------------

    def _build(self, station: StandInStation) -> None:
        look = self.look
        self.list = OrderedList(look, self.tr("Steps"), fixed=1)
        self.list.chosen.connect(lambda row: self.show_step(None if row == 0 else row - 1))
        self.list.moved.connect(lambda at, to: self._move(at - 1, to - 1))
        self.list.doubled.connect(lambda row: self._duplicate(row - 1))
        self.list.deleted.connect(lambda row: self._delete(row - 1))
        self.work_panel = WorkPanel(self.context)
        self.panels: dict[str, Panel] = {
            TEXT: TextPanel(self.context),
            MEDIA: MediaPanel(self.context),
            CHECKS: CheckPanel(self.context),
            PROPERTIES: StepPanel(self.context),
        }
        self.tabs = QTabWidget()
        self.tabs.setFont(look.font(CAPITAL_SMALL_MM))
        self.tabs.setAccessibleName(self.tr("Parts of the step"))
        for part, title in zip(PARTS, self._titles(), strict=True):
            self.tabs.addTab(self.panels[part], title)
        self.tabs.currentChanged.connect(lambda _index: self._render())
        self.preview = Preview(look, station, self.desk.drafts.media())
        self.fault_list = FaultList(look)
        self.fault_list.wanted.connect(self.show_place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addLayout(self._tools())
        self.notice = caption(look, "")
        self.notice.setObjectName("panel")
        self.notice.setContentsMargins(8, 6, 8, 6)
        self.notice.hide()
        layout.addWidget(self.notice)
        layout.addWidget(self._columns(), 1)

    def _titles(self) -> list[str]:
        return [self.tr("Text"), self.tr("Pictures"), self.tr("Checks"), self.tr("Properties")]

    def _tools(self) -> QHBoxLayout:
        look = self.look
        row = QHBoxLayout()
        row.setSpacing(5)
        self.back_button = button(look, self.tr("← Instructions"), keys="Esc")
        self.back_button.clicked.connect(self.left)
        self.undo_button = button(look, self.tr("↶ Undo"), self.tr("Undo"), keys="Ctrl+Z")
        self.undo_button.clicked.connect(self.undo)
        self.redo_button = button(look, self.tr("↷ Redo"), self.tr("Redo"), keys="Ctrl+Y")
        self.redo_button.clicked.connect(self.redo)
        self.title = caption(look, "", heading=True)
        self.kept = QLabel("")
        self.kept.setFont(look.font(CAPITAL_SMALL_MM))
        self.try_button = button(look, self.tr("Try it"), keys="F5")
        self.try_button.clicked.connect(self.try_wanted)
        self.save_button = button(look, self.tr("Save to server"), keys="Ctrl+S")
        self.save_button.clicked.connect(self.save_wanted)
        self.control_button = button(look, self.tr("Document control"), keys="F6")
        self.control_button.clicked.connect(self.control_wanted)
        row.addWidget(self.back_button)
        row.addSpacing(8)
        row.addWidget(self.title, 1)
        for each in (
            self.kept,
            self.undo_button,
            self.redo_button,
            self.try_button,
            self.save_button,
            self.control_button,
        ):
            row.addWidget(each)
        return row

    def _columns(self) -> QSplitter:
        columns = QSplitter(Qt.Orientation.Horizontal)
        columns.setHandleWidth(8)
        columns.setChildrenCollapsible(False)
        columns.addWidget(self._step_column())
        columns.addWidget(self._edit_column())
        columns.addWidget(self._preview_column())
        columns.setSizes([230, 520, 720])
        for number, share in enumerate((0, 3, 4)):
            columns.setStretchFactor(number, share)
        return columns

    def _step_column(self) -> QWidget:
        look = self.look
        column = QWidget()
        column.setMinimumWidth(190)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.add_button = button(look, self.tr("Add step"), keys="Ctrl+N")
        self.add_button.clicked.connect(self.add_step)
        self._step_tools = QHBoxLayout()
        self._step_tools.setSpacing(3)
        self._step_tools.addWidget(self.add_button, 1)
        for sign, spoken, keys, deed in (
            ("⧉", self.tr("Duplicate step"), "Ctrl+D", lambda: self._duplicate(self.context.step)),
            ("↑", self.tr("Step up"), "Alt+Up", lambda: self._step_by(-1)),
            ("↓", self.tr("Step down"), "Alt+Down", lambda: self._step_by(1)),
            ("✕", self.tr("Delete step"), "Delete", lambda: self._delete(self.context.step)),
        ):
            made = button(look, sign, spoken, keys=keys)
            made.setFixedWidth(30)
            made.setStyleSheet("padding: 4px 2px;")
            made.clicked.connect(deed)
            self._step_tools.addWidget(made)
        layout.addLayout(self._step_tools)
        layout.addWidget(self.list, 1)
        return column

    def _edit_column(self) -> QWidget:
        column = QWidget()
        column.setMinimumWidth(380)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.languages = LanguageBar(self.look)
        self.languages.chosen.connect(self.show_language)
        self.languages.added.connect(self._add_language)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.work_panel)
        self._stack.addWidget(self.tabs)
        row = QHBoxLayout()
        row.addWidget(self.languages)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self._stack, 1)
        return column

    def _preview_column(self) -> QWidget:
        look = self.look
        self.product = QComboBox()
        self.product.setAccessibleName(self.tr("Product of the preview"))
        self.product.setFont(look.font(CAPITAL_SMALL_MM))
        self.product.activated.connect(lambda _index: self._render())
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 0, 0)
        head.addWidget(caption(look, self.tr("As at the station"), heading=True))
        head.addStretch(1)
        head.addWidget(self.product)
        upper = QWidget()
        layout = QVBoxLayout(upper)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.preview, 1)
        column = QSplitter(Qt.Orientation.Vertical)
        column.setHandleWidth(6)
        column.setChildrenCollapsible(False)
        column.addWidget(upper)
        column.addWidget(self.fault_list)
        column.setStretchFactor(0, 1)
        column.setSizes([560, 130])
        return column

    # --- showing -----------------------------------------------------------------------------------------------------

    @property
    def part(self) -> str:
        """Which tab is shown."""
        return PARTS[self.tabs.currentIndex()]

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
        self.tabs.setCurrentIndex(PARTS.index(part))
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
            self.work_panel.go_to(place)
            return
        if place.part:
            self.tabs.setCurrentIndex(PARTS.index(place.part))
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
                self.tabs.setCurrentIndex(PARTS.index(place.part))
        self._render()

    def _render(self) -> None:
        """Bring everything up to date; only what is visible is filled."""
        context, work_master = self.context, self.context.work_master
        if context.current is None:
            context.step = None
        self.title.setText(f"{work_master.title} · {work_master.version}")
        self._render_languages()
        rows = [ListRow("", self.tr("The instruction"), "", -1 in self._faulty)]
        rows += [
            ListRow(str(number), step.title.get(context.language) or step.title.get("en", ""), _note(step.takt_s),
                    number - 1 in self._faulty)
            for number, step in enumerate(work_master.steps, 1)
        ]  # fmt: skip
        self.list.set_rows(rows)
        self.list.choose(0 if context.step is None else context.step + 1)
        self._stack.setCurrentWidget(self.work_panel if context.step is None else self.tabs)
        if context.step is None:
            self.work_panel.render_now()
        else:
            self.panels[self.part].render_now()
            step = work_master.steps[context.step]
            titles = self._titles()
            for tab, count in ((1, len(step.pictures)), (2, len(step.checks))):
                self.tabs.setTabText(tab, f"{titles[tab]} ({count})" if count else titles[tab])
        locked = bool(self.model.read_only)
        self.undo_button.setEnabled(bool(self.model.undo_label) and not locked)
        self.redo_button.setEnabled(bool(self.model.redo_label) and not locked)
        self.undo_button.setToolTip(self.tr("Undo: {what} · Ctrl+Z").format(what=self.model.undo_label or "–"))
        self.redo_button.setToolTip(self.tr("Redo: {what} · Ctrl+Y").format(what=self.model.redo_label or "–"))
        self._render_products()
        product = self.product.currentData() or ""
        self.preview.show_step(work_master, 0 if context.step is None else context.step, context.language, product)

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

    def _render_products(self) -> None:
        products = self.context.work_master.products() if self.context.work_master.variants else ()
        if [self.product.itemData(n) for n in range(self.product.count())] != list(products):
            before = self.product.currentData()
            self.product.clear()
            for name in products:
                self.product.addItem(name, name)
            self.product.setCurrentIndex(max(0, self.product.findData(before)))
        self.product.setVisible(bool(products))

    def _say_kept(self, kept: bool) -> None:
        seen = self.keeping.seen
        where = self.tr("kept here") if seen is None else self.tr("kept here, from {state}").format(state=seen.state)
        self.kept.setText((self.tr("✓ ") + where) if kept else self.tr("keeping …"))

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
        self.list.set_locked(bool(reason))
        for panel in (self.work_panel, *self.panels.values()):
            panel.lock(bool(reason))
        for number in range(self._step_tools.count()):
            item = self._step_tools.itemAt(number)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setEnabled(not reason)
        self.save_button.setVisible(not reason)
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
        if self.model.read_only:
            return
        context = self.context
        at = len(context.work_master.steps) if context.step is None else context.step + 1
        self._apply(self.tr("Add step"), edits.add_step(context.work_master, at, self.tr("New step")), at, TEXT)
        panel = self.panels[TEXT]
        assert isinstance(panel, TextPanel)
        panel.title.entry.setFocus()
        panel.title.entry.selectAll()

    def duplicate(self) -> None:
        """A copy of the check that is chosen in the list with the keys, else of the step."""
        panel = self.panels[CHECKS]
        if isinstance(panel, CheckPanel) and panel.list.hasFocus():
            panel.list.doubled.emit(panel.list.currentRow())
        else:
            self._duplicate(self.context.step)

    def _duplicate(self, index: int | None) -> None:
        if index is not None and index >= 0:
            after = edits.duplicate_step(self.context.work_master, index)
            self._apply(self.tr("Duplicate step"), after, index + 1)

    def _delete(self, index: int | None) -> None:
        if index is not None and index >= 0:
            self._apply(self.tr("Delete step"), edits.delete_step(self.context.work_master, index), max(0, index - 1))

    def _move(self, at: int, to: int) -> None:
        self._apply(self.tr("Move step"), edits.move_step(self.context.work_master, at, to), to)

    def _step_by(self, by: int) -> None:
        step = self.context.step
        if step is not None and 0 <= step + by < len(self.context.work_master.steps):
            self._move(step, step + by)

    def _apply(self, label: str, after: WorkMaster, step: int, part: str = "") -> None:
        self.model.seal()
        if not self.model.read_only:
            self.context.step = step
        self.context.apply(label, after, Place(step, part))

    # --- leaving -----------------------------------------------------------------------------------------------------

    def flush(self, done: Callable[[], None]) -> None:
        """Call ``done`` when the draft is on disk as it is."""
        self.keeping.flush(done)

    def end(self) -> None:
        """The page goes."""
        self.keeping.end()


def _note(takt_s: float) -> str:
    return f"{takt_s:g} s" if takt_s else ""
