"""The pictures, videos and PDF pages of a step: dragged in or chosen, looked at at once, and drawn on."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from station_app.domain.media import Callout, Picture, Region
from station_app.services.drafting import TakenFile
from station_app.services.posting import when_done
from station_app.ui.authoring import edits
from station_app.ui.authoring.form_fields import Field, FieldFault, FieldKind, parse, written
from station_app.ui.authoring.media_images import MEDIA_FILTER, PDF, choose_file, image_of
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import MEDIA, Place
from station_app.ui.step_marks import drawn_callouts
from widgets.editor_canvas import Held, MarkCanvas, MarkedRegion, MarkKind, Tool
from widgets.editor_fields import FlagField, LineField
from widgets.editor_list import ListRow, OrderedList
from widgets.editor_style import button, caption

LIST_ROWS = 3
_PAGE = Field("page", "Page", FieldKind.WHOLE, low=1, high=100_000)
_LONGEST_TEXT = 60
_LONGEST_LABEL = 3


class MediaPanel(Panel):
    """The list of a step's media, the one that is chosen with its marks, and the fields that belong to it."""

    def __init__(self, context: EditContext) -> None:
        super().__init__(context)
        look = context.look
        self._index = 0
        self._shown = ""
        self.setAcceptDrops(True)
        self.list = OrderedList(look, self.tr("Pictures, videos and PDF pages of this step"))
        self.list.chosen.connect(self._choose)
        self.list.moved.connect(self._move)
        self.list.deleted.connect(self._delete)
        self.add_button = button(look, self.tr("Add file…"), keys="Ctrl+M")
        self.add_button.clicked.connect(self.ask_for_file)
        delete = button(look, self.tr("Delete"), self.tr("Delete picture"), keys="Delete")
        delete.clicked.connect(lambda: self._delete(self._index))
        self.callout_button = button(
            look, self.tr("Callout"), self.tr("Draw a callout: from what it means to its number")
        )
        self.callout_button.setCheckable(True)
        self.region_button = button(look, self.tr("Region"), self.tr("Draw a region: drag a rectangle"))
        self.region_button.setCheckable(True)
        self.callout_button.clicked.connect(lambda: self._take_tool(Tool.CALLOUT, self.callout_button.isChecked()))
        self.region_button.clicked.connect(lambda: self._take_tool(Tool.REGION, self.region_button.isChecked()))
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for each in (self.add_button, delete, self.callout_button, self.region_button):
            tools.addWidget(each)
        tools.addStretch(1)
        self.canvas = MarkCanvas(look, self.tr("Drag a picture, drawing, video or PDF here, or choose a file"))
        self._connect_canvas()
        self.note = caption(look, "", color="second")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(tools)
        layout.addWidget(self.list)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.note)
        self._add_fields(layout)

    def _connect_canvas(self) -> None:
        canvas = self.canvas
        canvas.callout_added.connect(self._add_callout)
        canvas.callout_changed.connect(self._change_callout)
        canvas.region_added.connect(self._add_region)
        canvas.region_changed.connect(self._change_region)
        canvas.removed.connect(self._remove_mark)
        canvas.selected.connect(lambda _held: self._show_mark())
        canvas.ended.connect(self._ended)

    def _add_fields(self, layout: QVBoxLayout) -> None:
        look = self.look
        self.label = LineField(look, self.tr("Number"), label_px=64)
        self.label.edited.connect(self._set_label)
        self.label.entry.setMaximumWidth(56)
        self.text = LineField(look, self.tr("Text"), label_px=40)
        self.text.edited.connect(self._set_text)
        self._mark_row = QWidget()
        row = QHBoxLayout(self._mark_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label)
        row.addWidget(self.text, 1)
        self.page = LineField(look, self.tr("Page"), label_px=64)
        self.page.edited.connect(self._set_page)
        self.loop = FlagField(look, self.tr("Begins again at its end"), label_px=0)
        self.loop.edited.connect(lambda text: self._change(loop=text == "yes"))
        self.only_for = LineField(look, self.tr("Only for variants"), placeholder=self.tr("all"), label_px=110)
        self.only_for.edited.connect(self._set_only_for)
        last = QHBoxLayout()
        for each in (self.page, self.loop, self.only_for):
            last.addWidget(each)
        layout.addWidget(self._mark_row)
        layout.addLayout(last)

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
        self._show_content(picture)
        language = self.context.language
        marks = drawn_callouts(picture, language) if picture is not None else []
        regions = picture.regions if picture is not None else ()
        self.canvas.set_marks(
            marks, [MarkedRegion(r.x, r.y, r.width, r.height, _text_in(r, language) or r.text) for r in regions]
        )
        locked = bool(self.context.model.read_only)
        drawable = picture is not None and not picture.media_type.startswith("video/") and not locked
        self.callout_button.setEnabled(drawable)
        self.region_button.setEnabled(drawable)
        self.page.setVisible(picture is not None and picture.media_type == PDF)
        self.loop.setVisible(picture is not None and picture.media_type.startswith("video/"))
        self.only_for.setVisible(picture is not None and bool(self.context.work_master.variants))
        if picture is not None:
            self.page.set_value(str(picture.page))
            self.loop.set_value(written(picture.loop))
            self.only_for.set_value(", ".join(picture.only_for))
            self.note.setText(f"{picture.file} · {picture.size_bytes / 1024:,.0f} KiB")
        self.note.setVisible(picture is not None)
        self._show_mark()

    def _show_content(self, picture: Picture | None) -> None:
        """Show the bytes of a picture; decoding runs beside the window."""
        key = "" if picture is None else f"{picture.sha256} {picture.page}"
        if key == self._shown:
            return
        self._shown = key
        self.canvas.hold(None)
        self.canvas.set_image(None)
        media = self.context.desk.drafts.media()
        if picture is None:
            self.canvas.set_placeholder(self.tr("Drag a picture, drawing, video or PDF here, or choose a file"))
            return
        if picture.media_type.startswith("video/"):
            self.canvas.set_placeholder(self.tr("{file}: plays at the station").format(file=picture.file))
            return
        self.canvas.set_placeholder(self.tr("Loading {file} …").format(file=picture.file))

        def shown(image: QImage) -> None:
            if isValid(self) and self._shown == key:
                self.canvas.set_image(image, picture.file)
                self.canvas.set_placeholder(self.tr("{file} cannot be shown").format(file=picture.file))
                self.canvas.set_image(image, picture.file)

        def failed(error: BaseException) -> None:
            raise error

        work = self.context.desk.local.submit(image_of, media.get(picture.sha256), picture)
        when_done(work, self.context.desk.post, shown, failed)

    def _show_mark(self) -> None:
        """The fields of the mark that is selected."""
        mark = self._mark()
        self._mark_row.setVisible(mark is not None)
        if mark is None:
            return
        self.label.setVisible(isinstance(mark, Callout))
        if isinstance(mark, Callout):
            self.label.set_value(mark.label)
        self.text.set_value(_text_in(mark, self.context.language))

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
        context, step = self.context, self.context.step
        if step is None:
            return

        def taken(file: TakenFile) -> None:
            if isValid(self) and step < len(context.work_master.steps):
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
        try:
            page = parse(_PAGE, text)
        except FieldFault as fault:
            self.page.set_fault(str(fault))
            return
        self.page.set_fault("")
        self._change("page", page=page)

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

    def _mark(self) -> Callout | Region | None:
        held, picture = self.canvas.held, self.picture
        if held is None or picture is None:
            return None
        marks: tuple[Callout | Region, ...] = picture.callouts if _is_callout(held) else picture.regions
        return marks[held.index] if held.index < len(marks) else None

    def _add_callout(self, x: float, y: float, label_x: float, label_y: float) -> None:
        picture = self.picture
        if picture is not None:
            taken = [callout.label for callout in picture.callouts]
            label = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
            made = Callout(label, _r(x), _r(y), "", _r(label_x), _r(label_y))
            self._change(callouts=(*picture.callouts, made))

    def _change_callout(self, index: int, x: float, y: float, label_x: float, label_y: float) -> None:
        if self.picture is not None:
            changed = edits.replace(
                self.picture.callouts[index], x=_r(x), y=_r(y), label_x=_r(label_x), label_y=_r(label_y)
            )
            self._change(f"callout.{index}", callouts=edits.put(self.picture.callouts, index, changed))

    def _add_region(self, x: float, y: float, width: float, height: float) -> None:
        if self.picture is not None:
            self._change(regions=(*self.picture.regions, Region(_r(x), _r(y), _r(width), _r(height))))

    def _change_region(self, index: int, x: float, y: float, width: float, height: float) -> None:
        if self.picture is not None:
            changed = edits.replace(self.picture.regions[index], x=_r(x), y=_r(y), width=_r(width), height=_r(height))
            self._change(f"region.{index}", regions=edits.put(self.picture.regions, index, changed))

    def _remove_mark(self, held: Held) -> None:
        if self.picture is None:
            return
        if _is_callout(held):
            self._change(callouts=edits.without(self.picture.callouts, held.index))
        else:
            self._change(regions=edits.without(self.picture.regions, held.index))

    def _set_label(self, text: str) -> None:
        held = self.canvas.held
        if held is None or self.picture is None:
            return
        others = [c.label for n, c in enumerate(self.picture.callouts) if n != held.index]
        label = text.strip()
        wrong = ""
        if not label or len(label) > _LONGEST_LABEL:
            wrong = self.tr("1 to 3 signs.")
        elif label in others:
            wrong = self.tr("Taken.")
        self.label.set_fault(wrong)
        if not wrong:
            self._change_mark(held, "label", label=label)

    def _set_text(self, text: str) -> None:
        held, mark, language = self.canvas.held, self._mark(), self.context.language
        self.text.set_fault(self.tr("At most 60 characters.") if len(text) > _LONGEST_TEXT else "")
        if held is None or mark is None or len(text) > _LONGEST_TEXT:
            return
        if language == "en":
            self._change_mark(held, "text", text=text)
        else:
            others = {key: value for key, value in mark.translations.items() if key != language}
            self._change_mark(held, language, translations={**others, language: text} if text else others)

    def _change_mark(self, held: Held, what: str, **changes: object) -> None:
        picture = self.picture
        if picture is None:
            return
        merge = f"mark.{held.kind.value}.{held.index}.{what}"
        if _is_callout(held):
            callout: Callout = edits.replace(picture.callouts[held.index], **changes)
            self._change(merge, callouts=edits.put(picture.callouts, held.index, callout))
        else:
            region: Region = edits.replace(picture.regions[held.index], **changes)
            self._change(merge, regions=edits.put(picture.regions, held.index, region))


def _is_callout(held: Held) -> bool:
    return held.kind in (MarkKind.CALLOUT, MarkKind.LABEL)


def _text_in(mark: Callout | Region, language: str) -> str:
    return mark.text if language == "en" else mark.translations.get(language, "")


def _r(fraction: float) -> float:
    """A thousandth of a picture is finer than anybody draws, and is written shortly."""
    return round(fraction, 3)


def _kind(picture: Picture) -> str:
    if picture.media_type == PDF:
        return f"p. {picture.page}"
    return picture.media_type.partition("/")[2].partition("+")[0]
