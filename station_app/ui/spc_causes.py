"""Asking for the cause of a broken rule: chosen from the list of its chart, or said in one's own words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.rules import Refusal
from station_app.domain.spc.signals import Signal
from station_app.ui.page import Page, saying_of
from station_app.ui.spc_words import signal_title
from widgets.choice_dialog import Choice, ChoiceDialog

translate = QCoreApplication.translate


def open_cause_dialog(page: Page, signal: Signal) -> ChoiceDialog | None:
    """Ask over the page's window; the answer is recorded. None where nobody is signed in, or the chart is gone."""
    if page.services.people.person is None:
        page.wants_action.emit("sign_in")
        return None
    control, fact = page.services.quality.control, signal.fact
    try:
        causes = control.causes(fact.chart_id)
    except Refusal as refusal:
        page.says.emit(saying_of(refusal))
        return None
    dialog = ChoiceDialog(
        page.look,
        translate("spc", "Why was the rule broken?"),
        [Choice(cause, cause) for cause in causes or (translate("spc", "Other"),)],
        translate("spc", "Record the cause"),
        translate("spc", "Cancel"),
        signal_title(signal),
        translate("spc", "In your own words, and what was done"),
        columns=3 if len(causes) > 4 else 2,
    )
    dialog.chosen.connect(lambda cause, text: page.attempt(lambda: control.give_cause(fact.signal_id, cause, text)))
    page.lay_over(dialog)
    return dialog
