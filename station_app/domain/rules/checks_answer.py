"""Checks that a person answers: confirm, choice, text, number, checklist."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from station_app.domain.checks import ChecklistCheck, ChoiceCheck, ConfirmCheck, NumberCheck, TextCheck
from station_app.domain.job import Job
from station_app.domain.outcome import Outcome, ReadingError, parse_reading
from station_app.domain.records import CheckConfirmed, ChecklistDone, ChoiceMade, Fact, TextEntered
from station_app.domain.rules.places import on_step, open_check, still_open, work
from station_app.domain.rules.readings import limit_text, refuse_decimals
from station_app.domain.rules.refusal import Refusal
from station_app.domain.rules.steps import advance, complete


def confirm(job: Job | None, mono_ns: int) -> list[Fact]:
    """Confirm the next open check if it asks for that; with no open check, complete the step."""
    found, step = work(job)
    check = step.next_check()
    if check is None:
        return complete(found, step, mono_ns)
    if not isinstance(check.check, ConfirmCheck):
        raise Refusal(still_open(check))
    fact = CheckConfirmed(**on_step(found, step), check_id=check.check.id, text=check.check.title)
    return [fact, *advance(found, step, check, fact, mono_ns)]


def choose(
    job: Job | None,
    check_id: str,
    option_id: str,
    reason: str,
    reasons: Sequence[str],
    mono_ns: int,
) -> list[Fact]:
    """Record a chosen answer. Where it asks for a reason, it must be one of ``reasons``; a list that is empty takes any."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, ChoiceCheck, "is not answered by a choice")
    option = next((option for option in wanted.options if option.id == option_id), None)
    if option is None:
        known = ", ".join(option.text for option in wanted.options)
        raise Refusal(f"“{option_id}” is no answer to “{wanted.title}”. Choose one of: {known}.")
    reason = reason.strip()
    if option.reasons and (not reason or (reasons and reason not in reasons)):
        raise Refusal(f"“{option.text}” needs a reason. Choose one" + (f": {', '.join(reasons)}." if reasons else "."))
    fact = ChoiceMade(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        choice=option.id,
        text=option.text,
        reason=reason if option.reasons else "",
        outcome=Outcome.PASS if option.passes else Outcome.FAIL,
    )
    return [fact, *(advance(found, step, check, fact, mono_ns) if option.passes else [])]


def enter_text(job: Job | None, check_id: str, text: str, mono_ns: int) -> list[Fact]:
    """Record a typed or scanned text; one that does not have the wanted form is refused."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, TextCheck, "is not answered by a text")
    text = text.strip()
    example = f" Like this: {wanted.example}." if wanted.example else ""
    if not text:
        raise Refusal(f"Type “{wanted.title}” first.{example}")
    if len(text) > wanted.longest:
        raise Refusal(f"The text has {len(text)} characters; “{wanted.title}” has at most {wanted.longest}.")
    if not text.isprintable():
        raise Refusal("The text has control characters. Type it anew.")
    if wanted.pattern and re.fullmatch(wanted.pattern, text) is None:
        raise Refusal(f"“{text[:40]}” does not look like “{wanted.title}”.{example}")
    fact = TextEntered(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        entry="text",
        value_text=text,
        outcome=Outcome.PASS,
    )
    return [fact, *advance(found, step, check, fact, mono_ns)]


def enter_number(job: Job | None, check_id: str, text: str, mono_ns: int) -> list[Fact]:
    """Record a typed number; outside its limits, where it has some, it is kept as FAIL."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, NumberCheck, "is not answered by a number")
    try:
        value = parse_reading(text)
    except ReadingError as error:
        raise Refusal(str(error)) from error
    refuse_decimals(text, wanted.decimals)
    outcome = Outcome.PASS if wanted.limits is None else wanted.limits.judge(value)
    fact = TextEntered(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        entry="number",
        value_text=text.strip(),
        unit=wanted.unit or (wanted.limits.unit if wanted.limits is not None else ""),
        lower_limit="" if wanted.limits is None else limit_text(wanted.limits.lower),
        upper_limit="" if wanted.limits is None else limit_text(wanted.limits.upper),
        outcome=outcome,
    )
    return [fact, *(advance(found, step, check, fact, mono_ns) if outcome is Outcome.PASS else [])]


def complete_checklist(
    job: Job | None, check_id: str, in_order: Collection[str], not_in_order: Collection[str], mono_ns: int
) -> list[Fact]:
    """Record a checklist whose every item is answered; one that is not in order fails it."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, ChecklistCheck, "is no checklist")
    good, bad = set(in_order), set(not_in_order)
    missing = [item.text for item in wanted.items if item.id not in good | bad]
    if missing:
        raise Refusal(f"Answer every line. Still open: {', '.join(missing)}.")
    strange = sorted((good | bad) - {item.id for item in wanted.items}) or sorted(good & bad)
    if strange:
        raise Refusal(f"“{strange[0]}” cannot be answered so. Answer every line once.")
    outcome = Outcome.FAIL if bad else Outcome.PASS
    fact = ChecklistDone(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        in_order=tuple(item.id for item in wanted.items if item.id in good),
        not_in_order=tuple(item.id for item in wanted.items if item.id in bad),
        outcome=outcome,
    )
    return [fact, *(advance(found, step, check, fact, mono_ns) if outcome is Outcome.PASS else [])]
