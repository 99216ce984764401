"""From settings to cameras, and the judge of their pictures: where views meet drivers.vision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from drivers.base import ConnectionState
from drivers.cameras.camera import CameraThread
from drivers.cameras.opening import Login, open_camera
from station_app.config import StationConfig, device_password
from station_app.domain.gs1 import Gs1Error, parse_element_string
from station_app.domain.rules import Refusal
from station_app.domain.view import ControlLimit, MarkerPlace, ViewSettings
from station_app.services.pictures import AskLimits, CameraAway, Demands, Judged, SetCamera

if TYPE_CHECKING:
    from drivers.vision.codes import Code
    from drivers.vision.geometry import Shown

LIMITS_TIMEOUT_S = 10.0


def build_cameras(config: StationConfig, on_state: Callable[[ConnectionState], None]) -> dict[str, CameraThread]:
    """Every configured camera; each has its own thread once started. Raises AddressError and PasswordFileError."""
    return {name: build_camera(config, name, on_state) for name in config.cameras}


def build_camera(config: StationConfig, name: str, on_state: Callable[[ConnectionState], None]) -> CameraThread:
    """One configured camera. Raises AddressError and PasswordFileError."""
    settings = config.cameras[name]
    login = Login(settings.user, device_password(settings)) if settings.user else None
    camera = open_camera(name, settings.url, on_state, login)
    if not settings.view.same_controls(ViewSettings()):
        setter_of({name: camera})(name, settings.view)  # not connected yet: it is remembered
    return camera


def views_of(config: StationConfig) -> dict[str, Mapping[str, ViewSettings]]:
    """How each camera is set for each of its views; "" is the camera's own."""
    return {name: {"": camera.view, **camera.views} for name, camera in config.cameras.items()}


def setter_of(cameras: Mapping[str, CameraThread]) -> SetCamera:
    """Has a camera take a view's exposure, focus and gain; what it does not take is in its log."""

    def set_camera(name: str, settings: ViewSettings) -> None:
        from drivers.cameras.controls import ControlSettings

        cameras[name].apply(ControlSettings(settings.exposure, settings.focus, settings.gain))

    return set_camera


def limits_of(cameras: Mapping[str, CameraThread], pool: Executor) -> AskLimits:
    """Asks a camera what it lets be set; its own thread answers between two pictures, waited for on the pool."""

    def ask(name: str) -> tuple[ControlLimit, ...]:
        from drivers.cameras.camera import CameraLost

        try:
            states = cameras[name].limits().result(LIMITS_TIMEOUT_S)
        except (CameraLost, TimeoutError) as error:
            raise CameraAway(str(error)) from error
        return tuple(ControlLimit(s.name, s.supported, s.value, s.low, s.high) for s in states)

    return lambda name: pool.submit(ask, name)


def judge_picture(content: bytes, demands: Demands) -> Judged:
    """What drivers.vision sees in a picture, by the rules of a view. On the pool of threads."""
    # OpenCV and the code reader take a fifth of a second to load: that belongs to the first picture, not to the start
    from drivers.vision.check import check_picture
    from drivers.vision.headers import JPEG, PNG
    from drivers.vision.view_rules import ViewRules

    verdict = check_picture(
        content,
        msgspec.convert(msgspec.to_builtins(demands.rules), ViewRules),
        unit=demands.unit,
        reference=demands.reference,
        shown=_shown(demands.settings),
        names_in_code=names_in_code,
    )
    names = [names_in_code(code) for code in verdict.codes]
    return Judged(
        media_type=PNG if content.startswith(b"\x89PNG") else JPEG,
        width_px=verdict.width,
        height_px=verdict.height,
        sharpness=verdict.sharpness,
        codes=tuple(dict.fromkeys(name for each in names for name in each)),
        faults=tuple(verdict.faults),
        brightness=verdict.brightness,
        mm_per_px=verdict.mm_per_px,
        parts=tuple((part.name, part.score) for part in verdict.parts),
    )


def markers_in(content: bytes, dictionary: str, settings: ViewSettings) -> list[MarkerPlace]:
    """The ArUco markers in a picture as a view shows it, by their numbers. Raises Refusal for what is no picture."""
    from drivers.vision.geometry import shown_part
    from drivers.vision.headers import PictureError
    from drivers.vision.jpeg import decode
    from drivers.vision.markers import find_markers

    try:
        picture = decode(content)
    except PictureError as error:
        raise Refusal(f"No markers can be looked for: {error}.") from error
    shown = _shown(settings)
    part = picture if shown is None else shown_part(picture, shown)
    height, width = part.shape[:2]
    middles = {number: corners.mean(axis=0) for number, corners in find_markers(part, dictionary).items()}
    return [
        MarkerPlace(number, round(float(x) / width, 3), round(float(y) / height, 3))
        for number, (x, y) in sorted(middles.items())
    ]


def names_in_code(code: Code) -> tuple[str, ...]:
    """What a code may name: its text, and the serial number in a GS1 code."""
    if not code.elements:
        return (code.text,)
    try:
        serial = parse_element_string(code.elements, datetime.now(UTC).year).serial
    except Gs1Error:
        return (code.text,)
    return (code.text, serial) if serial else (code.text,)


def _shown(settings: ViewSettings) -> Shown | None:
    """Crop and rotation for drivers.vision; None for the whole picture."""
    from drivers.vision.geometry import Shown

    crop = settings.crop
    shown = Shown(crop.x, crop.y, crop.width, crop.height, settings.rotation_deg)
    return None if shown == Shown() else shown
