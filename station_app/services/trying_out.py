"""Trying an instruction out: a station with stand-ins for parts, tools, machines and people, of which nothing stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.work_master import Step
from station_app.services.station import StationServices


@dataclass(frozen=True, slots=True)
class StandInCode:
    """Something to scan in a try-out: ``text`` is the code, ``title`` what it stands for. ``good`` is False for a wrong one."""

    title: str
    text: str
    good: bool = True


class StandInStation(Protocol):
    """A station that is not one: real services on a temporary folder, no server, no devices. Main thread."""

    @property
    def services(self) -> StationServices: ...

    def show(self, contents: Iterable[bytes]) -> None:
        """Keep media so that pages can show them."""
        ...

    def close(self) -> None:
        """End it and remove everything it wrote."""
        ...


class TryOut(StandInStation, Protocol):
    """A stand-in station with one unit of the instruction on the bench."""

    def begin(self) -> None:
        """Sign the stand-in operator in and open the unit."""
        ...

    def prepare(self, step: Step) -> None:
        """The step is done now: the cameras see what its photos must show. Raises OSError."""
        ...

    def codes(self, step: Step) -> list[StandInCode]:
        """What may be scanned in a step: what it asks for, and something wrong."""
        ...

    def tags(self, step: Step) -> list[str]:
        """The machine's values that a step looks at."""
        ...

    def set_value(self, tag: str, value: float) -> None:
        """The machine's value is this from now on."""
        ...

    def value(self, tag: str) -> float | None:
        """What a tag was set to, None before that."""
        ...

    def tick(self) -> None:
        """Called about every 50 ms."""
        ...
