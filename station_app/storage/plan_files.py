"""Inspection plans as files: a TOML file of one plan with media/ beside it, a folder with plan.toml, or a single exported file.

The keys are described in instructions/README.md; :mod:`station_app.storage.inspection_plans` reads the tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from station_app.domain.document_names import INSPECTION_PLAN
from station_app.domain.fault import Fault, in_order
from station_app.domain.inspection.governing import contradictions
from station_app.domain.inspection.plan import Characteristic, ChartSettings, InspectionPlan, Statistic
from station_app.domain.toml_document import decode_document, read_toml
from station_app.domain.work_master import WorkMaster
from station_app.storage import document_archive
from station_app.storage.document_archive import ArchiveForm, DocumentError
from station_app.storage.inspection_plans import SUBGROUPED, read_plan
from station_app.storage.instructions.folder import InstructionError, read_work_master_folder
from station_app.storage.instructions.media import MediaFolder
from station_app.storage.instructions.media_files import most_bytes_of
from station_app.storage.instructions.write import picture_fields
from station_app.storage.master_files import find_master_files
from station_app.storage.toml_writing import plain_fields, write_table

DOCUMENT = "plan.toml"
ENDING = ".inspectionplan"
_OTHER_MASTER_DATA = ("order", "person", "material", "tool", "reasons")


class PlanFileError(DocumentError):
    """A file that is no usable inspection plan."""


@dataclass(slots=True)
class PlanFindings:
    """What was read, as (file, plan), and every fault."""

    plans: list[tuple[str, InspectionPlan]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


# --- reading -------------------------------------------------------------------------------------------------------


def read_plan_file(path: Path) -> tuple[InspectionPlan, dict[str, bytes]]:
    """The plan in a TOML file (or in a folder's plan.toml) and its pictures' bytes by SHA-256. Raises PlanFileError.

    The file holds one plan and nothing else.
    """
    file = path / DOCUMENT if path.is_dir() else path
    media = MediaFolder(file.parent / "media")
    plans, faults = _read(file, file.name, media, alone=True)
    if not faults and len(plans) != 1:
        faults = [Fault(0, "plan", str(len(plans)), "is not one plan", "one [[plan]] in the file", file.name)]
    if faults:
        raise PlanFileError(in_order(faults))
    return plans[0], media.contents


def check_plans(path: Path) -> PlanFindings:
    """Look at every plan in a file or a folder (subfolders too), and at what instructions there say otherwise.

    Never raises for what is written in them.
    """
    findings = PlanFindings()
    folders, files = find_master_files(path, findings.faults)
    work_masters = _work_masters(folders)
    first_of: dict[tuple[str, str], str] = {}
    for file in files:
        name = file.name if file == path else file.relative_to(path).as_posix()
        plans, faults = _read(file, name, MediaFolder(file.parent / "media"), alone=file.name == DOCUMENT)
        findings.faults += faults
        for plan in plans:
            findings.plans.append((name, plan))
            findings.faults += _clashes(plan, name, first_of, work_masters)
    if not findings.plans and not findings.faults:
        findings.faults.append(Fault(0, "", "", "holds no inspection plan", "*.toml with [[plan]] tables", str(path)))
    findings.faults = in_order(findings.faults)
    return findings


def _work_masters(folders: Sequence[Path]) -> list[WorkMaster]:
    """The instructions beside the plans; one with faults is for `station instructions check`."""
    found = []
    for folder in folders:
        try:
            found.append(read_work_master_folder(folder)[0])
        except InstructionError:
            continue
    return found


def _clashes(
    plan: InspectionPlan, file: str, first_of: dict[tuple[str, str], str], work_masters: Sequence[WorkMaster]
) -> list[Fault]:
    faults = []
    version = (plan.id, plan.version)
    if version in first_of:
        message = f"{plan.id} {plan.version} is in {first_of[version]} too"
        faults.append(Fault(0, "plan.version", plan.version, message, "a version of its own", file))
    first_of.setdefault(version, file)
    for work_master in work_masters:
        for characteristic, what in contradictions(work_master, plan):
            message = f"instruction {work_master.id} {work_master.version} contradicts the plan: {what}"
            faults.append(Fault(0, "plan.characteristic", characteristic, message, "the same in both", file))
    return faults


def _read(path: Path, file: str, media: MediaFolder, *, alone: bool) -> tuple[list[InspectionPlan], list[Fault]]:
    """The plans of a TOML file. ``alone``: it may hold nothing else; otherwise the rest is not looked at."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return [], [Fault(0, "", "", f"cannot be read: {error.strerror}", "a TOML file with [[plan]]", file)]
    text, faults = decode_document(content, file)
    if faults:
        return [], faults
    document = read_toml(text, file)
    plans = [read_plan(table, media) for table in document.table.tables("plan")]
    if not plans and not alone:
        return [], []
    if not alone:
        document.table.know(*_OTHER_MASTER_DATA)
    document.table.done()
    return plans, document.faults


# --- writing -------------------------------------------------------------------------------------------------------


def plan_text(plan: InspectionPlan) -> str:
    """The text of plan.toml, with LF at its line ends; read again it is the same plan."""
    own = plain_fields(plan)
    for name in ("characteristics", "pictures", "released_by", "released_at", "reason"):
        own.pop(name, None)
    lines: list[str] = []
    write_table(lines, "plan", {"id": plan.id, "version": plan.version, **own})
    for picture in plan.pictures:
        write_table(lines, "plan.picture", picture_fields(picture))
    for characteristic in plan.characteristics:
        write_table(lines, "plan.characteristic", _characteristic(characteristic))
    return "\n".join(lines[1:]) + "\n"


def _characteristic(characteristic: Characteristic) -> dict[str, Any]:
    fields = plain_fields(characteristic)
    limits = {name: fields.pop(name) for name in ("unit", "lower", "upper", "nominal") if name in fields}
    limits = {name: value for name, value in limits.items() if value not in (None, "")}
    if limits:
        fields["limits"] = limits
    if characteristic.readings > 1 and characteristic.statistic is Statistic.MEAN:
        fields.pop("statistic")  # several readings have a mean without saying so
    for name in ("sampling", "place"):
        if fields.get(name) is not None:
            fields[name] = plain_fields(fields[name])
    if characteristic.chart is not None:
        fields["chart"] = _chart(characteristic.chart)
    return fields


def _chart(settings: ChartSettings) -> dict[str, Any]:
    fields = {"type": settings.chart, **plain_fields(settings)}
    fields.pop("chart")
    if settings.chart in SUBGROUPED:
        fields["subgroup_size"] = settings.subgroup_size
    if "weight" in fields:
        fields["lambda"] = fields.pop("weight")
    return fields


# --- single files --------------------------------------------------------------------------------------------------

FORM = ArchiveForm(
    noun=INSPECTION_PLAN,
    ending=ENDING,
    document=DOCUMENT,
    folders={"media": most_bytes_of},
    read=read_plan_file,
    error=PlanFileError,
)


def export_archive(file: Path, plan: InspectionPlan, media: Mapping[str, bytes]) -> None:
    """Write the file; the same plan gives the same bytes. Raises KeyError for a picture that is missing."""
    pictures = sorted(plan.media().values(), key=lambda picture: picture.file)
    contents = {DOCUMENT: plan_text(plan).encode()}
    document_archive.write_archive(file, contents | {f"media/{p.file}": media[p.sha256] for p in pictures})


def import_archive(file: Path, drafts: Path) -> Path:
    """Unpack the file as a draft below ``drafts``; the answer is its folder, named by its id. Raises PlanFileError."""
    return document_archive.unpack_archive(FORM, file, drafts)


def read_archive(file: Path) -> tuple[InspectionPlan, dict[str, bytes]]:
    """The plan in an exported file and its pictures by SHA-256, without keeping a folder. Raises PlanFileError."""
    return document_archive.read_archive(FORM, file)
