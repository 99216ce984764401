"""The options that the commands of document control share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from station_app.cli.output import USAGE, JsonOption, fail

URL_VARIABLE = "STATION_AUTHOR_URL"
Url = Annotated[
    str,
    typer.Option(
        "--url", envvar=URL_VARIABLE, help="postgresql://USER:PASSWORD@HOST:PORT/DATABASE, an author's login."
    ),
]
Name = Annotated[str, typer.Argument(metavar="ID@VERSION", help="The version, for example gx40-assembly@2.")]
PersonOption = Annotated[
    str, typer.Option("--person", envvar="STATION_PERSON", help="Who acts: id or name of a person in the master data.")
]
PasswordOption = Annotated[
    str,
    typer.Option(
        "--password",
        envvar="STATION_PERSON_PASSWORD",
        help="Their password; asked for when it is not given. Better asked for, or in the environment.",
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the version.")]


@dataclass(frozen=True, slots=True)
class Access:
    """The login that document control is reached with, and whether the answer is JSON."""

    url: Url = ""
    as_json: Annotated[bool, JsonOption] = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes a version."""

    person: PersonOption = ""
    password: PasswordOption = ""

    def credentials(self) -> tuple[str, str]:
        """Name and password; what was not given is asked for, or refused."""
        if not self.person:
            fail("Say who acts: --person NAME, or STATION_PERSON.", USAGE)
        return self.person, self.password or typer.prompt(f"Password of {self.person}", hide_input=True, err=True)
