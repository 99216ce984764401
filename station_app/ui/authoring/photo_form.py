"""The picture rules of a photo check: the reference picture, the parts drawn on it, and the markers that must be seen.

The picture is shown as the camera's view cuts and turns it, because the station compares what the view shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from station_app.domain.checks import Check, PhotoCheck
from station_app.domain.media import Picture
from station_app.domain.view import MarkerPlace, ViewSettings
from station_app.services.drafting import Spot, TakenFile
from station_app.services.posting import when_done
from station_app.ui.authoring import edits
from station_app.ui.authoring import photo_values as values
from station_app.ui.authoring.form_fields import FieldFault
from station_app.ui.authoring.media_images import PHOTO_FILTER, as_shown, choose_file, image_of
from station_app.ui.authoring.panel import EditContext
from station_app.ui.authoring.places import CHECKS
from widgets.editor_canvas import Held, MarkCanvas, MarkedRegion, MarkKind, Tool
from widgets.editor_rows import Column, RowsEditor
from widgets.editor_style import button, caption
from widgets.picture_view import Callout

CANVAS_PX = 300
ASIDE = 0.09
Change = Callable[[Check, str], None]


class PhotoForm(QWidget):
    """Shows and edits the rules of one photo check; ``change(check, field)`` is told every edit."""

    def __init__(self, context: EditContext, change: Change) -> None:
        super().__init__()
        self._context, self._change = context, change
        self._check = PhotoCheck(id="photo", title="", camera="")
        self._shown: tuple[object, ...] = ()
        look = context.look
        self.setAcceptDrops(True)
        self.canvas = MarkCanvas(look, self.tr("Drag a picture of a good unit here, or choose a file"))
        self.canvas.setFixedHeight(CANVAS_PX)
        self.note = caption(look, "", color="second")
        self.fault = caption(look, "", color="alarm")
        self.parts = RowsEditor(
            look,
            self.tr("Parts that must be there, compared with the reference picture"),
            [Column(self.tr("Part"), wide=True), Column(self.tr("Alike at least, %"))],
            lambda _rows: [values.new_part_name(self._check), "60"],
        )
        self.markers = RowsEditor(
            look,
            self.tr("ArUco markers that must be at their places"),
            [Column(self.tr("Marker")), Column(self.tr("Across, %")), Column(self.tr("Down, %"), wide=True)],
            lambda _rows: values.marker_rows(values.with_markers(self._check, [values.new_marker(self._check)]))[0],
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(caption(look, self.tr("What the picture must show"), heading=True))
        layout.addLayout(self._tools())
        for part in (self.canvas, self.note, self.fault, self.parts, self.markers):
            layout.addWidget(part)
        self._connect()

    def _tools(self) -> QHBoxLayout:
        look = self._context.look
        self.choose_button = button(look, self.tr("Reference picture…"))
        self.remove_button = button(look, self.tr("Remove"), self.tr("Remove the reference picture"))
        self.part_button = button(look, self.tr("Part"), self.tr("Draw a part: drag a rectangle"))
        self.marker_button = button(look, self.tr("Marker"), self.tr("Place a marker: press where its middle is"))
        self.find_button = button(look, self.tr("Find markers"), self.tr("Take the markers from the reference picture"))
        row = QHBoxLayout()
        row.setSpacing(4)
        for each in (self.choose_button, self.remove_button, self.part_button, self.marker_button, self.find_button):
            row.addWidget(each)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        canvas = self.canvas
        self.choose_button.clicked.connect(self.ask_for_file)
        self.remove_button.clicked.connect(lambda: self._tell(edits.replace(self._check, reference=None), "reference"))
        for made, tool in ((self.part_button, Tool.REGION), (self.marker_button, Tool.CALLOUT)):
            made.setCheckable(True)
            made.clicked.connect(lambda taken, tool=tool: self._take_tool(tool, taken))
        self.find_button.clicked.connect(self.find_markers)
        canvas.region_added.connect(
            lambda x, y, width, height: self._tell(values.with_part(self._check, x, y, width, height), "parts")
        )
        canvas.region_changed.connect(
            lambda index, *place: self._tell(values.with_part_at(self._check, index, *place), "parts")
        )
        canvas.callout_added.connect(lambda x, y, *_label: self._add_marker(x, y))
        canvas.callout_changed.connect(self._move_marker)
        canvas.removed.connect(self._remove)
        canvas.selected.connect(self._select)
        canvas.ended.connect(self._ended)
        self.parts.edited.connect(lambda rows: self._rows(self.parts, values.with_part_rows, rows, "parts"))
        self.markers.edited.connect(lambda rows: self._rows(self.markers, values.with_marker_rows, rows, "markers"))

    # --- showing -----------------------------------------------------------------------------------------------------

    def show_check(self, check: PhotoCheck) -> None:
        """Show the rules of the check."""
        self._check = check
        self._show_reference(check)
        marks = [_marker(place) for place in check.markers.places]
        regions = [MarkedRegion(p.x, p.y, p.width, p.height, p.name) for p in check.parts]
        self.canvas.set_marks(marks, regions)
        found = values.photo_contradictions(check)
        for rows, shown, path in (
            (self.parts, values.part_rows(check), "parts"),
            (self.markers, values.marker_rows(check), "markers"),
        ):
            refused = self._context.refusals.at(self._spot(path), _joined(shown))
            rows.set_rows(shown if refused is None else _parted(refused.text))
            rows.set_fault(found.get(path, "") if refused is None else refused.fault)
        self._say(found.get("reference", ""))
        locked, has = bool(self._context.model.read_only), check.reference is not None
        self.canvas.set_locked(locked)
        self.setAcceptDrops(not locked)
        for made in (self.remove_button, self.part_button, self.marker_button, self.find_button):
            made.setEnabled(has and not locked)
        self.find_button.setVisible(self._context.desk.find_markers is not None)

    def _view(self) -> tuple[ViewSettings, str]:
        """How the camera's view cuts and turns its pictures, and that in words."""
        check, views = self._check, self._context.desk.names.views_of
        if not views:
            return ViewSettings(), self.tr(
                "Shown as it was taken. A view that cuts or turns is known only with --station."
            )
        known = views.get(check.camera, {})
        settings = known.get(check.view) or known.get("") or ViewSettings()
        plain = settings.crop == ViewSettings().crop and not settings.rotation_deg
        return settings, "" if plain else self.tr("Shown as the camera's view cuts and turns it.")

    def _show_reference(self, check: PhotoCheck) -> None:
        picture, (settings, words) = check.reference, self._view()
        key = (picture.sha256 if picture is not None else "", settings)
        about = f"{picture.file} · {picture.size_bytes / 1024:,.0f} KiB. " if picture is not None else ""
        self.note.setText(about + (words if picture is not None else ""))
        self.note.setVisible(picture is not None)
        if key == self._shown:
            return
        self._shown = key
        self.canvas.hold(None)
        self.canvas.set_image(None)
        if picture is None:
            return
        media = self._context.desk.drafts.media()

        def read() -> QImage:
            return as_shown(image_of(media.get(picture.sha256), picture), settings)

        def shown(image: QImage) -> None:
            if isValid(self) and self._shown == key:
                self.canvas.set_image(image, picture.file)

        def failed(error: BaseException) -> None:
            raise error

        when_done(self._context.desk.local.submit(read), self._context.desk.post, shown, failed)

    def focus_on(self, path: str) -> bool:
        """Give the keys to what a fault names; False when that is not here."""
        head = path.partition(".")[0].partition("[")[0]
        place = {"parts": self.parts.table, "markers": self.markers.table, "reference": self.choose_button}.get(head)
        if place is not None:
            place.setFocus()
        return place is not None

    def _say(self, fault: str) -> None:
        self.fault.setText(f"◆ {fault}" if fault else "")
        self.fault.setVisible(bool(fault))

    # --- the reference picture ---------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """A picture may be dropped here."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Take the picture that was dropped."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.take(Path(files[0]))
        event.acceptProposedAction()

    def ask_for_file(self) -> None:
        """Choose the picture of a good unit."""
        choose_file(self, self.tr("Choose a picture of a good unit"), PHOTO_FILTER, self.take)

    def take(self, path: Path) -> None:
        """Look at a file; a photo becomes the reference, anything else is refused with the reason."""
        context = self._context

        def taken(file: TakenFile) -> None:
            if not isValid(self):
                return
            name = edits.own_file_name(context.work_master, file.name, file.sha256)
            picture = Picture(name, file.sha256, file.size_bytes, file.media_type)
            fault = values.reference_fault(picture)
            if fault:
                self._say(fault)
            else:
                self._tell(edits.replace(self._check, reference=picture), "reference")

        context.errands.local(self.tr("Looking at the file"), lambda: context.desk.drafts.take_file(path), taken)

    # --- parts and markers -------------------------------------------------------------------------------------------

    def _tell(self, check: PhotoCheck, field: str) -> None:
        """Hand on another value; what stands in its table follows it again."""
        self._context.refusals.forget(self._spot(field))
        self._change(check, field)

    def _spot(self, field: str) -> Spot:
        step = self._context.current
        return Spot(step.id if step is not None else "", CHECKS, self._check.id, field)

    def _rows(
        self,
        editor: RowsEditor,
        put: Callable[[PhotoCheck, Sequence[Sequence[str]]], PhotoCheck],
        rows: list[list[str]],
        field: str,
    ) -> None:
        try:
            changed = put(self._check, rows)
        except FieldFault as fault:
            editor.set_fault(str(fault))
            kept = values.part_rows(self._check) if editor is self.parts else values.marker_rows(self._check)
            self._context.refusals.note(self._spot(field), _joined(rows), str(fault), _joined(kept))
            return
        before, after = (
            (self._check.parts, changed.parts)
            if field == "parts"
            else (self._check.markers.places, changed.markers.places)
        )
        self._context.model.seal_unless_typing(before, after)
        self._tell(changed, field)

    def _take_tool(self, tool: Tool, taken: bool) -> None:
        self.canvas.set_tool(tool if taken else Tool.SELECT)
        (self.marker_button if tool is Tool.REGION else self.part_button).setChecked(False)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ended(self) -> None:
        self._context.model.seal()
        self.part_button.setChecked(self.canvas.tool is Tool.REGION)
        self.marker_button.setChecked(self.canvas.tool is Tool.CALLOUT)

    def _add_marker(self, x: float, y: float) -> None:
        self._context.model.seal()
        places = (*self._check.markers.places, values.new_marker(self._check, x, y))
        self._tell(values.with_markers(self._check, places), "markers")

    def _move_marker(self, index: int, x: float, y: float, label_x: float, label_y: float) -> None:
        """The number is drawn beside its place: whoever drags one drags the other."""
        place, drawn = self._check.markers.places[index], _marker(self._check.markers.places[index])
        if (x, y) == drawn.at:
            x, y = x + label_x - drawn.label_at[0], y + label_y - drawn.label_at[1]
        moved = edits.replace(place, x=round(min(1.0, max(0.0, x)), 3), y=round(min(1.0, max(0.0, y)), 3))
        self._tell(values.with_markers(self._check, edits.put(self._check.markers.places, index, moved)), "markers")

    def _remove(self, held: Held) -> None:
        check = self._check
        self._context.model.seal()
        if held.kind in (MarkKind.CALLOUT, MarkKind.LABEL):
            self._tell(values.with_markers(check, edits.without(check.markers.places, held.index)), "markers")
        else:
            self._tell(edits.replace(check, parts=edits.without(check.parts, held.index)), "parts")

    def _select(self, held: Held | None) -> None:
        """The row of what is selected in the picture."""
        if held is None:
            return
        rows = self.markers if held.kind in (MarkKind.CALLOUT, MarkKind.LABEL) else self.parts
        if held.index < rows.table.rowCount():
            rows.table.setCurrentCell(held.index, 0)

    def find_markers(self) -> None:
        """Take the markers, where they are in the reference picture."""
        context, check, picture = self._context, self._check, self._check.reference
        find = context.desk.find_markers
        if picture is None or find is None:
            return
        media, (settings, _words) = context.desk.drafts.media(), self._view()
        dictionary = check.markers.dictionary

        def found(places: Sequence[MarkerPlace]) -> None:
            if not isValid(self) or self._check.reference != picture:
                return
            if places:
                self._tell(values.with_markers(self._check, places), "markers")
            else:
                self._say(self.tr("No marker of {name} is readable in it.").format(name=dictionary))

        context.errands.local(
            self.tr("Looking for markers"), lambda: find(media[picture.sha256], dictionary, settings), found
        )


def _joined(rows: Sequence[Sequence[str]]) -> str:
    """The rows of a table as one text."""
    return "\n".join("\t".join(row) for row in rows)


def _parted(text: str) -> list[list[str]]:
    """The rows in such a text."""
    return [line.split("\t") for line in text.split("\n")]


def _marker(place: MarkerPlace) -> Callout:
    """A marker as it is drawn: its number beside its middle."""
    aside = place.x + ASIDE if place.x < 0.6 else place.x - ASIDE
    return Callout(str(place.id), "", (place.x, place.y), (aside, place.y))
