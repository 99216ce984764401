"""A short demo line for tests: its own orders and work masters, with the shipped people, materials and pictures.

Tests of windows, records and networks walk through these; what the shipped samples say may change without them.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from station_app.resources import shipped

# no gauges of the plan's classes: what is measured need not be scanned for here
OWN = ("orders.toml", "tools.toml")
WORK_MASTERS = ("gx40-assembly", "gx40-test-run", "gx40-inspection")


@functools.cache
def short_line() -> Path:
    """A folder that can be published; it lives as long as the tests do and must not be changed."""
    folder = Path(tempfile.mkdtemp(prefix="short-line-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(shipped("instructions") / "demo", folder / "demo", ignore=shutil.ignore_patterns(*OWN))
    here = Path(__file__).parent
    for name in OWN:
        shutil.copyfile(here / name, folder / "demo" / name)
    for name in WORK_MASTERS:
        shutil.copytree(here / name, folder / name)
        shutil.copytree(shipped("instructions") / name / "media", folder / name / "media")
    return folder
