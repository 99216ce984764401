"""Taking and saving: what is on disk after a crash, what is told of what is not, clocks that are set, times that cannot be."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from drivers.base import Quality
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.domain.trend import BAD, GOOD, UNCERTAIN, Gap, GapKind, ValueKind
from station_app.storage.historian.recording import FEWEST_SEALED
from station_app.storage.historian.sealing import BLOCK_SAMPLES, SEAL_AFTER_S
from station_app.storage.sqlite import sqlite_module
from tests.machine_data import T0_US, Bench, ramp, sample

EVER = (-(1 << 62), 1 << 62)


def blocks(bench: Bench) -> int:
    return int(bench.sql("SELECT count(*) FROM content")[0][0])


def gaps(bench: Bench, tag: str = "force") -> list[Gap]:
    return list(bench.history.read_raw(tag, *EVER, 1).gaps)


def test_samples_are_on_disk_after_each_save_and_sealed_by_and_by(bench: Bench) -> None:
    expected: list[float] = []
    for second in range(30):
        samples = ramp(100, T0_US + second * 100_000_000)
        bench.store(samples)
        expected += [float(n) for n in range(100)]
        assert bench.values() == expected
    assert blocks(bench) == 3000 // BLOCK_SAMPLES
    assert bench.sql("SELECT count(*) FROM tail") == [(3000 % BLOCK_SAMPLES,)]


def test_what_comes_in_one_rush_never_lies_in_the_tail(bench: Bench) -> None:
    bench.store(ramp(5000))
    assert bench.values() == [float(n) for n in range(5000)]
    assert bench.sql("SELECT count(*), sum(count) FROM block WHERE level = 0") == [(5, 5000)]
    assert bench.sql("SELECT count(*) FROM tail") == [(0,)]


def test_many_tags_that_are_full_in_the_same_second_are_sealed_in_several_saves(tmp_path: Path) -> None:
    names = [f"tag{number}" for number in range(60)]
    bench = Bench(tmp_path, {name: HistoryRule(Keep.ALL) for name in names})
    for second in range(BLOCK_SAMPLES // 64):
        start_us = T0_US + second * 64_000_000
        bench.store([sample for name in names for sample in ramp(64, start_us, tag=name)])
    in_first = blocks(bench)
    assert 0 < in_first < len(names)
    made = []
    for second in range(1, 20):
        before = blocks(bench)
        start_us = T0_US + BLOCK_SAMPLES * 1_000_000 + second * 1_000_000
        bench.store([sample for name in names for sample in ramp(1, start_us, tag=name)])
        made.append(blocks(bench) - before)
    assert max(made) <= FEWEST_SEALED
    assert blocks(bench) == len(names), "none waits for ever"
    expected = [float(n) for _ in range(BLOCK_SAMPLES // 64) for n in range(64)] + [0.0] * 19
    assert all(bench.values(name) == expected for name in names)
    bench.crash()
    bench.start()
    assert all(bench.values(name) == expected for name in names)
    bench.close()


def test_a_tag_that_seldom_changes_is_sealed_after_an_hour(bench: Bench) -> None:
    bench.store(ramp(3))
    bench.clock.advance(SEAL_AFTER_S + 1)
    bench.store()
    assert blocks(bench) == 1
    assert bench.values() == [0.0, 1.0, 2.0]


def test_after_a_restart_the_tail_goes_on(bench: Bench) -> None:
    bench.store([*ramp(600), sample(T0_US, True, tag="force")])
    bench.crash()
    bench.start()
    bench.store(ramp(600, T0_US + 1_000_000_000))
    assert len(bench.values()) == 1201
    assert blocks(bench) >= 1


def test_after_a_crash_what_may_be_lost_is_told_and_since_when_nothing_ran(bench: Bench) -> None:
    bench.store(ramp(3))
    saved_us = bench.clock.wall_us()
    bench.recording.take(ramp(5, T0_US + 3_000_000))
    bench.crash()
    bench.clock.advance(600)
    bench.start()
    assert bench.values() == [0.0, 1.0, 2.0]
    crash, absence = gaps(bench)
    assert (crash.kind, crash.start_us, crash.end_us) == (GapKind.CRASH, saved_us, saved_us + 2_000_000)
    assert (absence.kind, absence.end_us) == (GapKind.NOT_RUNNING, bench.clock.wall_us())
    assert "without notice" in crash.reason


def test_after_an_end_in_good_order_only_the_absence_is_told(bench: Bench) -> None:
    bench.store(ramp(3), closing=True)
    bench.crash()
    bench.clock.advance(60)
    bench.start()
    assert [gap.kind for gap in gaps(bench)] == [GapKind.NOT_RUNNING]


def test_a_save_without_room_changes_nothing_and_the_next_one_saves_all(bench: Bench) -> None:
    bench.store(ramp(900))
    (pages,) = bench.sql("PRAGMA page_count")[0]
    bench.sql(f"PRAGMA max_page_count = {pages}")
    noise = random.Random(4)
    bench.recording.take([sample(T0_US + n, noise.random()) for n in range(20_000)])
    for _ in range(3):
        with pytest.raises(sqlite_module().OperationalError, match="full"):
            bench.recording.save()
        assert len(bench.values()) == 900
    bench.sql("PRAGMA max_page_count = 1073741823")
    bench.store(ramp(100, T0_US + 3_900_000_000))
    assert len(bench.values()) == 21_000
    assert not gaps(bench)


def test_what_does_not_fit_into_memory_either_is_counted_and_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station_app.storage.historian.recording.MOST_UNSAVED", 100)
    bench.recording.take(ramp(90))
    bench.recording.take(ramp(50, T0_US + 90_000_000))
    bench.clock.advance(200)
    bench.store()
    assert len(bench.values()) == 90
    assert bench.recording.losses.total == 50
    (gap,) = gaps(bench)
    assert (gap.kind, gap.reason) == (GapKind.DISK_FULL, "50 samples were not stored: the disk is full")


def test_an_overflow_that_goes_on_is_one_gap(bench: Bench) -> None:
    for _ in range(20):
        bench.recording.losses.add(GapKind.OVERFLOW, 10, bench.clock.wall_us())
        bench.clock.advance(1)
        bench.store(ramp(1, bench.clock.wall_us()))
    (gap,) = gaps(bench)
    assert gap == Gap(T0_US, T0_US + 20_000_000, GapKind.OVERFLOW, "200 samples came faster than they could be stored")


# --- clocks --------------------------------------------------------------------------------------------------------


def test_a_clock_set_back_a_year_neither_loses_nor_mixes(bench: Bench) -> None:
    year_s = 31_536_000
    bench.store(ramp(1500))
    bench.clock.advance(1500)
    bench.clock.step_wall(-year_s)
    back_us = bench.clock.wall_us()
    bench.store([*ramp(1500, back_us)])
    assert bench.values(from_us=T0_US) == [float(n) for n in range(1500)]
    assert bench.values(to_us=T0_US) == [float(n) for n in range(1500)]
    spans = bench.sql("SELECT start_us, end_us FROM block WHERE level = 0")
    assert all(end - start < 2_000_000_000 for start, end in spans), "no block spans the year"
    (mark,) = gaps(bench)
    assert (mark.kind, mark.start_us, mark.end_us) == (GapKind.CLOCK, back_us, back_us)
    assert "set back by 31536000 s" in mark.reason


def test_a_clock_set_forward_leaves_a_gap_that_says_so(bench: Bench) -> None:
    bench.store(ramp(3))
    bench.clock.advance(1)
    before_us = bench.clock.wall_us()
    bench.clock.step_wall(3600)
    bench.store()
    assert gaps(bench) == [
        Gap(before_us, before_us + 3_600_000_000, GapKind.CLOCK, "the computer's clock was set forward by 3600 s")
    ]


def test_a_step_back_while_the_application_was_away_is_seen_in_the_same_boot(bench: Bench) -> None:
    bench.store(closing=True)
    bench.crash()
    bench.clock.advance(5)
    bench.clock.step_wall(-1000)
    bench.start()
    assert GapKind.CLOCK in {gap.kind for gap in gaps(bench)}


@pytest.mark.parametrize("source_us", [-11_644_473_600_000_000, 4_102_444_800_000_000], ids=["1601", "2099"])
def test_a_time_that_cannot_be_is_replaced_by_that_of_arrival(bench: Bench, source_us: int) -> None:
    bench.store([sample(source_us, 1.0, received_us=T0_US), sample(T0_US - 5_000_000, 2.0, received_us=T0_US)])
    found = bench.history.read_raw("force", *EVER, 10)
    assert found.time_us.tolist() == [T0_US - 5_000_000, T0_US]
    assert found.value.tolist() == [2.0, 1.0]


def test_equal_and_backward_times_keep_everything_in_order_of_arrival(bench: Bench) -> None:
    times = [0, 1, 1, 1, 0, 2]
    bench.store([sample(T0_US + time * 1000, float(number)) for number, time in enumerate(times)] * 200)
    found = bench.history.read_raw("force", *EVER, 10_000)
    assert found.time_us.size == 1200
    at_once = found.value[found.time_us == T0_US + 1000].tolist()
    assert at_once == [1.0, 2.0, 3.0] * 200


# --- values --------------------------------------------------------------------------------------------------------


def test_what_is_no_value_is_never_stored_as_a_good_one(bench: Bench) -> None:
    bench.store(
        [sample(T0_US + n, value) for n, value in enumerate([math.nan, math.inf, -math.inf, 1e308, 10**400, 5.0])]
    )
    found = bench.history.read_raw("force", *EVER, 10)
    assert found.quality.tolist() == [BAD, BAD, BAD, GOOD, BAD, GOOD]
    assert found.present.tolist() == [False, False, False, True, False, True]
    assert found.status_names[found.status[0]] == "BadOutOfRange"


def test_numbers_beyond_64_bits_and_huge_texts_are_kept_as_far_as_they_go(bench: Bench) -> None:
    bench.store([sample(T0_US, 2**64 - 1), sample(T0_US + 1, -(2**63))])
    assert bench.values() == [float(2**64), float(-(2**63))]
    bench.store([sample(T0_US + 2, "x" * 5_000_000)])
    found = bench.history.read_raw("force", *EVER, 10)
    assert len(found.value[2]) == 1000
    assert found.quality[2] == UNCERTAIN


def test_long_texts_make_blocks_that_the_shared_database_takes(bench: Bench) -> None:
    chance = random.Random(6)
    texts = ["".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(999)) for _ in range(BLOCK_SAMPLES)]
    bench.store([sample(T0_US + n, text) for n, text in enumerate(texts)])
    assert bench.sql("SELECT count(*) > 1, max(length(content)) < 1048576 FROM content") == [(1, 1)]
    assert bench.values() == texts


def test_texts_that_utf8_cannot_carry_do_not_stop_the_others(bench: Bench) -> None:
    bench.store([sample(T0_US, "a\ud800b\0c"), sample(T0_US + 1, "d", status="Bad\ud800", quality=Quality.BAD)])
    assert bench.values() == ["a?b\0c", "d"]


def test_a_device_that_cannot_decide_what_it_sends_makes_few_blocks(bench: Bench) -> None:
    bench.store([sample(T0_US + n, "on" if n % 2 else float(n)) for n in range(2 * BLOCK_SAMPLES)])
    assert blocks(bench) == 2
    assert bench.values()[:3] == ["0.0", "on", "2.0"]


def test_a_device_that_invents_status_codes_does_not_fill_the_memory(bench: Bench) -> None:
    bench.store([sample(T0_US + n, 1.0, Quality.BAD, f"BadNumber{n}") for n in range(5000)])
    assert bench.sql("SELECT count(*) FROM status")[0][0] <= 1002
    assert len(bench.values()) == 5000


@pytest.mark.parametrize(
    ("values", "kind"),
    [([1, 2, 3], ValueKind.INT), ([True, False, True], ValueKind.BOOL), (["a", "b"], ValueKind.TEXT),
     ([1, 2.5, True], ValueKind.FLOAT)],
)  # fmt: skip
@pytest.mark.parametrize("seal", [False, True], ids=["tail", "sealed"])
def test_values_keep_their_kind(
    bench: Bench, values: list[bool | int | float | str], kind: ValueKind, seal: bool
) -> None:
    bench.store([sample(T0_US + n, value) for n, value in enumerate(values)])
    bench.crash()
    bench.start()
    if seal:
        bench.clock.advance(SEAL_AFTER_S + 1)
        bench.store()
    found = bench.history.read_raw("force", *EVER, 10)
    assert (found.kind, found.value.tolist()) == (kind, values)


def test_bad_values_are_gaps_with_their_status_across_blocks(bench: Bench) -> None:
    good, bad_size = 500, 3000
    for start in range(0, good + bad_size + good, 500):
        batch = [
            sample(T0_US + n * 1000, float(n))
            if not good <= n < good + bad_size
            else sample(T0_US + n * 1000, None, Quality.BAD, "BadCommunicationError")
            for n in range(start, start + 500)
        ]
        bench.store(batch)
        if start == 2000:
            bench.crash()
            bench.start()
    expected = Gap(T0_US + good * 1000, T0_US + (good + bad_size) * 1000, GapKind.QUALITY, "BadCommunicationError")
    assert [gap for gap in gaps(bench) if gap.kind is GapKind.QUALITY] == [expected]


def test_a_tag_without_a_rule_or_with_none_is_not_kept(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"force": HistoryRule(Keep.NONE)})
    bench.store([*ramp(3), *ramp(3, tag="other")])
    assert bench.history.tags() == []
    bench.close()


# --- the file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4000], ids=["garbage", "damaged"]
)
def test_a_file_that_cannot_be_used_is_kept_and_a_new_one_begun(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "historian.sqlite").write_bytes(content)
    bench = Bench(tmp_path)
    bench.store(ramp(3))
    assert bench.values() == [0.0, 1.0, 2.0]
    (kept,) = tmp_path.glob("historian.sqlite.kept-*")
    assert kept.read_bytes() == content
    assert kept.name in bench.remark
    bench.close()


def test_the_file_of_another_station_or_a_newer_version_is_not_written_to(tmp_path: Path) -> None:
    for change in ("UPDATE meta SET value = 'another/station'", "PRAGMA user_version = 9"):
        bench = Bench(tmp_path)
        bench.sql(change)
        bench.close()
        bench = Bench(tmp_path)
        assert "was kept" in bench.remark
        bench.close()
