"""Requests a second through the Modbus driver, each reply judged and turned into samples, beside pymodbus's client alone.

Both ask the same server, in a process of its own, for the same 100 registers again and again, in turns. The driver
polls its tags without a pause between the polls. With 50 tags, a float32 in every two registers, there is a second figure
beside the bare client that also makes the values, by the library's own `convert_from_registers`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pymodbus.client import AsyncModbusTcpClient

from drivers.base import Quality, Sample, Tag
from drivers.modbus import ModbusDriver
from tests.benchmarks.measuring import line

REGISTERS = 100
GOAL = 0.7


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """Lines for 1, 20 and 50 tags in the block, against the bare request, and for 50 against values made by the library."""
    rounds, requests = (15, 500) if quick else (21, 3000)
    with _server() as port:
        for tags, converts in ((1, False), (20, False), (50, False), (50, True)):
            yield asyncio.run(_measure(port, tags, converts, rounds, requests))


async def _measure(port: int, tags: int, converts: bool, rounds: int, requests: int) -> dict[str, Any]:
    pairs: list[tuple[float, float]] = []
    for _ in range(rounds):
        bare = await _bare_rate(port, converts, requests)
        pairs.append((await _driver_rate(port, tags, requests), bare))
    # the two of one turn had the same computer beside them: the turn of the median ratio is told
    product, bare = sorted(pairs, key=lambda pair: pair[0] / pair[1])[rounds // 2]
    ratio = product / bare
    beside = ", beside values by pymodbus" if converts else ""
    return line(
        f"Modbus requests/s, {REGISTERS} registers with {tags} tags{beside}",
        product, bare, f">= {GOAL}x", ratio >= GOAL,
        samples_per_s=round(product * tags),
    )  # fmt: skip


async def _bare_rate(port: int, converts: bool, requests: int) -> float:
    async with AsyncModbusTcpClient("127.0.0.1", port=port) as client:
        await client.read_holding_registers(0, count=REGISTERS)
        begun = time.perf_counter()
        for _ in range(requests):
            reply = await client.read_holding_registers(0, count=REGISTERS)
            if reply.isError() or len(reply.registers) != REGISTERS:
                raise RuntimeError(f"no answer: {reply}")
            if converts:
                for first in range(0, REGISTERS, 2):
                    client.convert_from_registers(reply.registers[first : first + 2], client.DATATYPE.FLOAT32)
        return requests / (time.perf_counter() - begun)


async def _driver_rate(port: int, tags: int, requests: int) -> float:
    """Samples are counted as they leave the driver; every tag must be Good every time."""
    step = REGISTERS // tags
    points = [
        Tag(f"t{n}", f"modbus://127.0.0.1:{port}/holding/{_offset(n, step)}?type=float32", interval_s=1e-9)
        for n in range(tags)
    ]
    wanted, counted = requests * tags, 0
    begun = 0.0
    done = asyncio.Event()

    def on_samples(samples: Sequence[Sample]) -> None:
        nonlocal counted, begun
        if samples[0].quality is Quality.BAD and counted:
            raise RuntimeError(f"not Good: {samples[0]}")
        if samples[0].quality is Quality.GOOD:
            begun = begun or time.perf_counter()
            counted += len(samples)
            if counted >= wanted:
                done.set()

    task = asyncio.create_task(
        ModbusDriver("bench", f"modbus://127.0.0.1:{port}").run(points, on_samples, lambda state: None)
    )
    await done.wait()
    elapsed_s = time.perf_counter() - begun
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return counted / tags / elapsed_s


def _offset(n: int, step: int) -> int:
    """Spread over the block, the last one at its end, so that both ask for the same registers."""
    return REGISTERS - 2 if (n + 1) * step >= REGISTERS else n * step


@contextmanager
def _server() -> Iterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.programs.modbus_answers"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield int(process.stdout.readline())
        process.stdin.close()
