"""The preview: a step exactly as the station shows it, drawn by the station's own view, smaller in proportion.

The view works with the services of a stand-in station, so that nothing it could do leaves the editor. It is built anew when
its room changes, because every size at a station follows from the room. Pictures are leafed through, turned and played in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.domain.chain import REC, Draft, Row, genesis, place
from station_app.domain.checks import Check, ConfirmCheck
from station_app.domain.job import Job
from station_app.domain.records import JobState, StepState
from station_app.domain.variants import VariantError, resolve
from station_app.domain.work_master import Step, WorkMaster
from station_app.services.trying_out import StandInStation
from station_app.ui.check_view import PageDeeds
from station_app.ui.look import Look
from station_app.ui.work_step_view import StepView
from widgets.editor_style import caption
from widgets.theme import Metrics

TYPING_PAUSE_MS = 25
"""So long after the last key the preview follows: with what drawing takes, well within 150 ms."""
RESIZE_PAUSE_MS = 120
STEP_MM = 470.0 - 86.0
"""What a step has of the station's width: the reference layout without the list of steps."""
HEIGHT_MM = 235.0
SMALLEST_PX_PER_MM = 0.9
SERIAL = "TRY-001"


class Preview(QWidget):
    """Shows one step. ``drawn`` is told when what was asked for last is on the screen."""

    drawn = Signal()

    def __init__(self, look: Look, station: StandInStation, media: Mapping[str, bytes]) -> None:
        super().__init__()
        self._look, self._station, self._media = look, station, media
        self._view: StepView | None = None
        self._made: tuple[Metrics, str] | None = None
        self._sent: set[str] = set()
        self._wanted: tuple[WorkMaster, int, str, str] | None = None
        self._jobs = 0
        self.setAccessibleName(self.tr("Preview as at the station"))
        self.note = caption(look, "", color="second")
        self.note.hide()
        self._empty = caption(look, self.tr("Add a step: here it will look as at the station."), color="muted")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(8, 4, 4, 4)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.note)
        self._layout.addWidget(self._empty, 1)
        self._pause = self._timer(TYPING_PAUSE_MS, self.draw)
        self._resized = self._timer(RESIZE_PAUSE_MS, self._rebuild)

    def _timer(self, pause_ms: int, deed: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(pause_ms)
        timer.timeout.connect(deed)
        return timer

    @property
    def view(self) -> StepView | None:
        """The station's view of the step, None before there is any."""
        return self._view

    def show_step(self, work_master: WorkMaster, index: int | None, language: str = "en", product: str = "") -> None:
        """Show a step soon; what is asked for while a person types is drawn once."""
        if index is None or not work_master.steps:
            self._wanted = None
        else:
            self._wanted = (work_master, index, language, product)
        self._pause.start(TYPING_PAUSE_MS if self._view is not None else 0)  # the first one need not wait for more keys

    def draw(self) -> None:
        """Draw what was asked for last, now."""
        self._pause.stop()
        self._empty.setVisible(self._wanted is None)
        if self._wanted is None:
            if self._view is not None:
                self._view.hide()
            self.note.hide()
            return
        work_master, index, language, product = self._wanted
        shown, note = _resolved(work_master, product)
        shown = _with_plain_cards(shown, index)
        self._send_media(shown.steps[index])
        view = self._view_in(language)
        view.show()
        self._put(view, shown, index)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.drawn.emit()

    def _put(self, view: StepView, shown: WorkMaster, index: int) -> None:
        self._jobs += 1
        job = job_at(shown, index, f"preview-{self._jobs}")
        current = job.current
        assert current is not None
        view.show_step(job, current, False)
        for part in view.findChildren(QWidget):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it is looked at, not worked with

    def _send_media(self, step: Step) -> None:
        """Give the stand-in station the pictures of a step that it does not have yet."""
        compared = [picture for c in step.criteria for picture in (c.good, c.bad) if picture is not None]
        for picture in (*step.pictures, *compared):
            if picture.sha256 not in self._sent and picture.sha256 in self._media:
                self._station.show([self._media[picture.sha256]])
                self._sent.add(picture.sha256)

    def _made_with(self, language: str) -> tuple[Metrics, str]:
        """What the view must be made with in the room there is now."""
        return Metrics(max(SMALLEST_PX_PER_MM, min(self.width() / STEP_MM, self.height() / HEIGHT_MM))), language

    def _view_in(self, language: str) -> StepView:
        made = self._made_with(language)
        if self._view is not None and self._made == made:
            return self._view
        self._drop()
        view = StepView(self._station.services, Look(self._look.theme, *made), PageDeeds())
        view.steps.hide()
        # pictures are leafed through and films played here too; nothing can be worked with
        for part in (view.column, view.instruction.signs):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        view.instruction.media.enlarged.disconnect()
        self._layout.insertWidget(1, view, 1)
        self._view, self._made = view, made
        return view

    def _drop(self) -> None:
        if self._view is not None:
            self._layout.removeWidget(self._view)
            self._view.deleteLater()
            self._view = None

    def _rebuild(self) -> None:
        if self._wanted is not None and (self._view is None or self._made_with(self._wanted[2]) != self._made):
            self.draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room: the view is built anew when the hand is off the splitter."""
        self._resized.start()
        super().resizeEvent(event)


def job_at(work_master: WorkMaster, index: int, job_id: str = "preview") -> Job:
    """A job of the work master that has just begun the step at ``index``."""
    step = work_master.steps[index]
    started = JobState(
        job_id=job_id,
        serial=SERIAL,
        order_id="TRY-OUT",
        operation=work_master.operation,
        state="Running",
        product=work_master.product,
        work_master_id=work_master.id,
        work_master_version=work_master.version,
        work_master_sha256="",
    )
    began = StepState(
        job_id=job_id,
        serial=SERIAL,
        order_id="TRY-OUT",
        operation=work_master.operation,
        step_id=step.id,
        attempt=1,
        state="started",
        step_no=index + 1,
        title=step.title_in("en"),
    )
    job = Job(started, _row(started.kind, job_id), msgspec.structs.replace(work_master, variants=(), parameters=()))
    job.apply(_row(began.kind, job_id), began)
    return job


def _row(kind: str, rec_id: str) -> Row:
    draft = Draft(
        chan=REC, rec_id=rec_id, kind=kind, ver=1, actor="try-out", wall_us=0, utc_offset_min=0, mono_ns=0,
        boot_id="preview", clock_offset_ms=None, body=b"{}",
    )  # fmt: skip
    return place(draft, 1, 1, genesis("preview", REC, 1))


def _resolved(work_master: WorkMaster, product: str) -> tuple[WorkMaster, str]:
    """The instruction for a product, or as it is written with the reason why not."""
    try:
        resolved = resolve(work_master, product or work_master.product)
    except (VariantError, KeyError) as error:
        return work_master, str(error)
    return resolved, ""


def _is_swapped(check: Check) -> bool:
    """Whether limits are swapped: nothing can be drawn with them until that is mended."""
    found = [getattr(check, name, None) for name in ("limits", "torque", "angle")]
    return any(
        limits is not None and limits.lower is not None and limits.upper is not None and limits.lower > limits.upper
        for limits in found
    )


def _with_plain_cards(work_master: WorkMaster, index: int) -> WorkMaster:
    """With plain cards for the checks of a step that cannot be drawn."""
    step = work_master.steps[index]
    if not any(_is_swapped(check) for check in step.checks):
        return work_master
    checks = tuple(_plain(check) if _is_swapped(check) else check for check in step.checks)
    steps = (*work_master.steps[:index], msgspec.structs.replace(step, checks=checks), *work_master.steps[index + 1 :])
    return msgspec.structs.replace(work_master, steps=steps)


def _plain(check: Check) -> Check:
    kind = str(check.__struct_config__.tag).replace("_", " ")
    return ConfirmCheck(id=check.id, title=f"{check.title} ({kind})", reaction=check.reaction)
