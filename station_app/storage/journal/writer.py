"""The thread that owns the journal's only read-write connection.

Work is done in the order it was submitted. Appends that queue up while a commit runs share the next commit: each
stays all or nothing, for a commit that fails is tried again one by one, so that a record without room does
not take its neighbours down. A future gets its result after COMMIT returned and never before.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from station_app.services.ports import JournalError, JournalFull
from station_app.storage.journal.faults import journal_error
from station_app.storage.journal.state import JournalState
from station_app.storage.journal.transaction import Transaction
from station_app.storage.sqlite import sqlite_module, writer_engine

_log = logging.getLogger(__name__)
T = TypeVar("T")

SHARED_WORKS = 64
SHARED_BYTES = 4 << 20
IDLE_S = 0.25
CHECKPOINT_PAGES = 1_000
"""A commit carries the write-ahead log over into the file itself only beyond this; before, it happens when idle.
A longer log was measured to make every commit slower: growing a file costs more to flush than writing into it again."""


@dataclass(slots=True)
class _Work:
    action: Callable[[Transaction], Any]
    size_bytes: int
    shared: bool
    future: Future[Any] = field(default_factory=Future)


class Writer:
    """Runs submitted work in transactions until closed. ``state`` is that of the last commit; any thread may read it.

    Raises JournalError from construction when the file cannot be opened for writing.
    """

    def __init__(self, path: Path, state: JournalState) -> None:
        self._path = path
        self.state = state
        self._works: deque[_Work] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._uncheckpointed = False
        self._full_since_logged = False
        self._engine = writer_engine(path, f"wal_autocheckpoint={CHECKPOINT_PAGES}")
        try:
            self._connection = self._engine.connect()
            self._identity = self._file_identity()
        except (SQLAlchemyError, OSError) as error:
            self._engine.dispose()
            raise journal_error(error, path, "opening it for writing") from error
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def submit(self, action: Callable[[Transaction], T], *, size_bytes: int = 0, shared: bool = False) -> Future[T]:
        """Queue ``action``; its answer arrives after the commit. ``shared``: may share a commit with its neighbours."""
        work = _Work(action, size_bytes, shared)
        with self._wake:
            if self._closing:
                work.future.set_exception(self._closed())
            else:
                self._works.append(work)
                self._wake.notify()
        return work.future

    def _closed(self) -> JournalError:
        return JournalError(f"the journal {self._path} is closed; nothing was recorded")

    def close(self) -> None:
        """Finish what was submitted, then end the thread and the connection. May be called twice."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            while True:
                with self._wake:
                    idle_s = IDLE_S if self._uncheckpointed else None
                    awake = self._wake.wait_for(lambda: self._works or self._closing, timeout=idle_s)
                    group = self._take()
                if group:
                    self._perform(group)
                elif awake:
                    return
                else:
                    self._checkpoint()
        finally:
            self._refuse_the_rest()
            self._connection.close()
            self._engine.dispose()

    def _refuse_the_rest(self) -> None:
        """Nothing is left at a close; should this thread ever end by an error of ours, nobody waits for ever."""
        with self._wake:
            self._closing = True
            works = list(self._works)
            self._works.clear()
        for work in works:
            if work.future.set_running_or_notify_cancel():
                work.future.set_exception(self._closed())

    def _take(self) -> list[_Work]:
        """The next works for one commit: one, or as many shared ones as stand in line and stay within bounds."""
        group: list[_Work] = []
        size_bytes = 0
        while self._works and len(group) < SHARED_WORKS:
            work = self._works[0]
            size_bytes += work.size_bytes
            if group and not (work.shared and group[0].shared and size_bytes <= SHARED_BYTES):
                break
            group.append(self._works.popleft())
        return group

    def _perform(self, group: list[_Work]) -> None:
        live = [work for work in group if work.future.set_running_or_notify_cancel()]
        if not live:
            return
        try:
            answers = self._commit(live)
        except Exception as error:  # noqa: BLE001  every failure belongs to the futures; the thread goes on
            if len(live) == 1:
                self._fail(live[0], error)
                return
            for work in live:
                try:
                    (answer,) = self._commit([work])
                except Exception as own_error:  # noqa: BLE001  as above
                    self._fail(work, own_error)
                else:
                    work.future.set_result(answer)
        else:
            for work, answer in zip(live, answers, strict=True):
                work.future.set_result(answer)

    def _commit(self, works: list[_Work]) -> list[Any]:
        """Run works in one transaction; after this returned, their records are on disk."""
        self._check_identity()
        with self._connection.begin():
            transaction = Transaction(self._connection, self.state)
            answers = [work.action(transaction) for work in works]
        self._check_identity()
        self.state = transaction.state
        self._uncheckpointed = True
        self._full_since_logged = False
        return answers

    def _fail(self, work: _Work, error: Exception) -> None:
        if isinstance(error, (SQLAlchemyError, OSError)):
            failure: Exception = journal_error(error, self._path, "writing")
            failure.__cause__ = error
        else:
            failure = error
        if isinstance(failure, JournalFull):
            if not self._full_since_logged:
                _log.error("%s", failure)
            self._full_since_logged = True
        elif not isinstance(failure, JournalError):
            _log.error("journal work failed with an error of the program", exc_info=failure)
        work.future.set_exception(failure)

    def _file_identity(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_dev, status.st_ino

    def _check_identity(self) -> None:
        """A file that was removed or replaced under us would take records and lose them."""
        try:
            same = self._file_identity() == self._identity
        except FileNotFoundError:
            same = False
        if not same:
            raise JournalError(
                f"the journal {self._path} was removed or replaced while in use: nothing is recorded any more. "
                f"Stop the application, put the file back in order, and start again"
            )

    def _checkpoint(self) -> None:
        """Carry the write-ahead log over into the file while nothing else waits."""
        self._uncheckpointed = False
        # Past SQLAlchemy, which would begin a transaction; a checkpoint cannot run inside one.
        connection: Any = self._connection.connection.driver_connection
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite_module().Error as error:
            _log.warning("journal %s: the write-ahead log could not be carried over yet (%s)", self._path, error)
