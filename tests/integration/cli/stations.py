"""A station's folder made by hand for the command line: settings, credential file, a journal with records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from station_app.domain.ids import RecordIds
from station_app.domain.records import Comment
from station_app.services.recording import Recorder
from station_app.storage.clock import SystemClock
from station_app.storage.files import write_secret
from station_app.storage.journal import SqliteJournal
from tests.shared_database import STATION_A, PlantDatabase


@dataclass(frozen=True, slots=True)
class StationFolder:
    """Where a station's files are."""

    file: Path

    @property
    def journal(self) -> Path:
        return self.file.parent / "files" / "journal.sqlite"

    def record(self, count: int) -> None:
        """Let the station record remarks."""
        self.journal.parent.mkdir(exist_ok=True)
        journal = SqliteJournal(self.journal, STATION_A)
        try:
            recorder = Recorder(journal, SystemClock(), RecordIds())
            recorder.record([Comment(text=f"remark {n}", serial="U-1") for n in range(count)], "p-17").result()
        finally:
            journal.close()

    def replace(self, old: str, new: str) -> None:
        """Change the settings."""
        text = self.file.read_text(encoding="utf-8")
        assert old in text, old
        self.file.write_text(text.replace(old, new), encoding="utf-8")


def make_station(folder: Path, plant: PlantDatabase, records: int = 0) -> StationFolder:
    """A station of the plant database with ``records`` that wait."""
    address = plant.address(STATION_A)
    write_secret(folder / "database.password", address.password)
    lines = [
        "[station]",
        f'path = "{STATION_A}"',
        'name = "ASM-10"',
        'kind = "assembly"',
        f"folder = '{folder / 'files'}'",
        "[shared_database]",
        f'host = "{address.host}"',
        f"port = {address.port}",
        f'database = "{address.database}"',
        f'user = "{address.user}"',
        'sslmode = "disable"',
        "password_file = 'database.password'",
    ]
    file = folder / "station.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    station = StationFolder(file)
    if records:
        station.record(records)
    return station
