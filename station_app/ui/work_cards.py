"""The right column of the work page: one card for each check of a step, and what each shows of its check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from drivers.base import Quality, Sample
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import Limits, ReadingError, parse_reading
from station_app.domain.work_master import (
    ConfirmCheck,
    MachineValueCheck,
    MeasureCheck,
    PhotoCheck,
    ScanCheck,
)
from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.pictures import PictureStore, Preview
from station_app.ui.wording import age_text, decimals_of, reading_text, sample_text
from widgets.card import Card, CardState
from widgets.check_cards import MeasureCard, ScanCard, ValueCard
from widgets.limit_bar import Limits as DrawnLimits
from widgets.photo_card import PhotoCard
from widgets.text import Run

translate = QCoreApplication.translate

PHOTO_PX = (900, 600)
PICTURE_MM = 55.0


@dataclass(frozen=True, slots=True)
class CardContext:
    """What every check's card is built with. ``changed`` is called when an entry was edited; ``act`` is the big button's deed.

    ``live`` is False for an earlier step, which is only looked at.
    """

    services: StationServices
    look: Look
    pictures: PictureStore
    serial: str
    live: bool
    changed: Callable[[], None]
    act: Callable[[], None]


def drawn_limits(limits: Limits) -> DrawnLimits:
    """The limits as the widgets draw them: "≥" and "≤" where one side is open."""
    both = limits.lower is not None and limits.upper is not None
    return DrawnLimits(
        None if limits.lower is None else float(limits.lower),
        None if limits.upper is None else float(limits.upper),
        "" if limits.lower is None else f"{'' if both else '≥ '}{limits.lower}",
        "" if limits.upper is None else f"{'' if both else '≤ '}{limits.upper}",
    )


class CheckView:
    """A check's card. ``update`` follows what is recorded, ``follow`` what is live."""

    card: Card

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """Show what is recorded of the check; ``picture_kept``: a photo of the failure is stored."""

    def follow(self, now_s: float) -> None:
        """Show live values; called 10 times a second while the page is visible."""

    def focus(self) -> QWidget | None:
        """What takes the keys while this check is the next one; None: the big button."""
        return None

    def typed(self) -> str:
        """A reading that is typed and not recorded yet."""
        return ""


def advice(reaction: str, picture_kept: bool) -> str:
    """What to do after a failure."""
    kept = translate("work_cards", "A photo is kept.") if picture_kept else ""
    return " ".join(part for part in (reaction, kept) if part)


class ConfirmView(CheckView):
    """Something to look at and confirm with the big button."""

    def __init__(self, check: ConfirmCheck, context: CardContext) -> None:
        self.card = Card(context.look, check.title)
        self._text = translate("work_cards", "Look, then press Confirm.")
        self._reaction = check.reaction

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """Done or still to do."""
        if progress.mark is Mark.DONE:
            self.card.set_state(CardState.OK, translate("work_cards", "saved"))
            self.card.message.set_message("", translate("work_cards", "Confirmed"))
        else:
            self.card.set_state(
                CardState.SAVING if saving else CardState.IDLE, translate("work_cards", "saving") if saving else ""
            )
            self.card.set_note(translate("work_cards", "saving") if saving else "")
            self.card.message.set_message(self._text, self._reaction)


class ScanView(CheckView):
    """What is to be scanned, or what was."""

    def __init__(self, check: ScanCheck, context: CardContext) -> None:
        self._check, self._services = check, context.services
        self._card = ScanCard(context.look, check.title)
        self.card = self._card

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The part that is wanted, or the part and number that were taken."""
        material = self._services.library.book.materials.get(self._check.material)
        title = material.title if material is not None else ""
        lot = self._check.tracked == "lot"
        if progress.mark is not Mark.DONE:
            what = translate("work_cards", "Scan its lot") if lot else translate("work_cards", "Scan its serial number")
            named = [Run(self._check.material, bold=True), Run(f"  {title}")]
            self._card.set_expected(named, what)
            self._card.set_state(
                CardState.SAVING if saving else CardState.IDLE, translate("work_cards", "saving") if saving else ""
            )
            self._card.set_note(translate("work_cards", "saving") if saving else "")
            return
        kind = translate("work_cards", "Lot") if lot else translate("work_cards", "Serial")
        text = [Run(f"{self._check.material} · {kind} "), Run(progress.text, bold=True)]
        self._card.set_scanned(text, self._about(progress.text, title))
        self._card.set_state(CardState.OK, translate("work_cards", "saved"))

    def _about(self, text: str, title: str) -> str:
        material = self._services.library.book.material_of_lot.get(text)
        if material is None:
            return title
        left = material.lots[text] - self._services.ledger.fold.lot_consumed.get(text, 0.0)
        return translate("work_cards", "{title} · {n:g} left").format(title=title, n=max(left, 0.0))


class MeasureView(CheckView):
    """A reading that is typed; the limits stand there before."""

    def __init__(self, check: MeasureCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        hint = f"{0:.{check.decimals}f}"
        self._card = MeasureCard(context.look, check.title, check.limits.unit, drawn_limits(check.limits), hint)
        self.card = self._card
        self._recorded = ""
        self._record = ""
        self._card.edited.connect(self._edited)
        self._card.entered.connect(lambda _text: context.act())
        self._card.entry.set_read_only(not context.live)

    @property
    def measure_card(self) -> MeasureCard:
        """The card with its entry, for the keypad."""
        return self._card

    def typed(self) -> str:
        """What stands in the entry and is not what was recorded."""
        text = self._card.entry.text()
        return text if text and text != self._recorded else ""

    def focus(self) -> QWidget | None:
        """The entry."""
        return self._card.entry if self._context.live else None

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The verdict on what was recorded; what is being typed stays."""
        check = self._check
        if progress.mark in (Mark.DONE, Mark.FAILED):
            self._verdict(progress, picture_kept)
        elif saving:
            self._card.set_verdict(CardState.SAVING, translate("work_cards", "saving"))
        elif self._record or self._card.state is CardState.SAVING:
            self._recorded = self._record = ""
            self._card.entry.set_text("")
            self._card.set_verdict(CardState.IDLE, "")
            self._card.show_value(None)
        if progress.mark is Mark.OPEN and not saving:
            self._card.set_note(check.limits.text())
        self._card.entry.set_read_only(saving or not self._context.live or progress.mark is Mark.DONE)

    def _verdict(self, progress: CheckProgress, picture_kept: bool) -> None:
        value = parse_reading(progress.text)
        new = progress.rec_id != self._record
        if new:
            self._record, self._recorded = progress.rec_id, progress.text
            self._card.entry.set_text(progress.text)
        if self.typed():
            return
        failed = progress.mark is Mark.FAILED
        state = CardState.FAILED if failed else CardState.OK
        self._card.set_verdict(
            state,
            translate("work_cards", "FAIL") if failed else translate("work_cards", "saved"),
            self._check.limits.say_excess(value),
            advice(self._check.reaction, picture_kept) if failed else "",
            float(value),
        )
        if failed:
            self._card.set_note(translate("work_cards", "saved"))

    def _edited(self, text: str) -> None:
        try:
            value: float | None = float(parse_reading(text))
        except ReadingError:
            value = None
        self._card.set_state(CardState.IDLE)
        self._card.set_note(self._check.limits.text())
        self._card.message.set_message("")
        self._card.show_value(value)
        self._context.changed()


class MachineView(CheckView):
    """A machine's value: live with its quality, then as it was captured."""

    def __init__(self, check: MachineValueCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        self._card = ValueCard(context.look, check.title, check.limits.unit, drawn_limits(check.limits))
        self.card = self._card
        self._decimals = decimals_of(check.limits.lower, check.limits.upper)
        self._captured = False
        self._last_good: Sample | None = None

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The captured value with its outcome; live values stand back for it."""
        self._captured = progress.mark in (Mark.DONE, Mark.FAILED)
        if not self._captured:
            if saving:
                self._card.set_note(translate("work_cards", "saving"))
            return
        text = reading_text(progress.text, self._decimals) or "–"
        value = _number(progress.text)
        if progress.mark is Mark.DONE:
            self._card.set_captured(text, value, CardState.OK, translate("work_cards", "saved"))
        elif progress.note:
            refused = translate("work_cards", "Not taken: {status}.").format(status=progress.note)
            what = translate(
                "work_cards", "The machine's value is not to be trusted. Capture it again when it is live."
            )
            self._card.set_captured(
                text,
                None,
                CardState.FAILED,
                translate("work_cards", "ERROR"),
                translate("work_cards", "saved"),
                refused,
                what,
            )
            self._card.figure.set_figure(text, "muted", struck=True)
        else:
            headline = self._excess(progress.text)
            what = advice(self._check.reaction, picture_kept)
            self._card.set_captured(
                text,
                value,
                CardState.FAILED,
                translate("work_cards", "FAIL"),
                translate("work_cards", "saved"),
                headline,
                what,
            )

    def follow(self, now_s: float) -> None:
        """The live value, or the last good one struck through."""
        if self._captured or not self._context.live:
            return
        sample = self._context.services.tags.latest(self._check.tag)
        if sample is not None and sample.quality is Quality.GOOD:
            self._last_good = sample
            number = float(sample.value) if isinstance(sample.value, (int, float)) else None
            self._card.set_live(sample_text(sample, self._decimals), number, translate("work_cards", "live"))
            return
        status = sample.status if sample is not None else translate("work_cards", "no value yet")
        self._card.set_bad(self._last_text(sample), status, self._silence(now_s))

    def _last_text(self, sample: Sample | None) -> str:
        if self._last_good is not None:
            return sample_text(self._last_good, self._decimals)
        return sample_text(sample, self._decimals)

    def _silence(self, now_s: float) -> str:
        services = self._context.services
        view = services.tag_views.get(self._check.tag)
        device = services.contact.devices.get(view.device) if view is not None else None
        return silence_text(now_s, last_good_s(services, self._check.tag), device.retry_at if device else None)

    def _excess(self, text: str) -> str:
        try:
            return self._check.limits.say_excess(parse_reading(reading_text(text, self._decimals + 1)))
        except ReadingError:
            return ""


class PhotoView(CheckView):
    """A picture: live preview until it is taken, then the kept one with what was found in it."""

    def __init__(self, check: PhotoCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        self._card = PhotoCard(
            context.look,
            check.title,
            translate("work_cards", "Take photo"),
            translate("work_cards", "Take again"),
            translate("work_cards", "Camera “{name}” delivers no picture.").format(name=check.camera),
        )
        self.card = self._card
        self._card.button.hide()
        # the column's width at 16 : 9
        self._card.picture.setFixedHeight(context.look.mm(PICTURE_MM))
        self._shown_sha256 = ""
        self._image = QImage()
        self._preview = Preview(context.services, check.camera, *PHOTO_PX, self._frame)
        self._open = True

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The kept picture with its faults; saving meanwhile."""
        self._open = progress.mark is Mark.OPEN
        if self._open:
            self._card.set_state(
                CardState.SAVING if saving else CardState.IDLE, translate("work_cards", "saving") if saving else ""
            )
            self._card.set_note(
                translate("work_cards", "saving")
                if saving
                else translate("work_cards", "live")
                if not self._image.isNull()
                else ""
            )
            return
        if progress.evidence_sha256 != self._shown_sha256:
            self._shown_sha256 = progress.evidence_sha256
            self._taken(progress, self._image)
            self._context.pictures.show(
                progress.evidence_sha256, "image/jpeg", *PHOTO_PX, lambda image: self._taken(progress, image)
            )

    def follow(self, now_s: float) -> None:
        """The newest frame."""
        if self._open and self._context.live:
            self._preview.refresh()

    def _frame(self, image: QImage) -> None:
        self._image = image
        if self._open:
            self._card.set_preview(image, "")
            self._card.set_note(translate("work_cards", "live"))

    def _taken(self, progress: CheckProgress, image: QImage) -> None:
        failed = progress.mark is Mark.FAILED
        faults = [part for part in (progress.note, self._check.reaction) if part] if failed else []
        state = CardState.FAILED if failed else CardState.OK
        self._card.set_taken(
            image, state, translate("work_cards", "FAIL") if failed else translate("work_cards", "saved"), "", faults
        )
        self._card.button.hide()


def last_good_s(services: StationServices, tag: str) -> float | None:
    """When a tag last had a good value, seconds since the epoch; None when it never had."""
    history = services.tags.history(tag)
    if history is None or not history.bad_spans:
        return None
    return history.bad_spans[-1].start if history.bad_spans[-1].end is None else None


def silence_text(now_s: float, last_s: float | None, retry_at: float | None) -> str:
    """How old the last value is and when the device is tried again: "last heard 14 s ago · trying again in 3 s"."""
    parts = []
    if last_s is not None:
        parts.append(translate("work_cards", "last heard {age} ago").format(age=age_text(now_s - last_s)))
    if retry_at is not None:
        left = retry_at - now_s
        again = (
            translate("work_cards", "trying again in {s} s").format(s=round(left))
            if left >= 0.5
            else translate("work_cards", "trying again")
        )
        parts.append(again)
    return " · ".join(parts)


def build_check(progress: CheckProgress, context: CardContext) -> CheckView:
    """The view of a check by its kind."""
    check = progress.check
    match check:
        case ConfirmCheck():
            return ConfirmView(check, context)
        case ScanCheck():
            return ScanView(check, context)
        case MeasureCheck():
            return MeasureView(check, context)
        case MachineValueCheck():
            return MachineView(check, context)
        case PhotoCheck():
            return PhotoView(check, context)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
