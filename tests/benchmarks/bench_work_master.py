"""Opening a work master of 200 steps: at the station (canonical JSON), and its folder with one small drawing.

Goal (issue "Work instructions"): 300 ms. Bare: the same bytes hashed and decoded by msgspec without types; for the folder, its
TOML parsed by tomllib and its texts read.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from station_app.domain.checks import (
    Check,
    ChoiceCheck,
    ConfirmCheck,
    MachineValueCheck,
    MeasureCheck,
    Option,
    PhotoCheck,
    ScanCheck,
    TimerCheck,
)
from station_app.domain.media import Callout, Picture, Region
from station_app.domain.outcome import Limits
from station_app.domain.variants import resolve
from station_app.domain.work_master import Step, WorkMaster, content_sha256, decode_work_master, encode_work_master
from station_app.storage.instructions.folder import read_work_master_folder
from station_app.storage.instructions.write import write_work_master_folder
from tests.benchmarks.measuring import line, percentile, rounded

STEPS = 200
GOAL = "<= 300 ms"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><path d="M0 0h400v300H0z"/></svg>'
TEXT = "Place the part on the seat. **Hold it** until the lamp is on.\n\n- clean the seat\n- no burrs\n\n" * 4


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """The station's way, then the author's."""
    rounds = 15 if quick else 100
    work_master = large_work_master()
    yield opened(work_master, rounds)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / work_master.id
        write_work_master_folder(folder, work_master, {hashlib.sha256(DRAWING).hexdigest(): DRAWING})
        yield read(folder, max(5, rounds // 5))


def large_work_master() -> WorkMaster:
    """200 steps in two languages, each with marks on its drawing and one to three checks."""
    return WorkMaster(
        id="large", version="1", title="Large", product="GX-40", operation="assembly",
        steps=tuple(_step(number) for number in range(1, STEPS + 1)),
    )  # fmt: skip


def _step(number: int) -> Step:
    marks = tuple(Callout(str(n), n / 8, 0.5, f"seat {n}", translations={"de": f"Sitz {n}"}) for n in range(1, 5))
    picture = Picture(
        "place.svg", hashlib.sha256(DRAWING).hexdigest(), len(DRAWING), "image/svg+xml", marks,
        (Region(0.1, 0.1, 0.2, 0.2, "here"),),
    )  # fmt: skip
    return Step(
        id=f"step-{number}",
        title={"en": f"Step {number}", "de": f"Schritt {number}"},
        text={"en": TEXT.strip(), "de": TEXT.strip()},
        pictures=(picture,),
        checks=_checks(number),
        takt_s=20.0,
        ppe=("gloves",),
    )


def _checks(number: int) -> tuple[Check, ...]:
    limits = Limits("mm", Decimal("20.000"), Decimal("20.013"), Decimal("20.005"))
    kinds: tuple[tuple[Check, ...], ...] = (
        (ConfirmCheck(id="done", title="Done", translations={"de": {"title": "Fertig"}}),),
        (ScanCheck(id="part", title="Scan", material="6204"), TimerCheck(id="cure", title="Cure", duration_s=30.0)),
        (
            MeasureCheck(
                id="bore", title="Bore", characteristic="bore", limits=limits, decimals=3, reaction="Gauge again."
            ),
        ),
        (MachineValueCheck(id="force", title="Force", characteristic="force", tag="press.force", limits=limits),),
        (
            ChoiceCheck(
                id="burrs", title="Burrs?", options=(Option(id="no", text="None"), Option(id="yes", text="Some"))
            ),
            PhotoCheck(id="photo", title="Photo", camera="bench"),
        ),
    )
    return kinds[number % len(kinds)]


def opened(work_master: WorkMaster, rounds: int) -> dict[str, Any]:
    """What a station does at the start of a unit: hash, decode, check, resolve for the product."""
    body = encode_work_master(work_master)
    sha256 = content_sha256(body)
    product, bare = _in_turns(
        rounds,
        lambda: resolve(decode_work_master(body, sha256), "GX-40"),
        lambda: (hashlib.sha256(body).hexdigest(), msgspec.json.decode(body)),
    )
    p95 = percentile(product, 0.95)
    return line(
        "work master of 200 steps opened at the station, p95 (ms)", p95, percentile(bare, 0.95), GOAL, p95 <= 300,
        median_ms=rounded(percentile(product, 0.5)), bytes=len(body),
    )  # fmt: skip


def read(folder: Path, rounds: int) -> dict[str, Any]:
    """What the editor does when it opens a folder; its one small drawing costs next to nothing."""
    product, bare = _in_turns(rounds, lambda: read_work_master_folder(folder), lambda: _bare_folder(folder))
    p95 = percentile(product, 0.95)
    files = sum(1 for path in folder.rglob("*") if path.is_file())
    return line(
        "folder of 200 steps read and checked, p95 (ms)", p95, percentile(bare, 0.95), GOAL, p95 <= 300,
        median_ms=rounded(percentile(product, 0.5)), files=files,
    )  # fmt: skip


def _bare_folder(folder: Path) -> None:
    tomllib.loads((folder / "work_master.toml").read_text(encoding="utf-8"))
    for path in (folder / "steps").iterdir():
        path.read_text(encoding="utf-8")


def _in_turns(
    rounds: int, product: Callable[[], object], bare: Callable[[], object]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each, taken in turns."""
    took: tuple[list[float], list[float]] = [], []
    for _ in range(rounds):
        for call, times in ((product, took[0]), (bare, took[1])):
            begun = time.perf_counter()
            call()
            times.append((time.perf_counter() - begun) * 1000)
    return took
