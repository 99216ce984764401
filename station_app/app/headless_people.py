"""Who is at a scripted station: signing in and out, signatures, the ESD test, being away from the work."""

from __future__ import annotations

from collections.abc import Callable

from station_app.app.headless_commands import Answer, Command, CommandError, Finish, Saving, Verbs
from station_app.domain.approval import Approval
from station_app.domain.scan import UnitScan
from station_app.services.station import StationServices


class PeopleCommands:
    """``finish`` waits for a future, ``serve`` lets the station live on for a moment."""

    def __init__(self, services: StationServices, finish: Finish, serve: Callable[[], None]) -> None:
        self._services, self._finish, self._serve = services, finish, serve

    def verbs(self) -> Verbs:
        """The commands by name, beside :meth:`sign_in`."""
        return {
            "sign_out": self._sign_out,
            "esd": lambda c: self._services.people.record_esd_test(bool(c["passed"])),
            "attention": self._attention,
            "decide_version": self._decide_version,
            "begin_unverified": self._begin_unverified,
        }

    def approval(self, command: Command) -> Approval:
        """The signature of whom a command names: by badge and PIN, by name and password, or by the person at the station."""
        people = self._services.people
        if "again" in command:
            approving = people.approve_again(str(command["again"]))
        elif "badge" in command:
            approving = people.approve_badge(str(command["badge"]), str(command["pin"]))
        else:
            approving = people.approve_password(str(command["name"]), str(command["password"]))
        approval: Approval = self._finish(approving)
        return approval

    def sign_in(self, command: Command) -> Answer:
        """By badge and PIN, or by name and password."""
        people = self._services.people
        if "badge" in command:
            person = self._finish(people.sign_in_badge(str(command["badge"]), str(command["pin"])))
        else:
            person = self._finish(people.sign_in_password(str(command["name"]), str(command["password"])))
        while self._services.ledger.busy:  # a running job is handed over to the person
            self._serve()
        return {"person": person.name}

    def _sign_out(self, _command: Command) -> Answer:
        self._services.people.sign_out()
        return {"signed_out": True}

    def _attention(self, command: Command) -> Answer:
        execution = self._services.execution
        if command["away"]:
            execution.pause_attention("script")
        else:
            execution.resume_attention("script")
        return {"away": bool(command["away"])}

    def _decide_version(self, command: Command) -> Saving:
        order = self._services.library.book.orders.get(str(command["order"]))
        if order is None:
            raise CommandError(f"there is no order {command['order']!r}")
        approval = self.approval(command)
        return self._services.execution.decide_version(order, str(command["version"]), str(command["reason"]), approval)

    def _begin_unverified(self, command: Command) -> Saving:
        scan = self._services.scanning.recognise(str(command["serial"]))
        if not isinstance(scan, UnitScan):
            raise CommandError(f"{command['serial']!r} is not a unit")
        reason = str(command["reason"])
        return self._services.execution.begin_unverified(scan, reason, self.approval(command))
