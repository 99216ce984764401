"""Remarks on a moment of a trend: who said what about which values, as a record."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

from station_app.domain.chain import Row
from station_app.domain.records import Fact, LineTrendComment, TrendComment
from station_app.domain.rules import Refusal
from station_app.services.ledger import Ledger

LONGEST = 500
MOST_TAGS = 50


def comment_trend(
    ledger: Ledger,
    *,
    at_us: int,
    text: str,
    tags: Sequence[str] = (),
    until_us: int | None = None,
    serial: str = "",
    about_station: str = "",
) -> Future[list[Row]]:
    """Record a remark on a moment, or on the span until ``until_us`` (UTC microseconds), in the name of who is signed in.

    ``about_station``: the path of the station whose trends it is about, empty for this one; of another one's units nothing is
    stated. Raises Refusal for nobody, for an empty or much too long text, and for a span that ends before it begins.
    """
    text = text.strip()
    actor = ledger.actor()
    if not text:
        raise Refusal("Write what there is to say, then save.")
    if len(text) > LONGEST:
        raise Refusal(f"The comment has {len(text)} characters; at most {LONGEST} are kept. Make it shorter.")
    if until_us is not None and until_us < at_us:
        raise Refusal("The span of the comment ends before it begins.")
    kept = tuple(tags)[:MOST_TAGS]
    fact: Fact = TrendComment(at_us=at_us, until_us=until_us, tags=kept, text=text, serial=serial)
    if about_station:
        fact = LineTrendComment(about_station=about_station, at_us=at_us, until_us=until_us, tags=kept, text=text)
    return ledger.commit_aside([fact], actor)
