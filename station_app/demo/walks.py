"""How the samples are worked: what a person does at each step of the three instructions, at a station without a window.

Used by the tour and by the demo's hands. The steps are known by their English titles, which the station tells with its status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from station_app.demo.director import TourError

TRIES = 80
PAUSE_S = 0.25
PAUL = {"badge": "DEMO-BADGE-5e27c8d1-paul-oster", "pin": "5050"}
"""The quality engineer who releases what was inspected."""

GAUGES = {
    "Bore Ø": "BG-0301",
    "Bore depth": "DP-0302",
    "Shaft Ø": "MC-0303",
    "Runout": "DG-0304",
    "Surface Ra": "RT-0305",
    "Cover torque": "TW-0306",
}
"""What the inspector measures each characteristic with, in the order of their steps."""

Move = Mapping[str, Any]
LARGE = "GX-50"


class Station(Protocol):
    """A headless station that obeys commands; ``ask`` answers a refusal, ``send`` does not accept it."""

    def send(self, do: str, **command: Any) -> dict[str, Any]:
        """Do one thing that has to succeed."""

    def ask(self, do: str, **command: Any) -> dict[str, Any]:
        """Do one thing, or be refused."""


def scanned(code: str) -> Move:
    """A scan."""
    return {"do": "scan", "text": code}


def typed(do: str, text: str) -> Move:
    """A reading, number or text."""
    return {"do": do, "text": text}


CONFIRM: Move = {"do": "confirm"}
SKIP: Move = {"do": "skip"}
CHECKLIST: Move = {"do": "checklist"}
PHOTO: Move = {"do": "photo"}
CAPTURE: Move = {"do": "capture"}


def chosen(option: str, reason: str = "") -> Move:
    """An answer."""
    return {"do": "choose", "option": option, "reason": reason}


def timed(seconds: float) -> list[Move]:
    """A timer that is started, waited for and ended."""
    return [{"do": "start_timer"}, {"do": "pause", "seconds": seconds}, {"do": "finish_timer"}]


def assembly_moves(product: str, housing: str, burrs: bool = False) -> dict[str, list[Move]]:
    """What is done at ASM-10; the press is not among it."""
    large = product == LARGE
    torques = ("17.9", "18.1", "18.0", "18.3") if large else ("8.5", "8.6", "8.4", "8.5")
    return {
        "Scan the housing": [scanned(housing)],
        "Clean the seat": [CONFIRM],
        "Look at the seat": [chosen("burrs" if burrs else "good")],
        "Deburr": [CONFIRM],
        "Press the bearing": [scanned("L26-0114" if large else "L25-0881"), {"do": "press"}, CAPTURE],
        "Choose the shim": [typed("number", "0.20")],
        "Check the play": [typed("measure", "0.09")],
        "Grease the shaft": [typed("text", "G26-0042")],
        "Fit the cover seal": [scanned("S26-0009" if large else "S25-0117")],
        "Lay the gasket": [scanned("D26-0031"), *timed(3.0)],
        "Tighten the cover": [scanned("TW-0201"), *({"do": "tighten", "torque": torque} for torque in torques)],
        "Cap the shaft": [SKIP],
        "Photo": [PHOTO],
        "Clear the bench": [CHECKLIST, CONFIRM],
    }


def bench_moves(product: str, damp: bool = False) -> dict[str, list[Move]]:
    """What is done at ASM-20 while the bench runs."""
    return {
        "Mount the unit": [scanned("FX-0301"), CONFIRM],
        "Connect the sensor": [CONFIRM],
        "Fill the oil": [scanned("O26-0203"), typed("number", "402" if product == LARGE else "251")],
        "Close the guard": [CONFIRM],
        "Run up": [{"do": "wait", "for": "step", "step": "power"}],
        "Current and power": [CAPTURE, CAPTURE],
        "Warm run": [CAPTURE, CAPTURE],
        "Look for leaks": [chosen("damp", "Cover joint") if damp else chosen("dry")],
        "Look once more": [*timed(5.0 if product == LARGE else 3.0), chosen("dry")],
        "Take the unit off": [CHECKLIST],
        "Remark": [SKIP],
    }


def inspection_moves(product: str, readings: Sequence[str], scratch: bool = False) -> dict[str, list[Move]]:
    """What is done at INS-30; ``readings`` are those of the six measured characteristics, in their order.

    Each gauge is scanned before it measures.
    """
    measured = zip(GAUGES.items(), readings, strict=True)
    return {
        **{title: [scanned(gauge), typed("measure", reading)] for (title, gauge), reading in measured},
        "Label code": [PHOTO],
        "Photo, seal side": [PHOTO],
        "Appearance": [chosen("scratch" if scratch else "good")],
        "Touch up the paint": [CONFIRM],
        "Weigh": [typed("number", "19.1" if product == LARGE else "12.0")],
        "Pack": [CHECKLIST],
        "Remark": [SKIP],
        "Release": [{"do": "sign", **PAUL}],
    }


def walk_assembly(station: Station, housing: str, press: Callable[[], object], burrs: bool = False) -> None:
    """The open unit through ASM-10; ``press`` makes one cycle of the press and returns when its ram is up."""
    product = station.send("status")["status"]["product"]
    work(station, assembly_moves(product, housing, burrs), press)


def walk_test_run(station: Station, damp: bool = False) -> None:
    """The open unit through ASM-20, whose bench must run."""
    work(station, bench_moves(station.send("status")["status"]["product"], damp))


def walk_inspection(station: Station, readings: Sequence[str], scratch: bool = False) -> None:
    """The open unit through INS-30, signed at the end by Paul Oster."""
    work(station, inspection_moves(station.send("status")["status"]["product"], readings, scratch))


def work(station: Station, moves: Mapping[str, Sequence[Move]], press: Callable[[], object] = lambda: None) -> None:
    """Do what each step asks for until the unit has ended.

    A machine may not be ready yet, or a camera still see the unit before: what is refused or fails is done once more after
    a pause. Raises TourError for a step that does not pass after many tries.
    """
    tries = 0
    before = ""
    while (job := station.send("status")["status"])["serial"]:
        title = job["step_title"]
        tries = tries + 1 if title == before else 0
        if tries > TRIES:
            raise TourError(f"{job['serial']} does not pass “{title}” after {TRIES} tries")
        if tries:
            station.send("pause", seconds=PAUSE_S)
        before = title
        for move in moves[title]:
            if move["do"] == "press":
                press()
                station.send("pause", seconds=PAUSE_S)
            else:
                station.ask(**move)
