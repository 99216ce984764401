"""What a check becomes with the values of a variant: it must be as sound as if the values stood in the check itself."""

from __future__ import annotations

from collections.abc import Iterator

from station_app.domain.authored import AuthoredTable
from station_app.domain.checks import Check, MeasureCheck, NumberCheck, ScanCheck, TighteningCheck, TimerCheck
from station_app.domain.outcome import Limits
from station_app.domain.variants import VariantError, resolve
from station_app.domain.work_master import Variant, WorkMaster
from station_app.storage.instructions.fields import LIMITS, LONGEST_TIMER_S, PART, decimals_of, fits


def note_bound_values(root: AuthoredTable, work_master: WorkMaster) -> None:
    """A fault at each check that a variant's value makes impossible, such as more decimals than its gauge shows."""
    for variant in work_master.variants:
        try:
            resolved = resolve(work_master, variant.product)
        except VariantError:
            continue  # what is missing or no number was noted before
        for table, step, written in zip(root.tables("step"), resolved.steps, work_master.steps, strict=True):
            for check_table, check, before in zip(table.tables("check"), step.checks, written.checks, strict=True):
                if before.bindings:
                    _note_check(check_table, check, variant)


def _note_check(table: AuthoredTable, check: Check, variant: Variant) -> None:
    for key, said, allowed in _faults(check):
        table.fault(key, f"variant {variant.id} gives {said}", allowed)


def _faults(check: Check) -> Iterator[tuple[str, str, str]]:
    """Key, what is given, and what is allowed."""
    match check:
        case TimerCheck():
            yield from _timer(check)
        case ScanCheck() if not fits(PART, check.material):
            yield "material", f"“{check.material}”", "a part number"
        case MeasureCheck():
            yield from _limits("limits", check.limits, check.decimals)
        case NumberCheck():
            yield from _limits("limits", check.limits, check.decimals)
        case TighteningCheck():
            yield from _limits("torque", check.torque, check.decimals)
        case _:
            pass


def _timer(check: TimerCheck) -> Iterator[tuple[str, str, str]]:
    if not 1 <= check.duration_s <= LONGEST_TIMER_S:
        yield "duration_s", f"{check.duration_s:g}", f"a number from 1 to {LONGEST_TIMER_S:g}"
    elif check.at_most_s is not None and check.at_most_s < check.duration_s:
        yield "duration_s", f"{check.duration_s:g}", f"at most at_most_s ({check.at_most_s:g})"


def _limits(key: str, limits: Limits | None, decimals: int) -> Iterator[tuple[str, str, str]]:
    if limits is None:
        return
    for name in LIMITS:
        value = getattr(limits, name)
        if value is not None and decimals_of(value) > decimals:
            yield key, f"{name} = {value}", f"decimals = {decimals_of(value)} or more (at most 6)"
    if limits.nominal is not None and limits.excess(limits.nominal):
        yield key, f"nominal = {limits.nominal}", f"a value within the limits ({limits.text()})"
