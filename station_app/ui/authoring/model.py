"""What is being edited: an immutable work master, and one stack of commands over it. No Qt.

Every edit replaces the whole value; what did not change is shared, so that hundreds of undo steps cost little. Typing in one
field is one command as long as it goes on (``merge`` names the field, :meth:`EditModel.seal` ends it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from station_app.domain.work_master import WorkMaster
from station_app.services.notices import Notice
from station_app.ui.authoring.places import Place

MOST_COMMANDS = 1000


@dataclass(frozen=True, slots=True)
class Command:
    """One edit: what it is called, where it was done, and the values before and after it."""

    label: str
    place: Place
    before: WorkMaster
    after: WorkMaster
    merge: str = ""


class EditModel:
    """The work master that is edited. ``changed`` is told after every edit, undo and redo; ``place`` is where that was.

    ``read_only`` says why nothing may be changed, empty where it may.
    """

    def __init__(self, work_master: WorkMaster, read_only: str = "") -> None:
        self._work_master = work_master
        self._done: list[Command] = []
        self._undone: list[Command] = []
        self._sealed = True
        self.read_only = read_only
        self.place = Place()
        self.changed = Notice()

    @property
    def work_master(self) -> WorkMaster:
        """The value as it is now."""
        return self._work_master

    @property
    def undo_label(self) -> str:
        """What undo would take back, empty for nothing."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again, empty for nothing."""
        return self._undone[-1].label if self._undone else ""

    def apply(self, label: str, after: WorkMaster, place: Place | None = None, merge: str = "") -> bool:
        """Do an edit; False when it changes nothing or nothing may be changed."""
        before = self._work_master
        if self.read_only or after == before:
            return False
        last = self._done[-1] if self._done else None
        where = place or Place()
        if merge and not self._sealed and last is not None and last.merge == merge:
            self._done[-1] = Command(last.label, where, last.before, after, merge)
        else:
            self._done.append(Command(label, where, before, after, merge))
            del self._done[:-MOST_COMMANDS]
        self._undone.clear()
        self._sealed = False
        self._show(after, where)
        return True

    def seal(self) -> None:
        """The next edit is a command of its own, also in the same field."""
        self._sealed = True

    def seal_unless_typing(self, before: Sequence[object], after: Sequence[object]) -> None:
        """Rows that come, go or move are commands of their own; a text typed into one of them goes on."""
        if len(before) != len(after) or sum(old != new for old, new in zip(before, after, strict=True)) > 1:
            self.seal()

    def undo(self) -> bool:
        """Take the last command back; False when there is none."""
        if not self._done:
            return False
        command = self._done.pop()
        self._undone.append(command)
        self._sealed = True
        self._show(command.before, command.place)
        return True

    def redo(self) -> bool:
        """Do the command again that was taken back last; False when there is none."""
        if not self._undone:
            return False
        command = self._undone.pop()
        self._done.append(command)
        self._sealed = True
        self._show(command.after, command.place)
        return True

    def _show(self, work_master: WorkMaster, place: Place) -> None:
        self._work_master = work_master
        self.place = place
        self.changed.tell()
