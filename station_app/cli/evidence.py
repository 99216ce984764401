"""`station evidence`: whether the pictures that records name are there and unchanged."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from station_app.cli.output import ENVIRONMENT, FOUND, JsonOption, fail, reporting, say, say_json, settings
from station_app.cli.records import DEFAULT_CONFIG, journal_path
from station_app.domain.counts import counted

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
                "removed": report.removed,
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
            f"{counted(report.records, 'record')} of evidence: {counted(report.whole, 'file')} whole, "
            f"{report.sealed_only} only at the server "
            f"({report.removed} removed by retention), "
            f"{len(report.missing)} missing, {len(report.damaged)} damaged, {len(report.orphans)} that nothing names."
        )
    if report.faults:
        raise typer.Exit(FOUND)


@app.command()
@reporting
def prune(
    config_file: Annotated[
        Path, typer.Option("--config", "--settings", "-c", help="The station's station.toml.")
    ] = DEFAULT_CONFIG,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Remove pictures that the server has sealed and that are older than [evidence] keep_days, or too many.

    Nothing goes before it and its record are delivered, and each removal is recorded. The running application does this by
    itself; beside it only --dry-run works. Exit code 3 when the server cannot be asked.
    """
    from station_app.app.evidence import dry_retention, prune_station
    from station_app.domain.evidence_retention import removed_text

    config = settings(config_file)
    if dry_run:
        plan = dry_retention(config, journal_path(config))
        removals, kept, fault = list(plan.removals), [], ""
    else:
        rounds = prune_station(config, journal_path(config))
        plan, fault = rounds[-1].plan, rounds[-1].fault
        removals = [removal for pruned in rounds for removal in pruned.removed]
        kept = [sha256 for pruned in rounds for sha256 in pruned.kept]
    if as_json:
        say_json(
            {
                "station": config.station.path,
                "dry_run": dry_run,
                "removed": [asdict(removal) for removal in removals],
                "removed_bytes": sum(removal.size_bytes for removal in removals),
                "used_bytes": rounds[0].plan.used_bytes if not dry_run else plan.used_bytes,
                "not_at_the_server": kept,
                "lacking": plan.lacking,
                "fault": fault,
            }
        )
    else:
        for removal in removals:
            say(f"{removal.sha256}: {removal.size_bytes} bytes, {removal.reason}")
        for sha256 in kept:
            say(f"{sha256}: the server does not have it any more; it stays and is sent again")
        would = "would be removed" if dry_run else "removed; the server keeps them"
        say(f"{removed_text(removals)} {would}. {plan.lacking}".rstrip())
    if fault:
        fail(f"the server cannot be asked: {fault}. The other pictures stay.", ENVIRONMENT)
