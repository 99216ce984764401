"""`station author`: the editor of work instructions. For process engineers, and for those who approve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from station_app.cli.output import USAGE, fail, log_to, needs_display, reporting, settings

URL_VARIABLE = "STATION_AUTHOR_URL"


@reporting
def author(
    url: Annotated[
        str,
        typer.Option(
            "--url",
            envvar=URL_VARIABLE,
            help="postgresql://AUTHOR:PASSWORD@HOST:PORT/DATABASE, better in the environment. Without it drafts only.",
        ),
    ] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="A file (mode 0600) with the author's URL, in place of --url.")
    ] = None,
    drafts: Annotated[Path | None, typer.Option(help="Where drafts are kept; usually in your own data folder.")] = None,
    station: Annotated[
        list[Path] | None,
        typer.Option("--station", help="A station.toml whose tags and cameras may be named. Repeatable."),
    ] = None,
    theme: Annotated[str, typer.Option(help="light or dark.")] = "light",
) -> None:
    """Write, try out, review and release work instructions in a window."""
    import platformdirs

    from station_app.app.authoring import run_editor
    from station_app.config.secret_files import read_password_file
    from station_app.storage.shared.address import AddressError, DatabaseAddress

    if theme not in ("light", "dark"):
        fail(f"--theme {theme}: allowed are light and dark", USAGE)
    if password_file is not None:
        url = read_password_file(password_file)
    try:
        address = DatabaseAddress.from_url(url) if url else None
    except AddressError as error:
        fail(str(error), USAGE)
    needs_display()
    folder = drafts or Path(platformdirs.user_data_dir("station-app", appauthor=False)) / "drafts"
    log_to(folder, verbose=False)
    raise typer.Exit(run_editor(folder, address, [settings(file) for file in station or ()], theme))
