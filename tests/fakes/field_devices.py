"""Devices whose trees and answers are given by the test: a services.ports.FieldDevices without a field loop."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import TypeVar

from drivers.base import DeviceNode, NodeKind, Quality, Sample, Tag, Value
from station_app.services.ports import FieldError, NodeFound, NodeSearch

T = TypeVar("T")


def node(name: str, *, folder: bool = False, device: str = "press", **more: object) -> DeviceNode:
    """A node of a server, as its driver would list it."""
    kind = NodeKind.FOLDER if folder else NodeKind.VARIABLE
    address = f"opcua://{device}/ns=2;s={name}"
    return DeviceNode(address, name.rpartition(".")[2], kind, not folder, folder, **more)  # type: ignore[arg-type]  # the test's


class HandDevices:
    """One device, "press", with a folder of four values; ``fault`` is what every question is answered with."""

    def __init__(self) -> None:
        self.names: Sequence[str] = ["press", "bench"]
        self.fault = ""
        self.trees: dict[str, list[DeviceNode]] = {
            "press": [node("Press", folder=True)],
            "opcua://press/ns=2;s=Press": [
                node("Press.PeakForce", data_type="Double", unit="kN", writable=False),
                node("Press.Program", data_type="UInt16", writable=True),
                node("Press.State", data_type="String", description="What the press does now", writable=False),
                node("Press.Temperature of the hydraulic oil", data_type="Double", unit="°C", writable=False),
            ],
        }
        self.values: dict[str, Value] = {"opcua://press/ns=2;s=Press.Program": 3}
        self.followed: list[tuple[str, list[str]]] = []
        self.written: list[tuple[str, Value]] = []
        self.write_status = "Good"

    def browse(self, device: str, address: str = "") -> Future[list[DeviceNode]]:
        """What ``trees`` says."""
        return self._answer(self.trees.get(address or device, []))

    def search(self, device: str, words: str) -> Future[NodeSearch]:
        """Among all nodes of ``trees``."""
        nodes = [n for listed in self.trees.values() for n in listed if words.casefold() in n.name.casefold()]
        return self._answer(NodeSearch(tuple(NodeFound(("Press",), n) for n in nodes), 5, complete=False))

    def read(self, device: str, tag: Tag) -> Future[Sample]:
        """The value in ``values``, else 12.4."""
        now = time.time()
        return self._answer(Sample(tag.name, self.values.get(tag.address, 12.4), Quality.GOOD, "Good", now, now))

    def write(self, device: str, tag: Tag, value: Value) -> Future[Sample]:
        """Taken, or refused with ``write_status``."""
        if not self.fault:
            self.written.append((tag.name, value))
        quality = Quality.GOOD if self.write_status == "Good" else Quality.BAD
        return self._answer(Sample(tag.name, value, quality, self.write_status, None, time.time()))

    def follow(self, device: str, tags: Sequence[Tag]) -> Future[None]:
        """Noted in ``followed``."""
        self.followed.append((device, [tag.name for tag in tags]))
        return self._answer(None)

    def _answer(self, result: T) -> Future[T]:
        future: Future[T] = Future()
        if self.fault:
            future.set_exception(FieldError(self.fault))
        else:
            future.set_result(result)
        return future
