"""`station db` and `station master`: the shared database's schema, stations and master data. For administrators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from station_app.cli.output import FOUND, USAGE, fail, reporting, say, say_json
from station_app.domain.counts import counted

db = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Create and upgrade the shared database; give stations their login.",
)
master = typer.Typer(
    no_args_is_help=True, help="Publish orders, instructions, people, materials, tools, reasons and plans."
)

URL_VARIABLE = "STATION_ADMIN_URL"
Url = Annotated[
    str,
    typer.Option(
        "--url",
        envvar=URL_VARIABLE,
        help="postgresql://USER:PASSWORD@HOST:PORT/DATABASE; better in the environment, where nobody reads it over a shoulder.",
    ),
]


def checked_url(url: str, variable: str = URL_VARIABLE) -> str:
    """The URL, or the end of the command when it is none. ``variable`` is where it may stand too."""
    from station_app.storage.shared.address import AddressError, DatabaseAddress

    if not url:
        fail(f"Say which database: --url postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or {variable}.", USAGE)
    try:
        DatabaseAddress.from_url(url)
    except AddressError as error:
        fail(str(error), USAGE)
    return url


@db.command()
@reporting
def init(url: Url = "") -> None:
    """Create the database where it is missing, its roles and schema. Safe to repeat."""
    from station_app.storage.shared.admin import init_database

    say(f"The shared database is ready, schema version {init_database(checked_url(url))}.")


@db.command()
@reporting
def upgrade(url: Url = "") -> None:
    """Take the schema to this application's version. Server first, then the stations."""
    from station_app.storage.shared.admin import upgrade_database

    say(f"The shared database has schema version {upgrade_database(checked_url(url))}.")


@db.command("add-station")
@reporting
def add_station_command(
    path: Annotated[str, typer.Argument(help="Enterprise/Site/Area/WorkCenter/WorkUnit")],
    url: Url = "",
    password_file: Annotated[
        Path | None, typer.Option(help="Write the password here (mode 0600) instead of printing it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Give a station its login, or a known station a new password. The password is shown once."""
    from station_app.config.sections import station_path_fault
    from station_app.storage.files import write_secret
    from station_app.storage.shared.admin import add_station

    fault = station_path_fault(path)
    if fault is not None:
        fail(f'the path "{path}" {fault[0]}. Allowed: {fault[1]}', USAGE)
    login = add_station(checked_url(url), path)
    if password_file is not None:
        write_secret(password_file, login.password)
    shown = None if password_file is not None else login.password
    if as_json:
        say_json({"station": path, "user": login.name, "password": shown})
    else:
        say(f"user      {login.name}")
        say(f"password  {shown or f'in {password_file}'}")


@db.command("add-login")
@reporting
def add_login_command(
    role: Annotated[
        str,
        typer.Argument(
            help="publisher, reader (overview, reports), auditor (full verification) or author (instructions)"
        ),
    ],
    url: Url = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Make a login of a role, or give it a new password. The password is shown once."""
    from station_app.storage.shared.admin import ROLES, add_login

    if role not in ROLES:
        fail(f'"{role}" is not a role; allowed are {", ".join(ROLES)}', USAGE)
    login = add_login(checked_url(url), role)
    if as_json:
        say_json({"role": role, "user": login.name, "password": login.password})
    else:
        say(f"user      {login.name}")
        say(f"password  {login.password}")


@db.command()
@reporting
def rebuild(url: Url = "") -> None:
    """Fill the reporting tables again from the records."""
    from station_app.storage.shared.admin import rebuild_projection

    say(f"{rebuild_projection(checked_url(url))} records were projected again.")


@master.command("publish")
@reporting
def publish_command(
    path: Annotated[Path, typer.Argument(help="A TOML file, a work master's folder, or a folder with any of these.")],
    url: Url = "",
    check_only: Annotated[bool, typer.Option("--check", help="Only say what is wrong.")] = False,
) -> None:
    """Publish orders, instructions, people, materials, tools, reasons and plans; nothing when anything is wrong."""
    from station_app.services.secrets import hash_secret
    from station_app.storage.master_files import MasterFileError, read_master_path
    from station_app.storage.shared.admin import Media, Publication, publish

    try:
        files = read_master_path(path, hash_secret)
    except MasterFileError as error:
        fail("\n".join([*(str(fault) for fault in error.faults), "Nothing was published."]), FOUND)
    what = f"{counted(len(files.publications), 'document')} and {counted(len(files.media), 'picture')}"
    if check_only:
        say(f"{what} ready to publish.")
        return
    revision = publish(
        checked_url(url),
        [Publication(p.kind, p.id, p.body) for p in files.publications],
        {m.sha256: Media(m.content, m.media_type) for m in files.media},
    )
    say(f"{what} published, revision {revision}.")
