"""The signed decision about a lot, and what is said of it when it is on disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QCoreApplication

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.inspection.results import Inspection
from station_app.domain.outcome import Outcome
from station_app.ui.check_view import ApprovalRequest
from station_app.ui.page import Page, Saying, Weight

translate = QCoreApplication.translate


def decide_lot(page: Page, lot: Inspection, decided: Callable[[], None]) -> None:
    """Ask for the signature of whoever may decide; ``decided`` is called when the decision is on disk."""
    inspecting, number = page.services.quality.inspecting, lot.started.lot

    def done(saving: Future[list[Row]]) -> None:
        if saving.cancelled() or saving.exception() is not None:
            return  # the window says why
        page.says.emit(_decided(lot, number))
        decided()

    def signed(approval: Approval) -> Future[list[Row]]:
        saving = inspecting.decide_lot(lot.inspection_id, approval)
        saving.add_done_callback(lambda finished: page.services.post(lambda: done(finished)))
        return saving

    title = translate("LotsPage", "Sign the result of lot {lot}").format(lot=number)
    page.wants_approval.emit(ApprovalRequest(title, signed, by_worker=True))


def _decided(lot: Inspection, number: str) -> Saying:
    accepted = lot.outcome is Outcome.PASS
    what = (
        translate("LotsPage", "Lot {lot} is accepted.").format(lot=number)
        if accepted
        else translate("LotsPage", "Lot {lot} is not accepted: it is on hold.").format(lot=number)
    )
    signed = translate("LotsPage", "The result is signed.")
    return Saying(Weight.NOTE if accepted else Weight.WARNING, what, signed)
