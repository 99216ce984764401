"""Decode pictures from outside without trusting them (OpenCV).

Kind, size and completeness are checked from the bytes first; OpenCV 5 raises on a bad picture where 4
returned None, and here both become :class:`PictureError`.
"""

from __future__ import annotations

import cv2
import numpy as np

from drivers.vision.codes import Picture
from drivers.vision.headers import PictureError, PictureHeader, check_complete, probe

__all__ = ["PictureError", "PictureHeader", "decode", "encode_jpeg", "probe"]


def decode(content: bytes) -> Picture:
    """A JPEG or PNG as BGR picture (height, width, 3). Raises PictureError."""
    header = probe(content)
    check_complete(content, header)
    try:
        decoded = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise PictureError("the picture is damaged: it cannot be decoded") from error
    if decoded is None:
        raise PictureError("the picture is damaged: it cannot be decoded")
    return np.asarray(decoded, dtype=np.uint8)


def encode_jpeg(picture: Picture, quality: int = 90) -> bytes:
    """A BGR or grey picture as JPEG. Raises PictureError when OpenCV cannot encode it."""
    try:
        done, content = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    except cv2.error as error:
        raise PictureError("the picture cannot be encoded") from error
    if not done:
        raise PictureError("the picture cannot be encoded")
    return bytes(content)
