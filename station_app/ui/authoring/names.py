"""Names to offer while typing: what the stations and the master data have, and what other instructions use already. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from station_app.domain.checks import (
    Check,
    ChoiceCheck,
    MachineValueCheck,
    MeasureCheck,
    PhotoCheck,
    ScanCheck,
    TighteningCheck,
    ToolCheck,
)
from station_app.domain.master_book import MasterBook
from station_app.domain.view import ViewSettings
from station_app.domain.work_master import WorkMaster


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names by what they name. ``views`` are the names of cameras' views; ``reasons`` are lists of reasons."""

    tags: frozenset[str] = frozenset()
    cameras: frozenset[str] = frozenset()
    views: frozenset[str] = frozenset()
    materials: frozenset[str] = frozenset()
    tool_classes: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    qualifications: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()

    def of(self, what: str) -> list[str]:
        """The names of a kind in the order of the alphabet; none of a kind that is not known here."""
        found: frozenset[str] = getattr(self, what, frozenset())
        return sorted(found, key=str.casefold)


class NameBook:
    """Everything that is known, by where it comes from: each source replaces only what it told before."""

    def __init__(
        self, station: KnownNames = KnownNames(), views: Mapping[str, Mapping[str, ViewSettings]] | None = None
    ) -> None:
        self._sources = {"station": station}
        self._known: KnownNames | None = None
        self.views_of = views or {}
        """How each camera is set for its views, as far as the stations' settings are known."""

    def learn(self, source: str, names: KnownNames) -> None:
        """What a source says now."""
        self._sources[source] = names
        self._known = None

    @property
    def known(self) -> KnownNames:
        """All of it together."""
        if self._known is None:
            self._known = together(self._sources.values())
        return self._known


def together(parts: Iterable[KnownNames]) -> KnownNames:
    """All names of all parts."""
    all_parts = list(parts)
    return KnownNames(
        **{
            each.name: frozenset().union(*(getattr(part, each.name) for part in all_parts))
            for each in fields(KnownNames)
        }
    )


def names_in(work_master: WorkMaster) -> KnownNames:
    """What an instruction uses."""
    checks = [check for step in work_master.steps for check in step.checks]
    own = KnownNames(
        tags=_set(tag for step in work_master.steps for tag in step.tags),
        qualifications=_set([*work_master.qualifications, *(step.qualification for step in work_master.steps)]),
        products=_set(work_master.products()),
        operations=_set([work_master.operation]),
    )
    return together([own, *map(_names_of, checks)])


def names_of_book(book: MasterBook) -> KnownNames:
    """What the master data has."""
    qualified = [name for person in book.people.values() for name in person.qualifications]
    operations = [operation.id for order in book.orders.values() for operation in order.operations]
    return KnownNames(
        materials=_set(book.materials),
        tool_classes=_set(tool.tool_class for tool in book.tools.values()),
        reasons=_set(book.reasons),
        qualifications=_set(qualified),
        products=_set(order.product for order in book.orders.values()),
        operations=_set(operations),
    )


def _names_of(check: Check) -> KnownNames:
    match check:
        case ScanCheck():
            return KnownNames(materials=_set([check.material]))
        case ToolCheck():
            return KnownNames(tool_classes=_set([check.tool_class]))
        case MeasureCheck():
            return KnownNames(tags=_set([check.tag]), tool_classes=_set([check.gauge_class]))
        case MachineValueCheck():
            return KnownNames(tags=_set([check.tag, check.cycle_tag]))
        case TighteningCheck():
            tags = [check.torque_tag, check.angle_tag, check.cycle_tag]
            return KnownNames(tags=_set(tags), tool_classes=_set([check.tool_class]))
        case PhotoCheck():
            return KnownNames(cameras=_set([check.camera]), views=_set([check.view]))
        case ChoiceCheck():
            return KnownNames(reasons=_set(option.reasons for option in check.options))
        case _:
            return KnownNames()


def _set(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if name)
