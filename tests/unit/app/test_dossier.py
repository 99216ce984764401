"""The dossier as the application makes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from drivers.vision.codes import read_codes
from station_app.app.dossier import make_dossier, unit_code
from station_app.domain.trace import trace_unit
from station_app.storage.clock import SystemClock
from tests.records import SERIAL, complete_unit


@pytest.mark.parametrize("serial", [SERIAL, "gx40-000124#?", "Ü-12"])
def test_the_code_says_the_serial(serial: str) -> None:
    rows = unit_code(serial)
    assert rows is not None
    picture = np.where(np.array(rows), 0, 255).astype(np.uint8)
    assert [code.text for code in read_codes(np.kron(picture, np.ones((3, 3), dtype=np.uint8)))] == [serial]


def test_a_serial_that_makes_no_code_makes_a_dossier_without(tmp_path: Path) -> None:
    serial = "x" * 5000
    assert unit_code(serial) is None and unit_code("") is None
    trace = trace_unit(SERIAL, complete_unit().rows)
    path = make_dossier(trace, tmp_path / "d.pdf", lambda _sha256: None, SystemClock())
    assert path.read_bytes().startswith(b"%PDF-")
