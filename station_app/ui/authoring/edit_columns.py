"""What stands around the form of a step: the line of tools, the column of steps, and the column of the preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from station_app.domain.work_master import WorkMaster
from station_app.services.trying_out import StandInStation
from station_app.ui.authoring.fault_list import FaultList
from station_app.ui.authoring.model import EditModel
from station_app.ui.authoring.preview import Preview
from station_app.ui.look import Look
from widgets.editor_list import ListRow, OrderedList
from widgets.editor_style import button, caption
from widgets.theme import CAPITAL_SMALL_MM


class EditTools(QWidget):
    """Title, state, undo and redo, and the ways from here."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.back = button(look, self.tr("← Instructions"), keys="Esc")
        self.undo = button(look, self.tr("↶ Undo"), self.tr("Undo"), keys="Ctrl+Z")
        self.redo = button(look, self.tr("↷ Redo"), self.tr("Redo"), keys="Ctrl+Y")
        self.title = caption(look, "", heading=True)
        self.kept = QLabel("")
        self.kept.setFont(look.font(CAPITAL_SMALL_MM))
        self.try_out = button(look, self.tr("Try it"), keys="F5")
        self.save = button(look, self.tr("Save to server"), keys="Ctrl+S")
        self.control = button(look, self.tr("Document control"), keys="F6")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self.back)
        row.addSpacing(8)
        row.addWidget(self.title, 1)
        for each in (self.kept, self.undo, self.redo, self.try_out, self.save, self.control):
            row.addWidget(each)

    def render_now(self, model: EditModel) -> None:
        """What is open, and what undo and redo would do."""
        work_master, locked = model.work_master, bool(model.read_only)
        self.title.setText(f"{work_master.title} · {work_master.version}")
        self.undo.setEnabled(bool(model.undo_label) and not locked)
        self.redo.setEnabled(bool(model.redo_label) and not locked)
        self.undo.setToolTip(self.tr("Undo: {what} · Ctrl+Z").format(what=model.undo_label or "–"))
        self.redo.setToolTip(self.tr("Redo: {what} · Ctrl+Y").format(what=model.redo_label or "–"))


class StepColumn(QWidget):
    """The list of steps below its buttons; row 0 is the instruction as a whole.

    ``shown(step)`` and the deeds carry the place of a step from 0, ``shown`` -1 for the whole; ``stepped(by)`` moves the
    step that is shown up or down.
    """

    shown = Signal(int)
    added = Signal()
    doubled = Signal(int)
    deleted = Signal(int)
    moved = Signal(int, int)
    stepped = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setMinimumWidth(190)
        self.list = OrderedList(look, self.tr("Steps"), fixed=1)
        self.list.chosen.connect(lambda row: self.shown.emit(row - 1))
        self.list.moved.connect(lambda at, to: self.moved.emit(at - 1, to - 1))
        self.list.doubled.connect(lambda row: self.doubled.emit(row - 1))
        self.list.deleted.connect(lambda row: self.deleted.emit(row - 1))
        self.add_button = button(look, self.tr("Add step"), keys="Ctrl+N")
        self.add_button.clicked.connect(self.added)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(3)
        self._tools.addWidget(self.add_button, 1)
        self.buttons = [self.add_button]
        for sign, spoken, keys, deed in (
            ("⧉", self.tr("Duplicate step"), "Ctrl+D", lambda: self.doubled.emit(self._step())),
            ("↑", self.tr("Step up"), "Alt+Up", lambda: self.stepped.emit(-1)),
            ("↓", self.tr("Step down"), "Alt+Down", lambda: self.stepped.emit(1)),
            ("✕", self.tr("Delete step"), "Delete", lambda: self.deleted.emit(self._step())),
        ):
            made = button(look, sign, spoken, keys=keys)
            made.setFixedWidth(30)
            made.setStyleSheet("padding: 4px 2px;")
            made.clicked.connect(deed)
            self.buttons.append(made)
            self._tools.addWidget(made)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._tools)
        layout.addWidget(self.list, 1)

    def _step(self) -> int:
        return self.list.currentRow() - 1

    def render_now(self, work_master: WorkMaster, step: int | None, language: str, faulty: set[int]) -> None:
        """Show the steps; ``faulty`` are those with a fault, -1 the whole."""
        rows = [ListRow("", self.tr("The instruction"), "", -1 in faulty)]
        rows += [
            ListRow(
                str(number),
                each.title.get(language) or each.title.get("en", ""),
                f"{each.takt_s:g} s" if each.takt_s else "",
                number - 1 in faulty,
            )
            for number, each in enumerate(work_master.steps, 1)
        ]
        self.list.set_rows(rows)
        self.list.choose(0 if step is None else step + 1)

    def lock(self, locked: bool) -> None:
        """Only to be read."""
        self.list.set_locked(locked)
        for each in self.buttons:
            each.setEnabled(not locked)


class PreviewColumn(QSplitter):
    """The step as at the station, for a product, above what is wrong with the draft."""

    product_chosen = Signal()

    def __init__(self, look: Look, station: StandInStation, media: Mapping[str, bytes]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.product = QComboBox()
        self.product.setAccessibleName(self.tr("Product of the preview"))
        self.product.setFont(look.font(CAPITAL_SMALL_MM))
        self.product.activated.connect(lambda _index: self.product_chosen.emit())
        self.preview = Preview(look, station, media)
        self.fault_list = FaultList(look)
        head = QHBoxLayout()
        head.setContentsMargins(8, 0, 0, 0)
        head.addWidget(caption(look, self.tr("As at the station"), heading=True))
        head.addStretch(1)
        head.addWidget(self.product)
        upper = QWidget()
        layout = QVBoxLayout(upper)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.preview, 1)
        self.setHandleWidth(6)
        self.setChildrenCollapsible(False)
        self.addWidget(upper)
        self.addWidget(self.fault_list)
        self.setStretchFactor(0, 1)
        self.setSizes([560, 130])

    def render_now(self, work_master: WorkMaster, step: int, language: str) -> None:
        """Show a step for the product that is chosen."""
        self._render_products(work_master.products() if work_master.variants else ())
        self.preview.show_step(work_master, step, language, self.product.currentData() or "")

    def _render_products(self, products: Sequence[str]) -> None:
        if [self.product.itemData(n) for n in range(self.product.count())] != list(products):
            before = self.product.currentData()
            self.product.clear()
            for name in products:
                self.product.addItem(name, name)
            self.product.setCurrentIndex(max(0, self.product.findData(before)))
        self.product.setVisible(bool(products))
