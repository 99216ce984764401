"""What differs between two versions, in words a reviewer can read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from station_app.domain.checks import ConfirmCheck, MeasureCheck
from station_app.domain.comparison import Change, Difference, compare
from station_app.domain.media import Callout, Picture
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Step, WorkMaster

PICTURE = Picture("place.svg", "a" * 64, 10, "image/svg+xml", (Callout("1", 0.5, 0.5),))
BORE = MeasureCheck(
    id="bore", title="Bore", characteristic="bore", limits=Limits("mm", Decimal("20.000"), Decimal("20.013"))
)


def step(
    name: str, *checks: ConfirmCheck | MeasureCheck, pictures: tuple[Picture, ...] = (), text: str = "Do."
) -> Step:
    return Step(id=name, title={"en": name.title()}, text={"en": text}, checks=checks, pictures=pictures)


def master(*steps: Step, **fields: str) -> WorkMaster:
    values: dict[str, Any] = {
        "id": "asm",
        "version": "1",
        "title": "Assembly",
        "product": "GX-40",
        "operation": "assembly",
    }
    return WorkMaster(steps=steps, **{**values, **fields})


def told(old: WorkMaster, new: WorkMaster) -> list[tuple[str, str, str, str, str, str]]:
    return [(c.difference, c.step_id, c.check_id, c.field, c.old, c.new) for c in compare(old, new)]


def test_the_same_content_has_no_difference_whatever_its_version_and_release() -> None:
    assert compare(master(step("a")), master(step("a"), version="2", reason="x", released_by="y")) == []


def test_fields_of_the_whole() -> None:
    assert told(master(step("a"), owner="eva"), master(step("a"), title="Mounting")) == [
        ("changed", "", "", "title", "Assembly", "Mounting"),
        ("removed", "", "", "owner", "eva", ""),
    ]


def test_steps_that_came_went_and_moved() -> None:
    old = master(step("a"), step("b"), step("c"), step("d"))
    new = master(step("d"), step("a"), step("x"), step("c"))
    assert told(old, new) == [
        ("moved", "d", "", "step", "step 4", "step 1"),
        ("added", "x", "", "step", "", "X"),
        ("removed", "b", "", "step", "B", ""),
    ]


def test_only_the_step_that_was_moved_is_told_as_moved() -> None:
    names = [f"s{n}" for n in range(12)]
    old = master(*(step(name) for name in names))
    new = master(*(step(name) for name in [*names[1:6], names[0], *names[6:]]))
    assert [(c.difference, c.step_id) for c in compare(old, new)] == [(Difference.MOVED, "s0")]


def test_limits_texts_and_languages() -> None:
    tighter = msgspec.structs.replace(BORE, limits=Limits("mm", Decimal("20.000"), Decimal("20.010")))
    before = master(step("a", BORE, text="Clean it."))
    after = master(msgspec.structs.replace(step("a", tighter), text={"en": "Clean it well.", "de": "Putzen."}))
    assert told(before, after) == [
        ("added", "a", "", "text (de)", "", "Putzen."),
        ("changed", "a", "", "text (en)", "Clean it.", "Clean it well."),
        ("changed", "a", "bore", "limits", BORE.limits.text(), tighter.limits.text()),
    ]


def test_checks_that_came_went_or_became_another_kind() -> None:
    placed = ConfirmCheck(id="placed", title="Placed")
    assert told(master(step("a", BORE)), master(step("a", placed))) == [
        ("added", "a", "placed", "check", "", "Placed"),
        ("removed", "a", "bore", "check", "Bore", ""),
    ]
    assert told(master(step("a", BORE)), master(step("a", ConfirmCheck(id="bore", title="Bore")))) == [
        ("changed", "a", "bore", "type", "measure", "confirm")
    ]


def test_media_by_their_content_and_their_marks() -> None:
    marked = msgspec.structs.replace(PICTURE, callouts=(Callout("1", 0.6, 0.5),))
    redrawn = msgspec.structs.replace(PICTURE, sha256="b" * 64)
    before = master(step("a", pictures=(PICTURE,)))
    for after, field in ((marked, "picture marks"), (redrawn, "picture content")):
        assert told(before, master(step("a", pictures=(after,)))) == [
            ("changed", "a", "", field, "place.svg", "place.svg")
        ]
    assert compare(before, master(step("a"))) == [Change(Difference.REMOVED, "a", "", "picture", "place.svg", "")]


def page(number: int, *, loop: bool = True) -> Picture:
    return Picture("manual.pdf", "c" * 64, 10, "application/pdf", page=number, loop=loop)


def test_pages_of_one_file_are_pictures_of_their_own() -> None:
    before = master(step("a", pictures=(page(3), page(4))))
    assert compare(before, before) == []
    assert told(before, master(step("a", pictures=(page(3), page(5))))) == [
        ("changed", "a", "", "picture page", "manual.pdf, page 4", "manual.pdf, page 5")
    ]
    assert told(before, master(step("a", pictures=(page(3), page(4), page(7))))) == [
        ("added", "a", "", "picture", "", "manual.pdf, page 7")
    ]


def test_the_order_of_pictures_and_checks_and_each_thing_that_differs_is_told() -> None:
    placed = ConfirmCheck(id="placed", title="Placed")
    redone = msgspec.structs.replace(PICTURE, sha256="b" * 64, callouts=())
    before = master(step("a", BORE, placed, pictures=(PICTURE, page(1))))
    assert told(before, master(step("a", placed, BORE, pictures=(page(1), PICTURE)))) == [
        ("moved", "a", "", "picture", "place.svg: picture 1", "place.svg: picture 2"),
        ("moved", "a", "bore", "check", "check 1", "check 2"),
    ]
    assert told(before, master(step("a", BORE, placed, pictures=(redone, page(1, loop=False))))) == [
        ("changed", "a", "", "picture content", "place.svg", "place.svg"),
        ("changed", "a", "", "picture marks", "place.svg", "place.svg"),
        ("changed", "a", "", "picture use", "manual.pdf, page 1", "manual.pdf, page 1"),
    ]
