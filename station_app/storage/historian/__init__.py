"""The historian: machine data in a SQLite file of its own, in sealed blocks with summaries above (decision 14)."""

from station_app.storage.historian.historian import SqliteHistorian
from station_app.storage.historian.history import SqliteTrendHistory
from station_app.storage.historian.outbox import BlockOutbox
from station_app.storage.historian.reader import Readers
from station_app.storage.historian.retention import HistoryLimits

__all__ = ["BlockOutbox", "HistoryLimits", "Readers", "SqliteHistorian", "SqliteTrendHistory"]
