"""Machine data of a station: the historian with its queue, what reads it, and the alarms it raises."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from drivers.field import BoundedQueue, SampleQueue
from drivers.gauges.reading import CONTINUOUS
from station_app.config import StationConfig
from station_app.domain.gauge_tag import READINGS, gauge_tag_name
from station_app.domain.history_rule import HistoryRule
from station_app.services.alarms import Alarms
from station_app.services.line_trends import LineTrends
from station_app.services.ports import Clock, LinePast, Room
from station_app.storage.historian import BlockOutbox, HistoryLimits, Readers, SqliteHistorian, SqliteTrendHistory
from station_app.storage.shared.block_cache import BlockCache
from station_app.storage.shared.trends import ArrivedTrends

HISTORIAN_FILE = "historian.sqlite"
QUEUE_SAMPLES = 200_000
MIB = 1 << 20
SOURCE = "historian"
NOT_STORED, DROPPED, DAMAGED = "not stored", "samples dropped", "file set aside"
ROOMS = {
    Room.DELIVERED_REMOVED: ("disk nearly full", "medium"),
    Room.THINNED: ("disk nearly full: thinned", "high"),
    Room.STOPPED: ("disk full: not stored", "high"),
}
"""A condition for each stage: that it became worse is another alarm, which nobody has seen yet."""
TOLD_CLEARS_S = 60.0
"""What happened once is over after this time; it stays in the list until somebody has seen it."""


def line_trends_of(database: LinePast, pool: Executor, own: str, in_contact: Callable[[], bool]) -> LineTrends:
    """The past of the line's stations through a client of the shared database; what was fetched is kept in one cache.

    ``own`` is the path of this station, empty for the line overview.
    """
    cache = BlockCache()
    return LineTrends(
        database, lambda station: ArrivedTrends(database, station, cache), pool, own=own, in_contact=in_contact
    )


def historian_path(config: StationConfig) -> Path:
    """Where a station's machine data is."""
    return config.station.folder / HISTORIAN_FILE


def _min_free_bytes(config: StationConfig) -> int:
    """As station.toml says, else 1 GiB, on a small disk a twentieth of it."""
    if config.historian.min_free_mib is not None:
        return config.historian.min_free_mib * MIB
    folder = config.station.folder
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return min(1024 * MIB, shutil.disk_usage(existing).total // 20)


def _rules(config: StationConfig) -> dict[str, HistoryRule]:
    """Which samples are kept: as each tag says, and of a gauge what was measured; a live display only when it changes."""
    gauges = {
        gauge_tag_name(name): HistoryRule() if settings.mode == CONTINUOUS or settings.interval_s else READINGS
        for name, settings in config.gauges.items()
    }
    return {**gauges, **{tag.tag.name: tag.history for tag in config.tags.values()}}


class StationHistory:
    """The historian and its readers, built but not started. ``intake`` is the queue that the field loop fills."""

    def __init__(self, config: StationConfig, clock: Clock) -> None:
        path, station = historian_path(config), config.station.path
        settings = config.historian
        self.intake: SampleQueue = BoundedQueue(QUEUE_SAMPLES)
        self.historian = SqliteHistorian(
            path,
            station,
            rules=_rules(config),
            limits=HistoryLimits(settings.keep_days, settings.max_size_mib * MIB, _min_free_bytes(config)),
            clock=clock,
            intake=self.intake,
            deliver=config.shared_database is not None,
        )
        self.trends = SqliteTrendHistory(path, station)
        self._readers = Readers(path, station)
        self.outbox = BlockOutbox(self._readers, self.historian.submit)
        self._overflowed, self._dropped_over_s = 0, 0.0
        self._remark, self._damage_over_s = "", 0.0

    def keep(self, tag: str, rule: HistoryRule) -> None:
        """Keep one more tag, or one that is kept already by another rule."""
        self.historian.keep(tag, rule)

    def start(self) -> None:
        """Begin to store."""
        self.historian.start()

    def stop(self) -> bool:
        """Save what is there and end; False when the disk did not answer in time."""
        return self.historian.stop()

    def close(self) -> None:
        """Close what reads, after nobody reads any more."""
        self.trends.close()
        self._readers.close()

    def watch(self, alarms: Alarms) -> None:
        """Raise and clear the historian's alarms; about once a second, on the main thread."""
        state = self.historian.state
        alarms.condition(SOURCE, NOT_STORED, bool(state.fault), state.fault, "high")
        for room, (condition, priority) in ROOMS.items():
            alarms.condition(SOURCE, condition, state.room is room, state.room_text, priority)
        self._watch_damage(alarms, state.remark)
        self._watch_overflow(alarms, state.overflowed)

    def _watch_damage(self, alarms: Alarms, remark: str) -> None:
        now_s = time.monotonic()
        if remark != self._remark:
            self._remark, self._damage_over_s = remark, now_s + TOLD_CLEARS_S
            alarms.condition(SOURCE, DAMAGED, True, remark, "medium")
        elif now_s >= self._damage_over_s:
            self._damage_over_s = math.inf
            alarms.condition(SOURCE, DAMAGED, False, "", "medium")

    def _watch_overflow(self, alarms: Alarms, overflowed: int) -> None:
        now_s = time.monotonic()
        if overflowed > self._overflowed:
            text = f"{overflowed - self._overflowed} samples came too fast to be stored; trends show the gap"
            self._overflowed, self._dropped_over_s = overflowed, now_s + TOLD_CLEARS_S
            alarms.condition(SOURCE, DROPPED, True, text, "medium")
        elif now_s >= self._dropped_over_s:
            self._dropped_over_s = math.inf
            alarms.condition(SOURCE, DROPPED, False, "", "medium")
