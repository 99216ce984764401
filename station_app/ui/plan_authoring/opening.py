"""The way from the editor of instructions to the window of inspection plans: one button, and one signing in for both."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.services.authoring import PlanAuthoring
from station_app.services.plan_drafting import PlanForms
from station_app.ui.authoring.desk import EditorDesk
from station_app.ui.authoring.window import EditorWindow
from station_app.ui.look import Look
from station_app.ui.plan_authoring.plan_window import PlanWindow

WINDOW_PX = (1500, 900)


def plan_window_of(
    editor: EditorWindow, look: Look, desk: EditorDesk, forms: PlanForms, authoring: PlanAuthoring
) -> PlanWindow:
    """The window, opened by a button of the editor."""
    plans = PlanWindow(look, desk, forms, authoring)

    def show() -> None:
        if not plans.isVisible():
            free = editor.screen().availableGeometry()
            plans.resize(min(WINDOW_PX[0], free.width()), min(WINDOW_PX[1], free.height()))
            plans.refresh()
        plans.bar.renew()
        plans.show()
        plans.raise_()
        plans.activateWindow()

    editor.bar.offer(look, QCoreApplication.translate("plan_window", "Inspection plans…"), show)
    plans.bar.signed.connect(editor.bar.renew)
    editor.bar.signed.connect(plans.signed_elsewhere)
    return plans
