"""What the window of inspection plans shows of the server, read in one go. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from station_app.domain.document_control import VersionStatus
from station_app.domain.document_states import DocumentState
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.master_book import MasterBook
from station_app.services.authoring import PlanAuthoring
from station_app.services.ports import UnitUse
from station_app.ui.authoring.control_state import ControlState


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """A version in the list. ``status`` is None for one that was published without document control."""

    plan_id: str
    version: str
    state: str
    status: VersionStatus | None = None


@dataclass(frozen=True)
class OpenPlan:
    """A version that is looked at, with the pictures of its plan by SHA-256."""

    plan: InspectionPlan
    media: dict[str, bytes]
    control: ControlState | None = None


def read_plans(authoring: PlanAuthoring) -> list[ListedPlan]:
    """Every version at the server, the newest change first. Raises SharedDatabaseError."""
    authoring.refresh()
    found = [ListedPlan(s.own_id, s.version, s.state, s) for s in authoring.versions()]
    known = {(each.plan_id, each.version) for each in found}
    found += [each for each in _published(authoring.book) if (each.plan_id, each.version) not in known]
    return found


def _published(book: MasterBook) -> Sequence[ListedPlan]:
    return [
        ListedPlan(plan.id, plan.version, DocumentState.RELEASED, None)
        for plan in sorted(book.plan_versions.values(), key=lambda each: (each.id, each.version))
    ]


def read_plan_version(authoring: PlanAuthoring, listed: ListedPlan) -> OpenPlan:
    """Everything about a version. Raises Refusal and SharedDatabaseError."""
    plan = authoring.open_version(listed.plan_id, listed.version)
    media = authoring.media(plan)
    if listed.status is None:
        return OpenPlan(plan, media)
    people = authoring.book.people
    units: Sequence[UnitUse] = authoring.units(listed.plan_id, listed.version, 200)
    control = ControlState(
        status=authoring.status(listed.plan_id, listed.version),
        title=plan.title or plan.id,
        versions=authoring.versions(listed.plan_id),
        history=authoring.history(listed.plan_id, listed.version),
        used=authoring.where_used(listed.plan_id),
        units=units,
        suggestions=(),
        people={person.id: person.name for person in people.values()},
        owners={},
    )
    return OpenPlan(plan, media, control)
