"""What can be set at a camera, and what it made of it.

OpenCV knows no ranges: a driver takes a value, takes another one near it, or refuses. So each setting is read back and
told as it is, and the limits are found by asking for far too little and far too much (and putting the value back).
The units are the driver's own: exposure is 100 µs on Linux and a power of two of a second on Windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2

NOT_SUPPORTED = "not supported by this camera"
TRIED_LOW, TRIED_HIGH = -100_000.0, 100_000.0
_UNKNOWN = -1.0
_V4L2_MANUAL, _V4L2_AUTO = 1.0, 3.0


@dataclass(frozen=True, slots=True)
class ControlSettings:
    """What a view asks of the camera; None leaves it to the camera's automatic."""

    exposure: float | None = None
    focus: float | None = None
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class ControlState:
    """One control as the camera has it. ``asked`` None: automatic; ``low``, ``high`` None: not measured.

    ``note`` says for a person what is not as asked; empty when all is.
    """

    name: str
    supported: bool
    asked: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""


class Properties(Protocol):
    """The part of cv2.VideoCapture that reads and sets properties."""

    def get(self, property_id: int, /) -> float: ...

    def set(self, property_id: int, value: float, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Control:
    name: str
    property_id: int
    auto_id: int | None = None


_CONTROLS = (
    _Control("exposure", cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE),
    _Control("focus", cv2.CAP_PROP_FOCUS, cv2.CAP_PROP_AUTOFOCUS),
    _Control("gain", cv2.CAP_PROP_GAIN),
)
CONTROL_NAMES = tuple(control.name for control in _CONTROLS)


def no_controls(settings: ControlSettings) -> tuple[ControlState, ...]:
    """The answer of a camera whose settings are made at the camera itself (network, file)."""
    return tuple(
        ControlState(name, False, getattr(settings, name), note=NOT_SUPPORTED if getattr(settings, name) else "")
        for name in CONTROL_NAMES
    )


def apply_controls(camera: Properties, settings: ControlSettings) -> tuple[ControlState, ...]:
    """Set what is asked, everything else to automatic; how each control is now."""
    return tuple(_apply(camera, control, getattr(settings, control.name)) for control in _CONTROLS)


def measure_limits(camera: Properties) -> tuple[ControlState, ...]:
    """Each control with its limits. Disturbs the picture for a moment; the values are put back."""
    return tuple(_measure(camera, control) for control in _CONTROLS)


def _apply(camera: Properties, control: _Control, asked: float | None) -> ControlState:
    manual, automatic = _auto_values(camera)
    if control.auto_id is not None:
        camera.set(control.auto_id, automatic if asked is None else manual)
    if asked is None:
        value = _read(camera, control)
        return ControlState(control.name, value is not None, None, value)
    taken = camera.set(control.property_id, asked)
    value = _read(camera, control)
    if value is None or (not taken and value != asked):
        note = NOT_SUPPORTED if value is None else f"the camera refuses {asked:g} and stays at {value:g}"
        return ControlState(control.name, value is not None, asked, value, note=note)
    note = "" if value == asked else f"the camera took {value:g} instead of {asked:g}"
    return ControlState(control.name, True, asked, value, note=note)


def _measure(camera: Properties, control: _Control) -> ControlState:
    before = _read(camera, control)
    if before is None or not camera.set(control.property_id, before):
        return ControlState(control.name, False, value=before, note=NOT_SUPPORTED)
    low, high = (_tried(camera, control, value) for value in (TRIED_LOW, TRIED_HIGH))
    camera.set(control.property_id, before)
    return ControlState(control.name, True, value=_read(camera, control), low=low, high=high)


def _tried(camera: Properties, control: _Control, value: float) -> float | None:
    """What the driver makes of a value that is too far; None when it refuses instead of limiting."""
    if not camera.set(control.property_id, value):
        return None
    found = _read(camera, control)
    return None if found == value else found


def _read(camera: Properties, control: _Control) -> float | None:
    """The present value; None where OpenCV says that there is no such control."""
    value = camera.get(control.property_id)
    if value != _UNKNOWN:
        return value
    # -1 is also an exposure on Windows (half a second): a camera that takes it has the control
    return value if camera.set(control.property_id, value) else None


def _auto_values(camera: Properties) -> tuple[float, float]:
    """How "manual" and "automatic" are said to this backend."""
    if int(camera.get(cv2.CAP_PROP_BACKEND)) == cv2.CAP_V4L2:
        return _V4L2_MANUAL, _V4L2_AUTO
    return 0.0, 1.0
