"""Sheet, reasons and sign-in: over the window, by keys alone, gone with Esc."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.buttons import BigButton
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.overlay import open_overlays
from widgets.sheet import Sheet, SheetTile
from widgets.sign_in import SignIn
from widgets.theme import Look

TILES = (
    SheetTile("work", "Work", "mdi6.hammer-wrench", key_text="F2"),
    SheetTile("settings", "Settings", "mdi6.cog-outline", enabled=False),
    SheetTile("trends", "Trends", "mdi6.chart-line"),
)
CHOICES = [Choice("material", "Material missing"), Choice("help", "I need help")]


class FieldWindow(QWidget):
    """A window with one field, which has the keys."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        QVBoxLayout(self).addWidget(self.field)
        self.resize(1280, 800)
        self.show()
        self.activateWindow()
        self.field.setFocus()


@pytest.fixture
def window(qtbot: QtBot) -> FieldWindow:
    made = FieldWindow()
    qtbot.addWidget(made)
    return made


def test_a_sheet_covers_the_window_and_follows_its_size(look: Look, qtbot: QtBot, window: QWidget) -> None:
    sheet = Sheet(look, "ASM-10", TILES, "Back")
    sheet.open_on(window)
    assert sheet.geometry() == window.rect()
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: sheet.geometry() == window.rect())


def test_pages_are_chosen_by_keys_and_forbidden_ones_are_skipped(look: Look, qtbot: QtBot, window: QWidget) -> None:
    sheet = Sheet(look, "ASM-10", TILES, "Back")
    sheet.open_on(window)
    work, settings, trends = sheet.tiles()
    qtbot.waitUntil(work.hasFocus)
    QTest.keyClick(work, Qt.Key.Key_Right)
    assert trends.hasFocus()
    assert not settings.isEnabled()
    with qtbot.waitSignal(sheet.chosen) as chosen:
        QTest.keyClick(trends, Qt.Key.Key_Return)
    assert chosen.args == ["trends"]
    assert sheet.isHidden()


def test_esc_goes_back_and_returns_the_focus(look: Look, qtbot: QtBot, window: FieldWindow) -> None:
    dialog = ChoiceDialog(look, "Andon", CHOICES, "Call", "Cancel", comment_label="Say more")
    dialog.open_on(window)
    assert window.focusWidget() is not window.field
    with qtbot.waitSignal(dialog.dismissed):
        QTest.keyClick(dialog.button("material"), Qt.Key.Key_Escape)
    assert window.focusWidget() is window.field


def test_a_panel_that_is_laid_over_once_is_deleted_when_it_goes(look: Look, qtbot: QtBot, window: QWidget) -> None:
    sheet = Sheet(look, "ASM-10", TILES, "Back")
    sheet.open_once(window)
    assert open_overlays(window) == [sheet]
    with qtbot.waitSignal(sheet.destroyed):
        sheet.dismiss()
    assert open_overlays(window) == []


def test_tab_goes_round_inside(look: Look, qtbot: QtBot, window: QWidget) -> None:
    dialog = ChoiceDialog(look, "Andon", CHOICES, "Call", "Cancel", comment_label="Say more")
    dialog.open_on(window)
    seen = []
    for _ in range(9):
        focused = window.focusWidget()
        assert focused is not None
        assert dialog.isAncestorOf(focused)
        seen.append(focused)
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert len(set(seen)) == 4  # two reasons, the text, cancel: "Call" waits for a reason


def test_a_reason_with_a_sentence(look: Look, qtbot: QtBot, window: QWidget) -> None:
    dialog = ChoiceDialog(look, "Andon", CHOICES, "Call", "Cancel", comment_label="Say more")
    dialog.open_on(window)
    assert not dialog.confirm_button.isEnabled()
    QTest.keyClick(dialog.button("help"), Qt.Key.Key_Space)
    assert dialog.selected == "help"
    QTest.keyClicks(dialog.comment, "  press is loud ")
    with qtbot.waitSignal(dialog.chosen) as chosen:
        QTest.keyClick(dialog.comment, Qt.Key.Key_Return)
    assert chosen.args == ["help", "press is loud"]


def test_without_a_text_field_the_choice_itself_confirms(look: Look, qtbot: QtBot, window: QWidget) -> None:
    dialog = ChoiceDialog(look, "Problem", CHOICES, "Report", "Cancel")
    dialog.open_on(window)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        QTest.mouseClick(dialog.button("material"), Qt.MouseButton.LeftButton)
    assert chosen.args == ["material", ""]


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 800)])
def test_dialogs_fit_into_the_window_without_cut_texts(
    any_look: Look, qtbot: QtBot, window: QWidget, width: int, height: int
) -> None:
    window.resize(width, height)
    choices = [
        Choice(str(i), text) for i, text in enumerate(("Material missing", "Machine stands", "Quality question"))
    ]
    for dialog in (
        SignIn(any_look),
        ChoiceDialog(any_look, "Andon", choices, "Call", "Cancel", comment_label="More"),
    ):
        dialog.open_on(window)
        qtbot.waitUntil(dialog.isVisible)
        assert window.rect().contains(dialog.panel.geometry())
        cut = [b.caption() for b in dialog.findChildren(BigButton) if b.isVisible() and b.is_shortened()]
        assert cut == []
        dialog.dismiss()


def test_badge_then_pin(look: Look, qtbot: QtBot, window: QWidget) -> None:
    panel = SignIn(look)
    panel.open_on(window)
    sent: list[str] = []
    panel.pin_entered.connect(sent.append)
    QTest.keyClicks(panel.pin, "12")
    QTest.keyClick(panel.pin, Qt.Key.Key_Return)
    assert sent == []  # no badge yet
    panel.set_badge_person("Anna Keller")
    QTest.mouseClick(panel.keypad.button("1"), Qt.MouseButton.LeftButton)
    QTest.keyClicks(panel.pin, "2x34")
    QTest.keyClick(panel.pin, Qt.Key.Key_Return)
    assert sent == ["1234"]
    panel.set_checking("Checking…")
    QTest.keyClick(panel.pin, Qt.Key.Key_Return)
    assert sent == ["1234"]
    panel.show_refusal("PIN is not right.", "2 tries are left.")
    assert panel.pin.pin() == ""
    assert "PIN is not right." in panel.message.text()


def test_the_pin_is_never_shown_or_spoken(look: Look, qtbot: QtBot) -> None:
    panel = SignIn(look)
    qtbot.addWidget(panel)
    panel.set_badge_person("Anna Keller")
    QTest.keyClicks(panel.pin, "4711")
    spoken = panel.pin.accessibleName() + panel.pin.accessibleDescription()
    assert "4711" not in spoken


def test_name_and_password(look: Look, qtbot: QtBot, window: QWidget) -> None:
    panel = SignIn(look)
    panel.open_on(window)
    panel.switch_button.click()
    assert panel.uses_password
    assert panel.password.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClicks(panel.name, "keller")
    QTest.keyClick(panel.name, Qt.Key.Key_Return)
    QTest.keyClicks(panel.password, "secret")
    with qtbot.waitSignal(panel.password_entered) as entered:
        QTest.keyClick(panel.password, Qt.Key.Key_Return)
    assert entered.args == ["keller", "secret"]
    panel.show_refusal("Name or password is not right.")
    assert panel.password.text() == ""
