"""The journal on disk: one SQLite file, one writer thread, readers beside it, and its verification."""

from station_app.storage.journal.journal import SqliteJournal
from station_app.storage.journal.verify import ChainFault, verify_local

__all__ = ["ChainFault", "SqliteJournal", "verify_local"]
