"""Signing in at the window: a scanned badge asks for its PIN, or name and password are typed."""

from __future__ import annotations

from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from station_app.domain.master import Person
from station_app.domain.rules import Refusal
from station_app.domain.scan import BadgeScan
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.page import saying_of
from widgets.keypad import KeypadTexts
from widgets.sign_in import SignIn, SignInTexts


class SigningIn(QObject):
    """Opens the panel on a window and lets the people service check what is entered. ``signed_in`` when it was right."""

    signed_in = Signal()

    def __init__(self, services: StationServices, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._services = services
        self._window = window
        self._badge: BadgeScan | None = None
        self._checking = False
        texts = SignInTexts(
            title=self.tr("Sign in"),
            scan_badge=self.tr("Scan your badge"),
            pin=self.tr("PIN"),
            name=self.tr("Name"),
            password=self.tr("Password"),
            sign_in=self.tr("Sign in"),
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
        if self._badge is not None:
            self._check(self._services.people.sign_in_badge(self._badge.secret, pin))

    def _password(self, name: str, password: str) -> None:
        self._check(self._services.people.sign_in_password(name, password))

    def _check(self, checked: Future[Person]) -> None:
        if self._checking:
            return
        self._checking = True
        self.panel.set_checking(self.tr("Checking"))
        when_done(checked, self._services.post, self._right, self._wrong)

    def _right(self, _person: Person) -> None:
        self._checking = False
        self._badge = None
        self.panel.set_checking("")
        if self.is_open:
            self.panel.dismiss()
        self.signed_in.emit()

    def _wrong(self, error: BaseException) -> None:
        self._checking = False
        if not isinstance(error, Refusal):
            self.panel.set_checking("")
            raise error
        saying = saying_of(error)
        self.panel.show_refusal(saying.what, saying.to_do)
