"""One plan: its head, its characteristics as a table, its drawing with the places, and everything that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QListWidget, QSplitter, QVBoxLayout, QWidget

from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.media import Picture
from station_app.services.plan_drafting import COLUMNS, HEAD, FormFault, PlanForm, PlanForms
from station_app.ui.authoring.media_images import image_of
from station_app.ui.look import Look
from station_app.ui.plan_authoring.plan_table import SIGN, PlanTable
from widgets.editor_fields import LineField
from widgets.editor_style import button, caption
from widgets.picture_marks import Callout
from widgets.picture_view import PictureView
from widgets.theme import CAPITAL_SMALL_MM

_HEAD_TITLES = {
    "id": "Id", "version": "Version", "title": "Title", "product": "Product", "operation": "Operation", "owner": "Owner",
}  # fmt: skip
_SHOWN = ("id", "version", "title", "product", "operation")
NEW_ROW = {"type": "variable", "classification": "major", "rounding": "absolute", "decimals": "2", "readings": "1"}


class PlanPage(QWidget):
    """Shows a plan, and edits it where it is a draft. ``edited()`` after every change by a person."""

    edited = Signal()
    picture_wanted = Signal()

    def __init__(self, look: Look, forms: PlanForms) -> None:
        super().__init__()
        self._look, self._forms = look, forms
        self._base = InspectionPlan(id="", product="", operation="")
        self._owner = ""
        self.media: dict[str, bytes] = {}
        self.plan: InspectionPlan | None = None
        self.editable = False
        self.changed = False
        self.fields = {name: LineField(look, self.tr(_HEAD_TITLES[name]), label_px=72) for name in _SHOWN}
        self.table = PlanTable(look)
        self.table.edited.connect(self._edited)
        self.table.currentCellChanged.connect(lambda *_: self._show_drawing())
        self.picture = PictureView(look, self.tr("no picture"))
        self.picture.tapped.connect(self._mark)
        self.hint = caption(look, "", color="second")
        self.faults = QListWidget()
        self.faults.setAccessibleName(self.tr("What is wrong"))
        self.faults.setFont(look.font(CAPITAL_SMALL_MM))
        self.faults.setWordWrap(True)
        self.faults.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.faults.itemActivated.connect(lambda _item: self._go_to_fault())
        self.faults.itemClicked.connect(lambda _item: self._go_to_fault())
        self.faults_title = QLabel("")
        self.faults_title.setFont(look.bold(CAPITAL_SMALL_MM))
        self._found: Sequence[FormFault] = ()
        self._lay_out()

    def _lay_out(self) -> None:
        head = QGridLayout()
        head.setHorizontalSpacing(10)
        for number, field in enumerate(self.fields.values()):
            head.addWidget(field, number // 3, number % 3)
            field.edited.connect(lambda _text: self._edited())
        for column, share in enumerate((3, 3, 4)):
            head.setColumnStretch(column, share)
        self.buttons = []
        tools = QHBoxLayout()
        tools.setSpacing(6)
        for title, deed in (
            (self.tr("Add row"), self.add_row),
            (self.tr("Duplicate"), self.duplicate_row),
            (self.tr("Remove"), self.remove_row),
            (self.tr("Up"), lambda: self.move_row(-1)),
            (self.tr("Down"), lambda: self.move_row(1)),
            (self.tr("Add picture…"), self.picture_wanted.emit),
        ):
            made = button(self._look, title)
            made.clicked.connect(deed)
            self.buttons.append(made)
            tools.addWidget(made)
        tools.addStretch(1)
        below = QWidget()
        row = QHBoxLayout(below)
        row.setContentsMargins(0, 0, 0, 0)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.faults_title)
        left.addWidget(self.faults, 1)
        right.addWidget(self.hint)
        right.addWidget(self.picture, 1)
        row.addLayout(left, 2)
        row.addLayout(right, 3)
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.table)
        halves.addWidget(below)
        halves.setSizes([360, 300])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addLayout(head)
        layout.addLayout(tools)
        layout.addWidget(halves, 1)

    def sizeHint(self) -> QSize:
        """As a desk has room."""
        return QSize(1100, 720)

    # --- showing -----------------------------------------------------------------------------------------------------

    def show_plan(self, plan: InspectionPlan, media: Mapping[str, bytes], *, editable: bool, new: bool = False) -> None:
        """Show a plan; ``new``: its id may still be typed, and it is not kept anywhere yet."""
        self._base, self.media, self.editable, self.changed = plan, dict(media), editable, new
        form = self._forms.form_of(plan)
        self._owner = form.head["owner"]
        for name, field in self.fields.items():
            field.reset(form.head[name])
            field.control.setEnabled(editable and (new or name not in ("id", "version")))
        for made in self.buttons:
            made.setEnabled(editable)
        self.table.show_rows(form.rows, editable=editable)
        self._read()
        self._show_drawing()

    def add_picture(self, picture: Picture, content: bytes) -> None:
        """One more picture to mark places on; one of the same name takes the place of the other."""
        others = tuple(each for each in self._base.pictures if each.file != picture.file)
        self._base = msgspec.structs.replace(self._base, pictures=(*others, picture))
        self.media[picture.sha256] = content
        self._edited()
        self._show_drawing()

    def form(self) -> PlanForm:
        """What is typed."""
        head = {name: field.text().strip() for name, field in self.fields.items()}
        return PlanForm({**dict.fromkeys(HEAD, ""), "owner": self._owner, **head}, self.table.rows(), self._base)

    def _edited(self) -> None:
        self.changed = True
        self._read()
        self.edited.emit()

    def _read(self) -> None:
        self.plan, self._found = self._forms.read(self.form())
        self.table.show_faults(self._found)
        self.faults.clear()
        for fault in self._found:
            where = self.tr("Row {n}").format(n=fault.row + 1) if fault.row >= 0 else self.tr("Plan")
            place = f"{where}, {fault.column}" if fault.column else where
            self.faults.addItem(f"{SIGN}{place}: {fault.text}")
        count = len(self._found)
        told = self.tr("1 fault") if count == 1 else self.tr("{n} faults").format(n=count)
        self.faults_title.setText(told if count else self.tr("✓ Nothing is wrong"))

    def _go_to_fault(self) -> None:
        row = self.faults.currentRow()
        if 0 <= row < len(self._found):
            fault = self._found[row]
            if fault.row >= 0:
                column = COLUMNS.index(fault.column) if fault.column in COLUMNS else COLUMNS.index("title")
                self.table.setCurrentCell(fault.row, column)
                self.table.setFocus()
            elif fault.column in self.fields:
                self.fields[fault.column].control.setFocus()

    # --- the drawing -------------------------------------------------------------------------------------------------

    def _drawing(self) -> Picture | None:
        """The picture of the chosen row's place, else the first."""
        rows, row = self.table.rows(), self.table.currentRow()
        named = rows[row]["place"].split(" ")[0] if 0 <= row < len(rows) else ""
        pictures = self._base.pictures
        return next((each for each in pictures if each.file == named), pictures[0] if pictures else None)

    def _show_drawing(self) -> None:
        picture = self._drawing()
        image = QImage() if picture is None else image_of(self.media.get(picture.sha256), picture)
        self.picture.set_image(image, picture.file if picture is not None else "")
        callouts = []
        for row in self.table.rows():
            words = row["place"].rsplit(" ", 2)
            if picture is not None and len(words) == 3 and words[0] == picture.file:
                try:
                    at = (float(words[1]), float(words[2]))
                except ValueError:
                    continue  # told in the list of faults
                callouts.append(
                    Callout(row["balloon"], "", at, (at[0] + (0.05 if at[0] < 0.9 else -0.05), at[1] - 0.05))
                )
        self.picture.set_callouts(callouts)
        chosen = self.table.currentRow() >= 0 and self.editable and picture is not None
        self.hint.setText(self.tr("Click where the characteristic of the chosen row is.") if chosen else "")

    def _mark(self, place: QPointF) -> None:
        spot, picture, row = self.picture.fraction_at(place), self._drawing(), self.table.currentRow()
        if spot is None or picture is None or row < 0 or not self.editable:
            return
        self.table.set_cell(row, "place", f"{picture.file} {spot[0]:.3f} {spot[1]:.3f}")
        self._show_drawing()

    # --- rows --------------------------------------------------------------------------------------------------------

    def add_row(self) -> None:
        """A new characteristic, with the next number."""
        numbers = [int(row["balloon"]) for row in self.table.rows() if row["balloon"].isdigit()]
        self._set_rows([*self.table.rows(), {**NEW_ROW, "balloon": str(max(numbers, default=0) + 1)}], -1)

    def duplicate_row(self) -> None:
        """The chosen row once more, for another characteristic like it."""
        rows, row = list(self.table.rows()), self.table.currentRow()
        if 0 <= row < len(rows):
            rows.insert(row + 1, {**rows[row], "id": "", "balloon": ""})
            self._set_rows(rows, row + 1)

    def remove_row(self) -> None:
        """Take the chosen row out."""
        rows, row = list(self.table.rows()), self.table.currentRow()
        if 0 <= row < len(rows):
            del rows[row]
            self._set_rows(rows, min(row, len(rows) - 1))

    def move_row(self, by: int) -> None:
        """The chosen row up or down."""
        rows, row = list(self.table.rows()), self.table.currentRow()
        if 0 <= row < len(rows) and 0 <= row + by < len(rows):
            rows[row], rows[row + by] = rows[row + by], rows[row]
            self._set_rows(rows, row + by)

    def _set_rows(self, rows: Sequence[Mapping[str, str]], chosen: int) -> None:
        self.table.show_rows(rows, editable=True)
        if rows:
            self.table.setCurrentCell(chosen % len(rows), COLUMNS.index("id"))
            self.table.setFocus()
        self._edited()
        self._show_drawing()


def next_version(version: str) -> str:
    """A proposal for the version after this one: C after B, 4 after 3, else with ".1"."""
    if version.isdigit():
        return str(int(version) + 1)
    if len(version) == 1 and version.isalpha() and version.upper() != "Z":
        return chr(ord(version) + 1)
    return f"{version}.1"


def file_name(plan: InspectionPlan, ending: str) -> str:
    """A name for an exported file."""
    return str(Path(f"{plan.id}-{plan.version}{ending}"))
