"""Reading: a month as fast as a minute and never different from the samples themselves."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.base import Quality, Sample
from station_app.domain.trend import Envelope, GapKind, ValueKind
from station_app.services.ports import HistorianError
from station_app.storage.historian import SqliteTrendHistory
from tests.machine_data import ALL, STATION, T0_US, Bench, ramp, sample

SECOND = 1_000_000


def noisy(count: int, seed: int = 3, step_us: int = SECOND) -> list[Sample]:
    """A random walk, with Bad samples now and then."""
    chance, value, samples = random.Random(seed), 0.0, []
    for number in range(count):
        value += chance.gauss(0, 1)
        bad = chance.random() < 0.02
        quality, status = (Quality.BAD, "BadSensorFailure") if bad else (Quality.GOOD, "Good")
        samples.append(sample(T0_US + number * step_us, value, quality, status))
    return samples


def expected(samples: list[Sample], from_us: int, to_us: int) -> tuple[float, float, float, int, int]:
    """(min, max, mean, count, bad) of the samples in a span."""
    inside = [s for s in samples if from_us <= int(s.time * 1e6 + 0.5) < to_us]
    good = [float(s.value) for s in inside if s.quality is not Quality.BAD and isinstance(s.value, float)]
    return min(good), max(good), sum(good) / len(good), len(good), len(inside) - len(good)


def totals(envelope: Envelope) -> tuple[float, float, float, int, int]:
    """The same of all points of an envelope."""
    return (
        float(np.nanmin(envelope.minimum)),
        float(np.nanmax(envelope.maximum)),
        float(np.nansum(envelope.mean * envelope.count) / envelope.count.sum()),
        int(envelope.count.sum()),
        int(envelope.bad.sum()),
    )


@pytest.fixture(scope="module")
def long_past(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bench, list[Sample]]:
    """A third of a million samples: 313 blocks, two levels above."""
    bench = Bench(tmp_path_factory.mktemp("past"))
    samples = noisy(320_000)
    for start in range(0, len(samples), 50_000):
        bench.store(samples[start : start + 50_000])
    return bench, samples


def test_levels_stand_on_each_other(long_past: tuple[Bench, list[Sample]]) -> None:
    bench, _ = long_past
    rows = bench.sql(
        "SELECT level, count(*), sum(count), sum(bad), sum(usable) FROM block GROUP BY level ORDER BY level"
    )
    assert [row[0] for row in rows] == [0, 1, 2]
    assert rows[0][1] > 16 * rows[1][1] - 16
    assert len({row[2:] for row in rows}) == 1, "every level stands for every sealed sample"


@pytest.mark.parametrize("points", [1, 7, 100, 480, 2000])
@pytest.mark.parametrize("share", [1.0, 0.4, 0.1, 0.01, 0.002])
def test_an_envelope_has_every_spike_and_the_same_mean(
    long_past: tuple[Bench, list[Sample]], points: int, share: float
) -> None:
    bench, samples = long_past
    span = int(320_000 * SECOND * share)
    from_us = T0_US + int(120_000 * SECOND * (1 - share))
    found = bench.history.envelope("force", from_us, from_us + span, points)
    assert found.time_us.size <= max(points + 1, 4 * points + 2)
    assert (np.diff(found.time_us) > 0).all()
    if found.raw:
        return
    low, high, mean, count, bad = totals(found)
    exact = expected(samples, from_us, from_us + span)
    assert (low, high, count, bad) == (exact[0], exact[1], exact[3], exact[4])
    assert mean == pytest.approx(exact[2], rel=1e-9)


@pytest.mark.parametrize("points", [1, 7, 300])
def test_a_span_has_its_own_samples_and_no_others_from_however_far(
    long_past: tuple[Bench, list[Sample]], points: int
) -> None:
    """Also at its two ends, where a summary reaches beyond it: there may be the lowest value."""
    bench, samples = long_past
    chance = random.Random(points)
    for _ in range(12):
        first = chance.randrange(250_000)
        count = chance.choice([20_000, 60_000, 320_000 - first])
        from_us, to_us = T0_US + first * SECOND, T0_US + min(first + count, 320_000) * SECOND
        found = bench.history.envelope("force", from_us, to_us, points)
        assert not found.raw
        assert totals(found) == pytest.approx(expected(samples[first : first + count], from_us, to_us))
        assert found.time_us.min() >= from_us


def test_few_samples_come_raw_with_their_neighbours(bench: Bench) -> None:
    bench.store(ramp(5000))
    found = bench.history.envelope("force", T0_US + 100 * SECOND, T0_US + 110 * SECOND, 200)
    assert found.raw
    assert found.mean.tolist() == [float(n) for n in range(99, 111)]
    assert found.minimum.tolist() == found.maximum.tolist() == found.mean.tolist()
    between = bench.history.envelope("force", T0_US + 100 * SECOND + 1, T0_US + 100 * SECOND + 9, 200)
    assert between.mean.tolist() == [100.0, 101.0], "a line goes through a span without a sample"


def test_from_raw_to_envelope_nothing_jumps(bench: Bench) -> None:
    samples = noisy(40_000)
    bench.store(samples)
    to_us = T0_US + 8200 * SECOND
    raw = bench.history.envelope("force", T0_US, to_us, 2100)
    coarse = bench.history.envelope("force", T0_US, to_us, 2000)
    assert (raw.raw, coarse.raw) == (True, False)
    assert np.nanmin(raw.minimum) == pytest.approx(np.nanmin(coarse.minimum), abs=5)
    inside = raw.time_us < to_us
    assert np.nanmax(raw.maximum[inside]) == np.nanmax(coarse.maximum)


@settings(max_examples=15, deadline=None)
@given(
    times=st.lists(st.integers(0, 3_000_000), min_size=1, max_size=400),
    batches=st.integers(1, 5),
    window=st.tuples(st.integers(0, 3_000_000), st.integers(0, 3_000_000)),
)
def test_whatever_the_order_of_times_a_span_answers_its_samples(
    tmp_path_factory: pytest.TempPathFactory, times: list[int], batches: int, window: tuple[int, int]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("order"))
    arrived = [(T0_US + time * 1000, float(number)) for number, time in enumerate(times * 8)]
    size = -(-len(arrived) // batches)
    for start in range(0, len(arrived), size):
        bench.store([sample(time, value, received_us=T0_US) for time, value in arrived[start : start + size]])
    from_us, to_us = T0_US + min(window) * 1000, T0_US + max(window) * 1000
    wanted = sorted(((t, v) for t, v in arrived if from_us <= t < to_us), key=lambda pair: pair[0])
    found = bench.history.read_raw("force", from_us, to_us, 100_000)
    assert list(zip(found.time_us.tolist(), found.value.tolist(), strict=True)) == wanted
    few = bench.history.read_raw("force", from_us, to_us, 10)
    assert few.value.tolist() == [value for _, value in wanted[:10]]
    assert few.complete is (len(wanted) <= 10)
    bench.close()


def test_a_damaged_block_is_told_and_the_rest_is_read(bench: Bench) -> None:
    bench.store(ramp(5000))
    (damaged,) = bench.sql("SELECT id FROM content ORDER BY id LIMIT 1 OFFSET 2")[0]
    bench.sql("UPDATE content SET content = zeroblob(length(content)) WHERE id = ?", damaged)
    assert bench.values() == [float(n) for n in range(5000) if not 2048 <= n < 3072]
    (gap,) = bench.history.read_raw("force", T0_US, T0_US + 5000 * SECOND, 10_000).gaps
    assert gap.kind is GapKind.DAMAGED
    assert "does not match its SHA-256" in gap.reason
    assert (gap.start_us, gap.end_us) == (T0_US + 2048 * SECOND, T0_US + 3071 * SECOND)
    drawn = bench.history.envelope("force", T0_US, T0_US + 5000 * SECOND, 100)
    assert gap in drawn.gaps
    assert drawn.count.sum() == 5000 - 1024


def test_a_block_whose_place_was_exchanged_is_found(bench: Bench) -> None:
    bench.recording.take([])
    bench.sql("INSERT INTO tag (name) VALUES ('other')")
    bench.store(ramp(2048))
    bench.sql("UPDATE tag SET name = CASE name WHEN 'force' THEN 'x' ELSE 'force' END")
    bench.sql("UPDATE tag SET name = 'other' WHERE name = 'x'")
    assert bench.history.read_raw("other", T0_US, T0_US + SECOND, 10).gaps[0].kind is GapKind.DAMAGED


def test_texts_are_told_from_near_and_afar(bench: Bench) -> None:
    bench.store([sample(T0_US + n * SECOND, f"step {n // 1000}") for n in range(20_000)])
    near = bench.history.envelope("force", T0_US, T0_US + 3 * SECOND, 10)
    assert (near.kind, near.raw, near.texts[0]) == (ValueKind.TEXT, True, "step 0")
    afar = bench.history.envelope("force", T0_US, T0_US + 20_000 * SECOND, 20)
    assert afar.texts == tuple(f"step {n}" for n in range(20))
    assert np.isnan(afar.mean).all()


def test_a_tag_that_is_always_bad_has_points_without_values_and_one_gap(bench: Bench) -> None:
    bench.store([sample(T0_US + n * SECOND, 1.0, Quality.BAD, "BadNoCommunication") for n in range(200_000)])
    found = bench.history.envelope("force", T0_US, T0_US + 200_000 * SECOND, 100)
    assert np.isnan(found.minimum).all()
    assert found.bad.sum() == 200_000
    assert [gap.reason for gap in found.gaps] == ["BadNoCommunication"]


def test_what_has_no_past_answers_nothing(bench: Bench, tmp_path: Path) -> None:
    nobody = SqliteTrendHistory(tmp_path / "none.sqlite", STATION)
    for history, tag in ((bench.history, "unknown"), (bench.history, "force"), (nobody, "force")):
        assert history.tags() == []
        assert history.read_raw(tag, 0, T0_US, 10).time_us.size == 0
        assert history.envelope(tag, 0, T0_US, 10).time_us.size == 0
    nobody.close()
    assert bench.history.envelope("force", 5, 5, 10).time_us.size == 0


def test_a_question_without_sense_is_an_error_of_ours(bench: Bench) -> None:
    with pytest.raises(ValueError, match="points is 0"):
        bench.history.envelope("force", 0, 1, 0)
    with pytest.raises(ValueError, match="limit is 0"):
        bench.history.read_raw("force", 0, 1, 0)


def test_the_file_of_another_station_is_not_read(bench: Bench) -> None:
    bench.store(ramp(3))
    other = SqliteTrendHistory(bench.path, "another/station")
    with pytest.raises(HistorianError, match="belongs to the station"):
        other.tags()
    other.close()
    bench.history.close()
    with pytest.raises(HistorianError, match="closed"):
        bench.history.tags()


def test_reading_while_the_file_is_made_finds_nothing_yet(tmp_path: Path) -> None:
    faults: list[str] = []
    for number in range(30):
        (folder := tmp_path / str(number)).mkdir()
        history, ended = SqliteTrendHistory(folder / "historian.sqlite", STATION), threading.Event()

        def read(history: SqliteTrendHistory = history, ended: threading.Event = ended) -> None:
            while not ended.is_set():
                try:
                    history.tags()
                except HistorianError as error:
                    faults.append(str(error))

        reader = threading.Thread(target=read)
        reader.start()
        Bench(folder).close()
        ended.set()
        reader.join()
        history.close()
    assert faults == []


def test_tags_tell_their_span(tmp_path: Path) -> None:
    bench = Bench(tmp_path, {"force": ALL, "speed": ALL, "never": ALL})
    bench.store([*ramp(3000), *ramp(7, tag="speed")])
    stored = {tag.name: tag for tag in bench.history.tags()}
    assert set(stored) == {"force", "speed"}
    assert (stored["force"].count, stored["force"].start_us, stored["force"].end_us) == (
        3000, T0_US, T0_US + 2999 * SECOND,
    )  # fmt: skip
    bench.close()


def test_reading_beside_writing_sees_each_sample_once_in_several_threads(bench: Bench) -> None:
    faults: list[str] = []
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            values = bench.values()
            if values != [float(n) for n in range(len(values))]:
                faults.append(f"{len(values)} values out of order")

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for start in range(0, 12_000, 300):
        bench.store([sample(T0_US + n * SECOND, float(n)) for n in range(start, start + 300)])
    ended.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert len(bench.values()) == 12_000
