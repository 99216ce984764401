"""A new instruction: what it is called, and what it is for; and another number for one that is still a draft."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QWidget

from station_app.domain.work_master import WorkMaster
from station_app.ui.authoring.dialogs import FormDialog
from station_app.ui.authoring.edits import replace, slug
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
            "The id and the version can be changed until it goes into review, the rest always.", self._wrong,
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


class NumberDialog(FormDialog):
    """Another id or version for a draft; ``known`` are those that exist. ``at_server``: it was saved under these."""

    def __init__(
        self,
        look: Look,
        parent: QWidget,
        work_master: WorkMaster,
        known: Collection[tuple[str, str]],
        at_server: bool,
    ) -> None:
        self._before, self._known = (work_master.id, work_master.version), known
        self.id, self.version = LineField(look, "Id"), LineField(look, "Version")
        self.id.reset(work_master.id)
        self.version.reset(work_master.version)
        sentence = "What was typed stays; what could be undone cannot be any more."
        if at_server:
            sentence += f" At the server {work_master.id} {work_master.version} stays as a draft."
        super().__init__(
            look, parent, "Id and version", "Change", [self.id, self.version], sentence, self._wrong
        )  # fmt: skip

    def numbered(self, work_master: WorkMaster) -> WorkMaster:
        """The work master with what was typed."""
        return replace(work_master, id=self.id.text().strip(), version=self.version.text().strip())

    def _wrong(self) -> str:
        document_id, version = self.id.text().strip(), self.version.text().strip()
        fault = ""
        try:
            parse(FIELDS[1], document_id)
        except FieldFault as error:
            fault = str(error)
        self.id.set_fault(fault)
        known = [other for name, other in self._known if name == document_id and (name, other) != self._before]
        wrong = version_fault(version, known)
        if not fault and not wrong and (document_id, version) == self._before:
            wrong = "Both are as they were."
        self.version.set_fault(wrong)
        return fault or wrong
