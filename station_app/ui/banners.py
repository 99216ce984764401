"""Messages across the top of the page: conditions that last until they are over, and answers to what was just done."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.page import Saying, Weight
from widgets.message_banner import BannerKind, MessageBanner

translate = QCoreApplication.translate

MAX_CLOCK_OFFSET_MS = 2000
SHOWN_MS = 20_000
_KINDS = {Weight.NOTE: BannerKind.NOTE, Weight.WARNING: BannerKind.WARNING, Weight.ERROR: BannerKind.ERROR}


def lasting_condition(services: StationServices) -> Saying | None:
    """What the person must know as long as it lasts: nothing can be saved, an alarm stops the step, the clock is wrong."""
    if services.ledger.fault:
        return Saying(
            Weight.ERROR,
            translate("banners", "Not saved."),
            translate("banners", "Everything that was shown as saved before is safe."),
            translate("banners", "The last action was not recorded: {fault}").format(fault=services.ledger.fault),
        )
    stopped = services.execution.stopped_by
    if stopped:
        what, _, to_do = stopped.partition(". ")
        return Saying(Weight.ERROR, what + ".", translate("banners", "What was done so far is kept."), to_do)
    offset_ms = services.contact.server.clock_offset_ms
    if offset_ms is not None and abs(offset_ms) > MAX_CLOCK_OFFSET_MS:
        side = translate("banners", "behind") if offset_ms > 0 else translate("banners", "ahead of")
        return Saying(
            Weight.WARNING,
            translate("banners", "This computer's clock is {s:.1f} s {side} the server's.").format(
                s=abs(offset_ms) / 1000, side=side
            ),
            translate("banners", "Records are kept with this difference noted."),
            translate("banners", "Have the computer's clock set right."),
        )
    return None


class Banners(QWidget):
    """Two banners above the page. The lasting one has no button; the other goes by itself after 20 s."""

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.lasting = MessageBanner(look, self.tr("Close"))
        self.passing = MessageBanner(look, self.tr("Close"))
        self.passing.dismissed.connect(self._fit)
        self._shown: Saying | None = None
        layout = QVBoxLayout(self)
        edge = look.mm(3)
        layout.setContentsMargins(edge, look.mm(2), edge, look.mm(2))
        layout.setSpacing(look.mm(2))
        layout.addWidget(self.lasting)
        layout.addWidget(self.passing)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hush)
        self._fit()

    def say(self, saying: Saying) -> None:
        """Show an answer to what was just done."""
        self.passing.show_message(_KINDS[saying.weight], saying.what, saying.kept, saying.to_do)
        self._timer.start(SHOWN_MS)
        self._fit()

    def hush(self) -> None:
        """The answer is no longer true."""
        self._timer.stop()
        self.passing.hide()
        self._fit()

    def refresh(self) -> None:
        """Look at the lasting conditions again."""
        condition = lasting_condition(self._services)
        if condition == self._shown:
            return
        self._shown = condition
        if condition is None:
            self.lasting.hide()
        else:
            self.lasting.show_message(_KINDS[condition.weight], condition.what, condition.kept, condition.to_do)
            self.lasting.dismiss_button.hide()
        self._fit()

    def _fit(self) -> None:
        self.setVisible(not (self.passing.isHidden() and self.lasting.isHidden()))
