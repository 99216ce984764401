"""Choosing a reason from the station's lists: a defect that holds the unit, an interruption, a step left out or done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from station_app.services.station import StationServices
from station_app.ui.check_view import Question
from station_app.ui.look import Look
from widgets.choice_dialog import Choice, ChoiceDialog

translate = QCoreApplication.translate

DEFECTS, INTERRUPTIONS = "defects", "interruption"


def _serial(services: StationServices) -> str:
    job = services.execution.job
    return job.serial if job is not None else ""


def nonconformance_dialog(services: StationServices, look: Look) -> ChoiceDialog:
    """``chosen(defect, description)``: the unit is to be held and its job ended."""
    defects = services.library.book.reasons.get(DEFECTS) or (
        translate("reason_dialogs", "Out of limits"),
        translate("reason_dialogs", "Damaged"),
        translate("reason_dialogs", "Other"),
    )
    return ChoiceDialog(
        look,
        translate("reason_dialogs", "Nonconformance: what is wrong?"),
        [Choice(defect, defect) for defect in defects],
        translate("reason_dialogs", "Hold the unit"),
        translate("reason_dialogs", "Cancel"),
        translate(
            "reason_dialogs", "{serial} is put on hold and work on it ends here until somebody has decided about it."
        ).format(serial=_serial(services)),
        translate("reason_dialogs", "A few words, if they help"),
    )


def interruption_dialog(services: StationServices, look: Look) -> ChoiceDialog:
    """``chosen(reason, "")``: the unit's job is to be interrupted; the choice itself confirms."""
    reasons = services.library.book.reasons.get(INTERRUPTIONS) or (
        translate("reason_dialogs", "Break"),
        translate("reason_dialogs", "Other unit first"),
        translate("reason_dialogs", "Other"),
    )
    return ChoiceDialog(
        look,
        translate("reason_dialogs", "Interrupt {serial}: why?").format(serial=_serial(services)),
        [Choice(reason, reason) for reason in reasons],
        translate("reason_dialogs", "Interrupt"),
        translate("reason_dialogs", "Cancel"),
        translate("reason_dialogs", "Everything recorded is kept. Scan the unit again to go on at the same step."),
    )


def question_dialog(look: Look, question: Question) -> ChoiceDialog:
    """A choice that a card needs before it acts; the choice itself confirms."""
    dialog = ChoiceDialog(
        look,
        question.title,
        [Choice(text, text) for text in question.choices],
        "",
        translate("reason_dialogs", "Cancel"),
        question.explanation,
    )
    dialog.chosen.connect(lambda text, _words: question.chosen(text))
    return dialog


@dataclass(frozen=True, slots=True)
class ReasonAsked:
    """A reason to ask for: its list in the master data, the question, the confirming button, and what it leads to."""

    list_id: str
    title: str
    confirm: str
    explanation: str


def reason_dialog(
    services: StationServices, look: Look, asked: ReasonAsked, then: Callable[[str], None]
) -> ChoiceDialog:
    """``then`` gets the chosen reason, with the few words that were typed."""
    reasons = services.library.book.reasons.get(asked.list_id) or _usual_reasons(asked.list_id)
    dialog = ChoiceDialog(
        look,
        asked.title,
        [Choice(reason, reason) for reason in reasons],
        asked.confirm,
        translate("reason_dialogs", "Cancel"),
        asked.explanation,
        translate("reason_dialogs", "A few words, if they help"),
    )
    dialog.chosen.connect(lambda reason, words: then(f"{reason}: {words}" if words else reason))
    return dialog


def _usual_reasons(list_id: str) -> tuple[str, ...]:
    """What is offered where the site has no list of its own."""
    other = translate("reason_dialogs", "Other")
    lists = {
        "skip": (
            translate("reason_dialogs", "Not needed for this unit"),
            translate("reason_dialogs", "Done elsewhere"),
            translate("reason_dialogs", "Equipment is down"),
        ),
        "override": (
            translate("reason_dialogs", "Equipment is down"),
            translate("reason_dialogs", "Checked in another way"),
            translate("reason_dialogs", "Deviation is permitted"),
        ),
        "again": (
            translate("reason_dialogs", "Not done right"),
            translate("reason_dialogs", "Part was exchanged"),
            translate("reason_dialogs", "Asked for by quality"),
        ),
        "rework": (
            translate("reason_dialogs", "Out of limits"),
            translate("reason_dialogs", "Part was damaged"),
            translate("reason_dialogs", "Not done right"),
        ),
        "unverified": (
            translate("reason_dialogs", "Seen on the unit"),
            translate("reason_dialogs", "Travel card says so"),
            translate("reason_dialogs", "Checked later"),
        ),
        "release": (
            translate("reason_dialogs", "Looked at, in order"),
            translate("reason_dialogs", "Used as it is, with a concession"),
            translate("reason_dialogs", "Put right"),
        ),
        "resume": (
            translate("reason_dialogs", "The supplier's improvement is confirmed"),
            translate("reason_dialogs", "The process was changed"),
        ),
        "abort": (
            translate("reason_dialogs", "Wrong unit or order"),
            translate("reason_dialogs", "Unit is damaged"),
            translate("reason_dialogs", "Instruction is wrong"),
        ),
    }
    return (*lists.get(list_id, ()), other)
