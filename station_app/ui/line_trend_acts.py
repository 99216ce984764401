"""What a person does with another station's trend beside moving it: compare two of its units, remark, export."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt

from station_app.domain.rules import Refusal
from station_app.services.ports import HistorianError, JournalError, TrendFilesError
from station_app.services.posting import when_done
from station_app.services.trend_export import ExportedTag
from station_app.services.work_past import PastWork
from station_app.ui.look import Look
from station_app.ui.trend_compare import CompareDialogs, runs_of
from station_app.ui.trend_dialogs import CommentDialog, export_dialog
from station_app.ui.trend_exporting import TrendExport
from widgets.message_banner import BannerKind
from widgets.overlay import Overlay
from widgets.trend_time import clock_text, day_text

if TYPE_CHECKING:
    from station_app.ui.line_trend import LineTrend

translate = QCoreApplication.translate

LATER_S = 86_400.0
"""Units that were in work so long after what is in sight may be chosen as well."""


class LineTrendActs:
    """Dialogs of a `LineTrend` and what comes of them. Everything that touches a disk or the server runs on the pool."""

    def __init__(self, trend: LineTrend, look: Look) -> None:
        self._trend, self._look, self._tools = trend, look, trend.tools
        self.dialog: Overlay | None = None

    def ask_comparison(self) -> None:
        """Which units; while two are compared: back to one."""
        trend = self._trend
        trend.parts.compare_button.setChecked(trend.comparison is not None)
        if trend.view is None or trend.comparison is not None:
            trend.compare(None)
            return
        until_s = min(self._tools.now_s(), trend.view.span_s[1] + LATER_S)

        def loaded(past: PastWork) -> None:
            runs = runs_of(past, self._tools.now_s())
            if trend.ended:
                return
            if len(runs) < 2:
                trend.say(translate("trends", "There are no two units to compare: fewer were in work there."))
                return
            CompareDialogs(self._look, runs, self._unit_in_sight(), self.open, trend.compare)

        asked = trend.station.work_past.latest_units(round(until_s * 1e6))
        when_done(asked, self._tools.post, loaded, self._failed)

    def _unit_in_sight(self) -> str:
        """That of the cursor, else of the middle of the picture."""
        trend = self._trend
        if trend.view is None:
            return ""
        start_s, end_s = trend.view.span_s
        span = trend.past.unit_at(trend.view.cursors_s[0] if trend.view.cursors_s else (start_s + end_s) / 2)
        return span.serial if span is not None else ""

    def ask_comment(self) -> None:
        """A remark on the cursor's moment, on what lies between two, or on the right end."""
        trend = self._trend
        if trend.view is None:
            return
        if not self._tools.signed_in():
            trend.say(translate("trends", "Sign in first: scan your badge."), kind=BannerKind.WARNING)
            return
        times_s = sorted(trend.view.cursors_s) or [min(trend.view.span_s[1], self._tools.now_s())]
        dialog = CommentDialog(self._look, " – ".join(f"{day_text(at)} {clock_text(at)}" for at in times_s))
        dialog.saved.connect(lambda text: self._comment(times_s, text))
        self.open(dialog)

    def _comment(self, times_s: Sequence[float], text: str) -> None:
        trend = self._trend
        if self._tools.remark is None:
            return
        until_us = round(times_s[1] * 1e6) if len(times_s) > 1 else None
        tags = trend.pens.shown
        try:
            saving = self._tools.remark(trend.station.station, round(times_s[0] * 1e6), until_us, tags, text)
        except Refusal as refusal:
            trend.say(str(refusal), kind=BannerKind.WARNING)
            return

        def saved(_rows: object) -> None:
            trend.say(translate("trends", "The comment is saved."))
            trend.look_soon()

        when_done(saving, self._tools.post, saved, self._failed)

    def ask_export(self) -> None:
        """A picture or a table."""
        dialog = export_dialog(self._look)
        dialog.chosen.connect(lambda kind, _text: self.export(kind))
        self.open(dialog)

    def export(self, kind: str) -> None:
        """Write what is in sight; says where it is."""
        trend = self._trend
        if trend.view is None:
            return
        tags = [ExportedTag(pen.key, pen.name, pen.unit) for pen in trend.pens.pens()]
        exporting = TrendExport(self._tools.files, trend.station, self._tools.pool, trend.station.name)
        trend.parts.export_button.set_busy(translate("trends", "Writing"))

        def written(file: Path) -> None:
            trend.parts.export_button.set_busy("")
            trend.say(translate("trends", "The export is written."), str(file))

        def not_written(error: BaseException) -> None:
            trend.parts.export_button.set_busy("")
            self._failed(error)

        when_done(exporting.write(kind, trend.view, tags), self._tools.post, written, not_written)

    def open(self, dialog: Overlay) -> None:
        """Lay a dialog over the trend, instead of the one before."""
        self.close()
        self.dialog = dialog
        dialog.dismissed.connect(lambda: self._gone(dialog))
        dialog.open_on(self._trend.window())

    def close(self) -> None:
        """Take away the dialog that is open."""
        if self.dialog is not None:
            self.dialog.dismiss()

    def _gone(self, dialog: Overlay) -> None:
        if self.dialog is dialog:
            self.dialog = None
            if self._trend.view is not None and not self._trend.ended:
                self._trend.view.setFocus(Qt.FocusReason.OtherFocusReason)
        dialog.deleteLater()

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, HistorianError | TrendFilesError | JournalError):
            raise error
        self._trend.say(str(error), kind=BannerKind.WARNING)
