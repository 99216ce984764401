"""A photo is kept when a measurement or a machine value fails: what it looked like at that moment, as evidence of the step.

Nobody asks for it and nobody waits for it: without a camera, or without a picture, the work goes on as it is.
"""

from __future__ import annotations

import logging

from station_app.domain import rules
from station_app.domain.checks import MachineValueCheck, MeasureCheck
from station_app.domain.job import CheckProgress, Job, StepProgress
from station_app.domain.rules import Refusal
from station_app.domain.view import ViewRules
from station_app.services.ledger import STATION_ACTOR, Ledger
from station_app.services.pictures import Pictures
from station_app.services.posting import Post, when_done

logger = logging.getLogger(__name__)


class FailurePictures:
    """Watches the ledger; a newly failed check of the running job gets a picture of the first camera. Main thread."""

    def __init__(self, ledger: Ledger, pictures: Pictures, post: Post) -> None:
        self._ledger = ledger
        self._pictures = pictures
        self._post = post
        self._seen = ""
        failed = self._failed()
        if failed is not None:
            # it failed before the start: a picture of now would show something else
            self._seen = failed[2].rec_id
        ledger.saved.subscribe(self._saved)

    def _failed(self) -> tuple[Job, StepProgress, CheckProgress] | None:
        """The failed measurement or machine value of the current step; a value of bad quality shows nothing of the part."""
        job = self._ledger.fold.job
        step = job.current if job is not None else None
        check = step.failed_check() if step is not None else None
        if job is None or step is None or check is None or check.note:
            return None
        return (job, step, check) if isinstance(check.check, (MeasureCheck, MachineValueCheck)) else None

    def _saved(self) -> None:
        failed = self._failed()
        if failed is None or failed[2].rec_id == self._seen:
            return
        job, step, check = failed
        self._seen = check.rec_id
        camera = next(iter(self._pictures.names), None)
        if camera is None:
            return
        try:
            capturing = self._pictures.capture(camera, ViewRules())
        except Refusal as refusal:
            logger.info("no picture of the failed check %s: %s", check.check.id, refusal)
            return
        attempt = step.attempt

        def captured(picture: rules.Picture) -> None:
            self._ledger.commit_aside(rules.keep_failure_picture(job, step, attempt, camera, picture), STATION_ACTOR)

        when_done(capturing, self._post, captured, lambda error: self._no_picture(check, error))

    def _no_picture(self, check: CheckProgress, error: BaseException) -> None:
        if not isinstance(error, Refusal):
            raise error
        logger.info("no picture of the failed check %s: %s", check.check.id, error)
