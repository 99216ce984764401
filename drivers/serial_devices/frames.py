"""Cutting a serial line's bytes into frames, and knowing which of them can be believed.

A frame ends with a terminator. It is *torn* when it may be the tail of one that began before we listened, when a pause lies in
the middle of it (something was unplugged), or when it is too long: a number in it could be a part of another number.
"""

from __future__ import annotations

from dataclasses import dataclass

LINE_ENDS = b"\r\n"
PAUSE_S = 0.3
START_S = 0.2


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes between two terminators; a torn one must not be used for a value.

    ``first``: it was torn by our beginning to listen, which is no fault of the device.
    """

    content: bytes
    torn: bool
    first: bool = False


class FrameCutter:
    """Feeds on bytes with their times, gives frames.

    ``ends``: each of these bytes ends a frame; empty frames (the LF of CR LF) are left out. ``start``: bytes that begin a
    frame, what comes before them is left out. ``longest``: more bytes than that are no frame.
    """

    def __init__(
        self, ends: bytes = LINE_ENDS, start: bytes = b"", longest: int = 64, pause_s: float = PAUSE_S
    ) -> None:
        self._ends = ends
        self._start = start
        self._longest = longest
        self._pause_s = pause_s
        self._held = bytearray()
        self._torn = False
        self._first = False
        self._last_s = 0.0
        self._opened_s: float | None = None

    def opened(self, now_s: float) -> None:
        """The line was opened: what comes at once may be the tail of a frame."""
        self._held.clear()
        self._torn = self._first = False
        self._opened_s = now_s

    @property
    def waiting(self) -> bool:
        """Whether a frame has begun and has no end yet."""
        return bool(self._held) or self._torn

    def feed(self, content: bytes, now_s: float) -> list[Frame]:
        """The frames that these bytes end; ``now_s`` is when they came (monotonic)."""
        if self.waiting and now_s - self._last_s > self._pause_s:
            self._torn = True
        if self._opened_s is not None:
            self._torn = self._first = now_s - self._opened_s < START_S
            self._opened_s = None
        self._last_s = now_s
        frames = []
        for byte in content:
            if byte in self._ends:
                frame = self._finish()
                if frame is not None:
                    frames.append(frame)
            elif len(self._held) < self._longest:
                self._held.append(byte)
            else:
                self._torn = True
        return frames

    def _finish(self) -> Frame | None:
        content, torn, first = bytes(self._held), self._torn, self._first
        self._held.clear()
        self._torn = self._first = False
        if self._start:
            _, found, content = content.rpartition(self._start)
            torn = torn or (bool(content) and not found)
        return Frame(content, torn, first) if content or torn else None
