"""The cards of checks that take their time: a timer, screws, a signature, and the tool that is scanned."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from drivers.base import Quality
from station_app.domain.checks import SignatureCheck, TighteningCheck, TimerCheck, ToolCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import Limits, Outcome, ReadingError, parse_reading
from station_app.domain.rules import next_screw
from station_app.domain.work_clock import Moment
from station_app.ui.answer_views import show_outcome
from station_app.ui.check_view import ApprovalRequest, CardContext, CheckView, Deed, Question, advice, drawn_limits
from station_app.ui.wording import duration_text, sample_text
from widgets.card import Card
from widgets.check_cards import ScanCard
from widgets.number_entry import NumberEntry
from widgets.sequence_cards import ScrewRow, TighteningCard, TimerCard
from widgets.shapes import Shape
from widgets.text import Run

translate = QCoreApplication.translate


def role_text(role: str) -> str:
    """A role's name for people: "quality engineer"."""
    return role.replace("_", " ")


class ToolView(CheckView):
    """The tool or fixture that is to be scanned, or was."""

    def __init__(self, check: ToolCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        language = context.language
        self._card = ScanCard(context.look, check.title_in(language))
        self.card = self._card
        self._reaction = check.reaction_in(language)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """What class is wanted, or which tool it was and until when it is calibrated."""
        show_outcome(self._card, progress, saving, self._reaction, picture_kept)
        if progress.mark in (Mark.DONE, Mark.FAILED):
            tool = self._context.services.library.book.tools.get(progress.text)
            due = tool.calibration_due if tool is not None else ""
            about = translate("sequence_views", "calibrated until {day}").format(day=due) if due else ""
            title = tool.title if tool is not None else self._check.tool_class
            self._card.set_scanned([Run(f"{title} · "), Run(progress.text, bold=True)], about)
        else:
            self._card.set_expected(
                [Run(self._check.tool_class, bold=True)], translate("sequence_views", "Scan the code on it")
            )

    def deed(self) -> Deed:
        """Nothing to press: the scan is the confirmation."""
        return Deed(translate("sequence_views", "Scan to go on"))


class TimerView(CheckView):
    """A waiting time that somebody starts, or that runs since the step began."""

    def __init__(self, check: TimerCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        language = context.language
        self._card = TimerCard(
            context.look, check.title_in(language), translate("sequence_views", "End before it is over")
        )
        self.card = self._card
        self._reaction = check.reaction_in(language)
        self._progress: CheckProgress | None = None
        self._over = False
        self._card.ended_early.connect(self._ask_early)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """Waiting, over, or recorded."""
        self._progress = progress
        show_outcome(self._card, progress, saving, self._reaction, picture_kept)
        if progress.mark is Mark.FAILED:
            said = translate("sequence_views", "Ended {how}.").format(how=progress.note)
            self._card.message.set_message(said, advice(self._reaction, picture_kept))
        self._card.early.set_held(False)
        self._show()

    def follow(self, now_s: float) -> None:
        """What is left; when it is over the big button changes."""
        over = self._over
        self._show()
        if over != self._over:
            self._context.changed()

    def _show(self) -> None:
        progress = self._progress
        if progress is None:
            return
        check = self._check
        live = self._context.live and not progress.settled
        left_s = check.duration_s if progress.timer is None else progress.timer.left_s(self._now())
        if progress.settled or (progress.mark is Mark.FAILED and progress.timer is None):
            left_s = 0.0
        self._over = progress.timer is not None and left_s <= 0
        share = 1 - left_s / check.duration_s if check.duration_s > 0 else 1.0
        self._card.set_left(duration_text(left_s + 0.999 if left_s else 0), share)
        running = progress.timer is not None and progress.mark is Mark.OPEN
        self._card.early.setVisible(live and running and not self._over)
        if progress.mark is Mark.OPEN:
            if self._over and check.at_most_s is not None and progress.timer is not None:
                most = max(check.at_most_s - progress.timer.waited_s(self._now()), 0.0)
                note = translate("sequence_views", "go on within {time}").format(time=duration_text(most))
            elif self._over:
                note = translate("sequence_views", "over")
            else:
                note = translate("sequence_views", "running") if running else duration_text(check.duration_s)
            if note != self._card.note_text():
                self._card.set_note(note)

    def hold(self) -> None:
        """What was pressed is being saved."""
        self._card.early.set_held(True)

    def _now(self) -> Moment:
        return self._context.services.execution.now()

    def _ask_early(self) -> None:
        """A touch by mistake must not cost half an hour of waiting."""
        execution, check, deeds = self._context.services.execution, self._check, self._context.deeds
        end = translate("sequence_views", "End now, recorded as failed")
        title = translate("sequence_views", "{title}: end before it is over?").format(
            title=check.title_in(self._context.language)
        )
        deeds.ask(Question(title, (end,), lambda _: deeds.do(lambda: execution.finish_timer(check.id, early=True))))

    def deed(self) -> Deed:
        """Start it, or go on when it is over."""
        execution, check, deeds = self._context.services.execution, self._check, self._context.deeds
        running = self._progress is not None and self._progress.timer is not None
        failed = self._progress is not None and self._progress.mark is Mark.FAILED
        if not running or failed:
            again = translate("sequence_views", "Start again") if failed else translate("sequence_views", "Start timer")
            if failed and check.starts == "step":
                return Deed(translate("sequence_views", "Next is blocked"))
            return Deed(again, lambda: deeds.do(lambda: execution.start_timer(check.id)), Shape.FORWARD)
        if self._over:
            finish = translate("sequence_views", "Go on")
            return Deed(finish, lambda: deeds.do(lambda: execution.finish_timer(check.id)), Shape.CHECK)
        return Deed(translate("sequence_views", "Wait to go on"))


class TighteningView(CheckView):
    """Screws one after the other: typed, or taken from the tool."""

    def __init__(self, check: TighteningCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        language = context.language
        self._typed_in = not check.torque_tag
        self._card = TighteningCard(
            context.look,
            check.title_in(language),
            drawn_limits(check.torque),
            drawn_limits(check.angle) if check.angle is not None else None,
            (check.torque.unit, check.angle.unit if check.angle is not None else ""),
            typed=self._typed_in and context.live,
            hint=f"{0:.{check.decimals}f}",
        )
        self.card = self._card
        self._reaction = check.reaction_in(language)
        self._card.edited.connect(self._edited)
        self._card.entered.connect(context.act)
        if not context.live:
            self._card.live.hide()
        self._record = ""

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """Every screw with its result, and the one that is next."""
        check = self._check
        if progress.rec_id != self._record:
            self._record = progress.rec_id
            self._card.torque.set_text("")
            self._card.angle.set_text("")
        show_outcome(self._card, progress, saving, self._reaction, picture_kept)
        following = next_screw(progress) if not progress.settled else 0
        self._card.set_screws([self._row(progress, number, following) for number in range(1, check.count + 1)])
        if progress.mark is Mark.OPEN and not saving:
            self._card.set_note(translate("sequence_views", "screw {n} of {all}").format(n=following, all=check.count))
            if check.tool_class and self._tool() == "":
                hint = translate("sequence_views", "Scan the {tool} first.").format(tool=check.tool_class)
                self._card.message.set_message("", hint)
        if progress.mark is Mark.FAILED:
            self._card.message.set_message(self._why(progress, following), advice(self._reaction, picture_kept))
        open_for_typing = self._context.live and self._typed_in and not saving and not progress.settled
        for entry in (self._card.torque, self._card.angle):
            entry.set_held(False)
            entry.set_read_only(not open_for_typing)

    def _row(self, progress: CheckProgress, number: int, following: int) -> ScrewRow:
        check, screw = self._check, progress.screws.get(number)
        current = number == following and self._context.live
        if screw is None:
            return ScrewRow(str(number), "", current=current)
        torque = f"{screw.torque_text} {check.torque.unit}" if screw.torque_text else "?"
        angle = f"{screw.angle_text} {check.angle.unit}" if check.angle is not None and screw.angle_text else ""
        return ScrewRow(str(number), torque, angle, screw.outcome is Outcome.PASS, current)

    def _why(self, progress: CheckProgress, number: int) -> str:
        """What is wrong with the screw that failed: torque, angle, or the tool's status."""
        screw = progress.screws.get(number)
        if screw is None:
            return progress.note
        said = _excess(self._check.torque, screw.torque_text)
        if not said and self._check.angle is not None:
            said = _excess(self._check.angle, screw.angle_text)
        return translate("sequence_views", "Screw {n}: {said}").format(n=number, said=said or progress.note)

    def _tool(self) -> str:
        """The tool of the wanted class that was scanned in this job."""
        job = self._context.services.execution.job
        return job.tools.get(self._check.tool_class, "") if job is not None else ""

    def _edited(self) -> None:
        for bar, entry in ((self._card.torque_bar, self._card.torque), (self._card.angle_bar, self._card.angle)):
            bar.set_value(_number(entry.text()))
        self._context.changed()

    def follow(self, now_s: float) -> None:
        """The tool's torque as it turns."""
        if self._typed_in or not self._context.live:
            return
        tags = self._context.services.tags
        for bar, tag in (
            (self._card.torque_bar, self._check.torque_tag),
            (self._card.angle_bar, self._check.angle_tag),
        ):
            sample = tags.latest(tag)
            good = sample is not None and sample.quality is Quality.GOOD
            bar.set_value(_number(sample_text(sample, self._check.decimals)) if good else None)
        sample = tags.latest(self._check.torque_tag)
        good = sample is not None and sample.quality is Quality.GOOD
        self._card.live.set_figure(
            sample_text(sample, self._check.decimals), "text" if good else "muted", struck=not good
        )

    def hold(self) -> None:
        """The result is being saved."""
        self._card.torque.set_held(True)
        self._card.angle.set_held(True)

    def typed(self) -> str:
        """The torque that is typed and not recorded."""
        return self._card.torque.text() if self._typed_in else ""

    def focus(self) -> QWidget | None:
        """The entry that is empty first."""
        if not self._context.live or not self._typed_in:
            return None
        with_angle = self._check.angle is not None
        return self._card.angle if with_angle and self._card.torque.text() else self._card.torque

    def entry(self) -> NumberEntry | None:
        """The keypad types where the cursor is."""
        if not self._typed_in:
            return None
        return self._card.angle if self._card.angle.hasFocus() else self._card.torque

    def deed(self) -> Deed:
        """Record what is typed, or wait for the tool."""
        if not self._typed_in:
            return Deed(translate("sequence_views", "Tighten to go on"))
        torque, angle = self._card.torque.text(), self._card.angle.text()
        if not torque or (self._check.angle is not None and not angle):
            return Deed(translate("sequence_views", "Type the result"))
        execution, deeds = self._context.services.execution, self._context.deeds
        return Deed(
            translate("sequence_views", "Enter"),
            lambda: deeds.do(lambda: execution.tighten(self._check.id, torque, angle)),
        )

    def draft(self) -> object:
        """What is typed."""
        return (self._card.torque.text(), self._card.angle.text())

    def restore(self, draft: object) -> None:
        """The same figures."""
        if isinstance(draft, tuple):
            for entry, text in zip((self._card.torque, self._card.angle), draft, strict=True):
                entry.type_again(text)


def _number(text: str) -> float | None:
    try:
        return float(parse_reading(text))
    except ReadingError:
        return None


def _excess(limits: Limits, text: str) -> str:
    try:
        return limits.say_excess(parse_reading(text))
    except ReadingError:
        return ""


class SignatureView(CheckView):
    """Who has to sign, for what, and who did."""

    def __init__(self, check: SignatureCheck, context: CardContext) -> None:
        self._check, self._context = check, context
        language = context.language
        self.card = Card(context.look, check.title_in(language))
        self._reaction = check.reaction_in(language)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """The role that is asked for, or the name that was signed."""
        show_outcome(self.card, progress, saving, self._reaction, picture_kept)
        if progress.settled:
            signed = translate("sequence_views", "{name}: {meaning}")
            self.card.message.set_message(signed.format(name=progress.text, meaning=self._check.meaning))
        elif not saving:
            who = translate("sequence_views", "To be signed by: {role}").format(role=role_text(self._check.role))
            other = (
                translate("sequence_views", "Somebody else than who did the work.") if self._check.other_person else ""
            )
            self.card.message.set_message(who, " ".join(part for part in (f"“{self._check.meaning}”.", other) if part))

    def deed(self) -> Deed:
        """Fetch the person and let them sign."""
        context, check = self._context, self._check
        execution = context.services.execution
        title = translate("sequence_views", "{title}: “{meaning}”").format(
            title=check.title_in(context.language), meaning=check.meaning
        )
        request = ApprovalRequest(
            title, lambda approval: execution.sign(check.id, approval), by_worker=not check.other_person
        )
        return Deed(translate("sequence_views", "Sign"), lambda: context.deeds.approve(request), Shape.CHECK)
