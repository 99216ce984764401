"""The `station` command."""

from __future__ import annotations

import typer

app = typer.Typer(name="station", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def run() -> None:
    """Run the command line."""
    app()
