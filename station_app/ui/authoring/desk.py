"""What the editor's windows are given, and how they ask: blocking verbs run on threads, answers come back to the window.

Two threads: one asks the server, one works on the drafts of this computer; neither waits for the other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from station_app.domain.rules import Refusal
from station_app.domain.view import MarkerPlace, ViewSettings
from station_app.domain.work_master import WorkMaster
from station_app.services.authoring import Authoring
from station_app.services.drafting import Drafts
from station_app.services.ports import SharedDatabaseError
from station_app.services.posting import Post, when_done
from station_app.services.trying_out import StandInStation, TryOut
from station_app.ui.authoring.names import NameBook
from station_app.ui.page import Saying, Weight, saying_of

T = TypeVar("T")
Failed = Callable[[Exception], None] | None
"""What is done when it failed; None: it is said in the window."""
FindMarkers = Callable[[bytes, str, ViewSettings], Sequence[MarkerPlace]]
"""The markers of a dictionary in a picture, as a view shows it. Raises Refusal for what is no picture."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EditorDesk:
    """Everything the editor may ask of the rest. ``has_server`` is False when it was started without one."""

    authoring: Authoring
    drafts: Drafts
    server: Executor
    local: Executor
    post: Post
    preview: Callable[[], StandInStation]
    try_out: Callable[[WorkMaster, Mapping[str, bytes], str, str], TryOut]
    has_server: bool = True
    names: NameBook = field(default_factory=NameBook)
    find_markers: FindMarkers | None = None


class Errands(QObject):
    """Asks on threads, and tells the window: ``says(saying)`` what went wrong, ``busy(what)`` what is waited for."""

    says = Signal(object)
    busy = Signal(str)

    def __init__(self, desk: EditorDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._waiting: list[str] = []

    @property
    def waiting(self) -> bool:
        """Whether anything is asked and not answered yet."""
        return bool(self._waiting)

    def server(self, what: str, verb: Callable[[], T], done: Callable[[T], None], failed: Failed = None) -> None:
        """Ask the server; ``what`` says to the person what is waited for."""
        self._run(self._desk.server, what, verb, done, failed)

    def local(self, what: str, verb: Callable[[], T], done: Callable[[T], None], failed: Failed = None) -> None:
        """Work on this computer's drafts; an empty ``what`` is not shown."""
        self._run(self._desk.local, what, verb, done, failed)

    def _run(
        self, executor: Executor, what: str, verb: Callable[[], T], done: Callable[[T], None], failed: Failed
    ) -> None:
        self._waiting.append(what)
        self._tell_busy()

        def answered(result: T) -> None:
            self._ended(what)
            done(result)

        def refused(error: BaseException) -> None:
            self._ended(what)
            if not isinstance(error, Refusal | SharedDatabaseError | OSError):
                raise error  # our own defect: it belongs into the log, loudly
            if failed is not None:
                failed(error)
            else:
                self.says.emit(said(error))

        when_done(executor.submit(verb), self._desk.post, answered, refused)

    def _ended(self, what: str) -> None:
        self._waiting.remove(what)
        self._tell_busy()

    def _tell_busy(self) -> None:
        self.busy.emit(next((what for what in reversed(self._waiting) if what), ""))


def said(error: Exception) -> Saying:
    """What happened, what was kept, and what to do."""
    if isinstance(error, Refusal):
        return saying_of(error)
    if isinstance(error, SharedDatabaseError):
        logger.info("the server did not do it: %s", error)
        return Saying(
            Weight.WARNING, f"The server cannot be asked: {error}", "Your draft is safe here.", "Try again later."
        )
    reason = getattr(error, "strerror", None) or str(error)
    file = getattr(error, "filename", None)
    what = f"{file}: {reason}." if file else f"{reason}."
    return Saying(Weight.WARNING, what, "What was kept before is as it was.", "")
