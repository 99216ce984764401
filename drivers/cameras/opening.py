"""Camera addresses: which kind of camera a URL means, and opening it.

http://HOST[:PORT]/PATH          Motion JPEG; the camera's own bytes are kept (or https://)
rtsp://HOST[:PORT]/PATH          video (or rtsps://)
video+http://HOST[:PORT]/PATH    video over HTTP that is not Motion JPEG (or video+https://)
usb://NUMBER, usb://NAME         a camera at this computer: ?width=1920&height=1080&fps=30&format=MJPG
file:///PATH                     a picture, a folder of pictures or a video: ?fps=5
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

from drivers.base import AddressError, StateSink
from drivers.connection import Backoff
from drivers.vision.headers import MAX_SIDE_PX

if TYPE_CHECKING:
    from drivers.cameras.camera import CameraThread
    from drivers.cameras.usb import UsbAddress

MJPEG_SCHEMES = ("http", "https")
VIDEO_SCHEMES = ("rtsp", "rtsps", "video+http", "video+https")
SCHEMES = (*MJPEG_SCHEMES, *VIDEO_SCHEMES, "usb", "file")
FORMS = "http://HOST/PATH, rtsp://HOST/PATH, video+http://HOST/PATH, usb://NUMBER or usb://NAME, file:///PATH"
MAX_FPS = 240.0


@dataclass(frozen=True, slots=True)
class Login:
    """The name and password for a network camera."""

    user: str
    password: str


def check_camera_url(url: str) -> None:
    """Raise AddressError when no camera can be meant by it; nothing is opened. Its text never repeats a login."""
    scheme = _split(url).scheme
    if scheme == "usb":
        usb_address(url)
    elif scheme == "file":
        file_address(url)


def open_camera(
    device: str, url: str, on_state: StateSink, login: Login | None = None, backoff: Backoff | None = None
) -> CameraThread:
    """The camera of an address, not started. Only the library that its kind needs is loaded. Raises AddressError."""
    parts = _split(url)
    if login is not None and parts.hostname and parts.scheme not in ("usb", "file"):
        parts = parts._replace(netloc=f"{quote(login.user, safe='')}:{quote(login.password, safe='')}@{parts.netloc}")
    if parts.scheme in MJPEG_SCHEMES:
        from drivers.mjpeg import MjpegCamera

        return MjpegCamera(device, urlunsplit(parts), on_state, backoff=backoff)
    if parts.scheme == "usb":
        from drivers.cameras.usb import UsbCamera

        return UsbCamera(device, usb_address(url), on_state, backoff=backoff)
    if parts.scheme == "file":
        from drivers.cameras.files import FileCamera

        path, fps = file_address(url)
        return FileCamera(device, path, on_state, fps=fps, backoff=backoff)
    from drivers.cameras.stream import StreamCamera

    bare = urlunsplit(parts._replace(scheme=parts.scheme.removeprefix("video+")))
    return StreamCamera(device, bare, on_state, backoff=backoff)


def usb_address(url: str) -> UsbAddress:
    """``usb://...`` as an address. Raises AddressError."""
    from drivers.cameras.usb import UsbAddress

    parts = _split(url)
    name = unquote(parts.netloc)
    if not name or parts.path.strip("/"):
        raise AddressError(f'camera url "{url}": names no camera; allowed: usb://NUMBER or usb://NAME')
    address = UsbAddress(int(name) if name.isascii() and name.isdigit() else name)
    for key, value in _options(url, parts, ("width", "height", "fps", "format")).items():
        if key == "format":
            if len(value) != 4 or not value.isascii():
                raise AddressError(f'camera url "{url}": format "{value}"; allowed: four letters, e.g. MJPG or YUY2')
            address = dataclasses.replace(address, pixel_format=value)
        elif key == "fps":
            address = dataclasses.replace(address, fps=_number(url, key, value, MAX_FPS))
        elif key == "width":
            address = dataclasses.replace(address, width_px=int(_number(url, key, value, MAX_SIDE_PX)))
        else:
            address = dataclasses.replace(address, height_px=int(_number(url, key, value, MAX_SIDE_PX)))
    return address


def file_address(url: str) -> tuple[Path, float]:
    """``file:///...`` as a path and its pictures a second (0: as the file says). Raises AddressError."""
    parts = _split(url)
    path = Path(url2pathname(parts.path))
    if parts.netloc not in ("", "localhost") or not parts.path.strip("/"):
        raise AddressError(f'camera url "{url}": no file of this computer; allowed: file:///PATH (three slashes)')
    options = _options(url, parts, ("fps",))
    return path, _number(url, "fps", options["fps"], MAX_FPS) if "fps" in options else 0.0


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        network = parts.scheme not in ("usb", "file")
        usable = parts.scheme in SCHEMES and (not network or (bool(parts.hostname) and parts.port != 0))
    except ValueError as error:
        raise AddressError(f"camera url: {error}; allowed: {FORMS}") from error
    if not usable or any(character < " " for character in url) or (network and " " in url):
        raise AddressError(f'camera url "{parts.scheme}://{parts.hostname or ""}...": not usable; allowed: {FORMS}')
    return parts


def _options(url: str, parts: SplitResult, allowed: tuple[str, ...]) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    for key in options:
        if key not in allowed:
            raise AddressError(f'camera url "{url}": unknown option "{key}"; allowed: {", ".join(allowed)}')
    return options


def _number(url: str, key: str, text: str, highest: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= highest:
        raise AddressError(f'camera url "{url}": {key} is "{text}"; allowed: above 0 to {highest:g}')
    return number
