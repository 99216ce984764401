"""A new instruction: what it is called, and what it is for."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QWidget

from station_app.domain.work_master import WorkMaster
from station_app.ui.authoring.dialogs import FormDialog
from station_app.ui.authoring.edits import slug
from station_app.ui.authoring.form_fields import Field, FieldFault, parse
from station_app.ui.authoring.opening import version_fault
from station_app.ui.look import Look
from widgets.editor_fields import LineField

_ID = r"[a-z0-9][a-z0-9_-]{0,63}"
_ALLOWED = "small letters, digits, - and _"
FIELDS = (
    Field("title", "Title", longest=80, required=True),
    Field("id", "Id", pattern=_ID, allowed=_ALLOWED, required=True),
    Field("version", "Version", longest=20, required=True),
    Field(
        "product", "Product", pattern=r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}", allowed="a product's number", required=True
    ),
    Field("operation", "Operation", pattern=_ID, allowed=_ALLOWED, required=True),
)


class NewDialog(FormDialog):
    """Title, id (made from the title until it is typed), version, product and operation."""

    def __init__(self, look: Look, parent: QWidget, taken: Collection[str]) -> None:
        self._taken = taken
        self.lines = {field.path: LineField(look, field.label) for field in FIELDS}
        super().__init__(
            look, parent, "New instruction", "Begin", list(self.lines.values()),
            "The id and the version stay as they are; the rest can be changed later.", self._wrong,
        )  # fmt: skip
        self.lines["version"].reset("A")
        self.lines["operation"].reset("assembly")
        self._own_id = False
        self.lines["title"].edited.connect(self._title_typed)
        self.lines["id"].edited.connect(self._id_typed)

    def work_master(self) -> WorkMaster:
        """The instruction without steps."""
        values = {name: line.text().strip() for name, line in self.lines.items()}
        return WorkMaster(steps=(), **values)  # type: ignore[arg-type]  # the five texts

    def _title_typed(self, text: str) -> None:
        if not self._own_id:
            self.lines["id"].reset(slug(text))

    def _id_typed(self, text: str) -> None:
        self._own_id = bool(text)

    def _wrong(self) -> str:
        first = ""
        for field in FIELDS:
            line, fault = self.lines[field.path], ""
            try:
                parse(field, line.text())
            except FieldFault as error:
                fault = str(error)
            if not fault and field.path == "version":
                fault = version_fault(line.text().strip(), ())
            if not fault and field.path == "id" and line.text().strip() in self._taken:
                fault = "There is an instruction with this id. Begin a new version of it instead."
            line.set_fault(fault)
            first = first or fault
        return first
