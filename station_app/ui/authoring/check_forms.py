"""The forms of all kinds of checks as values: which fields each kind has, and what a new one is. No Qt.

A field names its place in the check by a path ("title", "limits.lower"). A field that may differ between variants takes the
name of a parameter in braces: ``{force_max}``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from station_app.domain.checks import (
    Check,
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    Item,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    Option,
    PhotoCheck,
    ScanCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
    ToolCheck,
)
from station_app.domain.outcome import Limits
from station_app.domain.view import MARKERS_OF
from station_app.ui.authoring.form_fields import Field, FieldKind

_ID = r"[a-z0-9][a-z0-9_-]{0,63}"
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}"
_PART = r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}"
_DAY_S = 86400.0
_WEEK_S = 7 * _DAY_S
ROLES: Final = ("operator", "inspector", "supervisor", "process_engineer", "quality_engineer", "administrator")


@dataclass(frozen=True, slots=True)
class CheckForm:
    """A kind of check: its tag, what it is called and does, its fields and an empty one. ``rows`` names a table of it."""

    tag: str
    title: str
    does: str
    fields: tuple[Field, ...]
    blank: Check
    rows: str = ""


def _id(path: str, label: str) -> Field:
    return Field(path, label, pattern=_ID, allowed="small letters, digits, - and _", longest=64, required=True)


def _tag(path: str, label: str, required: bool = False) -> Field:
    return Field(path, label, pattern=_NAME, allowed="the name of a tag", required=required, suggests="tags")


def _limits(path: str, label: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.unit", f"{label}: unit", longest=20),
        Field(f"{path}.lower", f"{label}: lower", FieldKind.DECIMAL, bindable=True),
        Field(f"{path}.upper", f"{label}: upper", FieldKind.DECIMAL, bindable=True),
        Field(f"{path}.nominal", f"{label}: nominal", FieldKind.DECIMAL, bindable=True),
    )


_HEAD = (
    Field("title", "Title", longest=60, required=True, translated=True),
    _id("id", "Name in records"),
    Field("reaction", "When it fails", FieldKind.LONG_TEXT, longest=300, translated=True),
)
_CHARACTERISTIC = _id("characteristic", "Characteristic")
_DECIMALS = Field("decimals", "Decimals", FieldKind.WHOLE, low=0, high=6)
_TOOL_CLASS = Field("tool_class", "Tool class", longest=60, suggests="tool_classes")
_PIECES = Field("quantity", "Quantity", FieldKind.NUMBER, low=0.000001, high=1_000_000)
_NEW: Final[dict[str, Any]] = {"id": "check", "title": "New check"}

FORMS: Final[dict[str, CheckForm]] = {
    form.tag: form
    for form in (
        CheckForm("confirm", "Confirm", "The operator confirms that it is done.", (), ConfirmCheck(**_NEW)),
        CheckForm(
            "scan",
            "Scan a component",
            "A part is scanned; it becomes part of the unit's trace.",
            (
                Field("material", "Part number", pattern=_PART, allowed="a part number", required=True, bindable=True,
                      suggests="materials"),
                Field("tracked", "Tracked by", FieldKind.CHOICE, choices=("lot", "serial")),
                _PIECES,
                Field("needs_expiry", "The lot needs an expiry date", FieldKind.FLAG),
            ),
            ScanCheck(**_NEW, material=""),
        ),
        CheckForm(
            "tool",
            "Scan a tool",
            "A tool or fixture is scanned; one that is past its calibration is refused.",
            (Field("tool_class", "Tool class", longest=60, required=True, suggests="tool_classes"),),
            ToolCheck(**_NEW, tool_class=""),
        ),
        CheckForm(
            "measure",
            "Measure",
            "A value is typed, or comes from a gauge or a tag.",
            (
                _CHARACTERISTIC,
                *_limits("limits", "Limits"),
                _DECIMALS,
                Field("gauge_class", "Gauge class", longest=60, suggests="tool_classes"),
                _tag("tag", "Tag"),
            ),
            MeasureCheck(**_NEW, characteristic="", limits=Limits()),
        ),
        CheckForm(
            "machine_value",
            "Machine value",
            "A machine's value is judged; bad quality is refused.",
            (
                _CHARACTERISTIC,
                _tag("tag", "Tag", required=True),
                *_limits("limits", "Limits"),
                Field("mode", "Mode", FieldKind.CHOICE, choices=("capture", "wait", "window")),
                Field("hold_s", "Holds for", FieldKind.NUMBER, unit="s", low=0, high=_DAY_S),
                Field("statistic", "Statistic", FieldKind.CHOICE, choices=("last", "minimum", "maximum", "mean")),
                _tag("cycle_tag", "Cycle counter"),
            ),
            MachineValueCheck(**_NEW, characteristic="", tag="", limits=Limits()),
        ),
        CheckForm(
            "tightening",
            "Tighten screws",
            "Every screw is judged by torque and angle.",
            (
                _CHARACTERISTIC,
                Field("count", "Screws", FieldKind.WHOLE, low=1, high=99),
                *_limits("torque", "Torque"),
                *_limits("angle", "Angle"),
                _DECIMALS,
                _TOOL_CLASS,
                Field("program", "Program", longest=40, bindable=True),
                _tag("torque_tag", "Torque tag"),
                _tag("angle_tag", "Angle tag"),
                _tag("cycle_tag", "Cycle counter"),
            ),
            TighteningCheck(**_NEW, characteristic="", torque=Limits()),
        ),
        CheckForm(
            "photo",
            "Photo",
            "A picture is taken; a blurred, dark or wrong one is refused.",
            (
                Field("camera", "Camera", pattern=_NAME, allowed="the name of a camera", required=True,
                      suggests="cameras"),
                Field("view", "View", longest=60, suggests="views"),
                Field("min_sharpness", "Sharpness at least", FieldKind.NUMBER, low=0, high=1000),
                Field("min_brightness", "Brightness at least", FieldKind.NUMBER, low=0, high=255),
                Field("max_brightness", "Brightness at most", FieldKind.NUMBER, low=0, high=255),
                Field("max_overexposed", "Share burnt out at most", FieldKind.NUMBER, low=0, high=1),
                Field("code_is_unit", "Must show the unit's code", FieldKind.FLAG),
                Field("code", "Must show a code", FieldKind.CHOICE, choices=("", "any")),
                Field("width_px", "Camera's width", FieldKind.WHOLE, unit="px", low=0, high=60_000),
                Field("height_px", "Camera's height", FieldKind.WHOLE, unit="px", low=0, high=60_000),
                Field("markers.dictionary", "Markers of", FieldKind.CHOICE, choices=tuple(MARKERS_OF)),
                Field("markers.size_mm", "Marker's side", FieldKind.NUMBER, unit="mm", low=0, high=10_000),
                Field("markers.tolerance", "Marker off by at most", FieldKind.NUMBER, unit="of the width", low=0.001,
                      high=1),
            ),
            PhotoCheck(**_NEW, camera=""),
        ),
        CheckForm(
            "choice",
            "Choice",
            "One of the answers is chosen.",
            (),
            ChoiceCheck(**_NEW, options=(Option(id="good", text="Good"), Option(id="bad", text="Bad", passes=False))),
            "options",
        ),
        CheckForm(
            "text",
            "Text",
            "A text is typed or scanned.",
            (
                Field("pattern", "Pattern", longest=200),
                Field("example", "Example", longest=60),
                Field("longest", "Longest", FieldKind.WHOLE, unit="characters", low=1, high=2000),
            ),
            TextCheck(**_NEW),
        ),
        CheckForm(
            "number",
            "Number",
            "A number that is no characteristic of the product.",
            (
                Field("unit", "Unit", longest=20),
                _DECIMALS,
                Field("limits.lower", "Lower limit", FieldKind.DECIMAL, bindable=True),
                Field("limits.upper", "Upper limit", FieldKind.DECIMAL, bindable=True),
            ),
            NumberCheck(**_NEW),
        ),
        CheckForm(
            "timer",
            "Timer",
            "Time must pass: cure, cool-down.",
            (
                Field("duration_s", "Lasts", FieldKind.NUMBER, unit="s", low=1, high=_WEEK_S, required=True,
                      bindable=True),
                Field("starts", "Starts with", FieldKind.CHOICE, choices=("button", "step")),
                Field("at_most_s", "At most", FieldKind.NUMBER, unit="s", low=1, high=_WEEK_S),
            ),
            TimerCheck(**_NEW, duration_s=60.0),
        ),
        CheckForm(
            "checklist",
            "Checklist",
            "Every line is answered.",
            (),
            ChecklistCheck(**_NEW, items=(Item(id="first", text="First line"),)),
            "items",
        ),
        CheckForm(
            "signature",
            "Signature",
            "A person of a role signs.",
            (
                Field("role", "Role", FieldKind.CHOICE, choices=ROLES),
                Field("meaning", "Meaning", longest=80, required=True),
                Field("other_person", "Another person than who did the work", FieldKind.FLAG),
            ),
            SignatureCheck(**_NEW, role="supervisor", meaning="checked"),
        ),
    )
}  # fmt: skip


def form_of(check: Check) -> CheckForm:
    """The form of a check's kind."""
    return FORMS[str(check.__struct_config__.tag)]


def fields_of(check: Check) -> tuple[Field, ...]:
    """Every field of the check's form: what all kinds have, then its own."""
    return (*_HEAD, *form_of(check).fields)


def blank(tag: str) -> Check:
    """A new check of a kind, with a name that fits."""
    form = FORMS[tag]
    named = {"id": tag.replace("_", "-"), "title": form.title}
    if hasattr(form.blank, "characteristic"):
        named["characteristic"] = tag.replace("_", "-")
    return msgspec.structs.replace(form.blank, **named)
