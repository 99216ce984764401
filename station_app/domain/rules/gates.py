"""Gates: what a person must have before work begins. A refusal says what is missing and whom to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from station_app.domain.master import Person
from station_app.domain.outcome import Outcome
from station_app.domain.permissions import Permission, why_not
from station_app.domain.records import EsdTested
from station_app.domain.rules.refusal import Refusal
from station_app.domain.work_master import Step, WorkMaster


def refuse_unpermitted(person: Person, permission: Permission) -> None:
    """Raises Refusal, which names who may, for a person whose roles do not have the permission."""
    reason = why_not(person, permission)
    if reason:
        raise Refusal(reason)


def refuse_unqualified(person: Person, needed: Iterable[str], today: str, ask: Sequence[str]) -> None:
    """Raises Refusal for a qualification that the person lacks or that has expired. ``today`` is an ISO date."""
    for qualification in needed:
        if not qualification:
            continue
        until = person.qualifications.get(qualification)
        if until is None:
            raise Refusal(f"{person.name} is not qualified for “{qualification}”. {whom_to_ask(ask)}")
        if until and until < today:
            raise Refusal(f"{person.name}'s qualification “{qualification}” ended on {until}. {whom_to_ask(ask)}")


def refuse_without_esd(person: Person, tested: EsdTested | None, now_us: int, ask: Sequence[str]) -> None:
    """Raises Refusal without a good ESD test that is still valid (UTC microseconds)."""
    if tested is None:
        raise Refusal(
            f"This work needs ESD protection. {person.name}: test your wrist strap or shoes first. {whom_to_ask(ask)}"
        )
    if tested.outcome is not Outcome.PASS:
        raise Refusal(f"{person.name}'s ESD test failed. Change the strap or shoes and test again. {whom_to_ask(ask)}")
    if tested.until_us is not None and tested.until_us < now_us:
        raise Refusal(f"{person.name}'s ESD test has expired. Test your wrist strap or shoes again. {whom_to_ask(ask)}")


def whom_to_ask(names: Sequence[str]) -> str:
    """“Ask Mara Lindt.”, or a supervisor where nobody is known by name."""
    return f"Ask {' or '.join(names)}." if names else "Ask a supervisor."


def qualifications_at_start(work_master: WorkMaster, first: Step) -> tuple[str, ...]:
    """What the person who starts a job needs: for the whole work, and for its first step."""
    return tuple(dict.fromkeys((*work_master.qualifications, *([first.qualification] if first.qualification else []))))


def needs_esd(work_master: WorkMaster) -> bool:
    """Whether any step of the work needs ESD protection: then nobody starts it without."""
    return any(step.esd for step in work_master.steps)


def ppe_of(work_master: WorkMaster) -> tuple[str, ...]:
    """The personal protective equipment of all steps, in their order, each once."""
    return tuple(dict.fromkeys(item for step in work_master.steps for item in step.ppe))
