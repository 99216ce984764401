"""One picture of a camera: what becomes evidence, and what is shown.

``original`` is what is kept: the camera's own bytes where it sends a JPEG or PNG, else (USB, RTSP) the pixels in their
first lossless encoding. It is never cropped, turned or encoded again.
"""

from __future__ import annotations

import zlib
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from drivers.vision.headers import JPEG, PNG, PictureError, check_complete, probe

if TYPE_CHECKING:
    from drivers.vision.codes import Picture

MARK_STEP_PX = 4


class Shot(Protocol):
    """What a source delivers: one picture, encoded or not. ``mark`` is equal for equal pictures."""

    @property
    def media_type(self) -> str: ...

    @property
    def width_px(self) -> int: ...

    @property
    def height_px(self) -> int: ...

    @property
    def mark(self) -> int: ...

    @property
    def original(self) -> bytes: ...

    @property
    def jpeg(self) -> bytes: ...


class EncodedShot:
    """A picture whose bytes the camera (or a file) has encoded itself.

    Raises PictureError when they are no whole JPEG or PNG of an allowed size; nothing is decoded for that.
    """

    def __init__(self, content: bytes) -> None:
        header = probe(content)
        check_complete(content, header)
        self.original = content
        self.media_type = header.media_type
        self.width_px, self.height_px = header.width_px, header.height_px
        self.mark = zlib.crc32(content)

    @cached_property
    def jpeg(self) -> bytes:
        """For the preview: the original, or a JPEG of it when it is a PNG."""
        if self.media_type == JPEG:
            return self.original
        from drivers.vision.jpeg import decode, encode_jpeg

        try:
            return encode_jpeg(decode(self.original))
        except PictureError:
            return b""


class RawShot:
    """Pixels as OpenCV delivers them: BGR (height, width, 3), not changed by anyone from now on."""

    media_type = PNG

    def __init__(self, pixels: Picture) -> None:
        self.pixels = pixels
        self.height_px, self.width_px = int(pixels.shape[0]), int(pixels.shape[1])
        # of every sixteenth pixel: the noise of a living sensor changes those too, and a fifth of a millisecond is enough
        self.mark = zlib.crc32(pixels[::MARK_STEP_PX, ::MARK_STEP_PX].tobytes())

    @cached_property
    def original(self) -> bytes:
        """The first encoding: PNG, lossless. Takes some 50 ms at 1920 x 1080; not for the main thread."""
        from drivers.vision.jpeg import encode_png

        return encode_png(self.pixels)

    @cached_property
    def jpeg(self) -> bytes:
        """For the preview; some milliseconds, not for the main thread."""
        from drivers.vision.jpeg import encode_jpeg

        return encode_jpeg(self.pixels)


class Frame:
    """The picture of one moment; ``received_time`` is seconds since the epoch, ``number`` counts new pictures."""

    __slots__ = ("_shot", "number", "received_time")

    def __init__(self, shot: Shot, received_time: float, number: int) -> None:
        self._shot = shot
        self.received_time = received_time
        self.number = number

    @property
    def original(self) -> bytes:
        """The bytes to keep as evidence. May encode (once): not for the main thread."""
        return self._shot.original

    @property
    def media_type(self) -> str:
        """Of :attr:`original`: image/jpeg or image/png."""
        return self._shot.media_type

    @property
    def jpeg(self) -> bytes:
        """A JPEG to look at; the original itself when that is one. May encode (once): not for the main thread."""
        return self._shot.jpeg

    @property
    def width_px(self) -> int:
        """Width in pixels."""
        return self._shot.width_px

    @property
    def height_px(self) -> int:
        """Height in pixels."""
        return self._shot.height_px
