"""One order for the records of several stations, each counted once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.log import LoggedRow, corrected_us, in_order, precedence
from station_app.domain.records import Comment, JobState, MaterialConsumed, MaterialDetached
from tests.records import ASM10, ASM20, JobLog, StationLog, moved
from tests.records import ASM10 as A


def _ids(rows: list[LoggedRow]) -> list[str]:
    return [entry.row.rec_id for entry in in_order(rows)]


def _comment(log: StationLog, at_s: float, text: str = "x") -> LoggedRow:
    return log.add(Comment(text=text), at_s)


def test_sequence_rules_within_a_station_even_when_its_clock_is_set_back() -> None:
    log = StationLog(ASM10)
    first, second, third = _comment(log, 100), _comment(log, -31_536_000), _comment(log, 101)
    assert _ids([third, second, first]) == [first.row.rec_id, second.row.rec_id, third.row.rec_id]


def test_a_clock_set_back_does_not_move_records_before_other_stations_older_ones() -> None:
    here, there = StationLog(ASM10), StationLog(ASM20)
    first, between = _comment(here, 100), _comment(there, 50)
    back = _comment(here, 10)
    assert _ids([back, between, first]) == [between.row.rec_id, first.row.rec_id, back.row.rec_id]


def test_times_are_corrected_by_the_stored_offset_across_stations() -> None:
    slow, right = StationLog(ASM10, offset_ms=10_000), StationLog(ASM20)
    late, early = _comment(slow, 1), _comment(right, 5)
    assert corrected_us(late.row) - late.row.wall_us == 10_000_000
    assert _ids([late, early]) == [early.row.rec_id, late.row.rec_id]


def test_an_offset_that_was_never_measured_corrects_nothing() -> None:
    row = _comment(StationLog(ASM10, offset_ms=None), 1).row
    assert corrected_us(row) == row.wall_us


def test_at_equal_times_detach_comes_before_create_attach_and_update() -> None:
    logs = [StationLog(f"S/{n}") for n in range(4)]
    update = _comment(logs[0], 7)
    attach = JobLog(logs[1], "j", "U", "10").consume(7, "s", "M", component="C")
    JobLog(logs[2], "j2", "U", "20").state(7, "Running")
    detach = JobLog(logs[3], "j3", "V", "10").detach(7, "s", "M", component="C")
    create = logs[2].rows[0]
    assert _ids([update, attach, create, detach]) == [r.row.rec_id for r in (detach, create, attach, update)]
    facts = [entry.fact for entry in in_order([update, attach, create, detach])]
    assert [type(fact) for fact in facts] == [MaterialDetached, JobState, MaterialConsumed, Comment]
    assert [precedence(fact) for fact in facts] == [1, 2, 3, 4]


def test_precedence_never_breaks_a_stations_own_sequence() -> None:
    job = JobLog(StationLog(ASM10), "j", "U", "10")
    put, out = job.consume(7, "s", "M", lot="L"), job.detach(7, "s", "M", lot="L")
    assert _ids([out, put]) == [put.row.rec_id, out.row.rec_id]


def test_a_record_counts_once_and_the_servers_copy_says_when_it_arrived() -> None:
    served = _comment(StationLog(A), 1)
    local = replace(served, received_us=None)
    for rows in ([served, local], [local, served], [local, moved(served, 2, 9), served, served]):
        (entry,) = in_order(rows)
        assert (entry.received_us, entry.row, entry.contradicted) == (served.received_us, served.row, ())


def test_other_content_under_one_identity_is_flagged_and_what_arrived_first_counts() -> None:
    log = StationLog("S/9")
    genuine = log.add(Comment(text="genuine"), 1, rec_id="r-1")
    later = replace(StationLog(ASM20).add(Comment(text="other"), 0, rec_id="r-1"), received_us=9**15 * 10)
    local = replace(StationLog("S/0").add(Comment(text="third"), 0, rec_id="r-1"), received_us=None)
    for rows in ([genuine, later, local], [local, later, genuine]):
        (entry,) = in_order(rows)
        assert entry.row == genuine.row
        assert entry.contradicted == (later.place, local.place)


def test_unreadable_bodies_stay_with_their_reason() -> None:
    log = StationLog(ASM10)
    rows = [
        log.add_body("moon_phase", b'{"serial":"U"}', 1),
        log.add_body("comment", b"\xff\x00", 2),
        log.add(Comment(text="x"), 3, ver=2),
    ]
    assert [entry.fact for entry in in_order(rows)] == [None, None, None]
    reasons = [entry.unreadable for entry in in_order(rows)]
    assert "not known" in reasons[0] and "comment" in reasons[1] and "newer" in reasons[2]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_order_depends_on_nothing_but_the_records(data: st.DataObject) -> None:
    rows: list[LoggedRow] = []
    for name in ("S/1", "S/2", "S/3"):
        log = StationLog(name, offset_ms=data.draw(st.sampled_from([None, 0, 5000, -5000])))
        job = JobLog(log, f"j-{name}", "U", "10")
        for _ in range(data.draw(st.integers(0, 5))):
            at_s = data.draw(st.integers(-3, 3))
            match data.draw(st.integers(0, 2)):
                case 0:
                    job.consume(at_s, "s", "M", component="C")
                case 1:
                    job.detach(at_s, "s", "M", component="C")
                case _:
                    _comment(log, at_s)
        rows += log.rows
    copies = [replace(row, received_us=None) for row in rows if data.draw(st.booleans())]
    expected = in_order(rows)
    assert in_order(data.draw(st.permutations(rows + copies))) == expected
    for name in ("S/1", "S/2", "S/3"):
        own = [entry.row.seq for entry in expected if entry.station == name]
        assert own == sorted(own)
