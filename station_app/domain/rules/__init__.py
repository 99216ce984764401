"""The decisions of execution: each takes the job and what happened, and answers the facts to record, or refuses.

A :class:`Refusal` is for the person at the station: what is wrong and what to do. Nothing is recorded for a refused
action unless the rule says so (a value out of limits is recorded as FAIL; it just does not let the step go on).

One module a subject: ``jobs`` (start, pause, end), ``steps`` (from step to step), ``conditions``, ``gates`` (what a person must
have), ``checks_*`` (what passes a check), ``signatures`` (signed steps, checks set aside), ``times`` (work time).
"""

from station_app.domain.rules.checks_answer import choose, complete_checklist, confirm, enter_number, enter_text
from station_app.domain.rules.checks_machine import capture_value, record_held, record_window
from station_app.domain.rules.checks_measure import measure, measure_from_tag
from station_app.domain.rules.checks_picture import (
    FAILURE_VIEW,
    REMARK_VIEW,
    Picture,
    keep_failure_picture,
    keep_photo,
    keep_remark_picture,
)
from station_app.domain.rules.checks_scan import scan_component, scan_tool, tool_fault
from station_app.domain.rules.checks_tightening import next_screw, take_tightening, tighten
from station_app.domain.rules.checks_timer import finish_timer, start_timer
from station_app.domain.rules.gates import (
    needs_esd,
    ppe_of,
    qualifications_at_start,
    refuse_unpermitted,
    refuse_unqualified,
    refuse_without_esd,
    whom_to_ask,
)
from station_app.domain.rules.jobs import (
    abort_job,
    first_step,
    hand_over,
    interrupt_job,
    report_nonconformance,
    resume_job,
    start_job,
)
from station_app.domain.rules.places import current_step
from station_app.domain.rules.readings import tag_text
from station_app.domain.rules.refusal import Refusal
from station_app.domain.rules.signatures import override_check, sign, signed_by
from station_app.domain.rules.steps import (
    MOST_REWORKS,
    advance,
    complete_step,
    earlier_steps,
    may_leave_out,
    reopen_step,
    repeat_step,
    skip_step,
    start_rework,
)
from station_app.domain.rules.times import account

__all__ = [
    "FAILURE_VIEW",
    "MOST_REWORKS",
    "REMARK_VIEW",
    "Picture",
    "Refusal",
    "abort_job",
    "account",
    "advance",
    "capture_value",
    "choose",
    "complete_checklist",
    "complete_step",
    "confirm",
    "current_step",
    "earlier_steps",
    "enter_number",
    "enter_text",
    "finish_timer",
    "first_step",
    "hand_over",
    "interrupt_job",
    "keep_failure_picture",
    "keep_photo",
    "keep_remark_picture",
    "may_leave_out",
    "measure",
    "measure_from_tag",
    "needs_esd",
    "next_screw",
    "override_check",
    "ppe_of",
    "qualifications_at_start",
    "record_held",
    "record_window",
    "refuse_unpermitted",
    "refuse_unqualified",
    "refuse_without_esd",
    "reopen_step",
    "repeat_step",
    "report_nonconformance",
    "resume_job",
    "scan_component",
    "scan_tool",
    "sign",
    "signed_by",
    "skip_step",
    "start_job",
    "start_rework",
    "start_timer",
    "tag_text",
    "take_tightening",
    "tighten",
    "tool_fault",
    "whom_to_ask",
]
