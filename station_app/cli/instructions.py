"""`station instructions`: work masters as files. For process engineers, and for whoever keeps them in git."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from station_app.cli.output import FOUND, JsonOption, reporting, say, say_json, settings

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at work instructions in folders.")


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
    from station_app.storage.instructions.checking import StationNames, check_instructions

    stations = [
        StationNames(config.station.path, tuple(config.tags), tuple(config.cameras))
        for config in (settings(file) for file in station or ())
    ]
    findings = check_instructions(folder, stations)
    if as_json:
        read = [
            {"folder": name, "id": w.id, "version": w.version, "steps": len(w.steps)}
            for name, w in findings.work_masters.items()
        ]
        say_json({"work_masters": read, "faults": msgspec.to_builtins(findings.faults)})
    else:
        for name, work_master in findings.work_masters.items():
            say(f"{name}: {work_master.id} {work_master.version}, {len(work_master.steps)} steps")
        for fault in findings.faults:
            say(str(fault))
        say(f"{len(findings.faults)} faults")
    if findings.faults:
        raise typer.Exit(FOUND)
