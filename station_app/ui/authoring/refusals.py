"""What was typed into forms and could not be taken: kept with its reason, so that nothing typed is lost. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from station_app.services.drafting import RefusedText, Spot
from station_app.services.notices import Notice


class Refusals:
    """The refused texts of one draft by their fields. ``changed`` is told when there is another one, or one less."""

    def __init__(self, kept: Iterable[RefusedText] = ()) -> None:
        self._texts = {text.spot: text for text in kept}
        self.changed = Notice()

    @property
    def kept(self) -> tuple[RefusedText, ...]:
        """All of them, in the order in which they were typed."""
        return tuple(self._texts.values())

    def at(self, spot: Spot, value: str) -> RefusedText | None:
        """The text in a field whose stored value is ``value``; one that was typed over another value is forgotten."""
        found = self._texts.get(spot)
        if found is not None and found.over != value:
            self.forget(spot)
            return None
        return found

    def note(self, spot: Spot, text: str, fault: str, over: str) -> None:
        """Keep a text that cannot be the value of a field."""
        made = RefusedText(spot, text, fault, over)
        if self._texts.get(spot) != made:
            self._texts[spot] = made
            self.changed.tell()

    def forget(self, spot: Spot) -> None:
        """Something that can be taken was typed."""
        if self._texts.pop(spot, None) is not None:
            self.changed.tell()

    def step_renamed(self, old: str, new: str) -> None:
        """A step has another id: what was typed into its forms goes with it."""
        self._moved(lambda spot: replace(spot, step=new) if spot.step == old else spot)

    def item_renamed(self, step: str, part: str, old: str, new: str) -> None:
        """A check or picture has another name: what was typed into its form goes with it."""
        named = (step, part, old)
        self._moved(lambda spot: replace(spot, item=new) if (spot.step, spot.part, spot.item) == named else spot)

    def _moved(self, to: Callable[[Spot], Spot]) -> None:
        self._texts = {to(spot): replace(text, spot=to(spot)) for spot, text in self._texts.items()}
