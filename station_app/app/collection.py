"""Garbage is collected in the main thread only, while there is a window.

Python runs its cycle collector in whichever thread happens to allocate. When that is the sync worker or the field loop, it
destroys discarded Qt objects outside the thread that they belong to, and the process dies (seen: segmentation fault in
`Garbage-collecting`, heap corruption). So the automatic collector is off and a timer does its work where Qt lives.

The C library keeps freed memory in each thread's heap, in pieces that no longer fit: over a day a station's resident memory
grew by 3 % though it held no more. On Linux another timer gives those pieces back to the system.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer

INTERVAL_MS = 200
GIVE_BACK_MS = 600_000


def collect_what_is_due() -> None:
    """Collect the oldest generation whose threshold is passed, as the automatic collector would. Main thread."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return


def give_back_memory() -> None:
    """Return freed memory to the system, where the C library can be asked to (glibc); takes some milliseconds."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


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
    giving = QTimer()
    giving.timeout.connect(give_back_memory)
    giving.start(GIVE_BACK_MS)
    try:
        yield
    finally:
        timer.stop()
        giving.stop()
        gc.unfreeze()
        gc.collect()
        if was_automatic:
            gc.enable()
