"""What is done with whole steps: added, doubled, moved and deleted, each as one command. No widgets."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.work_master import WorkMaster
from station_app.ui.authoring import edits
from station_app.ui.authoring.panel import EditContext
from station_app.ui.authoring.places import TEXT, Place

translate = QCoreApplication.translate


class StepDeeds:
    """Deeds on the steps of what is edited; nothing happens where it can only be read."""

    def __init__(self, context: EditContext) -> None:
        self._context = context

    def add(self) -> bool:
        """Add a step behind the one that is shown; False where nothing may be changed."""
        context = self._context
        if context.model.read_only:
            return False
        at = len(context.work_master.steps) if context.step is None else context.step + 1
        after = edits.add_step(context.work_master, at, translate("step_deeds", "New step"))
        self._apply(translate("step_deeds", "Add step"), after, at, TEXT)
        return True

    def duplicate(self, index: int | None) -> None:
        """A copy of a step behind it."""
        if self._is_there(index):
            after = edits.duplicate_step(self._context.work_master, index or 0)
            self._apply(translate("step_deeds", "Duplicate step"), after, (index or 0) + 1)

    def delete(self, index: int | None) -> None:
        """Delete a step."""
        if self._is_there(index):
            after = edits.delete_step(self._context.work_master, index or 0)
            self._apply(translate("step_deeds", "Delete step"), after, max(0, (index or 0) - 1))

    def move(self, at: int, to: int) -> None:
        """Put a step to another place."""
        self._apply(translate("step_deeds", "Move step"), edits.move_step(self._context.work_master, at, to), to)

    def move_by(self, by: int) -> None:
        """Move the step that is shown up or down."""
        step = self._context.step
        if step is not None and 0 <= step + by < len(self._context.work_master.steps):
            self.move(step, step + by)

    def _is_there(self, index: int | None) -> bool:
        return index is not None and 0 <= index < len(self._context.work_master.steps)

    def _apply(self, label: str, after: WorkMaster, step: int, part: str = "") -> None:
        context = self._context
        context.model.seal()
        if not context.model.read_only:
            context.step = step
        context.apply(label, after, Place(step, part))
