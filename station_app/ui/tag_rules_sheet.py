"""The sheet for an added tag's alarm limits and history: a cell a number, touched and typed on one keypad.

Everything is on one sheet: the cells are 20 mm, the keypad writes into the one that is marked, Enter goes to the next.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from station_app.domain.added_tag import AddedTag
from station_app.domain.history_rule import Keep
from station_app.domain.rules import Refusal
from station_app.ui.entry_keypad import entry_keypad
from station_app.ui.look import Look
from station_app.ui.page import saying_of
from station_app.ui.tag_rules import (
    HISTORY,
    HISTORY_FIELDS,
    LIMIT_FIELDS,
    LIMIT_ROWS,
    Cell,
    TagRules,
    field_title,
    keep_title,
    priority_title,
    row_title,
    unit_of_field,
)
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card, Message
from widgets.number_entry import NumberEntry
from widgets.overlay import Overlay
from widgets.text import Line
from widgets.theme import (
    CAPITAL_BODY_MM,
    CAPITAL_FIGURE_MM,
    CAPITAL_HEADING_MM,
    CAPITAL_NOTE_MM,
    CAPITAL_SMALL_MM,
    TARGET_MM,
)

translate = QCoreApplication.translate
KEYPAD_MM = 118.0
NONE = "–"


class TagRulesSheet(Overlay):
    """Shows and takes what :class:`TagRules` holds. `wanted(tag)`: the tag as it shall be from now on."""

    wanted = Signal(object)

    def __init__(self, look: Look, tag: AddedTag) -> None:
        super().__init__(look, full=True)
        self._unit = tag.unit
        self.rules = TagRules(tag)
        self.cells: dict[Cell, BigButton] = {}
        self.priority_buttons: dict[str, BigButton] = {}
        self.keep_buttons: dict[Keep, BigButton] = {}
        self._group, self._keeps = QButtonGroup(self), QButtonGroup(self)
        self._at: Cell = (LIMIT_ROWS[1], "limit")
        self.setAccessibleName(translate("tags", "Limits and history"))
        self.entry = NumberEntry(look, capital_mm=CAPITAL_FIGURE_MM * 0.7)
        self.entry.edited.connect(self._typed)
        self.entry.entered.connect(lambda _text: self._next())
        self._asked = Line(look, "", bold=True, capital_mm=CAPITAL_BODY_MM)
        self.message = Message(look)
        self.cancel_button = BigButton(look, translate("tags", "Cancel"), size_mm=TARGET_MM)
        self.cancel_button.clicked.connect(self.dismiss)
        self.save_button = BigButton(look, translate("tags", "Save"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.save_button.setMinimumWidth(look.mm(50))
        self.save_button.clicked.connect(self._save)
        self._lay_out(look, tag)
        self._show()
        self.choose(self._at)

    def first_focus(self) -> QWidget | None:
        """The keys go into the cell."""
        return self.entry

    def dismiss(self) -> None:
        """Not while something is being saved."""
        if not self.save_button.is_busy:
            super().dismiss()

    def set_saving(self, saving: bool) -> None:
        """Until it is on disk nothing else can be pressed."""
        self.save_button.set_busy(translate("tags", "saving") if saving else "")
        self.cancel_button.setEnabled(not saving)
        self.entry.set_read_only(saving)

    def choose(self, cell: Cell) -> None:
        """From now on the keys write into this cell."""
        self._at = cell
        row, field = cell
        self.cells[cell].setChecked(True)
        self._asked.set_text(f"{row_title(row)} · {field_title(field)}")
        self.entry.set_unit(unit_of_field(field, self._unit))
        self.entry.set_text(self.rules.texts[cell])
        self.entry.setFocus(Qt.FocusReason.OtherFocusReason)

    def _press_key(self, act: Callable[[NumberEntry], object]) -> None:
        act(self.entry)

    def _typed(self, text: str) -> None:
        self.rules.texts[self._at] = text
        self.message.set_message("")
        self._show()

    def _next(self) -> None:
        """The next cell that means something now."""
        order = list(self.cells)
        at = order.index(self._at)
        following = [*order[at + 1 :], *order[: at + 1]]
        self.choose(next(cell for cell in following if self.rules.is_open(cell)))

    def _show(self) -> None:
        for cell, button in self.cells.items():
            text, is_open = self.rules.texts[cell].strip(), self.rules.is_open(cell)
            unit = unit_of_field(cell[1], self._unit)
            shown = f"{text} {unit}".strip() if text and is_open else NONE
            button.set_text(shown, f"{row_title(cell[0])}, {field_title(cell[1])}: {shown}")
            button.setEnabled(is_open)
        for row, button in self.priority_buttons.items():
            said = priority_title(self.rules.priorities[row])
            button.set_text(said, f"{row_title(row)}, {translate('tags', 'Priority')}: {said}")
            button.setEnabled(self.rules.is_open((row, "deadband")))
        self.keep_buttons[self.rules.keep].setChecked(True)

    def _prioritise(self, row: str) -> None:
        self.rules.next_priority(row)
        self._show()

    def _keep(self, keep: Keep) -> None:
        self.rules.keep = keep
        self._show()
        if not self.rules.is_open(self._at):
            self.choose((LIMIT_ROWS[1], "limit"))

    def _save(self) -> None:
        if self.save_button.is_busy:
            return
        try:
            tag = self.rules.tag()
        except Refusal as refusal:
            saying = saying_of(refusal)
            self.message.set_message(saying.what, saying.to_do)
            return
        self.wanted.emit(tag)

    # --- laying out ----------------------------------------------------------------------------------------------

    def _lay_out(self, look: Look, tag: AddedTag) -> None:
        title = Line(look, tag.title or tag.name, bold=True, capital_mm=CAPITAL_HEADING_MM * 0.9)
        limits, history = Card(look, translate("tags", "Alarm limits")), Card(look, translate("tags", "History"))
        limits.body.addLayout(self._limit_grid())
        history.body.addLayout(self._history_grid())
        left = QVBoxLayout()
        left.setSpacing(look.mm(4))
        left.addWidget(limits)
        left.addWidget(history)
        hint = translate("tags", "A limit without a number is none. Touch a priority for the next one.")
        left.addWidget(Line(look, hint, color="second", capital_mm=CAPITAL_SMALL_MM))
        left.addWidget(self.message)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(look.mm(3))
        keys = entry_keypad(look, self._press_key)
        keys.setFixedWidth(look.mm(KEYPAD_MM))
        for part in (self._asked, self.entry, keys):
            right.addWidget(part)
        right.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.cancel_button)
        foot.addStretch(1)
        foot.addWidget(self.save_button)
        right.addLayout(foot)
        across = QHBoxLayout()
        across.setSpacing(look.mm(8))
        across.addLayout(left, 1)
        across.addLayout(right)
        self.content.addWidget(title)
        self.content.addLayout(across, 1)

    def _limit_grid(self) -> QGridLayout:
        grid = self._grid()
        titles = [*(field_title(field) for field in LIMIT_FIELDS), translate("tags", "Priority")]
        self._head(grid, 0, titles)
        for line, row in enumerate(LIMIT_ROWS, 1):
            grid.addWidget(Line(self.look, row_title(row), capital_mm=CAPITAL_NOTE_MM), line, 0)
            for column, field in enumerate(LIMIT_FIELDS, 1):
                grid.addWidget(self._cell((row, field)), line, column)
            button = self.priority_buttons[row] = self._button()
            button.clicked.connect(lambda _=False, row=row: self._prioritise(row))
            grid.addWidget(button, line, len(titles))
        return grid

    def _history_grid(self) -> QGridLayout:
        grid = self._grid()
        grid.addWidget(Line(self.look, translate("tags", "Keep"), capital_mm=CAPITAL_NOTE_MM), 0, 0)
        self._head(grid, 1, [field_title(field) for field in HISTORY_FIELDS])
        for column, field in enumerate(HISTORY_FIELDS, 1):
            grid.addWidget(self._cell((HISTORY, field)), 2, column)
        for column, keep in enumerate((Keep.CHANGE, Keep.ALL, Keep.NONE), 1):
            button = self.keep_buttons[keep] = self._button()
            button.set_text(keep_title(keep))
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, keep=keep: self._keep(keep))
            self._keeps.addButton(button)
            grid.addWidget(button, 0, column)
        return grid

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self.look.mm(3))
        grid.setVerticalSpacing(self.look.mm(3))
        grid.setColumnMinimumWidth(0, self.look.mm(26))
        return grid

    def _head(self, grid: QGridLayout, line: int, titles: list[str]) -> None:
        for column, title in enumerate(titles, 1):
            grid.addWidget(Line(self.look, title, color="second", capital_mm=CAPITAL_SMALL_MM), line, column)
            grid.setColumnStretch(column, 1)

    def _cell(self, cell: Cell) -> BigButton:
        button = self.cells[cell] = self._button()
        button.setCheckable(True)
        button.clicked.connect(lambda: self.choose(cell))
        self._group.addButton(button)
        return button

    def _button(self) -> BigButton:
        button = BigButton(self.look, NONE, size_mm=TARGET_MM, capital_mm=CAPITAL_BODY_MM)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button
