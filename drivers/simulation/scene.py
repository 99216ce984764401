"""What the simulated camera sees: a gear reducer on the bench from above, with its label and DataMatrix.

Drawn once per change of the unit, then varied for each frame by light and sensor noise. Sizes in pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from drivers.vision.codes import Picture, write_datamatrix

WIDTH_PX = 1280
HEIGHT_PX = 720
_BENCH = (74, 66, 58)
_IRON = (158, 150, 141)
_IRON_LIGHT = (186, 179, 171)
_IRON_DARK = (112, 104, 96)
_EDGE = (70, 63, 56)
_STEEL = (212, 209, 205)
_BORE = (38, 34, 31)
_TEXT = (40, 36, 32)
_LETTER_WIDTH = 0.645  # of the font size
_HOUSING = (220, 130, 1060, 590)
_BORES = ((450, 350, 118), (736, 350, 92))
_LABEL = (876, 170, 1026, 348)


@dataclass(slots=True)
class Scene:
    """What can be changed about the picture. ``part_missing``: the right bearing was never fitted."""

    serial: str = "GX40-000101"
    part_missing: bool = False
    blurred: bool = False
    dark: bool = False


class SceneRenderer:
    """Renders frames; ``seed`` begins the noise."""

    def __init__(self, seed: int = 3) -> None:
        self._noise_source = np.random.default_rng(seed)
        self._noise = [self._noise_source.integers(-4, 5, (HEIGHT_PX, WIDTH_PX, 1), dtype=np.int16) for _ in range(4)]
        self._drawn_for: tuple[str, bool] | None = None
        self._still: Picture = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
        self._font = cv2.FontFace("sans")

    def render(self, scene: Scene, frame_number: int, quality: int = 88) -> bytes:
        """One frame as JPEG."""
        picture = self.picture(scene, frame_number)
        encoded, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if not encoded:
            raise RuntimeError("OpenCV could not encode the frame")
        return bytes(jpeg)

    def picture(self, scene: Scene, frame_number: int) -> Picture:
        """One frame as a BGR picture."""
        wanted = (scene.serial, scene.part_missing)
        if self._drawn_for != wanted:
            self._still = self._draw(scene)
            self._drawn_for = wanted
        picture = self._still
        if scene.blurred:
            picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 7.0), dtype=np.uint8)
        light = 1.0 + 0.015 * math.sin(frame_number / 9.0)
        if scene.dark:
            light *= 0.14
        noisy = picture.astype(np.float32) * light + self._noise[frame_number % len(self._noise)]
        return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)

    def _draw(self, scene: Scene) -> Picture:
        picture = self._draw_bench()
        self._draw_housing(picture)
        left, right = _BORES
        self._draw_bearing(picture, left, fitted=True)
        self._draw_bearing(picture, right, fitted=not scene.part_missing)
        self._draw_label(picture, scene.serial)
        return picture

    def _draw_bench(self) -> Picture:
        picture = np.full((HEIGHT_PX, WIDTH_PX, 3), _BENCH, dtype=np.uint8)
        columns = np.linspace(1.12, 0.86, WIDTH_PX, dtype=np.float32)[None, :, None]
        picture = np.asarray(np.clip(picture * columns, 0, 255), dtype=np.uint8)
        for x in range(0, WIDTH_PX, 160):  # the T-slots of the bench plate
            cv2.rectangle(picture, (x + 66, 0), (x + 82, HEIGHT_PX), (52, 46, 40), -1)
            cv2.line(picture, (x + 65, 0), (x + 65, HEIGHT_PX), (96, 88, 79), 1, cv2.LINE_AA)
        return picture

    def _draw_housing(self, picture: Picture) -> None:
        x0, y0, x1, y1 = _HOUSING
        shadow = picture.copy()
        _rounded(shadow, (x0 + 16, y0 + 20, x1 + 16, y1 + 20), 44, (30, 26, 23))
        cv2.GaussianBlur(shadow, (0, 0), 9.0, dst=shadow)
        picture[:] = shadow
        for x in (x0 - 46, x1 - 34):  # feet
            for y in (y0 + 50, y1 - 130):
                _rounded(picture, (x, y, x + 80, y + 80), 18, _IRON_DARK)
                cv2.circle(picture, (x + (22 if x < x0 else 58), y + 40), 15, _BORE, -1, cv2.LINE_AA)
        _rounded(picture, _HOUSING, 44, _IRON)
        _rounded(picture, (x0 + 14, y0 + 14, x1 - 14, y1 - 14), 34, _IRON_LIGHT)
        _rounded(picture, (x0 + 26, y0 + 26, x1 - 26, y1 - 26), 28, _IRON)
        for x in (x0 + 62, (x0 + x1) // 2 - 15, x1 - 62):
            for y in (y0 + 60, y1 - 60):
                if not (x > 850 and y < 300):
                    _bolt(picture, x, y, 24)
        for x, y in ((x0 + 62, (y0 + y1) // 2), (x1 - 62, (y0 + y1) // 2 + 60)):
            _bolt(picture, x, y, 24)
        cv2.putText(picture, "GX-40", (396, 546), _IRON_DARK, self._font, 40, 700)

    def _draw_bearing(self, picture: Picture, bore: tuple[int, int, int], *, fitted: bool) -> None:
        x, y, radius = bore
        cv2.circle(picture, (x, y), radius + 16, _IRON_DARK, -1, cv2.LINE_AA)
        cv2.circle(picture, (x, y), radius + 12, _IRON_LIGHT, -1, cv2.LINE_AA)
        cv2.circle(picture, (x, y), radius, _BORE, -1, cv2.LINE_AA)
        if not fitted:
            cv2.ellipse(picture, (x, y), (radius - 8, radius - 8), 0, 200, 290, (62, 56, 51), 6, cv2.LINE_AA)
            return
        ring, ball_track, inner = radius - 3, int(radius * 0.69), int(radius * 0.5)
        cv2.circle(picture, (x, y), ring, _STEEL, -1, cv2.LINE_AA)
        cv2.circle(picture, (x, y), int(radius * 0.84), (128, 124, 120), -1, cv2.LINE_AA)
        for number in range(11):
            angle = 2 * math.pi * number / 11
            centre = (round(x + ball_track * math.cos(angle)), round(y + ball_track * math.sin(angle)))
            cv2.circle(picture, centre, int(radius * 0.12), (226, 224, 222), -1, cv2.LINE_AA)
            cv2.circle(picture, (centre[0] - 3, centre[1] - 3), 3, (252, 252, 252), -1, cv2.LINE_AA)
        cv2.circle(picture, (x, y), inner, _STEEL, -1, cv2.LINE_AA)
        cv2.circle(picture, (x, y), int(radius * 0.36), _BORE, -1, cv2.LINE_AA)
        cv2.ellipse(picture, (x, y), (ring - 5, ring - 5), 0, 195, 285, (246, 245, 244), 4, cv2.LINE_AA)
        cv2.circle(picture, (x, y), ring, _EDGE, 2, cv2.LINE_AA)

    def _draw_label(self, picture: Picture, serial: str) -> None:
        x0, y0, x1, y1 = _LABEL
        _rounded(picture, (x0 + 2, y0 + 3, x1 + 2, y1 + 3), 6, _IRON_DARK)
        _rounded(picture, _LABEL, 6, (246, 247, 247))
        side = x1 - x0 - 12
        code = write_datamatrix(serial, side)
        picture[y0 + 6 : y0 + 6 + side, x0 + 6 : x0 + 6 + side] = code[:, :, None]
        shown = serial[:24]
        size = min(18, int((x1 - x0 - 12) / (_LETTER_WIDTH * len(shown))))
        left = (x0 + x1 - int(size * _LETTER_WIDTH * len(shown))) // 2
        cv2.putText(picture, shown, (left, y1 - 14), _TEXT, self._font, size, 600)


def _rounded(picture: Picture, box: tuple[int, int, int, int], radius: int, colour: tuple[int, int, int]) -> None:
    x0, y0, x1, y1 = box
    cv2.rectangle(picture, (x0 + radius, y0), (x1 - radius, y1), colour, -1)
    cv2.rectangle(picture, (x0, y0 + radius), (x1, y1 - radius), colour, -1)
    for x in (x0 + radius, x1 - radius):
        for y in (y0 + radius, y1 - radius):
            cv2.circle(picture, (x, y), radius, colour, -1, cv2.LINE_AA)


def _bolt(picture: Picture, x: int, y: int, radius: int) -> None:
    """A socket-head screw from above."""
    cv2.circle(picture, (x + 2, y + 3), radius + 3, _IRON_DARK, -1, cv2.LINE_AA)
    cv2.circle(picture, (x, y), radius, _STEEL, -1, cv2.LINE_AA)
    cv2.circle(picture, (x, y), radius, _EDGE, 1, cv2.LINE_AA)
    corners = [
        (
            round(x + radius * 0.55 * math.cos(math.pi * n / 3)),
            round(y + radius * 0.55 * math.sin(math.pi * n / 3)),
        )
        for n in range(6)
    ]
    cv2.fillPoly(picture, [np.array(corners, dtype=np.int32)], _BORE, cv2.LINE_AA)
