"""`station history`: what a machine did before, beside the running station or out of the shared database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station_app.cli.output import ENVIRONMENT, FOUND, USAGE, fail, reporting, say, say_json, settings

if TYPE_CHECKING:
    from station_app.domain.trend import Envelope, RawSeries
    from station_app.services.ports import TrendHistory

DEFAULT_CONFIG = Path("station.toml")
LIMIT = 100_000
_RELATIVE = re.compile(r"-(\d+(?:\.\d+)?)(s|m|h|d|w)")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_TIME_HELP = "ISO 8601, or back from now: -90s, -2h, -7d."


@reporting
def history(
    tag: Annotated[str, typer.Argument(metavar="TAG", help="The tag's name in station.toml.")],
    from_text: Annotated[str, typer.Option("--from", help=f"Begin: {_TIME_HELP}")] = "-1h",
    to_text: Annotated[str, typer.Option("--to", help=f"End: {_TIME_HELP}")] = "now",
    points: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="An envelope of so many points instead of the samples.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program, a line each.")] = False,
    config_file: Annotated[Path, typer.Option("--config", "-c", help="The station's station.toml.")] = DEFAULT_CONFIG,
    station: Annotated[
        str, typer.Option(metavar="PATH", help="Another station's, from the shared database (with --password-file).")
    ] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="With --station: a file (mode 0600) with a reader's URL, postgresql://...")
    ] = None,
) -> None:
    """What is stored of a tag: its samples, or its course in a number of points, and every gap with its reason.

    Works while the station runs. Exit code 1 for a tag without a past.
    """
    from_us, to_us = _time_us(from_text, "--from"), _time_us(to_text, "--to")
    if from_us >= to_us:
        fail(f"--from {from_text} is not before --to {to_text}", USAGE)
    if as_csv and as_json:
        fail("--csv and --json exclude each other", USAGE)
    with _opened(config_file, station, password_file) as trends:
        _refuse_unknown(trends, tag)
        rows = (
            _samples(trends.read_raw(tag, from_us, to_us, LIMIT))
            if points is None
            else _points(trends.envelope(tag, from_us, to_us, points))
        )
        _print(rows, "csv" if as_csv else "json" if as_json else "text")


@contextmanager
def _opened(config_file: Path, station: str, password_file: Path | None) -> Iterator[TrendHistory]:
    trends = _shared(station, password_file) if station else _local(config_file)
    try:
        yield trends
    finally:
        trends.close()


def _local(config_file: Path) -> TrendHistory:
    from station_app.app.history import historian_path
    from station_app.storage.historian import SqliteTrendHistory

    config = settings(config_file)
    path = historian_path(config)
    if not path.exists():
        fail(f"{path} does not exist: the station has not stored machine data yet", ENVIRONMENT)
    return SqliteTrendHistory(path, config.station.path)


def _shared(station: str, password_file: Path | None) -> TrendHistory:
    from station_app.config.secret_files import read_password_file
    from station_app.storage.shared.address import AddressError, DatabaseAddress
    from station_app.storage.shared.trends import SharedTrendHistory

    if password_file is None:
        fail("--station needs --password-file with a reader's URL", USAGE)
    try:
        address = DatabaseAddress.from_url(read_password_file(password_file))
    except AddressError as error:
        fail(f"{password_file}: {error}", ENVIRONMENT)
    return SharedTrendHistory(address, station)


def _refuse_unknown(trends: TrendHistory, tag: str) -> None:
    from station_app.domain.fault import did_you_mean

    stored = [known.name for known in trends.tags()]
    if tag in stored:
        return
    if not stored:
        fail(f'nothing is stored of the tag "{tag}", nor of any other', FOUND)
    listed = ", ".join(stored[:20]) + (", ..." if len(stored) > 20 else "")
    fail(f'nothing is stored of the tag "{tag}"{did_you_mean(tag, stored) or "."} Stored are: {listed}', FOUND)


def _time_us(written: str, option: str) -> int:
    """A time as people write it; one without an offset is local."""
    now = datetime.now(UTC)
    if written == "now":
        return int(now.timestamp() * 1e6)
    relative = _RELATIVE.fullmatch(written)
    try:
        if relative is None:
            moment = datetime.fromisoformat(written)
        else:
            moment = now - timedelta(seconds=float(relative[1]) * _UNITS[relative[2]])
        return int(moment.timestamp() * 1e6)
    except (ValueError, OverflowError):
        fail(f'{option} "{written}" is no time; allowed: ISO 8601 (2026-11-20T14:00:00Z), -90s, -2h, -7d', USAGE)


def _samples(series: RawSeries) -> Iterator[dict[str, Any]]:
    """One line a sample, then the gaps."""
    from station_app.domain.trend import QUALITIES

    values = series.value.tolist()
    for index, time_us in enumerate(series.time_us.tolist()):
        yield {
            "time": _iso(time_us),
            "value": values[index] if series.present[index] else None,
            "quality": str(QUALITIES[series.quality[index]]),
            "status": series.status_names[series.status[index]],
        }
    if not series.complete:
        yield {"more": f"only the first {series.time_us.size} samples; ask for a shorter time, or with --points"}
    yield from _gaps(series.gaps)


def _points(envelope: Envelope) -> Iterator[dict[str, Any]]:
    """One line a point, then the gaps."""
    import math

    for index, time_us in enumerate(envelope.time_us.tolist()):
        line: dict[str, Any] = {"time": _iso(time_us)}
        for name, values in (("min", envelope.minimum), ("mean", envelope.mean), ("max", envelope.maximum)):
            number = float(values[index])
            line[name] = None if math.isnan(number) else number
        line |= {"count": int(envelope.count[index]), "bad": int(envelope.bad[index])}
        if envelope.texts:
            line["text"] = envelope.texts[index]
        yield line
    yield from _gaps(envelope.gaps)


def _gaps(gaps: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    for gap in gaps:
        yield {"gap": str(gap.kind), "from": _iso(gap.start_us), "to": _iso(gap.end_us), "reason": gap.reason}


def _iso(time_us: int) -> str:
    text = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=time_us)
    return text.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _print(rows: Iterator[dict[str, Any]], form: str) -> None:
    """CSV holds the values only; gaps and remarks go to standard error there."""
    import csv
    import sys

    writer = csv.writer(sys.stdout, lineterminator="\n")
    header: list[str] = []
    for row in rows:
        if form == "json":
            say_json(row)
        elif "time" not in row:
            words = row.get("more") or f"gap {row['gap']} from {row['from']} to {row['to']}: {row['reason']}"
            typer.echo(words, err=form == "csv")
        elif form == "csv":
            if not header:
                header = list(row)
                writer.writerow(header)
            writer.writerow("" if value is None else value for value in row.values())
        else:
            time, *values = row.values()
            say(f"{time}  " + "  ".join("-" if value is None else str(value) for value in values))
