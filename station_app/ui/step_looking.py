"""Which step of the open job a page shows: the one in work, or an earlier one that somebody looks back at."""

from __future__ import annotations

from station_app.domain.job import Job, StepProgress
from station_app.services.execution import Execution
from station_app.ui.work_step_view import is_open


class StepLooking:
    """``looking_at`` is the number of the earlier step, 0 for the one in work. ``finished_job`` has just ended here."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self.looking_at = 0
        self.finished_job = ""
        self._watched_job = ""

    @property
    def is_live(self) -> bool:
        """Whether the step in work is shown."""
        return not self.looking_at

    @property
    def step(self) -> StepProgress | None:
        """The step that is shown."""
        job = self._execution.job
        if job is None or job.current is None:
            return None
        return job.steps[self.looking_at - 1] if self.looking_at else job.current

    def back(self) -> None:
        """To the step in work."""
        self.looking_at = 0

    def look_at(self, no: int) -> bool:
        """Look at an earlier step, by its number; 0 or the current one returns. False where that is not possible."""
        job = self._execution.job
        if job is None or job.current is None or not 0 <= no <= len(job.steps):
            return False
        wanted = 0 if no == job.current.no else no
        if wanted and not is_open(job.steps[wanted - 1]):
            return False
        self.looking_at = wanted
        return True

    def follow(self, job: Job | None) -> None:
        """Another job is shown from its step in work; the end of the one that was watched is remembered."""
        if job is None:
            return
        if job.current is not None:
            if job.job_id != self._watched_job:
                self.looking_at = 0
            self._watched_job, self.finished_job = job.job_id, ""
        elif job.job_id == self._watched_job and not self._execution.opening:
            self.finished_job = job.job_id
