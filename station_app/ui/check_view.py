"""What the cards of all kinds of checks have in common: what they are built with, limits, advice, and the age of a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.job import CheckProgress
from station_app.domain.outcome import Limits
from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.pictures import PictureStore
from station_app.ui.wording import age_text
from widgets.card import Card
from widgets.limit_bar import Limits as DrawnLimits
from widgets.number_entry import NumberEntry
from widgets.shapes import Shape

translate = QCoreApplication.translate


Verb = Callable[[], Future[list[Row]]]


@dataclass(frozen=True, slots=True)
class Question:
    """Something to choose before it is done: ``chosen`` gets the text that was pressed, and nothing when nobody chose."""

    title: str
    choices: Sequence[str]
    chosen: Callable[[str], None]
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """Somebody is to sign: ``signed`` records it with the approval, or refuses.

    ``by_worker``: the person at the station may be the one, so that the PIN alone is enough later in a session.
    """

    title: str
    signed: Callable[[Approval], Future[list[Row]]]
    by_worker: bool = False


@dataclass(frozen=True, slots=True)
class PageDeeds:
    """What a card may ask of its page: to act once, to ask the person for a choice, to fetch a signature.

    Without any it belongs to a step that is only looked at.
    """

    do: Callable[[Verb], None] = lambda _verb: None
    ask: Callable[[Question], None] = lambda _question: None
    approve: Callable[[ApprovalRequest], None] = lambda _request: None


@dataclass(frozen=True, slots=True)
class CardContext:
    """What every check's card is built with. ``changed`` is called when an entry was edited; ``act`` is the big button's deed.

    ``live`` is False for an earlier step, which is only looked at. ``language`` is that of the instruction's texts.
    """

    services: StationServices
    look: Look
    pictures: PictureStore
    serial: str
    live: bool
    changed: Callable[[], None]
    act: Callable[[], None]
    deeds: PageDeeds = PageDeeds()
    language: str = "en"


def drawn_limits(limits: Limits) -> DrawnLimits:
    """The limits as the widgets draw them: "≥" and "≤" where one side is open."""
    both = limits.lower is not None and limits.upper is not None
    return DrawnLimits(
        None if limits.lower is None else float(limits.lower),
        None if limits.upper is None else float(limits.upper),
        "" if limits.lower is None else f"{'' if both else '≥ '}{limits.lower}",
        "" if limits.upper is None else f"{'' if both else '≤ '}{limits.upper}",
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """What the big button does for a check: its text and its deed; None while there is nothing to press yet."""

    text: str
    press: Callable[[], None] | None = None
    shape: Shape | None = None


class CheckView:
    """A check's card. ``update`` follows what is recorded, ``follow`` what is live."""

    card: Card

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """Show what is recorded of the check; ``picture_kept``: a photo of the failure is stored."""

    def hold(self) -> None:
        """Take no keys until the next :meth:`update`: what was entered is being saved."""

    def follow(self, now_s: float) -> None:
        """Show live values; called 10 times a second while the page is visible."""

    def focus(self) -> QWidget | None:
        """What takes the keys while this check is the next one; None: the big button."""
        return None

    def typed(self) -> str:
        """A reading that is typed and not recorded yet."""
        return ""

    def deed(self) -> Deed | None:
        """What the big button does while this check is the next one; None: the page knows by the check's kind."""
        return None

    def take_scan(self, text: str) -> bool:
        """A scan that means nothing to the station, while this check is the next one. Whether it was taken."""
        return False

    def draft(self) -> object:
        """What was entered and is not recorded, to be given back to :meth:`restore` of the same check's next card."""
        return None

    def restore(self, draft: object) -> None:
        """Enter again what the card before this one was given: it was built anew in another language."""

    def entry(self) -> NumberEntry | None:
        """Where the keys of the keypad go."""
        focused = self.focus()
        return focused if isinstance(focused, NumberEntry) else None


def advice(reaction: str, picture_kept: bool) -> str:
    """What to do after a failure."""
    kept = translate("check_view", "A photo is kept.") if picture_kept else ""
    return " ".join(part for part in (reaction, kept) if part)


def last_good_s(services: StationServices, tag: str) -> float | None:
    """When a tag last had a good value, seconds since the epoch; None when it never had."""
    history = services.tags.history(tag)
    if history is None or not history.bad_spans:
        return None
    return history.bad_spans[-1].start if history.bad_spans[-1].end is None else None


def silence_text(now_s: float, last_s: float | None, retry_at: float | None) -> str:
    """How old the last value is and when the device is tried again: "last heard 14 s ago · trying again in 3 s"."""
    parts = []
    if last_s is not None:
        parts.append(translate("check_view", "last heard {age} ago").format(age=age_text(now_s - last_s)))
    if retry_at is not None:
        left = retry_at - now_s
        again = (
            translate("check_view", "trying again in {s} s").format(s=round(left))
            if left >= 0.5
            else translate("check_view", "trying again")
        )
        parts.append(again)
    return " · ".join(parts)
