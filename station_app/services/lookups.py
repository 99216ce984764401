"""What the shared database knows about a unit or a component, asked without ever holding up the page.

While the sync worker is out of contact nothing is asked: the answer is "not reached" at once.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from station_app.services.ports import SharedDatabase, SharedDatabaseError, UnitStatus


@dataclass(frozen=True, slots=True)
class UnitKnowledge:
    """What the server said of a unit, newest first; nothing when it was not reached."""

    reached: bool
    statuses: tuple[UnitStatus, ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentKnowledge:
    """What the server said of a component: the unit it is built into, None when it is free; whether a hold on it is open."""

    used_in: str | None = None
    held: bool = False


class UnitLookup:
    """Questions to the shared database, answered on the pool."""

    def __init__(self, database: SharedDatabase, pool: Executor, in_contact: Callable[[], bool]) -> None:
        self._database = database
        self._pool = pool
        self._in_contact = in_contact

    def ask(self, serial: str) -> Future[UnitKnowledge]:
        """Everything the server knows of a unit's jobs."""
        return self._pool.submit(self._ask, serial)

    def component(self, component_serial: str) -> Future[ComponentKnowledge]:
        """Whether a component is built in somewhere or on hold; neither when the server was not reached."""
        return self._pool.submit(self._component, component_serial)

    def _ask(self, serial: str) -> UnitKnowledge:
        if not self._in_contact():
            return UnitKnowledge(False)
        try:
            return UnitKnowledge(True, tuple(self._database.unit_status(serial)))
        except SharedDatabaseError:
            return UnitKnowledge(False)

    def _component(self, component_serial: str) -> ComponentKnowledge:
        if not self._in_contact():
            return ComponentKnowledge()
        try:
            uses = self._database.component_use(component_serial)
            # a component that was made here is a unit of its own
            held = any(status.held for status in self._database.unit_status(component_serial))
        except SharedDatabaseError:
            return ComponentKnowledge()
        return ComponentKnowledge(next((use.used_in for use in uses if not use.detached), None), held)
