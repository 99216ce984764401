"""The window of inspection plans: every version with its state, the plan as a table, and document control."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from station_app.domain.document_control import VersionStatus
from station_app.domain.document_states import DocumentState
from station_app.domain.inspection.plan import InspectionPlan
from station_app.services.authoring import PlanAuthoring
from station_app.services.plan_drafting import PlanForms
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.dialogs import FormDialog
from station_app.ui.authoring.media_images import choose_file, choose_target
from station_app.ui.authoring.used_view import UsedView
from station_app.ui.authoring.window_bar import WindowBar
from station_app.ui.look import Look
from station_app.ui.plan_authoring.plan_comparison import PlanComparison
from station_app.ui.plan_authoring.plan_deeds import PlanDeeds, event_text
from station_app.ui.plan_authoring.plan_list import PlanList
from station_app.ui.plan_authoring.plan_page import PlanPage, file_name, next_version
from station_app.ui.plan_authoring.plan_state import ListedPlan, OpenPlan, read_plan_version, read_plans
from widgets.editor_style import button, caption, desk_style
from widgets.theme import CAPITAL_SMALL_MM

ENDING = ".inspectionplan"
NEW = InspectionPlan(id="", product="", operation="", version="1")


class PlanWindow(QWidget):
    """Opened by the editor. ``shown_plan`` after a version was opened."""

    shown_plan = Signal()

    def __init__(self, look: Look, desk: EditorDesk, forms: PlanForms, authoring: PlanAuthoring) -> None:
        super().__init__()
        self.look, self.desk, self._forms, self._authoring = look, desk, forms, authoring
        self.errands = Errands(desk, self)
        self.opened: OpenPlan | None = None
        self.dialog: FormDialog | None = None
        self.setObjectName("page")
        self.setWindowTitle(self.tr("Inspection plans"))
        self.setStyleSheet(desk_style(look.theme))
        self.setFont(look.font(CAPITAL_SMALL_MM))
        self.bar = WindowBar(look, desk, self.errands, self.tr("Inspection plans"))
        self.bar.signed.connect(self._signed)
        self.bar.help_wanted.connect(self.show_help)
        self.list = PlanList(look)
        self.list.picked.connect(lambda listed: self._leave(lambda: self.open_listed(listed)))
        self.page = PlanPage(look, forms)
        self.page.edited.connect(self._render)
        self.page.picture_wanted.connect(self._choose_picture)
        self.history = QListWidget()
        self.history.setWordWrap(True)
        self.history.setFont(look.font(CAPITAL_SMALL_MM))
        self.history.setAccessibleName(self.tr("What happened to it"))
        self.used = UsedView(look)
        self.compared = PlanComparison(look)
        self.compared.wanted.connect(self._compare)
        self.tabs = QTabWidget()
        self.tabs.setFont(look.font(CAPITAL_SMALL_MM))
        for tab, title in (
            (self.page, self.tr("Plan")),
            (self.compared, self.tr("Comparison")),
            (self.used, self.tr("Where used")),
            (self.history, self.tr("History")),
        ):
            self.tabs.addTab(tab, title)
        self.deeds = PlanDeeds(look, self, authoring, self.errands, self._done)
        self._lay_out()
        for keys, deed in (
            ("Ctrl+N", self.new),
            ("Ctrl+S", self._save_if_possible),
            ("Ctrl+I", self.bar.sign_in_or_out),
            ("Ctrl+R", self.refresh),
            ("F1", self.show_help),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(deed)
        self._render()

    def _lay_out(self) -> None:
        self.heading = caption(self.look, "", heading=True)
        tools = QHBoxLayout()
        tools.setSpacing(6)
        self.buttons: dict[str, QPushButton] = {}
        for name, title, deed in (
            ("new", self.tr("New…"), self.new),
            ("open", self.tr("Open file…"), self.open_file),
            ("version", self.tr("New version"), self.new_version),
            ("export", self.tr("Export…"), self.export),
            ("save", self.tr("Save draft"), self.save),
        ):
            made = self.buttons[name] = button(self.look, title, primary=name == "save")
            made.clicked.connect(deed)
            tools.addWidget(made)
        tools.addSpacing(12)
        for made in self.deeds.buttons.values():
            tools.addWidget(made)
        tools.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self.heading)
        right.addWidget(self.tabs, 1)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(self.list)
        columns.addLayout(right, 1)
        body = QVBoxLayout()
        body.setSpacing(8)
        body.setContentsMargins(16, 10, 16, 12)
        body.addLayout(tools)
        body.addLayout(columns, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addLayout(body, 1)

    # --- the list ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the list again."""
        if not self.desk.has_server:
            self.bar.server.setText(self.tr("no server"))
            return
        self.errands.server(self.tr("Asking the server"), lambda: read_plans(self._authoring), self._show_list)

    def _show_list(self, listed: Sequence[ListedPlan]) -> None:
        self.list.show_versions(listed, self.opened.plan if self.opened is not None else None)

    def open_listed(self, listed: ListedPlan) -> None:
        """Open a version: to be edited when it is a draft, else to be read."""
        self.bar.hush()
        self.errands.server(self.tr("Opening"), lambda: read_plan_version(self._authoring, listed), self._show)

    def _show(self, opened: OpenPlan) -> None:
        self.opened = opened
        control = opened.control
        draft = control is not None and control.status.state is DocumentState.DRAFT
        self.page.show_plan(opened.plan, opened.media, editable=draft)
        self.history.clear()
        if control is not None:
            for event in reversed(control.history):
                self.history.addItem(event_text(event))
            self.used.show_use(control)
            self.compared.set_versions(control.versions, control.status.version)
        self._render()
        self.shown_plan.emit()

    def _render(self) -> None:
        status = self.status
        plan = self.opened.plan if self.opened is not None else None
        state = status.state if status is not None else self.tr("not under document control") if plan else ""
        missing = ", ".join(role.replace("_", " ") for role in status.missing_roles) if status is not None else ""
        text = (
            f"{plan.id} {plan.version} · {state}"
            if plan is not None and plan.id
            else self.tr("New plan")
            if plan
            else ""
        )
        self.heading.setText(text + (f" · {self.tr('missing')}: {missing}" if missing else ""))
        self.buttons["save"].setEnabled(self.page.editable and self.page.changed and self.page.plan is not None)
        for name in ("version", "export"):
            self.buttons[name].setEnabled(plan is not None and bool(plan.id))
        for number in (1, 2, 3):
            self.tabs.setTabEnabled(number, status is not None)
        self.deeds.render(status, changed=self.page.changed)

    @property
    def status(self) -> VersionStatus | None:
        """The version under document control that is shown."""
        control = self.opened.control if self.opened is not None else None
        return control.status if control is not None else None

    def _signed(self) -> None:
        self._render()

    def show_help(self) -> None:
        """How to work here, in a few sentences."""
        self.bar.note(
            self.tr(
                "A row is a characteristic; F2 or a key edits a cell, Enter goes on. A sampling reads every, nth 5, "
                "first_last or iso2859 II 1.0. Click into the drawing to mark where the chosen row is. What is wrong "
                "stands below and must be mended before the draft is saved. Charts and balloons of other checks are "
                "kept as the plan's file says. Keys: Ctrl+N new, Ctrl+S save, Ctrl+I sign in or out, Ctrl+R refresh."
            )
        )

    def signed_elsewhere(self) -> None:
        """Somebody signed in or out at the editor's window."""
        self.bar.renew()
        self._render()

    # --- writing -----------------------------------------------------------------------------------------------------

    def new(self) -> None:
        """An empty plan."""
        self._leave(lambda: self._begin(NEW, {}))

    def new_version(self) -> None:
        """The shown plan as the draft of its next version."""
        opened = self.opened
        if opened is not None:
            plan = msgspec.structs.replace(opened.plan, version=next_version(opened.plan.version))
            self._leave(lambda: self._begin(plan, opened.media))

    def _begin(self, plan: InspectionPlan, media: dict[str, bytes]) -> None:
        self.opened = OpenPlan(plan, media)
        self.page.show_plan(plan, media, editable=True, new=True)
        self.history.clear()
        self.tabs.setCurrentWidget(self.page)
        self._render()
        self.page.fields["id"].control.setFocus()

    def _save_if_possible(self) -> None:
        if self.buttons["save"].isEnabled():
            self.save()

    def save(self) -> None:
        """Keep the draft in the shared database."""
        plan, seen, media = self.page.plan, self.status, self.page.media
        if plan is not None:
            wanted = {sha256: media[sha256] for sha256 in plan.media() if sha256 in media}
            self.errands.server(self.tr("Saving"), lambda: self._authoring.save(plan, wanted, seen), self._done)

    def _done(self, status: VersionStatus) -> None:
        self.page.changed = False
        self.open_listed(ListedPlan(status.own_id, status.version, status.state, status))
        self.refresh()

    def open_file(self) -> None:
        """A plan in a file, as a draft."""
        choose_file(
            self, self.tr("Open a plan"), f"*.toml *{ENDING}", lambda path: self._leave(lambda: self.take_file(path))
        )

    def take_file(self, path: Path) -> None:
        """Read that file."""
        forms = self._forms
        self.errands.local(
            self.tr("Opening"), lambda: forms.open_file(path), lambda found: self._begin(found[0], found[1])
        )

    def export(self) -> None:
        """The shown plan as a single file."""
        opened, forms = self.opened, self._forms
        if opened is None:
            return

        def write(path: Path) -> None:
            self.errands.local(
                self.tr("Exporting"),
                lambda: forms.export_file(path, opened.plan, opened.media),
                lambda _none: self.bar.note(self.tr("Written: {path}").format(path=path)),
            )

        choose_target(self, self.tr("Export"), f"*{ENDING}", file_name(opened.plan, ENDING), write)

    def _choose_picture(self) -> None:
        forms = self._forms
        choose_file(
            self,
            self.tr("A drawing or picture"),
            "*.svg *.png *.jpg *.jpeg",
            lambda path: self.errands.local(
                self.tr("Reading"), lambda: forms.take_picture(path), lambda taken: self.page.add_picture(*taken)
            ),
        )

    # --- comparing ---------------------------------------------------------------------------------------------------

    def _compare(self, old: VersionStatus, new: VersionStatus) -> None:
        authoring = self._authoring
        self.errands.server(
            self.tr("Comparing"), lambda: authoring.compare(old.sha256, new.sha256), self.compared.show_changes
        )

    # --- leaving -----------------------------------------------------------------------------------------------------

    def _leave(self, go_on: Callable[[], None]) -> None:
        """Go on, after asking where something that was typed is not saved."""
        if not (self.page.changed and self.page.editable):
            go_on()
            return
        dialog = self.dialog = FormDialog(
            self.look,
            self,
            self.tr("Not saved"),
            self.tr("Discard the changes"),
            (),
            self.tr("What was typed in this plan is not saved. Cancel, and press Save draft, to keep it."),
        )

        def discard() -> None:
            dialog.accept()
            self.page.changed = False
            go_on()

        dialog.confirmed.connect(discard)
        dialog.ask()

    def _close(self) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing that was typed is lost without a question."""
        if self.page.changed and self.page.editable and self.isVisible():
            event.ignore()
            self._leave(self._close)
        else:
            super().closeEvent(event)
