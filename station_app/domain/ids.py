"""Record identities: UUIDv7 (RFC 9562), clamped so that they never run backwards.

An identity names a record and nothing else: order comes from (chan, epoch, seq), times from the header.
"""

from __future__ import annotations

import secrets
import threading
import uuid

_RANDOM_BITS = 74
_RANDOM_LIMIT = 1 << _RANDOM_BITS


class RecordIds:
    """Makes UUIDv7s that increase strictly, whatever the clock does.

    The clock may stand still or be set back a year: the timestamp part is clamped to the highest one used and
    the random part counts on from the last. May be used from several threads.
    """

    def __init__(self) -> None:
        self._millis = 0
        self._random = 0
        self._order = threading.Lock()

    def next(self, wall_us: int) -> str:
        """The next identity at ``wall_us`` microseconds since the epoch, in canonical text form."""
        with self._order:
            millis, chance = self._advance(max(wall_us // 1000, 0))
        high, low = chance >> 62, chance & ((1 << 62) - 1)
        number = (millis << 80) | (7 << 76) | (high << 64) | (2 << 62) | low
        return str(uuid.UUID(int=number))

    def _advance(self, millis: int) -> tuple[int, int]:
        if millis > self._millis:
            self._millis = millis
            self._random = secrets.randbits(_RANDOM_BITS - 1)
        else:
            self._random += 1 + secrets.randbits(32)
            if self._random >= _RANDOM_LIMIT:
                self._millis += 1
                self._random = secrets.randbits(_RANDOM_BITS - 1)
        return self._millis, self._random
