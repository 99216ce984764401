"""Proving who one is at the window: a scanned badge asks for its PIN, or name and password are typed.

The same panel serves signing in, and signing for one thing by whoever may (an approval), which signs nobody in or out.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from station_app.domain.approval import Approval
from station_app.domain.master import Person
from station_app.domain.rules import Refusal
from station_app.domain.scan import BadgeScan
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.check_view import ApprovalRequest
from station_app.ui.look import Look
from station_app.ui.page import saying_of
from widgets.keypad import KeypadTexts
from widgets.sign_in import SignIn, SignInTexts

T = TypeVar("T")


class Proving(QObject):
    """The panel for badge and PIN or name and password. Subclasses say what is done with them."""

    def __init__(self, services: StationServices, look: Look, window: QWidget, title: str) -> None:
        super().__init__(window)
        self._services = services
        self._window = window
        self._badge: BadgeScan | None = None
        self._checking = False
        texts = SignInTexts(
            title=title,
            scan_badge=self.tr("Scan your badge"),
            pin=self.tr("PIN"),
            name=self.tr("Name"),
            password=self.tr("Password"),
            sign_in=title,
            with_password=self.tr("Use name and password"),
            with_badge=self.tr("Use badge and PIN"),
            cancel=self.tr("Cancel"),
        )
        keys = KeypadTexts(clear_name=self.tr("Clear"), backspace_name=self.tr("Backspace"), enter=self.tr("Enter"))
        self.panel = SignIn(look, texts, keys)
        self.panel.setParent(window)
        self.panel.pin_entered.connect(self._pin)
        self.panel.password_entered.connect(self._password)

    @property
    def is_open(self) -> bool:
        """Whether the panel lies over the window."""
        return self.panel.isVisible()

    def open(self, badge: BadgeScan | None = None) -> None:
        """Ask for the badge's PIN, or for a badge."""
        self._badge = badge
        if not self.is_open:
            self.panel.open_on(self._window)
        self.panel.set_checking("")
        self.panel.set_badge_person(badge.person.name if badge is not None else "")

    def refuse_scan(self, reason: str) -> None:
        """Something that is no badge was scanned while the panel asks for one."""
        self.panel.show_refusal(reason, self.tr("Scan a badge, or cancel."))

    def _pin(self, pin: str) -> None:
        raise NotImplementedError

    def _password(self, name: str, password: str) -> None:
        raise NotImplementedError

    def _check(self, prove: Callable[[], Future[T]], right: Callable[[T], None]) -> None:
        """Let the people service check what was entered; a refusal, at once or later, is said in the panel."""
        if self._checking:
            return
        try:
            checked = prove()
        except Refusal as refusal:
            self._wrong(refusal)
            return
        self._checking = True
        self.panel.set_checking(self.tr("Checking"))

        def proved(result: T) -> None:
            self._checking = False
            self.panel.set_checking("")
            right(result)

        when_done(checked, self._services.post, proved, self._wrong)

    def _close(self) -> None:
        self._badge = None
        if self.is_open:
            self.panel.dismiss()

    def _wrong(self, error: BaseException) -> None:
        self._checking = False
        if not isinstance(error, Refusal):
            self.panel.set_checking("")
            raise error
        saying = saying_of(error)
        self.panel.show_refusal(saying.what, saying.to_do)


class SigningIn(Proving):
    """Signs somebody in. ``signed_in`` when it was right."""

    signed_in = Signal()

    def __init__(self, services: StationServices, look: Look, window: QWidget) -> None:
        super().__init__(services, look, window, self.tr("Sign in"))

    def _pin(self, pin: str) -> None:
        badge = self._badge
        if badge is not None:
            self._check(lambda: self._services.people.sign_in_badge(badge.secret, pin), self._right)

    def _password(self, name: str, password: str) -> None:
        self._check(lambda: self._services.people.sign_in_password(name, password), self._right)

    def _right(self, _person: Person) -> None:
        self._close()
        self.signed_in.emit()


class Approving(Proving):
    """Fetches a signature for one thing. Whoever may not is told so in the panel, which then waits for somebody else.

    ``failed`` tells an error that came with the recording, when the panel was gone already.
    """

    failed = Signal(object)

    def __init__(self, services: StationServices, look: Look, window: QWidget) -> None:
        super().__init__(services, look, window, self.tr("Sign"))
        self._request: ApprovalRequest | None = None
        self._again = ""

    def ask(self, request: ApprovalRequest) -> None:
        """Open the panel. In a session in which the person here has signed already the PIN or password alone is enough."""
        people = self._services.people
        self._request = request
        self._again = people.signs_with if request.by_worker else ""
        self.panel.set_purpose(request.title)
        self.open()
        if self._again and people.person is not None:
            self.panel.set_known_person(people.person.name, with_password=self._again == "password")

    def open(self, badge: BadgeScan | None = None) -> None:
        """Ask for the badge's PIN, or for a badge."""
        if badge is not None:
            self._again = ""
        super().open(badge)

    def _pin(self, pin: str) -> None:
        badge, people = self._badge, self._services.people
        if badge is not None:
            self._check(lambda: people.approve_badge(badge.secret, pin), self._right)
        elif self._again == "PIN":
            self._check(lambda: people.approve_again(pin), self._right)

    def _password(self, name: str, password: str) -> None:
        people = self._services.people
        mine = people.person is not None and people.person.name == name
        if self._again == "password" and mine:
            self._check(lambda: people.approve_again(password), self._right)
        else:
            self._check(lambda: people.approve_password(name, password), self._right)

    def _right(self, approval: Approval) -> None:
        request = self._request
        if request is None or not self.is_open:
            return  # cancelled while the secret was checked: nothing is signed
        try:
            saving = request.signed(approval)
        except Refusal as refusal:
            self._again = ""
            self.open()
            self._wrong(refusal)
            return
        self._request = None
        self._close()
        when_done(saving, self._services.post, lambda _rows: None, self.failed.emit)
