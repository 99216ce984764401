"""What stands at a step's head: what to wear, ESD protection, and whether it is optional, conditional or done again."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.job import StepProgress
from station_app.domain.work_master import Step
from widgets.sign_row import Sign

translate = QCoreApplication.translate

ESD_ICON, GENERAL_ICON = "mdi6.lightning-bolt", "mdi6.account-hard-hat"
_ICONS = (
    (("glove", "hand"), "mdi6.hand-back-right"),
    (("glass", "goggle", "eye"), "mdi6.safety-goggles"),
    (("hear", "ear "), "mdi6.headphones"),
    (("shoe", "boot", "foot"), "mdi6.shoe-formal"),
    (("helmet", "hard hat", "hat"), "mdi6.hard-hat"),
    (("mask", "respirator", "breath"), "mdi6.face-mask"),
    (("coat", "overall", "apron", "cloth", "vest"), "mdi6.tshirt-crew"),
)


def ppe_icon(item: str) -> str:
    """The sign of a piece of protective equipment by its words; a general one where none fits."""
    words = f"{item.lower()} "
    return next((icon for names, icon in _ICONS if any(name in words for name in names)), GENERAL_ICON)


def step_signs(progress: StepProgress) -> list[Sign]:
    """The signs of a step, protective equipment first."""
    step = progress.step
    signs = [Sign(item[:1].upper() + item[1:], ppe_icon(item)) for item in step.ppe]
    if step.esd:
        signs.append(Sign(translate("step_signs", "ESD protection"), ESD_ICON))
    if step.optional:
        signs.append(Sign(translate("step_signs", "Optional: More skips it")))
    if progress.attempt > 1:
        signs.append(Sign(translate("step_signs", "Attempt {n}").format(n=progress.attempt)))
    return signs


def row_note(progress: StepProgress) -> str:
    """What the list of steps says beside a step that is out of the ordinary: optional, if needed, skipped, "×2"."""
    if progress.left_out:
        return (
            translate("step_signs", "not needed")
            if progress.left_out == "condition"
            else translate("step_signs", "skipped")
        )
    notes = [f"×{progress.attempt}"] if progress.attempt > 1 else []
    if not progress.settled:
        notes += _kinds(progress.step)
    return " ".join(notes)


def _kinds(step: Step) -> list[str]:
    kinds = [translate("step_signs", "optional")] if step.optional else []
    return [*kinds, translate("step_signs", "if needed")] if step.conditions else kinds
