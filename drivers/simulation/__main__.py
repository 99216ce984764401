"""``python -m drivers.simulation``: the simulated plant as a process that ends with its owner.

It writes its ports as JSON to ``--ports-file`` once everything answers, and ends when its standard input
closes (the owner is gone), on SIGTERM or Ctrl-C.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from pathlib import Path

from drivers.simulation.gauge import KINDS
from drivers.simulation.plant import Plant


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m drivers.simulation", description=__doc__)
    for name in ("opcua", "modbus", "camera", "mtconnect", "gauge", "scanner", "control"):
        parser.add_argument(f"--{name}-port", type=int, default=0, help="0 (default): a free one")
    parser.add_argument("--gauge", choices=KINDS, default=KINDS[0], help="how the gauge speaks (default %(default)s)")
    parser.add_argument("--ports-file", type=Path, help="write the real ports here as JSON when ready")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds per real second (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="begins the random numbers (default 1)")
    parser.add_argument("--auto", action="store_true", help="press and bench work by themselves")
    parser.add_argument("--ignore-stdin", action="store_true", help="run on when standard input closes")
    arguments = parser.parse_args(argv)
    if not 0.1 <= arguments.speed <= 100:
        parser.error(f"--speed is {arguments.speed:g}; allowed: 0.1 to 100")
    return arguments


def _watch_stdin(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    """Read standard input to its end in a daemon thread: the owner holds the other side open."""

    def read() -> None:
        while os.read(0, 4096):
            continue
        with contextlib.suppress(RuntimeError):  # the loop may be closed already
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read, name="stdin", daemon=True).start()


def _watch_signals(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))


def _write_ports(path: Path, ports: dict[str, int]) -> None:
    """Whole or not at all: a reader polls for the file."""
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(json.dumps(ports) + "\n", encoding="utf-8", newline="\n")
    temporary.replace(path)


async def _run(arguments: argparse.Namespace) -> int:
    plant = Plant(
        opcua_port=arguments.opcua_port,
        modbus_port=arguments.modbus_port,
        camera_port=arguments.camera_port,
        mtconnect_port=arguments.mtconnect_port,
        gauge_port=arguments.gauge_port,
        gauge_kind=arguments.gauge,
        scanner_port=arguments.scanner_port,
        control_port=arguments.control_port,
        speed=arguments.speed,
        seed=arguments.seed,
    )
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    if not arguments.ignore_stdin:
        _watch_stdin(loop, ended)
    _watch_signals(loop, ended)
    try:
        await plant.start()
    except (OSError, RuntimeError) as error:
        sys.stderr.write(f"the simulated plant cannot start: {error}\n")
        return 1
    if arguments.auto:
        await plant.obey({"press": "auto"})
        await plant.obey({"bench": "run"})
    if arguments.ports_file is not None:
        _write_ports(arguments.ports_file, plant.ports)
    sys.stdout.write(json.dumps(plant.ports) + "\n")
    sys.stdout.flush()
    scanning = asyncio.create_task(plant.run())
    waiting = asyncio.create_task(ended.wait())
    done, _ = await asyncio.wait({scanning, waiting}, return_when=asyncio.FIRST_COMPLETED)
    scanning.cancel()
    waiting.cancel()
    await asyncio.gather(scanning, waiting, return_exceptions=True)
    await plant.stop()
    if scanning in done:
        scanning.result()  # a fault of the plant itself: let it be seen
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run until the owner is gone; returns the exit code."""
    return asyncio.run(_run(_arguments(argv)))


if __name__ == "__main__":
    sys.exit(main())
