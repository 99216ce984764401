"""The instruction as a whole: what it is called and for, who owns it, what people need, its parameters and variants."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from station_app.domain.work_master import Parameter, Variant
from station_app.services.drafting import Spot
from station_app.ui.authoring import edits
from station_app.ui.authoring.form_fields import Field, FieldFault, parse
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import Place
from widgets.editor_fields import FormField, LineField
from widgets.editor_rows import Column, RowsEditor
from widgets.editor_style import button, caption, scrolled

_ID = r"[a-z0-9][a-z0-9_-]{0,63}"
_PART = r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}"
FIELDS = (
    Field("title", "Title", longest=80, required=True),
    Field("product", "Product", pattern=_PART, allowed="a product's number", required=True, suggests="products"),
    Field(
        "operation",
        "Operation",
        pattern=_ID,
        allowed="small letters, digits, - and _",
        required=True,
        suggests="operations",
    ),
    Field("owner", "Owner", longest=64),
)


class WorkPanel(Panel):
    """A form, and two tables: what differs between variants, and its value for each of them.

    ``rename_wanted``: the draft is to have another id or version.
    """

    rename_wanted = Signal()

    def __init__(self, context: EditContext) -> None:
        super().__init__(context)
        look = context.look
        inner = QWidget()
        inner.setAutoFillBackground(False)
        form = QVBoxLayout(inner)
        form.setContentsMargins(14, 12, 14, 12)
        form.setSpacing(4)
        form.addWidget(caption(look, self.tr("The instruction"), heading=True))
        self._id = caption(look, "", color="second")
        self.number_button = button(look, self.tr("Change…"), self.tr("Change id or version"))
        self.number_button.clicked.connect(self.rename_wanted)
        numbers = QHBoxLayout()
        numbers.addWidget(self._id, 1)
        numbers.addWidget(self.number_button)
        form.addLayout(numbers)
        self.fields: dict[str, FormField] = {}
        for field in FIELDS:
            line = LineField(look, field.label)
            line.edited.connect(lambda text, field=field: self._edited(field, text))
            line.suggest(context.names.of(field.suggests))
            self.fields[field.path] = line
            form.addWidget(line)
        qualifications = LineField(look, self.tr("Qualifications"), placeholder="press, esd")
        qualifications.edited.connect(self._set_qualifications)
        self.fields["qualifications"] = qualifications
        form.addWidget(qualifications)
        form.addSpacing(10)
        self._make_tables()
        form.addWidget(self.parameters)
        form.addSpacing(6)
        form.addWidget(self.variants)
        form.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inner))

    def _make_tables(self) -> None:
        self.parameters = RowsEditor(
            self.look,
            self.tr("Parameters: what differs between variants; texts and limits name them as {name}"),
            [Column(self.tr("Name")), Column(self.tr("Title"), wide=True), Column(self.tr("Unit"))],
            lambda rows: [edits.free_name("value", [row[0] for row in rows]).replace("-", "_"), "", ""],
        )
        self.parameters.edited.connect(self._set_parameters)
        self.variants = RowsEditor(
            self.look,
            self.tr("Variants: the products it serves, and the value of every parameter"),
            self._columns(),
            self._new,
        )
        self.variants.edited.connect(self._set_variants)

    def _columns(self) -> list[Column]:
        own = [Column(self.tr("Name")), Column(self.tr("Product")), Column(self.tr("Title"), wide=True)]
        return own + [Column(parameter.name) for parameter in self.context.work_master.parameters]

    def _new(self, rows: list[list[str]]) -> list[str]:
        name = edits.free_name("variant", [row[0] for row in rows])
        product = self.context.work_master.product if not rows else ""
        return [name, product, "", *("" for _ in self.context.work_master.parameters)]

    # --- showing -----------------------------------------------------------------------------------------------------

    def render_now(self) -> None:
        """Show the whole."""
        work_master = self.context.work_master
        self._id.setText(
            self.tr("{id}, version {version}. Once it is in review, both stay as they are.").format(
                id=work_master.id, version=work_master.version
            )
        )
        for field in FIELDS:
            self.show_value(self.fields[field.path], Spot(field=field.path), getattr(work_master, field.path))
        self.fields["qualifications"].set_value(", ".join(work_master.qualifications))
        self.parameters.set_rows([[p.name, p.title, p.unit] for p in work_master.parameters])
        self.variants.set_columns(self._columns())
        names = [parameter.name for parameter in work_master.parameters]
        self.variants.set_rows(
            [[v.id, v.product, v.title, *(v.values.get(name, "") for name in names)] for v in work_master.variants]
        )

    def go_to(self, place: Place) -> None:
        """The keys go to the field of a fault."""
        head = place.field.partition(".")[0].partition("[")[0]
        if head in self.fields:
            self.fields[head].control.setFocus()
        elif head in ("parameter", "variant"):
            (self.parameters if head == "parameter" else self.variants).table.setFocus()
        else:
            self.fields["title"].control.setFocus()

    # --- edits -------------------------------------------------------------------------------------------------------

    def _edited(self, field: Field, text: str) -> None:
        shown = self.fields[field.path]
        try:
            value = parse(field, text)
        except FieldFault as fault:
            self.refuse(shown, Spot(field=field.path), str(fault))
            return
        self.refuse(shown, Spot(field=field.path), "")
        after = edits.replace(self.context.work_master, **{field.path: value})
        self.context.apply(self.tr("Change instruction"), after, Place(field=field.path), field.path)

    def _set_qualifications(self, text: str) -> None:
        names = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
        after = edits.replace(self.context.work_master, qualifications=names)
        self.context.apply(self.tr("Change instruction"), after, Place(field="qualifications"), "qualifications")

    def _set_parameters(self, rows: list[list[str]]) -> None:
        parameters = [Parameter(name=name.strip(), title=title, unit=unit.strip()) for name, title, unit in rows]
        after = edits.set_parameters(self.context.work_master, parameters)
        self.context.apply(self.tr("Change parameters"), after, Place(field="parameter"))

    def _set_variants(self, rows: list[list[str]]) -> None:
        names = [parameter.name for parameter in self.context.work_master.parameters]
        variants = tuple(
            Variant(
                id=row[0].strip(),
                product=row[1].strip(),
                title=row[2],
                values={name: value.strip() for name, value in zip(names, row[3:], strict=True) if value.strip()},
            )
            for row in rows
        )
        after = edits.replace(self.context.work_master, variants=variants)
        self.context.apply(self.tr("Change variants"), after, Place(field="variant"))
