"""The form of one check: its fields, its table or its picture, with what is wrong said while typing."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from station_app.domain.checks import Check, PhotoCheck
from station_app.services.drafting import Spot
from station_app.ui.authoring import check_values as values
from station_app.ui.authoring import edits
from station_app.ui.authoring.check_forms import fields_of, form_of
from station_app.ui.authoring.form_fields import Field, FieldFault, FieldKind
from station_app.ui.authoring.panel import EditContext
from station_app.ui.authoring.photo_form import PhotoForm
from station_app.ui.authoring.places import CHECKS
from station_app.ui.look import Look
from widgets.editor_fields import BlockField, ChoiceField, FlagField, FormField, LineField
from widgets.editor_rows import Column, RowsEditor
from widgets.editor_style import caption

_COLUMNS = {"id": "Name", "text": "Text", "passes": "Passes", "reasons": "Reasons"}
translate = QCoreApplication.translate


class FormOwner(Protocol):
    """The panel that a form stands in."""

    context: EditContext
    area: QScrollArea

    @property
    def look(self) -> Look: ...

    def change(self, check: Check, field: str) -> None: ...

    def show_value(self, field: FormField, spot: Spot, value: str) -> None: ...

    def refuse(self, field: FormField, spot: Spot, fault: str) -> None: ...


class CheckFormView(QWidget):
    """The fields of one check in the language of now: in English all, in another its texts."""

    def __init__(self, panel: FormOwner, check: Check) -> None:
        super().__init__()
        self._panel, self._check = panel, check
        self._taken: set[str] = set()
        look, self._language = panel.look, panel.context.language
        form = form_of(check)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 8, 8)
        self._layout.setSpacing(3)
        self._layout.addWidget(caption(look, form.title, heading=True))
        self._layout.addWidget(caption(look, form.does, color="second"))
        self.fields: dict[str, FormField] = {}
        for field in fields_of(check):
            if self._language == "en" or field.translated:
                self._add(field)
        self.rows: RowsEditor | None = None
        columns = values.row_columns(check)
        if columns:
            self.rows = self._table(columns)
            self._layout.addWidget(self.rows)
        self.photo: PhotoForm | None = None
        if isinstance(check, PhotoCheck) and self._language == "en":
            self.photo = PhotoForm(panel.context, panel.change)
            self._layout.addWidget(self.photo)
        self._layout.addStretch(1)

    def _add(self, field: Field) -> None:
        look, label = self._panel.look, translate("check_forms", field.label)
        made: FormField
        match field.kind:
            case FieldKind.FLAG:
                made = FlagField(look, label)
            case FieldKind.CHOICE:
                made = ChoiceField(look, label, field.choices, [c.replace("_", " ") for c in field.choices])
            case FieldKind.LONG_TEXT:
                made = BlockField(look, label, lines=2)
            case _:
                made = LineField(look, label, field.unit)
                made.suggest(self._panel.context.names.of(field.suggests))
        made.edited.connect(lambda text, field=field: self._edited(field, text))
        self.fields[field.path] = made
        self._layout.addWidget(made)

    def _table(self, columns: tuple[str, ...]) -> RowsEditor:
        names = self._panel.context.names
        shown = [
            Column(translate("check_forms", _COLUMNS[c]), c == "passes", c == "text", tuple(names.of(c)))
            for c in columns
        ]
        title = translate("check_forms", "Answers" if "passes" in columns else "Lines")
        rows = RowsEditor(self._panel.look, title, shown, lambda rows: _new_row(rows, len(columns)))
        rows.edited.connect(self._rows_edited)
        return rows

    # --- values ------------------------------------------------------------------------------------------------------

    def show_check(self, check: Check, taken: set[str]) -> None:
        """Show the values of the check; ``taken`` are the names that other checks of the step have."""
        self._check, self._taken = check, taken
        for field in fields_of(check):
            shown = self.fields.get(field.path)
            if shown is None:
                continue
            spot = self._spot(field)
            if self._language == "en":
                self._panel.show_value(shown, spot, values.shown(check, field))
            else:
                self._panel.show_value(shown, spot, values.translated(check, field, self._language))
                if isinstance(shown, LineField):
                    shown.entry.setPlaceholderText(values.shown(check, field))
        if self.rows is not None:
            self.rows.set_rows(values.rows_of(check, self._language))
            self.rows.set_fault(_rows_fault(check))
        if self.photo is not None and isinstance(check, PhotoCheck):
            self.photo.show_check(check)
        self._say_contradictions()

    def _spot(self, field: Field) -> Spot:
        step = self._panel.context.current
        return Spot(step.id if step is not None else "", CHECKS, self._check.id, field.path, self._language)

    def _say_contradictions(self) -> None:
        """What does not fit together is said at its field, unless what was typed there is wrong by itself."""
        found = values.contradictions(self._check)
        for path, shown in self.fields.items():
            if shown.fault.text() and not shown.property("contradicts"):
                continue
            if path in found:
                shown.set_fault(found[path])
            elif shown.property("contradicts"):
                shown.set_fault("")
            shown.setProperty("contradicts", path in found)

    def _edited(self, field: Field, text: str) -> None:
        shown = self.fields[field.path]
        try:
            if self._language != "en":
                changed = values.with_translation(self._check, field, self._language, text)
            else:
                changed = values.with_field(self._check, field, text)
                if field.path == "id" and text.strip() in self._taken:
                    raise FieldFault(translate("check_forms", "Another check of this step has this name."))
        except FieldFault as fault:
            shown.setProperty("contradicts", False)
            self._panel.refuse(shown, self._spot(field), str(fault))
            return
        self._panel.refuse(shown, self._spot(field), "")
        self._panel.change(changed, field.path)
        self._say_contradictions()

    def _rows_edited(self, rows: list[list[str]]) -> None:
        self._panel.context.model.seal_unless_typing(values.rows_of(self._check, self._language), rows)
        self._panel.change(values.with_rows(self._check, rows, self._language), form_of(self._check).rows)

    def focus_on(self, path: str) -> None:
        """Give the keys to the field of a path, else to the first one."""
        wanted = next((f for p, f in self.fields.items() if path and (p == path or p.startswith(path))), None)
        if (
            wanted is None
            and self.rows is not None
            and path
            and path.split("[")[0] in ("option", "item", "options", "items")
        ):
            self.rows.table.setFocus()
            return
        if self.photo is not None and wanted is None and self.photo.focus_on(path):
            self._panel.area.ensureWidgetVisible(self.photo)
            return
        field = wanted or next(iter(self.fields.values()))
        field.control.setFocus()
        self._panel.area.ensureWidgetVisible(field)


def _new_row(rows: list[list[str]], columns: int) -> list[str]:
    name = edits.free_name("answer" if columns == 4 else "line", [row[0] for row in rows])
    return [name, "", "yes", ""] if columns == 4 else [name, ""]


def _rows_fault(check: Check) -> str:
    rows = values.rows_of(check)
    names = [row[0] for row in rows]
    if len(set(names)) < len(names):
        return translate("check_forms", "Every name is used once.")
    if any(not row[0] or not row[1] for row in rows):
        return translate("check_forms", "Every row needs a name and a text.")
    if values.row_columns(check)[2:] and not any(row[2] for row in rows):
        return translate("check_forms", "At least one answer must pass.")
    return ""
