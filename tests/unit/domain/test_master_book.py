"""All master data as one value: look-ups, people, and documents that cannot be used."""

from __future__ import annotations

import hashlib

import pytest

from station_app.domain.master import (
    WORK_MASTER,
    JobOrder,
    MasterItem,
    Material,
    Operation,
    Person,
    Reasons,
    encode_item,
    work_master_key,
)
from station_app.domain.master_book import Document, read_book
from station_app.domain.work_master import Step, WorkMaster, WorkMasterError, content_sha256, encode_work_master

ORDER = JobOrder(
    id="4711", product="GX-40", product_title="Reducer", quantity=2, serials=("U-1", "U-2"),
    operations=(
        Operation(id="asm", title="Assembly", stations=("A", "B"), work_master_id="m", work_master_version="A"),
        Operation(id="run", title="Test run", stations=("C",), work_master_id="m", work_master_version="A"),
    ),
)  # fmt: skip
MASTER = WorkMaster(
    id="m", version="A", title="M", product="GX-40", operation="asm",
    steps=(Step(id="s", title={"en": "S"}, text={"en": "Do."}),),
)  # fmt: skip


def document(item: MasterItem) -> Document:
    body = encode_item(item)
    return Document(item.kind, item.id, body, content_sha256(body))


def master(work_master: WorkMaster, sha256: str = "") -> Document:
    body = encode_work_master(work_master)
    return Document(WORK_MASTER, work_master_key(work_master), body, sha256 or content_sha256(body))


def test_everything_is_found_by_what_is_scanned() -> None:
    book = read_book(
        [
            document(ORDER),
            document(Material(id="h", title="H", tracked="serial", serials=("H-1",))),
            document(Material(id="b", title="B", lots={"L-1": 3.0})),
            document(Reasons(id="andon", reasons=("Safety",))),
            master(MASTER),
        ]
    )
    assert book.faults == ()
    assert book.order_of_serial["U-2"] == ORDER
    assert (book.material_of_serial["H-1"].id, book.material_of_lot["L-1"].id) == ("h", "b")
    assert book.reasons["andon"] == ("Safety",)
    assert book.open_work_master("m", "A") == (MASTER, content_sha256(encode_work_master(MASTER)))


def test_documents_that_cannot_be_used_are_named_and_the_others_stand() -> None:
    book = read_book(
        [
            document(ORDER),
            Document("order", "4712", b'{"id": 7}', ""),
            Document("order", "4713", b"\xff\x00", ""),
            Document("recipe", "r-1", b"{}", ""),
        ]
    )
    assert list(book.orders) == ["4711"]
    assert len(book.faults) == 3
    for fault, name in zip(sorted(book.faults), ("4712", "4713", "recipe r-1"), strict=True):
        assert fault.startswith(name)


def test_an_instruction_is_opened_only_when_its_content_matches() -> None:
    with pytest.raises(WorkMasterError, match="instruction m version A: the content does not match its hash"):
        read_book([master(MASTER, "00" * 32)]).open_work_master("m", "A")
    book = read_book([master(MASTER)])
    for wanted in (("m", "B"), ("n", "A")):
        with pytest.raises(WorkMasterError, match="is not at this station yet"):
            book.open_work_master(*wanted)


def test_people_by_badge_and_name() -> None:
    sha256 = hashlib.sha256(b"secret").hexdigest()
    anna = Person(id="anna.keller", name="Anna Keller", roles=("operator",), badge_sha256=sha256)
    gone = Person(id="gone", name="Gone", roles=(), badge_sha256=hashlib.sha256(b"old").hexdigest(), active=False)
    book = read_book([document(anna), document(gone)])
    assert book.person_with_badge("secret") == anna
    assert book.person_with_badge("old") is None
    assert book.person_with_badge(sha256) is None, "the hash is not the badge"
    assert book.person_named(" ANNA keller ") == anna
    assert book.person_named("anna.keller") == anna
    assert book.person_named("gone") is None
    assert book.person_named("") is None


def test_the_route_of_an_order() -> None:
    assert ORDER.operation_at("B") == ORDER.operations[0]
    assert ORDER.operation_at("D") is None
    assert ORDER.previous_operation("asm") is None
    assert ORDER.previous_operation("run") == ORDER.operations[0]
    with pytest.raises(KeyError):
        ORDER.previous_operation("paint")
