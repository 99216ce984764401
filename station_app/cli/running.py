"""`station run`, `overview` and `demo`: the windows, and a station without one."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from station_app.cli.output import ENVIRONMENT, USAGE, fail, log_to, needs_display, reporting, settings


@reporting
def run(
    config_file: Annotated[Path, typer.Argument(metavar="FILE", help="The station's station.toml.")] = Path(
        "station.toml"
    ),
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: commands as JSON lines on standard input.")
    ] = False,
    script: Annotated[Path | None, typer.Option(help="With --headless: read the commands from this file.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the log on standard error.")] = False,
) -> None:
    """Run a station: its window, or headless, driven by a script."""
    if script is not None and not headless:
        fail("--script is for a station without a window: give --headless, too", USAGE)
    config = settings(config_file)
    if not headless:
        needs_display("run it with --headless, or where there is one")
    log_to(config.station.folder, verbose)
    if headless:
        from station_app.app.headless import run_headless

        # bytes that are no UTF-8 make one command that is not understood; they must not end the reading of all further ones
        if script is None:
            if isinstance(sys.stdin, io.TextIOWrapper):
                sys.stdin.reconfigure(encoding="utf-8", errors="backslashreplace")
            run_headless(config, sys.stdin, sys.stdout)
        else:
            with script.open(encoding="utf-8", errors="backslashreplace") as lines:
                run_headless(config, lines, sys.stdout)
        return
    from station_app.app.windows import run_station_window

    raise typer.Exit(run_station_window(config))


@reporting
def overview(
    password_file: Annotated[
        Path,
        typer.Option(help="A file (mode 0600) with the reader's URL, postgresql://..."),
    ],
    title: Annotated[str, typer.Option(help="The line's name.")] = "Line",
    full_screen: Annotated[bool, typer.Option("--full-screen", help="Over the whole screen, without a frame.")] = False,
) -> None:
    """The line-overview window, from the shared database."""
    needs_display()
    from station_app.app.overview import run_overview_window
    from station_app.config.secret_files import read_password_file
    from station_app.storage.shared.address import AddressError, DatabaseAddress

    try:
        address = DatabaseAddress.from_url(read_password_file(password_file))
    except AddressError as error:
        fail(f"{password_file}: {error}", ENVIRONMENT)
    raise typer.Exit(run_overview_window(address, title, full_screen))


@reporting
def demo(
    folder: Annotated[
        Path | None, typer.Option(help="Keep everything here; else in a folder that is removed at the end.")
    ] = None,
    tour: Annotated[
        bool, typer.Option("--tour", help="Play the first minute by itself and count the records.")
    ] = False,
    offscreen: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Without a display: play the tour, write pictures and tour.json to DIR."),
    ] = None,
) -> None:
    """The demo plant: a database, a simulated press, test bench and camera, two stations and the line overview."""
    from station_app.demo.run import run_demo

    raise typer.Exit(run_demo(folder, tour or offscreen is not None, offscreen))
