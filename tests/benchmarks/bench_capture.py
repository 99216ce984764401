"""From the wish for a picture to durable evidence, at 1920 x 1080: judged, on disk, named by a record in the journal.

The bare side writes the same bytes to a file with fsync and rename, and commits the same record with one FULL commit of SQLite.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from drivers.cameras.frame import EncodedShot, Frame, RawShot, Shot
from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.jpeg import encode_jpeg
from station_app.app.cameras import judge_picture
from station_app.domain.chain import Row
from station_app.domain.ids import RecordIds
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured
from station_app.domain.view import PartRegion, ViewRules
from station_app.services.pictures import Pictures
from station_app.services.recording import Recorder
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from tests.benchmarks.measuring import BareCommits, line, percentile

GOAL_MS = 300.0
STATION = "Bench/Plant/Hall/Line/INS"
SIZE_PX = (1920, 1080)
PICTURES = 8
SERIAL = "GX40-000101"


class HeldCamera:
    """A camera before which a picture is held."""

    reason = ""
    frame: Frame

    def latest(self) -> Frame:
        """The picture, as new as can be."""
        return self.frame


class Evidence:
    """A station's evidence and journal in a folder, and the bare side beside them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.camera = HeldCamera()
        self.store = FileEvidenceStore(folder / "evidence")
        self._journal = SqliteJournal(folder / "journal.sqlite", STATION)
        self._recorder = Recorder(self._journal, SystemClock(), RecordIds())
        self._pool = ThreadPoolExecutor(2)
        cameras = {"bench": self.camera}
        self._pictures = Pictures(cameras, judge_picture, self.store, self._journal, self._pool, time.time)
        self._bare = BareCommits(folder / "bare.db")

    def capture(self, rules: ViewRules) -> list[Row]:
        """As an inspector does: capture, judge, keep, record."""
        picture = self._pictures.capture("bench", rules, unit=SERIAL).result()
        if picture["faults"]:
            raise RuntimeError(f"the picture was refused: {picture['faults']}")
        fact = EvidenceCaptured(
            job_id="j", order_id="o", operation="30", serial=SERIAL, step_id="s", camera="bench", view="",
            sha256=picture["sha256"], media_type=picture["media_type"], size_bytes=picture["size_bytes"],
            width_px=picture["width_px"], height_px=picture["height_px"], outcome=Outcome.PASS,
        )  # fmt: skip
        return list(self._recorder.record([fact], "p-17").result())

    def bare(self, content: bytes, rows: list[Row], number: int) -> None:
        """The same bytes in a file and the same record in a commit, with nothing around."""
        temporary, target = self._folder / "bare.tmp", self._folder / f"bare-{number}"
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        self._bare.commit(rows)

    def close(self) -> None:
        """End everything."""
        self._pool.shutdown()
        self._journal.close()
        self._bare.close()


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """p95 in milliseconds: a camera that sends JPEG, and one whose pixels must be encoded first."""
    captures = 40 if quick else 400
    renderer = SceneRenderer()
    pictures = [
        np.asarray(cv2.resize(renderer.picture(Scene(SERIAL), n), SIZE_PX), dtype=np.uint8) for n in range(PICTURES)
    ]
    jpegs = [encode_jpeg(picture) for picture in pictures]
    for name, raw in (("JPEG camera", False), ("USB camera, first encoded", True)):
        with tempfile.TemporaryDirectory() as folder:
            shots = [_numbered(jpegs, pictures, raw, n) for n in range(captures)]
            yield _measured(f"capture to durable evidence, {name}, p95 (ms)", Path(folder), shots, jpegs[0])


def _numbered(jpegs: list[bytes], pictures: list[Any], raw: bool, number: int) -> Shot:
    """Each picture is another one: equal bytes would be stored once."""
    text = b"%08d" % number
    if raw:
        pixels = pictures[number % PICTURES].copy()
        pixels[0, 0] = number % 251, number // 251, 7
        return RawShot(pixels)
    jpeg = jpegs[number % PICTURES]
    return EncodedShot(jpeg[:2] + b"\xff\xfe\x00\x0a" + text + jpeg[2:])


def _measured(name: str, folder: Path, shots: list[Shot], reference: bytes) -> dict[str, Any]:
    evidence = Evidence(folder)
    rules = ViewRules(
        min_sharpness=0.001, min_brightness=30, code="unit", reference_sha256=evidence.store.put(reference),
        parts=(PartRegion("right bearing", 0.49, 0.32, 0.17, 0.33),),
    )  # fmt: skip
    product_s, bare_s = [], []
    try:
        for number, shot in enumerate(shots):
            evidence.camera.frame = Frame(shot, time.time(), number)
            began_s = time.perf_counter()
            rows = evidence.capture(rules)
            product_s.append(time.perf_counter() - began_s)
            began_s = time.perf_counter()
            evidence.bare(shot.original, rows, number)
            bare_s.append(time.perf_counter() - began_s)
    finally:
        evidence.close()
    product_ms = percentile(product_s, 0.95) * 1e3
    return line(
        name, product_ms, percentile(bare_s, 0.95) * 1e3, f"<= {GOAL_MS:g} ms", product_ms <= GOAL_MS,
        median_ms=round(percentile(product_s, 0.5) * 1e3, 1), bare_median_ms=round(percentile(bare_s, 0.5) * 1e3, 1),
    )  # fmt: skip
