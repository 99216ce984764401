"""A bench station with a past: machine data in a historian's file, units and events in its journal, all at given times."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from drivers.base import Quality, Sample, Value
from station_app.domain.chain import REC
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    AlarmTransition,
    EvidenceCaptured,
    Fact,
    JobState,
    Measurement,
    StepState,
    TrendComment,
    encode_body,
)
from station_app.services.ports import TrendHistory
from station_app.services.posting import Post
from station_app.storage.historian import SqliteTrendHistory
from station_app.storage.historian.recording import Recording
from station_app.storage.historian.schema import open_file
from station_app.storage.journal import SqliteJournal
from tests.bench_station import ASM_10, BenchStation
from tests.drafts import draft
from tests.fakes.clock import FakeClock

Array = NDArray[np.float64]
H = TypeVar("H", bound=TrendHistory)
STEPS = ((1, "Scan the housing", 30.0), (2, "Clean the seat", 60.0), (3, "Press the bearing", 120.0))
FILE = "historian.sqlite"
PORTION = 20_000
ORDER = "4711-03"


def store(folder: Path, signals: Mapping[str, tuple[Array, Sequence[Value]]], station: str = ASM_10) -> Path:
    """Keep signals (times in seconds, values; None is Bad) as the historian does; answers the file."""
    folder.mkdir(parents=True, exist_ok=True)
    connection, _ = open_file(folder / FILE, station)
    connection.execute("PRAGMA synchronous=OFF")
    first_s = min(float(times[0]) for times, _ in signals.values())
    clock = FakeClock(round(first_s * 1e6))
    recording = Recording(connection, dict.fromkeys(signals, HistoryRule(Keep.ALL)), clock, False)
    for tag, (times, values) in signals.items():
        for start in range(0, len(values), PORTION):
            part = zip(times[start : start + PORTION].tolist(), values[start : start + PORTION], strict=True)
            recording.take([_sample(tag, time_s, value) for time_s, value in part])
            recording.save()
    recording.save(closing=True)
    connection.close()
    return folder / FILE


def _sample(tag: str, time_s: float, value: Value) -> Sample:
    if value is None:
        return Sample(tag, None, Quality.BAD, "BadCommunicationError", time_s, time_s)
    return Sample(tag, value, Quality.GOOD, "Good", time_s, time_s)


def unit_facts(serial: str, start_s: float, pace: float = 1.0) -> list[tuple[float, Fact]]:
    """A unit through three steps, with a measurement, as (time in seconds, fact)."""
    unit: dict[str, Any] = {"job_id": f"job-{serial}", "serial": serial, "order_id": ORDER, "operation": "assembly"}
    work: dict[str, Any] = {
        "product": "GX-40",
        "work_master_id": "asm",
        "work_master_version": "A",
        "work_master_sha256": "0" * 64,
    }
    facts: list[tuple[float, Fact]] = [(start_s, JobState(state="Running", **work, **unit))]
    at_s = start_s
    for step_no, title, length_s in STEPS:
        step: dict[str, Any] = {"step_id": f"s{step_no}", "step_no": step_no, "title": title, **unit}
        facts.append((at_s, StepState(state="started", **step)))
        at_s += length_s * pace
        facts.append((at_s, StepState(state="completed", outcome=Outcome.PASS, **step)))
    measured = Measurement(
        characteristic="play", value_text="0.09", unit="mm", source="hand", outcome=Outcome.PASS, step_id="s3", **unit
    )
    ended = JobState(state="Ended", outcome=Outcome.PASS, **work, **unit)
    return [*facts, (at_s - 5, measured), (at_s, ended)]


def alarm_fact(text: str, alarm_id: str = "alarm-1", source: str = "press.force") -> Fact:
    """An alarm that came."""
    return AlarmTransition(
        alarm_id=alarm_id, source=source, condition="high", transition="raised", priority="high", text=text
    )


def picture_fact(serial: str, sha256: str) -> Fact:
    """A picture that was taken."""
    return EvidenceCaptured(
        job_id=f"job-{serial}", serial=serial, order_id=ORDER, operation="assembly", step_id="s3", sha256=sha256,
        media_type="image/png", size_bytes=100, width_px=8, height_px=6, camera="bench", view="top", outcome=Outcome.PASS,
    )  # fmt: skip


def remark_fact(at_s: float, text: str) -> Fact:
    """A remark on a moment."""
    return TrendComment(at_us=round(at_s * 1e6), text=text, tags=("press.force",))


def record(folder: Path, facts: Sequence[tuple[float, Fact]], actor: str = "anna", station: str = ASM_10) -> None:
    """Put facts into the journal at their times, before the station is opened."""
    folder.mkdir(parents=True, exist_ok=True)
    journal = SqliteJournal(folder / "journal.sqlite", station)
    drafts = [
        draft(REC, encode_body(fact), fact.kind, wall_us=round(at_s * 1e6), ver=fact.version, actor=actor)
        for at_s, fact in sorted(facts, key=lambda item: item[0])
    ]
    journal.append(drafts).result()
    journal.close()


class TrendStation(BenchStation):
    """A bench station that reads its machine data from the folder."""

    def __init__(self, folder: Path, post: Post) -> None:
        super().__init__(folder, post)
        self.history = SqliteTrendHistory(folder / FILE, ASM_10)
        self.services = dataclasses.replace(self.services, history=self.history)

    def watch(self, around: Callable[[TrendHistory], H]) -> H:
        """Read through something that watches; before a window is opened."""
        watched = around(self.history)
        self.services = dataclasses.replace(self.services, history=watched)
        return watched

    def close(self) -> None:
        """End the station, then the readers."""
        super().close()
        self.history.close()
