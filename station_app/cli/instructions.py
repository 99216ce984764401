"""`station instructions`: work masters as files. For process engineers, and for whoever keeps them in git."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from station_app.cli.document_options import Url
from station_app.cli.document_output import say_findings
from station_app.cli.documents import DocumentCommands
from station_app.cli.output import JsonOption, reporting, say, say_json, settings
from station_app.domain.counts import counted

if TYPE_CHECKING:
    from station_app.domain.comparison import Change
    from station_app.services.authoring import DocumentControl
    from station_app.services.ports import DocumentDatabase

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Check, compare and exchange instructions, and control their versions.",
)


@app.command()
@reporting
def check(
    folder: Annotated[Path, typer.Argument(help="A work master's folder, or a folder of them.")],
    station: Annotated[
        list[Path] | None,
        typer.Option("--station", help="A station.toml whose tags and cameras must be there. Repeatable."),
    ] = None,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """List every fault with its file, line and what is allowed. Exit code 1 when there is one."""
    from station_app.storage.instructions.checking import check_instructions
    from station_app.storage.instructions.station_names import StationNames

    stations = [
        StationNames(config.station.path, tuple(config.tags), tuple(config.cameras))
        for config in (settings(file) for file in station or ())
    ]
    findings = check_instructions(folder, stations)
    read = [
        {"folder": name, "id": w.id, "version": w.version, "steps": len(w.steps)}
        for name, w in findings.work_masters.items()
    ]
    say_findings("work_masters", read, "steps", findings.faults, as_json)


class InstructionCommands(DocumentCommands):
    """`station instructions`."""

    noun = "instruction"
    ending = ".workmaster"

    def make_control(self, database: DocumentDatabase) -> DocumentControl[Any]:
        """Document control of instructions."""
        from station_app.services.authoring import Authoring

        return Authoring(database)

    def read(self, path: Path) -> tuple[Any, dict[str, bytes]]:
        """The instruction in a folder or an exported file."""
        from station_app.storage.instructions.archive import read_archive
        from station_app.storage.instructions.folder import read_work_master_folder

        return read_work_master_folder(path) if path.is_dir() else read_archive(path)

    def compare(self, old: Any, new: Any) -> list[Change]:
        """Steps, texts, checks, limits and media that differ."""
        from station_app.domain.comparison import compare

        return compare(old, new)

    def export_to(self, file: Path, content: Any, media: Mapping[str, bytes]) -> None:
        """Write an exported file."""
        from station_app.storage.instructions.archive import export_archive

        export_archive(file, content, media)

    def import_from(self, file: Path, to: Path) -> Path:
        """Unpack an exported file."""
        from station_app.storage.instructions.archive import import_archive

        return import_archive(file, to)

    def add_to(self, app: typer.Typer) -> None:
        """The commands of every kind, and those about the floor's suggestions."""
        super().add_to(app)
        app.command("suggestions")(self.suggestions)

    @reporting
    def suggestions(
        self,
        document_id: Annotated[str, typer.Argument(metavar="[ID]", help="Only those for this instruction.")] = "",
        url: Url = "",
        as_json: Annotated[bool, JsonOption] = False,
    ) -> None:
        """What the floor suggests, the newest first."""
        with self.control(url) as authoring:
            found = authoring.suggestions(document_id)
        if as_json:
            say_json(msgspec.to_builtins(found))
            return
        for said in found:
            answered = f"; answered: {said.answer}" if said.answer else ""
            say(f"{said.document_id}@{said.version} {said.step_id}, {said.station}: {said.text}{answered}")
        say(counted(len(found), "suggestion"))


InstructionCommands().add_to(app)
