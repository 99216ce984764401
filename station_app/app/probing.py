"""Asking everything a station depends on whether it answers: for `station check`."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from drivers.address import is_formula_address
from drivers.base import ConnectionState, Driver, Quality, Sample, Tag
from drivers.calc.memory import NOT_FULL
from drivers.connection import WAITING
from drivers.field import Listener
from station_app.app.cameras import build_camera
from station_app.app.database import connect_shared_database
from station_app.app.devices import build_drivers
from station_app.app.serial_devices import check_lines
from station_app.config import StationConfig
from station_app.config.secret_files import PasswordFileError
from station_app.domain.chain import REC
from station_app.domain.counts import counted
from station_app.services.ports import SharedDatabaseError

TIMEOUT_S = 5.0
_NEEDS_TIME = (WAITING, NOT_FULL)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one thing answered: ``said`` is what it said, or why not."""

    what: str
    ok: bool
    said: str


def probe(config: StationConfig) -> list[Answer]:
    """Ask the database, every device, every serial line and every camera, at most some seconds each."""
    return [*_database(config), *_devices(config), *_lines(config), *_cameras(config)]


def _database(config: StationConfig) -> list[Answer]:
    if config.shared_database is None:
        return []
    try:
        database = connect_shared_database(config)
    except PasswordFileError as error:
        return [Answer("shared database", False, str(error))]
    try:
        hello = database.hello(REC, 1)
    except SharedDatabaseError as error:
        return [Answer("shared database", False, str(error))]
    finally:
        database.close()
    return [Answer("shared database", True, f"answers; it has {counted(hello.last_seq, 'record')} of epoch 1")]


def _devices(config: StationConfig) -> list[Answer]:
    try:
        work = build_drivers(config)
    except PasswordFileError as error:
        return [Answer("devices", False, str(error))]
    return asyncio.run(_read_all([(driver, list(tags)) for driver, tags in work]))


async def _read_all(work: list[tuple[Driver, list[Tag]]]) -> list[Answer]:
    listeners = [(driver, tags) for driver, tags in work if isinstance(driver, Listener)]
    samples: list[Sample] = []
    answered = await asyncio.gather(
        *(_read(driver, tags, samples) for driver, tags in work if not isinstance(driver, Listener))
    )
    for driver, tags in listeners:
        driver.take(samples)
        answered.append(await _read(driver, tags, []))
    return [answer for answers in answered for answer in answers]


async def _read(driver: Driver, tags: list[Tag], read: list[Sample]) -> list[Answer]:
    """What the tags of a device say; the samples are added to ``read``."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            samples = await driver.read(tags)
    except TimeoutError:
        return [Answer(driver.device, False, f"no answer within {TIMEOUT_S:g} s")]
    finally:
        await driver.close()
    read += samples
    return [_tag_answer(tag, sample) for tag, sample in zip(tags, samples, strict=True)]


def _tag_answer(tag: Tag, sample: Sample) -> Answer:
    if sample.quality is Quality.GOOD:
        return Answer(tag.name, True, f"{sample.value} {tag.unit}".strip())
    if is_formula_address(tag.address) and sample.status in _NEEDS_TIME:
        return Answer(tag.name, True, "is computed from several values, so it takes a while")
    return Answer(tag.name, False, f"{sample.status} ({tag.address})")


def _lines(config: StationConfig) -> list[Answer]:
    """Gauges and scanners say nothing unasked: it is tried whether their lines can be opened."""
    ports = {name: gauge.line.port for name, gauge in config.gauges.items()}
    ports |= {name: scanner.line.port for name, scanner in config.scanners.items()}
    return [Answer(name, not fault, fault or f"{ports[name]} can be opened") for name, fault in check_lines(config)]


def _cameras(config: StationConfig) -> list[Answer]:
    return [_camera(config, name) for name in config.cameras]


def _camera(config: StationConfig, name: str) -> Answer:
    states: list[ConnectionState] = []
    try:
        opened = build_camera(config, name, states.append)
    except PasswordFileError as error:
        return Answer(name, False, str(error))
    with opened as camera:
        until = time.monotonic() + TIMEOUT_S
        while camera.latest() is None and time.monotonic() < until:
            time.sleep(0.02)
        frame = camera.latest()
    if frame is None:
        reason = states[-1].reason if states else ""
        return Answer(name, False, reason or f"no picture within {TIMEOUT_S:g} s")
    return Answer(name, True, f"{frame.width_px} x {frame.height_px} pixels")
