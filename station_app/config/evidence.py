"""What station.toml says about keeping pictures: the section [evidence]."""

from __future__ import annotations

from station_app.config.settings import EvidenceSettings
from station_app.domain.authored import AuthoredTable


def read_evidence(table: AuthoredTable | None) -> EvidenceSettings:
    """The section [evidence]."""
    if table is None:
        return EvidenceSettings()
    settings = EvidenceSettings(
        keep_days=table.number("keep_days", 180.0, low=0, high=36500),
        max_size_mib=table.integer("max_size_mib", 20_480, low=16, high=100_000_000),
    )
    table.done()
    return settings
