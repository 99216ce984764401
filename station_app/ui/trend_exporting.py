"""What is in sight of a trend as a file: a picture, or a table of its samples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from station_app.services.ports import TrendFiles
from station_app.services.trend_export import ExportedTag, PastSamples, csv_rows
from widgets.trend_view import TrendView

PICTURE, TABLE = "png", "csv"


@dataclass(frozen=True, slots=True)
class TrendExport:
    """Where exports are written, and out of what; the disk and the past are asked on the pool. ``station`` is part of the
    file's name, empty for this station.
    """

    files: TrendFiles
    history: PastSamples
    pool: Executor
    station: str = ""

    def write(self, kind: str, view: TrendView, tags: Sequence[ExportedTag]) -> Future[Path]:
        """Write :data:`PICTURE` or :data:`TABLE`; the answer says where it is. Fails with TrendFilesError or HistorianError."""
        start_s, end_s = view.span_s
        moment = f"{datetime.fromtimestamp(start_s, tz=UTC).astimezone():%Y%m%d-%H%M%S}"
        name = "-".join(part for part in ("trend", self.station, moment) if part) + f".{kind}"
        if kind == PICTURE:
            picture = view.grab().toImage()
            return self.pool.submit(lambda: self.files.export(name, _png(picture)))
        span_us = round(start_s * 1e6), round(end_s * 1e6)
        return self.pool.submit(lambda: self.files.export(name, csv_rows(self.history, tags, *span_us)))


def _png(picture: QImage) -> Iterable[bytes]:
    """A picture's bytes; made where it is written."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"PNG")
    if not writer.write(picture):
        raise OSError(f"the picture cannot be made: {writer.errorString()}")
    yield bytes(buffer.data().data())
