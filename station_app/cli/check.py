"""`station check`: every fault of a station.toml at once, and whether devices, cameras and database answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from station_app.cli.output import CHECKS, FOUND, quiet_libraries, reporting, say, say_json
from station_app.config import check_file, load_config
from station_app.domain.counts import counted


@reporting
def check(
    config_file: Annotated[Path, typer.Argument(metavar="FILE", help="The station.toml to look at.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask devices and database.")] = False,
) -> None:
    """List every fault with its line, key, value and what is allowed; then ask devices, cameras and the database.

    Exit code 1 when there is a fault or something does not answer.
    """
    faults = check_file(config_file, checks=CHECKS)
    answers = []
    if not faults and not offline:
        from station_app.app.probing import probe

        quiet_libraries()
        answers = probe(load_config(config_file, checks=CHECKS))
    if as_json:
        say_json({"faults": msgspec.to_builtins(faults), "answers": msgspec.to_builtins(answers)})
    else:
        for fault in faults:
            say(str(fault))
        for answer in answers:
            say(f"{'ok  ' if answer.ok else 'FAIL'}  {answer.what:24} {answer.said}")
        silent = sum(not answer.ok for answer in answers)
        asked = "" if offline or faults else f", {silent} {'does' if silent == 1 else 'do'} not answer"
        say(f"{counted(len(faults), 'fault')}{asked}")
    if faults or any(not answer.ok for answer in answers):
        raise typer.Exit(FOUND)
