"""What a page of steps does for its person: one verb of the execution service at a time, with what has to be asked before."""

from __future__ import annotations

from collections.abc import Callable

from station_app.domain.checks import PhotoCheck
from station_app.domain.master import JobOrder
from station_app.domain.scan import OrderScan, UnitScan
from station_app.ui.check_view import Question, Verb
from station_app.ui.page import Page
from station_app.ui.photographing import Photographing
from station_app.ui.reason_dialogs import nonconformance_dialog, question_dialog
from widgets.choice_dialog import ChoiceDialog


class StepActs:
    """The acts of a page. ``reporting`` is the open dialog about a nonconformance."""

    def __init__(self, page: Page, photographing: Photographing) -> None:
        self._page, self._photographing = page, photographing
        self.reporting: ChoiceDialog | None = None

    def do(self, verb: Verb) -> None:
        """Act once; while the last action is being saved nothing is done."""
        page = self._page
        if page.services.ledger.busy:
            return
        page.hushes.emit()
        page.attempt(verb)

    def ask(self, question: Question) -> None:
        """A choice that a card needs before it acts."""
        self._page.lay_over(question_dialog(self._page.look, question))

    def take_photo(self, check: PhotoCheck) -> None:
        """Take the picture that a check asks for."""
        execution = self._page.services.execution
        self._photographing.take(
            check.camera, check.rules, lambda picture: execution.keep_photo(check.id, picture), view=check.view
        )

    def resume(self) -> None:
        """Go on with the unit that was interrupted."""
        services = self._page.services
        job = services.execution.job
        order = services.library.book.orders.get(job.order_id) if job is not None else None
        if job is not None and order is not None:
            self.do(lambda: services.execution.open_unit(UnitScan(job.serial, order)))

    def open_order(self, order: JobOrder) -> None:
        """Begin the next unit of an order; nobody does that without being signed in."""
        services = self._page.services
        if services.people.person is None:
            self._page.wants_action.emit("sign_in")
            return
        self.do(lambda: services.execution.open_order(OrderScan(order)))

    def next_order(self) -> JobOrder | None:
        """The order whose next unit is offered: the last one's while it has any."""
        execution = self._page.services.execution
        job = execution.job
        if job is None:
            return None
        return {order.id: order for order, _ in execution.dispatch_list()}.get(job.order_id)

    def report(self, reported: Callable[[str, str], None], done: Callable[[], None]) -> None:
        """Ask which defect was found: ``reported(defect, text)``; ``done`` when the dialog is gone."""
        dialog = self.reporting = nonconformance_dialog(self._page.services, self._page.look)

        def dismissed() -> None:
            dialog.deleteLater()
            if self.reporting is dialog:
                self.reporting = None
            done()

        dialog.setParent(self._page.window())
        dialog.chosen.connect(reported)
        dialog.dismissed.connect(dismissed)
        dialog.open_on(self._page.window())
