"""Derived tags as one more driver on the field loop: its device is the samples of all the others.

The field loop hands every batch of samples to :meth:`CalcDriver.take` as well, on its own thread, before they cross to
the rest of the application. There is no lock and no further queue between threads; what is computed takes the same way
out as every other sample. ``take`` only keeps what came; the work is done in ``run``, so that a fault in a
formula's computation shows as this driver's, not as that of the device whose sample it was.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from drivers.base import (
    DescriptionSink,
    DeviceNode,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    Value,
    ignore_description,
)
from drivers.calc.chain import Chain
from drivers.connection import WAITING, DeviceReport, bad_sample

_logger = logging.getLogger("drivers.calc")
_MOST_WAITING = 100_000


class CalcDriver:
    """The derived tags of a station as a :class:`drivers.base.Driver`. Raises FormulaError.

    It reports no connection: there is none that could be lost.
    """

    def __init__(self, device: str, tags: Sequence[Tag]) -> None:
        self.device = device
        self._chain = Chain(tags)
        # samples that came since the last computing; bounded for a loop that hangs
        self._waiting: deque[Sample] = deque(maxlen=_MOST_WAITING)
        self._came = asyncio.Event()
        self._running = False

    def take(self, samples: Sequence[Sample]) -> None:
        """Samples of any tags, as they arrived. On the field loop's thread."""
        inputs = self._chain.inputs
        ours = [sample for sample in samples if sample.tag in inputs]
        if ours:
            self._waiting.extend(ours)
            self._came.set()

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        """Compute until cancelled; ``tags`` are those that the driver was made with."""
        report = DeviceReport(self.device, tags, on_samples, on_state, _logger, on_description)
        report.mark_bad(WAITING)
        report.samples(self._chain.begin())
        tick_s = self._chain.tick_s
        self._running = True
        while True:
            await self._wait(tick_s)
            results = self._compute()
            if tick_s is not None:
                results += self._chain.tick()
            report.samples(results)

    async def _wait(self, tick_s: float | None) -> None:
        """Until samples came, or it is time for formulas that remember."""
        if tick_s is None:
            await self._came.wait()
        else:
            try:
                async with asyncio.timeout(tick_s):
                    await self._came.wait()
            except TimeoutError:
                return
        self._came.clear()

    def _compute(self) -> list[Sample]:
        taken = [self._waiting.popleft() for _ in range(len(self._waiting))]
        return self._chain.take(taken)

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        """The newest results; what was taken and not computed yet is computed first where nothing runs."""
        if not self._running:
            self._chain.begin()
            self._compute()
        return [self._chain.latest(tag.name) or bad_sample(tag.name, WAITING) for tag in tags]

    async def write(self, tag: Tag, value: Value) -> Sample:
        """Nothing that is computed can be written."""
        return bad_sample(tag.name, "BadNotWritable", value)

    async def browse(self, address: str = "") -> list[DeviceNode]:
        """Empty: derived tags are what station.toml says."""
        return []

    async def close(self) -> None:
        self._waiting.clear()
