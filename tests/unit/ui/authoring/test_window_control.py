"""Document control in the editor's window: review, conflicts, versions, and what can be done without the server."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from station_app.domain.master import encode_item
from station_app.domain.media import Callout
from station_app.services.ports import SharedDatabaseError, Suggestion
from station_app.storage.instructions.drafts import DraftFolder
from station_app.ui.authoring.edits import change_step
from station_app.ui.authoring.places import PROPERTIES, TEXT
from tests.author_bench import PASSWORD, Begin, keep, opened
from tests.documents import Desk, order, work_master
from tests.fakes.documents import FakeDocuments, FakeDocumentServer


def test_without_the_server_drafts_are_written_and_its_verbs_say_so(begin: Begin, tmp_path: Path) -> None:
    class Away(FakeDocuments):
        def events(self, document_id: str = "") -> list[object]:  # type: ignore[override]  # it never answers
            raise SharedDatabaseError("no answer")

        def master(self) -> list[object]:  # type: ignore[override]  # it never answers
            raise SharedDatabaseError("no answer")

    keep(tmp_path)
    author = begin(Away(FakeDocumentServer()))
    assert "does not answer" in author.window.start.hint.text()
    author.key(Qt.Key.Key_Return)
    author.until(lambda: author.window.edit is not None)
    author.add_step("Press", "Press it.")
    author.ctrl(Qt.Key.Key_S)
    author.until(lambda: "Sign in first" in author.message())
    assert DraftFolder(tmp_path / "drafts").open("asm").work_master.steps[1].title == {"en": "Press"}


def test_somebody_elses_instruction_is_read_only_with_the_reason(begin: Begin, server: Desk) -> None:
    server.save("emil")
    author = begin(server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.click(author.window.start.open_button)
    author.until(lambda: author.window.edit is not None)
    assert "belongs to emil" in author.page.notice.text()
    author.ctrl(Qt.Key.Key_N)
    author.fill(author.page.panels[TEXT].title, "x")  # type: ignore[attr-defined]  # the panel of texts
    assert author.page.model.work_master == work_master()
    assert not author.page.add_button.isEnabled() and not author.page.tools.save.isVisible()


def test_a_draft_goes_through_review_and_nothing_with_a_fault_does(begin: Begin, server: Desk, tmp_path: Path) -> None:
    author = opened(begin, tmp_path, database=server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.page.show_part(PROPERTIES)
    author.add_check("Measure")
    author.key(Qt.Key.Key_F6)
    author.until(lambda: author.window.control.state is not None)
    author.press("submit")
    author.fill(author.dialog.fields[0], "better")
    author.click(author.dialog.confirm_button)
    author.until(lambda: "1 fault " in author.dialog.fault.text() or "faults" in author.dialog.fault.text())
    author.dialog.reject()
    assert server.number() == 1


def test_a_conflict_with_somebody_else_is_said_and_the_draft_stays(begin: Begin, server: Desk, tmp_path: Path) -> None:
    author = opened(begin, tmp_path, database=server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.ctrl(Qt.Key.Key_S)
    author.until(lambda: "Saved to the server" in author.message())
    server.save("eva", title="From another computer")
    author.add_step("Press", "Press it.")
    author.ctrl(Qt.Key.Key_S)
    author.until(lambda: "was changed meanwhile by" in author.message())
    assert "Your draft is kept here" in author.message() and "Give it another version" in author.message()
    assert DraftFolder(tmp_path / "drafts").open("asm").work_master.steps[1].title == {"en": "Press"}


def test_what_was_sent_back_is_changed_and_saved_again(begin: Begin, server: Desk, tmp_path: Path) -> None:
    author = opened(begin, tmp_path, database=server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.key(Qt.Key.Key_F6)
    author.until(lambda: author.window.control.state is not None)
    author.press("submit")
    author.fill(author.dialog.fields[0], "first")
    author.confirm()
    server.happen("sent_back", "quido", reason="step 1 is unclear")
    author.key(Qt.Key.Key_Escape)
    author.settled()
    author.until(lambda: author.window.start.chosen is not None and author.window.start.chosen.state == "draft")
    author.click(author.window.start.open_button)
    author.until(lambda: author.window.edit is not None)
    assert author.page.model.read_only == ""
    author.add_step("Press", "Press it.")
    author.ctrl(Qt.Key.Key_S)
    author.until(author.message)
    assert "Saved to the server" in author.message()


def test_versions_are_compared_and_use_and_suggestions_are_shown(begin: Begin, server: Desk) -> None:
    server.release("1")
    server.save("eva", "2", "Assembly, better")
    server.publish("order", "4711", encode_item(order()), "put")
    fake: FakeDocumentServer = server.database._server  # type: ignore[attr-defined]  # the stand-in's server
    said = Suggestion("s1", "asm", "1", "place", "A/B/C/D/E", "ola", 1_700_000_000_000_000, "Too dark", "place.svg",
                      0.5, 0.5, "", "GX40-1", "", "")  # fmt: skip
    fake.said.append(said)
    author = begin(server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.window.open_control("asm", "2")
    control = author.window.control
    author.until(lambda: control.comparison.changes)
    assert [change.field for change in control.comparison.changes] == ["title"]
    first = control.used.orders.topLevelItem(0)
    assert first is not None and first.text(0) == "4711"
    assert control.tabs.tabText(2) == "Suggestions (1)"
    control.show_suggestions()
    QTest.keyClicks(control.suggestions.answer, "We will add a lamp.")
    author.click(control.suggestions.answer_button)
    author.until(lambda: fake.said[0].answer == "We will add a lamp.")
    author.settled()
    author.click(control.suggestions.step_button)
    author.until(lambda: author.window.edit is not None)
    assert author.page.context.step == 0


def test_a_difference_is_shown_in_its_language_and_with_its_marks(begin: Begin, server: Desk) -> None:
    before = change_step(work_master("1"), 0, title={"en": "Place", "de": "Auflegen"})
    picture = before.steps[0].pictures[0]
    marked = msgspec.structs.replace(picture, callouts=(Callout("1", 0.5, 0.5, "Seat"),))
    after = change_step(before, 0, title={"en": "Place", "de": "Hinlegen"}, pictures=(marked,))
    server.save("eva", "1", content=before)
    server.save("eva", "2", content=msgspec.structs.replace(after, version="2"))
    author = begin(server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.window.open_control("asm", "2")
    view = author.window.control.comparison
    author.until(lambda: view.changes)
    assert [change.field for change in view.changes] == ["title (de)", "picture marks"]
    old, new = view.sides
    assert (old.heading.text(), new.heading.text()) == ("Old: Auflegen", "New: Hinlegen")
    marks = view.table.topLevelItem(1)
    assert marks is not None
    view.table.setCurrentItem(marks)
    author.until(lambda: new.picture.callouts)
    assert [callout.text for callout in new.picture.callouts] == ["Seat"]
    assert not old.picture.callouts and old.picture.has_picture


def test_what_cannot_be_done_is_grey_and_says_why(begin: Begin, server: Desk) -> None:
    server.save("emil")
    author = begin(server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.window.open_control("asm", "1")
    buttons = author.window.control.buttons
    author.until(lambda: author.window.control.state is not None)
    assert not any(button.isEnabled() for button in buttons.values())
    assert "belongs to emil" in buttons["submit"].toolTip()


def test_a_new_version_of_what_was_released_here_begins_at_once(begin: Begin, server: Desk, tmp_path: Path) -> None:
    author = opened(begin, tmp_path, database=server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.key(Qt.Key.Key_F6)
    author.until(lambda: author.window.control.state is not None)
    author.press("submit")
    author.fill(author.dialog.fields[0], "first")
    author.confirm()
    server.sign("quido")
    server.happen("released", "eva", policy="next unit")
    author.key(Qt.Key.Key_Escape)
    author.settled()
    author.until(lambda: author.window.start.chosen is not None and author.window.start.chosen.state == "released")
    author.click(author.window.start.version_button)
    assert author.dialog.fields[0].text() == "2"
    author.confirm()
    author.until(lambda: author.window.edit is not None)
    found = author.page.model.work_master
    assert (found.version, found.owner, author.page.model.read_only) == ("2", "eva", "")
    assert [entry.version for entry in DraftFolder(tmp_path / "drafts").entries()] == ["2"]


def test_signing_in_while_writing_keeps_what_can_be_undone(begin: Begin, server: Desk, tmp_path: Path) -> None:
    author = opened(begin, tmp_path, database=server.database)
    author.add_step("Press", "Press it.")
    page = author.page
    author.sign_in("Eva Engineer", PASSWORD)
    assert author.page is page and page.model.undo_label == "Typing"
    author.click(author.window.sign_button)
    author.sign_in("Ola Operator", PASSWORD)
    author.until(lambda: "Only process engineers" in author.page.notice.text())
