"""A network camera: JPEG pictures over HTTP (``multipart/x-mixed-replace``), read by a thread of its own.

The camera's own bytes are kept untouched: they become evidence, and decoding and encoding again would make
another picture. The newest frame wins; nothing queues. Standard library only.

What makes the camera LOST, with the reason: no connection, no picture for ``timeout_s``, an answer that is no
such stream, a part that is no whole JPEG or is too large, and a picture that stands still: the very same
bytes for ``still_after_s``, which no sensor delivers. A repeated picture does not count as a new frame, so
its age grows.
"""

from __future__ import annotations

import base64
import http.client
import logging
import socket
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from drivers.base import AddressError, StateSink
from drivers.connection import Backoff, DeviceReport, reason_of
from drivers.vision.headers import JPEG, MAX_PICTURE_BYTES, PictureError, check_complete, probe

_logger = logging.getLogger("drivers.mjpeg")
_MAX_LINE_BYTES = 8192
_MAX_HEADER_LINES = 50
_CHUNK_BYTES = 64 * 1024
_STOP_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture as the camera sent it; ``received_time`` is seconds since the epoch."""

    jpeg: bytes
    received_time: float
    number: int
    width_px: int
    height_px: int


class CameraLost(Exception):
    """The stream cannot be used further; the text is for a person."""


class MjpegCamera:
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
        self.device = device
        self._url = _checked_url(url)
        self._report = DeviceReport(device, [], lambda sample: None, on_state, _logger)
        self._timeout_s = timeout_s
        self._still_after_s = still_after_s
        self._backoff = backoff or Backoff()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._latest: Frame | None = None
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name=f"camera {device}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def latest(self, max_age_s: float | None = None) -> Frame | None:
        """The newest frame; None when there is none, or none younger than ``max_age_s``."""
        frame = self._latest
        if frame is None or (max_age_s is not None and time.time() - frame.received_time > max_age_s):
            return None
        return frame

    def close(self) -> None:
        """Stop reading and end the thread. Raises TimeoutError when it does not end."""
        self._ended.set()
        with self._lock:
            if self._socket is not None:
                _shut_down(self._socket)
        if self._thread.ident is not None:
            self._thread.join(_STOP_TIMEOUT_S)
            if self._thread.is_alive():
                raise TimeoutError(f"camera {self.device} did not end within {_STOP_TIMEOUT_S:g} s")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        self._report.connecting()
        try:
            self._read_until_closed()
        except Exception:
            _logger.exception("%s: the camera's thread ended by an internal error", self.device)
            self._report.lost("internal error, see log", None)
        else:
            self._report.closed()

    def _read_until_closed(self) -> None:
        while not self._ended.is_set():
            try:
                self._read_stream()
            except CameraLost as lost:
                if self._ended.is_set():
                    break
                wait_s = self._backoff.next_s()
                self._report.lost(str(lost), time.time() + wait_s)
                self._ended.wait(wait_s)

    def _read_stream(self) -> None:
        """Connect and take frames until something fails; always leaves with CameraLost."""
        host, port = self._url.hostname or "", self._url.port
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(host, port, timeout=self._timeout_s)
        try:
            response = self._request(connection)
            parts = _Parts(response, _boundary(response))
            watch = _StillWatch(self._still_after_s)
            while not self._ended.is_set():
                self._take(parts.next_part(), watch)
                self._backoff.reset()
            raise CameraLost("closed")
        except TimeoutError:
            raise CameraLost(f"no picture from {self._url.hostname} for {self._timeout_s:g} s") from None
        except OSError as error:
            raise CameraLost(f"no connection to {self._url.hostname}: {reason_of(error)}") from error
        except http.client.HTTPException as error:
            raise CameraLost(f"{self._url.hostname} answers what is not HTTP ({type(error).__name__})") from error
        finally:
            with self._lock:
                self._socket = None
            connection.close()

    def _request(self, connection: http.client.HTTPConnection) -> http.client.HTTPResponse:
        connection.connect()
        with self._lock:
            self._socket = connection.sock
            if self._ended.is_set():
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

    def _take(self, content: bytes, watch: _StillWatch) -> None:
        """Publish a part as the newest frame, or say why not."""
        try:
            header = probe(content)
            if header.media_type != JPEG:
                raise PictureError("the camera sends no JPEG")
            check_complete(content, header)
        except PictureError as error:
            raise CameraLost(str(error)) from error
        before = self._latest
        if before is not None and before.jpeg == content:
            if watch.stands_still():
                self._report.lost("the picture stands still", None)
            return
        watch.moved()
        number = 1 if before is None else before.number + 1
        self._latest = Frame(content, time.time(), number, header.width_px, header.height_px)
        self._report.connected()


class _StillWatch:
    """How long the same picture has been coming."""

    def __init__(self, still_after_s: float) -> None:
        self._still_after_s = still_after_s
        self._moved_s = time.monotonic()

    def moved(self) -> None:
        self._moved_s = time.monotonic()

    def stands_still(self) -> bool:
        return time.monotonic() - self._moved_s > self._still_after_s


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
