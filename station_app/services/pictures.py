"""Taking pictures: the camera's own bytes are judged, stored durably, and only then named by a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.rules import Picture, Refusal
from station_app.services.ports import Blob, BlobState, EvidenceError, EvidenceStore, Journal, JournalError


class Frame(Protocol):
    """A camera's newest picture: its own JPEG bytes and when they arrived (seconds since the epoch)."""

    @property
    def jpeg(self) -> bytes: ...

    @property
    def received_time(self) -> float: ...


class Camera(Protocol):
    """A camera on its own thread; the newest frame wins."""

    def latest(self) -> Frame | None: ...


@dataclass(frozen=True, slots=True)
class PictureRules:
    """What a view demands of a picture; 0 means: not demanded."""

    min_sharpness: float = 0.0
    min_brightness: float = 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in a picture. ``faults`` are sentences; empty when the picture is accepted."""

    media_type: str
    width_px: int
    height_px: int
    sharpness: float | None
    codes: tuple[str, ...]
    faults: tuple[str, ...]


JudgePicture = Callable[[bytes, PictureRules], Judged]
MAX_FRAME_AGE_S = 2.0


class Pictures:
    """Captures pictures of the station's cameras on the pool."""

    def __init__(
        self,
        cameras: Mapping[str, Camera],
        judge: JudgePicture,
        evidence: EvidenceStore,
        journal: Journal,
        pool: Executor,
        now_s: Callable[[], float],
    ) -> None:
        self._cameras = cameras
        self._judge = judge
        self._evidence = evidence
        self._journal = journal
        self._pool = pool
        self._now_s = now_s

    @property
    def names(self) -> Sequence[str]:
        """The cameras of this station."""
        return tuple(self._cameras)

    def preview(self, camera: str) -> Frame | None:
        """The newest frame, None when there is none; fresh or not."""
        found = self._cameras.get(camera)
        return None if found is None else found.latest()

    def capture(self, camera: str, rules: PictureRules) -> Future[Picture]:
        """Judge and store the newest frame. Raises Refusal without a fresh frame; the future fails with Refusal."""
        found = self._cameras.get(camera)
        if found is None:
            raise Refusal(f"This station has no camera “{camera}”. Tell its engineer.")
        frame = found.latest()
        # a frame from the future is an old one too: the clock was set back since
        if frame is None or abs(self._now_s() - frame.received_time) > MAX_FRAME_AGE_S:
            raise Refusal(f"Camera “{camera}” delivers no picture. Look at its cable.")
        return self._pool.submit(self._store, frame.jpeg, rules)

    def judge(self, camera: str, rules: PictureRules) -> Future[Judged] | None:
        """What is seen in the newest frame, without keeping it; None when there is no frame."""
        frame = self.preview(camera)
        return None if frame is None else self._pool.submit(self._judge, frame.jpeg, rules)

    def _store(self, jpeg: bytes, rules: PictureRules) -> Picture:
        judged = self._judge(jpeg, rules)
        if not judged.width_px:
            raise Refusal(" ".join(judged.faults) or "The camera delivered no readable picture.")
        try:
            sha256 = self._evidence.put(jpeg)
            self._journal.put_blob(Blob(sha256, len(jpeg), judged.media_type, BlobState.WAITING)).result()
        except (EvidenceError, JournalError) as error:
            raise Refusal(f"The picture could not be stored: {error}") from error
        return Picture(
            sha256=sha256,
            media_type=judged.media_type,
            size_bytes=len(jpeg),
            width_px=judged.width_px,
            height_px=judged.height_px,
            sharpness=judged.sharpness,
            codes=list(judged.codes),
            faults=list(judged.faults),
        )
