"""One stack of commands over an immutable work master."""

from __future__ import annotations

from station_app.ui.authoring import edits
from station_app.ui.authoring.model import EditModel
from station_app.ui.authoring.places import Place
from tests.documents import work_master


def typed(model: EditModel, text: str) -> None:
    model.apply("Typing", edits.set_text(model.work_master, 0, "text", "en", text), Place(0, "text"), "0.text.en")


def test_every_edit_can_be_undone_and_done_again() -> None:
    begun = work_master()
    model = EditModel(begun)
    model.apply("Add step", edits.add_step(begun, 1, "Press"), Place(1))
    model.apply("Delete step", edits.delete_step(model.work_master, 0), Place(0))
    assert [step.id for step in model.work_master.steps] == ["press"]
    assert (model.undo_label, model.redo_label) == ("Delete step", "")
    assert model.undo() and model.undo() and not model.undo()
    assert model.work_master == begun
    assert model.redo() and model.place == Place(1) and model.redo() and not model.redo()
    assert [step.id for step in model.work_master.steps] == ["press"]


def test_typing_in_one_field_is_one_command_until_it_is_sealed() -> None:
    model = EditModel(work_master())
    for text in ("P", "Pr", "Press"):
        typed(model, text)
    model.seal()
    typed(model, "Press it")
    model.undo()
    assert model.work_master.steps[0].text["en"] == "Press"
    model.undo()
    assert model.work_master.steps[0].text["en"] == "Place it."
    assert model.undo_label == ""


def test_an_edit_after_undo_forgets_what_was_undone_and_listeners_hear_all() -> None:
    model, heard = EditModel(work_master()), []
    model.changed.subscribe(lambda: heard.append(model.work_master.steps[0].text["en"]))
    typed(model, "a")
    model.undo()
    typed(model, "b")
    assert not model.redo() and heard == ["a", "Place it.", "b"]


def test_what_changes_nothing_and_what_is_read_only_is_no_command() -> None:
    model = EditModel(work_master())
    typed(model, "Place it.")
    assert model.undo_label == ""
    locked = EditModel(work_master(), "It belongs to Eva.")
    typed(locked, "x")
    assert locked.work_master == work_master() and locked.undo_label == ""
