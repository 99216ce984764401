"""The window of inspection plans, by mouse and keys: written, signed by another person, released, compared, withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.inspection.plan import Classification, decode_plan
from station_app.domain.master import Person, encode_item
from station_app.services.plan_drafting import COLUMNS
from station_app.services.secrets import hash_password
from station_app.ui.authoring.dialogs import FormDialog, SignInDialog
from station_app.ui.plan_authoring.plan_window import PlanWindow
from tests.author_bench import PASSWORD, WAIT_MS, Author
from tests.documents import DRAWING, Desk, plan
from tests.fakes.documents import FakeDocuments, FakeDocumentServer

TALL = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">'
    b'<path d="M20 20h360v260H20z" fill="none" stroke="#2F4B6E"/></svg>'
)


class Planner:
    """Sits before the window of plans."""

    def __init__(self, qtbot: QtBot, author: Author) -> None:
        self.qtbot, self.author = qtbot, author
        self.window: PlanWindow = author.program.plans
        button = next(b for b in author.window.findChildren(QWidget) if b.accessibleName() == "Inspection plans…")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.until(self.window.isVisible)
        self.settled()

    def until(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def settled(self) -> None:
        self.until(lambda: not self.window.errands.waiting)

    def press(self, name: str) -> None:
        buttons = {**self.window.buttons, **self.window.deeds.buttons}
        assert buttons[name].isEnabled(), buttons[name].toolTip()
        QTest.mouseClick(buttons[name], Qt.MouseButton.LeftButton)

    def type(self, row: int, name: str, text: str) -> None:
        """Into a cell, as a person does: keys, or a word of a list."""
        table = self.window.page.table
        table.setFocus()
        table.setCurrentCell(row, COLUMNS.index(name))
        QTest.keyClick(table, Qt.Key.Key_F2)
        editors = [w for w in (*table.findChildren(QComboBox), *table.findChildren(QLineEdit)) if w.isVisible()]
        editor = editors[0]
        if isinstance(editor, QComboBox):
            editor.setCurrentText(text)
        elif isinstance(editor, QLineEdit):
            editor.selectAll()
            QTest.keyClicks(editor, text)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        self.until(lambda: table.rows()[row][name] == text)

    def head(self, name: str, text: str) -> None:
        field = self.window.page.fields[name].control
        assert isinstance(field, QLineEdit) and field.isEnabled()
        field.selectAll()
        QTest.keyClicks(field, text)

    def open_dialogs(self) -> list[FormDialog]:
        return [dialog for dialog in self.window.findChildren(FormDialog) if dialog.isVisible()]

    def dialog(self) -> FormDialog:
        self.until(self.open_dialogs)
        return self.open_dialogs()[0]

    def reason(self, text: str) -> None:
        QTest.keyClicks(self.dialog().fields[0].control, text)

    def confirm(self) -> None:
        QTest.mouseClick(self.dialog().confirm_button, Qt.MouseButton.LeftButton)
        self.until(lambda: not self.open_dialogs())
        self.settled()

    def sign_in(self, name: str) -> None:
        if self.window.bar.who.text() != "Nobody is signed in":
            self.window.bar.sign_in_or_out()
        self.window.bar.sign_in_or_out()
        self.enter(name)

    def enter(self, name: str, secret: str = PASSWORD) -> None:
        dialog = self.dialog()
        assert isinstance(dialog, SignInDialog)
        for entry, text in ((dialog.name.entry, name), (dialog.secret.entry, secret)):
            entry.clear()
            QTest.keyClicks(entry, text)
        QTest.mouseClick(dialog.confirm_button, Qt.MouseButton.LeftButton)
        self.until(lambda: not self.open_dialogs() or self.open_dialogs()[0].fault.isVisible())
        self.settled()

    @property
    def heading(self) -> str:
        return self.window.heading.text()

    def faults(self) -> list[str]:
        faults = self.window.page.faults
        items = [faults.item(n) for n in range(faults.count())]
        return [item.text() for item in items]

    def listed(self) -> list[str]:
        found = []
        for number in range(self.window.list.topLevelItemCount()):
            item = self.window.list.topLevelItem(number)
            assert item is not None
            found.append(" ".join(item.text(column) for column in range(3)))
        return found


@pytest.fixture
def server() -> FakeDocumentServer:
    server = FakeDocumentServer()
    Desk(FakeDocuments(server), server.publish).staff(hash_password(PASSWORD))
    return server


@pytest.fixture
def planner(qtbot: QtBot, tmp_path: Path, server: FakeDocumentServer) -> Iterator[Planner]:
    author = Author(qtbot, tmp_path / "drafts", FakeDocuments(server))
    planner = Planner(qtbot, author)
    yield planner
    planner.window.page.changed = False
    planner.window.close()
    author.close()


def test_a_plan_from_an_empty_table_to_the_stations(
    planner: Planner, server: FakeDocumentServer, tmp_path: Path
) -> None:
    window = planner.window
    planner.sign_in("quido")
    planner.press("new")
    assert any("has neither characteristics" in fault for fault in planner.faults())
    for name, text in (("id", "cover"), ("product", "GX-40"), ("operation", "assembly"), ("title", "Cover")):
        planner.head(name, text)
    window.page.add_row()
    for name, text in (
        ("id", "bore"), ("title", "Bore"), ("unit", "mm"), ("lower", "20.000"), ("upper", "20,013"),
        ("classification", "critical"), ("decimals", "3"), ("sampling", "nth 5"), ("reaction", "Measure again."),
    ):  # fmt: skip
        planner.type(0, name, text)
    assert planner.faults() == ["◆ Row 1, upper: has a comma. Allowed: 20.013, with a point"]
    assert not window.buttons["save"].isEnabled(), "nothing that is wrong is saved"
    planner.type(0, "upper", "20.013")
    assert planner.faults() == []
    drawing = tmp_path / "cover.svg"
    drawing.write_bytes(TALL)
    window.page.add_picture(*window._forms.take_picture(drawing))
    planner.until(lambda: window.page.picture.fraction_at(window.page.picture.rect().center().toPointF()) is not None)
    QTest.mouseClick(window.page.picture, Qt.MouseButton.LeftButton, pos=window.page.picture.rect().center())
    planner.until(lambda: window.page.table.rows()[0]["place"].startswith("cover.svg 0."))
    planner.press("save")
    planner.until(lambda: planner.heading == "cover 1 · draft")
    planner.until(lambda: planner.listed() == ["cover 1 ✎ draft"])
    planner.press("submit")
    planner.reason("first")
    planner.confirm()
    planner.until(lambda: planner.heading == "cover 1 · in review · missing: quality engineer")
    assert not window.page.editable
    planner.press("sign")
    planner.enter("quido")
    assert "Who wrote a version does not approve it" in planner.dialog().fault.text()
    planner.dialog().reject()
    paula = Person(id="paula", name="Paula", roles=("quality_engineer",), password_hash=hash_password(PASSWORD))
    server.publish("person", "paula", encode_item(paula))
    window._authoring.refresh()
    planner.press("sign")
    planner.enter("paula")
    planner.until(lambda: planner.heading == "cover 1 · approved")
    planner.press("release")
    planner.confirm()
    planner.until(lambda: planner.heading == "cover 1 · released")
    change = server.master()["plan", "cover@1"]
    released = decode_plan(change.body, change.sha256)
    (bore,) = released.characteristics
    assert (bore.limits.text(), bore.classification, bore.sampling.every) == (
        "20.000 to 20.013 mm",
        Classification.CRITICAL,
        5,
    )
    assert bore.place is not None and bore.place.file == "cover.svg"
    assert ("release", "plan:cover@1") in server.master()


def test_a_new_version_is_compared_with_the_one_before_and_withdrawn(
    planner: Planner, server: FakeDocumentServer
) -> None:
    window = planner.window
    desk = Desk(FakeDocuments(server), server.publish)
    desk.release("1", document_id="plan:asm")
    planner.sign_in("eva")
    window.refresh()
    planner.until(lambda: planner.listed() == ["asm 1 ● released"])
    window.open_listed(window.list.listed[0])
    planner.until(lambda: planner.heading == "asm 1 · released")
    planner.press("version")
    assert window.page.fields["version"].text() == "2"
    planner.type(0, "upper", "20.010")
    window.activateWindow()
    planner.until(window.isActiveWindow)
    QTest.keyClick(window.page.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    planner.until(lambda: planner.heading == "asm 2 · draft")
    window.tabs.setCurrentWidget(window.compared)
    planner.until(lambda: window.compared.table.topLevelItemCount() == 1)
    items = [window.compared.table.topLevelItem(n) for n in range(1)]
    told = [[item.text(column) for column in range(5)] for item in items if item is not None]
    assert ["changed", "bore", "limits", "20.000 to 20.013 mm", "20.000 to 20.010 mm"] in told
    window.open_listed(next(each for each in window.list.listed if each.version == "1"))
    planner.until(lambda: planner.heading == "asm 1 · released")
    planner.press("withdraw")
    planner.reason("wrong datum")
    planner.confirm()
    planner.until(lambda: planner.heading == "asm 1 · withdrawn")
    newest = window.history.item(0)
    assert "wrong datum" in newest.text()


def test_what_is_not_saved_is_not_lost_without_a_question(planner: Planner, tmp_path: Path) -> None:
    window = planner.window
    planner.press("new")
    planner.head("title", "Cover")
    window.close()
    assert window.isVisible()
    dialog = planner.dialog()
    QTest.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert window.page.fields["title"].text() == "Cover"
    window.close()
    planner.confirm()
    planner.until(lambda: not window.isVisible())


def test_a_file_is_opened_as_a_draft_and_a_wrong_one_says_why(planner: Planner, tmp_path: Path) -> None:
    window = planner.window
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "place.svg").write_bytes(DRAWING)
    file = tmp_path / "plan.toml"
    file.write_text(_text(), encoding="utf-8")
    window.take_file(file)
    planner.until(lambda: planner.heading.startswith("asm 1"))
    assert window.page.editable and window.page.plan == plan()
    exported = tmp_path / "asm.inspectionplan"
    window._forms.export_file(exported, plan(), window.page.media)
    assert window._forms.open_file(exported)[0] == plan()
    file.write_text(_text().replace("upper = 20.013", "upper = 1"), encoding="utf-8")
    window.page.changed = False
    window.take_file(file)
    planner.until(lambda: "Nothing was opened" in window.bar.message.text())


def _text() -> str:
    from station_app.storage.plan_files import plan_text

    return plan_text(plan())
