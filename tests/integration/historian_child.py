"""The child of the historian's kill test: stores a counter 1,000 times a second for ever and prints how far it has come.

``python -m tests.integration.historian_child PATH STATION``. Each value is the number of the sample, and its time the moment
when it was handed over; the line says which number was handed over at which time.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from drivers.base import Quality, Sample
from drivers.field import BoundedQueue
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.storage.clock import SystemClock
from station_app.storage.historian import HistoryLimits, SqliteHistorian, SqliteTrendHistory

BATCH = 50


def main(path: Path, station: str) -> None:
    """Store until killed, from where the file stands."""
    before = SqliteTrendHistory(path, station).read_raw("counter", 0, 1 << 62, 1 << 30).value
    number = int(before[-1]) + 1 if before.size else 0
    historian = SqliteHistorian(
        path, station, rules={"counter": HistoryRule(Keep.ALL)}, limits=HistoryLimits(min_free_bytes=0),
        clock=SystemClock(), intake=BoundedQueue(100_000), deliver=True,
    )  # fmt: skip
    historian.start()
    while True:
        now = time.time()
        historian.write(
            [Sample("counter", float(number + n), Quality.GOOD, "Good", now + n / 1000, now) for n in range(BATCH)]
        )
        number += BATCH
        print(f"{number - 1} {now}", flush=True)
        time.sleep(BATCH / 1000)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
