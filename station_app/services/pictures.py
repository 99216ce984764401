"""Taking pictures: the camera's own bytes are judged, stored durably, and only then named by a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Protocol

from station_app.domain.rules import Picture, Refusal
from station_app.domain.view import ControlLimit, ViewRules, ViewSettings
from station_app.services.ports import Blob, BlobState, EvidenceError, EvidenceStore, Journal, JournalError


class Frame(Protocol):
    """A camera's newest picture and when it arrived (seconds since the epoch).

    ``original`` is what is kept as evidence, ``jpeg`` what is shown; both may have to be encoded first: on the pool.
    """

    @property
    def original(self) -> bytes: ...

    @property
    def media_type(self) -> str: ...

    @property
    def jpeg(self) -> bytes: ...

    @property
    def received_time(self) -> float: ...


class Camera(Protocol):
    """A camera on its own thread; the newest frame wins. ``reason`` says why it delivers none, empty when it does."""

    @property
    def reason(self) -> str: ...

    def latest(self) -> Frame | None: ...


@dataclass(frozen=True, slots=True)
class Demands:
    """What one picture is judged by: the view's rules and settings, the open unit, and the picture to compare with."""

    rules: ViewRules = field(default_factory=ViewRules)
    settings: ViewSettings = field(default_factory=ViewSettings)
    unit: str = ""
    reference: bytes | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in a picture. ``faults`` are sentences; empty when the picture is accepted.

    ``codes`` are the texts of codes, and the serial numbers in GS1 codes. ``parts`` are the scores (0 to 1) by name.
    """

    media_type: str
    width_px: int
    height_px: int
    sharpness: float | None
    codes: tuple[str, ...]
    faults: tuple[str, ...]
    brightness: float | None = None
    mm_per_px: float | None = None
    parts: tuple[tuple[str, float], ...] = ()


JudgePicture = Callable[[bytes, Demands], Judged]
SetCamera = Callable[[str, ViewSettings], None]
AskLimits = Callable[[str], "Future[tuple[ControlLimit, ...]]"]
ViewsOfCameras = Mapping[str, Mapping[str, ViewSettings]]
MAX_FRAME_AGE_S = 2.0
SETTLE_S = 0.5
"""How long a camera takes to deliver pictures with a new exposure and focus."""


def _leave(_camera: str, _settings: ViewSettings) -> None:
    """Cameras of which nothing is set."""


class CameraAway(RuntimeError):
    """The camera is not connected: what can be set at it is not known."""


def _no_limits(_camera: str) -> Future[tuple[ControlLimit, ...]]:
    """Cameras of which nothing can be set."""
    answer: Future[tuple[ControlLimit, ...]] = Future()
    answer.set_result(tuple(ControlLimit(name, False) for name in ("exposure", "focus", "gain")))
    return answer


class Pictures:
    """Captures pictures of the station's cameras on the pool.

    ``views`` are the settings by camera and view ("" is the camera's own); ``set_camera`` has a camera take them,
    ``ask_limits`` asks what it lets be set.
    """

    def __init__(
        self,
        cameras: Mapping[str, Camera],
        judge: JudgePicture,
        evidence: EvidenceStore,
        journal: Journal,
        pool: Executor,
        now_s: Callable[[], float],
        views: ViewsOfCameras | None = None,
        set_camera: SetCamera = _leave,
        ask_limits: AskLimits = _no_limits,
    ) -> None:
        self._cameras = cameras
        self._judge = judge
        self._evidence = evidence
        self._journal = journal
        self._pool = pool
        self._now_s = now_s
        self._views = views or {}
        self._set_camera = set_camera
        self._ask_limits = ask_limits
        self._shown = {name: self.settings(name) for name in cameras}
        self._set_s: dict[str, float] = {}

    @property
    def names(self) -> Sequence[str]:
        """The cameras of this station."""
        return tuple(self._cameras)

    def settings(self, camera: str, view: str = "") -> ViewSettings:
        """How a camera is set for a view; as the camera itself for a view that the station does not know."""
        views = self._views.get(camera, {})
        return views.get(view) or views.get("") or ViewSettings()

    def views(self, camera: str) -> Sequence[str]:
        """The names of a camera's views; the first is "", its own settings."""
        return tuple(dict.fromkeys(("", *self._views.get(camera, {}))))

    def limits(self, camera: str) -> Future[tuple[ControlLimit, ...]]:
        """What a camera lets be set, and how far; disturbs its picture for a moment. Fails with CameraAway."""
        return self._ask_limits(camera)

    def shown(self, camera: str) -> ViewSettings:
        """How the camera's preview is to be cropped and turned now."""
        return self._shown.get(camera) or ViewSettings()

    def show_view(self, camera: str, view: str) -> None:
        """Set a camera for a view, for its preview and the captures that follow; nothing when it is set so."""
        if camera not in self._cameras:
            return
        self.try_settings(camera, self.settings(camera, view))

    def try_settings(self, camera: str, wanted: ViewSettings) -> None:
        """Set a camera so until a view is shown; captures go on with the settings of their view."""
        present = self.shown(camera)
        self._shown[camera] = wanted
        if not wanted.same_controls(present):
            self._set_s[camera] = self._now_s()
            self._set_camera(camera, wanted)

    def preview(self, camera: str) -> Frame | None:
        """The newest frame, None when there is none; fresh or not."""
        found = self._cameras.get(camera)
        return None if found is None else found.latest()

    def capture(self, camera: str, rules: ViewRules, view: str = "", unit: str = "") -> Future[Picture]:
        """Judge and store the newest frame. Raises Refusal without a fresh frame; the future fails with Refusal."""
        found = self._cameras.get(camera)
        if found is None:
            raise Refusal(f"This station has no camera “{camera}”. Tell its engineer.")
        self.show_view(camera, view)
        frame = found.latest()
        # a frame from the future is an old one too: the clock was set back since
        if frame is None or abs(self._now_s() - frame.received_time) > MAX_FRAME_AGE_S:
            why = f": {found.reason}." if found.reason else ". Look at its cable."
            raise Refusal(f"Camera “{camera}” delivers no picture{why}")
        if camera in self._set_s and 0 <= self._now_s() - self._set_s[camera] < SETTLE_S:
            raise Refusal(f"Camera “{camera}” is being set for this view. Take the picture again.")
        return self._pool.submit(self._store, frame, self._demands(camera, rules, view, unit))

    def judge(self, camera: str, rules: ViewRules, view: str = "", unit: str = "") -> Future[Judged] | None:
        """What is seen in the newest frame, without keeping it; None when there is no frame."""
        frame = self.preview(camera)
        if frame is None:
            return None
        demands = self._demands(camera, rules, view, unit)
        return self._pool.submit(lambda: self._judge(frame.jpeg, self._with_reference(demands)))

    def _demands(self, camera: str, rules: ViewRules, view: str, unit: str) -> Demands:
        return Demands(rules, self.settings(camera, view), unit)

    def _with_reference(self, demands: Demands) -> Demands:
        """With the picture to compare with, read here on the pool; without it where this computer does not have it."""
        if not demands.rules.reference_sha256:
            return demands
        try:
            reference = self._evidence.read(demands.rules.reference_sha256)
        except EvidenceError:
            return demands
        return Demands(demands.rules, demands.settings, demands.unit, reference)

    def _store(self, frame: Frame, demands: Demands) -> Picture:
        original = frame.original
        judged = self._judge(original, self._with_reference(demands))
        if not judged.width_px:
            raise Refusal(" ".join(judged.faults) or "The camera delivered no readable picture.")
        try:
            sha256 = self._evidence.put(original)
            self._journal.put_blob(Blob(sha256, len(original), judged.media_type, BlobState.WAITING)).result()
        except (EvidenceError, JournalError) as error:
            raise Refusal(f"The picture could not be stored: {error}") from error
        return Picture(
            sha256=sha256,
            media_type=judged.media_type,
            size_bytes=len(original),
            width_px=judged.width_px,
            height_px=judged.height_px,
            sharpness=judged.sharpness,
            codes=list(judged.codes),
            faults=list(judged.faults),
        )
