"""What can contradict within one work master: conditions, rework, parameters and variants.

These are looked for once everything could be read, so that a fault is named where it is and not where it shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from station_app.domain.authored import AuthoredTable
from station_app.domain.checks import (
    BaseCheck,
    Check,
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    Item,
    MeasureCheck,
    NumberCheck,
    Option,
    PhotoCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
)
from station_app.domain.fault import did_you_mean
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Condition, Step, WorkMaster
from station_app.storage.instructions.bound_values import note_bound_values
from station_app.storage.instructions.fields import PARAMETER, fits

_PLACEHOLDER = re.compile(rf"\{{({PARAMETER})\}}")
_NO_ANSWER = (ConfirmCheck, ChecklistCheck, PhotoCheck, SignatureCheck, TighteningCheck, TimerCheck)
_NUMBERS = ("limits.", "torque.", "angle.", "duration_s")


def note_contradictions(root: AuthoredTable, work_master: WorkMaster) -> None:
    """A fault for every condition, rework step, parameter and variant that does not fit the rest."""
    earlier: dict[str, Step] = {}
    steps = {step.id: step for step in work_master.steps}
    for table, step in zip(root.tables("step"), work_master.steps, strict=True):
        for condition_table, condition in zip(table.tables("condition"), step.conditions, strict=True):
            _note_condition(condition_table, condition, step, earlier, steps, work_master)
        if step.rework_step and step.rework_step not in earlier:
            _note_not_earlier(table, "rework_step", step.rework_step, step.id, earlier, steps)
        elif step.rework_step:
            _note_rework_elsewhere(table, step, earlier[step.rework_step], work_master)
        for picture_table in _picture_tables(table):
            _note_variants(picture_table, "only_for", work_master)
        earlier[step.id] = step
    _note_values(root, work_master)
    _note_bindings(root, work_master)
    _note_placeholders(root, work_master)
    note_bound_values(root, work_master)


def _note_condition(
    table: AuthoredTable,
    condition: Condition,
    step: Step,
    earlier: dict[str, Step],
    steps: dict[str, Step],
    work_master: WorkMaster,
) -> None:
    _note_variants(table, "variants", work_master)
    if not condition.step:
        return
    asked = earlier.get(condition.step)
    if asked is None:
        _note_not_earlier(table, "step", condition.step, step.id, earlier, steps)
        return
    check = next((check for check in asked.checks if check.id == condition.check), None)
    if check is None:
        names = [check.id for check in asked.checks]
        hint = did_you_mean(condition.check, names)
        table.fault("check", f"step {asked.id} has no such check{hint}", ", ".join(names) or "none is there")
        return
    if isinstance(check, _NO_ANSWER):
        kind = str(check.__struct_config__.tag).replace("_", " ")
        table.fault("check", f"is a {kind} check, which has no answer to compare", "a choice, a text or a number")
        return
    for index, answer in enumerate(condition.answers):
        allowed = _answer_allowed(check, answer)
        if allowed:
            table.item_fault("answers", index, answer, f"is no answer of {check.id}", allowed)


def _answer_allowed(check: Check, answer: str) -> str:
    """What may be answered to a check, where that is not among it; empty where it is."""
    match check:
        case ChoiceCheck() if answer not in (options := [option.id for option in check.options]):
            return ", ".join(options)
        case NumberCheck() | MeasureCheck() if _number(answer) is None:
            return "a number with a point, as text"
        case TextCheck() if check.pattern and not fits(check.pattern, answer):
            return f"what matches {check.pattern}, for example {check.example}"
        case _:
            return ""


def _note_not_earlier(
    table: AuthoredTable, key: str, name: str, own: str, earlier: dict[str, Step], steps: dict[str, Step]
) -> None:
    if name == own:
        message = "is the step itself"
    elif name in steps:
        circle = own in _relied_on(name, steps)
        message = f"makes a circle: step {name} depends on this one" if circle else "comes later"
    else:
        message = "is no step" + did_you_mean(name, list(earlier))
    table.fault(key, message, ", ".join(earlier) or "there is no earlier step")


def _relied_on(name: str, steps: dict[str, Step]) -> set[str]:
    """The steps that a step's conditions ask, also through other steps."""
    found: set[str] = set()
    open_ = [name]
    while open_:
        step = steps.get(open_.pop())
        new = {condition.step for condition in step.conditions if condition.step} - found if step is not None else set()
        found |= new
        open_ += new
    return found


def _note_variants(table: AuthoredTable, key: str, work_master: WorkMaster) -> None:
    known = [variant.id for variant in work_master.variants]
    for index, name in enumerate(table.texts(key)):
        if name not in known:
            hint = did_you_mean(name, known)
            table.item_fault(key, index, name, "is no variant" + hint, ", ".join(known) or "no variant is given")


def _picture_tables(step: AuthoredTable) -> Iterator[AuthoredTable]:
    """Everything that a step shows: its own pictures and those of its criteria."""
    yield from step.tables("picture")
    for criterion in step.tables("criterion"):
        yield from (picture for key in ("good", "bad") if (picture := criterion.table(key)) is not None)


def _made_with(step: Step, work_master: WorkMaster) -> set[str]:
    """The variants that a step is done for."""
    made = {variant.id for variant in work_master.variants}
    for condition in step.conditions:
        made &= set(condition.variants) or made
    return made


def _note_rework_elsewhere(table: AuthoredTable, step: Step, target: Step, work_master: WorkMaster) -> None:
    """A failure may not lead a unit into a step that is for other variants only."""
    astray = sorted(_made_with(step, work_master) - _made_with(target, work_master))
    if astray:
        table.fault(
            "rework_step", f"is not done for {', '.join(astray)}", "a step that every variant has that has this one"
        )


def _note_values(root: AuthoredTable, work_master: WorkMaster) -> None:
    """Every variant gives every parameter, and nothing else."""
    names = [parameter.name for parameter in work_master.parameters]
    if names and not work_master.variants:
        root.fault("parameter", "there is no variant that gives it a value", "[[variant]] tables")
    for table, variant in zip(root.tables("variant"), work_master.variants, strict=True):
        for name in names:
            if name not in variant.values:
                table.fault("values", f"the parameter {name} has no value", f"{name} = ...")
        for name in variant.values:
            if name not in names:
                hint = did_you_mean(name, names)
                table.fault("values", f"{name} is no parameter{hint}", ", ".join(names) or "[[parameter]] tables")
    if work_master.variants and work_master.product not in [variant.product for variant in work_master.variants]:
        products = ", ".join(variant.product for variant in work_master.variants)
        root.fault("product", "is the product of no variant", products)


def _note_bindings(root: AuthoredTable, work_master: WorkMaster) -> None:
    names = [parameter.name for parameter in work_master.parameters]
    for table, step in zip(root.tables("step"), work_master.steps, strict=True):
        for check_table, check in zip(table.tables("check"), step.checks, strict=True):
            for path, name in check.bindings.items():
                if name not in names:
                    hint = did_you_mean(name, names)
                    allowed = ", ".join(names) or "[[parameter]] tables"
                    check_table.fault(path.split(".")[0], f"{name} is no parameter{hint}", allowed)
                elif path.startswith(_NUMBERS):
                    _note_numbers(root, work_master, name)
            _note_swapped(check_table, check, work_master)


def _note_numbers(root: AuthoredTable, work_master: WorkMaster, name: str) -> None:
    for table, variant in zip(root.tables("variant"), work_master.variants, strict=True):
        if name in variant.values and _number(variant.values[name]) is None:
            value = variant.values[name]
            comma = ", with a point and without quotes" if re.fullmatch(r"\s*-?\d+,\d+\s*", value) else ""
            allowed = value.strip().replace(",", ".") + comma if comma else "a number, for example 11.0"
            table.fault("values", f"{name} = “{value}” is used as a number and is none", allowed)


def _note_swapped(table: AuthoredTable, check: BaseCheck, work_master: WorkMaster) -> None:
    """Limits that a variant swaps."""
    for key in {path.split(".")[0] for path in check.bindings if "." in path}:
        written: Limits | None = getattr(check, key)
        for variant in work_master.variants:
            lower, upper = (
                _number(variant.values.get(check.bindings.get(f"{key}.{side}", ""), ""))
                if f"{key}.{side}" in check.bindings
                else getattr(written, side)
                for side in ("lower", "upper")
            )
            if lower is not None and upper is not None and lower > upper:
                table.fault(key, f"variant {variant.id} gives {lower} to {upper}", "lower <= upper; are they swapped?")


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _note_placeholders(root: AuthoredTable, work_master: WorkMaster) -> None:
    """Names in braces in the texts of steps; without parameters braces are only braces."""
    names = [parameter.name for parameter in work_master.parameters]
    if not names:
        return
    _note_named(root, "title", "names", [work_master.title], names)
    for table, step in zip(root.tables("step"), work_master.steps, strict=True):
        _note_named(table, "id", "its text names", [*step.title.values(), *step.text.values(), *_lines(step)], names)
        for check_table, check in zip(table.tables("check"), step.checks, strict=True):
            _note_named(check_table, "", "names", _texts_of(check), names)


def _note_named(table: AuthoredTable, key: str, what: str, texts: Sequence[str], names: Sequence[str]) -> None:
    for name in dict.fromkeys(match for text in texts for match in _PLACEHOLDER.findall(text)):
        if name not in names:
            hint = did_you_mean(name, names)
            table.fault(key, f"{what} {{{name}}}, which is no parameter{hint}", ", ".join(names))


def _lines(step: Step) -> Iterator[str]:
    """The texts on a step's pictures and of its criteria, in every language."""
    shown = [*step.pictures, *(p for each in step.criteria for p in (each.good, each.bad) if p is not None)]
    for line in (*(mark for picture in shown for mark in picture.marks), *step.criteria):
        yield from (line.text, *line.translations.values())


def _texts_of(check: Check) -> list[str]:
    """What a check says to the operator, in every language."""
    texts = [check.title, check.reaction]
    texts += [text for translated in check.translations.values() for text in translated.values()]
    lines: Sequence[Option | Item] = ()
    if isinstance(check, ChoiceCheck):
        lines = check.options
    elif isinstance(check, ChecklistCheck):
        lines = check.items
    return texts + [text for line in lines for text in (line.text, *line.translations.values())]
