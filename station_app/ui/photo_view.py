"""The card of a photo: live preview until it is taken, then the kept picture with what was found in it."""

from __future__ import annotations

from dataclasses import replace

import shiboken6
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from station_app.domain.checks import PhotoCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.ui.check_view import CardContext, CheckView
from station_app.ui.evidence_opening import open_kept_picture
from station_app.ui.pictures import Preview
from widgets.card import CardState
from widgets.photo_card import PhotoCard

translate = QCoreApplication.translate
PHOTO_PX = (900, 600)
PICTURE_MM = 55.0
REFUSED_SHOWN_S = 2.0
"""How long a refused picture is looked at before the camera is live again."""


class PhotoView(CheckView):
    """A picture: live preview until it is taken, then the kept one with what was found in it."""

    def __init__(self, check: PhotoCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        self._card = PhotoCard(
            context.look,
            check.title_in(context.language),
            translate("photo_view", "Take photo"),
            translate("photo_view", "Take again"),
            translate("photo_view", "Camera “{name}” delivers no picture.").format(name=check.camera),
        )
        self.card = self._card
        self._card.button.hide()
        # the column's width at 16 : 9
        self._card.picture.setFixedHeight(context.look.mm(PICTURE_MM))
        self._image = QImage()
        self._preview = Preview(context.services, check.camera, *PHOTO_PX, self._frame, self._card)
        self._progress = CheckProgress(check)
        self._seen: tuple[str, bool] | None = None
        self._live_from_s = 0.0
        self._now_s = 0.0
        self._can_be_opened = False

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The kept picture with its faults; saving meanwhile."""
        seen, self._seen = self._seen, (progress.rec_id, saving)
        self._progress = replace(progress)
        if self._seen == seen:
            return
        if progress.mark is Mark.OPEN or saving:
            word = translate("photo_view", "saving") if saving else ""
            self._card.set_state(CardState.SAVING if saving else CardState.IDLE, word)
            self._card.set_note(word)
        else:
            self._live_from_s = self._now_s + REFUSED_SHOWN_S
            self._taken(self._image, "")
            shown = progress.evidence_sha256
            self._let_open()
            self._context.pictures.show(shown, "image/jpeg", *PHOTO_PX, lambda image: self._arrived(shown, image))

    def _let_open(self) -> None:
        """From now on a touch shows the kept picture large; a live picture leaves touches and keys to the page."""
        if not self._can_be_opened:
            self._can_be_opened = True
            self._card.picture.tapped.connect(self._open)

    def _open(self) -> None:
        if self._progress.mark is not Mark.OPEN and self._progress.evidence_sha256:
            context = self._context
            open_kept_picture(
                context.services, context.look, self._card, context.serial, self._progress.evidence_sha256
            )

    def follow(self, now_s: float) -> None:
        """The newest frame, also after a refused picture: the unit has to be turned until it fits."""
        self._now_s = now_s
        waits = self._progress.mark is Mark.FAILED and now_s < self._live_from_s
        if self._context.live and self._progress.mark is not Mark.DONE and not waits:
            self._context.services.pictures.show_view(self._check.camera, self._check.view)
            self._preview.refresh()

    def _frame(self, image: QImage) -> None:
        if not shiboken6.isValid(self._card):
            return  # the frame was decoded while the unit went on to its next step: its card is gone
        self._image = image
        if self._progress.mark is Mark.OPEN:
            self._card.set_preview(image, "")
            self._card.set_note(translate("photo_view", "live"))
        elif self._progress.mark is Mark.FAILED and self._now_s >= self._live_from_s:
            self._taken(image, translate("photo_view", "live; the refused picture is kept"))

    def _arrived(self, sha256: str, image: QImage) -> None:
        """The kept picture, decoded; by now another may have been taken."""
        if shiboken6.isValid(self._card) and sha256 == self._progress.evidence_sha256 and not image.isNull():
            self._taken(image, "")

    def _taken(self, image: QImage, caption: str) -> None:
        failed = self._progress.mark is Mark.FAILED
        faults = (
            [part for part in (self._progress.note, self._check.reaction_in(self._context.language)) if part]
            if failed
            else []
        )
        state = CardState.FAILED if failed else CardState.OK
        word = translate("photo_view", "FAIL") if failed else translate("photo_view", "saved")
        if failed:
            self._card.set_note("")
        self._card.set_taken(image, state, word, caption, faults)
        self._card.button.hide()
