"""The marks on a picture of a step: what is drawn becomes callouts and regions, and the selected one has its texts here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from station_app.domain.media import Callout, Picture, Region
from station_app.services.drafting import Spot
from station_app.ui.authoring import edits
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import MEDIA
from station_app.ui.step_marks import drawn_callouts
from widgets.editor_canvas import Held, MarkCanvas, MarkedRegion, MarkKind
from widgets.editor_fields import LineField

LONGEST_TEXT = 60
LONGEST_LABEL = 3
Change = Callable[..., None]


class MarkForm(Panel):
    """Number and text of the selected mark. ``change(merge, **fields)`` is told every edit of the picture."""

    def __init__(self, context: EditContext, canvas: MarkCanvas, change: Change) -> None:
        super().__init__(context)
        self._canvas, self._change = canvas, change
        self._picture: Picture | None = None
        self.label = LineField(self.look, self.tr("Number"), label_px=64)
        self.label.edited.connect(self._set_label)
        self.label.entry.setMaximumWidth(56)
        self.text = LineField(self.look, self.tr("Text"), placeholder=self.tr("{name} for a parameter"), label_px=40)
        self.text.edited.connect(self._set_text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label)
        row.addWidget(self.text, 1)
        canvas.callout_added.connect(self._add_callout)
        canvas.callout_changed.connect(self._change_callout)
        canvas.region_added.connect(self._add_region)
        canvas.region_changed.connect(self._change_region)
        canvas.removed.connect(self._remove)
        canvas.selected.connect(lambda _held: self.render_now())

    def show_picture(self, picture: Picture | None) -> None:
        """Show the marks of this picture on the canvas, and what is selected of them."""
        self._picture = picture
        language = self.context.language
        marks = drawn_callouts(picture, language) if picture is not None else []
        regions = picture.regions if picture is not None else ()
        self._canvas.set_marks(
            marks, [MarkedRegion(r.x, r.y, r.width, r.height, _text_in(r, language) or r.text) for r in regions]
        )
        self.render_now()

    def render_now(self) -> None:
        """The fields of the mark that is selected."""
        mark = self._mark()
        self.setVisible(mark is not None)
        if mark is None:
            return
        self.label.setVisible(isinstance(mark, Callout))
        if isinstance(mark, Callout):
            self.show_value(self.label, self._spot("label"), mark.label)
        self.show_value(self.text, self._spot("text", self.context.language), _text_in(mark, self.context.language))

    def _mark(self) -> Callout | Region | None:
        held, picture = self._canvas.held, self._picture
        if held is None or picture is None:
            return None
        marks: tuple[Callout | Region, ...] = picture.callouts if _is_callout(held) else picture.regions
        return marks[held.index] if held.index < len(marks) else None

    def _spot(self, field: str, language: str = "en") -> Spot:
        step, picture, held = self.context.current, self._picture, self._canvas.held
        assert step is not None and picture is not None and held is not None
        kind = "callouts" if _is_callout(held) else "regions"
        return Spot(step.id, MEDIA, picture.file, f"{kind}[{held.index + 1}].{field}", language)

    # --- places ------------------------------------------------------------------------------------------------------

    def _add_callout(self, x: float, y: float, label_x: float, label_y: float) -> None:
        picture = self._picture
        if picture is not None:
            taken = [callout.label for callout in picture.callouts]
            label = next(str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
            made = Callout(label, _r(x), _r(y), "", _r(label_x), _r(label_y))
            self._change(callouts=(*picture.callouts, made))

    def _change_callout(self, index: int, x: float, y: float, label_x: float, label_y: float) -> None:
        if self._picture is not None:
            place = {"x": _r(x), "y": _r(y), "label_x": _r(label_x), "label_y": _r(label_y)}
            changed = edits.replace(self._picture.callouts[index], **place)
            self._change(f"callout.{index}", callouts=edits.put(self._picture.callouts, index, changed))

    def _add_region(self, x: float, y: float, width: float, height: float) -> None:
        if self._picture is not None:
            self._change(regions=(*self._picture.regions, Region(_r(x), _r(y), _r(width), _r(height))))

    def _change_region(self, index: int, x: float, y: float, width: float, height: float) -> None:
        if self._picture is not None:
            place = {"x": _r(x), "y": _r(y), "width": _r(width), "height": _r(height)}
            changed = edits.replace(self._picture.regions[index], **place)
            self._change(f"region.{index}", regions=edits.put(self._picture.regions, index, changed))

    def _remove(self, held: Held) -> None:
        if self._picture is None:
            return
        if _is_callout(held):
            self._change(callouts=edits.without(self._picture.callouts, held.index))
        else:
            self._change(regions=edits.without(self._picture.regions, held.index))

    # --- texts -------------------------------------------------------------------------------------------------------

    def _set_label(self, text: str) -> None:
        held, picture = self._canvas.held, self._picture
        if held is None or picture is None:
            return
        others = [c.label for n, c in enumerate(picture.callouts) if n != held.index]
        label = text.strip()
        wrong = ""
        if not label or len(label) > LONGEST_LABEL:
            wrong = self.tr("1 to 3 signs.")
        elif label in others:
            wrong = self.tr("Taken.")
        self.refuse(self.label, self._spot("label"), wrong)
        if not wrong:
            self._change_mark(held, "label", label=label)

    def _set_text(self, text: str) -> None:
        held, mark, language = self._canvas.held, self._mark(), self.context.language
        if held is None or mark is None:
            return
        wrong = self.tr("At most 60 characters.") if len(text) > LONGEST_TEXT else ""
        self.refuse(self.text, self._spot("text", language), wrong)
        if wrong:
            return
        if language == "en":
            self._change_mark(held, "text", text=text)
        else:
            others = {key: value for key, value in mark.translations.items() if key != language}
            self._change_mark(held, language, translations={**others, language: text} if text else others)

    def _change_mark(self, held: Held, what: str, **changes: Any) -> None:
        picture = self._picture
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
