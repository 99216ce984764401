"""Points of other stations in the station's folder: one JSON file a chart. Only a copy: the shared database has them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from station_app.domain.spc.line import MOST_OTHER_POINTS, OtherPoints
from station_app.domain.spc.points import ChartPoint
from station_app.services.ports.line_points import LinePointsError

FOLDER = "line_points"
MAX_BYTES = 32 << 20


class _Kept(msgspec.Struct, frozen=True):
    """The content of a file."""

    chart_id: str
    asked_us: int | None
    points: list[ChartPoint]


class LinePointFolder:
    """The LinePointFiles port on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def read(self, chart_id: str) -> OtherPoints | None:
        """What was kept of a chart. Raises LinePointsError for a file that cannot be used."""
        file = self._file(chart_id)
        try:
            if file.stat().st_size > MAX_BYTES:
                raise LinePointsError(f"{file} has more than {MAX_BYTES >> 20} MiB and is not used.")
            kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LinePointsError(f"{file} cannot be read: {error.strerror or error}") from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise LinePointsError(f"{file} is damaged and not used: {error}") from error
        if kept.chart_id != chart_id:
            raise LinePointsError(f"{file} is of the chart {kept.chart_id} and not used.")
        points = OtherPoints(asked_us=kept.asked_us)
        for point in kept.points[-MOST_OTHER_POINTS:]:
            points.by_station.setdefault(point.station, []).append(point)
        return points

    def keep(self, chart_id: str, points: OtherPoints) -> None:
        """Replace what was kept of a chart, whole or not at all. Raises LinePointsError."""
        file = self._file(chart_id)
        flat = [point for station in sorted(points.by_station) for point in points.by_station[station]]
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = file.with_suffix(".new")
            part.write_bytes(msgspec.json.encode(_Kept(chart_id, points.asked_us, flat)))
            part.replace(file)
        except OSError as error:
            raise LinePointsError(f"{file} cannot be written: {error.strerror or error}") from error

    def _file(self, chart_id: str) -> Path:
        # a chart is named by product, operation and characteristic: any characters
        return self._folder / f"{hashlib.sha256(chart_id.encode()).hexdigest()[:32]}.json"
