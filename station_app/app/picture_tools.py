"""Kept pictures and drivers.vision: whether bytes are a picture, and copies with marks."""

from __future__ import annotations

from station_app.domain.picture_marks import CopyText
from station_app.services.examining import DrawnCopy


class VisionTools:
    """What examining asks of picture processing. Used on the pool; OpenCV is loaded with the first copy."""

    def fault(self, content: bytes) -> str:
        """Why these bytes are not shown as a picture: no JPEG or PNG, cut off, too large, or something else as well."""
        from drivers.vision.check import sentence
        from drivers.vision.headers import PictureError, check_complete, probe

        try:
            check_complete(content, probe(content))
        except PictureError as error:
            return sentence(error)
        return ""

    def draw(self, original: bytes, text: CopyText) -> DrawnCopy:
        """A JPEG with marks and texts. Raises ValueError."""
        from drivers.vision.headers import JPEG, probe
        from drivers.vision.overlay import DrawnMark, Overlay, draw_overlay

        marks = tuple(DrawnMark(mark.kind, mark.x, mark.y, mark.x2, mark.y2, mark.text) for mark in text.marks)
        overlay = Overlay(time=text.time, unit=text.unit, person=text.person, gauge=text.gauge, marks=marks)
        content = draw_overlay(original, overlay)
        header = probe(content)
        return DrawnCopy(content, JPEG, header.width_px, header.height_px)
