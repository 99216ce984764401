"""Garbage is collected in the main thread only, while there is a window.

Python runs its cycle collector in whichever thread happens to allocate. When that is the sync worker or the field loop, it
destroys discarded Qt objects outside the thread that they belong to, and the process dies (seen: segmentation fault in
`Garbage-collecting`, heap corruption). So the automatic collector is off and a timer does its work where Qt lives.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

INTERVAL_MS = 200


def collect_what_is_due() -> None:
    """Collect the oldest generation whose threshold is passed, as the automatic collector would. Main thread."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return


@contextmanager
def collecting_in_main_thread() -> Iterator[None]:
    """Keep the collector to this thread, which must run Qt's event loop inside.

    What was made until now is set aside for good, so that a collection does not walk over every imported module.
    """
    was_automatic = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    timer = QTimer()
    timer.timeout.connect(collect_what_is_due)
    timer.start(INTERVAL_MS)
    try:
        yield
    finally:
        timer.stop()
        gc.unfreeze()
        gc.collect()
        if was_automatic:
            gc.enable()
