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
photo); ``answers`` (to suggestions); ``decide_version`` (``order``, ``version``, ``reason``); ``begin_unverified`` (``serial``,
``reason``: opens a unit whose previous operation cannot be asked for); ``stop``. ``sign``, ``override``, ``skip``,
``decide_version`` and ``begin_unverified`` take the signer's ``badge`` and ``pin``, or ``name`` and ``password``, or ``again``
(the PIN or password of the person at the station). Those of inspection, control charts and gauges are in
:mod:`station_app.app.headless_inspection`.

Scans of scanners on serial lines are acted on like the command ``scan``; what became of each is a line without ``n``:
``{"scanner": S, "text": T, ...}``.

Answers carry the command's number ``n`` and ``saved`` (the record ids, on disk), ``refused`` (a sentence), ``error``
or what was asked for. The end of the input stops the station, and SIGTERM does.
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
from station_app.app.ending import ended_by_sigterm
from station_app.app.headless_commands import Answer, Command, CommandError, Saving, Verbs, number_in
from station_app.app.headless_inspection import InspectionCommands
from station_app.app.headless_people import PeopleCommands
from station_app.app.headless_steps import StepCommands
from station_app.app.runtime import StationRuntime
from station_app.config import StationConfig
from station_app.domain.records import Comment
from station_app.domain.rules import Refusal
from station_app.domain.scan import BadgeScan
from station_app.services.ports import JournalError
from station_app.services.posting import PostQueue, when_done
from station_app.services.station import StationServices


class ScriptedStation:
    """Runs commands on the main thread of a station without windows."""

    def __init__(self, services: StationServices, posts: PostQueue, tick: Callable[[], None]) -> None:
        self._services = services
        self._posts = posts
        self._tick = tick
        self._scans_ahead: deque[ScannedText] = deque(maxlen=100)
        self._out: TextIO | None = None
        people = PeopleCommands(services, self._finish, self._serve)
        self._verbs: Verbs = {
            "sign_in": people.sign_in,
            "scan": self._scan,
            **people.verbs(),
            **StepCommands(services, people, self._finish).verbs(),
            **InspectionCommands(services.quality, people.approval, self._finish).verbs(),
            "call": lambda c: services.calls.raise_call(str(c["call"]), str(c["reason"])),
            "answer": lambda c: services.calls.answer(str(c["call_id"])),
            **alarm_verbs(services, self._finish),
            "comment": lambda c: services.ledger.commit([Comment(text=str(c["text"]))]),
            "status": lambda _c: {"status": msgspec.to_builtins(services.status())},
            "dispatch": lambda _c: {"serials": [s for _, open_ in services.execution.dispatch_list() for s in open_]},
            "wait": self._wait,
            "pause": self._pause,
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
            except (
                ValueError,
                RecursionError,
            ) as error:  # also a number of thousands of digits; nested without end
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

    def _scan(self, command: Command) -> Saving | Answer:
        reaction = self._services.scanning.scan(str(command["text"]))
        if reaction.saving is not None:
            return reaction.saving
        if isinstance(reaction.scan, BadgeScan):
            return {"badge_of": reaction.scan.person.name}
        raise CommandError("this action code needs a window")

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
        until = time.monotonic() + number_in({"timeout_s": 30.0, **command}, "timeout_s")
        while not conditions[wanted]():
            if time.monotonic() > until:
                return {"error": f"waited in vain for {wanted}"}
            self._serve()
        return {"reached": wanted}

    def _step_id(self) -> str:
        job = self._services.execution.job
        return job.current.step.id if job is not None and job.current is not None else ""

    def _pause(self, command: Command) -> Answer:
        until = time.monotonic() + number_in(command, "seconds")
        while time.monotonic() < until:
            self._serve()
        return {"paused": command["seconds"]}


def run_headless(config: StationConfig, lines: Iterable[str], out: TextIO) -> None:
    """Run a station without windows until its commands end, or until SIGTERM asks it to: then it stops in good order."""
    posts = PostQueue()
    runtime = StationRuntime(config, posts.post)
    runtime.start()
    try:
        with ended_by_sigterm():
            out.write(json.dumps({"ready": config.station.path}) + "\n")
            out.flush()
            ScriptedStation(runtime.services, posts, runtime.tick).run(lines, out)
    finally:
        runtime.stop()
