"""Where a trend's past comes from: this station's files, or another station by way of the shared database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Protocol

from station_app.domain.recent_work import RecentWork
from station_app.domain.trend import Envelope
from station_app.services.line_trends import StationPast
from station_app.services.posting import Post
from station_app.services.station import StationServices
from station_app.services.tags import MOST_TEXTS
from station_app.services.work_past import WorkPast
from station_app.ui.trend_tags import state_names, tag_of

OTHER = "…"
TextCodes = Callable[[str, Sequence[str]], list[int] | None]


class Envelopes(Protocol):
    """What draws a tag's past. Blocking; raises HistorianError."""

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope: ...


@dataclass(frozen=True)
class TrendOrigin:
    """What a trend asks. ``text_codes(tag, texts)`` numbers the texts of a tag (None: it is no tag any more) and
    ``names(pen's key)`` says what the numbers of its states stand for. ``recent`` is what is known without asking.
    """

    history: Envelopes
    work_past: WorkPast
    pool: Executor
    post: Post
    now_s: Callable[[], float]
    text_codes: TextCodes
    names: Callable[[str], Mapping[int, str]]
    recent: Callable[[], RecentWork] = field(default=RecentWork)


def own_origin(services: StationServices) -> TrendOrigin:
    """This station's past."""

    def text_codes(tag: str, texts: Sequence[str]) -> list[int] | None:
        tags = services.tags
        return [tags.text_code(tag, text) for text in texts] if tag in tags.tags else None

    return TrendOrigin(
        services.history,
        services.work_past,
        services.pool,
        services.post,
        lambda: services.ledger.clock.wall_us() / 1e6,
        text_codes,
        lambda key: state_names(services, tag_of(key)),
        lambda: services.ledger.fold.recent,
    )


class StateTexts:
    """Numbers for the texts of tags that are no tags of this station; beyond MOST_TEXTS of a tag they are all the same."""

    def __init__(self) -> None:
        self._codes: dict[str, dict[str, int]] = {}

    def codes(self, tag: str, texts: Sequence[str]) -> list[int]:
        """A number for each text, the same for the same text."""
        known = self._codes.setdefault(tag, {})
        return [
            known.setdefault(text if text in known or len(known) < MOST_TEXTS else OTHER, len(known)) for text in texts
        ]

    def names(self, tag: str, off: str, on: str) -> Mapping[int, str]:
        """The texts by their numbers; of a tag without texts those of no and yes."""
        known = self._codes.get(tag)
        return {number: text for text, number in known.items()} if known else {0: off, 1: on}


def line_origin(
    past: StationPast, pool: Executor, post: Post, now_s: Callable[[], float], off: str, on: str
) -> TrendOrigin:
    """Another station's past; ``off`` and ``on`` are the words for no and yes."""
    texts = StateTexts()
    return TrendOrigin(
        past, past.work_past, pool, post, now_s, texts.codes, lambda key: texts.names(tag_of(key), off, on)
    )
