"""What the shared database knows of a unit or a component: what a station's and a reader's client have in common."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from sqlalchemy import Connection, text

from station_app.domain.chain import Row
from station_app.domain.log import LoggedRow
from station_app.services.ports import ComponentUse, UnitStatus
from station_app.storage.shared.line_past import ROW_COLUMNS

LOGGED_COLUMNS = f"station, (extract(epoch FROM received_at) * 1000000)::bigint AS received_us, {ROW_COLUMNS}"
_UNIT_STATUS = text("SELECT * FROM mes.unit_status(:serial)")
_COMPONENT_USE = text("SELECT * FROM mes.component_use(:serial)")


def logged_row_of(values: Sequence[Any]) -> LoggedRow:
    """The row in the values of LOGGED_COLUMNS."""
    station, received_us, *row = values
    return LoggedRow(station, Row(*row), received_us)


class UnitQueries:
    """Questions about one serial number over a client's transactions.

    ``trace_function`` is the function that its login may execute for a unit's records.
    """

    trace_function: ClassVar[str]

    def _transaction(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def trace(self, serial: str) -> list[LoggedRow]:
        """Every record that concerns a unit; the order across stations is the reader's (domain.log)."""
        sql = text(f"SELECT {LOGGED_COLUMNS} FROM {self.trace_function}(:serial)")
        with self._transaction() as connection:
            return [logged_row_of(values) for values in connection.execute(sql, {"serial": serial})]

    def unit_status(self, serial: str) -> list[UnitStatus]:
        """The last state of each job on a unit, newest first."""
        with self._transaction() as connection:
            return [UnitStatus(*values) for values in connection.execute(_UNIT_STATUS, {"serial": serial})]

    def component_use(self, component_serial: str) -> list[ComponentUse]:
        """Where a component was built in, oldest first."""
        with self._transaction() as connection:
            return [
                ComponentUse(*values) for values in connection.execute(_COMPONENT_USE, {"serial": component_serial})
            ]
