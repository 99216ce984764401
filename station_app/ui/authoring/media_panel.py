"""The pictures, videos and PDF pages of a step: dragged in or chosen, looked at at once, and drawn on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from shiboken6 import isValid

from station_app.domain.media import Picture
from station_app.domain.rules import Refusal
from station_app.services.drafting import Spot, TakenFile
from station_app.ui.authoring import edits
from station_app.ui.authoring.form_fields import Field, FieldFault, FieldKind, parse, written
from station_app.ui.authoring.mark_form import MarkForm
from station_app.ui.authoring.media_images import MEDIA_FILTER, PDF, choose_file
from station_app.ui.authoring.media_stage import MediaStage
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import MEDIA, Place
from station_app.ui.page import saying_of
from station_app.ui.step_pictures import is_video
from widgets.editor_canvas import Tool
from widgets.editor_fields import FlagField, LineField
from widgets.editor_list import ListRow, OrderedList
from widgets.editor_style import button, caption

LIST_ROWS = 3
MOST_PAGES = 100_000


class MediaPanel(Panel):
    """The list of a step's media, the one that is chosen with its marks, and the fields that belong to it."""

    def __init__(self, context: EditContext) -> None:
        super().__init__(context)
        look = context.look
        self._index = 0
        self._pages = 1
        self.setAcceptDrops(True)
        self.list = OrderedList(look, self.tr("Pictures, videos and PDF pages of this step"))
        self.list.chosen.connect(self._choose)
        self.list.moved.connect(self._move)
        self.list.deleted.connect(self._delete)
        self.stage = MediaStage(context)
        self.stage.paged.connect(self._set_pages)
        self.canvas = self.stage.canvas
        self.canvas.ended.connect(self._ended)
        self.marks = MarkForm(context, self.canvas, self._change)
        self.note = caption(look, "", color="second")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(self._tools())
        layout.addWidget(self.list)
        layout.addWidget(self.stage, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.marks)
        layout.addLayout(self._fields())

    def _tools(self) -> QHBoxLayout:
        look = self.look
        self.add_button = button(look, self.tr("Add file…"), keys="Ctrl+M")
        self.add_button.clicked.connect(self.ask_for_file)
        delete = button(look, self.tr("Delete"), self.tr("Delete picture"), keys="Delete")
        delete.clicked.connect(lambda: self._delete(self._index))
        self.callout_button = button(
            look, self.tr("Callout"), self.tr("Draw a callout: from what it means to its number")
        )
        self.region_button = button(look, self.tr("Region"), self.tr("Draw a region: drag a rectangle"))
        for made, tool in ((self.callout_button, Tool.CALLOUT), (self.region_button, Tool.REGION)):
            made.setCheckable(True)
            made.clicked.connect(lambda taken, tool=tool: self._take_tool(tool, taken))
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for each in (self.add_button, delete, self.callout_button, self.region_button):
            tools.addWidget(each)
        tools.addStretch(1)
        return tools

    def _fields(self) -> QHBoxLayout:
        look = self.look
        self.page = LineField(look, self.tr("Page"), label_px=40)
        self.page.edited.connect(self._set_page)
        self.page.setFixedWidth(110)
        self.page_buttons = [
            button(look, "‹", self.tr("Page before")),
            button(look, "›", self.tr("Next page")),
        ]
        for made, by in zip(self.page_buttons, (-1, 1), strict=True):
            made.clicked.connect(lambda _checked=False, by=by: self._turn(by))
        self.pages = caption(look, "", color="second")
        self.pages.setWordWrap(False)
        self.loop = FlagField(look, self.tr("Begins again at its end"), label_px=0)
        self.loop.edited.connect(lambda text: self._change(loop=text == "yes"))
        self.only_for = LineField(look, self.tr("Only for variants"), placeholder=self.tr("all"), label_px=110)
        self.only_for.edited.connect(self._set_only_for)
        row = QHBoxLayout()
        for each in (self.page, self.pages, *self.page_buttons, self.loop):
            row.addWidget(each)
        row.addWidget(self.only_for, 100)
        row.addStretch(1)
        return row

    # --- showing -----------------------------------------------------------------------------------------------------

    @property
    def picture(self) -> Picture | None:
        """The picture that is chosen."""
        step = self.context.current
        return step.pictures[self._index] if step is not None and self._index < len(step.pictures) else None

    def render_now(self) -> None:
        """Show the media of the step."""
        step = self.context.current
        pictures = step.pictures if step is not None else ()
        self._index = max(0, min(self._index, len(pictures) - 1))
        self.list.set_rows([ListRow(str(n), p.file, _kind(p)) for n, p in enumerate(pictures, 1)])
        self.list.setFixedHeight(max(1, min(len(pictures), LIST_ROWS)) * 30 + 6)
        self.list.setVisible(bool(pictures))
        if pictures:
            self.list.choose(self._index)
        picture = self.picture
        self.stage.show_picture(picture)
        self.marks.show_picture(picture if picture is not None and not is_video(picture) else None)
        self._render_fields(picture)

    def _render_fields(self, picture: Picture | None) -> None:
        locked = bool(self.context.model.read_only)
        drawable = picture is not None and not is_video(picture) and not locked
        self.callout_button.setEnabled(drawable)
        self.region_button.setEnabled(drawable)
        paged = picture is not None and picture.media_type == PDF
        for each in (self.page, self.pages, *self.page_buttons):
            each.setVisible(paged)
        self.loop.setVisible(picture is not None and is_video(picture))
        self.only_for.setVisible(picture is not None and bool(self.context.work_master.variants))
        self.note.setVisible(picture is not None)
        if picture is None:
            return
        self.show_value(self.page, self._spot("page"), str(picture.page))
        self.page_buttons[0].setEnabled(picture.page > 1 and not locked)
        self.page_buttons[1].setEnabled(picture.page < self._pages and not locked)
        self.loop.set_value(written(picture.loop))
        self.only_for.set_value(", ".join(picture.only_for))
        self.note.setText(f"{picture.file} · {picture.size_bytes / 1024:,.0f} KiB")

    def _set_pages(self, pages: int) -> None:
        self._pages = pages
        self.pages.setText(self.tr("of {n}").format(n=pages))
        self._render_fields(self.picture)

    def lock(self, locked: bool) -> None:
        """Only to be read."""
        super().lock(locked)
        self.canvas.set_locked(locked)
        self.list.set_locked(locked)
        self.setAcceptDrops(not locked)

    def go_to(self, place: Place) -> None:
        """Choose the picture of a place."""
        if place.index is not None:
            self._index = place.index
            self.render_now()
        self.list.setFocus()

    # --- files -------------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  (Qt's name)
        """Files may be dropped here."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  (Qt's name)
        """Take the files that were dropped."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.take(Path(url.toLocalFile()))
        event.acceptProposedAction()

    def ask_for_file(self) -> None:
        """Choose a file."""
        choose_file(self, self.tr("Add a picture, video or PDF"), MEDIA_FILTER, self.take)

    def take(self, path: Path) -> None:
        """Look at a file; a good one is added to the step, a bad one is refused with the reason."""
        context, current = self.context, self.context.current
        if current is None:
            context.errands.says.emit(saying_of(Refusal(self.tr("A picture belongs to a step: add a step first."))))
            return
        step_id = current.id

        def taken(file: TakenFile) -> None:
            # while it was looked at, steps may have been moved or deleted
            step = next((n for n, each in enumerate(context.work_master.steps) if each.id == step_id), None)
            if isValid(self) and step is not None:
                name = edits.own_file_name(context.work_master, file.name, file.sha256)
                picture = Picture(name, file.sha256, file.size_bytes, file.media_type)
                self._index = len(context.work_master.steps[step].pictures)
                after = edits.add_picture(context.work_master, step, picture)
                context.apply(self.tr("Add picture"), after, Place(step, MEDIA, self._index))

        context.errands.local(self.tr("Looking at the file"), lambda: context.desk.drafts.take_file(path), taken)

    # --- edits -------------------------------------------------------------------------------------------------------

    def _choose(self, row: int) -> None:
        self._index = row
        self.render_now()

    def _move(self, at: int, to: int) -> None:
        context = self.context
        if context.step is not None:
            self._index = to
            after = edits.move_picture(context.work_master, context.step, at, to)
            context.apply(self.tr("Move picture"), after, Place(context.step, MEDIA, to))

    def _delete(self, row: int) -> None:
        context = self.context
        if context.step is not None and self.picture is not None:
            after = edits.delete_picture(context.work_master, context.step, row)
            context.apply(self.tr("Delete picture"), after, Place(context.step, MEDIA, max(0, row - 1)))

    def _change(self, merge: str = "", **changes: object) -> None:
        context, picture = self.context, self.picture
        if context.step is not None and picture is not None:
            changed: Picture = edits.replace(picture, **changes)
            after = edits.change_picture(context.work_master, context.step, self._index, changed)
            key = f"{context.step}.picture.{self._index}.{merge}" if merge else ""
            context.apply(self.tr("Change picture"), after, Place(context.step, MEDIA, self._index), key)

    def _set_page(self, text: str) -> None:
        most = self._pages if self._pages > 1 else MOST_PAGES
        try:
            page = parse(Field("page", "Page", FieldKind.WHOLE, low=1, high=most), text)
        except FieldFault as fault:
            self.refuse(self.page, self._spot("page"), str(fault))
            return
        self.refuse(self.page, self._spot("page"), "")
        self._change("page", page=page)

    def _turn(self, by: int) -> None:
        picture = self.picture
        if picture is not None and 1 <= picture.page + by <= self._pages:
            self.context.refusals.forget(self._spot("page"))
            self._change("page", page=picture.page + by)

    def _spot(self, field: str) -> Spot:
        step, picture = self.context.current, self.picture
        return Spot(step.id if step is not None else "", MEDIA, picture.file if picture is not None else "", field)

    def _set_only_for(self, text: str) -> None:
        names = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
        self._change("only_for", only_for=names)

    # --- marks -------------------------------------------------------------------------------------------------------

    def _take_tool(self, tool: Tool, taken: bool) -> None:
        self.canvas.set_tool(tool if taken else Tool.SELECT)
        other = self.region_button if tool is Tool.CALLOUT else self.callout_button
        other.setChecked(False)
        self.canvas.setFocus()

    def add_mark(self, tool: Tool) -> None:
        """A new mark in the middle, for whoever has no mouse."""
        if self.callout_button.isEnabled():
            self.canvas.add_in_the_middle(tool)
            self.canvas.setFocus()

    def _ended(self) -> None:
        self.context.model.seal()
        self.callout_button.setChecked(self.canvas.tool is Tool.CALLOUT)
        self.region_button.setChecked(self.canvas.tool is Tool.REGION)


def _kind(picture: Picture) -> str:
    if picture.media_type == PDF:
        return f"p. {picture.page}"
    return picture.media_type.partition("/")[2].partition("+")[0]
