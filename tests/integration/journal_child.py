"""The child of the kill test: appends to a journal for ever and prints the identity of every saved record.

``python -m tests.integration.journal_child PATH STATION``; several commits are under way at any time, of one to four records
in both channels. A line is printed after the future had its result, and before anything else happens to it.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from concurrent.futures import Future
from pathlib import Path

from station_app.domain.chain import CHANNELS, Draft, Row
from station_app.domain.ids import RecordIds
from station_app.storage.journal import SqliteJournal

UNDER_WAY = 8


def main(path: str, station: str) -> None:
    """Append until killed."""
    ids = RecordIds()
    saving: deque[Future[list[Row]]] = deque()
    with SqliteJournal(Path(path), station) as journal:
        print("open", flush=True)
        number = 0
        while True:
            drafts = []
            for part in range(1 + number % 4):
                now_us = time.time_ns() // 1_000
                chan = CHANNELS[(number + part) % 2]
                body = b'{"text":"%d of %d"}' % (part, number % 4)
                drafts.append(Draft(chan, ids.next(now_us), "comment", 1, "p", now_us, 0, 0, "b", None, body))
            saving.append(journal.append(drafts))
            number += 1
            if len(saving) >= UNDER_WAY:
                rows = saving.popleft().result()
                sys.stdout.write("".join(f"{row.chan} {row.epoch} {row.seq} {row.rec_id}\n" for row in rows))
                sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
