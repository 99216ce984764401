"""What the driver bench says of a camera: does it answer, how large are its pictures, what can be set and how far."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from drivers.base import ConnectionState
from drivers.cameras.opening import open_camera

LOOK_S = 5.0
_POLL_S = 0.02


def look_at_camera(url: str, timeout_s: float = LOOK_S, save: Path | None = None) -> dict[str, Any]:
    """The camera's first picture and its controls as JSON-able values; ``reason`` and no picture where it does not answer.

    ``save`` gets the original bytes. Measuring the controls' limits disturbs the picture for a moment. Raises AddressError,
    and OSError of ``save``.
    """
    states: list[ConnectionState] = []
    with open_camera("camera", url, states.append) as camera:
        until_s = time.monotonic() + timeout_s
        while (frame := camera.latest()) is None and time.monotonic() < until_s:
            time.sleep(_POLL_S)
        if frame is None:
            return {"camera": url, "reason": camera.reason or f"no picture within {timeout_s:g} s"}
        original = frame.original
        if save is not None:
            save.write_bytes(original)
        return {
            "camera": url,
            "width_px": frame.width_px,
            "height_px": frame.height_px,
            "media_type": frame.media_type,
            "size_bytes": len(original),
            "controls": [asdict(control) for control in camera.limits().result(timeout_s)],
        }
