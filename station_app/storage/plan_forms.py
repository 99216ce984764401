"""Inspection plans as tables of texts: read by the same rules as their files, with every fault at its cell."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from station_app.domain.authored import Document
from station_app.domain.fault import Fault
from station_app.domain.inspection.plan import (
    MOST_REMEASUREMENTS,
    Characteristic,
    CharacteristicType,
    InspectionPlan,
    Place,
    Sampling,
    SamplingRule,
)
from station_app.domain.media import Picture
from station_app.domain.rules import Refusal
from station_app.services.plan_drafting import COLUMNS, HEAD, FormFault, PlanForm, Row
from station_app.storage import plan_files
from station_app.storage.document_archive import DocumentError
from station_app.storage.inspection_plans import read_plan
from station_app.storage.instructions.media import MediaFolder
from station_app.storage.instructions.media_files import media_fault, media_type_of
from station_app.storage.toml_writing import plain_fields

_CELL = re.compile(r"characteristic\[(\d+)\](?:\.(\w+)(?:\.(\w+))?)?")
_NUMBERS = ("balloon", "decimals", "readings", "most_remeasurements")
_LIMITS = ("unit", "nominal", "lower", "upper")
_PLACE = re.compile(r"(\S.*\S|\S)\s+(\d(?:\.\d+)?)\s+(\d(?:\.\d+)?)")


class PlanFormReader:
    """The PlanForms port."""

    def form_of(self, plan: InspectionPlan) -> PlanForm:
        """The table of a plan."""
        head = {name: str(getattr(plan, name)) for name in HEAD}
        return PlanForm(head, tuple(_row(each) for each in plan.characteristics), plan)

    def read(self, form: PlanForm) -> tuple[InspectionPlan | None, Sequence[FormFault]]:
        """The plan that a table says, or everything that is wrong with it."""
        charts = {each.id: each for each in form.base.characteristics}
        faults: list[FormFault] = []
        places = [_place(row, number, form.base.pictures, faults) for number, row in enumerate(form.rows)]
        values: dict[str, Any] = {name: text for name, text in form.head.items() if text.strip()}
        values["characteristic"] = [_values(row, charts.get(row.get("id", ""))) for row in form.rows]
        if form.base.balloons:
            values["balloons"] = dict(form.base.balloons)
        document = Document("", dict, values, [])
        plan = read_plan(document.table, MediaFolder(Path()))
        faults += [_at(fault) for fault in document.faults]
        if faults:
            return None, sorted(
                set(faults),
                key=lambda fault: (fault.row, COLUMNS.index(fault.column) if fault.column in COLUMNS else -1),
            )
        placed = [
            msgspec.structs.replace(each, place=place) for each, place in zip(plan.characteristics, places, strict=True)
        ]
        return msgspec.structs.replace(plan, characteristics=tuple(placed), pictures=form.base.pictures), ()

    def take_picture(self, path: Path) -> tuple[Picture, bytes]:
        """Look at a drawing or picture."""
        content, media_type = path.read_bytes(), media_type_of(path.name)
        if media_type is None or not media_type.startswith("image/"):
            raise Refusal(f"{path.name} is no picture that can be shown: SVG, PNG or JPEG.")
        fault = media_fault(content, media_type)
        if fault is not None:
            raise Refusal(f"{path.name} {fault}.")
        return Picture(path.name, hashlib.sha256(content).hexdigest(), len(content), media_type), content

    def open_file(self, path: Path) -> tuple[InspectionPlan, dict[str, bytes]]:
        """A plan in a TOML file or an exported file."""
        try:
            exported = path.suffix == plan_files.ENDING
            return plan_files.read_archive(path) if exported else plan_files.read_plan_file(path)
        except DocumentError as error:
            more = f" (and {len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
            raise Refusal(f"{error.faults[0]}{more}. Nothing was opened.") from error

    def export_file(self, path: Path, plan: InspectionPlan, media: Mapping[str, bytes]) -> None:
        """Write an exported file."""
        plan_files.export_archive(path, plan, media)


def _row(each: Characteristic) -> Row:
    texts = {name: "" if getattr(each, name, None) is None else str(getattr(each, name, "")) for name in COLUMNS}
    texts["sampling"] = _sampling_text(each.sampling)
    texts["place"] = "" if each.place is None else f"{each.place.file} {each.place.x:g} {each.place.y:g}"
    if each.most_remeasurements == MOST_REMEASUREMENTS:
        texts["most_remeasurements"] = ""
    return texts


def _sampling_text(sampling: Sampling) -> str:
    match sampling.rule:
        case SamplingRule.NTH:
            return f"nth {sampling.every}"
        case SamplingRule.ISO2859:
            return f"iso2859 {sampling.level} {sampling.aql}"
        case _:
            return str(sampling.rule)


def _values(row: Row, before: Characteristic | None) -> dict[str, Any]:
    """The authored table of a row; empty cells are absent. The chart is that of the characteristic before."""
    texts = {name: row.get(name, "").strip() for name in COLUMNS}
    found: dict[str, Any] = {}
    for name in COLUMNS:
        if texts[name] and name not in (*_LIMITS, "sampling", "place"):
            found[name] = _number(texts[name]) if name in _NUMBERS else texts[name]
    limits = {name: texts[name] if name == "unit" else _number(texts[name]) for name in _LIMITS if texts[name]}
    if limits and (texts["type"] != CharacteristicType.ATTRIBUTE or len(limits) > ("unit" in limits)):
        found["limits"] = limits
    words = texts["sampling"].split()
    if words and words != ["every"]:
        keys = {"nth": ("every",), "iso2859": ("level", "aql")}.get(words[0], ())
        rest = dict(zip(keys, words[1:], strict=False))
        found["sampling"] = {"rule": words[0], **{k: _number(v) if k == "every" else v for k, v in rest.items()}}
    if before is not None and before.chart is not None:
        chart = plain_fields(before.chart)
        chart["type"] = str(chart.pop("chart"))
        if "weight" in chart:
            chart["lambda"] = chart.pop("weight")
        found["chart"] = {k: str(v) if k in ("action", "rules") else _exact(v) for k, v in chart.items()}
    return found


def _exact(value: Any) -> Any:
    return Decimal(repr(value)) if isinstance(value, float) else value


def _number(text: str) -> Any:
    """A number as TOML gives it; what is none stays a text, and is told as such."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return int(number) if re.fullmatch(r"[+-]?\d{1,18}", text) else number


def _place(row: Row, number: int, pictures: Sequence[Picture], faults: list[FormFault]) -> Place | None:
    text = row.get("place", "").strip()
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    files = [picture.file for picture in pictures]
    if found is None or found[1] not in files or max(float(found[2]), float(found[3])) > 1:
        allowed = f"a picture with x and y from 0 to 1, for example {files[0] if files else 'drawing.svg'} 0.4 0.6"
        faults.append(FormFault(number, "place", f"is no place on a picture of the plan. Allowed: {allowed}"))
        return None
    return Place(file=found[1], x=float(found[2]), y=float(found[3]))


def _at(fault: Fault) -> FormFault:
    """A fault of the reader at its cell."""
    message = "is the id of another row" if fault.message.startswith("is used twice") else fault.message.strip()
    text = message + (f". Allowed: {fault.allowed}" if fault.allowed else "")
    text = text.replace(" and is in quotes", "").replace(" and without quotes", "")
    found = _CELL.fullmatch(fault.key)
    if found is None:
        name = fault.key if fault.key in HEAD else ""
        return FormFault(-1, name, text if name or not fault.key else f"{fault.key} {text}")
    column, inner = found[2] or "", found[3] or ""
    if column == "limits":
        column = inner if inner in _LIMITS else "lower"
    return FormFault(
        int(found[1]) - 1, column if column in COLUMNS else "", text if column in COLUMNS else f"{column} {text}"
    )
