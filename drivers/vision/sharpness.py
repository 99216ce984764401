"""Numbers that tell whether a picture is worth keeping: how sharp, how bright and how burnt out it is."""

from __future__ import annotations

import cv2
import numpy as np

from drivers.vision.codes import Picture

BURNT_OUT = 250
_FLAT_VARIANCE = 1.0
_NOISE_BLUR_PX = 1.0


def grey_of(picture: Picture) -> Picture:
    """The picture in grey (height, width)."""
    if picture.ndim == 2:
        return picture
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def sharpness(picture: Picture) -> float:
    """Variance of the Laplacian divided by the variance of the grey values; 0 for a flat picture.

    Dividing makes it independent of contrast. What counts as sharp depends on camera and view, so the
    threshold is stored with the camera. Sensor noise would count as sharpness in a blurred or dark picture:
    it is smoothed away first.
    """
    grey = cv2.GaussianBlur(grey_of(picture), (0, 0), _NOISE_BLUR_PX).astype(np.float32)
    variance = float(grey.var())
    if variance < _FLAT_VARIANCE:
        return 0.0
    return float(cv2.Laplacian(grey, cv2.CV_32F).var()) / variance


def brightness(picture: Picture) -> float:
    """The mean grey value, 0 to 255."""
    return float(grey_of(picture).mean())


def overexposed(picture: Picture) -> float:
    """The share of pixels in which nothing can be told any more, 0 to 1."""
    grey = grey_of(picture)
    return float(np.count_nonzero(grey >= BURNT_OUT)) / grey.size
