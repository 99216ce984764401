"""A release that asks: a supervisor chooses the version that an order goes on with, says why, and signs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from station_app.domain.document_names import spoken
from station_app.domain.releases import VersionAsked
from station_app.services.station import StationServices
from station_app.ui.check_view import ApprovalRequest
from station_app.ui.look import Look
from station_app.ui.page import Saying, Weight
from widgets.choice_dialog import Choice, ChoiceDialog


class DecidingVersion(QObject):
    """Opens on a window. ``approve`` fetches the signature, ``say`` shows a message."""

    def __init__(
        self,
        services: StationServices,
        look: Look,
        window: QWidget,
        approve: Callable[[ApprovalRequest], None],
        say: Callable[[Saying], None],
    ) -> None:
        super().__init__(window)
        self._services, self._look, self._window = services, look, window
        self._approve, self._say = approve, say
        self.dialog: ChoiceDialog | None = None

    def ask(self, asked: VersionAsked) -> None:
        """Which version it is to be; nothing is opened by it, the unit is scanned again."""
        if self.dialog is not None:
            return
        choices = [Choice(asked.new, self.tr("Version {new} (new)").format(new=asked.new))]
        if asked.old:
            choices.append(Choice(asked.old, self.tr("Version {old} (as until now)").format(old=asked.old)))
        dialog = self.dialog = ChoiceDialog(
            self._look,
            self.tr("Order {order}: which version of {id}?").format(
                order=asked.order_id, id=spoken(asked.work_master_id)
            ),
            choices,
            self.tr("Sign"),
            self.tr("Cancel"),
            self.tr("Version {new} was released while this order runs. A supervisor decides and signs.").format(
                new=asked.new
            ),
            self.tr("Why (is recorded)"),
        )
        dialog.setParent(self._window)
        dialog.chosen.connect(lambda version, reason: self._chosen(asked, version, reason))
        dialog.dismissed.connect(self._closed)
        dialog.open_on(self._window)

    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _chosen(self, asked: VersionAsked, version: str, reason: str) -> None:
        order = self._services.library.book.orders.get(asked.order_id)
        if order is None:
            return  # the order was taken back meanwhile: there is nothing to decide any more
        if not reason.strip():
            what = self.tr("The reason is missing.")
            self._say(Saying(Weight.WARNING, what, "", self.tr("Scan the unit again, choose, and say why.")))
            return
        title = self.tr("Order {order}: version {version}").format(order=asked.order_id, version=version)
        self._approve(
            ApprovalRequest(
                title,
                lambda approval: self._services.execution.decide_version(order, version, reason.strip(), approval),
            )
        )
