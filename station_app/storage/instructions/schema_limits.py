"""What the values of work_master.toml may be, for its JSON Schema: words to choose from, how names are written, ranges.

The reader decides (``checks.py``, ``steps.py``, ``media.py``, ``photo_checks.py``, ``folder.py``); a test breaks every key and
holds both together.
"""

from __future__ import annotations

from typing import Any, Final

from station_app.domain.checks import (
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    PhotoCheck,
    ScanCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
    ToolCheck,
)
from station_app.domain.view import ANY_CODE, MARKERS_OF, NO_CODE
from station_app.storage.instructions.checks import ROLES
from station_app.storage.instructions.fields import ID, LONGEST_TIMER_S, NAME, PARAMETER, PART, VERSION
from station_app.storage.instructions.photo_checks import WIDEST_PX
from station_app.storage.instructions.steps import DAY_S

Keywords = dict[str, Any]

SAID: Final[Keywords] = {"pattern": r"\S"}
BY_VARIANT: Final[Keywords] = {"type": "string", "pattern": rf"^\{{{PARAMETER}\}}$"}
_CHECKS = (
    ChecklistCheck, ChoiceCheck, ConfirmCheck, MachineValueCheck, MeasureCheck, NumberCheck, PhotoCheck, ScanCheck,
    SignatureCheck, TextCheck, TighteningCheck, TimerCheck, ToolCheck,
)  # fmt: skip


def _between(low: float, high: float) -> Keywords:
    return {"minimum": low, "maximum": high}


def _written(pattern: str) -> Keywords:
    return {"pattern": f"^{pattern}$"}


def _or_none(pattern: str) -> Keywords:
    """For a key that may also be an empty text."""
    return {"pattern": f"^({pattern})?$"}


def _short(characters: int) -> Keywords:
    return {"maxLength": characters}


def _said(characters: int) -> Keywords:
    return {**SAID, "maxLength": characters}


_NAMES: Keywords = {"items": {"type": "string", **SAID}}
_FRACTION = _between(0, 1)
_SIZE = _between(0.001, 1)
_DECIMALS = _between(0, 6)
_OF_EVERY_CHECK: dict[str, Keywords] = {"id": _written(ID), "title": _said(60), "reaction": _short(300)}
_OWN: dict[str, dict[str, Keywords]] = {
    "WorkMaster": {
        "id": _written(ID), "version": _written(VERSION), "title": _said(80), "product": _written(PART),
        "operation": _written(ID), "owner": _short(64), "step": {"minItems": 1},
        "qualifications": _NAMES,
    },
    "Parameter": {"name": _written(PARAMETER), "title": _short(60), "unit": _short(20)},
    "Variant": {"id": _written(ID), "product": _written(PART), "title": _short(80)},
    "Step": {
        "id": _written(ID), "takt_s": _between(0, DAY_S), "qualification": _short(60), "rework_step": _or_none(ID),
        "tags": _NAMES, "ppe": _NAMES,
    },
    "Condition": {"step": _or_none(ID), "check": _or_none(ID), "variants": _NAMES, "answers": _NAMES},
    "Criterion": {"text": _said(200)},
    "Picture": {"file": _said(200), "page": _between(1, 100_000), "only_for": _NAMES},
    "Callout": {
        "label": _said(3), "x": _FRACTION, "y": _FRACTION, "label_x": _FRACTION, "label_y": _FRACTION, "text": _short(60),
    },
    "Region": {"x": _FRACTION, "y": _FRACTION, "width": _SIZE, "height": _SIZE, "text": _short(60)},
    "Limits": {"unit": _short(20)},
    "ScanCheck": {
        "material": _written(PART), "tracked": {"enum": ["serial", "lot"]}, "quantity": _between(0.000001, 1_000_000),
    },
    "ToolCheck": {"tool_class": _said(60)},
    "MeasureCheck": {
        "characteristic": _written(ID), "decimals": _DECIMALS, "gauge_class": _short(60), "tag": _or_none(NAME),
    },
    "MachineValueCheck": {
        "characteristic": _written(ID), "tag": _written(NAME), "cycle_tag": _or_none(NAME),
        "mode": {"enum": ["capture", "wait", "window"]}, "hold_s": _between(0, DAY_S),
        "statistic": {"enum": ["minimum", "maximum", "mean", "last"]},
    },
    "TighteningCheck": {
        "characteristic": _written(ID), "count": _between(1, 99), "decimals": _DECIMALS, "tool_class": _short(60),
        "torque_tag": _or_none(NAME), "angle_tag": _or_none(NAME), "cycle_tag": _or_none(NAME), "program": _short(40),
    },
    "ChoiceCheck": {"option": {"minItems": 2}},
    "Option": {"id": _written(ID), "text": _said(60), "reasons": _or_none(ID)},
    "TextCheck": {"pattern": _short(200), "example": _short(60), "longest": _between(1, 2000)},
    "NumberCheck": {"unit": _short(20), "decimals": _DECIMALS},
    "TimerCheck": {
        "duration_s": _between(1, LONGEST_TIMER_S), "at_most_s": _between(1, LONGEST_TIMER_S),
        "starts": {"enum": ["step", "button"]},
    },
    "ChecklistCheck": {"item": {"minItems": 1}},
    "Item": {"id": _written(ID), "text": _said(100)},
    "SignatureCheck": {"role": {"enum": list(ROLES)}, "meaning": _said(80)},
    "PhotoCheck": {
        "camera": _written(NAME), "view": _short(60), "code": {"enum": [NO_CODE, ANY_CODE]},
        "min_sharpness": _between(0, 1000), "min_brightness": _between(0, 255), "max_brightness": _between(0, 255),
        "max_overexposed": _FRACTION, "width_px": _between(0, WIDEST_PX), "height_px": _between(0, WIDEST_PX),
    },
    "PartRegion": {
        "name": _said(60), "x": _FRACTION, "y": _FRACTION, "width": _between(0.01, 1), "height": _between(0.01, 1),
        "min_score": _between(0.01, 1),
    },
    "MarkerRule": {
        "dictionary": {"enum": list(MARKERS_OF)}, "size_mm": _between(0, 10_000), "tolerance": _between(0.001, 1),
        "places": {"minItems": 1},
    },
    "MarkerPlace": {"id": _between(0, 999), "x": _FRACTION, "y": _FRACTION},
}  # fmt: skip


def limits_of(name: str) -> dict[str, Keywords]:
    """The keywords for the keys of a part of the schema, by the name of its struct."""
    common = _OF_EVERY_CHECK if name in [kind.__name__ for kind in _CHECKS] else {}
    return {**common, **_OWN.get(name, {})}


def narrow(value: Keywords, keywords: Keywords) -> None:
    """Add keywords to a property: to each of its forms that they concern, of translated texts to every language."""
    for form in value.get("anyOf", [value]):
        if form.get("type") == "object":
            form["additionalProperties"] = {**form["additionalProperties"], **keywords}
        elif form != BY_VARIANT:
            form.update(keywords)
