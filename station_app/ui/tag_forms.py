"""The two sheets of the tag browser: adding a node to the station, and writing a value to a machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from drivers.base import Sample, Tag
from station_app.domain.added_tag import LONGEST_NAME, LONGEST_TITLE, AddedTag
from station_app.ui.entry_keypad import entry_keypad
from station_app.ui.look import Look
from station_app.ui.wording import sample_text
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Message
from widgets.number_entry import NumberEntry
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_FIGURE_MM, CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM

translate = QCoreApplication.translate

INTERVALS_S = (0.1, 0.5, 1.0, 10.0, 60.0)
FIELD_MM = 14.0


class AddForm(QWidget):
    """A tag as proposed, to be looked over. `wanted(tag)`: add it; `cancelled()`."""

    wanted = Signal(object)
    cancelled = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._proposed = AddedTag("", "")
        self.name_entry = _field(look, translate("tags", "Name"), LONGEST_NAME)
        self.title_entry = _field(look, translate("tags", "Title"), LONGEST_TITLE)
        self.writable_button = BigButton(look, translate("tags", "May be written from here"), size_mm=TARGET_MM)
        self.writable_button.setCheckable(True)
        self.message = Message(look)
        self._intervals = QButtonGroup(self)
        self.cancel_button = BigButton(look, translate("tags", "Cancel"), size_mm=TARGET_MM)
        self.cancel_button.clicked.connect(self.cancelled)
        self.add_button = BigButton(look, translate("tags", "Add"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.add_button.clicked.connect(self._add)
        for entry in (self.name_entry, self.title_entry):
            entry.returnPressed.connect(self._add)
        self._lay_out()

    def propose(self, tag: AddedTag, writable: bool) -> None:
        """Begin with this; ``writable``: the device would take values."""
        self._proposed = tag
        self.name_entry.setText(tag.name)
        self.title_entry.setText(tag.title)
        self.writable_button.setChecked(False)
        self.writable_button.setVisible(writable)
        self.message.set_message("")
        self.interval_button(tag.interval_s if tag.interval_s in INTERVALS_S else INTERVALS_S[1]).setChecked(True)
        self.name_entry.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name_entry.selectAll()

    def interval_button(self, seconds: float) -> BigButton:
        """The button of an interval."""
        button = self._intervals.button(INTERVALS_S.index(seconds))
        assert isinstance(button, BigButton)
        return button

    def set_saving(self, saving: bool) -> None:
        """Until the tag is on disk nothing else can be pressed."""
        self.add_button.set_busy(translate("tags", "saving") if saving else "")
        self.cancel_button.setEnabled(not saving)

    def _add(self) -> None:
        if self.add_button.is_busy:
            return
        interval_s = INTERVALS_S[self._intervals.checkedId()]
        wanted = replace(
            self._proposed,
            name=self.name_entry.text().strip(),
            title=self.title_entry.text().strip(),
            interval_s=interval_s,
            writable=self.writable_button.isChecked() and self.writable_button.isVisibleTo(self),
        )
        self.wanted.emit(wanted)

    def _lay_out(self) -> None:
        look = self._look
        column = _column(self, look)
        for label, entry in (
            (translate("tags", "Name, as records and trends know it"), self.name_entry),
            (translate("tags", "Title, as people read it"), self.title_entry),
        ):
            column.addWidget(_caption(look, label))
            column.addWidget(entry)
        column.addWidget(_caption(look, translate("tags", "Read every")))
        row = QHBoxLayout()
        row.setSpacing(look.mm(2.4))
        for number, seconds in enumerate(INTERVALS_S):
            button = BigButton(look, f"{seconds:g} s", size_mm=TARGET_MM)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._intervals.addButton(button, number)
            row.addWidget(button)
        column.addLayout(row)
        column.addWidget(self.writable_button)
        column.addWidget(
            _hint(look, translate("tags", "The device's other values wait for a moment while it is asked anew."))
        )
        column.addWidget(self.message)
        column.addStretch(1)
        column.addLayout(_foot(look, self.cancel_button, self.add_button))


class WriteForm(QWidget):
    """A value is typed, read once more, and then written. `wanted(tag, text)`: write it; `cancelled()`."""

    wanted = Signal(str, str)
    cancelled = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tag = self._now = self._unit = ""
        self._is_text = self._asked = False
        self.entry = NumberEntry(look, capital_mm=CAPITAL_FIGURE_MM * 0.8)
        self.text_entry = _field(look, translate("tags", "Value"), 500)
        self.keypad = entry_keypad(look, self._press_key, with_enter=False)
        self._heading = Line(look, "", bold=True, capital_mm=CAPITAL_BODY_MM)
        self._present = Line(look, "", color="second", capital_mm=CAPITAL_NOTE_MM)
        self.question = Message(look)
        self.message = Message(look)
        self.cancel_button = BigButton(look, translate("tags", "Cancel"), size_mm=TARGET_MM)
        self.cancel_button.clicked.connect(self._back)
        self.write_button = BigButton(look, "", ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.write_button.clicked.connect(self._press)
        self.entry.edited.connect(self._edited)
        self.entry.entered.connect(lambda _text: self._press())
        self.text_entry.textChanged.connect(self._edited)
        self.text_entry.returnPressed.connect(self._press)
        column = _column(self, look)
        for part in (
            self._heading,
            self._present,
            self.entry,
            self.text_entry,
            self.keypad,
            self.question,
            self.message,
        ):
            column.addWidget(part)
        column.addStretch(1)
        column.addLayout(_foot(look, self.cancel_button, self.write_button))

    def begin(self, tag: Tag, title: str, present: Sample | None) -> None:
        """Ask for a value of this tag; ``present`` is what it has now."""
        self._tag, self._unit = tag.name, f" {tag.unit}" if tag.unit else ""
        self._now = sample_text(present)
        self._is_text = present is not None and isinstance(present.value, str)
        self._heading.set_text(translate("tags", "Write to {tag}").format(tag=title))
        self._present.set_text(translate("tags", "Now: {value}").format(value=f"{self._now}{self._unit}"))
        self.entry.set_unit(tag.unit)
        self.entry.clear()
        self.text_entry.clear()
        self.entry.setVisible(not self._is_text)
        self.keypad.setVisible(not self._is_text)
        self.text_entry.setVisible(self._is_text)
        self.message.set_message("")
        self._ask(False)
        (self.text_entry if self._is_text else self.entry).setFocus(Qt.FocusReason.OtherFocusReason)

    def _press_key(self, act: Callable[[NumberEntry], object]) -> None:
        act(self.entry)

    def value_text(self) -> str:
        """What is typed."""
        return (self.text_entry.text() if self._is_text else self.entry.text()).strip()

    def set_saving(self, saving: bool) -> None:
        """Until the device has answered and that is on disk nothing else can be pressed."""
        self.write_button.set_busy(translate("tags", "writing") if saving else "")
        self.cancel_button.setEnabled(not saving)
        self.entry.set_read_only(saving)

    def refuse(self, headline: str, body: str) -> None:
        """It was not written: say why, and let the value be typed again."""
        self._ask(False)
        self.message.set_message(headline, body)

    def _edited(self, _text: str) -> None:
        self.message.set_message("")
        self._ask(False)

    def _ask(self, asked: bool) -> None:
        """The first press asks, with the old and the new value; only the second writes."""
        self._asked = asked
        value = self.value_text()
        self.keypad.setVisible(not asked and not self._is_text)
        if asked:
            change = translate("tags", "{now} becomes {value}").format(
                now=f"{self._now}{self._unit}", value=f"{value}{self._unit}"
            )
            self.question.set_message(change, translate("tags", "The machine may act on it at once."))
            self.write_button.set_kind(ButtonKind.DANGER)
            self.write_button.set_text(translate("tags", "Write {value}").format(value=value[:12]))
        else:
            self.question.set_message("")
            self.write_button.set_kind(ButtonKind.PRIMARY)
            self.write_button.set_text(translate("tags", "Next"))
        self.write_button.setEnabled(bool(value) or self._is_text)

    def _press(self) -> None:
        if self.write_button.is_busy or not self.write_button.isEnabled():
            return
        if not self._asked:
            self._ask(True)
            self.write_button.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.wanted.emit(self._tag, self.value_text())

    def _back(self) -> None:
        if self._asked:
            self._ask(False)
        else:
            self.cancelled.emit()


def _column(owner: QWidget, look: Look) -> QVBoxLayout:
    column = QVBoxLayout(owner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(look.mm(2.4))
    return column


def _field(look: Look, name: str, longest: int) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setFont(look.font(CAPITAL_BODY_MM))
    field.setMinimumHeight(look.mm(FIELD_MM))
    field.setMaxLength(longest)
    field.setTextMargins(look.mm(2.4), 0, look.mm(2.4), 0)
    return field


def _caption(look: Look, text: str) -> Line:
    return Line(look, text, color="second", capital_mm=CAPITAL_SMALL_MM)


def _hint(look: Look, text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setFont(look.font(CAPITAL_SMALL_MM))
    label.setStyleSheet(f"color: {look.theme.second};")
    return label


def _foot(look: Look, cancel: BigButton, confirm: BigButton) -> QHBoxLayout:
    foot = QHBoxLayout()
    foot.addWidget(cancel)
    foot.addStretch(1)
    confirm.setMinimumWidth(look.mm(50))
    foot.addWidget(confirm)
    return foot
