"""`station tags`: read, watch and browse any device by address; list, add, remove and write the tags of a station."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated

import typer

from drivers.base import Quality, Sample
from station_app.cli import station_tags
from station_app.cli.output import ENVIRONMENT, FOUND, fail, quiet_libraries, reporting, say_json

app = typer.Typer(
    no_args_is_help=True,
    help="Read, watch and browse devices by address (prints JSON lines); list, add, remove and write a station's tags.",
)
AsJson = Annotated[bool, typer.Option("--json", help="They print nothing else; every command takes it.")]
Addresses = Annotated[
    list[str],
    typer.Argument(
        metavar="ADDRESS...", help='"opcua://HOST:PORT/ns=2;s=NAME", "modbus://HOST:PORT/holding/100?type=float32"'
    ),
]


@app.command()
@reporting
def read(
    addresses: Addresses,
    timeout_s: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds to wait for an answer.")] = 5.0,
    _as_json: AsJson = False,
) -> None:
    """Read each address once. Exit code 1 when a value is Bad; why a device does not answer is on standard error."""
    from drivers.bench import read_addresses, sample_fields

    with _reasons_told():
        samples = [sample for _, sample in read_addresses(addresses, timeout_s)]
    for sample in samples:
        say_json(sample_fields(sample))
    if any(sample.quality is Quality.BAD for sample in samples):
        raise typer.Exit(FOUND)


@app.command()
@reporting
def watch(
    addresses: Addresses,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Stop after this time; else on Ctrl-C.")] = None,
    _as_json: AsJson = False,
) -> None:
    """Print every change. Exit code 1 when the last value of any address is Bad."""
    from drivers.bench import sample_fields, watch_addresses

    last: dict[str, Sample] = {}

    def on_sample(sample: Sample) -> None:
        last[sample.tag] = sample
        say_json(sample_fields(sample))

    # Ctrl-C is the way to end it
    with suppress(KeyboardInterrupt), _reasons_told():
        watch_addresses(addresses, seconds, on_sample)
    if not last or any(sample.quality is Quality.BAD for sample in last.values()):
        raise typer.Exit(FOUND)


@app.command()
@reporting
def browse(
    device: Annotated[str, typer.Argument(metavar="URL", help="opcua://HOST:PORT[/path] or mtconnect://HOST:PORT")],
    limit: Annotated[int, typer.Option(min=1, help="At most so many nodes.")] = 1000,
    _as_json: AsJson = False,
) -> None:
    """List a device's nodes with the addresses to read them by."""
    from drivers.bench import browse_device, node_fields

    quiet_libraries()
    try:
        entries = browse_device(device, limit)
    except ConnectionError as error:
        fail(str(error), ENVIRONMENT)
    if not entries:
        fail(f"{device} lists nothing: its protocol has no directory, or it is empty", FOUND)
    for depth, node in entries:
        say_json(node_fields(depth, node))


@contextmanager
def _reasons_told() -> Iterator[None]:
    """What the drivers say of a device, also once it answers again, goes to standard error."""
    quiet_libraries()
    drivers = logging.getLogger("drivers")
    level = drivers.level
    drivers.setLevel(logging.INFO)
    try:
        yield
    finally:
        drivers.setLevel(level)


app.command("list")(station_tags.list_tags)
app.command("add")(station_tags.add)
app.command("remove")(station_tags.remove)
app.command("write")(station_tags.write)
