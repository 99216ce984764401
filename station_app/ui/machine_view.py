"""The card of a machine's value: live with its quality, then as it was captured."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from drivers.base import Quality, Sample
from station_app.domain.checks import MachineValueCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import ReadingError, decimals_of, rounded_text, say_machine_excess
from station_app.ui.check_view import CardContext, CheckView, Deed, advice, drawn_limits, last_good_s, silence_text
from station_app.ui.wording import sample_text, value_text
from widgets.card import CardState
from widgets.check_cards import ValueCard
from widgets.progress_bar import ProgressBar

translate = QCoreApplication.translate


class MachineView(CheckView):
    """A machine's value: live with its quality, then as it was captured."""

    def __init__(self, check: MachineValueCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        self._card = ValueCard(
            context.look, check.title_in(context.language), check.limits.unit, drawn_limits(check.limits)
        )
        self.card = self._card
        self._decimals = decimals_of(check.limits.lower, check.limits.upper)
        self._captured = False
        self._last_good: Sample | None = None
        self._waiting = ProgressBar(context.look, height_mm=4.0)
        self._card.body.addWidget(self._waiting)
        if check.mode != "wait" or not context.live:
            self._waiting.hide()

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The captured value with its outcome; live values stand back for it."""
        self._captured = progress.mark in (Mark.DONE, Mark.FAILED)
        if self._captured:
            self._waiting.hide()
        else:
            if saving:
                self._card.set_note(translate("machine_view", "saving"))
            return
        text = rounded_text(progress.text, self._decimals) or "–"
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
            what = advice(self._check.reaction_in(self._context.language), picture_kept)
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
            self._live(sample)
            return
        self._waiting.set_fraction(0.0)
        status = sample.status if sample is not None else translate("machine_view", "no value yet")
        self._card.set_bad(self._last_text(sample), status, self._silence(now_s))

    def deed(self) -> Deed | None:
        """A wait is fulfilled by the machine alone."""
        return Deed(translate("machine_view", "Wait to go on")) if self._check.mode == "wait" else None

    def _live(self, sample: Sample) -> None:
        """The value of the moment; of a wait for how long it holds, of a window its statistic so far."""
        number = float(sample.value) if isinstance(sample.value, (int, float)) else None
        text, note = sample_text(sample, self._decimals), translate("machine_view", "live")
        if self._check.mode != "capture" and self._context.services.execution.awaits_cycle(self._check.id):
            self._waiting.set_fraction(0.0)
            self._card.set_live(text, None, translate("machine_view", "waits for the machine's cycle"))
            return
        if self._check.mode == "wait":
            note = self._held()
        elif self._check.mode == "window":
            window = self._context.services.execution.window(self._check.id)
            so_far = None if window is None else window.statistic(self._check.statistic)
            now = f"{text} {self._check.limits.unit}".strip()
            number, text = so_far, "–" if so_far is None else value_text(so_far, self._decimals)
            note = translate("machine_view", "{statistic} so far").format(statistic=_statistic(self._check.statistic))
            about = translate("machine_view", "now {value}").format(value=now)
            self._card.set_live(text, number, note, about=about)
            return
        self._card.set_live(text, number, note)

    def _held(self) -> str:
        check, held_s = self._check, self._context.services.execution.held_s(self._check.id)
        self._waiting.set_fraction(min(held_s / check.hold_s, 1.0) if check.hold_s > 0 else 1.0)
        if held_s <= 0:
            return translate("machine_view", "waits for {limits}").format(limits=check.limits.text())
        return translate("machine_view", "held {held} of {wanted} s").format(
            held=f"{min(held_s, check.hold_s):.1f}", wanted=f"{check.hold_s:g}"
        )

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
            return say_machine_excess(text, self._check.limits)
        except ReadingError:
            return ""


def _statistic(name: str) -> str:
    """A statistic's name for people."""
    names = {
        "minimum": translate("machine_view", "lowest"),
        "maximum": translate("machine_view", "highest"),
        "mean": translate("machine_view", "mean"),
    }
    return names.get(name, translate("machine_view", "last"))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
