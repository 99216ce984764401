"""`station codes`: the codes in pictures, read as the station reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station_app.cli.output import FOUND, JsonOption, reporting, say, say_json

if TYPE_CHECKING:
    from drivers.vision.codes import Code

app = typer.Typer(no_args_is_help=True, help="Codes in pictures.")


@app.callback()
def main() -> None:
    """Options before the command."""


@app.command()
@reporting
def read(
    pictures: Annotated[list[Path], typer.Argument(metavar="PICTURE...", help="JPEG or PNG files.")],
    as_json: Annotated[bool, JsonOption] = False,
    time_limit_s: Annotated[
        float, typer.Option("--time", min=0.0, help="Seconds to try harder where a picture shows no code at once.")
    ] = 1.0,
) -> None:
    """Print the codes of each picture: QR, Micro QR, DataMatrix, Aztec, PDF417, Code 128/39, ITF, EAN, UPC; GS1 explained.

    A picture without codes is no error. Exit code 1 when a file cannot be read as a picture; the others are read all
    the same.
    """
    lines = [_line(picture, time_limit_s) for picture in pictures]
    for line in lines:
        if as_json:
            say_json(line)
        else:
            _say(line)
    for line in lines:
        if "error" in line:
            typer.echo(f"{line['picture']}: {line['error']}", err=True)
    if any("error" in line for line in lines):
        raise typer.Exit(FOUND)


def _line(picture: Path, time_limit_s: float) -> dict[str, Any]:
    """What a picture's JSON line says; a fault is told in it."""
    from drivers.vision.codes import read_codes
    from drivers.vision.jpeg import PictureError, decode

    line: dict[str, Any] = {"picture": str(picture), "codes": []}
    try:
        codes = read_codes(decode(_content(picture)), time_limit_s)
    except PictureError as error:
        return {**line, "error": str(error)}
    except OSError as error:
        return {**line, "error": error.strerror or str(error)}
    this_year = datetime.now(UTC).year
    return {**line, "codes": [_code(code, this_year) for code in codes]}


def _content(picture: Path) -> bytes:
    """The file, but no more of it than a picture may have."""
    from drivers.vision.headers import MAX_PICTURE_BYTES

    with picture.open("rb") as file:
        return file.read(MAX_PICTURE_BYTES + 1)


def _code(code: Code, this_year: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "text": code.text,
        "format": code.format,
        "symbology": code.symbology,
        "position": [list(corner) for corner in code.position],
        "turned_deg": code.turned_deg,
    }
    if code.elements:
        found["gs1"] = _gs1(code.elements, this_year)
    return found


def _gs1(elements: str, this_year: int) -> dict[str, Any]:
    """A GS1 code's contents; where it is not made by the rules, what is wrong with it."""
    from station_app.domain.gs1 import Gs1Error, parse_element_string

    try:
        parsed = parse_element_string(elements, this_year)
    except Gs1Error as error:
        return {"error": str(error)}
    expiry = parsed.expiry
    return {
        "gtin": parsed.gtin or None,
        "serial": parsed.serial or None,
        "lot": parsed.lot or None,
        "expiry": None if expiry is None else expiry.isoformat(),
        "quantity": parsed.quantity,
        "elements": [{"ai": e.ai, "title": e.title, "value": e.value} for e in parsed.elements],
    }


def _say(line: dict[str, Any]) -> None:
    if not line["codes"] and "error" not in line:
        say(f"{line['picture']}: no code")
    for code in line["codes"]:
        say(f"{line['picture']}: {code['format']} {code['text']}")
        for element in code.get("gs1", {}).get("elements", ()):
            say(f"    ({element['ai']}) {element['title']}: {element['value']}")
        if "error" in code.get("gs1", {}):
            say(f"    not by the rules of GS1: {code['gs1']['error']}")
