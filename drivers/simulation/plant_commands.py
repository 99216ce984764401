"""What the control channel may tell the mill, the gauge and the scanner."""

from __future__ import annotations

import re
from decimal import Decimal

from drivers.simulation.agent import VERSIONS
from drivers.simulation.control import Command, CommandError
from drivers.simulation.gauge import SimulatedGauge, SimulatedScanner
from drivers.simulation.mill import MillServer

_MILL_VERBS = ("restart", "skip", "unavailable", "condition", "version")
_LEVELS = ("Normal", "Warning", "Fault")
_GAUGE_VERBS = ("press key", "value", "error", "continuous")


def switch(command: Command) -> bool:
    """The key ``on``, true when it is left out. Raises CommandError."""
    on = command.get("on", True)
    if not isinstance(on, bool):
        raise CommandError(f"on is {on!r}; allowed: true, false")
    return on


def obey_mill(mill: MillServer, command: Command) -> None:
    """Restart the agent, let its buffer run over, let its machine be silent. Raises CommandError."""
    verb = command["mill"]
    if verb == "restart":
        mill.restart()
    elif verb == "skip":
        mill.agent.skip(_count(command))
    elif verb == "unavailable":
        mill.frozen = switch(command)
        for item_id in mill.agent.items if mill.frozen else ():
            mill.agent.make_unavailable(item_id)
    elif verb == "condition":
        level = command.get("level")
        if not isinstance(level, str) or level not in _LEVELS:
            raise CommandError(f"level is {level!r}; allowed: {', '.join(_LEVELS)}")
        mill.agent.report_condition("dx3", level, _text(command, "code", ""), _text(command, "text", ""))
    elif verb == "version":
        version = command.get("version")
        if not isinstance(version, str) or version not in VERSIONS:
            raise CommandError(f"version is {version!r}; allowed: {', '.join(VERSIONS)}")
        mill.agent.version = version
    else:
        raise CommandError(f'mill is "{verb}"; allowed: {", ".join(_MILL_VERBS)}')


def obey_gauge(gauge: SimulatedGauge, command: Command) -> None:
    """Press its key, set its value, let it err. Raises CommandError."""
    verb = command["gauge"]
    if verb not in _GAUGE_VERBS:
        raise CommandError(f'gauge is "{verb}"; allowed: {", ".join(_GAUGE_VERBS)}')
    if verb == "continuous":
        gauge.continuous = switch(command)
        return
    if verb == "error":
        gauge.error = _text(command, "error", "")
        return
    if "value" in command or verb == "value":
        text = _text(command, "value")
        if not re.fullmatch(r"[+-]?\d{1,4}(\.\d{1,3})?", text):
            raise CommandError(f'value is "{text}"; allowed: a number as text, like "12.345"')
        gauge.value = Decimal(text)
    if verb == "press key":
        gauge.press_key()


def obey_scanner(scanner: SimulatedScanner, command: Command) -> None:
    """Let it read a code. Raises CommandError."""
    if command["scanner"] != "scan":
        raise CommandError(f'scanner is "{command["scanner"]}"; allowed: scan')
    scanner.read_code(_text(command, "text"))


def _text(command: Command, key: str, default: str | None = None) -> str:
    value = command.get(key, default)
    if not isinstance(value, str) or len(value) > 200:
        raise CommandError(f"{key} is {value!r}; allowed: text of at most 200 characters")
    return value


def _count(command: Command) -> int:
    count = command.get("count", 1000)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 10**9:
        raise CommandError(f"count is {count!r}; allowed: 1 to 1000000000")
    return count
