"""Reading the code in a picture of 1920 x 1080: the product against bare zxing-cpp on the same pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
import zxingcpp

from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.codes import Picture, read_codes
from tests.benchmarks.measuring import line, percentile

GOAL_MS = 20.0
SIZE_PX = (1920, 1080)
PICTURES = 12


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """Median milliseconds: a picture with a DataMatrix, and how long is spent on one without any."""
    rounds = 5 if quick else 40
    renderer = SceneRenderer()
    shown = [_large(renderer.picture(Scene(f"GX40-{n:06d}"), n)) for n in range(PICTURES)]
    product_s, bare_s = _in_turns(shown, rounds, _unit_is_shown)
    yield _result("code in a 1080p frame, median (ms)", product_s, bare_s, f"<= {GOAL_MS:g} ms", GOAL_MS)
    product_s, bare_s = _in_turns(shown, rounds, lambda picture: len(read_codes(picture)) == 1)
    bare_ms = percentile(bare_s, 0.5) * 1e3
    yield _result("every code of a 1080p frame, median (ms)", product_s, bare_s, "<= 1.2 x bare", bare_ms * 1.2)
    for picture in shown:
        picture[250:530, 1300:1560] = 90  # the label is off
    product_s, bare_s = _in_turns(shown[:4], rounds, lambda picture: read_codes(picture) == [])
    goal_ms = 600.0
    yield _result("no code in a 1080p frame, tried hard, median (ms)", product_s, bare_s, "it ends: <= 600 ms", goal_ms)


def _unit_is_shown(picture: Picture) -> bool:
    """What a view asks that must show the open unit's code."""
    codes = read_codes(picture, wanted=lambda code: code.text.startswith("GX40-"))
    return len(codes) == 1


def _large(picture: Picture) -> Picture:
    return np.asarray(cv2.resize(picture, SIZE_PX, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _in_turns(
    pictures: list[Picture], rounds: int, product: Callable[[Picture], bool]
) -> tuple[list[float], list[float]]:
    product_s, bare_s = [], []
    for _ in range(rounds):
        for picture in pictures:
            began_s = time.perf_counter()
            right = product(picture)
            product_s.append(time.perf_counter() - began_s)
            if not right:
                raise RuntimeError("not the code that is in the picture")
            began_s = time.perf_counter()
            zxingcpp.read_barcodes(picture)
            bare_s.append(time.perf_counter() - began_s)
    return product_s, bare_s


def _result(name: str, product_s: list[float], bare_s: list[float], goal: str, goal_ms: float) -> dict[str, Any]:
    product_ms, bare_ms = percentile(product_s, 0.5) * 1e3, percentile(bare_s, 0.5) * 1e3
    return line(
        name, product_ms, bare_ms, goal, product_ms <= goal_ms,
        p95_ms=round(percentile(product_s, 0.95) * 1e3, 1), bare_p95_ms=round(percentile(bare_s, 0.95) * 1e3, 1),
    )  # fmt: skip
