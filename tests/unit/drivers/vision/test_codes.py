"""Codes are written and read back."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.vision.codes import read_codes, write_datamatrix


@pytest.mark.parametrize("text", ["GX40-000127", "A", "0123456789" * 5, "Lot 7/ä"])
def test_a_datamatrix_comes_back(text: str) -> None:
    (code,) = read_codes(write_datamatrix(text, 200))
    assert (code.text, code.format) == (text, "DataMatrix")
    assert all(0 <= x < 200 and 0 <= y < 200 for x, y in code.position)


def test_it_is_found_in_a_colour_picture_turned_by_90_degrees() -> None:
    picture = np.full((400, 600, 3), 180, dtype=np.uint8)
    picture[100:260, 300:460] = write_datamatrix("GX40-000127", 160)[:, :, None]
    (code,) = read_codes(np.rot90(picture))
    assert code.text == "GX40-000127"
    xs, ys = zip(*code.position, strict=True)
    assert max(xs) - min(xs) < 170
    assert max(ys) - min(ys) < 170


def test_no_code_no_result() -> None:
    assert read_codes(np.zeros((100, 100), dtype=np.uint8)) == []


@pytest.mark.parametrize(("text", "size_px"), [("", 100), ("x" * 1501, 2000), ("GX40-000127", 10)])
def test_what_cannot_be_written(text: str, size_px: int) -> None:
    with pytest.raises(ValueError, match=r"allowed|needs at least"):
        write_datamatrix(text, size_px)
