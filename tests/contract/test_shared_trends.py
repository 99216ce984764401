"""The trends part of the SharedDatabase port: machine data that arrives, and what another station of the line reads of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.records import (
    ApplicationState,
    Comment,
    LineTrendComment,
    PersonSession,
)
from station_app.domain.trend import ArrivedBlock, GapKind, LineTag, TrendReach, ValueKind
from station_app.domain.trend import Gap as TrendGap
from station_app.services.ports import ChainBroken, Refused, SharedDatabaseError
from tests.contract.shared_line import Line, consumed, job_state, measured
from tests.machine_data import T0_US, block
from tests.shared_database import BASE_US, STATION_A, STATION_B, ChainWriter


def test_a_block_of_machine_data_lands_once_however_often_it_is_sent(line: Line) -> None:
    sent = [block("press.force", [1.0, 2.0, 3.0]), block("press.force", [1.0, 2.0, 4.0]), block("other", [1.0])]
    names = [one.sha256 for one in sent]
    assert line.a.trend_missing(names) == names
    for one in (*sent, *sent):
        line.a.trend_put(one)
    assert line.a.trend_missing(names) == []
    assert sorted(line.b.trend_missing(names)) == sorted(names), "another station's blocks are its own"
    line.b.trend_put(sent[0])
    assert line.b.trend_missing(names[:1]) == []


@pytest.mark.parametrize("values", [[1e308, -1e308], [-0.0], [5e-324]])
def test_the_statistics_of_a_block_may_be_any_number(line: Line, values: list[float]) -> None:
    one = block("t", values)
    line.a.trend_put(one)
    assert line.a.trend_missing([one.sha256]) == []


def test_a_block_without_numbers_is_taken(line: Line) -> None:
    empty = replace(block("t", [1.0]), first=None, last=None, minimum=None, maximum=None, mean=None, bad=1)
    line.a.trend_put(empty)
    assert line.a.trend_missing([empty.sha256]) == []


def test_a_block_that_does_not_match_its_name_or_is_none_is_refused(line: Line) -> None:
    good = block("press.force", [1.0, 2.0])
    with pytest.raises(ChainBroken, match="does not match its SHA-256"):
        line.a.trend_put(replace(good, content=good.content + b"x"))
    huge = bytes((1 << 20) + 1)
    for change in (
        {"tag": ""}, {"end_us": good.start_us - 1}, {"count": 0}, {"content": b"", "sha256": hashlib.sha256(b"").hexdigest()},
        {"content": huge, "sha256": hashlib.sha256(huge).hexdigest()},
    ):  # fmt: skip
        with pytest.raises(SharedDatabaseError):
            line.a.trend_put(replace(good, **change))
    assert line.a.trend_missing([good.sha256]) == [good.sha256]
    with pytest.raises(SharedDatabaseError, match="at most 1000"):
        line.a.trend_missing(["0" * 64] * 1001)


ELSEWHERE = "ACME/BRNO/ASSEMBLY/L2/ASM-10"


HOUR_US = 3_600_000_000


ALL_TIME = (0, 1 << 62)


def test_a_station_reads_the_machine_data_of_another_of_its_line(line: Line) -> None:
    sent = [block("press.force", [float(n), 9.0, 3.0], T0_US + n * HOUR_US) for n in range(5)]
    for one in (*sent, block("bench.speed", [1.0])):
        line.a.trend_put(one)
    assert line.b.line_tags(STATION_A) == [
        LineTag("bench.speed", T0_US, T0_US, ValueKind.FLOAT),
        LineTag("press.force", T0_US, T0_US + 4 * HOUR_US + 2_000_000, ValueKind.FLOAT),
    ]
    found = line.b.line_blocks(STATION_A, "press.force", *ALL_TIME)
    assert [(b.start_us, b.end_us, b.count, b.bad, b.minimum, b.maximum, b.mean, b.sha256) for b in found] == [
        (b.start_us, b.end_us, b.count, b.bad, b.minimum, b.maximum, b.mean, b.sha256) for b in sent
    ]
    assert line.b.line_contents(STATION_A, "press.force", found) == {one.sha256: one.content for one in sent}
    assert line.a.line_tags(STATION_A) == line.b.line_tags(STATION_A), "its own as well"


def test_the_blocks_of_a_span_come_with_one_on_each_side(line: Line) -> None:
    starts = [T0_US + n * HOUR_US for n in range(6)]
    for start_us in starts:
        line.a.trend_put(block("t", [1.0, 2.0], start_us))
    within_us, between_us, to_us = starts[2] + 500_000, starts[1] + HOUR_US // 2, starts[3] + 1
    assert [b.start_us for b in line.b.line_blocks(STATION_A, "t", within_us, to_us)] == starts[2:5]
    assert [b.start_us for b in line.b.line_blocks(STATION_A, "t", between_us, to_us)] == starts[1:5]
    assert [b.start_us for b in line.b.line_blocks(STATION_A, "t", starts[5] + HOUR_US, 1 << 62)] == starts[5:]
    assert [b.start_us for b in line.b.line_blocks(STATION_A, "t", 0, 1)] == starts[:1]


def test_what_did_not_arrive_is_not_there(line: Line) -> None:
    assert line.b.line_tags(STATION_A) == []
    assert line.b.line_blocks(STATION_A, "t", *ALL_TIME) == []
    never = replace(ArrivedBlock(T0_US, T0_US, 1, 0, 1.0, 1.0, 1.0, "0" * 64))
    assert line.b.line_contents(STATION_A, "t", [never]) == {}
    assert line.b.line_tags(STATION_A.replace("ASM-10", "ASM-99")) == [], "a station that nobody knows has no past"


def tail_of(found: list[ArrivedBlock]) -> list[tuple[int, bytes]]:
    return [(b.count, b.content) for b in found if b.content is not None]


def test_what_is_not_sealed_is_read_until_a_block_takes_its_place(line: Line) -> None:
    before, first, second = (
        block("t", [1.0]),
        block("t", [2.0, 3.0], T0_US + HOUR_US),
        block("t", [2.0, 3.0, 4.0], T0_US + HOUR_US),
    )
    line.a.trend_put(before)
    for tail in (first, second, second):
        line.a.trend_tail_put(tail)
    found = line.b.line_blocks(STATION_A, "t", *ALL_TIME)
    assert [b.sha256 for b in found] == [before.sha256, second.sha256], "it replaces what was not sealed before"
    assert tail_of(found) == [(3, second.content)]
    assert line.b.line_tags(STATION_A) == [LineTag("t", T0_US, second.end_us, ValueKind.FLOAT)]
    line.a.trend_put(block("t", [0.5], T0_US + HOUR_US // 2))
    assert tail_of(line.b.line_blocks(STATION_A, "t", *ALL_TIME)) == [(3, second.content)], (
        "an older block hides nothing"
    )
    sealed = block("t", [2.0, 3.0, 4.0, 5.0], T0_US + HOUR_US)
    line.a.trend_put(sealed)
    found = line.b.line_blocks(STATION_A, "t", *ALL_TIME)
    assert [b.count for b in found] == [1, 1, 4] and not tail_of(found), "no sample is there twice"
    rest = block("t", [6.0], sealed.end_us)
    line.a.trend_tail_put(rest)
    line.a.trend_put(sealed)
    assert tail_of(line.b.line_blocks(STATION_A, "t", *ALL_TIME)) == [(1, rest.content)], (
        "a block sent again changes nothing"
    )


def test_what_is_not_sealed_is_of_its_station_and_tag_and_where_it_belongs(line: Line) -> None:
    line.a.trend_put(block("t", [1.0]))
    line.a.trend_put(block("t", [1.0], T0_US + HOUR_US))
    line.a.trend_tail_put(block("t", [2.0], T0_US + 2 * HOUR_US))
    line.b.trend_tail_put(block("t", [3.0], T0_US))
    line.a.trend_tail_put(block("u", [4.0], T0_US))
    assert [b.minimum for b in line.a.line_blocks(STATION_B, "t", *ALL_TIME)] == [3.0]
    assert [tag.name for tag in line.b.line_tags(STATION_A)] == ["t", "u"]
    far = line.b.line_blocks(STATION_A, "t", T0_US - 10, T0_US + 10)
    assert [b.minimum for b in far] == [1.0, 1.0], "what comes after the next block is not asked for"
    after = line.b.line_blocks(STATION_A, "t", T0_US + 3 * HOUR_US, T0_US + 4 * HOUR_US)
    assert after[-1].content is not None, "the last before a span draws the line into it"


def test_a_tail_that_does_not_match_its_name_or_is_none_is_refused(line: Line) -> None:
    good = block("t", [1.0])
    with pytest.raises(ChainBroken, match="does not match its SHA-256"):
        line.a.trend_tail_put(replace(good, content=good.content + b"x"))
    with pytest.raises(SharedDatabaseError):
        line.a.trend_tail_put(replace(good, count=0))
    assert line.b.line_tags(STATION_A) == []


def test_a_station_tells_its_gaps_and_until_when_all_is_there(line: Line) -> None:
    crash, full = TrendGap(10, 20, GapKind.CRASH, "gone"), TrendGap(30, 40, GapKind.DISK_FULL, "3 samples")
    assert line.b.line_reach(STATION_A) == TrendReach()
    line.a.trend_reach_put(TrendReach(None, (full, crash)))
    assert line.b.line_reach(STATION_A) == TrendReach(None, (crash, full))
    longer = replace(full, end_us=50, reason="4 samples")
    line.a.trend_reach_put(TrendReach(100, (longer, TrendGap(10, 10, GapKind.CLOCK, "set back"))))
    found = line.b.line_reach(STATION_A)
    assert (found.until_us, found.gaps[-1], len(found.gaps)) == (100, longer, 3)
    line.a.trend_reach_put(TrendReach(90, (full,)))
    found = line.b.line_reach(STATION_A)
    assert (found.until_us, found.gaps[-1]) == (90, longer), "a clock may be set back; a gap does not become shorter"
    assert line.a.line_reach(STATION_B) == TrendReach()
    for refused in (TrendGap(2, 1, GapKind.CRASH, "x"), TrendGap(1, 2, GapKind.CRASH, "x" * 1001)):
        with pytest.raises(SharedDatabaseError):
            line.a.trend_reach_put(TrendReach(None, (refused,)))
    with pytest.raises(SharedDatabaseError):
        line.a.trend_reach_put(TrendReach(None, (crash,) * 501))


def test_what_a_block_leaves_of_a_tail_is_not_said_to_be_there(line: Line) -> None:
    line.a.trend_tail_put(block("t", [1.0, 2.0, 3.0, 4.0]))
    line.a.trend_reach_put(TrendReach(T0_US + HOUR_US))
    line.a.trend_put(block("t", [1.0, 2.0]))
    assert line.b.line_reach(STATION_A).until_us == T0_US + 1_000_000, "the rest comes in the next block"


def test_remarks_on_a_stations_trends_are_read_with_it(line: Line) -> None:
    chain = ChainWriter(STATION_B)
    for at_us, about, text in ((30, STATION_A, "late"), (10, STATION_A, "early"), (20, STATION_B, "of itself")):
        chain.row(LineTrendComment(about_station=about, at_us=at_us, text=text), actor="anna")
    line.b.append_batch(REC, 1, 1, chain.rows)
    late, early, own = chain.rows
    for reader in (line.a, line.b):
        assert reader.line_remarks(STATION_A, 10) == [early, late], "in the order of their moments"
        assert reader.line_remarks(STATION_A, 1) == [late]
    assert line.a.line_remarks(STATION_B, 10) == [own]
    with pytest.raises(Refused):
        line.a.line_remarks(ELSEWHERE, 10)


def test_a_block_that_is_none_hides_no_tag(line: Line) -> None:
    odd = b"x"
    line.a.trend_put(replace(block("t", [1.0]), content=odd, sha256=hashlib.sha256(odd).hexdigest()))
    line.a.trend_put(block("u", [1.0]))
    assert [tag.name for tag in line.b.line_tags(STATION_A)] == ["t", "u"]


def test_the_records_beside_a_trend_are_those_of_the_span_the_newest_first_kept(line: Line) -> None:
    chain = ChainWriter(STATION_A)
    for number in range(4):
        chain.row(job_state("Running", serial=f"GR-{number}"))
        chain.row(Comment(text=f"remark {number}"))
        chain.row(consumed(f"B-{number}"))
    line.a.append_batch(REC, 1, 1, chain.rows)
    jobs = [row for row in chain.rows if row.kind == "job_state"]
    asked = {"job_state", "material_consumed"}
    assert line.b.line_rows(STATION_A, REC, asked, *ALL_TIME, 100) == jobs, (
        "what went into a unit is no part of a trend"
    )
    assert line.b.line_rows(STATION_A, REC, asked, *ALL_TIME, 2) == jobs[2:]
    assert line.b.line_rows(STATION_A, REC, asked, jobs[1].wall_us, jobs[3].wall_us, 100) == jobs[1:3]
    assert line.b.line_rows(STATION_A, AUDIT, asked, *ALL_TIME, 100) == []


def test_of_what_comes_often_only_the_last_four_days_are_answered(line: Line) -> None:
    chain, day_us = ChainWriter(STATION_A), 86_400_000_000
    for day in range(10):
        chain.row(job_state("Running"), wall_us=BASE_US + day * day_us)
        chain.row(measured("1"), wall_us=BASE_US + day * day_us)
    line.a.append_batch(REC, 1, 1, chain.rows)
    found = line.b.line_rows(STATION_A, REC, {"job_state", "measurement"}, BASE_US, BASE_US + 10 * day_us, 100)
    assert [row.kind for row in found].count("job_state") == 10
    assert [row.wall_us for row in found if row.kind == "measurement"] == [BASE_US + n * day_us for n in (6, 7, 8, 9)]


def test_when_a_station_ran_is_told_but_not_who_signed_in(line: Line) -> None:
    audit = ChainWriter(STATION_A, chan=AUDIT)
    audit.row(ApplicationState(state="started", application_version="1", computer="pc"))
    audit.row(PersonSession(state="signed_in", person_id="p", method="badge"))
    line.a.append_batch(AUDIT, 1, 1, audit.rows)
    kinds = {"application_state", "person_session"}
    assert line.b.line_rows(STATION_A, AUDIT, kinds, *ALL_TIME, 10) == audit.rows[:1]


@pytest.mark.parametrize("other", [ELSEWHERE, "ASM-10", STATION_A.rpartition("/")[0], STATION_A + "/CELL", ""])
def test_stations_of_other_lines_are_refused(line: Line, other: str) -> None:
    for ask in (
        lambda: line.a.line_tags(other),
        lambda: line.a.line_reach(other),
        lambda: line.a.line_blocks(other, "t", *ALL_TIME),
        lambda: line.a.line_contents(other, "t", [ArrivedBlock(T0_US, T0_US, 1, 0, 1.0, 1.0, 1.0, "0" * 64)]),
        lambda: line.a.line_rows(other, REC, {"job_state"}, *ALL_TIME, 10),
    ):
        with pytest.raises(Refused):
            ask()
