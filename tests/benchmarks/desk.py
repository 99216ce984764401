"""A station with real parts and somebody at work at it: signed in, with as many units to build as a benchmark needs."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import msgspec

from station_app.domain import rules
from station_app.domain.chain import Row
from station_app.domain.master import JobOrder
from station_app.services.posting import Post
from station_app.storage.master_files import MasterFiles, Publication
from tests.bench_station import ANNA, ANNA_PIN, BEARING_LOT, HOUSING, ORDER, SEAL_LOT, BenchStation, sample_master

T = TypeVar("T")
TIMEOUT_S = 20.0


def serial(number: int) -> str:
    """The serial number of the ``number``-th unit (from 0) of the long order."""
    return f"GX40-{number + 1:06d}"


def long_order_master(units: int) -> MasterFiles:
    """The sample master data with an order of ``units`` units in place of the short one."""
    files = sample_master()
    return dataclasses.replace(files, publications=tuple(_lengthened(p, units) for p in files.publications))


def _lengthened(publication: Publication, units: int) -> Publication:
    if (publication.kind, publication.id) != (JobOrder.kind, ORDER):
        return publication
    order = msgspec.json.decode(publication.body, type=JobOrder)
    order = msgspec.structs.replace(order, quantity=units, serials=tuple(serial(n) for n in range(units)))
    body = msgspec.json.encode(order, order="deterministic")
    return Publication(publication.kind, publication.id, body, hashlib.sha256(body).hexdigest())


class Desk:
    """A station in ``folder`` with its journal on disk; ``serve`` runs what was posted to the main thread, once."""

    def __init__(self, folder: Path, post: Post, serve: Callable[[], object], units: int) -> None:
        self.station = BenchStation(folder, post, master=False, cameras=())
        self._serve = serve
        self.station.publish(long_order_master(units))
        self.station.services.library.reload()
        self.finish(self.station.services.people.sign_in_badge(ANNA, ANNA_PIN))

    def finish(self, future: Future[T]) -> T:
        """Serve the main thread until the future is done; its result."""
        self.until(future.done)
        return future.result()

    def until(self, condition: Callable[[], bool]) -> None:
        """Serve the main thread until the condition holds. Raises TimeoutError."""
        give_up_s = time.monotonic() + TIMEOUT_S
        while not condition():
            if time.monotonic() > give_up_s:
                raise TimeoutError(f"the station did not get there within {TIMEOUT_S:g} s")
            self._serve()

    def open(self, unit: str) -> list[Row]:
        """Scan a unit; its job is open when this returns."""
        return self._scan(unit)

    def work_to_measuring(self) -> str:
        """Open the first unit and work up to its first measurement; the check's id."""
        services = self.station.services
        self.open(serial(0))
        self._scan(HOUSING)
        self.finish(services.execution.confirm())
        self._scan(BEARING_LOT)
        self.station.sample("press.peak_force", 12.4)
        self.finish(services.execution.capture_value(self._next_check()))
        return self._next_check()

    def work_to_end(self) -> None:
        """From the first measurement to the end of the unit, the picture being one that nobody took."""
        execution = self.station.services.execution
        self.finish(execution.measure(self._next_check(), "0.09"))
        self._scan(SEAL_LOT)
        self.finish(execution.measure(self._next_check(), "8.5"))
        picture = rules.Picture(
            sha256="0" * 64,
            media_type="image/jpeg",
            size_bytes=200_000,
            width_px=1280,
            height_px=720,
            sharpness=0.5,
            codes=[serial(0)],
            faults=[],
        )
        self.finish(execution.keep_photo(self._next_check(), picture))
        self.finish(execution.confirm())
        job = execution.job
        if job is None or job.current is not None:
            raise RuntimeError("the unit has not come to its end")

    def close(self) -> None:
        """End the station."""
        self.station.close()

    def _next_check(self) -> str:
        job = self.station.services.execution.job
        assert job is not None and job.current is not None
        following = job.current.next_check()
        assert following is not None
        return following.check.id

    def _scan(self, text: str) -> list[Row]:
        saving = self.station.services.scanning.scan(text).saving
        assert saving is not None
        return self.finish(saving)
