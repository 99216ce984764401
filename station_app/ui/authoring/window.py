"""The editor's window: the list of instructions, the page where one is written, and document control."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.document_control import VersionStatus
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster
from station_app.services.drafting import DraftEntry
from station_app.services.ports import Suggestion
from station_app.ui.authoring import opening
from station_app.ui.authoring.control_page import ControlPage
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.dialogs import FormDialog
from station_app.ui.authoring.edit_page import EditPage
from station_app.ui.authoring.editing import Editing
from station_app.ui.authoring.help import HELP
from station_app.ui.authoring.keys import add_keys
from station_app.ui.authoring.list_deeds import ListDeeds
from station_app.ui.authoring.listing import Listed, ServerList, listed
from station_app.ui.authoring.names import KnownNames
from station_app.ui.authoring.start_page import StartPage
from station_app.ui.authoring.try_out_window import TryOutWindow
from station_app.ui.authoring.trying import Trying
from station_app.ui.authoring.window_bar import WindowBar
from station_app.ui.help_panel import HelpPanel
from station_app.ui.look import Look
from station_app.ui.page import saying_of
from widgets.editor_style import desk_style
from widgets.icons import icon_pixmap
from widgets.theme import CAPITAL_SMALL_MM

PREPARE_MS = 50
"""So long after the list is shown, what the first instruction needs is made ready."""


class EditorWindow(QWidget):
    """Everything of `station author`. Nothing that was typed is lost by closing it: the draft is kept first.

    ``prepared``: what the first instruction needs is ready; before that opening one takes longer.
    """

    opened = Signal()

    def __init__(self, look: Look, desk: EditorDesk) -> None:
        super().__init__()
        self.look, self.desk = look, desk
        self.errands = Errands(desk, self)
        self.bar = WindowBar(look, desk, self.errands)
        self.start = StartPage(look)
        self.control = ControlPage(look, desk, self.errands)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.start)
        self.stack.addWidget(self.control)
        self.editing = Editing(look, desk, self.errands, self.stack, self._status_of, self._numbers)
        self.trials = Trying(look, desk, self)
        self.deeds = ListDeeds(look, desk, self.errands, self.start, self)
        self.server_list = ServerList()
        self._read = opening.Read()
        self._server_fault = ""
        self._drafts: Sequence[DraftEntry] = ()
        self._learned: dict[str, int] = {}
        self._closing = False
        self._first_list = True
        self.prepared = False
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Work instructions"))
        self.setStyleSheet(desk_style(look.theme))
        self.setFont(look.font(CAPITAL_SMALL_MM))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.stack, 1)
        self._connect()
        add_keys(self)
        self.refresh()

    def _connect(self) -> None:
        start, control, editing, deeds, bar = self.start, self.control, self.editing, self.deeds, self.bar
        start.open_wanted.connect(self.open_listed)
        start.control_wanted.connect(lambda row: self.open_control(row.document_id, row.version))
        start.refresh_wanted.connect(self.refresh)
        deeds.begun.connect(editing.show_draft)
        deeds.imported.connect(self._imported)
        deeds.changed.connect(self.refresh)
        deeds.noted.connect(bar.note)
        control.left.connect(self.open_start)
        control.changed.connect(self.refresh)
        control.open_wanted.connect(editing.open_status)
        control.step_wanted.connect(self._open_suggestion)
        editing.entered.connect(bar.hush)
        editing.left.connect(self.open_start)
        editing.saved.connect(self.refresh)
        editing.says.connect(bar.say)
        editing.noted.connect(bar.note)
        editing.try_wanted.connect(self.try_out)
        editing.control_wanted.connect(self.open_control)
        self.trials.says.connect(bar.say)
        bar.signed.connect(control.render_deeds)
        bar.signed.connect(editing.signed)
        bar.help_wanted.connect(self.show_help)

    # --- what is shown -----------------------------------------------------------------------------------------------

    @property
    def edit(self) -> EditPage | None:
        """The page where an instruction is written, None while none is open."""
        return self.editing.page

    @property
    def trying(self) -> TryOutWindow | None:
        """The open try-out."""
        return self.trials.window

    @property
    def message(self) -> QLabel:
        """What is said below the bar."""
        return self.bar.message

    @property
    def sign_button(self) -> QPushButton:
        """Signs in or out."""
        return self.bar.sign_button

    def while_editing(self, deed: Callable[[EditPage], object]) -> None:
        """Do something on the page where an instruction is written, while that is shown."""
        page = self.editing.page
        if page is not None and self.editing.is_shown:
            deed(page)

    def _after_keeping(self, deed: Callable[[], None]) -> None:
        """Do something once what is edited is kept."""
        page = self.editing.page
        if page is not None and self.editing.is_shown:
            page.flush(deed)
        else:
            deed()

    def _show(self, page: QWidget) -> None:
        self.bar.hush()
        self.stack.setCurrentWidget(page)
        if page is self.start:
            self.start.take_focus()

    # --- the list ----------------------------------------------------------------------------------------------------

    def open_start(self) -> None:
        """The list of instructions; what was edited is kept first."""
        self._after_keeping(self._leave_for_start)

    def _leave_for_start(self) -> None:
        left = self.editing.page.model.work_master if self.editing.page is not None else None
        self.editing.drop()
        self._show(self.start)
        self.refresh()
        if left is not None:
            self.start.choose(left.id, left.version)

    def refresh(self) -> None:
        """Read drafts and server again."""
        self.errands.local("", self.desk.drafts.entries, self._show_drafts)
        if not self.desk.has_server:
            self.bar.server.setText(self.tr("no server"))
            self._server_fault = self.tr("Started without a server: drafts can be written, tried and exported.")
            return
        self.errands.server(
            self.tr("Asking the server"), lambda: opening.read_list(self.desk.authoring, self._read), self._show_server,
            self._server_away,
        )  # fmt: skip

    def _show_server(self, found: ServerList) -> None:
        self.server_list, self._server_fault = found, ""
        self.desk.names.learn("server", found.names)
        self.bar.server.setText(self.tr("✓ server"))
        self._show_list()

    def _server_away(self, error: Exception) -> None:
        self.bar.server.setText(self.tr("▲ server away"))
        self._server_fault = self.tr(
            "The server does not answer: drafts of this computer can be edited, tried and exported. ({why})"
        ).format(why=str(error))
        self._show_list()

    def _show_drafts(self, entries: Sequence[DraftEntry]) -> None:
        self._drafts = entries
        self._show_list()
        self._learn_names()

    def _learn_names(self) -> None:
        """Read one draft for the names it uses, then the next: whoever opens one meanwhile does not wait for all."""
        known, drafts = self._learned, self.desk.drafts
        entry = next((e for e in self._drafts if not e.fault and known.get(e.document_id) != e.saved_us), None)
        if entry is None or self._closing:
            return
        known[entry.document_id] = entry.saved_us
        document_id = entry.document_id

        def learned(found: KnownNames) -> None:
            self.desk.names.learn(f"draft {document_id}", found)
            self._learn_names()

        self.errands.local("", lambda: opening.names_here(drafts, document_id), learned)

    def _show_list(self) -> None:
        self.start.show_rows(listed(self._drafts, self.server_list), self._server_fault)
        if self._first_list and self.stack.currentWidget() is self.start:
            # drafts and server answer one after the other: the first row that comes has the keys
            self._first_list = not self.start.rows
            self.start.take_focus()
            QTimer.singleShot(PREPARE_MS, self, self._prepare)
        self.opened.emit()

    def _prepare(self) -> None:
        """Make ready what the first instruction would wait for, while its person still reads the list."""
        if self._closing or not self.isVisible():
            return
        self.editing.prepare()
        QTimer.singleShot(0, self, self._load_icons)

    def _load_icons(self) -> None:
        """The icons of the signs at a step's head: their first one takes an eighth of a second."""
        icon_pixmap("mdi6.check", self.look.color("text"), 8)
        self.prepared = True

    def _status_of(self, work_master: WorkMaster) -> VersionStatus | None:
        """The newest that is known of the version, or of its instruction for the owner."""
        own = [s for s in self.server_list.versions if s.document_id == work_master.id]
        return next((s for s in own if s.version == work_master.version), None)

    def _numbers(self) -> set[tuple[str, str]]:
        """Every id and version that is known, here and at the server."""
        return {(row.document_id, row.version) for row in self.start.rows}

    # --- going there -------------------------------------------------------------------------------------------------

    def open_listed(self, row: Listed, step_id: str = "") -> None:
        """Open a row of the list."""
        self.bar.hush()
        self.editing.open_listed(row, step_id)

    def open_control(self, document_id: str, version: str) -> None:
        """The page of document control of a version."""
        self._after_keeping(lambda: self._leave_for_control(document_id, version))

    def _leave_for_control(self, document_id: str, version: str) -> None:
        self.editing.drop()
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
            self.bar.say(saying_of(Refusal("This version is not in the list any more. Refresh the list.")))
            return
        self.open_listed(row, suggestion.step_id)

    def _imported(self, document_id: str) -> None:
        self.refresh()
        self.editing.open_draft(document_id)

    def try_out(self) -> None:
        """Try out what is open."""
        self.trials.start(self.editing.page)

    # --- window ------------------------------------------------------------------------------------------------------

    def show_help(self) -> None:
        """The keys and what the page is for."""
        page = self.stack.currentWidget()
        name = "edit" if page is self.editing.page else "control" if page is self.control else "start"
        title, text = HELP[name]
        panel = HelpPanel(self.look, self.tr(title), self.tr(text))
        panel.open_once(self)

    def go_back(self) -> None:
        """Esc: from a page to the list."""
        if self.stack.currentWidget() is not self.start:
            self.open_start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep what was typed, then go."""
        page = self.editing.page
        if page is not None and not page.keeping.is_kept and not self._closing:
            event.ignore()
            if page.keeping.fault:
                self._ask_to_lose()
            else:
                page.flush(self._close_now)
            return
        self._closing = True
        self.trials.end()
        self.editing.end()
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
