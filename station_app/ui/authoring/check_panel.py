"""The checks of a step: their list, and the form of the one that is chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from station_app.domain.checks import Check
from station_app.ui.authoring import check_values as values
from station_app.ui.authoring import edits
from station_app.ui.authoring.check_form_view import CheckFormView
from station_app.ui.authoring.check_forms import FORMS, blank, form_of
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import CHECKS, Place
from widgets.editor_list import ListRow, OrderedList
from widgets.editor_style import button, caption, scrolled
from widgets.theme import CAPITAL_SMALL_MM

LIST_ROWS = 4


class CheckPanel(Panel):
    """List and form. The form is built anew when another check or kind is chosen; else only its values follow."""

    def __init__(self, context: EditContext) -> None:
        super().__init__(context)
        look = context.look
        self.list = OrderedList(look, self.tr("Checks of this step"))
        self.list.chosen.connect(self._choose)
        self.list.moved.connect(self._move)
        self.list.doubled.connect(self._duplicate)
        self.list.deleted.connect(self._delete)
        self.hint = caption(
            look, self.tr("A step with nothing to record still deserves a check: add “Confirm”."), color="muted"
        )
        self.area = scrolled()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(self._tools())
        layout.addWidget(self.list)
        layout.addWidget(self.hint)
        layout.addWidget(self.area, 1)
        self._index = 0
        self._built: tuple[object, ...] = ()
        self.form: CheckFormView | None = None

    def _tools(self) -> QHBoxLayout:
        """The buttons above the list, and the menu of what can be added."""
        look = self.look
        self.add_button = button(look, self.tr("Add check ▾"), self.tr("Add check"), keys="Ctrl+K")
        self.menu = QMenu(self)
        self.menu.setFont(look.font(CAPITAL_SMALL_MM))
        self.menu.setAccessibleName(self.tr("Kinds of checks"))
        for form in FORMS.values():
            action = self.menu.addAction(f"{form.title}: {form.does}")
            action.triggered.connect(lambda _checked=False, tag=form.tag: self.add(tag))
        self.add_button.clicked.connect(self.open_menu)
        double = button(look, self.tr("Duplicate"), keys="Ctrl+D")
        double.clicked.connect(lambda: self._duplicate(self.list.currentRow()))
        delete = button(look, self.tr("Delete"), keys="Delete")
        delete.clicked.connect(lambda: self._delete(self.list.currentRow()))
        up, down = button(look, "↑", self.tr("Check up"), keys="Alt+Up"), button(look, "↓", self.tr("Check down"))
        up.clicked.connect(lambda: self._step_by(-1))
        down.clicked.connect(lambda: self._step_by(1))
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for each in (self.add_button, double, delete, up, down):
            tools.addWidget(each)
        tools.addStretch(1)
        return tools

    # --- showing -----------------------------------------------------------------------------------------------------

    @property
    def check(self) -> Check | None:
        """The check that is chosen."""
        step = self.context.current
        return step.checks[self._index] if step is not None and self._index < len(step.checks) else None

    def render_now(self) -> None:
        """Show the checks of the step."""
        step = self.context.current
        checks = step.checks if step is not None else ()
        self._index = max(0, min(self._index, len(checks) - 1))
        self.list.set_rows([_row(number, check) for number, check in enumerate(checks, 1)])
        self.list.setFixedHeight(max(1, min(len(checks), LIST_ROWS)) * 30 + 6)
        self.list.setVisible(bool(checks))
        if checks:
            self.list.choose(self._index)
        self.hint.setVisible(not checks)
        check = self.check
        key = () if check is None else (self.context.step, self._index, form_of(check).tag, self.context.language)
        if key != self._built:
            self._built = key
            self._build(check)
        if self.form is not None and check is not None:
            self.form.show_check(check, {other.id for n, other in enumerate(checks) if n != self._index})

    def _build(self, check: Check | None) -> None:
        self.form = None
        if check is None:
            self.area.setWidget(QWidget())
            return
        self.form = CheckFormView(self, check)
        self.area.setWidget(self.form)
        self.form.setAutoFillBackground(False)
        self.lock(bool(self.context.model.read_only))

    def lock(self, locked: bool) -> None:
        """Only to be read."""
        super().lock(locked)
        self.list.set_locked(locked)

    def go_to(self, place: Place) -> None:
        """Choose the check of a place, and give the keys to its field."""
        if place.index is not None:
            self._index = place.index
            self.render_now()
        if self.form is not None:
            self.form.focus_on(place.field)

    # --- deeds -------------------------------------------------------------------------------------------------------

    def open_menu(self) -> None:
        """Offer all kinds of checks."""
        below = self.add_button.mapToGlobal(self.add_button.rect().bottomLeft())
        self.menu.popup(below, self.menu.actions()[0])

    def add(self, tag: str) -> None:
        """Add a check of a kind and begin with its title."""
        context = self.context
        if context.step is None or context.current is None:
            return
        self._index = len(context.current.checks)
        after = edits.add_check(context.work_master, context.step, blank(tag))
        context.apply(self.tr("Add check"), after, Place(context.step, CHECKS, self._index))
        if self.form is not None:
            self.form.focus_on("title")

    def change(self, check: Check, field: str) -> None:
        """The form has another value for the check."""
        context = self.context
        step, before = context.current, self.check
        if context.step is not None and step is not None and before is not None:
            context.refusals.item_renamed(step.id, CHECKS, before.id, check.id)
            after = edits.change_check(context.work_master, context.step, self._index, check)
            place = Place(context.step, CHECKS, self._index, field)
            merge = f"{context.step}.check.{self._index}.{field}.{context.language}"
            context.apply(self.tr("Change check"), after, place, merge)

    def _choose(self, row: int) -> None:
        self._index = row
        self.render_now()

    def _move(self, at: int, to: int) -> None:
        context = self.context
        if context.step is not None:
            self._index = to
            after = edits.move_check(context.work_master, context.step, at, to)
            context.apply(self.tr("Move check"), after, Place(context.step, CHECKS, to))

    def _step_by(self, by: int) -> None:
        step = self.context.current
        if step is not None and 0 <= self._index + by < len(step.checks):
            self._move(self._index, self._index + by)

    def _duplicate(self, row: int) -> None:
        context = self.context
        if context.step is not None and row >= 0:
            self._index = row + 1
            after = edits.duplicate_check(context.work_master, context.step, row)
            context.apply(self.tr("Duplicate check"), after, Place(context.step, CHECKS, row + 1))

    def _delete(self, row: int) -> None:
        context = self.context
        if context.step is not None and row >= 0:
            after = edits.delete_check(context.work_master, context.step, row)
            context.apply(self.tr("Delete check"), after, Place(context.step, CHECKS, max(0, row - 1)))


def _row(number: int, check: Check) -> ListRow:
    return ListRow(str(number), check.title, form_of(check).title, bool(values.contradictions(check)))
