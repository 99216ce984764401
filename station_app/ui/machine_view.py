"""The card of a machine's value: live with its quality, then as it was captured."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from drivers.base import Quality, Sample
from station_app.domain.checks import MachineValueCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import ReadingError, parse_reading
from station_app.ui.check_view import CardContext, CheckView, advice, drawn_limits, last_good_s, silence_text
from station_app.ui.wording import decimals_of, reading_text, sample_text
from widgets.card import CardState
from widgets.check_cards import ValueCard

translate = QCoreApplication.translate


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
                self._card.set_note(translate("machine_view", "saving"))
            return
        text = reading_text(progress.text, self._decimals) or "–"
        value = _number(progress.text)
        if progress.mark is Mark.DONE:
            self._card.set_captured(text, value, CardState.OK, translate("machine_view", "saved"))
        elif progress.note:
            refused = translate("machine_view", "Not taken: {status}.").format(status=progress.note)
            what = translate(
                "machine_view", "The machine's value is not to be trusted. Capture it again when it is live."
            )
            self._card.set_captured(
                text,
                None,
                CardState.FAILED,
                translate("machine_view", "ERROR"),
                translate("machine_view", "saved"),
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
                translate("machine_view", "FAIL"),
                translate("machine_view", "saved"),
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
            self._card.set_live(sample_text(sample, self._decimals), number, translate("machine_view", "live"))
            return
        status = sample.status if sample is not None else translate("machine_view", "no value yet")
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


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
