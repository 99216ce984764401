"""A network camera: JPEG pictures over HTTP (``multipart/x-mixed-replace``), read by a thread of its own.

The camera's own bytes are kept untouched: they become evidence, and decoding and encoding again would make
another picture. The newest frame wins; nothing queues. Standard library only.

What makes the camera LOST, with the reason: no connection, no picture for ``timeout_s``, an answer that is no
such stream, a part that is no whole JPEG or is too large, and a picture that stands still: bytes that were seen
before for ``still_after_s``, which no sensor delivers.
"""

from __future__ import annotations

import base64
import http.client
import logging
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from drivers.base import AddressError, StateSink
from drivers.cameras.camera import CameraLost, CameraThread
from drivers.cameras.frame import EncodedShot, Frame
from drivers.connection import Backoff, reason_of
from drivers.vision.headers import JPEG, MAX_PICTURE_BYTES, PictureError, probe

if TYPE_CHECKING:
    from drivers.cameras.controls import ControlSettings, ControlState

__all__ = ["CameraLost", "Frame", "MjpegCamera"]

_logger = logging.getLogger("drivers.mjpeg")
_MAX_LINE_BYTES = 8192
_MAX_HEADER_LINES = 50
_CHUNK_BYTES = 64 * 1024


class MjpegCamera(CameraThread):
    """Reads one camera from :meth:`start` to :meth:`close`.

    ``url`` is ``http://[USER:PASSWORD@]HOST[:PORT]/PATH`` (or https). ``on_state`` is called on the camera's
    thread. Raises AddressError for the url.
    """

    def __init__(
        self,
        device: str,
        url: str,
        on_state: StateSink,
        *,
        timeout_s: float = 2.0,
        still_after_s: float = 3.0,
        backoff: Backoff | None = None,
    ) -> None:
        checked = _checked_url(url)
        super().__init__(
            device,
            lambda: MjpegSource(checked, timeout_s),
            on_state,
            still_after_s=still_after_s,
            backoff=backoff,
            logger=_logger,
        )


class MjpegSource:
    """One connection to the stream, made with the first picture."""

    def __init__(self, url: SplitResult, timeout_s: float) -> None:
        self._url = url
        self._timeout_s = timeout_s
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(url.hostname or "", url.port, timeout=timeout_s)
        self._parts: _Parts | None = None
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._interrupted = False

    def next(self) -> EncodedShot:
        """The next picture of the stream. Raises CameraLost."""
        try:
            if self._parts is None:
                response = self._request()
                self._parts = _Parts(response, _boundary(response))
            return _jpeg(self._parts.next_part())
        except TimeoutError:
            raise CameraLost(f"no picture from {self._url.hostname} for {self._timeout_s:g} s") from None
        except OSError as error:
            raise CameraLost(f"no connection to {self._url.hostname}: {reason_of(error)}") from error
        except http.client.HTTPException as error:
            raise CameraLost(f"{self._url.hostname} answers what is not HTTP ({type(error).__name__})") from error

    def apply(self, settings: ControlSettings) -> tuple[ControlState, ...]:
        """Nothing can be set this way: a network camera has a page of its own."""
        from drivers.cameras.controls import no_controls

        return no_controls(settings)

    def limits(self) -> tuple[ControlState, ...]:
        """Nothing can be set."""
        from drivers.cameras.controls import ControlSettings, no_controls

        return no_controls(ControlSettings())

    def interrupt(self) -> None:
        """Wake the reading thread."""
        with self._lock:
            self._interrupted = True
            if self._socket is not None:
                _shut_down(self._socket)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._socket = None
        self._connection.close()

    def _request(self) -> http.client.HTTPResponse:
        connection = self._connection
        connection.connect()
        with self._lock:
            self._socket = connection.sock
            if self._interrupted:
                raise CameraLost("closed")
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        headers = {"Accept": "multipart/x-mixed-replace, image/jpeg"}
        if self._url.username is not None:
            login = f"{unquote(self._url.username)}:{unquote(self._url.password or '')}"
            headers["Authorization"] = "Basic " + base64.b64encode(login.encode("utf-8")).decode("ascii")
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        if response.status != http.client.OK:
            raise CameraLost(f"the camera answers {response.status} {response.reason}; check its URL and login")
        return response


def _jpeg(content: bytes) -> EncodedShot:
    """A part as picture. Raises CameraLost where it is none."""
    try:
        if probe(content).media_type != JPEG:
            raise PictureError("the camera sends no JPEG")
        return EncodedShot(content)
    except PictureError as error:
        raise CameraLost(str(error)) from error


class _Parts:
    """The parts of a multipart body, one after the other, never more than the limit in memory."""

    def __init__(self, response: http.client.HTTPResponse, boundary: bytes) -> None:
        self._response = response
        self._marker = b"--" + boundary
        self._at_part = False

    def next_part(self) -> bytes:
        """The next part's bytes. Raises CameraLost at the end of the stream or of our patience."""
        self._skip_to_marker()
        length = self._read_headers()
        if length is None:
            return self._read_to_marker()
        if not 0 < length <= MAX_PICTURE_BYTES:
            raise CameraLost(f"the camera announces a picture of {length} bytes; allowed: {MAX_PICTURE_BYTES}")
        content = bytearray()
        while len(content) < length:
            piece = self._response.read(min(_CHUNK_BYTES, length - len(content)))
            if not piece:
                raise CameraLost(f"the picture is truncated: {len(content)} of {length} bytes came")
            content += piece
        return bytes(content)

    def _line(self) -> bytes:
        line = self._response.readline(_MAX_LINE_BYTES)
        if not line:
            raise CameraLost("the camera ended its stream")
        return line

    def _skip_to_marker(self) -> None:
        if self._at_part:
            self._at_part = False
            return
        for _ in range(_MAX_HEADER_LINES):
            if self._line().startswith(self._marker):
                return
        raise CameraLost("the stream is not what it says: no boundary between its pictures")

    def _read_headers(self) -> int | None:
        length: int | None = None
        for _ in range(_MAX_HEADER_LINES):
            line = self._line().strip()
            if not line:
                return length
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                try:
                    length = int(value)
                except ValueError:
                    raise CameraLost("the stream is not what it says: a length is no number") from None
        raise CameraLost("the stream is not what it says: its headers do not end")

    def _read_to_marker(self) -> bytes:
        """A part without a length ends where the next boundary begins a line."""
        content = bytearray()
        while True:
            line = self._line()
            if line.startswith(self._marker):
                self._at_part = True
                return bytes(content.removesuffix(b"\n").removesuffix(b"\r"))
            content += line
            if len(content) > MAX_PICTURE_BYTES:
                raise CameraLost(f"the camera sends a picture without end; allowed: {MAX_PICTURE_BYTES} bytes")


def _boundary(response: http.client.HTTPResponse) -> bytes:
    """The boundary of the stream; some cameras write its leading dashes into the header."""
    if response.headers.get_content_type() != "multipart/x-mixed-replace":
        raise CameraLost(f"this URL is no MJPEG stream but {response.headers.get_content_type()}")
    boundary = response.headers.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise CameraLost("the stream names no boundary between its pictures")
    return boundary.removeprefix("--").encode("latin-1")


def _checked_url(url: str) -> SplitResult:
    allowed = "allowed: http://HOST[:PORT]/PATH (or https)"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise AddressError(f"camera url: {error}; {allowed}") from error
    if not usable or any(character <= " " for character in url):
        raise AddressError(f'camera url "{parts.scheme}://{parts.hostname or ""}...": not usable; {allowed}')
    return parts


def _shut_down(connected: socket.socket) -> None:
    """Wake a reading thread; the socket may be broken already."""
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        _logger.debug("shutting down a socket: %s", error)
