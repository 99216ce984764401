"""Names that are offered while typing: of stations, of the master data, and of what other instructions use."""

from __future__ import annotations

from pathlib import Path

from station_app.domain.checks import (
    ChoiceCheck,
    MachineValueCheck,
    MeasureCheck,
    Option,
    PhotoCheck,
    ScanCheck,
    TighteningCheck,
    ToolCheck,
)
from station_app.domain.master import Reasons, Tool, encode_item
from station_app.domain.outcome import Limits
from station_app.storage.instructions.drafts import DraftFolder
from station_app.ui.authoring.edits import change_step, replace
from station_app.ui.authoring.names import KnownNames, NameBook, names_in
from tests.author_bench import PASSWORD, Author, Begin, keep
from tests.documents import Desk, work_master
from widgets.editor_fields import LineField

OTHER = change_step(
    work_master("1", document_id="other", drawing=False),
    0,
    tags=("oven.temperature",),
    qualification="esd",
    checks=(
        ScanCheck(id="a", title="A", material="SEAL-1"),
        ToolCheck(id="b", title="B", tool_class="torque driver"),
        MeasureCheck(id="c", title="C", characteristic="c", limits=Limits(), gauge_class="caliper", tag="gauge.length"),
        MachineValueCheck(id="d", title="D", characteristic="d", tag="press.force", cycle_tag="press.cycles", limits=Limits()),
        TighteningCheck(id="e", title="E", characteristic="e", torque=Limits(), torque_tag="driver.torque"),
        PhotoCheck(id="f", title="F", camera="bench", view="top"),
        ChoiceCheck(id="g", title="G", options=(Option(id="x", text="X", passes=False, reasons="burrs"),)),
    ),
)  # fmt: skip


def test_an_instruction_tells_all_names_it_uses() -> None:
    found = names_in(OTHER)
    assert found.of("tags") == ["driver.torque", "gauge.length", "oven.temperature", "press.cycles", "press.force"]
    assert (found.of("materials"), found.of("cameras"), found.of("views")) == (["SEAL-1"], ["bench"], ["top"])
    assert (found.of("tool_classes"), found.of("reasons")) == (["caliper", "torque driver"], ["burrs"])
    assert (found.of("qualifications"), found.of("products"), found.of("")) == (["esd"], ["GX-40"], [])


def test_a_source_replaces_what_it_told_before_and_nothing_else() -> None:
    book = NameBook(KnownNames(tags=frozenset({"a"})))
    for names in ("b", "c"):
        book.learn("draft", KnownNames(tags=frozenset({names})))
    assert book.known.of("tags") == ["a", "c"]


def offered(author: Author, path: str) -> list[str]:
    field = author.check_field(path)
    assert isinstance(field, LineField)
    return field._suggestions.stringList()


def test_forms_offer_what_other_drafts_and_the_server_use(begin: Begin, server: Desk, tmp_path: Path) -> None:
    DraftFolder(tmp_path / "drafts").keep(OTHER, None)
    keep(tmp_path, version="2")
    for item in (
        Tool(id="T-1", title="T", sort="gauge", tool_class="bore gauge"),
        Reasons(id="scratches", reasons=("deep",)),
    ):
        server.publish(item.kind, item.id, encode_item(item), "put")
    server.save("eva", "1")
    author = begin(server.database)
    author.sign_in("Eva Engineer", PASSWORD)
    row = next(row for row in author.window.start.rows if row.version == "2")
    author.window.open_listed(row)
    author.until(lambda: author.window.edit is not None)
    author.settled()
    author.add_check("Measure")
    assert offered(author, "gauge_class") == ["bore gauge", "caliper", "torque driver"]
    assert "press.force" in offered(author, "tag")
    author.add_check("Photo")
    assert (offered(author, "camera"), offered(author, "view")) == (["bench"], ["top"])
    author.add_check("Choice")
    form = author.checks.form
    assert form is not None and form.rows is not None
    assert form.rows._columns[3].suggests == ("burrs", "scratches")


def test_a_draft_that_is_damaged_tells_nothing_and_stops_nobody(begin: Begin, tmp_path: Path) -> None:
    keep(tmp_path)
    DraftFolder(tmp_path / "drafts").keep(replace(OTHER, id="good"), None)
    damaged = tmp_path / "drafts" / "bad"
    damaged.mkdir()
    (damaged / ".draft.json").write_bytes(b"{")
    author = begin()
    assert author.window.desk.names.known.of("cameras") == ["bench"]
