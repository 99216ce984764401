"""The arithmetic of the line overview: tiles as large as they can be."""

from __future__ import annotations

import pytest

from station_app.ui.tile_grid import LARGEST_SCALE, TILE_HEIGHT_MM, TILE_WIDTH_MM, tile_grid

WALL = (383.0, 268.0, 4.4)
"""What the side column leaves of 470 x 294 mm."""


@pytest.mark.parametrize(
    ("tiles", "columns"), [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 3), (8, 3), (9, 3), (12, 3)]
)
def test_few_places_stay_empty(tiles: int, columns: int) -> None:
    assert tile_grid(tiles, *WALL).columns == columns


@pytest.mark.parametrize("tiles", [1, 2, 3, 4, 6])
def test_few_stations_are_written_larger_and_still_fit(tiles: int) -> None:
    width, height, gap = WALL
    grid = tile_grid(tiles, *WALL)
    rows = -(-tiles // grid.columns)
    assert 1.1 <= grid.scale <= LARGEST_SCALE and not grid.dense
    assert grid.columns * TILE_WIDTH_MM * grid.scale + gap * (grid.columns - 1) <= width
    assert rows * TILE_HEIGHT_MM * grid.scale + gap * (rows - 1) <= height


def test_many_stations_are_dense_and_never_smaller_than_can_be_read() -> None:
    assert tile_grid(30, *WALL).dense and tile_grid(30, *WALL).scale == 1.0
    assert tile_grid(5, 90.0, 268.0, 4.4).columns == 1, "a narrow window has one below the other"
    assert tile_grid(0, 0.0, 0.0, 4.4).columns == 1, "before the window has a size"
