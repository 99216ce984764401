"""The instruction that is open: how it gets onto its page, to the server, under another number, and off the page again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget

from station_app.domain.document_control import VersionStatus
from station_app.domain.work_master import WorkMaster
from station_app.services.drafting import OpenDraft, RefusedText
from station_app.services.trying_out import StandInStation
from station_app.ui.authoring import control_state as deeds
from station_app.ui.authoring import opening
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.edit_page import EditPage
from station_app.ui.authoring.listing import Listed
from station_app.ui.authoring.new_dialog import NumberDialog
from station_app.ui.authoring.places import TEXT, Place
from station_app.ui.look import Look
from station_app.ui.page import Saying, Weight

FindStatus = Callable[[WorkMaster], VersionStatus | None]
Known = Callable[[], Collection[tuple[str, str]]]


class Editing(QObject):
    """One page at a time in the window's stack. ``entered``: it is shown now; ``left``: its person wants the list.

    ``status_of`` is the newest that is known of a version, ``known`` every id and version there is. ``says(saying)`` and
    ``noted(text)`` are for the window's message; ``saved``: the server has another state of it.
    """

    entered = Signal()
    left = Signal()
    saved = Signal()
    says = Signal(object)
    noted = Signal(str)
    try_wanted = Signal()
    control_wanted = Signal(str, str)

    def __init__(
        self, look: Look, desk: EditorDesk, errands: Errands, stack: QStackedWidget, status_of: FindStatus, known: Known
    ) -> None:
        super().__init__(stack)
        self._look, self._desk, self._errands, self._stack = look, desk, errands, stack
        self._status_of, self._known = status_of, known
        self._station: StandInStation | None = None
        self.page: EditPage | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the open instruction is what the window shows."""
        return self.page is not None and self._stack.currentWidget() is self.page

    def prepare(self) -> StandInStation:
        """The station that draws previews; it takes a moment to make, and better before it is waited for."""
        if self._station is None:
            self._station = self._desk.preview()
        return self._station

    def end(self) -> None:
        """The window goes."""
        self.drop()
        if self._station is not None:
            self._station.close()
            self._station = None

    # --- opening -----------------------------------------------------------------------------------------------------

    def open_listed(self, row: Listed, step_id: str = "") -> None:
        """Open a row of the list: the draft of this computer, else the version at the server."""
        if row.here:
            self.open_draft(row.document_id, step_id)
        elif row.status is not None:
            self.open_status(row.status, step_id)
        else:
            desk = self._desk
            reason = self.tr("It was published from files, without document control. Begin a new version.")
            self._errands.server(
                self.tr("Opening"),
                lambda: opening.published(desk, row.document_id, row.version),
                lambda work_master: self._show(OpenDraft(work_master), reason, False, step_id),
            )

    def open_status(self, status: VersionStatus, step_id: str = "") -> None:
        """Open a version at the server: to be edited when it is a draft of one's own, else to be read."""
        desk = self._desk

        def opened(found: opening.Opened) -> None:
            self._show(OpenDraft(found.work_master, found.status), found.read_only, found.is_draft, step_id)

        self._errands.server(self.tr("Opening"), lambda: opening.at_server(desk, status), opened)

    def open_draft(self, document_id: str, step_id: str = "") -> None:
        """Open a draft of this computer."""
        drafts = self._desk.drafts
        self._errands.local(
            self.tr("Opening"), lambda: drafts.open(document_id), lambda draft: self.show_draft(draft, step_id)
        )

    def show_draft(self, draft: OpenDraft, step_id: str = "") -> None:
        """Show a draft; it can be changed unless the newest that is known says otherwise."""
        status = self._status_of(draft.work_master)
        reason = opening.why_read_only(draft, status, self._desk.authoring.editor)
        self._show(draft, reason, True, step_id)
        if draft.note:
            self.noted.emit(draft.note)

    def _show(self, draft: OpenDraft, read_only: str, is_draft: bool, step_id: str = "") -> None:
        self.drop()
        page = self._page(draft.work_master, draft.seen, read_only, draft.refused)
        page.is_draft = is_draft
        self.page = page
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self.entered.emit()
        page.keeping.begin(on_disk=is_draft)
        numbers = [number for number, step in enumerate(draft.work_master.steps) if step.id == step_id]
        if numbers:
            page.show_place(Place(numbers[0], TEXT))
        else:
            page.list.setFocus()

    def _page(
        self, work_master: WorkMaster, seen: VersionStatus | None, read_only: str, refused: Sequence[RefusedText]
    ) -> EditPage:
        page = EditPage(
            self._look, self._desk, self._errands, self.prepare(), work_master, seen, read_only, refused
        )  # fmt: skip
        page.left.connect(self.left)
        page.control_wanted.connect(self.control)
        page.try_wanted.connect(self.try_wanted)
        page.save_wanted.connect(self.save)
        page.rename_wanted.connect(self.ask_number)
        page.keeping.failed.connect(self._not_kept)
        return page

    def drop(self) -> None:
        """Take the page away; what is on it is kept already."""
        if self.page is not None:
            self.page.end()
            self._stack.removeWidget(self.page)
            self.page.deleteLater()
            self.page = None

    def signed(self) -> None:
        """Another person: what they may change may be another thing, and then the page is opened once more."""
        page = self.page
        if page is None or not self.is_shown:
            return
        seen, work_master = page.keeping.seen, page.model.work_master
        if not page.is_draft:
            if seen is not None:
                self.open_status(seen)
            return
        draft = OpenDraft(work_master, seen)
        reason = opening.why_read_only(draft, self._status_of(work_master), self._desk.authoring.editor)
        if reason != page.model.read_only:
            page.flush(lambda: self.open_draft(work_master.id))

    def _not_kept(self, error: Exception) -> None:
        to_do = self.tr("Make room on the disk; it is tried again by itself. Do not close the editor.")
        self.says.emit(
            Saying(Weight.ERROR, self.tr("The draft could not be kept: {why}.").format(why=error), "", to_do)
        )

    # --- saving and control ------------------------------------------------------------------------------------------

    def save(self, then: Callable[[VersionStatus], None] | None = None) -> None:
        """Bring the draft to the server."""
        page = self.page
        if page is None or page.model.read_only:
            return
        authoring, drafts = self._desk.authoring, self._desk.drafts

        def begin() -> None:
            work_master, seen = page.model.work_master, page.keeping.seen

            def saved(status: VersionStatus) -> None:
                page.keeping.set_seen(status)
                said = self.tr("Saved to the server: {id} {version}.")
                self.noted.emit(said.format(id=status.document_id, version=status.version))
                self.saved.emit()
                if callable(then):
                    then(status)

            self._errands.server(
                self.tr("Saving to the server"), lambda: deeds.save_draft(authoring, drafts, work_master, seen), saved
            )

        page.flush(begin)

    def control(self) -> None:
        """Document control of what is open; the draft is saved first."""
        page = self.page
        if page is None:
            return
        work_master = page.model.work_master
        if page.model.read_only:
            self.control_wanted.emit(work_master.id, work_master.version)
        else:
            self.save(lambda status: self.control_wanted.emit(status.document_id, status.version))

    # --- another number ----------------------------------------------------------------------------------------------

    def ask_number(self) -> None:
        """Another id or version for the draft."""
        page = self.page
        if page is None or page.model.read_only:
            return
        work_master, seen = page.model.work_master, page.keeping.seen
        dialog = NumberDialog(self._look, page.window(), work_master, self._known(), seen is not None)

        def change() -> None:
            dialog.confirm_button.setEnabled(False)
            page.flush(lambda: self._renumber(page, dialog))

        dialog.confirmed.connect(change)
        dialog.ask()

    def _renumber(self, page: EditPage, dialog: NumberDialog) -> None:
        """Keep the draft under its new number, and open it there; what could be undone is behind it then."""
        before, drafts = page.model.work_master, self._desk.drafts
        after = dialog.numbered(before)
        page.keeping.end()

        def refused(error: Exception) -> None:
            self.open_draft(before.id)
            dialog.refuse(str(error))

        def done(_none: None) -> None:
            dialog.accept()
            self.saved.emit()
            self.open_draft(after.id)

        self._errands.local(
            self.tr("Keeping"), lambda: drafts.rename(before.id, after, None), done, refused
        )  # fmt: skip
