"""``python -m drivers read|watch|browse|camera|certificate``: the driver bench an engineer takes to a new machine.

Prints JSON lines. Exit code 0: all values Good; 1: a value is Bad or a device does not answer; 2: an address
or an option cannot be understood.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.base import AddressError, ConnectionState, Quality, Sample
from drivers.bench import READ_TIMEOUT_S, browse_device, node_fields, read_addresses, sample_fields, watch_addresses
from drivers.opcua.certificates import VALID_DAYS, fetch_server_certificate, own_certificate


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m drivers",
        description="Read any OPC UA, Modbus TCP or MTConnect device by address; prints JSON lines.",
        epilog='addresses: "opcua://HOST:PORT/ns=2;s=NAME", "modbus://HOST:PORT/holding/100?type=float32"',
    )
    commands = parser.add_subparsers(dest="command", required=True)
    read = commands.add_parser("read", help="read each address once")
    read.add_argument("addresses", nargs="+", metavar="ADDRESS")
    read.add_argument("--timeout", type=float, default=READ_TIMEOUT_S, metavar="S", help="seconds, default %(default)s")
    watch = commands.add_parser("watch", help="print every change until Ctrl-C")
    watch.add_argument("addresses", nargs="+", metavar="ADDRESS")
    watch.add_argument("--seconds", type=float, metavar="S", help="stop after this time")
    browse = commands.add_parser("browse", help="list the nodes of an OPC UA server or MTConnect agent")
    browse.add_argument("device", metavar="URL", help="opcua://HOST:PORT[/path] or mtconnect://HOST:PORT")
    browse.add_argument("--limit", type=int, default=1000, metavar="N", help="at most so many, default %(default)s")
    camera = commands.add_parser("camera", help="one picture of a camera, and what can be set at it")
    camera.add_argument("url", metavar="URL", help="http://HOST/PATH, rtsp://HOST/PATH, usb://NUMBER, file:///PATH")
    camera.add_argument("--save", type=Path, metavar="FILE", help="write the original bytes there")
    camera.add_argument(
        "--timeout", type=float, default=READ_TIMEOUT_S, metavar="S", help="seconds, default %(default)s"
    )
    _add_certificate(commands)
    return parser.parse_args(argv)


def _add_certificate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("certificate", help="make this station's OPC UA certificate, or fetch a server's")
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--name", help="make NAME.der and NAME_key.pem, unless they are there")
    which.add_argument("--of", metavar="URL", help="fetch the certificate of the server opcua://HOST:PORT")
    command.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder; for --of the trusted one")
    command.add_argument("--person", action="store_true", help="with --name: for a user's login, not an application")
    command.add_argument("--days", type=int, default=VALID_DAYS, metavar="N", help="valid so long, default %(default)s")


def _print(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _read(arguments: argparse.Namespace) -> int:
    samples = [sample for _, sample in read_addresses(arguments.addresses, arguments.timeout)]
    for sample in samples:
        _print(sample_fields(sample))
    return 1 if any(sample.quality is Quality.BAD for sample in samples) else 0


def _watch(arguments: argparse.Namespace) -> int:
    last: dict[str, Sample] = {}

    def on_sample(sample: Sample) -> None:
        last[sample.tag] = sample
        _print(sample_fields(sample))

    def on_state(state: ConnectionState) -> None:
        if state.reason:
            sys.stderr.write(f"{state.device}: {state.reason}\n")

    try:
        watch_addresses(arguments.addresses, arguments.seconds, on_sample, on_state)
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
    return 1 if any(sample.quality is Quality.BAD for sample in last.values()) else 0


def _browse(arguments: argparse.Namespace) -> int:
    try:
        entries = browse_device(arguments.device, arguments.limit)
    except ConnectionError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for depth, node in entries:
        _print(node_fields(depth, node))
    return 0


def _camera(arguments: argparse.Namespace) -> int:
    from drivers.cameras.bench import look_at_camera

    try:
        found = look_at_camera(arguments.url, arguments.timeout, arguments.save)
    except OSError as error:
        sys.stderr.write(f"{arguments.save}: {error.strerror or error}\n")
        return 1
    _print(found)
    return 1 if "reason" in found else 0


def _certificate(arguments: argparse.Namespace) -> int:
    try:
        if arguments.of:
            _fetch(arguments.of, arguments.out)
        else:
            made = own_certificate(arguments.name, arguments.out, person=arguments.person, days=arguments.days)
            _print(
                {
                    "certificate": str(made.certificate),
                    "private_key": str(made.private_key),
                    "application_uri": made.uri,
                    "new": made.is_new,
                }
            )
    except ConnectionError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except AddressError:
        raise
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _fetch(url: str, folder: Path) -> None:
    certificate = asyncio.run(fetch_server_certificate(url))
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{fingerprint[:16]}.der"
    file.write_bytes(certificate.public_bytes(Encoding.DER))
    _print({"certificate": str(file), "owner": certificate.subject.rfc4514_string(), "sha256": fingerprint})
    sys.stderr.write("compare the SHA-256 with what the machine shows: in the trusted folder it is believed\n")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _arguments(argv)
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    commands = {
        "read": _read, "watch": _watch, "browse": _browse, "camera": _camera, "certificate": _certificate,
    }  # fmt: skip
    try:
        return commands[arguments.command](arguments)
    except AddressError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
