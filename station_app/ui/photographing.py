"""Taking a picture for a page of steps: one at a time, from the press until it is handed on to be recorded."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from station_app.domain import rules
from station_app.domain.chain import Row
from station_app.domain.rules import Refusal
from station_app.domain.view import ViewRules
from station_app.services.posting import when_done
from station_app.ui.page import Page


class Photographing:
    """Asks the camera, and gives the stored picture to whoever records it. ``changed`` is called when that begins and ends."""

    def __init__(self, page: Page, changed: Callable[[], None]) -> None:
        self._page, self._changed = page, changed
        self.under_way = False

    def take(
        self,
        camera: str,
        demands: ViewRules,
        keep: Callable[[rules.Picture], Future[list[Row]]],
        kept: Callable[[list[Row]], None] | None = None,
        view: str = "",
    ) -> None:
        """Take a picture, unless one is being taken or an action is being saved. ``keep`` records it, ``kept`` follows.

        ``view`` is the camera's, as the check names it.

        A camera that delivers nothing becomes a message on the page, and nothing is recorded.
        """
        page = self._page
        if self.under_way or page.services.ledger.busy:
            return
        page.hushes.emit()
        try:
            capturing = page.services.pictures.capture(camera, demands, view)
        except Refusal as refusal:
            page.failed(refusal)
            return

        def taken(picture: rules.Picture) -> None:
            self.under_way = False
            page.attempt(lambda: keep(picture), kept)
            self._changed()

        def not_taken(error: BaseException) -> None:
            self.under_way = False
            self._changed()
            page.failed(error)

        self.under_way = True
        self._changed()
        when_done(capturing, page.services.post, taken, not_taken)
