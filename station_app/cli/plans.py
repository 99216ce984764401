"""`station plans`: inspection plans as files. For quality engineers, and for whoever keeps them in git."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station_app.cli.document_output import say_findings
from station_app.cli.documents import DocumentCommands
from station_app.cli.output import JsonOption, reporting

if TYPE_CHECKING:
    from station_app.domain.comparison import Change
    from station_app.services.authoring import DocumentControl
    from station_app.services.ports import DocumentDatabase

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at inspection plans, and control their versions."
)


@app.command()
@reporting
def check(
    path: Annotated[Path, typer.Argument(help="A TOML file with [[plan]] tables, or a folder with such files.")],
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List every fault with its file, line and what is allowed. Exit code 1 when there is one.

    Instructions in the same folder are compared: where one says other limits than the plan it is a fault.
    """
    from station_app.storage.plan_files import check_plans

    findings = check_plans(path)
    read = [
        {"file": file, "id": plan.id, "version": plan.version, "characteristics": len(plan.characteristics)}
        for file, plan in findings.plans
    ]
    say_findings("plans", read, "characteristics", findings.faults, as_json)


class PlanCommands(DocumentCommands):
    """`station plans`."""

    noun = "inspection plan"
    ending = ".inspectionplan"

    def make_control(self, database: DocumentDatabase) -> DocumentControl[Any]:
        """Document control of inspection plans."""
        from station_app.services.authoring import PlanAuthoring

        return PlanAuthoring(database)

    def read(self, path: Path) -> tuple[Any, dict[str, bytes]]:
        """The plan in a TOML file, a folder with plan.toml, or an exported file."""
        from station_app.storage.plan_files import read_archive, read_plan_file

        return read_archive(path) if path.is_file() and path.suffix == self.ending else read_plan_file(path)

    def compare(self, old: Any, new: Any) -> list[Change]:
        """Characteristics, limits and pictures that differ."""
        from station_app.domain.inspection.plan_comparison import compare_plans

        return compare_plans(old, new)

    def export_to(self, file: Path, content: Any, media: Mapping[str, bytes]) -> None:
        """Write an exported file."""
        from station_app.storage.plan_files import export_archive

        export_archive(file, content, media)

    def import_from(self, file: Path, to: Path) -> Path:
        """Unpack an exported file."""
        from station_app.storage.plan_files import import_archive

        return import_archive(file, to)


PlanCommands().add_to(app)
