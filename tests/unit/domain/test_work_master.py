"""Work masters: one canonical encoding, one hash, and nothing that does not match it is used."""

from __future__ import annotations

import random
from decimal import Decimal

import msgspec
import pytest

from station_app.domain.checks import ConfirmCheck, MachineValueCheck, MeasureCheck, PhotoCheck, ScanCheck
from station_app.domain.media import Picture
from station_app.domain.outcome import Limits
from station_app.domain.work_master import (
    Step,
    WorkMaster,
    WorkMasterError,
    content_sha256,
    decode_work_master,
    encode_work_master,
)

PICTURE = Picture("unit.svg", "ab" * 32, 12, "image/svg+xml")
MASTER = WorkMaster(
    id="m", version="A", title="Master", product="P", operation="asm",
    steps=(
        Step(
            id="one", title={"en": "One", "de": "Eins"},
            text={"en": "Do it.", "de": "Tu es."}, pictures=(PICTURE,), takt_s=20.0,
            checks=(
                ConfirmCheck(id="c", title="Clean"),
                ScanCheck(id="s", title="Scan", material="H", tracked="serial"),
                MeasureCheck(id="m", title="Play", characteristic="p", limits=Limits("mm", Decimal("0.050"), Decimal("0.15"))),
                MachineValueCheck(id="v", title="Force", characteristic="f", tag="press.force", limits=Limits("kN")),
                PhotoCheck(id="f", title="Photo", camera="bench", min_sharpness=0.006),
            ),
        ),
    ),
)  # fmt: skip


def test_the_encoding_is_stable_and_keeps_every_digit() -> None:
    document = encode_work_master(MASTER)
    decoded = decode_work_master(document, content_sha256(document))
    assert decoded == MASTER
    assert encode_work_master(decoded) == document
    assert b'"0.050"' in document, "limits keep their resolution"
    # what is pinned in journals out there: this hash may only change together with the format
    assert content_sha256(document) == "d258077f8fb5bbdaf25a44561c1cdbdc05aabc05b57656947c817fbaab79605f"


def test_the_order_of_languages_does_not_matter() -> None:
    step = msgspec.structs.replace(MASTER.steps[0], title={"de": "Eins", "en": "One"})
    assert encode_work_master(msgspec.structs.replace(MASTER, steps=(step,))) == encode_work_master(MASTER)


def test_any_changed_byte_is_found() -> None:
    document = encode_work_master(MASTER)
    sha256 = content_sha256(document)
    chance = random.Random(7)
    for _ in range(200):
        changed = bytearray(document)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        with pytest.raises(WorkMasterError, match="does not match its hash"):
            decode_work_master(bytes(changed), sha256)
    for damaged in (b"", document[:-1], document + b" "):
        with pytest.raises(WorkMasterError, match="does not match its hash"):
            decode_work_master(damaged, sha256)


@pytest.mark.parametrize(
    "document",
    [b"", b"{}", b"\xff", b"[]", encode_work_master(MASTER).replace(b'"type":"confirm"', b'"type":"torque"'),
     encode_work_master(MASTER).replace(b'"title":"Master"', b'"title":"Master","colour":"red"')],
)  # fmt: skip
def test_what_is_no_work_master_is_named_even_with_the_right_hash(document: bytes) -> None:
    with pytest.raises(WorkMasterError, match="not a work master"):
        decode_work_master(document, content_sha256(document))


def test_languages_steps_and_media() -> None:
    step = MASTER.step("one")
    assert (step.title_in("de"), step.title_in("fr"), step.text_in("de")) == ("Eins", "One", "Tu es.")
    assert MASTER.media() == {PICTURE.sha256: PICTURE}
    with pytest.raises(KeyError):
        MASTER.step("two")
