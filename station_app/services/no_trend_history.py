"""The past of a station that stores no machine data: empty."""

from __future__ import annotations

import numpy as np

from station_app.domain.trend import Envelope, RawSeries, StoredTag, ValueKind, no_samples


class NoTrendHistory:
    """The TrendHistory port where there is no historian."""

    def tags(self) -> list[StoredTag]:
        """No tag has a past."""
        return []

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        """No samples."""
        return no_samples()

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        """No points."""
        floats, ints = np.zeros(0, np.float64), np.zeros(0, np.int64)
        return Envelope(ValueKind.FLOAT, ints, floats, floats, floats, ints, ints, raw=True)

    def close(self) -> None:
        """Nothing to close."""
