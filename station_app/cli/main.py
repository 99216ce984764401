"""The `station` command: its groups, each in a module of its own, loaded without Qt or a database until one needs it."""

from __future__ import annotations

from typing import Annotated

import typer

from station_app import __version__
from station_app.cli import (
    authoring,
    check,
    codes,
    database,
    evidence,
    history,
    inspect,
    instructions,
    plans,
    records,
    running,
    spc,
    tags,
)
from station_app.cli.streams import standard_streams

app = typer.Typer(
    name="station",
    no_args_is_help=True,
    add_completion=False,
    # plain help: square brackets stand for themselves, and it is the same on every console
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="The station application. Exit codes: 0 all is well, 1 something was found, 2 not understood, 3 not possible now.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


app.command("demo")(running.demo)
app.command("run")(running.run)
app.command("overview")(running.overview)
app.command("author")(authoring.author)
app.command("check")(check.check)
app.command("trace")(records.trace)
app.command("history")(history.history)
app.command("verify")(records.verify)
app.add_typer(records.sync, name="sync")
app.add_typer(database.db, name="db")
app.add_typer(database.master, name="master")
app.add_typer(instructions.app, name="instructions")
app.add_typer(plans.app, name="plans")
app.add_typer(tags.app, name="tags")
app.add_typer(spc.app, name="spc")
app.add_typer(codes.app, name="codes")
app.add_typer(evidence.app, name="evidence")
app.add_typer(inspect.inspect, name="inspect")
app.add_typer(inspect.gauges, name="gauges")


def run() -> None:
    """Run the command line."""
    with standard_streams():
        app()
