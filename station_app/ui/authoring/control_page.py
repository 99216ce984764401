"""Document control of one version: review, signatures, release, withdrawal; its history, its use, what is suggested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QTabWidget, QVBoxLayout, QWidget

from station_app.domain.document_control import APPROVING_ROLES, DocumentEvent, Policy, VersionStatus
from station_app.ui.authoring import control_state as deeds
from station_app.ui.authoring.comparison_view import ComparisonView
from station_app.ui.authoring.control_state import ControlState
from station_app.ui.authoring.desk import EditorDesk, Errands
from station_app.ui.authoring.dialogs import FormDialog, SignInDialog
from station_app.ui.authoring.suggestion_view import SuggestionView
from station_app.ui.authoring.used_view import UsedView
from station_app.ui.look import Look
from widgets.editor_fields import BlockField, ChoiceField, FlagField, FormField, LineField
from widgets.editor_style import button, caption
from widgets.theme import CAPITAL_SMALL_MM

ONWARD = (deeds.SUBMIT, deeds.SIGN, deeds.RELEASE)
_EVENTS = {
    "saved": "saved a draft",
    "submitted": "asked for review",
    "signed": "signed",
    "sent_back": "sent it back",
    "released": "released it",
    "superseded": "superseded",
    "withdrawn": "withdrew it",
    "owner_changed": "handed it over",
}
_POLICIES = {
    Policy.FINISH: "Orders that run finish on the old version",
    Policy.NEXT_UNIT: "Switch at the next unit",
    Policy.ASK: "Stop and ask a supervisor",
}


class ControlPage(QWidget):
    """One version under document control. ``changed`` after every deed; ``step_wanted(suggestion)`` opens the editor there."""

    left = Signal()
    changed = Signal()
    open_wanted = Signal(object)
    step_wanted = Signal(object)

    def __init__(self, look: Look, desk: EditorDesk, errands: Errands) -> None:
        super().__init__()
        self.look, self.desk, self._errands = look, desk, errands
        self.state: ControlState | None = None
        self.dialog: FormDialog | None = None
        self.heading = caption(look, "", heading=True)
        self.about = caption(look, "", color="second")
        self.history = QListWidget()
        self.history.setAccessibleName(self.tr("What happened to it"))
        self.history.setFont(look.font(CAPITAL_SMALL_MM))
        self.history.setWordWrap(True)
        self.history.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.comparison = ComparisonView(look, desk.authoring, errands)
        self.used = UsedView(look)
        self.suggestions = SuggestionView(look, desk.authoring, errands)
        self.suggestions.answered.connect(self.reload)
        self.suggestions.step_wanted.connect(self.step_wanted)
        self.tabs = QTabWidget()
        self.tabs.setFont(look.font(CAPITAL_SMALL_MM))
        self.tabs.addTab(self.comparison, self.tr("Comparison"))
        self.tabs.addTab(self.used, self.tr("Where used"))
        self.tabs.addTab(self.suggestions, self.tr("Suggestions"))
        self.buttons: dict[str, QPushButton] = {}
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.about)
        left.addWidget(caption(look, self.tr("What happened to it"), heading=True))
        left.addWidget(self.history, 1)
        column = QWidget()
        column.setFixedWidth(360)
        column.setLayout(left)
        left.setContentsMargins(0, 0, 0, 0)
        columns = QHBoxLayout()
        columns.setSpacing(10)
        columns.addWidget(column)
        columns.addWidget(self.tabs, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(self._tools())
        layout.addLayout(columns, 1)

    def _tools(self) -> QHBoxLayout:
        look = self.look
        row = QHBoxLayout()
        row.setSpacing(6)
        back = button(look, self.tr("← Instructions"), keys="Esc")
        back.clicked.connect(self.left)
        row.addWidget(back)
        row.addSpacing(8)
        row.addWidget(self.heading, 1)
        for name, title, deed in (
            (deeds.SUBMIT, self.tr("Submit for review…"), self.ask_submit),
            (deeds.SIGN, self.tr("Sign…"), self.ask_sign),
            (deeds.SEND_BACK, self.tr("Send back…"), self.ask_send_back),
            (deeds.RELEASE, self.tr("Release…"), self.ask_release),
            (deeds.WITHDRAW, self.tr("Withdraw…"), self.ask_withdraw),
            (deeds.HAND_OVER, self.tr("Hand over…"), self.ask_hand_over),
        ):
            made = button(look, title)
            made.clicked.connect(deed)
            self.buttons[name] = made
            row.addWidget(made)
        self.open_button = button(look, self.tr("Open"), keys="Ctrl+O")
        self.open_button.clicked.connect(lambda: self.open_wanted.emit(self.state.status if self.state else None))
        row.addWidget(self.open_button)
        return row

    # --- showing -----------------------------------------------------------------------------------------------------

    def show_version(self, document_id: str, version: str) -> None:
        """Ask for everything about a version, and show it when it is here."""
        authoring = self.desk.authoring
        self._errands.server(
            self.tr("Asking the server"), lambda: deeds.read_state(authoring, document_id, version), self._show
        )

    def reload(self) -> None:
        """Ask again."""
        if self.state is not None:
            self.show_version(self.state.status.document_id, self.state.status.version)

    def render_deeds(self) -> None:
        """Which deeds are possible for who is signed in; the others say why not."""
        if self.state is None:
            return
        editor = self.desk.authoring.editor
        primary = next((d for d in ONWARD if not deeds.why_not(d, self.state.status, editor)), "")
        for name, made in self.buttons.items():
            why = deeds.why_not(name, self.state.status, self.desk.authoring.editor)
            made.setEnabled(not why)
            made.setToolTip(why)
            made.setAccessibleDescription(why)
            if made.property("primary") != (name == primary):
                made.setProperty("primary", name == primary)
                made.style().unpolish(made)
                made.style().polish(made)

    def _show(self, state: ControlState) -> None:
        self.state = state
        status = state.status
        self.heading.setText(f"{state.title} · {status.version} · {status.state}")
        self.about.setText("\n".join(self._said(state)))
        self.history.clear()
        for event in reversed(state.history):
            self.history.addItem(QListWidgetItem(_event_text(event)))
        self.comparison.set_versions(state.versions, status.version)
        self.used.show_use(state)
        self.suggestions.set_suggestions(state.suggestions, state.people)
        waiting = sum(1 for suggestion in state.suggestions if not suggestion.answer)
        title = self.tr("Suggestions")
        self.tabs.setTabText(2, f"{title} ({waiting})" if waiting else title)
        self.render_deeds()

    def _said(self, state: ControlState) -> list[str]:
        status = state.status
        lines = [
            self.tr("Instruction {id}").format(id=status.document_id),
            self.tr("Owner: {name}").format(name=state.name(status.owner)),
            self.tr("Written by: {names}").format(names=", ".join(state.name(who) for who in status.authors)),
            self.tr("Content {sha256}…").format(sha256=status.sha256[:16]),
        ]
        signed = {event.role: event for event in status.signatures}
        for role in status.required_roles:
            said = role.replace("_", " ")
            event = signed.get(role)
            who = f"✓ {event.printed_name}, {_when(event.at_us)}" if event is not None else self.tr("missing")
            lines.append(self.tr("Signature {role}: {who}").format(role=said, who=who))
        if status.policy:
            lines.append(_POLICIES.get(Policy(status.policy), status.policy))
        if status.effective_from:
            lines.append(self.tr("Used from {day}").format(day=status.effective_from))
        if status.reason:
            lines.append(self.tr("Reason: {why}").format(why=status.reason))
        return lines

    def show_suggestions(self) -> None:
        """Show what the floor suggests."""
        self.tabs.setCurrentWidget(self.suggestions)

    # --- deeds -------------------------------------------------------------------------------------------------------

    def ask_submit(self) -> None:
        """Reason and roles, then into review."""
        reason = BlockField(self.look, self.tr("What changed, and why"))
        roles = [FlagField(self.look, role.replace("_", " ")) for role in APPROVING_ROLES]
        roles[0].reset("yes")

        def do() -> None:
            chosen = [role for role, flag in zip(APPROVING_ROLES, roles, strict=True) if flag.text()]
            authoring, drafts, text = self.desk.authoring, self.desk.drafts, reason.text()
            self._do(lambda status: deeds.submit_draft(authoring, drafts, status, chosen, text))

        sentence = self.tr("Who wrote it cannot approve it. From now on its content is fixed until it is sent back.")
        self._ask(self.tr("Submit for review"), self.tr("Submit"), [reason, *roles], sentence, do)

    def ask_sign(self) -> None:
        """Role, name and password of whoever signs."""
        state = self.state
        if state is None:
            return
        missing = state.status.missing_roles
        role = ChoiceField(self.look, self.tr("As"), missing, [r.replace("_", " ") for r in missing])
        role.reset(missing[0] if missing else "")
        sentence = self.tr("You sign that this content is approved for release: {sha256}…").format(
            sha256=state.status.sha256[:16]
        )
        dialog = SignInDialog(self.look, self, self.tr("Sign"), self.tr("Sign"), sentence, [role])
        authoring = self.desk.authoring
        dialog.entered.connect(
            lambda name, secret: self._do(lambda status: authoring.sign(status, role.text(), name, secret))
        )
        self._open(dialog)

    def ask_send_back(self) -> None:
        """A reason, then a draft again."""
        authoring = self.desk.authoring
        self._ask_reason(self.tr("Send back"), self.tr("What has to change"), authoring.send_back)

    def ask_withdraw(self) -> None:
        """A reason, which the stations show."""
        authoring = self.desk.authoring
        self._ask_reason(self.tr("Withdraw"), self.tr("Why (stations show it)"), authoring.withdraw)

    def _ask_reason(self, title: str, label: str, deed: Callable[[VersionStatus, str], VersionStatus]) -> None:
        reason = BlockField(self.look, label)

        def do() -> None:
            why = reason.text()
            self._do(lambda status: deed(status, why))

        self._ask(title, title, [reason], "", do)

    def ask_release(self) -> None:
        """What running orders do, and from when it is used."""
        policy = ChoiceField(self.look, self.tr("Orders that run"), list(_POLICIES), list(_POLICIES.values()))
        policy.reset(Policy.NEXT_UNIT)
        day = LineField(self.look, self.tr("Used from"), placeholder=self.tr("at once, or 2026-12-31"))
        authoring = self.desk.authoring

        def do() -> None:
            how, when = policy.text(), day.text().strip()
            self._do(lambda status: authoring.release(status, how, when))

        self._ask(self.tr("Release"), self.tr("Release"), [policy, day], self.tr("It goes to the stations."), do)

    def ask_hand_over(self) -> None:
        """The next owner."""
        state, authoring = self.state, self.desk.authoring
        if state is None:
            return
        owners = {key: name for key, name in state.owners.items() if key != state.status.owner}
        owner = ChoiceField(self.look, self.tr("New owner"), list(owners), list(owners.values()))
        sentence = self.tr("The instruction with all its versions; you cannot change it any more.")

        def do() -> None:
            who = owner.text()
            self._do(lambda status: authoring.hand_over(status, who))

        self._ask(self.tr("Hand over"), self.tr("Hand over"), [owner], sentence, do)

    def _ask(self, title: str, deed: str, fields: Sequence[FormField], sentence: str, do: Callable[[], None]) -> None:
        dialog = FormDialog(self.look, self, title, deed, fields, sentence)
        dialog.confirmed.connect(do)
        self._open(dialog)

    def _open(self, dialog: FormDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(lambda _result: self._closed(dialog))
        dialog.ask()

    def _closed(self, dialog: FormDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None

    def _do(self, deed: Callable[[VersionStatus], VersionStatus]) -> None:
        """Do it for the version that is shown; a refusal stays in the dialog."""
        state, dialog = self.state, self.dialog
        if state is None or dialog is None:
            return
        dialog.confirm_button.setEnabled(False)

        def done(_status: VersionStatus) -> None:
            dialog.accept()
            self.reload()
            self.changed.emit()

        self._errands.server(
            self.tr("Asking the server"), lambda: deed(state.status), done, lambda error: dialog.refuse(str(error))
        )


def _when(at_us: int) -> str:
    return datetime.fromtimestamp(at_us / 1e6).astimezone().strftime("%Y-%m-%d %H:%M")


def _event_text(event: DocumentEvent) -> str:
    """One line or two: who did what, when, and why."""
    what = _EVENTS.get(event.event, event.event)
    if event.role:
        what += f" as {event.role.replace('_', ' ')}: {event.meaning} ({event.method})"
    if event.owner:
        what += f" to {event.owner}"
    if event.roles:
        what += f": {', '.join(role.replace('_', ' ') for role in event.roles)}"
    if event.policy:
        what += f" ({event.policy}{', from ' + event.effective_from if event.effective_from else ''})"
    reason = f"\n“{event.reason}”" if event.reason else ""
    return f"{_when(event.at_us)} · {event.printed_name} {what}{reason}"
