"""Autosave and checking of the open draft: kept on this computer a moment after every edit, then looked through for faults."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.domain.document_control import VersionStatus
from station_app.domain.fault import Fault
from station_app.domain.work_master import WorkMaster
from station_app.services.drafting import RefusedText
from station_app.ui.authoring.panel import EditContext

State = tuple[WorkMaster, int, tuple[RefusedText, ...]]
KEEP_AFTER_MS = 300
KEEP_AT_LEAST_MS = 2000
RETRY_MS = 5000
CHECK_AFTER_MS = 900
FIRST_CHECK_MS = 400
SEAL_AFTER_MS = 1200


class Keeping(QObject):
    """Keeps one draft. ``kept(True)`` when everything is on disk, ``kept(False)`` while something is not; ``failed(error)``
    when the disk does not take it, and ``fault`` as long as it does not.

    ``checked(faults, work_master)`` tells what is wrong with the draft as it was when it was looked at.
    """

    kept = Signal(bool)
    failed = Signal(object)
    checked = Signal(object, object)

    def __init__(self, context: EditContext, seen: VersionStatus | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.seen = seen
        self._looked_at: State | None = None
        self._on_disk: State | None = None
        self._waiting: list[Callable[[], None]] = []
        self.fault = ""
        self._ended = False
        self._keeping = False
        self._soon, self._check, self._late, self._seal = (
            self._timer(ms, deed)
            for ms, deed in (
                (KEEP_AFTER_MS, self._keep),
                (CHECK_AFTER_MS, self._look),
                (KEEP_AT_LEAST_MS, self._keep),
                (SEAL_AFTER_MS, context.model.seal),
            )
        )
        self._end = context.model.changed.subscribe(self._changed)
        self._end_refusals = context.refusals.changed.subscribe(self._changed)

    def _timer(self, pause_ms: int, deed: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause_ms)
        timer.timeout.connect(deed)
        return timer

    @property
    def is_kept(self) -> bool:
        """Whether everything is on disk."""
        return bool(self._context.model.read_only) or self._state() == self._on_disk

    @property
    def is_checked(self) -> bool:
        """Whether the draft was looked through as it is now."""
        return self._state() == self._looked_at

    def begin(self, on_disk: bool) -> None:
        """The draft was opened; ``on_disk``: as it is kept already. Look for faults soon."""
        if on_disk:
            self._on_disk = self._state()
            self.kept.emit(True)
        elif not self.is_kept:
            self._keep()
        # the page first: looking through hundreds of steps takes a while
        self._check.start(FIRST_CHECK_MS)

    def set_seen(self, seen: VersionStatus) -> None:
        """The server has it now; that is kept too."""
        self.seen = seen
        self._keep()

    def flush(self, done: Callable[[], None]) -> None:
        """Call ``done`` when everything is on disk."""
        if self.is_kept and not self._keeping:
            done()
            return
        self._waiting.append(done)
        self._keep()

    def end(self) -> None:
        """Another draft is opened: hear no more of this one, whatever is still under way."""
        self._ended = True
        self._end()
        self._end_refusals()
        for timer in (self._soon, self._check, self._late, self._seal):
            timer.stop()

    def _state(self) -> State:
        number = self.seen.number if self.seen is not None else 0
        return self._context.work_master, number, self._context.refusals.kept

    def _changed(self) -> None:
        self.kept.emit(False)
        self._soon.start()
        self._check.start(CHECK_AFTER_MS)
        self._seal.start()
        if not self._late.isActive():
            self._late.start(KEEP_AT_LEAST_MS)

    def _keep(self) -> None:
        if self._keeping or self._context.model.read_only:
            return
        self._soon.stop()
        self._late.stop()
        self._keeping = True
        state = self._state()
        (work_master, _, refused), seen = state, self.seen
        drafts = self._context.desk.drafts
        self._context.errands.local(
            "", lambda: drafts.keep(work_master, seen, refused), lambda _none: self._is_on_disk(state), self._not_kept
        )

    def _not_kept(self, error: Exception) -> None:
        """The disk did not take it: say so, and try again by itself."""
        self._keeping = False
        if self._ended:
            return
        self._waiting.clear()
        self.fault = str(error)
        self.failed.emit(error)
        self._late.start(RETRY_MS)

    def _is_on_disk(self, state: State) -> None:
        self._keeping = False
        if self._ended:
            return
        self._on_disk, self.fault = state, ""
        if not self.is_kept:
            self._keep()
            return
        self.kept.emit(True)
        waiting, self._waiting = self._waiting, []
        for done in waiting:
            done()

    def _look(self) -> None:
        if self._context.model.read_only:
            self._looked_at = self._state()
            self.checked.emit((), self._context.work_master)
            return
        state, seen = self._state(), self.seen
        work_master, _, refused = state
        drafts = self._context.desk.drafts

        def looked(faults: Sequence[Fault]) -> None:
            if self._ended:
                return
            self._looked_at = state
            self.checked.emit(faults, work_master)

        def not_looked(error: Exception) -> None:
            # a disk that takes nothing is told where it is kept
            if not isinstance(error, OSError) and not self._ended:
                self.failed.emit(error)

        self._context.errands.local("", lambda: drafts.check(work_master, seen, refused), looked, not_looked)
