"""How a desk program looks: the stations' palette at a desktop's density, for mouse and keyboard.

Sizes are those of a person who sits 60 cm before the screen: capitals of 3.3 mm at the station become 13 px here.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget

from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, Look, Metrics, Theme

DESK_PX_PER_MM: Final = 2.9


def desk_metrics() -> Metrics:
    """The density of a desk program."""
    return Metrics(DESK_PX_PER_MM)


def desk_style(theme: Theme) -> str:
    """The style sheet of a desk window: buttons, entries, tabs, lists and tables, with a visible focus everywhere."""
    return "".join(part(theme) for part in (_ground, _entries, _buttons, _lists, _tabs_and_bars))


def _ground(t: Theme) -> str:
    """Windows, panels and bars."""
    return f"""
        QWidget {{ color: {t.text}; }}
        QWidget#page, QDialog {{ background: {t.page}; }}
        QWidget#panel {{ background: {t.bar}; border: 1px solid {t.line}; border-radius: 5px; }}
        QWidget#bar {{ background: {t.bar}; border-bottom: 1px solid {t.line}; }}
    """


def _entries(t: Theme) -> str:
    """Lines, blocks and lists to choose from."""
    return f"""
        QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QDateEdit {{
            background: {t.card}; border: 1px solid {t.strong_line}; border-radius: 4px; padding: 3px 6px;
            selection-background-color: {t.primary}; selection-color: {t.on_primary};
        }}
        QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QDateEdit:focus {{
            border: 2px solid {t.primary}; padding: 2px 5px;
        }}
        QLineEdit:read-only, QPlainTextEdit:read-only {{ background: {t.bar}; color: {t.second}; }}
        QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled {{
            background: {t.disabled}; color: {t.on_disabled}; border-color: {t.line};
        }}
        QComboBox QAbstractItemView {{ background: {t.card}; selection-background-color: {t.selected};
            selection-color: {t.text}; border: 1px solid {t.strong_line}; }}
        QComboBox::drop-down {{ border: none; width: 20px; }}
    """


def _buttons(t: Theme) -> str:
    """Buttons and ticks."""
    return f"""
        QPushButton {{
            background: {t.card}; border: 1px solid {t.strong_line}; border-radius: 4px; padding: 4px 11px;
        }}
        QPushButton:hover {{ background: {t.selected}; }}
        QPushButton:pressed, QPushButton:checked {{ background: {t.selected}; border-color: {t.primary}; }}
        QPushButton:focus {{ border: 2px solid {t.primary}; padding: 3px 10px; }}
        QPushButton:disabled {{ background: {t.disabled}; color: {t.on_disabled}; border-color: {t.disabled}; }}
        QPushButton[primary="true"] {{ background: {t.primary}; color: {t.on_primary}; border-color: {t.primary}; }}
        QPushButton[primary="true"]:focus {{ border: 2px solid {t.text}; }}
        QPushButton[primary="true"]:disabled {{ background: {t.disabled}; color: {t.on_disabled}; border: none; }}
        QCheckBox:focus, QRadioButton:focus {{ background: {t.selected}; border-radius: 3px; }}
    """


def _lists(t: Theme) -> str:
    """Lists, trees and tables."""
    return f"""
        QListWidget, QTreeWidget, QTableWidget {{
            background: {t.card}; border: 1px solid {t.line}; border-radius: 4px; outline: none;
            gridline-color: {t.line}; alternate-background-color: {t.bar};
        }}
        QListWidget:focus, QTreeWidget:focus, QTableWidget:focus {{ border: 2px solid {t.primary}; }}
        QListWidget::item, QTreeWidget::item {{ padding: 4px 6px; border: none; }}
        QListWidget::item:selected, QTreeWidget::item:selected, QTableWidget::item:selected {{
            background: {t.selected}; color: {t.text};
        }}
        QListWidget::item:hover, QTreeWidget::item:hover {{ background: {t.limits_band}; }}
        QHeaderView::section {{
            background: {t.bar}; color: {t.second}; border: none; border-bottom: 1px solid {t.line}; padding: 4px 6px;
        }}
        QHeaderView {{ background: {t.bar}; }}
        QTableCornerButton::section {{ background: {t.bar}; border: none; }}
    """


def _tabs_and_bars(t: Theme) -> str:
    """Tabs, splitters, scroll bars and tool tips."""
    return f"""
        QTabWidget::pane {{ border: 1px solid {t.line}; border-radius: 4px; background: {t.bar}; top: -1px; }}
        QTabBar::tab {{
            background: {t.page}; color: {t.second}; border: 1px solid {t.line}; border-bottom: none; padding: 5px 12px;
            border-top-left-radius: 4px; border-top-right-radius: 4px; margin-right: 2px;
        }}
        QTabBar::tab:selected {{ background: {t.bar}; color: {t.text}; border-top: 2px solid {t.primary}; }}
        QTabBar::tab:focus {{ color: {t.text}; border-top: 2px solid {t.text}; }}
        QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
        QSplitter::handle {{ background: {t.page}; }}
        QSplitter::handle:hover {{ background: {t.limits}; }}
        QToolTip {{ background: {t.card}; color: {t.text}; border: 1px solid {t.line}; }}
        QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
        QScrollBar::handle:vertical {{ background: {t.strong_line}; border-radius: 4px; min-height: 30px; margin: 2px; }}
        QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
        QScrollBar::handle:horizontal {{ background: {t.strong_line}; border-radius: 4px; min-width: 30px; margin: 2px; }}
        QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
        QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def button(look: Look, text: str, spoken: str = "", *, primary: bool = False, keys: str = "") -> QPushButton:
    """A button of a desk program; ``spoken`` is its accessible name where the text is only a sign."""
    made = QPushButton(text)
    made.setFont(look.bold(CAPITAL_SMALL_MM) if primary else look.font(CAPITAL_SMALL_MM))
    made.setAccessibleName(spoken or text.replace("&", ""))
    made.setProperty("primary", primary)
    made.setAutoDefault(False)
    if spoken or keys:
        made.setToolTip(" · ".join(part for part in (spoken, keys) if part))
    return made


def caption(look: Look, text: str = "", *, heading: bool = False, color: str = "text") -> QLabel:
    """A plain text that wraps; a heading is bold and does not."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(not heading)
    made.setFont(look.bold(CAPITAL_NOTE_MM) if heading else look.font(CAPITAL_SMALL_MM))
    made.setStyleSheet(f"color: {look.color(color).name()}; background: transparent;")
    return made


def named(widget: QWidget, name: str) -> QWidget:
    """The widget, called this by a screen reader."""
    widget.setAccessibleName(name)
    return widget


def scrolled(form: QWidget | None = None) -> QScrollArea:
    """A form, given now or later, that scrolls up and down where the window is low."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.viewport().setAutoFillBackground(False)
    if form is not None:
        area.setWidget(form)
    return area
