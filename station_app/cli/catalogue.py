"""Writes the catalogue of record kinds into the documents that show it: ``python -m station_app.cli.catalogue``.

Run it after a change in ``domain/records.py``; a test fails while the documents are behind. ``--check`` only looks.
The whole catalogue is ``domain/RECORDS.md``; the README of station_app has its overview, between two markers.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from station_app.cli.output import FOUND, USAGE
from station_app.domain.catalogue import catalogue_markdown, overview_markdown

PACKAGE = Path(__file__).resolve().parents[1]
BEGIN = "<!-- record kinds: written by python -m station_app.cli.catalogue -->"
END = "<!-- end of record kinds -->"
HEAD = f"""{BEGIN}
# Records

Every fact that a station can state, with its fields as they stand in the body of the record (UTF-8 JSON, version 1 unless
said otherwise). A record never changes: a correction is a new record that names the old one in `supersedes`. A field that
is absent has the value in the last column. Times are microseconds since 1970-01-01 UTC (`_us`) or seconds (`_s`).

What every record has around its body (identity, person, times, hash) is in `chain.py`; the kinds themselves are in
`records.py`.

"""


def documents(package: Path = PACKAGE) -> dict[Path, str]:
    """Each document with the text it ought to have. Raises ValueError when the README has lost its markers."""
    readme = package / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} has lost its markers: put back the lines {BEGIN} and {END}")
    return {
        package / "domain" / "RECORDS.md": HEAD + catalogue_markdown(),
        readme: f"{before}{BEGIN}\n\n{overview_markdown()}\n\n{END}{after}",
    }


def stale(package: Path = PACKAGE) -> list[Path]:
    """The documents that do not say what the code says."""
    return [
        file
        for file, text in documents(package).items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str], package: Path = PACKAGE) -> int:
    """Write the documents, or with ``--check`` only name those that are behind; exit code 1 when there are any."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m station_app.cli.catalogue [--check]\n")
        return USAGE
    behind = stale(package)
    for file in behind:
        if arguments:
            sys.stderr.write(f"{file} is behind the code: run python -m station_app.cli.catalogue\n")
        else:
            file.write_text(documents(package)[file], encoding="utf-8", newline="\n")
            sys.stdout.write(f"{file} written\n")
    return FOUND if arguments and behind else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
