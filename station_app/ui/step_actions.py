"""What may be done with a step beside working on it: skip, set aside, do again, rework, interrupt, abort, release, ESD tests.

:func:`actions_now` says what is offered; :class:`StepActions` asks for reasons and signatures, and the execution service acts.
It decides: what it refuses becomes a message that says whom to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from station_app.domain import rules
from station_app.domain.job import Job, StepProgress
from station_app.services.station import StationServices
from station_app.ui.check_view import ApprovalRequest, PageDeeds
from station_app.ui.page import Page, Saying, Weight
from station_app.ui.reason_dialogs import ReasonAsked, interruption_dialog, reason_dialog
from station_app.ui.releasing_holds import ask_release
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.overlay import Overlay

translate = QCoreApplication.translate


class Act(StrEnum):
    """One thing of the list."""

    SKIP = "skip"
    SET_ASIDE = "set aside"
    AGAIN = "again"
    REPEAT = "repeat"
    REWORK = "rework"
    ESD_PASSED = "esd passed"
    ESD_FAILED = "esd failed"
    INTERRUPT = "interrupt"
    ABORT = "abort"
    RELEASE = "release"
    SUGGEST = "suggest"


@dataclass(frozen=True, slots=True)
class Offered:
    """An entry of the list and its text."""

    act: Act
    text: str


def actions_now(services: StationServices, step: StepProgress | None) -> list[Offered]:
    """What may be done now, ``step`` being the one that is shown (None: between units). Nothing while nobody is signed in."""
    job = services.execution.job
    if services.people.person is None:
        return []
    if job is None or step is None or job.current is None:
        return _esd()
    suggest = Offered(Act.SUGGEST, translate("step_actions", "Suggest a change"))
    if step is not job.current:
        again = Offered(Act.AGAIN, translate("step_actions", "Do step {no} again").format(no=step.no))
        return [again, suggest] if step in services.execution.earlier_steps() else [suggest]
    held = services.ledger.fold.held(job.serial, job.order_id) is not None
    offered = [Offered(Act.RELEASE, translate("step_actions", "Release the hold"))] if held else []
    offered.append(Offered(Act.SKIP, translate("step_actions", "Skip this step")))
    if step.next_check() is not None:
        offered.append(Offered(Act.SET_ASIDE, translate("step_actions", "Set the check aside")))
    offered.append(Offered(Act.REPEAT, translate("step_actions", "Repeat step")))
    if step.failed_check() is not None and step.step.rework_step:
        target = job.step(step.step.rework_step)
        offered.append(Offered(Act.REWORK, translate("step_actions", "Rework from step {no}").format(no=target.no)))
    if rules.needs_esd(job.work_master):
        offered += _esd()
    offered.append(Offered(Act.INTERRUPT, translate("step_actions", "Interrupt unit")))
    offered.append(Offered(Act.ABORT, translate("step_actions", "Abort unit")))
    return [*offered, suggest]


def _esd() -> list[Offered]:
    return [
        Offered(Act.ESD_PASSED, translate("step_actions", "ESD test passed")),
        Offered(Act.ESD_FAILED, translate("step_actions", "ESD test failed")),
    ]


class StepActions:
    """Opens the list and does what is chosen. ``shown`` is the step on the screen, ``leave`` goes back to the one in work.

    ``suggest`` makes the panel for a suggestion.
    """

    def __init__(
        self,
        page: Page,
        deeds: PageDeeds,
        shown: Callable[[], StepProgress | None],
        leave: Callable[[], None],
        suggest: Callable[[StepProgress], Overlay],
    ) -> None:
        self._page, self._deeds, self._shown, self._leave, self._suggest = page, deeds, shown, leave, suggest

    def open(self) -> None:
        """The "More" button."""
        offered = actions_now(self._page.services, self._shown())
        if not offered:
            return
        step = self._shown()
        title = (
            translate("step_actions", "More")
            if step is None
            else translate("step_actions", "Step {no}: more").format(no=step.no)
        )
        dialog = ChoiceDialog(
            self._page.look,
            title,
            [Choice(entry.act.value, entry.text) for entry in offered],
            "",
            translate("step_actions", "Back"),
        )
        dialog.chosen.connect(lambda act, _text: self.do(Act(act)))
        self._page.lay_over(dialog)

    def do(self, act: Act) -> None:
        """One thing of the list."""
        page, execution, step = self._page, self._page.services.execution, self._shown()
        job = execution.job
        match act:
            case Act.ESD_PASSED | Act.ESD_FAILED:
                self._esd_tested(act is Act.ESD_PASSED)
            case Act.INTERRUPT:
                dialog = interruption_dialog(page.services, page.look)
                dialog.chosen.connect(lambda reason, _text: self._deeds.do(lambda: execution.interrupt(reason)))
                page.lay_over(dialog)
            case Act.SUGGEST if step is not None:
                page.lay_over(self._suggest(step))
            case Act.REPEAT:
                self._deeds.do(execution.repeat_step)
            case _ if job is not None and step is not None:
                self._on_step(act, job, step)

    def _on_step(self, act: Act, job: Job, step: StepProgress) -> None:
        execution = self._page.services.execution
        match act:
            case Act.RELEASE:
                hold = self._page.services.ledger.fold.held(job.serial, job.order_id)
                if hold is not None:
                    ask_release(self._page, hold)
            case Act.SKIP if rules.may_leave_out(step):
                self._deeds.do(execution.skip_step)
            case Act.SKIP:
                self._skip(step)
            case Act.SET_ASIDE:
                self._set_aside(step)
            case Act.AGAIN:
                self._again(step)
            case Act.REWORK:
                self._rework(job, step)
            case Act.ABORT:
                self._ask(
                    "abort",
                    translate("step_actions", "Abort {serial}: why?").format(serial=job.serial),
                    translate("step_actions", "Abort unit"),
                    translate(
                        "step_actions",
                        "The job ends without a result. All records are kept; the unit may be started anew. With a result out "
                        "of limits it is put on hold.",
                    ),
                    lambda reason: self._deeds.do(lambda: execution.abort(reason)),
                )

    def _skip(self, step: StepProgress) -> None:
        execution = self._page.services.execution
        title = translate("step_actions", "Skip step {no}").format(no=step.no)
        if step.step.optional:
            why = translate(
                "step_actions", "Something has failed in it: a supervisor or quality engineer signs for it."
            )
        else:
            why = translate("step_actions", "This step is mandatory: a supervisor or quality engineer signs for it.")
        self._ask(
            "skip",
            translate("step_actions", "Skip step {no}: why?").format(no=step.no),
            translate("step_actions", "Skip"),
            why,
            lambda reason: self._deeds.approve(
                ApprovalRequest(title, lambda approval: execution.skip_step(reason, approval))
            ),
        )

    def _set_aside(self, step: StepProgress) -> None:
        check = step.failed_check() or step.next_check()
        if check is None:
            return
        execution, check_id = self._page.services.execution, check.check.id
        name = check.check.title_in(self._page.language)
        self._ask(
            "override",
            translate("step_actions", "Set “{check}” aside: why?").format(check=name),
            translate("step_actions", "Set aside"),
            translate(
                "step_actions", "It counts as skipped, never as passed. A supervisor or quality engineer signs for it."
            ),
            lambda reason: self._deeds.approve(
                ApprovalRequest(
                    translate("step_actions", "Set “{check}” aside").format(check=name),
                    lambda approval: execution.override_check(check_id, reason, approval),
                )
            ),
        )

    def _again(self, step: StepProgress) -> None:
        execution = self._page.services.execution

        def reopen(reason: str) -> None:
            self._leave()
            self._deeds.do(lambda: execution.reopen_step(step.step.id, reason))

        self._ask(
            "again",
            translate("step_actions", "Do step {no} again: why?").format(no=step.no),
            translate("step_actions", "Do it again"),
            translate(
                "step_actions", "What was recorded is kept. Steps that rely on this one are done again after it."
            ),
            reopen,
        )

    def _rework(self, job: Job, step: StepProgress) -> None:
        execution = self._page.services.execution
        target = job.step(step.step.rework_step)
        self._ask(
            "rework",
            translate("step_actions", "Rework from step {no}: why?").format(no=target.no),
            translate("step_actions", "Start rework"),
            translate("step_actions", "Steps {first} to {last} are done again. What was recorded is kept.").format(
                first=target.no, last=step.no
            ),
            lambda reason: self._deeds.do(lambda: execution.start_rework(reason)),
        )

    def _ask(self, list_id: str, title: str, confirm: str, explanation: str, then: Callable[[str], None]) -> None:
        page = self._page
        asked = ReasonAsked(list_id, title, confirm, explanation)
        page.lay_over(reason_dialog(page.services, page.look, asked, then))

    def _esd_tested(self, passed: bool) -> None:
        page = self._page

        def said(_rows: object) -> None:
            text = (
                translate("step_actions", "The ESD test is recorded: good for this shift.")
                if passed
                else translate(
                    "step_actions", "The ESD test is recorded as failed. Change the strap or shoes and test again."
                )
            )
            page.says.emit(Saying(Weight.NOTE if passed else Weight.WARNING, text))

        page.hushes.emit()
        page.attempt(lambda: page.services.people.record_esd_test(passed), said)
