"""The text of a step: its title and its Markdown in the language that is shown."""

from __future__ import annotations

from PySide6.QtGui import QFont, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from station_app.domain.work_master import MAX_TEXT_BYTES
from station_app.services.drafting import Spot
from station_app.ui.authoring import edits
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import TEXT, Place
from widgets.editor_fields import DeskBlock, LineField
from widgets.editor_style import button, caption
from widgets.theme import CAPITAL_NOTE_MM

LONGEST_TITLE = 60
MAX_KEPT_BYTES = 4 * MAX_TEXT_BYTES
"""A text that is too long is kept until somebody shortens it; more than that was pasted by mistake."""


class TextPanel(Panel):
    """Title and text; typing in one of them is one step of undo until the person pauses."""

    def __init__(self, context: EditContext) -> None:
        super().__init__(context)
        look = context.look
        self.title = LineField(look, self.tr("Title"), label_px=48)
        self.title.edited.connect(self._title_edited)
        self.text = DeskBlock()
        self.text.setAccessibleName(self.tr("Text in Markdown"))
        self.text.setTabChangesFocus(True)
        self.text.setFont(look.font(CAPITAL_NOTE_MM))
        self._quiet = False
        self._said_at: tuple[str, str] = ("", "")
        self.text.textChanged.connect(self._text_edited)
        self._english = caption(look, "", color="muted")
        self.fault = caption(look, "", color="alarm")
        self.fault.hide()
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for sign, spoken, keys, deed in (
            ("B", self.tr("Bold"), "Ctrl+B", lambda: self._around("**")),
            ("I", self.tr("Italic"), "Ctrl+I", lambda: self._around("*")),
            ("•", self.tr("List"), "Ctrl+L", lambda: self._before("- ")),
            ("1.", self.tr("Numbered list"), "Ctrl+Shift+L", lambda: self._before("1. ")),
            ("①", self.tr("Number of a callout"), "", self._next_number),
        ):
            made = button(look, sign, spoken, keys=keys)
            made.clicked.connect(deed)
            if sign in "BI":
                font = made.font()
                font.setBold(sign == "B")
                font.setItalic(sign == "I")
                made.setFont(QFont(font))
            if keys:
                QShortcut(QKeySequence(keys), self.text, deed)
            tools.addWidget(made)
        tools.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addLayout(tools)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.fault)
        layout.addWidget(self._english)

    def render_now(self) -> None:
        """Show the step in the language of now."""
        step, language = self.context.current, self.context.language
        if step is None:
            return
        self.show_value(self.title, Spot(step.id, TEXT, "", "title", language), step.title.get(language, ""))
        text = step.text.get(language, "")
        refused = self.context.refusals.at(self._spot(), text)
        self._show_text(text if refused is None else refused.text)
        key = (step.id, language)
        if refused is not None or key != self._said_at:
            self._said_at = key
            self._say(refused.fault if refused is not None else "")
        other = language != "en"
        self.title.entry.setPlaceholderText(step.title.get("en", "") if other else self.tr("What is done here"))
        self.text.setPlaceholderText(
            step.text.get("en", "") if other else self.tr("A few sentences. **Bold** for what matters, - for a list.")
        )
        missing = other and not (step.title.get(language) and step.text.get(language))
        self._english.setText(self.tr("What is empty here is shown in English.") if missing else "")
        self._english.setVisible(missing)

    def go_to(self, place: Place) -> None:
        """The keys go to the text, or to a title that is missing."""
        step = self.context.current
        empty = step is not None and not step.title.get(self.context.language)
        (self.title.entry if empty else self.text).setFocus()

    def _title_edited(self, text: str) -> None:
        too_long, step = len(text) > LONGEST_TITLE, self.context.current
        fault = self.tr("At most 60 characters: the list of steps is narrow.") if too_long else ""
        if step is not None:
            self.refuse(self.title, Spot(step.id, TEXT, "", "title", self.context.language), fault)
        if not too_long:
            self._set("title", text)

    def _text_edited(self) -> None:
        step = self.context.current
        if self._quiet or step is None:
            return
        text, before = self.text.toPlainText(), step.text.get(self.context.language, "")
        size = len(text.encode())
        if size <= MAX_TEXT_BYTES:
            self._say("")
            self.context.refusals.forget(self._spot())
            self._set("text", text)
            return
        said = self.tr("Too long: {n} of at most {most} KiB. A PDF page among the pictures holds more.")
        fault = said.format(n=f"{size / 1024:,.0f}", most=MAX_TEXT_BYTES // 1024)
        if size > MAX_KEPT_BYTES:  # no person typed that
            self._show_text(before)
            fault = f"{fault} {self.tr('It was not pasted.')}"
        else:
            self.context.refusals.note(self._spot(), text, fault, before)
        self._say(fault)

    def _spot(self) -> Spot:
        step = self.context.current
        return Spot(step.id if step is not None else "", TEXT, "", "text", self.context.language)

    def _show_text(self, text: str) -> None:
        if text != self.text.toPlainText():
            self._quiet = True
            self.text.setPlainText(text)
            self._quiet = False

    def _say(self, fault: str) -> None:
        self.fault.setText(f"◆ {fault}" if fault else "")
        self.fault.setVisible(bool(fault))

    def _set(self, field: str, text: str) -> None:
        context = self.context
        if context.step is None or context.current is None:
            return
        language = context.language
        after = edits.set_text(context.work_master, context.step, field, language, text)
        place = Place(context.step, TEXT, None, field, language)
        context.apply(self.tr("Typing"), after, place, f"{context.step}.{field}.{language}")

    # --- the small tools ---------------------------------------------------------------------------------------------

    def _around(self, mark: str) -> None:
        """Put marks around what is selected."""
        if self.text.isReadOnly():
            return
        cursor = self.text.textCursor()
        chosen = cursor.selectedText()
        cursor.insertText(f"{mark}{chosen}{mark}")
        if not chosen:
            cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.MoveAnchor, len(mark))
            self.text.setTextCursor(cursor)
        self.text.setFocus()

    def _before(self, mark: str) -> None:
        """Put a mark before every selected line."""
        if self.text.isReadOnly():
            return
        cursor = self.text.textCursor()
        document = self.text.document()
        first = document.findBlock(cursor.selectionStart()).blockNumber()
        last = document.findBlock(cursor.selectionEnd()).blockNumber()
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            QTextCursor(document.findBlockByNumber(number)).insertText(mark)
        cursor.endEditBlock()
        self.text.setFocus()

    def _next_number(self) -> None:
        """The first circled number that the text does not name yet."""
        if self.text.isReadOnly():
            return
        text = self.text.toPlainText()
        number = next((sign for sign in "①②③④⑤⑥⑦⑧⑨" if sign not in text), "①")
        self.text.insertPlainText(number)
        self.text.setFocus()
