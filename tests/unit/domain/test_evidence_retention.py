"""The retention rule alone: what may go, in which order, and what never does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.evidence_retention import DAY_US, MIB, KeptFile, RetentionRule, may_matter, plan_removals

NOW_US = 1_800_000_000_000_000
RULE = RetentionRule(keep_days=30, max_bytes=10 * MIB, min_free_bytes=MIB)
PLENTY = 1 << 40


def kept(name: str, days: float, size_bytes: int = MIB, **rest: bool) -> KeptFile:
    found: dict[str, bool] = {"sealed": True, "delivered": True, **rest}
    return KeptFile(name, size_bytes, NOW_US - round(days * DAY_US), **found)


def test_what_is_old_goes_and_says_why() -> None:
    plan = plan_removals([kept("a", 31), kept("b", 29)], RULE, NOW_US, PLENTY)
    assert [(r.sha256, r.reason) for r in plan.removals] == [("a", "older than 30 days")]
    assert (plan.used_bytes, plan.removed_bytes, plan.lacking) == (2 * MIB, MIB, "")


def test_the_oldest_go_while_they_take_too_much() -> None:
    files = [kept(f"{day:02}", day) for day in range(12)]
    plan = plan_removals(files, RULE, NOW_US, PLENTY)
    assert [(r.sha256, r.reason) for r in plan.removals] == [
        ("11", "pictures take more than 10 MiB"),
        ("10", "pictures take more than 10 MiB"),
    ]


def test_on_a_nearly_full_disk_the_oldest_go_however_young() -> None:
    files = [kept("new", 0.1), kept("newer", 0.01), kept("waits", 5, sealed=False)]
    plan = plan_removals(files, RULE, NOW_US, free_bytes=0)
    assert [r.sha256 for r in plan.removals] == ["new"]
    assert plan.removals[0].reason == "less than 1 MiB are free on the disk"
    plan = plan_removals([kept("waits", 5, sealed=False)], RULE, NOW_US, free_bytes=0)
    assert plan.removals == () and plan.lacking.startswith("0 MiB are free on the disk, 1 should be")


def test_what_waits_stays_and_that_is_told() -> None:
    files = [kept(str(no), 99, sealed=no % 2 == 0, delivered=no % 2 == 1) for no in range(20)]
    plan = plan_removals(files, RULE, NOW_US, PLENTY)
    assert plan.removals == ()
    assert "Pictures take 20 MiB, 10 are allowed; the rest waits for delivery and stays." in plan.lacking


def test_what_an_instruction_shows_or_no_record_names_stays() -> None:
    unnamed = KeptFile("unnamed", MIB, None, sealed=True, delivered=True)
    assert plan_removals([kept("shown", 99, in_use=True), unnamed], RULE, NOW_US, 0).removals == ()


def test_nothing_is_read_when_nothing_could_have_to_go() -> None:
    young, old = NOW_US - 29 * DAY_US, NOW_US - 31 * DAY_US
    assert not may_matter(young, MIB, RULE, NOW_US, PLENTY)
    assert not may_matter(None, MIB, RULE, NOW_US, PLENTY)
    assert may_matter(old, MIB, RULE, NOW_US, PLENTY)
    assert may_matter(young, 11 * MIB, RULE, NOW_US, PLENTY)
    assert may_matter(young, MIB, RULE, NOW_US, MIB - 1)


FILES = st.lists(
    st.builds(
        KeptFile,
        sha256=st.uuids().map(str),
        size_bytes=st.integers(0, 3 * MIB),
        newest_us=st.none() | st.integers(NOW_US - 60 * DAY_US, NOW_US),
        sealed=st.booleans(),
        delivered=st.booleans(),
        in_use=st.booleans(),
    ),
    max_size=25,
)


@given(FILES, st.integers(0, 4 * MIB))
def test_nothing_goes_before_its_delivery_and_no_more_than_is_needed(files: list[KeptFile], free_bytes: int) -> None:
    plan = plan_removals(files, RULE, NOW_US, free_bytes)
    by_name = {file.sha256: file for file in files}
    gone = [by_name[removal.sha256] for removal in plan.removals]
    assert all(file.sealed and file.delivered and file.newest_us is not None and not file.in_use for file in gone)
    assert len({file.sha256 for file in gone}) == len(gone)
    ages = [file.newest_us or 0 for file in gone]
    assert ages == sorted(ages), "the oldest first"
    left = [file for file in files if file not in gone]
    used, free = sum(file.size_bytes for file in left), free_bytes + plan.removed_bytes
    enough = used <= RULE.max_bytes and free >= RULE.min_free_bytes
    assert enough == (plan.lacking == "")
    if not enough:
        assert not any(file.may_go for file in left), "all that may go is gone before anything is lacking"
    assert not any(file.may_go and (file.newest_us or 0) < NOW_US - 30 * DAY_US for file in left)
