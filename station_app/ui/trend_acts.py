"""What a person does on the trends page beside moving it: open a mark, remark, add pens, keep groups, compare, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage

from station_app.domain.recent_work import EventKind, RecentEvent
from station_app.domain.trend import StoredTag
from station_app.domain.trend_group import TrendGroup
from station_app.services.ports import HistorianError, JournalError, TrendFilesError
from station_app.services.posting import when_done
from station_app.services.trend_comments import comment_trend
from station_app.services.trend_export import ExportedTag
from station_app.services.work_past import PastWork
from station_app.ui.decoding import decode
from station_app.ui.page import ALARMS, RECORDS, Saying, ShowAlarm, ShowUnit, Weight
from station_app.ui.record_pictures import LARGE_PX
from station_app.ui.tag_browser import open_tag_browser
from station_app.ui.trend_compare import CompareDialogs, runs_of
from station_app.ui.trend_dialogs import (
    NONE,
    REMOVE,
    SAVE,
    CommentDialog,
    PenChooser,
    export_dialog,
    groups_dialog,
    remove_group_dialog,
    save_group_dialog,
)
from station_app.ui.trend_exporting import TrendExport
from station_app.ui.trend_tags import title_of, unit_of
from station_app.ui.trend_words import device_of, mark_row
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.large_picture import LargePicture
from widgets.overlay import Overlay
from widgets.trend_time import clock_text, day_text

if TYPE_CHECKING:
    from station_app.ui.trends_page import TrendsPage

translate = QCoreApplication.translate

RECORD = ":record"


class TrendActs:
    """Dialogs of a `TrendsPage` and what comes of them. Everything that touches a disk runs on the pool."""

    def __init__(self, page: TrendsPage) -> None:
        self._page = page
        self.dialog: Overlay | None = None

    # --- marks ---------------------------------------------------------------------------------------------------

    def open_event(self, event: RecentEvent) -> None:
        """An alarm among the alarms, a picture large, a remark with its author, a value at its unit's records."""
        page = self._page
        if event.kind is EventKind.ALARM:
            page.wants_page.emit(ALARMS, ShowAlarm(event.alarm_id))
        elif event.kind is EventKind.PICTURE:
            self._show_picture(event)
        elif event.kind is EventKind.COMMENT:
            self._show_remark(event)
        elif event.serial:
            page.wants_page.emit(RECORDS, ShowUnit(event.serial))

    def _show_picture(self, event: RecentEvent) -> None:
        page, tracing = self._page, self._page.services.tracing

        def work() -> QImage:
            content = tracing.picture(event.sha256)
            return QImage() if content is None else decode(content, *LARGE_PX, "image/jpeg")

        def loaded(image: QImage) -> None:
            if image.isNull():
                self._say(translate("trends", "The picture is not here."), Weight.WARNING)
                return
            row = mark_row(page.services, event)
            caption = f"{row.text} · {row.sub_text}"
            self.open(LargePicture(page.look, image, caption, translate("trends", "Back")))

        when_done(page.services.pool.submit(work), page.services.post, loaded, page.failed)

    def _show_remark(self, event: RecentEvent) -> None:
        page, row = self._page, mark_row(self._page.services, event)
        choices = [Choice(NONE, translate("trends", "Back"))]
        if event.serial:
            choices.append(Choice(RECORD, translate("trends", "Records of {serial}").format(serial=event.serial)))
        back = translate("trends", "Back")
        dialog = ChoiceDialog(page.look, row.sub_text, choices, back, translate("trends", "Close"), event.text)

        def chosen(choice: str, _text: str) -> None:
            if choice == RECORD:
                page.wants_page.emit(RECORDS, ShowUnit(event.serial))

        dialog.chosen.connect(chosen)
        self.open(dialog)

    # --- remarks -------------------------------------------------------------------------------------------------

    def ask_comment(self) -> None:
        """A remark on the cursor's moment, on what lies between two, or on the right end."""
        page = self._page
        if page.view is None:
            return
        if page.services.people.person is None:
            page.wants_action.emit("sign_in")
            return
        times_s = sorted(page.view.cursors_s) or [min(page.view.span_s[1], page.now_s)]
        about = " – ".join(f"{day_text(at)} {clock_text(at)}" for at in times_s)
        dialog = CommentDialog(page.look, about)
        dialog.saved.connect(lambda text: self._comment(times_s, text))
        self.open(dialog)

    def _comment(self, times_s: list[float], text: str) -> None:
        page = self._page
        span = page.past.unit_at(times_s[0])
        page.attempt(
            lambda: comment_trend(
                page.services.ledger,
                at_us=round(times_s[0] * 1e6),
                until_us=round(times_s[1] * 1e6) if len(times_s) > 1 else None,
                text=text,
                tags=page.pens.shown,
                serial=span.serial if span is not None else "",
            ),
            lambda _rows: self._say(translate("trends", "The comment is saved.")),
        )

    # --- pens and groups -----------------------------------------------------------------------------------------

    def add_pen(self, tag: str) -> None:
        """Draw one more of the station's values: chosen, or dropped on the trend."""
        page = self._page
        if page.pens.add(tag):
            page.pens_changed()
        elif tag not in page.services.tags.tags:
            self._say(translate("trends", "{tag} is no value of this station.").format(tag=tag), Weight.WARNING)

    def ask_pen(self) -> None:
        """The station's values that are not in the list."""
        page, services = self._page, self._page.services
        tags = [(tag, title_of(services, tag), f"{device_of(services, tag)} · {tag}") for tag in page.pens.absent]
        chooser = PenChooser(page.look, tags)
        chooser.chosen.connect(self.add_pen)
        self.open(chooser)

    def browse_tags(self) -> None:
        """Every tag and device: one may be added to the station and drawn, or taken out."""
        open_tag_browser(self._page, self.add_pen).dismissed.connect(self._without_removed)

    def _without_removed(self) -> None:
        page = self._page
        gone = [tag for tag in page.pens.tags if tag not in page.services.tags.tags]
        for tag in gone:
            page.pens.remove(tag)
        if gone:
            page.pens_changed()

    def open_group(self, group: TrendGroup) -> None:
        """Draw a group's pens."""
        page = self._page
        if not page.pens.take_group(group):
            text = translate("trends", "None of the values of {group} are at this station.")
            self._say(text.format(group=group.name), Weight.WARNING)
            return
        page.compare(None)
        page.set_shared(group.shared)
        page.pens_changed()
        if group.window_s > 0:
            page.set_window(group.window_s)

    def ask_group(self) -> None:
        """Open, keep or remove one."""
        page = self._page
        dialog = groups_dialog(page.look, page.groups.kept)
        dialog.chosen.connect(lambda choice, _text: self._group_chosen(choice))
        self.open(dialog)

    def _group_chosen(self, choice: str) -> None:
        page, groups = self._page, self._page.groups
        if choice == SAVE:
            job = page.services.execution.job
            saving = save_group_dialog(page.look, job.work_master.id if job is not None else "")
            saving.chosen.connect(self._save_group)
            self.open(saving)
        elif choice == REMOVE:
            removing = remove_group_dialog(page.look, groups.kept)
            removing.chosen.connect(lambda name, _text: self._remove_group(name))
            self.open(removing)
        else:
            chosen = next((group for group in groups.kept if group.name == choice), None)
            if chosen is not None:
                self.open_group(chosen)

    def _save_group(self, work_master: str, name: str) -> None:
        page = self._page
        if page.view is None or not name.strip():
            self._say(translate("trends", "A group needs a name: nothing was saved."), Weight.WARNING)
            return
        group = page.pens.as_group(
            name,
            shared=page.parts.shared_button.isChecked(),
            window_s=page.view.window_s,
            work_master="" if work_master == NONE else work_master,
        )
        saved = translate("trends", "{group} is saved.").format(group=group.name)
        page.groups.save(group, lambda: self._say(saved), self._failed)

    def _remove_group(self, name: str) -> None:
        removed = translate("trends", "{group} is removed.").format(group=name)
        self._page.groups.remove(name, lambda: self._say(removed), self._failed)

    # --- comparing, the beginning --------------------------------------------------------------------------------

    def ask_comparison(self) -> None:
        """Which units; while two are compared: back to one."""
        page = self._page
        page.parts.compare_button.setChecked(page.comparison is not None)
        if page.view is None or page.comparison is not None:
            page.compare(None)
            return
        now_s = page.now_s

        def loaded(past: PastWork) -> None:
            runs = runs_of(past, now_s)
            if len(runs) < 2:
                text = translate("trends", "There are no two units to compare: fewer were in work here.")
                self._say(text)
                return
            CompareDialogs(page.look, runs, self._unit_in_sight(), self.open, page.compare)

        asked = page.services.work_past.latest_units(round(now_s * 1e6))
        when_done(asked, page.services.post, loaded, page.failed)

    def _unit_in_sight(self) -> str:
        page = self._page
        if page.view is None or not page.view.cursors_s:
            return ""
        span = page.past.unit_at(page.view.cursors_s[0])
        return span.serial if span is not None else ""

    def show_beginning(self) -> None:
        """Go to the oldest value that is kept of the pens in sight."""
        page = self._page

        def loaded(tags: list[StoredTag]) -> None:
            starts = [tag.start_us / 1e6 for tag in tags if tag.count and tag.name in page.pens.shown]
            if starts and page.view is not None:
                begin_s = min(starts)
                page.view.show_span(begin_s, begin_s + page.view.window_s)

        asked = page.services.pool.submit(page.services.history.tags)
        when_done(asked, page.services.post, loaded, self._failed)

    # --- export --------------------------------------------------------------------------------------------------

    def ask_export(self) -> None:
        """A picture or a table."""
        dialog = export_dialog(self._page.look)
        dialog.chosen.connect(lambda kind, _text: self.export(kind))
        self.open(dialog)

    def export(self, kind: str) -> None:
        """Write what is in sight; says where it is."""
        page, services = self._page, self._page.services
        if page.view is None:
            return
        tags = [ExportedTag(tag, title_of(services, tag), unit_of(services, tag)) for tag in page.pens.shown]
        writing = TrendExport(services.trend_files, services.history, services.pool).write(kind, page.view, tags)
        page.parts.export_button.set_busy(translate("trends", "Writing"))

        def written(file: Path) -> None:
            page.parts.export_button.set_busy("")
            page.says.emit(Saying(Weight.NOTE, translate("trends", "The export is written."), str(file)))

        def not_written(error: BaseException) -> None:
            page.parts.export_button.set_busy("")
            self._failed(error)

        when_done(writing, services.post, written, not_written)

    # --- all of them ---------------------------------------------------------------------------------------------

    def open(self, dialog: Overlay) -> None:
        """Lay a dialog over the window, instead of the one before."""
        page = self._page
        if self.dialog is not None:
            self.dialog.dismiss()
        self.dialog = dialog
        dialog.setParent(page.window())
        dialog.dismissed.connect(lambda: self._gone(dialog))
        dialog.open_on(page.window())

    def _gone(self, dialog: Overlay) -> None:
        if self.dialog is dialog:
            self.dialog = None
            self._page.take_focus()
        dialog.deleteLater()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, (HistorianError, TrendFilesError, JournalError)):
            raise error
        self._say(str(error), Weight.WARNING)

    def _say(self, text: str, weight: Weight = Weight.NOTE) -> None:
        self._page.says.emit(Saying(weight, text))
