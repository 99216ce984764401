"""The editor's window: the list of instructions, the page where one is written, document control, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.document_control import Editor, VersionStatus
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster
from station_app.services.drafting import DraftEntry, OpenDraft, RefusedText
from station_app.services.ports import Suggestion
from station_app.services.trying_out import StandInStation
from station_app.ui.authoring import control_state as deeds
from station_app.ui.authoring import opening
from station_app.ui.authoring.control_page import ControlPage
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.dialogs import FormDialog, SignInDialog
from station_app.ui.authoring.edit_page import EditPage
from station_app.ui.authoring.help import HELP
from station_app.ui.authoring.keys import add_keys
from station_app.ui.authoring.list_deeds import ListDeeds
from station_app.ui.authoring.listing import Listed, ServerList, listed
from station_app.ui.authoring.places import TEXT, Place
from station_app.ui.authoring.start_page import StartPage
from station_app.ui.authoring.try_out_window import TryOutWindow
from station_app.ui.help_panel import HelpPanel
from station_app.ui.look import Look
from station_app.ui.page import Saying, Weight, saying_of
from widgets.editor_style import button, caption, desk_style
from widgets.theme import CAPITAL_SMALL_MM


class EditorWindow(QWidget):
    """Everything of `station author`. Nothing that was typed is lost by closing it: the draft is kept first."""

    opened = Signal()

    def __init__(self, look: Look, desk: EditorDesk) -> None:
        super().__init__()
        self.look, self.desk = look, desk
        self.errands = Errands(desk, self)
        self.errands.says.connect(self.say)
        self.errands.busy.connect(self._say_busy)
        self.edit: EditPage | None = None
        self.trying: TryOutWindow | None = None
        self.server_list = ServerList()
        self._titles: dict[str, str] = {}
        self._server_fault = ""
        self._drafts: Sequence[DraftEntry] = ()
        self._closing = False
        self._first_list = True
        self._station: StandInStation | None = None
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Work instructions"))
        self.setStyleSheet(desk_style(look.theme))
        self.setFont(look.font(CAPITAL_SMALL_MM))
        self._build()
        add_keys(self)
        self.refresh()

    # --- building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        look = self.look
        bar = QWidget()
        bar.setObjectName("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 7, 16, 7)
        row.addWidget(caption(look, self.tr("Work instructions"), heading=True))
        self.busy = QLabel("")
        self.busy.setFont(look.font(CAPITAL_SMALL_MM))
        self.server = caption(look, "", color="second")
        self.server.setWordWrap(False)
        self.who = QLabel("")
        self.who.setFont(look.bold(CAPITAL_SMALL_MM))
        self.sign_button = button(look, self.tr("Sign in…"), keys="Ctrl+I")
        self.sign_button.clicked.connect(self.sign_in_or_out)
        help_button = button(look, "?", self.tr("Help"), keys="F1")
        help_button.clicked.connect(self.show_help)
        row.addStretch(1)
        for each in (self.busy, self.server, self.who, self.sign_button, help_button):
            row.addWidget(each)
        self.message = QLabel("")
        self.message.setWordWrap(True)
        self.message.setFont(look.font(CAPITAL_SMALL_MM))
        self.message.setContentsMargins(16, 8, 16, 8)
        self.message.hide()
        self.start = StartPage(look)
        self.control = ControlPage(look, self.desk, self.errands)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start)
        self.stack.addWidget(self.control)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (bar, self.message):
            layout.addWidget(part)
        layout.addWidget(self.stack, 1)
        start = self.start
        start.open_wanted.connect(self.open_listed)
        start.control_wanted.connect(lambda row: self.open_control(row.document_id, row.version))
        self.deeds = ListDeeds(look, self.desk, self.errands, start, self)
        self.deeds.begun.connect(self._show_draft)
        self.deeds.imported.connect(self._imported)
        self.deeds.changed.connect(self.refresh)
        self.deeds.noted.connect(self._note)
        start.refresh_wanted.connect(self.refresh)
        self.control.left.connect(self.open_start)
        self.control.changed.connect(self.refresh)
        self.control.open_wanted.connect(self.open_status)
        self.control.step_wanted.connect(self._open_suggestion)
        self._say_who()

    def editing(self, deed: Callable[[EditPage], object]) -> None:
        """Do something on the page where an instruction is written, while that is shown."""
        if self.edit is not None and self.stack.currentWidget() is self.edit:
            deed(self.edit)

    # --- messages ----------------------------------------------------------------------------------------------------

    def say(self, saying: Saying) -> None:
        """Say what happened, what was kept, and what to do; it stands there until the next deed."""
        theme = self.look.theme
        color = theme.warning if saying.weight is not Weight.NOTE else theme.running
        text = " ".join(part for part in (saying.what, saying.kept, saying.to_do) if part)
        self.message.setText(("▲ " if saying.weight is not Weight.NOTE else "") + text)
        self.message.setStyleSheet(f"background: {theme.bar}; color: {theme.text}; border-left: 6px solid {color};")
        self.message.setAccessibleName(text)
        self.message.show()

    def hush(self) -> None:
        """Take the message away."""
        self.message.hide()

    def _note(self, text: str) -> None:
        self.say(Saying(Weight.NOTE, text))

    def _say_busy(self, what: str) -> None:
        self.busy.setText(f"{what} …" if what else "")

    def _say_who(self) -> None:
        editor = self.desk.authoring.editor
        self.who.setText(editor.printed_name if editor is not None else self.tr("Nobody is signed in"))
        self.sign_button.setText(self.tr("Sign out") if editor is not None else self.tr("Sign in…"))
        self.sign_button.setAccessibleName(self.sign_button.text())

    # --- people ------------------------------------------------------------------------------------------------------

    def sign_in_or_out(self) -> None:
        """Sign in, or out."""
        if self.desk.authoring.editor is not None:
            self.desk.authoring.sign_out()
            self._signed()
            return
        dialog = SignInDialog(self.look, self, self.tr("Sign in"), self.tr("Sign in"))
        authoring = self.desk.authoring

        def sign(name: str, secret: str) -> Editor:
            authoring.refresh()
            return authoring.sign_in(name, secret)

        def signed(_editor: Editor) -> None:
            dialog.accept()
            self._signed()

        dialog.entered.connect(
            lambda name, secret: self.errands.server(
                self.tr("Signing in"),
                lambda: sign(name, secret),
                signed,
                lambda error: dialog.refuse(str(error)),
            )
        )
        self.hush()
        dialog.ask()

    def _signed(self) -> None:
        self._say_who()
        self.control.render_deeds()
        page = self.edit
        if page is not None and self.stack.currentWidget() is page:
            self._signed_while_editing(page)

    def _signed_while_editing(self, page: EditPage) -> None:
        """What the person may change is known only now: where that is another thing, the page is opened once more."""
        seen, work_master = page.keeping.seen, page.model.work_master
        if not page.is_draft:
            if seen is not None:
                self.open_status(seen)
            return
        draft = OpenDraft(work_master, seen)
        reason = opening.why_read_only(draft, self._status_of(work_master), self.desk.authoring.editor)
        if reason != page.model.read_only:
            page.flush(lambda: self._open_draft(work_master.id))

    # --- the list ----------------------------------------------------------------------------------------------------

    def open_start(self) -> None:
        """The list of instructions; what was edited is kept first."""
        page = self.edit
        if page is not None and self.stack.currentWidget() is page:
            page.flush(lambda: self._left_editing(page))
            return
        self._show(self.start)
        self.refresh()

    def _left_editing(self, page: EditPage) -> None:
        document_id, version = page.model.work_master.id, page.model.work_master.version
        self._drop_edit()
        self._show(self.start)
        self.refresh()
        self.start.choose(document_id, version)

    def refresh(self) -> None:
        """Read drafts and server again."""
        self.errands.local("", self.desk.drafts.entries, self._show_drafts)
        if not self.desk.has_server:
            self.server.setText(self.tr("no server"))
            self._server_fault = self.tr("Started without a server: drafts can be written, tried and exported.")
            return
        self.errands.server(
            self.tr("Asking the server"), lambda: opening.read_list(self.desk.authoring, self._titles), self._show_server,
            self._server_away,
        )  # fmt: skip

    def _show_server(self, found: ServerList) -> None:
        self.server_list, self._server_fault = found, ""
        self.server.setText(self.tr("✓ server"))
        self._show_list()

    def _server_away(self, error: Exception) -> None:
        self.server.setText(self.tr("▲ server away"))
        self._server_fault = self.tr(
            "The server does not answer: drafts of this computer can be edited, tried and exported. ({why})"
        ).format(why=str(error))
        self._show_list()

    def _show_drafts(self, entries: Sequence[DraftEntry]) -> None:
        self._drafts = entries
        self._show_list()

    def _show_list(self) -> None:
        self.start.show_rows(listed(self._drafts, self.server_list), self._server_fault)
        if self._first_list and self.stack.currentWidget() is self.start:
            # drafts and server answer one after the other: the first row that comes has the keys
            self._first_list = not self.start.rows
            self.start.take_focus()
        self.opened.emit()

    # --- opening -----------------------------------------------------------------------------------------------------

    def open_listed(self, row: Listed, step_id: str = "") -> None:
        """Open a row of the list: the draft of this computer, else the version at the server."""
        self.hush()
        if row.here:
            self._open_draft(row.document_id, step_id)
        elif row.status is not None:
            self.open_status(row.status, step_id)
        else:
            desk = self.desk
            reason = self.tr("It was published from files, without document control. Begin a new version.")
            self.errands.server(
                self.tr("Opening"),
                lambda: opening.published(desk, row.document_id, row.version),
                lambda work_master: self._show_edit(work_master, None, reason, False, step_id),
            )

    def open_status(self, status: VersionStatus, step_id: str = "") -> None:
        """Open a version at the server: to be edited when it is a draft of one's own, else to be read."""
        desk = self.desk

        def opened(found: opening.Opened) -> None:
            self._show_edit(found.work_master, found.status, found.read_only, found.is_draft, step_id)

        self.errands.server(self.tr("Opening"), lambda: opening.at_server(desk, status), opened)

    def _open_draft(self, document_id: str, step_id: str = "") -> None:
        drafts = self.desk.drafts
        self.errands.local(
            self.tr("Opening"), lambda: drafts.open(document_id), lambda draft: self._show_draft(draft, step_id)
        )

    def _show_draft(self, draft: OpenDraft, step_id: str = "") -> None:
        status = self._status_of(draft.work_master)
        reason = opening.why_read_only(draft, status, self.desk.authoring.editor)
        self._show_edit(draft.work_master, draft.seen, reason, True, step_id, draft.refused)
        if draft.note:
            self._note(draft.note)

    def _status_of(self, work_master: WorkMaster) -> VersionStatus | None:
        """The newest that is known of the version, or of its instruction for the owner."""
        own = [s for s in self.server_list.versions if s.document_id == work_master.id]
        return next((s for s in own if s.version == work_master.version), None)

    def _show_edit(
        self,
        work_master: WorkMaster,
        seen: VersionStatus | None,
        read_only: str,
        is_draft: bool,
        step_id: str = "",
        refused: Sequence[RefusedText] = (),
    ) -> None:
        self._drop_edit()
        if self._station is None:
            self._station = self.desk.preview()
        page = EditPage(self.look, self.desk, self.errands, self._station, work_master, seen, read_only, refused)
        page.is_draft = is_draft
        page.left.connect(self.open_start)
        page.control_wanted.connect(self.control_of_edit)
        page.try_wanted.connect(self.try_out)
        page.save_wanted.connect(self.save)
        page.keeping.failed.connect(self._not_kept)
        self.edit = page
        self.stack.addWidget(page)
        self._show(page)
        page.keeping.begin(on_disk=is_draft)
        numbers = [number for number, step in enumerate(work_master.steps) if step.id == step_id]
        if numbers:
            page.show_place(Place(numbers[0], TEXT))
        else:
            page.list.setFocus()

    def _not_kept(self, error: Exception) -> None:
        to_do = self.tr("Make room on the disk; it is tried again by itself. Do not close the editor.")
        self.say(Saying(Weight.ERROR, self.tr("The draft could not be kept: {why}.").format(why=error), "", to_do))

    def _drop_edit(self) -> None:
        if self.edit is not None:
            self.edit.end()
            self.stack.removeWidget(self.edit)
            self.edit.deleteLater()
            self.edit = None

    def _show(self, page: QWidget) -> None:
        self.hush()
        self.stack.setCurrentWidget(page)
        if page is self.start:
            self.start.take_focus()

    # --- saving and control ------------------------------------------------------------------------------------------

    def save(self, then: Callable[[VersionStatus], None] | None = None) -> None:
        """Bring the draft to the server."""
        page = self.edit
        if page is None or page.model.read_only:
            return
        authoring, drafts = self.desk.authoring, self.desk.drafts

        def begin() -> None:
            work_master, seen = page.model.work_master, page.keeping.seen

            def saved(status: VersionStatus) -> None:
                page.keeping.set_seen(status)
                self._note(
                    self.tr("Saved to the server: {id} {version}.").format(
                        id=status.document_id, version=status.version
                    )
                )
                self.refresh()
                if callable(then):
                    then(status)

            self.errands.server(
                self.tr("Saving to the server"), lambda: deeds.save_draft(authoring, drafts, work_master, seen), saved
            )

        page.flush(begin)

    def control_of_edit(self) -> None:
        """Document control of what is edited; the draft is saved first."""
        page = self.edit
        if page is None:
            return
        work_master = page.model.work_master
        if page.model.read_only:
            self.open_control(work_master.id, work_master.version)
        else:
            self.save(lambda status: self.open_control(status.document_id, status.version))

    def open_control(self, document_id: str, version: str) -> None:
        """The page of document control of a version."""
        page = self.edit
        if page is not None and self.stack.currentWidget() is page:
            page.flush(lambda: self._leave_for_control(document_id, version))
            return
        self._leave_for_control(document_id, version)

    def _leave_for_control(self, document_id: str, version: str) -> None:
        self._drop_edit()
        self._show(self.control)
        self.control.show_version(document_id, version)
        self.control.open_button.setFocus()

    def _open_suggestion(self, suggestion: Suggestion) -> None:
        """Go to the step a suggestion is about: in the draft when there is one, else in the version."""
        rows = [row for row in self.start.rows if row.document_id == suggestion.document_id]
        row = next((r for r in rows if r.here), None) or next(
            (r for r in rows if r.version == suggestion.version), None
        )
        if row is None:
            self.say(saying_of(Refusal("This version is not in the list any more. Refresh the list.")))
            return
        self.open_listed(row, suggestion.step_id)

    def _imported(self, document_id: str) -> None:
        self.refresh()
        self._open_draft(document_id)

    # --- trying out --------------------------------------------------------------------------------------------------

    def try_out(self) -> None:
        """Do the work as an operator would; nothing is recorded."""
        page = self.edit
        if page is None or self.trying is not None:
            return
        if page.faults:
            self.say(saying_of(Refusal("It cannot be tried out with faults. Mend those in the list first.")))
            return
        work_master = page.model.work_master
        product = page.product.currentData() or work_master.product
        try:
            station = self.desk.try_out(work_master, self.desk.drafts.media(), product)
        except (Refusal, ValueError, OSError) as error:
            self.say(saying_of(Refusal(f"It cannot be tried out: {error}")))
            return
        self.trying = TryOutWindow(
            self.look, station, max(1100, self.width() - 60), max(700, self.height() - 60), work_master.title
        )
        self.trying.closed.connect(self._tried)
        self.trying.show()

    def _tried(self) -> None:
        if self.trying is not None:
            self.trying.deleteLater()
        self.trying = None

    # --- window ------------------------------------------------------------------------------------------------------

    def show_help(self) -> None:
        """The keys and what the page is for."""
        page = self.stack.currentWidget()
        name = "edit" if page is self.edit else "control" if page is self.control else "start"
        title, text = HELP[name]
        panel = HelpPanel(self.look, self.tr(title), self.tr(text))
        panel.dismissed.connect(panel.deleteLater)
        panel.open_on(self)

    def go_back(self) -> None:
        """Esc: from a page to the list."""
        if self.stack.currentWidget() is not self.start:
            self.open_start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what was typed, then go."""
        if self.edit is not None and not self.edit.keeping.is_kept and not self._closing:
            event.ignore()
            if self.edit.keeping.fault:
                self._ask_to_lose()
            else:
                self.edit.flush(self._close_now)
            return
        if self.trying is not None:
            self.trying.close()
        self._drop_edit()
        if self._station is not None:
            self._station.close()
            self._station = None
        super().closeEvent(event)

    def _ask_to_lose(self) -> None:
        """The disk does not take the draft: only who says so closes, and loses what was typed since."""
        sentence = self.tr("What you typed last could not be kept. Closing now loses it.")
        title = self.tr("Close and lose it")
        dialog = FormDialog(self.look, self, title, title, (), sentence)
        dialog.confirmed.connect(dialog.accept)
        dialog.accepted.connect(self._close_now)
        dialog.ask()

    def _close_now(self) -> None:
        self._closing = True
        QTimer.singleShot(0, self.close)
