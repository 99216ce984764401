"""What the panels of the editor have in common: the model, the step that is shown, the language, and names to offer."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from station_app.domain.work_master import Step, WorkMaster
from station_app.services.drafting import Spot
from station_app.services.notices import Notice
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.model import EditModel
from station_app.ui.authoring.names import KnownNames
from station_app.ui.authoring.places import Place
from station_app.ui.authoring.refusals import Refusals
from station_app.ui.look import Look
from widgets.editor_fields import FormField
from widgets.editor_rows import RowsEditor


class EditContext:
    """What is edited and looked at: one value for all panels. ``shown`` is told when another step or language is shown."""

    def __init__(
        self, look: Look, desk: EditorDesk, errands: Errands, model: EditModel, refusals: Refusals | None = None
    ) -> None:
        self.look, self.desk, self.errands, self.model = look, desk, errands, model
        self.refusals = refusals or Refusals()
        self.step: int | None = None
        self.language = "en"
        self.added_languages: list[str] = []
        self.shown = Notice()

    @property
    def work_master(self) -> WorkMaster:
        """The value as it is now."""
        return self.model.work_master

    @property
    def current(self) -> Step | None:
        """The step that is shown, None for the instruction as a whole."""
        if self.step is None or self.step >= len(self.work_master.steps):
            return None
        return self.work_master.steps[self.step]

    @property
    def names(self) -> KnownNames:
        """Names to offer while typing."""
        return self.desk.names.known

    def apply(self, label: str, after: WorkMaster, place: Place | None = None, merge: str = "") -> bool:
        """Do an edit."""
        return self.model.apply(label, after, place or Place(self.step), merge)


class Panel(QWidget):
    """A part of the editor that shows and edits something of the current step, or of the whole."""

    def __init__(self, context: EditContext) -> None:
        super().__init__()
        self.context = context

    @property
    def look(self) -> Look:
        """Theme and sizes."""
        return self.context.look

    def render_now(self) -> None:
        """Bring everything up to date with the model."""
        raise NotImplementedError

    def go_to(self, place: Place) -> None:
        """Give the keys to what a fault names."""

    def show_value(self, field: FormField, spot: Spot, value: str) -> None:
        """Show a field's value, or the text that was typed over it and could not be taken."""
        refused = self.context.refusals.at(spot, value)
        if refused is None:
            field.set_value(value)
        else:
            field.show_refused(refused.text, refused.fault, value)

    def refuse(self, field: FormField, spot: Spot, fault: str) -> None:
        """Say what is wrong with what was typed, and keep both; an empty fault lets it go."""
        field.set_fault(fault)
        if fault:
            self.context.refusals.note(spot, field.text(), fault, field.value)
        else:
            self.context.refusals.forget(spot)

    def lock(self, locked: bool) -> None:
        """Only to be read: entries can be read and copied, nothing can be changed."""
        for entry in self.findChildren(QLineEdit):
            entry.setReadOnly(locked)
        for block in self.findChildren(QPlainTextEdit):
            block.setReadOnly(locked)
        for box in self.findChildren(QComboBox):
            box.setEnabled(not locked)
        for button in (*self.findChildren(QPushButton), *self.findChildren(QCheckBox)):
            button.setEnabled(not locked)
        for rows in self.findChildren(RowsEditor):
            rows.set_locked(locked)
