"""What is drawn on a step's pictures: the numbers and regions of its author, in a language."""

from __future__ import annotations

from PySide6.QtGui import QImage

from station_app.domain.media import Picture
from widgets.picture_view import Callout, PictureView, Region

LABEL_OFFSET = 0.18


def fill(view: PictureView, image: QImage, picture: Picture | None, language: str) -> None:
    """A picture with everything that is drawn on it."""
    view.set_image(image, view.accessibleName())
    if picture is not None:
        view.set_callouts(drawn_callouts(picture, language))
        view.set_regions(drawn_regions(picture, language))


def drawn_callouts(picture: Picture, language: str = "en") -> list[Callout]:
    """The numbers on a picture; those without a place stand beside what they mean."""
    drawn = []
    for callout in picture.callouts:
        aside = callout.x + LABEL_OFFSET if callout.x < 0.6 else callout.x - LABEL_OFFSET
        label = (
            aside if callout.label_x is None else callout.label_x,
            callout.y if callout.label_y is None else callout.label_y,
        )
        text = callout.translations.get(language) or callout.text
        drawn.append(Callout(callout.label, text, (callout.x, callout.y), label))
    return drawn


def drawn_regions(picture: Picture, language: str) -> list[Region]:
    """The highlighted parts of a picture."""
    return [
        Region((region.x, region.y, region.width, region.height), region.translations.get(language) or region.text)
        for region in picture.regions
    ]
