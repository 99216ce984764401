"""A station without windows, driven by a script: one JSON command a line in, one JSON answer a line out.

Commands: ``{"do": "sign_in", "badge": S, "pin": P}`` or with ``name`` and ``password``; ``scan`` (``text``); ``confirm``;
``measure`` (``text``, ``check`` when not the next open one); ``capture``; ``photo``; ``repeat``; ``interrupt`` (``reason``);
``nonconformance`` (``defect``); ``call`` (``call``, ``reason``); ``answer`` (``call_id``); ``acknowledge`` (``alarm_id``);
``shelve`` (``alarm_id``, ``seconds``, ``reason``); ``unshelve`` (``alarm_id``); ``sign_out``; ``comment`` (``text``);
``status``; ``dispatch`` (the serial numbers that are open here); ``wait`` (``for``: connected, drained, quality or master;
``timeout_s``; ``tag``); ``pause`` (``seconds``); ``stop``.

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
from station_app.app.runtime import StationRuntime
from station_app.config import StationConfig
from station_app.domain.chain import Row
from station_app.domain.checks import MachineValueCheck, MeasureCheck, PhotoCheck
from station_app.domain.records import Comment
from station_app.domain.rules import Refusal, current_step
from station_app.domain.scan import BadgeScan
from station_app.services.pictures import PictureRules
from station_app.services.ports import JournalError
from station_app.services.posting import PostQueue
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
        self._verbs: dict[str, Callable[[Command], Saving | Answer]] = {
            "sign_in": self._sign_in,
            "scan": self._scan,
            "confirm": lambda _c: services.execution.confirm(),
            "measure": self._measure,
            "capture": lambda c: services.execution.capture_value(self._check(c, MachineValueCheck)),
            "photo": self._photo,
            "repeat": lambda _c: services.execution.repeat_step(),
            "interrupt": lambda c: services.execution.interrupt(str(c["reason"])),
            "nonconformance": lambda c: services.execution.report_nonconformance(str(c["defect"])),
            "call": lambda c: services.calls.raise_call(str(c["call"]), str(c["reason"])),
            "answer": lambda c: services.calls.answer(str(c["call_id"])),
            "acknowledge": lambda c: services.alarms.acknowledge(str(c["alarm_id"])),
            "shelve": lambda c: services.alarms.shelve(str(c["alarm_id"]), _number(c, "seconds"), str(c["reason"])),
            "unshelve": lambda c: services.alarms.unshelve(str(c["alarm_id"])),
            "sign_out": self._sign_out,
            "comment": lambda c: services.ledger.commit([Comment(text=str(c["text"]))]),
            "status": lambda _c: {"status": msgspec.to_builtins(services.status())},
            "dispatch": lambda _c: {"serials": [s for _, open_ in services.execution.dispatch_list() for s in open_]},
            "wait": self._wait,
            "pause": self._pause,
        }

    def run(self, lines: Iterable[str], out: TextIO) -> None:
        """Run every command; returns at the end of the lines or after ``stop``."""
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
        except (JournalError, CommandError) as error:
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

    def _sign_in(self, command: Command) -> Answer:
        people = self._services.people
        if "badge" in command:
            person = self._finish(people.sign_in_badge(str(command["badge"]), str(command["pin"])))
        else:
            person = self._finish(people.sign_in_password(str(command["name"]), str(command["password"])))
        return {"person": person.name}

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
        return self._services.execution.measure(self._check(command, MeasureCheck), str(command["text"]))

    def _photo(self, command: Command) -> Saving:
        check_id = self._check(command, PhotoCheck)
        check = current_step(self._services.execution.job).check(check_id).check
        assert isinstance(check, PhotoCheck)
        rules = PictureRules(check.min_sharpness, check.min_brightness)
        picture = self._finish(self._services.pictures.capture(check.camera, rules))
        return self._services.execution.keep_photo(check_id, picture)

    def _check(self, command: Command, kind: type[MachineValueCheck | MeasureCheck | PhotoCheck]) -> str:
        if "check" in command:
            return str(command["check"])
        step = current_step(self._services.execution.job)
        found = next((c for c in step.checks if isinstance(c.check, kind) and c.mark != "done"), None)
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
        }
        if wanted not in conditions:
            raise CommandError(f'"for" is {wanted!r}; allowed: {", ".join(conditions)}')
        until = time.monotonic() + _number({"timeout_s": 30.0, **command}, "timeout_s")
        while not conditions[wanted]():
            if time.monotonic() > until:
                return {"error": f"waited in vain for {wanted}"}
            self._serve()
        return {"reached": wanted}

    def _pause(self, command: Command) -> Answer:
        until = time.monotonic() + _number(command, "seconds")
        while time.monotonic() < until:
            self._serve()
        return {"paused": command["seconds"]}


def _number(command: Command, key: str) -> float:
    value = command[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise CommandError(f'"{key}" is {value!r}; allowed: a number of seconds')
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
