"""What differs between two versions of an inspection plan: characteristics, their limits, pictures and balloons."""

from __future__ import annotations

from station_app.domain.comparison import Change, Difference, field_changes, moved_ids, picture_changes
from station_app.domain.inspection.plan import Characteristic, InspectionPlan

_OF_THE_VERSION = ("characteristics", "pictures", "version", "released_by", "released_at", "reason")
_LIMITS = ("unit", "lower", "upper")


def compare_plans(old: InspectionPlan, new: InspectionPlan) -> list[Change]:
    """Every difference: those of the whole first, then one characteristic after the other in the new order, removed ones last.

    ``check_id`` of a change is the characteristic's id.
    """
    changes = list(field_changes(old, new, "", "", skip=_OF_THE_VERSION))
    changes += picture_changes(old.pictures, new.pictures, "")
    olds = {each.id: each for each in old.characteristics}
    moved = moved_ids([each.id for each in old.characteristics], [each.id for each in new.characteristics])
    places = {each.id: place for place, each in enumerate(old.characteristics, 1)}
    for place, each in enumerate(new.characteristics, 1):
        before = olds.pop(each.id, None)
        if before is None:
            changes.append(Change(Difference.ADDED, "", each.id, "characteristic", "", _said(each)))
            continue
        if each.id in moved:
            was = f"place {places[each.id]}"
            changes.append(Change(Difference.MOVED, "", each.id, "characteristic", was, f"place {place}"))
        if any(getattr(before, name) != getattr(each, name) for name in _LIMITS):
            # together, as a person reads them: "20.000 to 20.013 mm"
            changes.append(Change(Difference.CHANGED, "", each.id, "limits", before.limits.text(), each.limits.text()))
        changes += field_changes(before, each, "", each.id, skip=_LIMITS)
    changes += [Change(Difference.REMOVED, "", each.id, "characteristic", _said(each), "") for each in olds.values()]
    return changes


def _said(characteristic: Characteristic) -> str:
    return f"{characteristic.balloon}: {characteristic.title}"
