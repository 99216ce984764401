"""Releasing a hold on a unit or lot: why, and the signature of who may decide; letting a discontinued inspection go on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QCoreApplication

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.inspection.sampling import Scheme
from station_app.domain.records import Hold
from station_app.ui.check_view import ApprovalRequest
from station_app.ui.page import Page, Saying, Weight
from station_app.ui.reason_dialogs import ReasonAsked, reason_dialog
from widgets.choice_dialog import ChoiceDialog

translate = QCoreApplication.translate

Saving = Future[list[Row]]


def ask_release(page: Page, hold: Hold, released: Callable[[], None] = lambda: None) -> ChoiceDialog:
    """Ask why a hold is released, then for the signature. ``released`` is called when that is on disk."""
    inspecting, subject = page.services.quality.inspecting, hold.subject
    title = translate("holds", "Release {subject}").format(subject=subject)

    def sign(reason: str) -> None:
        page.wants_approval.emit(
            ApprovalRequest(
                title,
                lambda approval: _told(page, inspecting.release_hold(hold.hold_id, reason, approval), said, released),
                by_worker=True,
            )
        )

    said = translate("holds", "{subject} is released.").format(subject=subject)
    question = ReasonAsked(
        "release",
        translate("holds", "Release {subject}: why?").format(subject=subject),
        translate("holds", "Sign"),
        translate("holds", "On hold: {reason}. A supervisor or quality engineer decides and signs.").format(
            reason=hold.reason
        ),
    )
    dialog = reason_dialog(page.services, page.look, question, sign)
    page.lay_over(dialog)
    return dialog


def ask_resume(page: Page, plan_id: str, supplier: str, scheme: Scheme, resumed: Callable[[], None]) -> ChoiceDialog:
    """Ask why a discontinued inspection goes on, then for the signature of a quality engineer."""
    inspecting = page.services.quality.inspecting
    title = translate("holds", "Inspection by sampling goes on")

    def signed(reason: str, approval: Approval) -> Saving:
        saving = inspecting.resume_sampling(plan_id, supplier, scheme, reason, approval)
        return _told(page, saving, translate("holds", "Inspection goes on, tightened."), resumed)

    def sign(reason: str) -> None:
        page.wants_approval.emit(ApprovalRequest(title, lambda approval: signed(reason, approval), by_worker=True))

    state = inspecting.switching(plan_id, supplier, scheme)
    question = ReasonAsked(
        "resume",
        translate("holds", "Let the inspection go on: why?"),
        translate("holds", "Sign"),
        translate("holds", "Discontinued: {reason}. It goes on tightened, when a quality engineer signs.").format(
            reason=state.reason
        ),
    )
    dialog = reason_dialog(page.services, page.look, question, sign)
    page.lay_over(dialog)
    return dialog


def _told(page: Page, saving: Saving, said: str, then: Callable[[], None]) -> Saving:
    """The saving, of which the page says something when it is on disk; the window says why it is not."""

    def done(finished: Saving) -> None:
        if not finished.cancelled() and finished.exception() is None:
            page.says.emit(Saying(Weight.NOTE, said))
            then()

    saving.add_done_callback(lambda finished: page.services.post(lambda: done(finished)))
    return saving
