"""The properties of a step: time, order, conditions, what a person needs, rework, and workmanship criteria with pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from shiboken6 import isValid

from station_app.domain.checks import ChoiceCheck
from station_app.domain.media import Criterion, Picture
from station_app.domain.work_master import Condition
from station_app.services.drafting import Spot, TakenFile
from station_app.ui.authoring import edits
from station_app.ui.authoring.form_fields import Field, FieldFault, FieldKind, parse, written
from station_app.ui.authoring.media_images import MEDIA_FILTER, choose_file, image_of
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import PROPERTIES, Place
from widgets.editor_fields import ChoiceField, FlagField, FormField, LineField
from widgets.editor_rows import Column, RowsEditor
from widgets.editor_style import button, caption, scrolled

THUMB_PX = 130
_ID = Field("id", "Name", pattern=r"[a-z0-9][a-z0-9_-]{0,63}", allowed="small letters, digits, - and _", required=True)
_TAKT = Field("takt_s", "Takt", FieldKind.NUMBER, unit="s", low=0, high=86400)
_QUALIFICATION = Field("qualification", "Qualification", longest=60)


class StepPanel(Panel):
    """A form for everything of a step that is neither text, picture nor check."""

    def __init__(self, context: EditContext) -> None:
        super().__init__(context)
        look = context.look
        self.fields: dict[str, FormField] = {}
        inner = QWidget()
        inner.setAutoFillBackground(False)
        self._form = QVBoxLayout(inner)
        self._form.setContentsMargins(10, 10, 14, 10)
        self._form.setSpacing(4)
        self._line("id", self.tr("Name in records"), self._rename)
        self._line("takt_s", self.tr("Takt"), lambda text: self._set_parsed(_TAKT, text), "s")
        self._flag("advance", self.tr("Goes on by itself when all has passed"))
        self._flag("optional", self.tr("May be left out"))
        self._heading(self.tr("What a person needs"))
        self._line("qualification", self.tr("Qualification"), lambda text: self._set_parsed(_QUALIFICATION, text))
        self._suggest("qualification", context.names.of("qualifications"))
        self._line("ppe", self.tr("Protective equipment"), self._set_words("ppe"), placeholder="gloves, glasses")
        self._flag("esd", self.tr("Needs a good ESD test"))
        self._heading(self.tr("When it fails"))
        self.rework = ChoiceField(look, self.tr("Back to step"))
        self.rework.edited.connect(lambda text: self._set("rework_step", text))
        self.fields["rework_step"] = self.rework
        self._form.addWidget(self.rework)
        self._heading(self.tr("Beside the text"))
        self._line("tags", self.tr("Live trends of tags"), self._set_words("tags"), placeholder="press.force")
        self._make_lists()
        self._form.addStretch(1)
        self._area = scrolled(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)

    def _make_lists(self) -> None:
        """When the step is done, and what good work looks like."""
        self.conditions = RowsEditor(
            self.look,
            self.tr("Done only when (all must hold; earlier steps only)"),
            [
                Column(self.tr("Variants")),
                Column(self.tr("Step")),
                Column(self.tr("Check")),
                Column(self.tr("Answers"), wide=True),
            ],
            lambda _rows: self._new_condition(),
        )
        self.conditions.edited.connect(self._set_conditions)
        self._form.addSpacing(6)
        self._form.addWidget(self.conditions)
        self.criteria = CriteriaEditor(self)
        self._form.addSpacing(6)
        self._form.addWidget(self.criteria)

    def _heading(self, text: str) -> None:
        self._form.addSpacing(6)
        self._form.addWidget(caption(self.look, text, heading=True))

    def _line(
        self, name: str, label: str, edited: Callable[[str], None], unit: str = "", placeholder: str = ""
    ) -> None:
        field = LineField(self.look, label, unit, placeholder=placeholder)
        field.edited.connect(edited)
        self.fields[name] = field
        self._form.addWidget(field)

    def _suggest(self, name: str, words: Sequence[str]) -> None:
        field = self.fields[name]
        if isinstance(field, LineField):
            field.suggest(words)

    def _flag(self, name: str, label: str) -> None:
        field = FlagField(self.look, label)
        field.edited.connect(lambda text: self._set(name, text == "yes"))
        self.fields[name] = field
        self._form.addWidget(field)

    # --- showing -----------------------------------------------------------------------------------------------------

    def render_now(self) -> None:
        """Show the step."""
        context, step = self.context, self.context.current
        if step is None or context.step is None:
            return
        earlier = [other.id for other in context.work_master.steps[: context.step]]
        self.rework.set_choices(["", *earlier], [self.tr("(nowhere)"), *earlier])
        for name, field in self.fields.items():
            value = getattr(step, name)
            said = ", ".join(value) if isinstance(value, tuple) else _said(name, value)
            self.show_value(field, self._spot(name), said)
        self.conditions.set_rows(
            [[", ".join(c.variants), c.step, c.check, ", ".join(c.answers)] for c in step.conditions]
        )
        self.criteria.render_now()

    def go_to(self, place: Place) -> None:
        """The keys go to the field of a fault."""
        head = place.field.partition(".")[0]
        field = self.fields.get(head)
        target = field.control if field is not None else None
        if head == "condition":
            target = self.conditions.table
        elif head == "criterion":
            target = self.criteria.rows.table
        if target is not None:
            target.setFocus()
            self._area.ensureWidgetVisible(target)

    # --- edits -------------------------------------------------------------------------------------------------------

    def _set(self, name: str, value: Any) -> None:
        self.change(name, **{name: value})

    def change(self, name: str, **values: Any) -> None:
        """Change fields of the step as one command."""
        context = self.context
        if context.step is not None and context.current is not None:
            after = edits.change_step(context.work_master, context.step, **values)
            context.apply(
                self.tr("Change step"), after, Place(context.step, PROPERTIES, None, name), f"{context.step}.{name}"
            )

    def _set_parsed(self, field: Field, text: str) -> None:
        shown, spot = self.fields[field.path], self._spot(field.path)
        try:
            value = parse(field, text)
        except FieldFault as fault:
            self.refuse(shown, spot, str(fault))
            return
        self.refuse(shown, spot, "")
        self._set(field.path, value)

    def _spot(self, field: str) -> Spot:
        step = self.context.current
        return Spot(step.id if step is not None else "", PROPERTIES, "", field)

    def _set_words(self, name: str) -> Callable[[str], None]:
        return lambda text: self._set(name, _words(text))

    def _rename(self, text: str) -> None:
        context = self.context
        if context.step is None or context.current is None:
            return
        others = [step.id for number, step in enumerate(context.work_master.steps) if number != context.step]
        try:
            name = parse(_ID, text)
            if name in others:
                raise FieldFault(self.tr("Another step has this name."))
        except FieldFault as fault:
            self.refuse(self.fields["id"], self._spot("id"), str(fault))
            return
        self.refuse(self.fields["id"], self._spot("id"), "")
        context.refusals.step_renamed(context.current.id, name)
        after = edits.rename_step(context.work_master, context.step, name)
        context.apply(self.tr("Rename step"), after, Place(context.step, PROPERTIES, None, "id"), f"{context.step}.id")

    def _new_condition(self) -> list[str]:
        """What is suggested: the last choice before this step, with its first answer."""
        context = self.context
        for step in reversed(context.work_master.steps[: context.step or 0]):
            for check in step.checks:
                if isinstance(check, ChoiceCheck):
                    return ["", step.id, check.id, check.options[0].id if check.options else ""]
        variants = context.work_master.variants
        return [variants[0].id if variants else "", "", "", ""]

    def _set_conditions(self, rows: list[list[str]]) -> None:
        conditions = tuple(
            Condition(
                variants=_words(variants), step=step.strip(), check=check.strip(), answers=_words(answers)
            )
            for variants, step, check, answers in rows
        )  # fmt: skip
        self._set("conditions", conditions)


class CriteriaEditor(QWidget):
    """Workmanship criteria: a text each, and a good and a bad picture for the one that is chosen."""

    def __init__(self, panel: StepPanel) -> None:
        super().__init__()
        self._panel = panel
        look = panel.look
        self.rows = RowsEditor(
            look,
            self.tr("Workmanship criteria"),
            [Column(self.tr("What is good"), wide=True), Column(self.tr("Good")), Column(self.tr("Bad"))],
            lambda _rows: ["", "", ""],
        )
        self.rows.edited.connect(self._set_texts)
        self.rows.table.currentCellChanged.connect(lambda *_: self._show_pictures())
        self._thumbs: dict[str, QLabel] = {}
        pictures = QHBoxLayout()
        pictures.setSpacing(8)
        for side, title in (("good", self.tr("Good picture")), ("bad", self.tr("Bad picture"))):
            column = QVBoxLayout()
            thumb = QLabel(self.tr("none"))
            thumb.setAlignment(Qt.AlignmentFlag.AlignCenter)
            thumb.setFixedHeight(THUMB_PX * 2 // 3)
            thumb.setMinimumWidth(THUMB_PX)
            thumb.setObjectName("panel")
            thumb.setFont(look.font(3.3))
            thumb.setAccessibleName(title)
            self._thumbs[side] = thumb
            take = button(look, self.tr("Choose…"), self.tr("Choose: {what}").format(what=title))
            take.clicked.connect(lambda _checked=False, side=side: self._choose(side))
            leave = button(look, self.tr("None"), self.tr("Without: {what}").format(what=title))
            leave.clicked.connect(lambda _checked=False, side=side: self._put(side, None))
            tools = QHBoxLayout()
            tools.addWidget(take)
            tools.addWidget(leave)
            tools.addStretch(1)
            column.addWidget(caption(look, title, color="second"))
            column.addLayout(tools)
            column.addWidget(thumb)
            pictures.addLayout(column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.rows)
        layout.addLayout(pictures)

    @property
    def _criteria(self) -> tuple[Criterion, ...]:
        step = self._panel.context.current
        return step.criteria if step is not None else ()

    def render_now(self) -> None:
        """Show the criteria."""
        language = self._panel.context.language
        self.rows.set_rows([[_text(c, language), _file(c.good), _file(c.bad)] for c in self._criteria])
        self._show_pictures()

    def _show_pictures(self) -> None:
        at = self.rows.table.currentRow()
        chosen = self._criteria[at] if 0 <= at < len(self._criteria) else None
        for side, thumb in self._thumbs.items():
            picture: Picture | None = getattr(chosen, side) if chosen is not None else None
            media = self._panel.context.desk.drafts.media()
            if picture is None or picture.sha256 not in media:
                thumb.setText(self.tr("none"))
                continue
            image = image_of(media[picture.sha256], picture, (THUMB_PX * 2, THUMB_PX * 4 // 3))
            scaled = image.scaledToHeight(THUMB_PX * 2 // 3 - 8, Qt.TransformationMode.SmoothTransformation)
            thumb.setPixmap(QPixmap.fromImage(scaled))

    def _set_texts(self, rows: list[list[str]]) -> None:
        language, old = self._panel.context.language, self._criteria
        criteria = []
        for number, row in enumerate(rows):
            # the files of a row tell which criterion it was, also after it was moved
            before = next((c for c in old if [_text(c, language), _file(c.good), _file(c.bad)] == row), None)
            before = before or (old[number] if number < len(old) and len(rows) == len(old) else Criterion(text=""))
            criteria.append(_with_text(before, row[0], language))
        self._panel.change("criterion", criteria=tuple(criteria))

    def _choose(self, side: str) -> None:
        if 0 <= self.rows.table.currentRow() < len(self._criteria):
            choose_file(self, self.tr("Choose a picture"), MEDIA_FILTER, lambda path: self._take(side, path))

    def _take(self, side: str, path: Path) -> None:
        context = self._panel.context

        def taken(file: TakenFile) -> None:
            if not isValid(self):
                return  # another instruction is open by now
            name = edits.own_file_name(context.work_master, file.name, file.sha256)
            self._put(side, Picture(name, file.sha256, file.size_bytes, file.media_type))

        context.errands.local(self.tr("Looking at the file"), lambda: context.desk.drafts.take_file(path), taken)

    def _put(self, side: str, picture: Picture | None) -> None:
        at = self.rows.table.currentRow()
        if 0 <= at < len(self._criteria):
            changed: Criterion = edits.replace(self._criteria[at], **{side: picture})
            self._panel.change("criterion", criteria=edits.put(self._criteria, at, changed))


def _text(criterion: Criterion, language: str) -> str:
    return criterion.text if language == "en" else criterion.translations.get(language, "")


def _with_text(criterion: Criterion, text: str, language: str) -> Criterion:
    if language == "en":
        return edits.replace(criterion, text=text)
    others = {key: value for key, value in criterion.translations.items() if key != language}
    return edits.replace(criterion, translations={**others, language: text} if text else others)


def _file(picture: Picture | None) -> str:
    return picture.file if picture is not None else ""


def _said(name: str, value: object) -> str:
    return "" if name == "takt_s" and not value else written(value)


def _words(text: str) -> tuple[str, ...]:
    words: Sequence[str] = [word.strip() for word in text.split(",")]
    return tuple(dict.fromkeys(word for word in words if word))
