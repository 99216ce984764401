"""The keys of the editor's window: every deed has one, and what it does depends on the page that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence, QShortcut

from station_app.ui.authoring.edit_page import EditPage
from station_app.ui.authoring.places import CHECKS, MEDIA, PROPERTIES, TEXT
from widgets.editor_canvas import Tool

if TYPE_CHECKING:
    from station_app.ui.authoring.window import EditorWindow

Deed = Callable[[], object]


def add_keys(window: EditorWindow) -> None:
    """Give the window its keys."""
    for key, deed in (*_everywhere(window), *_while_editing(window)):
        QShortcut(QKeySequence(key), window).activated.connect(deed)


def _everywhere(window: EditorWindow) -> tuple[tuple[str, Deed], ...]:
    return (
        ("F1", window.show_help),
        ("Esc", window.go_back),
        ("Ctrl+I", window.bar.sign_in_or_out),
        ("Ctrl+R", window.refresh),
        ("F5", lambda: window.while_editing(lambda _page: window.try_out())),
        ("F6", lambda: _control(window)),
        ("Ctrl+N", lambda: _new(window)),
        ("Ctrl+D", lambda: _double(window)),
        ("Ctrl+F", lambda: _filter(window)),
        ("Ctrl+O", lambda: _open(window)),
        ("Ctrl+S", lambda: window.while_editing(lambda _page: window.editing.save())),
    )


def _while_editing(window: EditorWindow) -> tuple[tuple[str, Deed], ...]:
    def editing(deed: Callable[[EditPage], object]) -> Deed:
        return lambda: window.while_editing(deed)

    return (
        ("Ctrl+Z", editing(lambda page: page.undo())),
        ("Ctrl+Y", editing(lambda page: page.redo())),
        ("Ctrl+Shift+Z", editing(lambda page: page.redo())),
        ("F8", editing(lambda page: page.fault_list.next())),
        ("Ctrl+M", editing(lambda page: page.media().ask_for_file())),
        ("Ctrl+K", editing(lambda page: page.checks().open_menu())),
        ("Ctrl+Shift+C", editing(lambda page: page.media().add_mark(Tool.CALLOUT))),
        ("Ctrl+Shift+R", editing(lambda page: page.media().add_mark(Tool.REGION))),
        ("Ctrl+PgUp", editing(lambda page: page.step_by(-1))),
        ("Ctrl+PgDown", editing(lambda page: page.step_by(1))),
        ("Ctrl+0", editing(lambda page: page.list.setFocus())),
        ("Ctrl+1", editing(lambda page: page.show_part(TEXT))),
        ("Ctrl+2", editing(lambda page: page.show_part(MEDIA))),
        ("Ctrl+3", editing(lambda page: page.show_part(CHECKS))),
        ("Ctrl+4", editing(lambda page: page.show_part(PROPERTIES))),
    )


def _at_start(window: EditorWindow) -> bool:
    return window.stack.currentWidget() is window.start


def _new(window: EditorWindow) -> None:
    if _at_start(window):
        window.deeds.ask_new()
    window.while_editing(lambda page: page.add_step())


def _double(window: EditorWindow) -> None:
    row = window.start.chosen
    if _at_start(window) and row is not None:
        window.deeds.ask_version(row)
    window.while_editing(lambda page: page.duplicate())


def _filter(window: EditorWindow) -> None:
    if _at_start(window):
        window.start.filter.control.setFocus()


def _open(window: EditorWindow) -> None:
    row = window.start.chosen
    if _at_start(window) and row is not None:
        window.open_listed(row)
    elif window.stack.currentWidget() is window.control:
        window.control.open_button.click()


def _control(window: EditorWindow) -> None:
    row = window.start.chosen
    if _at_start(window) and row is not None and row.status is not None:
        window.open_control(row.document_id, row.version)
    window.while_editing(lambda _page: window.editing.control())
