"""How a record kind becomes a table."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData

from station_app.domain.records import Fact
from station_app.storage.shared.reporting import migration_sql, project_function, reporting_table


class Weighed(Fact, frozen=True, kw_only=True):
    """A kind with a field of every type."""

    kind = "weighed"
    version = 3
    serial: str
    grams: float
    nominal: str = "it's"
    tare: float | None = None
    pieces: int = 1
    stable: bool = True
    marks: tuple[str, ...] = ()


class Odd(Fact, frozen=True, kw_only=True):
    """A kind with a field that no column can hold."""

    kind = "odd"
    parts: dict[str, int]


def test_fields_become_typed_columns() -> None:
    table = reporting_table(Weighed, MetaData())
    found = {
        column.name: (str(column.type).removesuffix(' COLLATE "C"'), column.nullable)
        for column in list(table.columns)[8:]
    }
    assert found == {
        "serial": ("TEXT", False),
        "grams": ("DOUBLE", False),
        "nominal": ("TEXT", False),
        "nominal_number": ("NUMERIC", True),
        "tare": ("DOUBLE", True),
        "pieces": ("BIGINT", False),
        "stable": ("BOOLEAN", False),
        "marks": ("ARRAY", False),
    }
    assert [index.name for index in table.indexes] == ["weighed_serial"]


def test_the_function_reads_one_version_and_fills_in_defaults() -> None:
    sql = project_function(Weighed)
    assert "l.kind = 'weighed' AND l.ver = 3" in sql
    assert "coalesce(b.\"nominal\", 'it''s')" in sql
    assert 'coalesce(b."stable", true)' in sql
    assert "coalesce(b.\"marks\", '{}')" in sql
    assert 'mes.number_of(b."nominal")' in sql
    assert 'b."tare"' in sql
    assert 'coalesce(b."tare"' not in sql
    assert 'coalesce(b."grams"' not in sql


def test_a_field_without_a_column_type_is_named() -> None:
    with pytest.raises(TypeError, match="column type"):
        migration_sql([Odd])
