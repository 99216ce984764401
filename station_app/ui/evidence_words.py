"""What is known of a kept picture, as rows to be read beside it, and as the texts on a copy of it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.picture_marks import CopyText, PictureMark
from station_app.domain.unit_trace import PictureTaken, UnitTrace
from station_app.services.examining import HashChecked
from station_app.ui.trace_times import moment_text
from widgets.record_table import RecordRow, RecordSection
from widgets.step_list import StepMark

translate = QCoreApplication.translate
KIB = 1024
ZERO_WIDTH_SPACE = "\u200b"


class PictureWords:
    """The words about one picture of a trace; ``sealed`` as this station knows it, None for another station's file."""

    def __init__(self, trace: UnitTrace, picture: PictureTaken, sealed: bool | None, utc_offset_min: int) -> None:
        self._trace, self._picture = trace, picture
        self._sealed, self._offset = sealed, utc_offset_min

    def caption(self) -> str:
        """Unit, view and time: above the picture."""
        picture = self._picture
        view = translate("evidence", "copy with marks") if picture.original_sha256 else picture.view or picture.camera
        words = [self._trace.serial, view, moment_text(picture.origin.at_us, self._offset)]
        if picture.faults:
            words.append(translate("evidence", "refused"))
        return " · ".join(words)

    def sections(self, checked: HashChecked | None) -> list[RecordSection]:
        """Who, when, what was found, and where the bytes are."""
        return [
            RecordSection(translate("evidence", "Taken"), tuple(self._taken())),
            RecordSection(translate("evidence", "Found in it"), tuple(self._found())),
            RecordSection(translate("evidence", "File"), tuple(self._file(checked))),
        ]

    def copy_text(self, marks: tuple[PictureMark, ...], drawn_by: str) -> CopyText:
        """What is written below a copy: when and by whom the picture was taken, of which unit, with which gauge."""
        taken_by = self._person()
        person = taken_by
        if drawn_by != taken_by:
            person = translate("evidence", "{taken}, marks by {drawn}").format(taken=taken_by, drawn=drawn_by)
        time = moment_text(self._picture.origin.at_us, self._offset)
        return CopyText(time=time, unit=self._trace.serial, person=person, gauge=self.gauge(), marks=marks)

    def gauge(self) -> str:
        """The gauge that measured last in the picture's step; empty without one."""
        picture = self._picture
        attempts = [
            attempt
            for job in self._trace.jobs
            if job.job_id == picture.job_id
            for step in job.steps
            if step.step_id == picture.step_id
            for attempt in step.attempts
            if attempt.attempt == picture.attempt
        ]
        return next((m.gauge for a in attempts for m in reversed(a.measurements) if m.gauge), "")

    def _person(self) -> str:
        actor = self._picture.origin.actor
        return self._trace.names.people.get(actor, actor)

    def _taken(self) -> list[RecordRow]:
        picture = self._picture
        rows = [
            RecordRow(translate("evidence", "By"), f"{self._person()} · {picture.origin.station.rsplit('/', 1)[-1]}"),
            RecordRow(translate("evidence", "At"), moment_text(picture.origin.at_us, self._offset)),
            RecordRow(translate("evidence", "Unit"), self._trace.serial),
        ]
        if picture.original_sha256:
            rows.append(RecordRow(translate("evidence", "Copy of"), picture.original_sha256[:16] + "…"))
            return rows
        rows.append(RecordRow(translate("evidence", "Camera"), picture.camera))
        if picture.view:
            rows.append(RecordRow(translate("evidence", "View"), picture.view))
        if self.gauge():
            rows.append(RecordRow(translate("evidence", "Gauge"), self.gauge()))
        return rows

    def _found(self) -> list[RecordRow]:
        picture = self._picture
        if picture.original_sha256:
            return [RecordRow(translate("evidence", "Drawn"), line) for line in picture.overlay]
        rows = [
            RecordRow(
                translate("evidence", "Codes"), ", ".join(picture.codes) or translate("evidence", "none could be read")
            )
        ]
        if picture.sharpness is not None:
            rows.append(RecordRow(translate("evidence", "Sharpness"), f"{picture.sharpness:.4f}"))
        refused = [RecordRow(translate("evidence", "Refused"), fault, "", StepMark.FAILED) for fault in picture.faults]
        return [*rows, *refused]

    def _file(self, checked: HashChecked | None) -> list[RecordRow]:
        picture = self._picture
        size = f"{picture.width_px} × {picture.height_px} px · {picture.size_bytes / KIB:.0f} KiB"
        rows = [
            RecordRow(translate("evidence", "Size"), size),
            RecordRow(translate("evidence", "Kept"), self._place()),
            RecordRow("SHA-256", _in_groups(picture.sha256)),
        ]
        return [*rows, self._checked(checked)] if checked is not None else rows

    def _place(self) -> str:
        here = (
            translate("evidence", "here") if self._picture.presence.local else translate("evidence", "no longer here")
        )
        server = self._picture.presence.server if self._sealed is None else self._sealed
        if server is None:
            return translate("evidence", "{here} · the server was not asked").format(here=here)
        if server:
            return translate("evidence", "{here} · sealed at the server").format(here=here)
        return translate("evidence", "{here} · waits for the server").format(here=here)

    def _checked(self, checked: HashChecked) -> RecordRow:
        label = translate("evidence", "Computed")
        at = moment_text(checked.at_us, self._offset)
        if checked.fault:
            return RecordRow(label, f"{checked.fault} {at}", "", StepMark.FAILED)
        whose = translate("evidence", "this station's file") if checked.here else translate("evidence", "server's file")
        said = translate("evidence", "unchanged, {whose}, {at}").format(whose=whose, at=at)
        return RecordRow(label, said, "", StepMark.DONE)


def _in_groups(sha256: str) -> str:
    """A hash that may be broken into lines after every eight digits; nothing is seen of that."""
    return ZERO_WIDTH_SPACE.join(sha256[start : start + 8] for start in range(0, len(sha256), 8))
