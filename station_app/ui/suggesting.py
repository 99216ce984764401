"""Suggesting a change from the floor: the panel over the page, and what is sent to the owner of the instruction."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from station_app.domain import rules
from station_app.domain.chain import Row
from station_app.domain.job import StepProgress
from station_app.domain.media import Picture
from station_app.domain.view import ViewRules
from station_app.ui.page import Page, Saying, Weight
from station_app.ui.photographing import Photographing
from widgets.suggestion_panel import SuggestionPanel, SuggestionTexts

translate = QCoreApplication.translate

ShownMedia = Callable[[], tuple[Picture, QImage] | None]
"""The picture on the screen and its decoded image; None where there is none, or a video."""


def suggestion_panel(
    page: Page, step: StepProgress, media: ShownMedia, photographing: Photographing
) -> SuggestionPanel:
    """The panel for a change of this step; what is entered is sent when it closes with "Send"."""
    shown = media()
    camera = next(iter(page.services.pictures.names), "")
    texts = SuggestionTexts(
        title=translate("suggesting", "Suggest a change of step {no}").format(no=step.no),
        explanation=translate("suggesting", "The owner of the instruction sees it. Touch the picture to mark a spot.")
        if shown is not None
        else translate("suggesting", "The owner of the instruction sees it."),
        sentence=translate("suggesting", "What should change?"),
        photo=translate("suggesting", "Add a photo"),
        send=translate("suggesting", "Send"),
        cancel=translate("suggesting", "Cancel"),
    )
    panel = SuggestionPanel(page.look, texts, shown[1] if shown is not None else None, with_camera=bool(camera))

    def suggest(text: str, picture: rules.Picture | None) -> Future[list[Row]]:
        spot = panel.spot if shown is not None else None
        file = shown[0].file if shown is not None and spot is not None else ""
        x, y = spot if spot is not None else (None, None)
        return page.services.suggestions.suggest_change(step.step.id, text, file, x, y, picture)

    def said(_rows: object) -> None:
        page.says.emit(
            Saying(Weight.NOTE, translate("suggesting", "Thank you. The suggestion is kept and on its way."))
        )

    def send(text: str, with_photo: bool) -> None:
        if with_photo:
            photographing.take(camera, ViewRules(), lambda picture: suggest(text, picture), said)
        else:
            page.hushes.emit()
            page.attempt(lambda: suggest(text, None), said)

    panel.suggested.connect(send)
    return panel
