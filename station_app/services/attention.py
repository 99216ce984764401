"""Whether somebody works right now: dialogs that are no work, nobody signed in, waiting for the server or the disk.

Nothing of it is recorded by itself. It is taken out of the times when they are recorded (``domain/rules/times.py``);
after a crash the time since the last record counts as no work at all, so that forgetting it never adds work time.
"""

from __future__ import annotations

from collections.abc import Callable

from station_app.domain.work_clock import Absence

NOBODY = "nobody signed in"
WAITING = "waiting for the server or the disk"


class Attention:
    """The absences of this run of the application. Reasons may overlap; each is counted once. Main thread."""

    def __init__(self, mono_ns: Callable[[], int]) -> None:
        self._mono_ns = mono_ns
        self._since: dict[str, int] = {}
        self._past: list[Absence] = []

    @property
    def paused(self) -> bool:
        """Whether nobody is at work now, or the work waits."""
        return bool(self._since)

    def pause(self, reason: str) -> None:
        """From now on it is no work, until :meth:`resume` with the same reason."""
        self._since.setdefault(reason, self._mono_ns())

    def resume(self, reason: str) -> None:
        """That reason is over; nothing when it was not there."""
        since = self._since.pop(reason, None)
        now = self._mono_ns()
        if since is not None and now > since:
            self._past.append(Absence(since, now, reason == WAITING))

    def set(self, reason: str, present: bool) -> None:
        """Pause or resume."""
        if present:
            self.pause(reason)
        else:
            self.resume(reason)

    def absences(self, after_ns: int) -> list[Absence]:
        """Every absence that reaches beyond a moment; older ones are forgotten."""
        self._past = [absence for absence in self._past if absence.end_ns > after_ns]
        now = self._mono_ns()
        open_ = [Absence(since, now, reason == WAITING) for reason, since in self._since.items() if now > since]
        return [*self._past, *open_]
