"""The press as an OPC UA server: namespace 2, string ids ``Press.*``, source times at every scan.

The server stamps all nodes at every scan, as most controllers do; a client that asks for new times sees from
that when the press's values stop being fed ("value frozen").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

from asyncua import ua
from asyncua.common.node import Node
from asyncua.server.server import Server

from drivers.connection import quiet_library
from drivers.simulation.press import Press, PressState

SCAN_S = 0.05
NAMESPACE_URI = "urn:simulated-plant:press"
APPLICATION_URI = "urn:simulated-plant:press:server"
_KINDS: Mapping[str, tuple[ua.VariantType, str]] = {
    "Force": (ua.VariantType.Double, "kN"),
    "Position": (ua.VariantType.Double, "mm"),
    "State": (ua.VariantType.String, ""),
    "StateNumber": (ua.VariantType.UInt32, ""),
    "CycleCounter": (ua.VariantType.UInt32, ""),
    "Program": (ua.VariantType.UInt16, ""),
    "PeakForce": (ua.VariantType.Double, "kN"),
    "Result": (ua.VariantType.String, ""),
    "Start": (ua.VariantType.Boolean, ""),
    "ForceCurve": (ua.VariantType.Double, "kN"),
}
WRITABLE = ("Start", "Program")
_CURVE_POINTS = 50
_UNIT_CODES = {"kN": (4932688, "kilonewton"), "mm": (5066068, "millimetre")}
_RANGES = {"Force": (0.0, 20.0), "Position": (0.0, 120.0), "PeakForce": (0.0, 20.0)}
_STATES = tuple(PressState)


class PressServer:
    """Serves one press on ``host:port`` (port 0: a free one, then kept).

    ``frozen`` stops its values, not its answers.
    """

    def __init__(self, press: Press, host: str = "127.0.0.1", port: int = 0) -> None:
        self.press = press
        self.frozen = False
        self._host = host
        self.port = port
        self._server: Server | None = None
        self._nodes: dict[str, ua.NodeId] = {}
        self._curve: list[float] = [0.0] * _CURVE_POINTS
        self._listening = False

    async def start(self, certificate: Path | None = None, private_key: Path | None = None) -> None:
        """Build the address space and listen; with a certificate, only SignAndEncrypt is offered."""
        quiet_library("asyncua")
        server = Server()
        await server.init()
        server.set_endpoint(f"opc.tcp://{self._host}:{self.port}/")
        server.set_server_name("Simulated servo press")
        if certificate is not None and private_key is not None:
            await server.set_application_uri(APPLICATION_URI)
            await server.load_certificate(certificate)
            await server.load_private_key(private_key)
            server.set_security_policy([ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
        else:
            server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        namespace = await server.register_namespace(NAMESPACE_URI)
        await self._add_nodes(server, namespace)
        await server.start()
        self._server = server
        self._listening = True
        if server.bserver is None:
            raise RuntimeError("the OPC UA server did not start")
        self.port = server.bserver.port
        await self._publish()

    async def _add_nodes(self, server: Server, namespace: int) -> None:
        folder = await server.nodes.objects.add_object(_node("Press", namespace), f"{namespace}:Press")
        for name, (kind, unit) in _KINDS.items():
            value = self._values()[name]
            node_id = _node(f"Press.{name}", namespace)
            node = await folder.add_variable(node_id, f"{namespace}:{name}", value, varianttype=kind)
            if name in WRITABLE:
                await node.set_writable()
            await self._describe(node, name, unit, namespace)
            self._nodes[name] = node_id

    async def _describe(self, node: Node, name: str, unit: str, namespace: int) -> None:
        """The properties that say what a value means: its unit, its range, the words of a state."""
        if unit:
            code, description = _UNIT_CODES[unit]
            units = ua.EUInformation(
                NamespaceUri="http://www.opcfoundation.org/UA/units/un/cefact",
                UnitId=ua.Int32(code),
                DisplayName=ua.LocalizedText(unit),
                Description=ua.LocalizedText(description),
            )
            await node.add_property(_node(f"Press.{name}.EngineeringUnits", namespace), "0:EngineeringUnits", units)
        if name in _RANGES:
            low, high = _RANGES[name]
            extent = ua.Range(Low=ua.Double(low), High=ua.Double(high))
            await node.add_property(_node(f"Press.{name}.EURange", namespace), "0:EURange", extent)
        if name == "StateNumber":
            words = [ua.LocalizedText(str(state)) for state in _STATES]
            await node.add_property(_node(f"Press.{name}.EnumStrings", namespace), "0:EnumStrings", words)

    def _values(self) -> dict[str, Any]:
        press = self.press
        return {
            "Force": press.force_kn,
            "Position": round(press.position_mm, 2),
            "State": str(press.state),
            "StateNumber": _STATES.index(press.state),
            "CycleCounter": press.cycle_count,
            "Program": press.program,
            "PeakForce": press.peak_force_kn,
            "Result": press.result,
            "Start": False,
            "ForceCurve": list(self._curve),
        }

    async def scan(self, elapsed_s: float) -> None:
        """One controller cycle: move the press on, obey written nodes, publish."""
        self.press.step(elapsed_s)
        self._curve = [*self._curve[1:], self.press.force_kn]
        if self.frozen or self._server is None:
            return
        if self._read("Start"):
            self.press.start()
        written_program = self._read("Program")
        if isinstance(written_program, int):
            self.press.program = written_program
        await self._publish()

    def _read(self, name: str) -> Any:
        if self._server is None:
            return None
        value = self._server.read_attribute_value(self._nodes[name]).Value
        return None if value is None else value.Value

    async def _publish(self) -> None:
        if self._server is None:
            return
        now = ua.DateTime.now(UTC)
        for name, value in self._values().items():
            variant = ua.Variant(value, _KINDS[name][0])
            data_value = ua.DataValue(variant, SourceTimestamp=now)
            await self._server.write_attribute_value(self._nodes[name], data_value)

    async def unplug(self) -> None:
        """Close the listening socket and every connection, as a pulled plug would look after its timeout."""
        if self._server is not None and self._server.bserver is not None and self._listening:
            self._listening = False
            await self._server.bserver.stop()

    async def plug_in(self) -> None:
        """Listen on the same port again."""
        if self._server is not None and self._server.bserver is not None and not self._listening:
            await self._server.bserver.start()
            self._listening = True

    async def stop(self) -> None:
        """Stop for good."""
        server, self._server = self._server, None
        if server is not None:
            await server.stop()
            self._listening = False


def _node(name: str, namespace: int) -> ua.NodeId:
    return ua.NodeId(ua.String(name), ua.Int16(namespace))
