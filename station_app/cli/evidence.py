"""`station evidence`: whether the pictures that records name are there and unchanged."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from station_app.cli.output import FOUND, JsonOption, reporting, say, say_json, settings
from station_app.cli.records import DEFAULT_CONFIG, journal_path

app = typer.Typer(no_args_is_help=True, help="The pictures and files that records name.")


@app.callback()
def main() -> None:
    """Options before the command."""


@app.command()
@reporting
def verify(
    config_file: Annotated[
        Path, typer.Option("--config", "--settings", "-c", help="The station's station.toml.")
    ] = DEFAULT_CONFIG,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Read every picture and compare it with its SHA-256 and with the records; list files that no record names.

    A picture that the server has sealed may be gone here. Works beside the running application. Exit code 1 when a
    picture is missing or damaged.
    """
    from station_app.services.verifying_evidence import verify_evidence
    from station_app.storage.evidence_files import stored_files
    from station_app.storage.journal.read_only import ReadOnlyJournal

    config = settings(config_file)
    folder = config.station.folder / "evidence"
    with ReadOnlyJournal(journal_path(config), config.station.path) as journal:
        report = verify_evidence(journal, stored_files(folder))
    if as_json:
        say_json(
            {
                "station": config.station.path,
                "folder": str(folder),
                "records": report.records,
                "whole": report.whole,
                "sealed_only": report.sealed_only,
                "missing": [asdict(fault) for fault in report.missing],
                "damaged": [asdict(fault) for fault in report.damaged],
                "orphans": [{"path": file.path, "size_bytes": file.size_bytes} for file in report.orphans],
                "faults": [str(fault) for fault in report.faults],
            }
        )
    else:
        for fault in report.faults:
            say(str(fault))
        for file in report.orphans:
            say(f"{file.path}: {file.size_bytes} bytes that no record names")
        say(
            f"{report.records} records of evidence: {report.whole} files whole, {report.sealed_only} only at the server, "
            f"{len(report.missing)} missing, {len(report.damaged)} damaged, {len(report.orphans)} that nothing names."
        )
    if report.faults:
        raise typer.Exit(FOUND)
