"""Work that begins without knowing that the operation before had passed: a supervisor says why, and signs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from station_app.domain.unverified_start import PermitAsked
from station_app.services.station import StationServices
from station_app.ui.check_view import ApprovalRequest
from station_app.ui.look import Look
from station_app.ui.reason_dialogs import ReasonAsked, reason_dialog
from widgets.choice_dialog import ChoiceDialog


class AllowingStart(QObject):
    """Opens on a window. ``approve`` fetches the signature; with it the unit opens."""

    def __init__(
        self, services: StationServices, look: Look, window: QWidget, approve: Callable[[ApprovalRequest], None]
    ) -> None:
        super().__init__(window)
        self._services, self._look, self._window, self._approve = services, look, window, approve
        self.dialog: ChoiceDialog | None = None

    def ask(self, asked: PermitAsked) -> None:
        """Why the work may begin. Cancelled, nothing has begun."""
        if self.dialog is not None:
            return
        question = ReasonAsked(
            "unverified",
            self.tr("{serial}: begin without the server?").format(serial=asked.unit.serial),
            self.tr("Sign"),
            self.tr(
                "The server cannot be asked whether this unit passed {previous}. A supervisor may allow the work and signs; "
                "the unit is marked as not verified."
            ).format(previous=asked.previous),
        )
        dialog = self.dialog = reason_dialog(
            self._services, self._look, question, lambda reason: self._chosen(asked, reason)
        )
        dialog.setParent(self._window)
        dialog.dismissed.connect(self._closed)
        dialog.open_on(self._window)

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _chosen(self, asked: PermitAsked, reason: str) -> None:
        execution = self._services.execution
        title = self.tr("Begin work on {serial}, not verified").format(serial=asked.unit.serial)
        self._approve(ApprovalRequest(title, lambda approval: execution.begin_unverified(asked.unit, reason, approval)))
