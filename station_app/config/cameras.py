"""The section of station.toml about cameras: where each is, how to log in, and how it is set for its views."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from station_app.config.equipment import check_name
from station_app.config.sections import password_file, refuse_password
from station_app.config.settings import CameraSettings
from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import did_you_mean
from station_app.domain.view import ROTATIONS_DEG, Crop, ViewSettings

NETWORK_SCHEMES = ("http", "https", "rtsp", "rtsps", "video+http", "video+https")
SCHEMES = (*NETWORK_SCHEMES, "usb", "file")
URL_ALLOWED = "http://HOST/PATH, rtsp://HOST/PATH, video+http://HOST/PATH, usb://NUMBER or usb://NAME, file:///PATH"
CONTROLS = ("exposure", "focus", "gain")
_LIMIT = 1e6


def read_cameras(
    root: AuthoredTable, base: Path, check_url: Callable[[str], str | None] | None
) -> dict[str, CameraSettings]:
    """The sections [cameras.NAME] and [cameras.NAME.views.NAME]."""
    return {name: _read_camera(name, table, base, check_url) for name, table in root.named_tables("cameras").items()}


def _read_camera(
    name: str, table: AuthoredTable, base: Path, check_url: Callable[[str], str | None] | None
) -> CameraSettings:
    check_name(table, name)
    refuse_password(table, 'user = "NAME" and password_file = "FILE" (mode 0600)')
    url = table.text("url", longest=500)
    scheme = _check_url(table, url, check_url) if url else ""
    default = _read_view(table, scheme, ViewSettings())
    views = {}
    for view, view_table in table.named_tables("views").items():
        check_name(view_table, view)
        views[view] = _read_view(view_table, scheme, default)
        view_table.done()
    settings = CameraSettings(
        name=name,
        url=url,
        title=table.text("title", name, longest=60),
        user=table.text("user", "", longest=200),
        password_file=password_file(table, base),
        view=default,
        views=MappingProxyType(views),
    )
    _check_login(table, settings, scheme)
    table.done()
    return settings


def _check_login(table: AuthoredTable, settings: CameraSettings, scheme: str) -> None:
    if scheme in ("usb", "file"):
        for key in [key for key in ("user", "password_file") if table.has(key)]:
            table.fault(key, f"has no effect at a {scheme}:// camera", "only for a camera in the network")
    elif table.has("password_file") and not settings.user:
        table.fault("password_file", "has no effect without user", 'user = "NAME"')


def _read_view(table: AuthoredTable, scheme: str, default: ViewSettings) -> ViewSettings:
    """Exposure, focus, gain, crop and rotation; what is not given is as ``default`` says."""
    controls: dict[str, float | None] = {}
    for key in CONTROLS:
        controls[key] = table.number(key, 0.0, low=-_LIMIT, high=_LIMIT) if table.has(key) else getattr(default, key)
        table.know(key)
        if table.has(key) and scheme in (*NETWORK_SCHEMES, "file"):
            what = "file" if scheme == "file" else "camera's own page"
            table.fault(key, f"cannot be set at a {scheme}:// camera", f"only at a usb:// camera; set it at the {what}")
    rotation = table.integer("rotation", default.rotation_deg)
    if rotation not in ROTATIONS_DEG:
        table.fault("rotation", "is no quarter turn", ", ".join(str(turn) for turn in ROTATIONS_DEG))
        rotation = 0
    return ViewSettings(
        exposure=controls["exposure"],
        focus=controls["focus"],
        gain=controls["gain"],
        crop=_read_crop(table, default.crop),
        rotation_deg=rotation,
    )


def _read_crop(table: AuthoredTable, default: Crop) -> Crop:
    crop = table.table("crop")
    if crop is None:
        return default
    x, y = (crop.number(key, 0.0, low=0, high=1) for key in ("x", "y"))
    width, height = (crop.number(key, 1.0, low=0.01, high=1) for key in ("width", "height"))
    if x + width > 1 or y + height > 1:
        table.fault("crop", "is not inside the picture", "x + width and y + height at most 1 (parts of its size)")
        return default
    crop.done()
    return Crop(x, y, width, height)


def _check_url(table: AuthoredTable, url: str, check_url: Callable[[str], str | None] | None) -> str:
    """The URL's scheme; empty after a fault."""
    try:
        parts = urlsplit(url)
        network = parts.scheme in NETWORK_SCHEMES
        usable = parts.scheme in SCHEMES and (not network or bool(parts.hostname)) and (not network or parts.port != 0)
        has_login = network and (parts.username is not None or parts.password is not None)
    except ValueError:
        table.fault("url", "is not a URL", URL_ALLOWED)
        return ""
    if has_login or ("@" in parts.netloc and parts.scheme not in ("usb", "file")):
        table.values["url"] = re.sub(r"//[^/@]*@", "//…@", url)
        table.fault("url", "holds a user or a password", 'a URL without them; user = "NAME" and password_file = "FILE"')
    elif not usable:
        near = did_you_mean(parts.scheme, SCHEMES) if parts.scheme not in SCHEMES else ""
        table.fault("url", f"is not the URL of a camera{near}", URL_ALLOWED)
    else:
        fault = check_url(url) if check_url is not None else None
        if fault is None:
            return parts.scheme
        table.fault("url", fault)
    return ""
