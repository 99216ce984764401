"""An operator at ``station run --headless``: builds unit after unit, now and then out of limits, with remarks and calls.

Knows where the work stands from the station's status only, and checks after every restart that it stands where the
journal says.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from station_app.domain.chain import Row
from tests.plant import BEARING_LOT, SEAL_LOT
from tests.system.campaign import Answer, Program

BURST = 300
QUALITY = {"do": "wait", "for": "quality", "timeout_s": 0.5}
CONFIRM, CAPTURE, PHOTO = {"do": "confirm"}, {"do": "capture"}, {"do": "photo"}
HOUSING = "next housing"

Move = dict[str, Any]


def measured(text: str) -> Move:
    """A reading typed in."""
    return {"do": "measure", "text": text}


def scanned(text: str) -> Move:
    """A code scanned."""
    return {"do": "scan", "text": text}


# what there is to do at each step of the stations' instructions
MOVES: dict[str, dict[int, list[Move]]] = {
    "ASM-10": {
        1: [scanned(HOUSING)],
        2: [CONFIRM],
        3: [scanned(BEARING_LOT), QUALITY | {"tag": "press.peak_force"}, CAPTURE],
        4: [measured("0.10")],
        5: [scanned(SEAL_LOT)],
        6: [measured("8.5")],
        7: [PHOTO, CONFIRM],
    },
    "ASM-20": {
        1: [CONFIRM],
        2: [CONFIRM],
        3: [QUALITY | {"tag": "bench.speed"}, CAPTURE, CAPTURE],
        4: [QUALITY | {"tag": "bench.vibration"}, CAPTURE, CAPTURE],
    },
    "INS-30": {
        1: [measured("20.0061")],
        2: [measured("14.01")],
        3: [measured("20.004")],
        4: [measured("0.012")],
        5: [measured("0.82")],
        6: [measured("8.5")],
        7: [PHOTO],
        8: [PHOTO, CONFIRM],
    },
}


def standing(rows: Iterable[Row]) -> tuple[str, int]:
    """Unit and step in work, by the rows alone; ("", 0) when there is none. Written apart from the station's own fold."""
    serial, steps = "", dict[str, int]()
    for row in rows:
        if row.kind == "job_state":
            body = json.loads(row.body)
            serial = body["serial"] if body["state"] in ("Running", "Interrupted") else ""
        elif row.kind == "step_state":
            body = json.loads(row.body)
            if body["state"] == "started":
                steps[body["serial"]] = body["step_no"]
    return serial, steps.get(serial, 0)


@dataclass
class HeadlessOperator:
    """Works at one headless station. ``units`` and ``housings`` are numbers, the newest that was tried.

    ``show`` puts a unit before the camera.
    """

    station: str
    badge: str
    pin: str
    unit_form: str
    show: Callable[[str], None]
    housing_form: str = "H-{:06}"
    units: int = 0
    housings: int = 500
    promised: set[str] = field(default_factory=set)
    stands: tuple[str, int] = ("", 0)
    resumed: int = 0

    def note(self, answer: Answer) -> None:
        """Remember what was said to be saved."""
        self.promised.update(answer.get("saved", ()))

    def look_back(self, rows: Sequence[Row]) -> set[str]:
        """Everything that was said to be saved is in the journal."""
        missing = self.promised - {row.rec_id for row in rows}
        assert not missing, f"{self.station} said that {missing} are saved, and they are not in the journal"
        self.stands = standing(rows)
        return self.promised

    def work(self, program: Program, chance: random.Random) -> None:
        """Look where the work stands, sign in, and go on."""
        status = program.ask("status")["status"]
        stands = (status["serial"], status["step_no"])
        assert stands == self.stands, f"{self.station} goes on at {stands}, the journal stands at {self.stands}"
        self.resumed += bool(stands[0])
        program.ask("wait", **{"for": "master"})
        program.ask("sign_in", badge=self.badge, pin=self.pin)
        if chance.random() < 0.06:
            self._burst(program, chance.randint(BURST // 3, BURST))
        while True:
            self._act(program, chance)

    def _act(self, program: Program, chance: random.Random) -> None:
        status = program.ask("status")["status"]
        self._aside(program, chance, status)
        if not status["serial"]:
            self.units += 1
            program.ask("scan", text=self.unit_form.format(self.units))
        elif status["step_failed"] and chance.random() < 0.5:
            program.ask("repeat")
        elif status["step_failed"]:
            program.ask("nonconformance", defect="Out of limits")
        else:
            for move in MOVES[self.station][status["step_no"]]:
                self._move(program, chance, move, status["serial"])

    def _move(self, program: Program, chance: random.Random, move: Move, serial: str) -> None:
        if move.get("text") == HOUSING:
            self.housings += 1
            move = scanned(self.housing_form.format(self.housings))
        elif move["do"] == "measure" and chance.random() < 0.15:
            move = measured("99")
        elif move["do"] == "photo":
            self.show(serial)
        program.ask(**move)

    def _aside(self, program: Program, chance: random.Random, status: dict[str, Any]) -> None:
        """What happens beside the work."""
        dice = chance.random()
        if dice < 0.10:
            program.ask("comment", text=f"remark {self.units} " + "x" * chance.choice([0, 100, 3000, 60_000]))
        elif dice < 0.13:
            program.ask("call", call=chance.choice(["problem", "andon"]), reason="Machine stands")
        elif dice < 0.16 and status["calls"]:
            program.ask("answer", call_id=status["calls"][0]["call_id"])
        elif dice < 0.18 and status["serial"]:
            program.ask("interrupt", reason="Break")
            program.ask("scan", text=status["serial"])

    def _burst(self, program: Program, count: int) -> None:
        """Many remarks without waiting for the answers, so that much is delivered at a time."""
        for number in range(count):
            program.tell("comment", text=f"burst {number}")
        for _ in range(count):
            program.answer()
