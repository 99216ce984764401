"""An operator at a real window: sees what it shows, acts by scans and keys, and takes it at its word.

A step that is shown, and a check that is shown as saved, are promises: they must be in the journal whatever happens to
the program afterwards, with everything that was recorded before them.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from station_app.domain.chain import REC, Row
from tests.system.campaign import Answer, Program
from tests.system.headless_operator import HOUSING, MOVES, Move, standing

LOOK_S = 0.03
LOOKS = 50
ANSWER_S = 2.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What the window shows: the unit, the number of its step, and how many of the step's checks are shown as saved."""

    serial: str
    step_no: int
    saved_checks: int


def read_window(texts: Sequence[str]) -> Sight | None:
    """The unit in work as the window shows it, None when it shows none."""
    unit = next((found[1] for text in texts if (found := re.search(r"\bUnit (\S+) · \d+ of", text))), "")
    step = next((int(found[1]) for text in texts if (found := re.match(r"(\d+)  \S", text))), 0)
    if not unit or not step:
        return None
    return Sight(unit, step, sum(text.endswith(", saved") for text in texts))


def kept(rows: Sequence[Row], sight: Sight) -> int:
    """How many rows there are up to the one that the sight promises; 0 when it is not there."""
    checks: set[str] = set()
    begun = False
    for number, row in enumerate(rows, 1):
        body = json.loads(row.body)
        if body.get("serial") != sight.serial:
            continue
        if row.kind == "step_state" and body["state"] == "started":
            begun = begun or body["step_no"] == sight.step_no
            step_id = body["step_id"]
        elif begun and body.get("check_id") and body["step_id"] == step_id:
            checks.add(body["check_id"])
        if begun and len(checks) >= sight.saved_checks:
            return number
    return 0


@dataclass
class WindowOperator:
    """Works before one window. ``show`` puts a unit before the camera."""

    station: str
    badge: str
    pin: str
    unit_form: str
    show: Callable[[str], None]
    units: int = 0
    housings: int = 500
    seen: set[Sight] = field(default_factory=set)
    stands: tuple[str, int] = ("", 0)
    resumed: int = 0

    def note(self, answer: Answer) -> None:
        """Remember what was seen."""
        sight = read_window(answer.get("shown", ()))
        if sight is not None:
            self.seen.add(sight)

    def look_back(self, rows: Sequence[Row]) -> set[str]:
        """Everything that was seen is in the journal, and with it what was recorded before."""
        work = [row for row in rows if row.chan == REC]
        places = {sight: kept(work, sight) for sight in self.seen}
        missing = [sight for sight, place in places.items() if not place]
        assert not missing, f"{self.station} showed {missing}, and they are not in the journal"
        self.stands = standing(work)
        return {row.rec_id for row in work[: max(places.values(), default=0)]}

    def work(self, program: Program, chance: random.Random) -> None:
        """Sign in, see that the window stands where the journal stands, and go on."""
        program.ask("scan", text=self.badge)
        program.ask("wait", text="PIN", timeout_s=ANSWER_S)
        program.ask("keys", text=self.pin)
        program.ask("key", key="Return")
        program.ask("wait", text="PIN", gone=True, timeout_s=ANSWER_S)
        self._see_where_it_stands(program)
        while True:
            self._act(program, chance)
            program.pause(LOOK_S)

    def _see_where_it_stands(self, program: Program) -> None:
        """The window may be drawing at the first look."""
        for _ in range(LOOKS):
            sight = read_window(program.ask("shown")["shown"])
            stands = ("", 0) if sight is None else (sight.serial, sight.step_no)
            if stands == self.stands:
                self.resumed += sight is not None
                return
            program.pause(LOOK_S)
        raise AssertionError(f"{self.station} shows {stands}, the journal stands at {self.stands}")

    def _act(self, program: Program, chance: random.Random) -> None:
        texts = program.ask("shown")["shown"]
        sight = read_window(texts)
        if sight is None:
            self.units += 1
            program.ask("scan", text=self.unit_form.format(self.units))
            program.ask("wait", text="^1  ", timeout_s=ANSWER_S)
        elif chance.random() < 0.05:
            program.ask("press", name="^Andon", timeout_s=ANSWER_S)
            program.ask("press", name="^Machine stands", timeout_s=ANSWER_S)
            program.ask("press", name="^Call$", timeout_s=ANSWER_S)
        else:
            again = next((text for text in ("Repeat step", "Measure again") if text in texts), "")
            if "Next is blocked" in texts and again:
                program.ask("press", name=f"^{again}", timeout_s=ANSWER_S)
            moves = [move for move in MOVES[self.station][sight.step_no] if move["do"] != "wait"]
            self._move(program, chance, moves[min(sight.saved_checks, len(moves) - 1)], sight.serial)

    def _move(self, program: Program, chance: random.Random, move: Move, serial: str) -> None:
        if move["do"] == "scan":
            self.housings += move["text"] == HOUSING
            program.ask("scan", text=move["text"].replace(HOUSING, f"H-{self.housings:06}"))
        elif move["do"] == "measure":
            program.ask("keys", text="99" if chance.random() < 0.15 else move["text"])
            program.ask("key", key="Return")
        else:
            self.show(serial)
            program.ask("key", key="Space")
