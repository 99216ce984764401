"""Where the limits of a characteristic stand in its row."""

from __future__ import annotations

import pytest

from widgets.characteristic_list import requirement_begin


@pytest.mark.parametrize(
    ("needed", "begin"),
    [
        (50.0, 150.0),  # it fits: in the column of all rows
        (100.0, 150.0),  # just so
        (130.0, 120.0),  # longer: it begins before the column, so that no limit is cut off
        (240.0, 80.0),  # never over the row's own name
    ],
)
def test_limits_begin_in_their_column_and_before_it_where_they_would_be_cut(needed: float, begin: float) -> None:
    assert requirement_begin(column=150.0, own=80.0, end=250.0, needed=needed) == begin
