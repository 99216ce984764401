"""Lay a picture over the reference picture, so that the same place shows the same thing.

By the markers that both show; without any by the contents (phase correlation for the shift, then ECC for a small
turn), which works while the unit lies about as it did: up to a tenth of the picture and a few degrees.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from drivers.vision.codes import Picture
from drivers.vision.markers import find_markers

WORKING_WIDTH_PX = 800
_ECC_WIDTH_PX = 320
_ECC_STEPS = 60
_ECC_PRECISION = 1e-4
_MIN_CORRELATION = 0.3
_SMOOTHING_PX = 5

Matrix = npt.NDArray[np.float32]


class AlignmentError(ValueError):
    """The pictures cannot be laid over each other; the text is for the operator."""


def working_size(picture: Picture, width_px: int = WORKING_WIDTH_PX) -> Picture:
    """The picture at most ``width_px`` wide."""
    height, width = picture.shape[:2]
    if width <= width_px:
        return picture
    size = (width_px, max(1, round(height * width_px / width)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def align(grey: Picture, reference: Picture, dictionary: str) -> Picture:
    """The grey picture as it would look from where the reference (of the same size) was taken. Raises AlignmentError."""
    by_markers = _by_markers(grey, reference, dictionary)
    height, width = reference.shape[:2]
    if by_markers is not None:
        return np.asarray(
            cv2.warpPerspective(grey, by_markers, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8
        )
    matrix = _by_contents(grey, reference)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    turned = cv2.warpAffine(grey, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, dtype=np.uint8)


def _by_markers(grey: Picture, reference: Picture, dictionary: str) -> npt.NDArray[np.float64] | None:
    """From the picture to the reference; None when they have no marker in common."""
    there, here = find_markers(reference, dictionary), find_markers(grey, dictionary)
    common = sorted(set(there) & set(here))
    if not common:
        return None
    source = np.concatenate([here[number] for number in common])
    target = np.concatenate([there[number] for number in common])
    if len(common) == 1:  # four corners close together fix no perspective
        affine = np.asarray(cv2.estimateAffinePartial2D(source, target)[0], dtype=np.float64)
        return np.vstack([affine, [0.0, 0.0, 1.0]]) if affine.shape == (2, 3) else None
    matrix = np.asarray(cv2.findHomography(source, target, cv2.RANSAC, 3.0)[0], dtype=np.float64)
    return matrix if matrix.shape == (3, 3) else None


def _by_contents(grey: Picture, reference: Picture) -> Matrix:
    """From the reference to the picture, as OpenCV's inverse map wants it."""
    small, small_reference = working_size(grey, _ECC_WIDTH_PX), working_size(reference, _ECC_WIDTH_PX)
    scale = grey.shape[1] / small.shape[1]
    everywhere = np.full(small_reference.shape, 255, dtype=np.uint8)
    first, second = small_reference.astype(np.float32), small.astype(np.float32)
    window = cv2.createHanningWindow((first.shape[1], first.shape[0]), cv2.CV_32F)
    (right, down), _ = cv2.phaseCorrelate(first, second, window)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ECC_STEPS, _ECC_PRECISION)
    best: tuple[float, Matrix] | None = None
    for start in ((right, down), (0.0, 0.0)):
        warp = np.array([[1, 0, start[0]], [0, 1, start[1]]], dtype=np.float32)
        try:
            correlation, found = cv2.findTransformECC(
                small_reference, small, warp, cv2.MOTION_EUCLIDEAN, criteria, everywhere, _SMOOTHING_PX
            )
        except cv2.error:  # OpenCV's way to say that the steps lead nowhere
            continue
        if best is None or correlation > best[0]:
            best = (float(correlation), np.asarray(found, dtype=np.float32))
        if correlation > 0.9:
            break
    if best is None or best[0] < _MIN_CORRELATION:
        raise AlignmentError("Another view: the picture does not look like the reference picture.")
    matrix = best[1].copy()
    matrix[:, 2] *= scale
    return matrix
