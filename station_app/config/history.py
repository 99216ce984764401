"""What station.toml says about keeping machine data: the section [historian], and the keys of a tag that begin with history."""

from __future__ import annotations

from station_app.config.settings import HistorianSettings
from station_app.domain.authored import AuthoredTable
from station_app.domain.history_rule import DEFAULT_MAX_INTERVAL_S, HistoryRule, Keep

KEEPS = tuple(str(keep) for keep in Keep)


def read_historian(table: AuthoredTable | None) -> HistorianSettings:
    """The section [historian]."""
    if table is None:
        return HistorianSettings()
    settings = HistorianSettings(
        keep_days=table.number("keep_days", 90.0, low=0.1, high=36500),
        max_size_mib=table.integer("max_size_mib", 10_240, low=16, high=100_000_000),
        min_free_mib=_min_free_mib(table),
    )
    table.done()
    return settings


def _min_free_mib(table: AuthoredTable) -> int | None:
    table.know("min_free_mib")
    return table.integer("min_free_mib", 1_024, low=0, high=100_000_000) if table.has("min_free_mib") else None


def read_history_rule(table: AuthoredTable) -> HistoryRule:
    """How a tag's samples are kept."""
    keep = Keep(table.text("history", str(Keep.CHANGE), choices=KEEPS) or Keep.CHANGE)
    rule = HistoryRule(
        keep=keep,
        deadband=table.number("history_deadband", 0.0, low=0.0),
        min_interval_s=table.number("history_min_interval_s", 0.0, low=0.0, high=3600),
        max_interval_s=table.number("history_max_interval_s", DEFAULT_MAX_INTERVAL_S, low=1.0, high=86400),
    )
    for key in ("history_deadband", "history_max_interval_s"):
        if keep is not Keep.CHANGE and table.has(key):
            table.fault(key, f'has no effect with history = "{keep}"', 'history = "change"')
    if keep is Keep.NONE and table.has("history_min_interval_s"):
        table.fault("history_min_interval_s", 'has no effect with history = "none"', '"change" or "all"')
    if rule.min_interval_s > rule.max_interval_s:
        table.fault("history_min_interval_s", "is longer than history_max_interval_s", "min <= max")
    return rule
