"""The steps of a work master as they are authored: ``[[step]]`` tables with their conditions, criteria, media and checks."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.authored import AuthoredTable
from station_app.domain.media import Criterion
from station_app.domain.work_master import Condition, Step
from station_app.storage.instructions.checks import read_check
from station_app.storage.instructions.fields import ID, ID_ALLOWED, note_twice, translated
from station_app.storage.instructions.media import MediaFolder, read_picture
from station_app.storage.instructions.station_names import StationNames, note_strangers
from station_app.storage.instructions.texts import StepTexts

DAY_S = 86400


def read_step(
    table: AuthoredTable, texts: StepTexts, media: MediaFolder, stations: Sequence[StationNames] = ()
) -> Step:
    """The step in a table, with its texts and media; its tags and cameras must be at one of the ``stations`` given."""
    step_id = table.text("id", pattern=ID, allowed=ID_ALLOWED)
    check_tables = table.tables("check")
    checks = [check for check in (read_check(check_table, media) for check_table in check_tables) if check is not None]
    note_twice(check_tables, [str(check_table.values.get("id", "")) for check_table in check_tables], "id")
    note_strangers(table, check_tables, stations)
    pictures = [read_picture(picture_table, media) for picture_table in table.tables("picture")]
    if step_id and "en" not in texts.title_of.get(step_id, {}) and not texts.is_faulty(step_id, "en"):
        number = next((part + 1 for part in table.path if isinstance(part, int)), 1)
        table.fault("id", "has no English text", f"a file steps/{number:02d}-{step_id}.en.md")
    step = Step(
        id=step_id,
        title=texts.title_of.get(step_id, {}),
        text=texts.text_of.get(step_id, {}),
        pictures=tuple(picture for picture in pictures if picture is not None),
        checks=tuple(checks),
        tags=table.texts("tags"),
        takt_s=table.number("takt_s", 0.0, low=0, high=DAY_S),
        advance=table.boolean("advance", True),
        optional=table.boolean("optional", False),
        conditions=tuple(_read_condition(condition) for condition in table.tables("condition")),
        qualification=table.text("qualification", "", longest=60),
        ppe=table.texts("ppe"),
        esd=table.boolean("esd", False),
        criteria=tuple(_read_criterion(criterion, media) for criterion in table.tables("criterion")),
        rework_step=table.text("rework_step", "", pattern=ID, allowed="the id of an earlier step"),
    )
    table.done()
    return step


def _read_condition(table: AuthoredTable) -> Condition:
    """``[[step.condition]]``: variants, or an earlier step's check and the answers that let this step be done."""
    condition = Condition(
        variants=table.texts("variants"),
        step=table.text("step", "", pattern=ID, allowed="the id of an earlier step"),
        check=table.text("check", "", pattern=ID, allowed="the id of a check of that step"),
        answers=table.texts("answers"),
    )
    table.done()
    given = [bool(condition.step), bool(condition.check), bool(condition.answers)]
    if any(given) and not all(given):
        table.fault("", "names an earlier answer incompletely", "step, check and answers together")
    if not condition.variants and not any(given):
        table.fault("", "says nothing", 'variants = ["..."], or step, check and answers')
    return condition


def _read_criterion(table: AuthoredTable, media: MediaFolder) -> Criterion:
    """``[[step.criterion]]``: a text, and the pictures of a good and a bad piece."""
    text, translations = translated(table, "text", longest=200)
    good, bad = (
        read_picture(picture, media) if picture is not None else None
        for picture in (table.table("good"), table.table("bad"))
    )
    table.done()
    return Criterion(text=text, good=good, bad=bad, translations=translations)
