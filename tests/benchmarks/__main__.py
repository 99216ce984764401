"""``python -m tests.benchmarks``: see :mod:`tests.benchmarks.runner`."""

from __future__ import annotations

import os
import sys

from tests.benchmarks.runner import main

if __name__ == "__main__":
    # windows are painted into memory: no screen is needed, and none disturbs
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(sys.argv[1:], sys.stdout))
