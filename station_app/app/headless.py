"""A station without windows, driven by a script: one JSON command a line in, one JSON answer a line out.

Commands: ``{"do": "sign_in", "badge": S, "pin": P}`` or with ``name`` and ``password``; ``scan`` (``text``); ``confirm``;
``measure`` (``text``, ``check`` when not the next open one, ``gauge``; without a text from the check's tag); ``capture``;
``photo``; ``choose`` (``option``, ``reason``); ``text`` and ``number`` (``text``); ``checklist`` (``in_order`` and
``not_in_order``: ids; without them everything is in order); ``tighten`` (``torque``, ``angle``, ``screw``; without a torque
from the tool); ``start_timer``; ``finish_timer`` (``early``); ``sign``; ``override`` (``check``, ``reason``); ``skip``
(``reason``); ``repeat``; ``reopen`` (``step``, ``reason``); ``rework`` (``reason``); ``interrupt`` (``reason``); ``abort``
(``reason``); ``esd`` (``passed``); ``attention`` (``away``: true or false); ``nonconformance`` (``defect``); ``call``
(``call``, ``reason``); ``answer`` (``call_id``); ``acknowledge`` (``alarm_id``); ``shelve`` (``alarm_id``, ``seconds``,
``reason``); ``unshelve`` (``alarm_id``); ``disable`` (``alarm_id``, ``reason``); ``enable`` (``source``, ``condition``);
``silence``; ``request_maintenance`` (``alarm_id``, ``text``); ``alarms`` (what is listed and out of service);
``alarm_journal`` (``text``, ``priority``, ``serial``, ``order``, ``since_us``, ``until_us``, ``limit``); ``sign_out``;
``comment`` (``text``); ``status``; ``dispatch`` (the serial numbers that are open here);
``wait`` (``for``: connected, drained, quality, master or step; ``timeout_s``; ``tag``; ``step``);
``pause`` (``seconds``); ``suggest`` (``text``; ``step``, the current one when absent; ``media``, ``x``, ``y``; ``camera`` for a
photo); ``answers`` (to suggestions); ``decide_version`` (``order``, ``version``, ``reason``); ``stop``. ``sign``, ``override``,
``skip`` and ``decide_version`` take the signer's ``badge`` and ``pin``, or ``name`` and ``password``, or ``again`` (the PIN or
password of the person at the station). Those of inspection, control charts and gauges are in
:mod:`station_app.app.headless_inspection`.

Scans of scanners on serial lines are acted on like the command ``scan``; what became of each is a line without ``n``:
``{"scanner": S, "text": T, ...}``.

Answers carry the command's number ``n`` and ``saved`` (the record ids, on disk), ``refused`` (a sentence), ``error``
or what was asked for. The end of the input stops the station.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from typing import Any, TextIO

import msgspec

from drivers.base import Quality
from drivers.serial_devices.scanned import ScannedText
from station_app.app.alarm_commands import AlarmCommandError, alarm_verbs
from station_app.app.headless_inspection import InspectionCommands
from station_app.app.runtime import StationRuntime
from station_app.config import StationConfig
from station_app.domain.approval import Approval
from station_app.domain.chain import Row
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
from station_app.domain.records import Comment
from station_app.domain.rules import Refusal, current_step
from station_app.domain.scan import BadgeScan
from station_app.domain.view import ViewRules
from station_app.services.ports import JournalError
from station_app.services.posting import PostQueue, when_done
from station_app.services.station import StationServices

Command = dict[str, Any]
Saving = Future[list[Row]]
Answer = dict[str, Any]


class CommandError(ValueError):
    """A command that is not understood; says what is allowed."""


class ScriptedStation:
    """Runs commands on the main thread of a station without windows."""

    def __init__(self, services: StationServices, posts: PostQueue, tick: Callable[[], None]) -> None:
        self._services = services
        self._posts = posts
        self._tick = tick
        self._scans_ahead: deque[ScannedText] = deque(maxlen=100)
        self._out: TextIO | None = None
        self._verbs: dict[str, Callable[[Command], Saving | Answer]] = {
            "sign_in": self._sign_in,
            "scan": self._scan,
            "confirm": lambda _c: services.execution.confirm(),
            "measure": self._measure,
            "capture": lambda c: services.execution.capture_value(self._check(c, MachineValueCheck)),
            "photo": self._photo,
            **self._answering_verbs(),
            **self._approved_verbs(),
            **InspectionCommands(services.quality, self._approval, self._finish).verbs(),
            "repeat": lambda _c: services.execution.repeat_step(),
            "interrupt": lambda c: services.execution.interrupt(str(c["reason"])),
            "nonconformance": lambda c: services.execution.report_nonconformance(str(c["defect"])),
            "call": lambda c: services.calls.raise_call(str(c["call"]), str(c["reason"])),
            "answer": lambda c: services.calls.answer(str(c["call_id"])),
            **alarm_verbs(services, self._finish),
            "sign_out": self._sign_out,
            "comment": lambda c: services.ledger.commit([Comment(text=str(c["text"]))]),
            "status": lambda _c: {"status": msgspec.to_builtins(services.status())},
            "dispatch": lambda _c: {"serials": [s for _, open_ in services.execution.dispatch_list() for s in open_]},
            "wait": self._wait,
            "pause": self._pause,
        }

    def _answering_verbs(self) -> dict[str, Callable[[Command], Saving | Answer]]:
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
            "esd": lambda c: self._services.people.record_esd_test(bool(c["passed"])),
            "attention": self._attention,
            "suggest": self._suggest,
            "answers": lambda _c: {"answers": msgspec.to_builtins(self._services.suggestions.answers())},
        }

    def _approved_verbs(self) -> dict[str, Callable[[Command], Saving | Answer]]:
        """What needs somebody's signature."""
        execution = self._services.execution
        return {
            "sign": lambda c: execution.sign(self._check(c, SignatureCheck), self._approval(c)),
            "override": lambda c: execution.override_check(str(c["check"]), str(c["reason"]), self._approval(c)),
            "decide_version": self._decide_version,
            "skip": lambda c: execution.skip_step(
                str(c.get("reason", "")),
                self._approval(c) if {"badge", "name", "again"} & set(c) else None,
            ),
        }

    def run(self, lines: Iterable[str], out: TextIO) -> None:
        """Run every command; returns at the end of the lines or after ``stop``."""
        self._out = out
        end_listening = self._services.serial_scans.listen(self._scans_ahead.append)
        try:
            self._run(lines, out)
        finally:
            end_listening()

    def _run(self, lines: Iterable[str], out: TextIO) -> None:
        for number, command in self._commands(lines):
            answer = self._answer(command)
            if answer is None:
                return
            out.write(json.dumps({"n": number, **answer}) + "\n")
            out.flush()

    def _commands(self, lines: Iterable[str]) -> Iterable[tuple[int, Command | str]]:
        """Read on a thread, so that the station lives on while nobody types; a line is worked on as soon as it is there."""
        arrived: deque[str | None] = deque()

        def read() -> None:
            for line in lines:
                self._posts.post(partial(arrived.append, line))
            self._posts.post(partial(arrived.append, None))

        threading.Thread(target=read, name="commands", daemon=True).start()
        number = 0
        while True:
            if not arrived:
                self._serve()
                continue
            self._tick()
            line = arrived.popleft()
            if line is None:
                return
            if not line.strip():
                continue
            number += 1
            try:
                command = json.loads(line)
            except json.JSONDecodeError as error:
                yield number, f"not JSON: {error}"
                continue
            yield number, command if isinstance(command, dict) else "a command is a JSON object"

    def _answer(self, command: Command | str) -> Answer | None:
        if isinstance(command, str):
            return {"error": command}
        if command.get("do") == "stop":
            return None
        verb = self._verbs.get(str(command.get("do")))
        if verb is None:
            return {"error": f'"do" is {command.get("do")!r}; allowed: {", ".join([*self._verbs, "stop"])}'}
        try:
            result = verb(command)
            return result if isinstance(result, dict) else {"saved": [row.rec_id for row in self._finish(result)]}
        except Refusal as refusal:
            return {"refused": str(refusal)}
        except (JournalError, CommandError, AlarmCommandError) as error:
            return {"error": str(error)}
        except KeyError as error:
            return {"error": f"the command lacks {error}"}

    def _finish(self, future: Future[Any]) -> Any:
        while not future.done():
            self._serve()
        return future.result()

    def _serve(self) -> None:
        self._posts.run_one(0.01)
        self._tick()
        if self._scans_ahead and not self._services.execution.occupied:
            self._act_on(self._scans_ahead.popleft())

    def _act_on(self, scanned: ScannedText) -> None:
        """A scan over a serial line, as the window would take it; what became of it is said when it is known."""
        say = partial(self._say_scanned, scanned)
        if not scanned.complete:
            say({"refused": "The scan was not complete. Scan again."})
            return
        try:
            result = self._scan({"text": scanned.text})
        except Refusal as refusal:
            say({"refused": str(refusal)})
        except CommandError as error:
            say({"error": str(error)})
        else:
            if isinstance(result, dict):
                say(result)
            else:
                when_done(
                    result,
                    self._posts.post,
                    lambda rows: say({"saved": [row.rec_id for row in rows]}),
                    lambda error: say({"refused" if isinstance(error, Refusal) else "error": str(error)}),
                )

    def _say_scanned(self, scanned: ScannedText, answer: Answer) -> None:
        assert self._out is not None
        self._out.write(json.dumps({"scanner": scanned.scanner, "text": scanned.text, **answer}) + "\n")
        self._out.flush()

    def _sign_in(self, command: Command) -> Answer:
        people = self._services.people
        if "badge" in command:
            person = self._finish(people.sign_in_badge(str(command["badge"]), str(command["pin"])))
        else:
            person = self._finish(people.sign_in_password(str(command["name"]), str(command["password"])))
        while self._services.ledger.busy:  # a running job is handed over to the person
            self._serve()
        return {"person": person.name}

    def _approval(self, command: Command) -> Approval:
        people = self._services.people
        if "again" in command:
            approving = people.approve_again(str(command["again"]))
        elif "badge" in command:
            approving = people.approve_badge(str(command["badge"]), str(command["pin"]))
        else:
            approving = people.approve_password(str(command["name"]), str(command["password"]))
        approval: Approval = self._finish(approving)
        return approval

    def _decide_version(self, command: Command) -> Saving:
        order = self._services.library.book.orders.get(str(command["order"]))
        if order is None:
            raise CommandError(f"there is no order {command['order']!r}")
        approval = self._approval(command)
        return self._services.execution.decide_version(order, str(command["version"]), str(command["reason"]), approval)

    def _suggest(self, command: Command) -> Saving:
        camera = str(command.get("camera", ""))
        picture = self._finish(self._services.pictures.capture(camera, ViewRules())) if camera else None
        step = str(command["step"]) if "step" in command else current_step(self._services.execution.job).step.id
        spot = [None if command.get(axis) is None else _number(command, axis) for axis in ("x", "y")]
        return self._services.suggestions.suggest_change(
            step, str(command["text"]), str(command.get("media", "")), spot[0], spot[1], picture
        )

    def _attention(self, command: Command) -> Answer:
        execution = self._services.execution
        if command["away"]:
            execution.pause_attention("script")
        else:
            execution.resume_attention("script")
        return {"away": bool(command["away"])}

    def _sign_out(self, _command: Command) -> Answer:
        self._services.people.sign_out()
        return {"signed_out": True}

    def _scan(self, command: Command) -> Saving | Answer:
        reaction = self._services.scanning.scan(str(command["text"]))
        if reaction.saving is not None:
            return reaction.saving
        if isinstance(reaction.scan, BadgeScan):
            return {"badge_of": reaction.scan.person.name}
        raise CommandError("this action code needs a window")

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

    def _wait(self, command: Command) -> Answer:
        contact, services = self._services.contact, self._services
        wanted = str(command["for"])
        tag = str(command.get("tag", ""))

        def good() -> bool:
            sample = services.tags.latest(tag)
            return sample is not None and sample.quality is Quality.GOOD

        conditions: dict[str, Callable[[], bool]] = {
            "connected": lambda: contact.server.connected,
            "drained": lambda: contact.server.connected and contact.server.waiting == 0,
            "master": services.library.complete,
            "quality": good,
            "step": lambda: self._step_id() == str(command.get("step", "")),
        }
        if wanted not in conditions:
            raise CommandError(f'"for" is {wanted!r}; allowed: {", ".join(conditions)}')
        until = time.monotonic() + _number({"timeout_s": 30.0, **command}, "timeout_s")
        while not conditions[wanted]():
            if time.monotonic() > until:
                return {"error": f"waited in vain for {wanted}"}
            self._serve()
        return {"reached": wanted}

    def _step_id(self) -> str:
        job = self._services.execution.job
        return job.current.step.id if job is not None and job.current is not None else ""

    def _pause(self, command: Command) -> Answer:
        until = time.monotonic() + _number(command, "seconds")
        while time.monotonic() < until:
            self._serve()
        return {"paused": command["seconds"]}


def _number(command: Command, key: str) -> float:
    value = command[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise CommandError(f'"{key}" is {value!r}; allowed: a number, 0 or more')
    return float(value)


def run_headless(config: StationConfig, lines: Iterable[str], out: TextIO) -> None:
    """Run a station without windows until its commands end."""
    posts = PostQueue()
    runtime = StationRuntime(config, posts.post)
    runtime.start()
    try:
        out.write(json.dumps({"ready": config.station.path}) + "\n")
        out.flush()
        ScriptedStation(runtime.services, posts, runtime.tick).run(lines, out)
    finally:
        runtime.stop()
