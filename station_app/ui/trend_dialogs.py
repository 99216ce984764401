"""What the trends page asks: which pen to add, what to remark, which group, which units to compare."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from station_app.domain.trend_group import LONGEST_NAME, TrendGroup
from station_app.services.trend_comments import LONGEST
from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.mark_list import MarkList, MarkRow
from widgets.overlay import Overlay
from widgets.theme import CAPITAL_BODY_MM, TARGET_MM

translate = QCoreApplication.translate

SAVE, REMOVE, NONE = ":save", ":remove", ":none"
LIST_MM = 110.0


def entry(look: Look, label: str, longest: int) -> QLineEdit:
    """A field for a few words."""
    field = QLineEdit()
    field.setPlaceholderText(label)
    field.setAccessibleName(label)
    field.setFont(look.font(CAPITAL_BODY_MM))
    field.setMinimumHeight(look.mm(14))
    field.setMaxLength(longest)
    return field


class PenChooser(Overlay):
    """The station's tags that are not drawn: search, then touch one. `chosen(tag)`; it stays open for the next."""

    chosen = Signal(str)

    def __init__(self, look: Look, tags: Sequence[tuple[str, str, str]]) -> None:
        """``tags``: name, title, and where it comes from."""
        super().__init__(look, width_mm=180)
        title = translate("trends", "Add a pen")
        self.setAccessibleName(title)
        self._tags = list(tags)
        self._found: list[tuple[str, str, str]] = []
        self.search = entry(look, translate("trends", "Search by name or device"), 80)
        self.search.textChanged.connect(self._filter)
        self.list = MarkList(look, title, translate("trends", "No other values"))
        self.list.setFixedHeight(look.mm(LIST_MM))
        self.list.chosen.connect(self._choose)
        back = BigButton(look, translate("trends", "Done"), size_mm=TARGET_MM)
        back.clicked.connect(self.dismiss)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(back)
        self.add_heading(title)
        self.content.addWidget(self.search)
        self.content.addWidget(self.list, 1)
        self.content.addLayout(foot)
        self._filter("")

    def first_focus(self) -> QWidget | None:
        """Typing searches at once."""
        return self.search

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        self._found = [tag for tag in self._tags if all(word in " ".join(tag).casefold() for word in words)]
        self.list.set_marks([MarkRow(title, source) for _, title, source in self._found])

    def _choose(self, row: int) -> None:
        if row < len(self._found):
            tag = self._found[row]
            self._tags.remove(tag)
            self._filter(self.search.text())
            self.chosen.emit(tag[0])


class CommentDialog(Overlay):
    """A remark on a moment or a span. `saved(text)`; Esc or Cancel: `dismissed` only."""

    saved = Signal(str)

    def __init__(self, look: Look, about: str) -> None:
        super().__init__(look, width_mm=190)
        title = translate("trends", "Comment")
        self.setAccessibleName(f"{title}, {about}")
        self.add_heading(title)
        words = QLabel(about)
        words.setFont(look.font(CAPITAL_BODY_MM))
        words.setStyleSheet(f"color: {look.theme.second};")
        self.content.addWidget(words)
        self.text = entry(look, translate("trends", "What is to be said about this"), LONGEST)
        self.text.returnPressed.connect(self._save)
        self.content.addWidget(self.text)
        cancel = BigButton(look, translate("trends", "Cancel"), size_mm=TARGET_MM)
        cancel.clicked.connect(self.dismiss)
        self.save_button = BigButton(look, translate("trends", "Save"), ButtonKind.PRIMARY, size_mm=TARGET_MM)
        self.save_button.clicked.connect(self._save)
        foot = QHBoxLayout()
        foot.addWidget(cancel)
        foot.addStretch(1)
        foot.addWidget(self.save_button)
        self.content.addLayout(foot)

    def first_focus(self) -> QWidget | None:
        """The words."""
        return self.text

    def _save(self) -> None:
        text = self.text.text().strip()
        if text:
            self.dismiss()
            self.saved.emit(text)


def groups_dialog(look: Look, groups: Sequence[TrendGroup]) -> ChoiceDialog:
    """``chosen(name or SAVE or REMOVE, "")``: open a group, keep what is shown as one, or take one away."""
    choices = [Choice(group.name, group.name) for group in groups]
    choices.append(Choice(SAVE, translate("trends", "Keep what is shown")))
    if groups:
        choices.append(Choice(REMOVE, translate("trends", "Remove a group")))
    return ChoiceDialog(
        look,
        translate("trends", "Groups of pens"),
        choices,
        translate("trends", "Open"),
        translate("trends", "Back"),
        "" if groups else translate("trends", "There are none yet. A group keeps the pens, their order and the range."),
        columns=2,
    )


def save_group_dialog(look: Look, work_master: str) -> ChoiceDialog:
    """``chosen(work master's id or NONE, name)``."""
    choices = [Choice(NONE, translate("trends", "Open it by hand"))]
    if work_master:
        opens = translate("trends", "Open it with {instruction}").format(instruction=work_master)
        choices.append(Choice(work_master, opens))
    dialog = ChoiceDialog(
        look,
        translate("trends", "Keep these pens as a group"),
        choices,
        translate("trends", "Save"),
        translate("trends", "Cancel"),
        translate("trends", "A group of the same name is replaced."),
        translate("trends", "Name of the group"),
    )
    dialog.comment.setMaxLength(LONGEST_NAME)
    return dialog


def remove_group_dialog(look: Look, groups: Sequence[TrendGroup]) -> ChoiceDialog:
    """``chosen(name, "")``."""
    return ChoiceDialog(
        look,
        translate("trends", "Remove which group?"),
        [Choice(group.name, group.name) for group in groups],
        translate("trends", "Remove"),
        translate("trends", "Cancel"),
        translate("trends", "Values and records stay; only the list of pens goes."),
    )


def export_dialog(look: Look) -> ChoiceDialog:
    """``chosen("png" or "csv", "")``."""
    return ChoiceDialog(
        look,
        translate("trends", "Export what is in sight"),
        [Choice("png", translate("trends", "Picture (PNG)")), Choice("csv", translate("trends", "Table (CSV)"))],
        translate("trends", "Export"),
        translate("trends", "Cancel"),
        translate("trends", "The table has every sample with its quality; very long ranges are summed up."),
    )
