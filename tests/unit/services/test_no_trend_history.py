"""A station without a historian has no past, and asking is no error."""

from __future__ import annotations

from station_app.services.no_trend_history import NoTrendHistory


def test_it_answers_nothing() -> None:
    history = NoTrendHistory()
    assert history.tags() == []
    assert history.read_raw("t", 0, 1, 10).numbers.size == 0
    assert history.envelope("t", 0, 1, 10).mean.size == 0
    history.close()
