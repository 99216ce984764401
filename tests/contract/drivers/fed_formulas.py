"""Derived tags with the device that they are computed from: in the contract the device is the formulas' far end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from drivers.address import parse_formula_address
from drivers.base import (
    DescriptionSink,
    DeviceNode,
    Driver,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    Value,
    ignore_description,
)
from drivers.calc import CalcDriver
from drivers.calc.parser import parse
from drivers.calc.tree import tags_of


class FedFormulas:
    """A :class:`CalcDriver` that hears ``source``, a real driver, as on the field loop.

    What is asked of it is asked of the formulas. ``inputs`` are the tags of the source that formulas may name.
    """

    def __init__(self, device: str, source: Driver, inputs: Sequence[Tag]) -> None:
        self.device = device
        self._source = source
        self._inputs = {tag.name: tag for tag in inputs}
        self._running: CalcDriver | None = None

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        formulas = self._running = CalcDriver(self.device, tags)
        feeding = asyncio.create_task(self._source.run(self._used(tags), formulas.take, lambda state: None))
        try:
            await formulas.run(tags, on_samples, on_state, on_description)
        finally:
            self._running = None
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            await formulas.close()

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        if self._running is not None:
            return await self._running.read(tags)
        formulas = CalcDriver(self.device, tags)
        formulas.take(await self._source.read(self._used(tags)))
        return await formulas.read(tags)

    async def write(self, tag: Tag, value: Value) -> Sample:
        return await CalcDriver(self.device, [tag]).write(tag, value)

    async def browse(self, address: str = "") -> list[DeviceNode]:
        return await CalcDriver(self.device, []).browse(address)

    async def close(self) -> None:
        await self._source.close()

    def _used(self, tags: Sequence[Tag]) -> list[Tag]:
        names = {name for tag in tags for name in tags_of(parse(parse_formula_address(tag.address)))}
        return [self._inputs[name] for name in sorted(names)]
