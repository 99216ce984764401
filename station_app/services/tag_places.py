"""Where a tag that is added to the running station has to be known, and what at the station needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from drivers.base import Tag
from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import AlarmRule, shown_limits
from station_app.domain.history_rule import HistoryRule
from station_app.services.alarms import Alarms
from station_app.services.tag_view import TagView
from station_app.services.tags import TagTable


@dataclass(frozen=True, slots=True)
class TagUses:
    """What in station.toml names tags that were added: ``needed_by`` a tag's name, as words; ``alarms`` it has there."""

    needed_by: Mapping[str, str] = field(default_factory=dict)
    alarms: Sequence[AlarmRule] = ()

    def alarms_of(self, tag: str) -> list[AlarmRule]:
        """The alarms that station.toml has of a tag."""
        return [rule for rule in self.alarms if rule.source == tag]


@dataclass(frozen=True, slots=True)
class TagPlaces:
    """The table, how a tag is shown, the historian (``keep`` one by a rule), and the alarms."""

    table: TagTable
    views: dict[str, TagView]
    keep: Callable[[str, HistoryRule], None]
    alarms: Alarms
    uses: TagUses = TagUses()

    def enter(self, added: AddedTag) -> bool:
        """Let everybody know a tag, or what has changed of it; whether its device has to read it in another way."""
        tag, rules = as_tag(added), [*self.uses.alarms_of(added.name), *added.alarms]
        device = device_of(added.address)
        changed = self.table.tags.get(added.name) != tag
        if changed:
            self.table.add(tag)
        low, high = shown_limits(rules)
        self.views[added.name] = TagView(added.title or added.name, added.unit, device, low, high)
        self.keep(added.name, added.history)
        self.alarms.follow_tag(added.name, rules, device, self.table.latest(added.name))
        return changed

    def leave(self, added: AddedTag) -> None:
        """Nobody knows the tag any more; what the historian stored stays."""
        self.table.remove(added.name)
        self.views.pop(added.name, None)
        self.alarms.follow_tag(added.name, (), device_of(added.address), None)


def as_tag(added: AddedTag) -> Tag:
    """An added tag as its driver reads it."""
    stale_after_s = max(2.0, 3 * added.interval_s)
    return Tag(added.name, added.address, added.unit, added.interval_s, stale_after_s, added.writable)


def device_of(address: str) -> str:
    """The device that an address names."""
    return address.partition("://")[2].partition("/")[0]
