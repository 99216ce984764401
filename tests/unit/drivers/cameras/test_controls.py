"""Exposure, focus and gain: what the camera took is read back and told."""

from __future__ import annotations

import cv2

from drivers.cameras.controls import NOT_SUPPORTED, ControlSettings, apply_controls, measure_limits, no_controls
from drivers.cameras.usb import UsbAddress
from drivers.simulation.usb import SimulatedUsb

EXPOSURE, AUTO_EXPOSURE = int(cv2.CAP_PROP_EXPOSURE), int(cv2.CAP_PROP_AUTO_EXPOSURE)


class Refusing:
    """A driver that refuses what it cannot do instead of taking the nearest value."""

    def get(self, property_id: int, /) -> float:
        return 50.0 if property_id == EXPOSURE else -1.0

    def set(self, property_id: int, value: float, /) -> bool:
        return property_id == EXPOSURE and value == 50.0


def test_what_is_asked_is_set_and_automatic_is_switched_off() -> None:
    camera = SimulatedUsb()
    capture = camera.open(0, UsbAddress(0))
    states = {state.name: state for state in apply_controls(capture, ControlSettings(exposure=120, gain=10))}
    assert (states["exposure"].supported, states["exposure"].value, states["exposure"].note) == (True, 120, "")
    assert camera.values[AUTO_EXPOSURE] == 1.0
    apply_controls(capture, ControlSettings())
    assert camera.values[AUTO_EXPOSURE] == 3.0


def test_another_value_than_asked_is_told() -> None:
    capture = SimulatedUsb().open(0, UsbAddress(0))
    exposure, focus, gain = apply_controls(capture, ControlSettings(exposure=5000, focus=30, gain=10))
    assert exposure.note == "the camera took 2047 instead of 5000"
    assert (focus.supported, focus.note) == (False, NOT_SUPPORTED)
    assert gain.note == ""
    refusing = apply_controls(Refusing(), ControlSettings(exposure=70))
    assert refusing[0].note == "the camera refuses 70 and stays at 50"


def test_limits_are_found_and_the_values_put_back() -> None:
    camera = SimulatedUsb()
    exposure, focus, gain = measure_limits(camera.open(0, UsbAddress(0)))
    assert (exposure.low, exposure.high, exposure.value) == (3.0, 2047.0, 250.0)
    assert (gain.low, gain.high, gain.value) == (0.0, 255.0, 64.0)
    assert (focus.supported, focus.note) == (False, NOT_SUPPORTED)
    assert camera.values[EXPOSURE] == 250.0
    assert (measure_limits(Refusing())[0].low, measure_limits(Refusing())[0].supported) == (None, True)


def test_a_camera_without_controls_says_so_only_for_what_was_asked() -> None:
    exposure, focus, _ = no_controls(ControlSettings(exposure=5))
    assert (exposure.supported, exposure.note) == (False, NOT_SUPPORTED)
    assert focus.note == ""
