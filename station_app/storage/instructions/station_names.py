"""Tags and cameras that an instruction names and no station has, found in the document as it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import did_you_mean

CAMERA = "camera"
_TAGS = ("tag", "cycle_tag", "torque_tag", "angle_tag")


@dataclass(frozen=True, slots=True)
class StationNames:
    """What a station has: the names of its tags and cameras."""

    station: str
    tags: Sequence[str]
    cameras: Sequence[str]


def note_strangers(step: AuthoredTable, checks: Sequence[AuthoredTable], stations: Sequence[StationNames]) -> None:
    """A fault for each tag and camera of a ``[[step]]`` and its checks that none of the stations has; without stations none.

    What is no name at all was noted when the step was read.
    """
    if not stations:
        return
    where = ", ".join(station.station for station in stations)
    tags = sorted({name for station in stations for name in station.tags})
    cameras = sorted({name for station in stations for name in station.cameras})
    drawn = step.values.get("tags")
    for index, name in enumerate(drawn if isinstance(drawn, list) else ()):
        if isinstance(name, str) and name not in tags:
            step.item_fault("tags", index, name, _message("tag", name, tags, where), _listed(tags))
    for check in checks:
        for key in (*_TAGS, CAMERA):
            used, known = check.values.get(key), cameras if key == CAMERA else tags
            if isinstance(used, str) and used and used not in known:
                kind = CAMERA if key == CAMERA else "tag"
                check.fault(key, _message(kind, used, known, where), _listed(known))


def _message(kind: str, name: str, known: Sequence[str], where: str) -> str:
    return f"no such {kind} at {where}{did_you_mean(name, known)}"


def _listed(known: Sequence[str]) -> str:
    return ", ".join(known) or "none is there"
