"""Options that several commands share: on the command line each is an option of its own, where its group stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from station_app.cli.option_groups import grouped


@dataclass(frozen=True)
class Where:
    """A place on a line."""

    line: Annotated[str, typer.Option("--line", help="The line.")] = "one"
    exact: Annotated[bool, typer.Option("--exact")] = False


class Commands:
    """A method, as the commands of documents are."""

    prefix = "at"

    @grouped
    def show(self, name: Annotated[str, typer.Argument(metavar="NAME")], *, where: Where, why: str = "") -> None:
        """Show a thing."""
        typer.echo(f"{name} {self.prefix} {where.line} {where.exact} {why}")


def run(*arguments: str) -> str:
    app = typer.Typer()
    app.command()(Commands().show)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_group_is_given_as_one_value() -> None:
    assert run("x", "--line", "two", "--exact", "--why", "so") == "x at two True so\n"


def test_defaults_are_those_of_the_group() -> None:
    assert run("x") == "x at one False \n"


def test_the_help_has_every_option_in_its_place() -> None:
    text = run("--help")
    assert text.index("Show a thing.") < text.index("--line") < text.index("--exact") < text.index("--why")
