"""The editor's window, driven by mouse and keys: what is typed is kept, taken back, checked and shown as at the station."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from station_app.domain.checks import MeasureCheck
from station_app.storage.instructions.checks import CHECK_TYPES
from station_app.storage.instructions.drafts import DraftFolder
from station_app.ui.authoring.check_forms import FORMS
from station_app.ui.authoring.places import CHECKS, MEDIA, PROPERTIES, TEXT
from tests.author_bench import PASSWORD, Author, Begin, keep, opened
from tests.documents import Desk, work_master

# parts of other widgets, which have the names
NAMELESS = ("QScrollArea", "QTabBar", "QSplitterHandle")
PHOTO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><path d="M0 0h400v300H0z"/></svg>'


# --- writing ---------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_and_there_again_after_closing(begin: Begin) -> None:
    author = begin()
    author.begin("Pump cover", "PX-1")
    author.add_step("Place", "Place the cover.")
    author.close()
    again = begin()
    again.key(Qt.Key.Key_Return)
    again.until(lambda: again.window.edit is not None)
    found = again.page.model.work_master
    assert (found.id, found.product, found.steps[0].id) == ("pump-cover", "PX-1", "new-step")
    assert (found.steps[0].title, found.steps[0].text) == ({"en": "Place"}, {"en": "Place the cover."})


def test_undo_and_redo_by_keys_also_while_a_field_has_the_keys(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.add_step("Press", "Press it.")
    author.ctrl(Qt.Key.Key_Z)
    author.ctrl(Qt.Key.Key_Z)
    assert author.page.model.work_master.steps[1].title == {"en": "New step"}
    author.ctrl(Qt.Key.Key_Z)
    assert author.page.model.work_master == work_master()
    for _ in range(3):
        author.ctrl(Qt.Key.Key_Y)
    assert author.page.model.work_master.steps[1].text == {"en": "Press it."}


def test_steps_by_keys(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path, steps=3)

    def ids() -> list[str]:
        return [step.id for step in author.page.model.work_master.steps]

    author.ctrl(Qt.Key.Key_0)
    author.page.list.choose(1)
    author.page.show_step(0)
    author.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert ids() == ["step-2", "place", "step-3"] and author.page.context.step == 1
    author.ctrl(Qt.Key.Key_D)
    assert ids() == ["step-2", "place", "place-2", "step-3"]
    author.key(Qt.Key.Key_Delete)
    assert ids() == ["step-2", "place", "step-3"]
    author.page.list.moved.emit(3, 1)
    assert ids() == ["step-3", "step-2", "place"]


def test_the_faults_lead_to_their_place_and_go_when_mended(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.add_check("Measure")
    author.checked()
    title = author.page.model.work_master.steps[0].checks[1].title
    assert any(f"“Place”, “{title}” · limits: has neither lower nor upper" in fault for fault in author.faults())
    author.page.show_step(None)
    author.key(Qt.Key.Key_F8)
    assert author.page.part == CHECKS and author.checks.check == author.page.model.work_master.steps[0].checks[1]
    author.fill(author.check_field("limits.unit"), "mm")
    author.fill(author.check_field("limits.lower"), "0.05")
    author.checked()
    assert author.faults() == [] and "No faults" in author.page.fault_list.heading.text()


# --- forms -----------------------------------------------------------------------------------------------------------


def test_every_kind_of_check_by_its_form(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    for tag in CHECK_TYPES:
        author.add_check(FORMS[tag].title)
        author.fill(author.check_field("title"), "Look at it")
        author.page.preview.draw()
    found = [(c.__struct_config__.tag, c.title) for c in author.page.model.work_master.steps[0].checks[1:]]
    assert found == [(tag, "Look at it") for tag in CHECK_TYPES]


def test_a_wrong_value_is_said_while_typing_and_does_not_reach_the_draft(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.add_check("Measure")
    lower = author.check_field("limits.lower")
    author.fill(lower, "1.5")
    author.fill(lower, "1,5")
    assert "comma" in lower.fault.text() and lower.text() == "1,5"
    check = author.page.model.work_master.steps[0].checks[1]
    assert isinstance(check, MeasureCheck) and str(check.limits.lower) == "1"
    author.fill(lower, "2.50")
    author.fill(author.check_field("limits.upper"), "2.00")
    assert "swapped" in lower.fault.text()


def test_a_text_that_was_refused_is_there_again_with_its_reason(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.add_check("Measure")
    author.fill(author.check_field("limits.lower"), "abc")
    author.fill(author.check_field("id"), "Play!")
    author.page.show_part(PROPERTIES)
    author.fill(author.page.panels[PROPERTIES].fields["takt_s"], "1 min")  # type: ignore[attr-defined]  # properties
    author.checked()
    assert len([fault for fault in author.faults() if "was typed and is not taken" in fault]) == 3
    author.key(Qt.Key.Key_F5)
    assert author.window.trying is None and "with faults" in author.message()
    author.close()
    again = begin()
    again.key(Qt.Key.Key_Return)
    again.until(lambda: again.window.edit is not None)
    again.page.show_part(CHECKS)
    again.checks._choose(1)
    for path, text, reason in (("limits.lower", "abc", "Not a number"), ("id", "Play!", "small letters")):
        assert again.check_field(path).text() == text and reason in again.check_field(path).fault.text()
    again.fill(again.check_field("id"), "play")
    assert again.check_field("limits.lower").text() == "abc"
    again.fill(again.check_field("limits.lower"), "0.1")
    again.page.show_part(PROPERTIES)
    takt = again.page.panels[PROPERTIES].fields["takt_s"]  # type: ignore[attr-defined]  # properties
    assert takt.text() == "1 min"
    again.fill(takt, "60")
    again.checked()
    assert not any("not taken" in fault for fault in again.faults())
    assert DraftFolder(tmp_path / "drafts").open("asm").refused == ()


def test_undo_takes_a_refused_text_away_with_the_value_below_it(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.add_check("Measure")
    lower = author.check_field("limits.lower")
    author.fill(lower, "1.5")
    author.fill(lower, "1,5")
    author.page.undo()
    assert lower.text() == "" and "comma" not in lower.fault.text() and not author.page.context.refusals.kept


def test_the_rows_of_a_choice(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.add_check("Choice")
    assert author.checks.form is not None and author.checks.form.rows is not None
    rows = author.checks.form.rows
    author.click(rows.add_button)
    rows.table.item(2, 1).setText("Burrs")  # type: ignore[union-attr]  # the row is there
    assert [option[:2] for option in rows.rows()] == [["good", "Good"], ["bad", "Bad"], ["answer", "Burrs"]]
    rows.table.setCurrentCell(0, 0)
    rows.move_row(1)
    rows.remove_row()
    check = author.page.model.work_master.steps[0].checks[1]
    assert [option.id for option in check.options] == ["bad", "answer"]  # type: ignore[union-attr]  # a choice


def test_a_language_more_with_its_texts(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.page.languages.setCurrentIndex(1)
    author.fill(author.dialog.fields[0], "de")
    author.click(author.dialog.confirm_button)
    author.until(lambda: author.page.context.language == "de")
    author.fill(author.page.panels[TEXT].title, "Ablegen")  # type: ignore[attr-defined]  # the panel of texts
    author.page.show_part(CHECKS)
    author.fill(author.check_field("title"), "Abgelegt")
    step = author.page.model.work_master.steps[0]
    assert step.title == {"en": "Place", "de": "Ablegen"} and step.checks[0].title_in("de") == "Abgelegt"
    assert step.checks[0].title == "Placed"


def ask_number(author: Author, document_id: str, version: str) -> None:
    """Type another id and version into the dialog of the instruction as a whole, and press Change."""
    author.page.show_step(None)
    author.click(author.page.whole.panel.number_button)  # type: ignore[attr-defined]  # the form of the whole
    for field, text in zip(author.dialog.fields, (document_id, version), strict=True):
        author.fill(field, text)
    author.click(author.dialog.confirm_button)


def test_a_draft_gets_another_id_and_version_and_keeps_what_was_typed(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.add_check("Measure")
    author.fill(author.check_field("limits.lower"), "abc")
    ask_number(author, "pump-cover", "1.2")
    author.until(lambda: author.page.model.work_master.id == "pump-cover")
    author.checked()
    assert author.page.model.work_master.version == "1.2" and len(author.page.model.work_master.steps[0].checks) == 2
    assert any("“abc”" in fault for fault in author.faults())
    folder = tmp_path / "drafts"
    assert [entry.document_id for entry in DraftFolder(folder).entries()] == ["pump-cover"]
    assert not (folder / "asm").exists()
    assert 'id = "pump-cover"' in (folder / "pump-cover" / "work_master.toml").read_text(encoding="utf-8")


def test_a_number_that_exists_is_refused_and_nothing_moves(begin: Begin, server: Desk, tmp_path: Path) -> None:
    server.release("1")
    DraftFolder(tmp_path / "drafts").keep(work_master("1", document_id="other", drawing=False), None)
    keep(tmp_path, version="2")
    author = begin(server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    author.until(lambda: len(author.window.start.rows) == 3)
    author.window.open_listed(next(row for row in author.window.start.rows if row.version == "2"))
    author.until(lambda: author.window.edit is not None)
    ask_number(author, "asm", "1")
    assert "Version 1 exists already" in author.dialog.fault.text()
    for text, reason in (("2", "as they were"), ("a b", "Letters, digits")):
        author.fill(author.dialog.fields[1], text)
        author.click(author.dialog.confirm_button)
        assert reason in author.dialog.fault.text()
    author.fill(author.dialog.fields[0], "other")
    author.fill(author.dialog.fields[1], "3")
    author.click(author.dialog.confirm_button)
    author.until(lambda: "already. Choose another id" in author.dialog.fault.text())
    author.dialog.reject()
    author.settled()
    assert author.page.model.work_master.version == "2"
    assert {entry.document_id for entry in DraftFolder(tmp_path / "drafts").entries()} == {"asm", "other"}


# --- pictures --------------------------------------------------------------------------------------------------------


def test_pictures_are_dragged_in_and_a_bad_one_is_refused_with_its_reason(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    good, bad = tmp_path / "seat.svg", tmp_path / "bad.png"
    good.write_bytes(PHOTO)
    bad.write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    author.page.show_part(MEDIA)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(good)), QUrl.fromLocalFile(str(bad))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    author.media.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))
    author.settled()
    pictures = author.page.model.work_master.steps[0].pictures
    assert [picture.file for picture in pictures] == ["place.svg", "seat.svg"]
    assert "bad.png was not taken: the PNG picture is cut off" in author.message()


def drop(widget: QWidget, *files: Path) -> None:
    """Drag files over a widget and let go, as the system delivers it."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    copy, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QDragEnterEvent(QPoint(5, 5), copy, mime, buttons, keys))
    QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), copy, mime, buttons, keys))


def test_a_file_may_be_dropped_anywhere_and_becomes_a_picture_of_the_step_it_was_dropped_on(
    begin: Begin, tmp_path: Path
) -> None:
    author = opened(begin, tmp_path, steps=2)
    photo = tmp_path / "seat.svg"
    photo.write_bytes(PHOTO)
    author.page.show_part(TEXT)
    drop(author.page.panels[TEXT].text.viewport(), photo)  # type: ignore[attr-defined]  # the panel of texts
    author.page.steps.move(0, 1)
    author.settled()
    named = {step.id: step for step in author.page.model.work_master.steps}
    assert [picture.file for picture in named["place"].pictures] == ["place.svg", "seat.svg"]
    assert [picture.file for picture in named["step-2"].pictures] == []
    assert author.page.part == MEDIA and named["place"].text["en"] == "Place it."
    author.ctrl(Qt.Key.Key_Z)
    author.ctrl(Qt.Key.Key_Z)
    assert [len(step.pictures) for step in author.page.model.work_master.steps] == [1, 0]
    author.page.steps.delete(0)
    author.page.steps.delete(0)
    drop(author.page, photo)
    author.until(lambda: "add a step first" in author.message())


def test_callouts_and_regions_are_drawn_moved_and_removed(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.page.show_part(MEDIA)
    canvas = author.media.canvas
    author.until(lambda: canvas.has_picture)

    def at(x: float, y: float) -> QPointF:
        rect = canvas.picture_rect()
        return QPointF(rect.left() + x * rect.width(), rect.top() + y * rect.height())

    author.click(author.media.callout_button)
    author.drag(canvas, at(0.25, 0.5), at(0.75, 0.25))
    author.fill(author.media.marks.text, "Seat")
    callout = author.page.model.work_master.steps[0].pictures[0].callouts[0]
    assert (callout.label, callout.text) == ("1", "Seat")
    assert callout.x == pytest.approx(0.25, abs=0.01) and callout.label_y == pytest.approx(0.25, abs=0.01)
    author.drag(canvas, at(0.75, 0.25), at(0.6, 0.4))
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    moved = author.page.model.work_master.steps[0].pictures[0].callouts[0]
    assert moved.label_x == pytest.approx(0.6, abs=0.02) and moved.x == pytest.approx(callout.x + 0.005)
    author.click(author.media.region_button)
    author.drag(canvas, at(0.1, 0.7), at(0.3, 0.9))
    region = author.page.model.work_master.steps[0].pictures[0].regions[0]
    assert region.width == pytest.approx(0.2, abs=0.01)
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert not author.page.model.work_master.steps[0].pictures[0].regions
    author.ctrl(Qt.Key.Key_Z)
    assert author.page.model.work_master.steps[0].pictures[0].regions == (region,)


def test_marks_without_a_mouse(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.page.show_part(MEDIA)
    author.until(lambda: author.media.canvas.has_picture)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    author.key(Qt.Key.Key_C, both)
    author.key(Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    callout = author.page.model.work_master.steps[0].pictures[0].callouts[0]
    assert (callout.x, callout.label_x) == (0.5, 0.65)


# --- a full disk ------------------------------------------------------------------------------------------------------


def test_a_disk_that_takes_nothing_is_said_and_closing_does_not_lose_the_draft(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = opened(begin, tmp_path)

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("station_app.storage.instructions.drafts._write", full)
    author.add_step("Press", "Press it.")
    author.until(lambda: "No space left on device" in author.message())
    author.window.close()
    assert author.window.isVisible() and author.dialog.accessibleName() == "Close and lose it"
    author.dialog.reject()
    monkeypatch.undo()
    author.add_step("Again", "Again.")
    author.settled()
    assert len(DraftFolder(tmp_path / "drafts").open("asm").work_master.steps) == 3


# --- the preview and the try-out -------------------------------------------------------------------------------------


def test_the_preview_is_the_stations_own_view(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    preview = author.page.preview
    author.until(lambda: preview.view is not None)
    assert preview.view is not None and preview.view.instruction.heading() == "1  Place"
    author.add_step("Press", "Press **hard**.")
    with author.qtbot.waitSignal(preview.drawn):
        pass
    assert preview.view.instruction.body_text() == "Press hard."
    assert preview.view.instruction.heading() == "2  Press"


def test_a_try_out_runs_on_the_work_page_and_leaves_nothing(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    author.checked()
    author.key(Qt.Key.Key_F5)
    assert author.window.trying is not None
    trying = author.window.trying
    assert trying.banner.text() == "Try-out: nothing is recorded"
    services = trying.station.services
    author.until(lambda: services.execution.job is not None and services.execution.job.current is not None)
    folder = services.identity.folder.parent
    trying.station.page.press()  # type: ignore[attr-defined]  # the work page's big button
    author.until(lambda: services.execution.job is not None and services.execution.job.outcome is not None)
    trying.close()
    author.until(lambda: author.window.trying is None)
    assert not folder.exists()


def test_every_control_has_a_name_for_screen_readers(begin: Begin, tmp_path: Path) -> None:
    author = opened(begin, tmp_path)
    for part in (TEXT, MEDIA, CHECKS, PROPERTIES):
        author.page.show_part(part)
        widgets: list[QWidget] = author.page.findChildren(QWidget)
        unnamed = [
            widget
            for widget in widgets
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and not widget.accessibleName()
        ]
        assert [w for w in unnamed if type(w).__name__ not in NAMELESS] == []
