"""The checks and steps of a job at a scripted station: every kind of answer, the way from step to step, what is signed."""

from __future__ import annotations

import msgspec

from station_app.app.headless_commands import Command, Finish, Saving, Verbs, number_in
from station_app.app.headless_people import PeopleCommands
from station_app.domain.checks import (
    BaseCheck,
    ChecklistCheck,
    ChoiceCheck,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    PhotoCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
)
from station_app.domain.rules import Refusal, current_step
from station_app.domain.view import ViewRules
from station_app.services.station import StationServices


class StepCommands:
    """A check that is not named is the next open one of its kind."""

    def __init__(self, services: StationServices, people: PeopleCommands, finish: Finish) -> None:
        self._services, self._people, self._finish = services, people, finish

    def verbs(self) -> Verbs:
        """The commands by name."""
        execution = self._services.execution
        return {
            "confirm": lambda _c: execution.confirm(),
            "measure": self._measure,
            "capture": lambda c: execution.capture_value(self._check(c, MachineValueCheck)),
            "photo": self._photo,
            **self._answering_verbs(),
            **self._approved_verbs(),
            "repeat": lambda _c: execution.repeat_step(),
            "interrupt": lambda c: execution.interrupt(str(c["reason"])),
            "nonconformance": lambda c: execution.report_nonconformance(str(c["defect"])),
        }

    def _answering_verbs(self) -> Verbs:
        """What passes a check by an answer, and the way from step to step."""
        execution = self._services.execution
        return {
            "choose": lambda c: execution.choose(
                self._check(c, ChoiceCheck), str(c["option"]), str(c.get("reason", ""))
            ),
            "text": lambda c: execution.enter_text(self._check(c, TextCheck), str(c["text"])),
            "number": lambda c: execution.enter_number(self._check(c, NumberCheck), str(c["text"])),
            "checklist": self._checklist,
            "tighten": self._tighten,
            "start_timer": lambda c: execution.start_timer(self._check(c, TimerCheck)),
            "finish_timer": lambda c: execution.finish_timer(self._check(c, TimerCheck), bool(c.get("early", False))),
            "reopen": lambda c: execution.reopen_step(str(c["step"]), str(c["reason"])),
            "rework": lambda c: execution.start_rework(str(c.get("reason", ""))),
            "abort": lambda c: execution.abort(str(c["reason"])),
            "suggest": self._suggest,
            "answers": lambda _c: {"answers": msgspec.to_builtins(self._services.suggestions.answers())},
        }

    def _approved_verbs(self) -> Verbs:
        """What needs somebody's signature."""
        execution = self._services.execution
        return {
            "sign": lambda c: execution.sign(self._check(c, SignatureCheck), self._people.approval(c)),
            "override": lambda c: execution.override_check(str(c["check"]), str(c["reason"]), self._people.approval(c)),
            "skip": lambda c: execution.skip_step(
                str(c.get("reason", "")),
                self._people.approval(c) if {"badge", "name", "again"} & set(c) else None,
            ),
        }

    def _measure(self, command: Command) -> Saving:
        check_id = self._check(command, MeasureCheck)
        if "text" not in command:
            return self._services.execution.measure_from_tag(check_id)
        gauge = str(command.get("gauge", ""))
        source = "gauge" if gauge else "keypad"
        return self._services.execution.measure(check_id, str(command["text"]), source, gauge)

    def _checklist(self, command: Command) -> Saving:
        check_id = self._check(command, ChecklistCheck)
        check = current_step(self._services.execution.job).check(check_id).check
        assert isinstance(check, ChecklistCheck)
        bad = [str(item) for item in command.get("not_in_order", [])]
        rest = [item.id for item in check.items if item.id not in bad]
        good = [str(item) for item in command["in_order"]] if "in_order" in command else rest
        return self._services.execution.complete_checklist(check_id, good, bad)

    def _tighten(self, command: Command) -> Saving:
        check_id = self._check(command, TighteningCheck)
        if "torque" not in command:
            return self._services.execution.take_tightening(check_id)
        screw = command.get("screw")
        return self._services.execution.tighten(
            check_id, str(command["torque"]), str(command.get("angle", "")), None if screw is None else int(screw)
        )

    def _photo(self, command: Command) -> Saving:
        check_id = self._check(command, PhotoCheck)
        check = current_step(self._services.execution.job).check(check_id).check
        assert isinstance(check, PhotoCheck)
        picture = self._finish(self._services.pictures.capture(check.camera, check.rules, check.view))
        return self._services.execution.keep_photo(check_id, picture)

    def _check(self, command: Command, kind: type[BaseCheck]) -> str:
        if "check" in command:
            return str(command["check"])
        step = current_step(self._services.execution.job)
        found = next((c for c in step.checks if isinstance(c.check, kind) and not c.settled), None)
        if found is None:
            raise Refusal(f"Step {step.no} has no such check that is open.")
        return found.check.id

    def _suggest(self, command: Command) -> Saving:
        camera = str(command.get("camera", ""))
        picture = self._finish(self._services.pictures.capture(camera, ViewRules())) if camera else None
        step = str(command["step"]) if "step" in command else current_step(self._services.execution.job).step.id
        spot = [None if command.get(axis) is None else number_in(command, axis) for axis in ("x", "y")]
        return self._services.suggestions.suggest_change(
            step, str(command["text"]), str(command.get("media", "")), spot[0], spot[1], picture
        )
