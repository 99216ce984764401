"""The driver bench: read, watch and browse any device by address, without a configuration.

These functions are what ``python -m drivers`` and the station's ``tags`` commands print from. Addresses are
grouped by device, each device gets one connection, and a device that does not answer yields Bad samples,
never an exception.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from drivers.address import DEFAULT_PORTS, RTU_SCHEME, Address, host_and_port, parse_address, parse_device_url
from drivers.base import AddressError, ConnectionState, DeviceNode, Driver, Sample, Tag
from drivers.connection import BAD_COMMUNICATION, bad_sample
from drivers.modbus import ModbusDriver
from drivers.mtconnect import MtconnectDriver
from drivers.opcua import OpcUaDriver
from drivers.serial_line import parse_serial_line

_logger = logging.getLogger("drivers.bench")
READ_TIMEOUT_S = 5.0
DEEPEST = 12


def open_driver(address_text: str) -> Driver:
    """A driver for the device of a tag's address or of a device's URL; nothing is connected yet.

    Raises AddressError, also for a device's name: here is no configuration that could know it.
    """
    url = _device_url(address_text)
    if url.startswith(f"{RTU_SCHEME}://"):
        return ModbusDriver(parse_serial_line(url, RTU_SCHEME).port, url)
    scheme, authority, _ = parse_device_url(url)
    if host_and_port(authority) is None:
        raise AddressError(
            f'address "{address_text}": "{authority}" has no port; allowed: HOST:PORT '
            f"(usual: {authority}:{DEFAULT_PORTS[scheme]})"
        )
    if scheme == "mtconnect":
        return MtconnectDriver(authority, url)
    return OpcUaDriver(authority, url) if scheme == "opcua" else ModbusDriver(authority, url)


def read_addresses(addresses: Sequence[str], timeout_s: float = READ_TIMEOUT_S) -> list[tuple[str, Sample]]:
    """Read each address once, in the order given. Raises AddressError before anything is connected."""
    groups = _groups(addresses)
    return asyncio.run(_read(addresses, groups, timeout_s))


def watch_addresses(
    addresses: Sequence[str],
    seconds: float | None,
    on_sample: Callable[[Sample], None],
    on_state: Callable[[ConnectionState], None] | None = None,
) -> None:
    """Report every sample for ``seconds`` (None: until KeyboardInterrupt). Raises AddressError first."""
    asyncio.run(_watch(_groups(addresses), seconds, on_sample, on_state or (lambda state: None)))


def browse_device(url: str, limit: int = 1000) -> list[tuple[int, DeviceNode]]:
    """A device's tree from top to bottom, each node with its depth (0: the top), at most ``limit`` of them.

    Raises AddressError, or ConnectionError when it does not answer.
    """
    return asyncio.run(_browse(open_driver(url), limit))


def sample_fields(sample: Sample) -> dict[str, Any]:
    """A sample as the JSON line that the commands print; times are ISO 8601, UTC, milliseconds."""
    return {
        "address": sample.tag,
        "value": sample.value,
        "quality": str(sample.quality),
        "status": sample.status,
        "source_time": None if sample.source_time is None else iso_time(sample.source_time),
        "received_time": iso_time(sample.received_time),
        **({"text": sample.text} if sample.text else {}),
    }


def node_fields(depth: int, node: DeviceNode) -> dict[str, Any]:
    """A node as the JSON line that the commands print; what the device does not say is left out."""
    told = {"data_type": node.data_type, "unit": node.unit, "description": node.description}
    return {
        "address": node.address,
        "name": node.name,
        "readable": node.readable,
        "depth": depth,
        **{key: text for key, text in told.items() if text},
        **({} if node.writable is None else {"writable": node.writable}),
    }


def iso_time(seconds: float) -> str:
    """Seconds since the epoch as "2026-11-20T08:42:07.123Z"."""
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _device_url(address_text: str) -> str:
    try:
        address: Address = parse_address(address_text)
    except AddressError as fault:
        try:
            scheme, authority, path = parse_device_url(address_text)
        except AddressError:
            raise fault from None
        return f"{scheme}://{authority}{path}"
    return address.device_url


def _groups(addresses: Iterable[str]) -> dict[str, tuple[Driver, list[Tag]]]:
    groups: dict[str, tuple[Driver, list[Tag]]] = {}
    for text in dict.fromkeys(addresses):
        device_url = parse_address(text).device_url
        if device_url not in groups:
            groups[device_url] = (open_driver(text), [])
        groups[device_url][1].append(Tag(name=text, address=text))
    return groups


async def _read(
    addresses: Sequence[str], groups: dict[str, tuple[Driver, list[Tag]]], timeout_s: float
) -> list[tuple[str, Sample]]:
    answers = await asyncio.gather(*(_read_device(driver, tags, timeout_s) for driver, tags in groups.values()))
    samples = {sample.tag: sample for answer in answers for sample in answer}
    return [(text, samples[text]) for text in addresses]


async def _read_device(driver: Driver, tags: list[Tag], timeout_s: float) -> list[Sample]:
    try:
        async with asyncio.timeout(timeout_s):
            return await driver.read(tags)
    except TimeoutError:
        _logger.info("%s: read failed: no answer within %g s", driver.device, timeout_s)
        return [bad_sample(tag.name, BAD_COMMUNICATION) for tag in tags]
    finally:
        await driver.close()


async def _watch(
    groups: dict[str, tuple[Driver, list[Tag]]],
    seconds: float | None,
    on_sample: Callable[[Sample], None],
    on_state: Callable[[ConnectionState], None],
) -> None:
    def on_samples(samples: Sequence[Sample]) -> None:
        for sample in samples:
            on_sample(sample)

    tasks = [asyncio.create_task(driver.run(tags, on_samples, on_state)) for driver, tags in groups.values()]
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def _browse(driver: Driver, limit: int) -> list[tuple[int, DeviceNode]]:
    try:
        return await walk(driver, limit)
    finally:
        await driver.close()


async def walk(driver: Driver, limit: int) -> list[tuple[int, DeviceNode]]:
    """Everything a driver can browse, each node once, with its depth. Raises ConnectionError."""
    found: list[tuple[int, DeviceNode]] = []
    visited: set[str] = set()
    waiting = [(0, node) for node in reversed(await driver.browse())]
    while waiting and len(found) < limit:
        depth, node = waiting.pop()
        if node.address in visited:
            continue
        visited.add(node.address)
        found.append((depth, node))
        if node.has_children and depth < DEEPEST and len(found) < limit:
            waiting += [(depth + 1, child) for child in reversed(await driver.browse(node.address))]
    return found
