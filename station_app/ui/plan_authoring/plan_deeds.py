"""What happens to a version of a plan: submit, sign, send back, release, withdraw; each with its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton, QWidget

from station_app.domain.document_control import APPROVING_ROLES, DocumentEvent, VersionStatus
from station_app.domain.document_states import Policy
from station_app.services.authoring import PlanAuthoring
from station_app.ui.authoring import control_state as deeds
from station_app.ui.authoring.desk import Errands
from station_app.ui.authoring.dialogs import FormDialog, SignInDialog
from station_app.ui.look import Look
from widgets.editor_fields import BlockField, ChoiceField, FlagField, FormField, LineField
from widgets.editor_style import button

_POLICIES = {
    Policy.NEXT_UNIT: "Switch at the next unit",
    Policy.FINISH: "Orders that run finish on the old version",
    Policy.ASK: "Stop and ask a supervisor",
}


class PlanDeeds(QObject):
    """The buttons of document control over a window. ``done(status)`` after each deed."""

    def __init__(
        self,
        look: Look,
        window: QWidget,
        authoring: PlanAuthoring,
        errands: Errands,
        done: Callable[[VersionStatus], None],
    ) -> None:
        super().__init__(window)
        self._look, self._window, self._authoring, self._errands, self._done = look, window, authoring, errands, done
        self._status: VersionStatus | None = None
        self.dialog: FormDialog | None = None
        self.buttons: dict[str, QPushButton] = {}
        for name, title, ask in (
            (deeds.SUBMIT, self.tr("Submit for review…"), self._ask_submit),
            (deeds.SIGN, self.tr("Sign…"), self._ask_sign),
            (deeds.SEND_BACK, self.tr("Send back…"), self._ask_send_back),
            (deeds.RELEASE, self.tr("Release…"), self._ask_release),
            (deeds.WITHDRAW, self.tr("Withdraw…"), self._ask_withdraw),
        ):
            made = self.buttons[name] = button(look, title)
            made.clicked.connect(ask)

    def render(self, status: VersionStatus | None, *, changed: bool) -> None:
        """Which deeds are possible now; the others say why not."""
        self._status = status
        for name, made in self.buttons.items():
            why = self._why_not(name, status, changed)
            made.setEnabled(not why)
            made.setToolTip(why)
            made.setAccessibleDescription(why)

    def _why_not(self, name: str, status: VersionStatus | None, changed: bool) -> str:
        if status is None:
            return self.tr("Save it first.")
        if changed:
            return self.tr("Save the draft first.")
        return deeds.why_not(name, status, self._authoring.editor)

    def _ask_submit(self) -> None:
        reason = BlockField(self._look, self.tr("What changed, and why"))
        roles = [FlagField(self._look, role.replace("_", " ")) for role in APPROVING_ROLES]
        roles[0].reset("yes")

        def do(status: VersionStatus) -> VersionStatus:
            chosen = [role for role, flag in zip(APPROVING_ROLES, roles, strict=True) if flag.text()]
            return self._authoring.submit(status, chosen, reason.text())

        sentence = self.tr("Who wrote it cannot approve it. From now on its content is fixed until it is sent back.")
        self._ask(self.tr("Submit for review"), [reason, *roles], sentence, do)

    def _ask_sign(self) -> None:
        status = self._status
        if status is None:
            return
        missing = status.missing_roles
        role = ChoiceField(self._look, self.tr("As"), missing, [r.replace("_", " ") for r in missing])
        role.reset(missing[0] if missing else "")
        sentence = self.tr("You sign that this content is approved for release: {sha256}…")
        dialog = SignInDialog(
            self._look,
            self._window,
            self.tr("Sign"),
            self.tr("Sign"),
            sentence.format(sha256=status.sha256[:16]),
            [role],
        )
        dialog.entered.connect(
            lambda name, secret: self._do(dialog, lambda seen: self._authoring.sign(seen, role.text(), name, secret))
        )
        self.dialog = dialog
        dialog.ask()

    def _ask_send_back(self) -> None:
        reason = BlockField(self._look, self.tr("What has to change"))
        self._ask(self.tr("Send back"), [reason], "", lambda status: self._authoring.send_back(status, reason.text()))

    def _ask_withdraw(self) -> None:
        reason = BlockField(self._look, self.tr("Why (stations show it)"))
        sentence = self.tr("No inspection is begun with it from now on. What is begun goes on.")
        self._ask(
            self.tr("Withdraw"), [reason], sentence, lambda status: self._authoring.withdraw(status, reason.text())
        )

    def _ask_release(self) -> None:
        policy = ChoiceField(self._look, self.tr("Orders that run"), list(_POLICIES), list(_POLICIES.values()))
        policy.reset(Policy.NEXT_UNIT)
        day = LineField(self._look, self.tr("Used from"), placeholder=self.tr("at once, or 2026-12-31"))
        self._ask(
            self.tr("Release"),
            [policy, day],
            self.tr("It goes to the stations."),
            lambda status: self._authoring.release(status, policy.text(), day.text().strip()),
        )

    def _ask(
        self, title: str, fields: Sequence[FormField], sentence: str, deed: Callable[[VersionStatus], VersionStatus]
    ) -> None:
        dialog = self.dialog = FormDialog(self._look, self._window, title, title, fields, sentence)
        dialog.confirmed.connect(lambda: self._do(dialog, deed))
        dialog.ask()

    def _do(self, dialog: FormDialog, deed: Callable[[VersionStatus], VersionStatus]) -> None:
        """Do it for the version that is shown; a refusal stays in the dialog."""
        status = self._status
        if status is None:
            return
        dialog.confirm_button.setEnabled(False)

        def done(after: VersionStatus) -> None:
            dialog.accept()
            self.dialog = None
            self._done(after)

        self._errands.server(
            self.tr("Asking the server"), lambda: deed(status), done, lambda error: dialog.refuse(str(error))
        )


def event_text(event: DocumentEvent) -> str:
    """One line or two: who did what, when, and why."""
    when = datetime.fromtimestamp(event.at_us / 1e6).astimezone().strftime("%Y-%m-%d %H:%M")
    what = event.event.replace("_", " ")
    if event.role:
        what += f" as {event.role.replace('_', ' ')}: {event.meaning} ({event.method})"
    if event.policy:
        what += f" ({event.policy}{', from ' + event.effective_from if event.effective_from else ''})"
    return f"{when} · {event.printed_name} {what}" + (f"\n“{event.reason}”" if event.reason else "")
