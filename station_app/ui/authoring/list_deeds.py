"""What is done from the list: a new instruction or version, a file in or out, a draft discarded; asked for in dialogs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from station_app.domain.work_master import WorkMaster
from station_app.services.drafting import OpenDraft
from station_app.ui.authoring import edits, opening
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.dialogs import FormDialog
from station_app.ui.authoring.listing import Listed, versions_of
from station_app.ui.authoring.media_images import choose_file, choose_target
from station_app.ui.authoring.new_dialog import NewDialog
from station_app.ui.authoring.start_page import StartPage
from station_app.ui.look import Look
from widgets.editor_fields import LineField

ENDING = "*.workmaster"


class ListDeeds(QObject):
    """``begun(draft)``: a draft is to be opened; ``imported(id)``: one came from a file; ``changed``: read the list again."""

    begun = Signal(object)
    imported = Signal(str)
    changed = Signal()
    noted = Signal(str)

    def __init__(self, look: Look, desk: EditorDesk, errands: Errands, start: StartPage, window: QWidget) -> None:
        super().__init__(window)
        self._look, self._desk, self._errands, self._start, self._window = look, desk, errands, start, window
        start.new_wanted.connect(self.ask_new)
        start.version_wanted.connect(self.ask_version)
        start.import_wanted.connect(self.ask_import)
        start.export_wanted.connect(self.ask_export)
        start.discard_wanted.connect(self.ask_discard)

    # --- new ---------------------------------------------------------------------------------------------------------

    def ask_new(self) -> None:
        """A new instruction."""
        dialog = NewDialog(self._look, self._window, {row.document_id for row in self._start.rows})
        editor = self._desk.authoring.editor
        owner = editor.person_id if editor is not None else ""

        def make() -> None:
            dialog.accept()
            self._begin(edits.replace(dialog.work_master(), owner=owner))

        dialog.confirmed.connect(make)
        dialog.ask()

    def ask_version(self, row: Listed) -> None:
        """The same content as a draft of another version."""
        known = versions_of(self._start.rows, row.document_id)
        field = LineField(self._look, self.tr("Version"))
        field.reset(edits.next_version(known))

        def wrong() -> str:
            return opening.version_fault(field.text(), known)

        sentence = self.tr("A draft with the content of {id} {version}.").format(
            id=row.document_id, version=row.version
        )
        dialog = FormDialog(
            self._look, self._window, self.tr("New version"), self.tr("Begin"), [field], sentence, wrong
        )

        def make() -> None:
            dialog.accept()
            version, desk = field.text(), self._desk
            self._errands.server(self.tr("Opening"), lambda: opening.copy_of(desk, row, version), self._begin)

        dialog.confirmed.connect(make)
        dialog.ask()

    def _begin(self, work_master: WorkMaster) -> None:
        """Keep a new draft; it is opened then."""
        desk = self._desk
        known = [row.status for row in self._start.rows if row.here and row.status is not None]

        def begin() -> OpenDraft:
            opening.make_room(desk, work_master.id, known)
            desk.drafts.keep(work_master, None)
            return desk.drafts.open(work_master.id)

        self._errands.local(self.tr("Keeping"), begin, self.begun.emit)

    # --- files -------------------------------------------------------------------------------------------------------

    def ask_import(self) -> None:
        """Take an exported instruction."""
        choose_file(self._window, self.tr("Import an instruction"), ENDING, self.import_file)

    def import_file(self, path: Path) -> None:
        """Take an exported instruction as a draft."""
        drafts = self._desk.drafts
        self._errands.local(self.tr("Importing"), lambda: drafts.import_file(path), self.imported.emit)

    def ask_export(self, row: Listed) -> None:
        """Write a version as a single file."""
        name = f"{row.document_id}-{row.version}.workmaster"
        title = self.tr("Export an instruction")
        choose_target(self._window, title, ENDING, name, lambda path: self.export_file(row, path))

    def export_file(self, row: Listed, path: Path) -> None:
        """Write a version as a single file."""
        desk = self._desk

        def done(_none: None) -> None:
            self.noted.emit(self.tr("Exported to {file}.").format(file=path))

        self._errands.server(self.tr("Exporting"), lambda: opening.export(desk, row, path), done)

    def ask_discard(self, row: Listed) -> None:
        """Ask before a draft goes for good."""
        kept = self.tr("What was saved to the server stays there.") if row.status else self.tr("It is nowhere else.")
        sentence = self.tr("The draft of {id} {version} on this computer is removed for good. {kept}").format(
            id=row.document_id, version=row.version, kept=kept
        )
        dialog = FormDialog(
            self._look, self._window, self.tr("Discard the draft"), self.tr("Discard"), (), sentence
        )  # fmt: skip
        drafts = self._desk.drafts

        def discard() -> None:
            dialog.accept()
            self._errands.local("", lambda: drafts.discard(row.document_id), lambda _none: self.changed.emit())

        dialog.confirmed.connect(discard)
        dialog.ask()
