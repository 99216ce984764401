"""The test bench model, and its register image."""

from __future__ import annotations

import struct

import pytest

from drivers.simulation.bench import AMBIENT_C, IMAGE_LENGTH, RATED_RPM, Bench


def run(bench: Bench, seconds: float) -> None:
    for _ in range(int(seconds / 0.05)):
        bench.step(0.05)


def test_it_ramps_up_warms_up_and_runs_down() -> None:
    bench = Bench()
    run(bench, 5)
    assert bench.speed_rpm == 0.0
    assert bench.temperature_c == pytest.approx(AMBIENT_C)
    bench.run_command = True
    run(bench, 1)
    assert 300 < bench.speed_rpm < 500
    starting_a = bench.current_a
    run(bench, 10)
    assert bench.speed_rpm == RATED_RPM
    assert bench.status_bits & 0b11 == 0b11
    assert 1.0 < bench.current_a < 3.0 < starting_a + 1, "the instruction of the test run asks for 1 to 3 A"
    assert 1380 < bench.speed_rpm < 1420
    warm_after_10_s = bench.temperature_c
    run(bench, 300)
    assert AMBIENT_C + 1 < warm_after_10_s < bench.temperature_c < 45.5
    assert bench.status_bits & 0b100
    bench.run_command = False
    run(bench, 10)
    assert bench.speed_rpm == 0.0
    assert bench.run_count == 1


def test_the_register_image_is_the_documented_one() -> None:
    bench = Bench()
    bench.run_command = True
    run(bench, 8)
    image = bench.registers()
    assert len(image) == IMAGE_LENGTH
    words = [struct.pack(">H", register) for register in image]
    (temperature,) = struct.unpack(">f", words[0] + words[1])
    (current,) = struct.unpack(">f", words[5] + words[4])
    (speed,) = struct.unpack(">f", words[7] + words[6])
    assert temperature == pytest.approx(bench.temperature_c, abs=0.2)
    assert current == pytest.approx(bench.current_a, abs=0.01)
    assert speed == pytest.approx(bench.speed_rpm, abs=5)
    assert image[8] == bench.status_bits
    assert image[9] == bench.heartbeat
    assert image[10:12] == [0, 1]
    assert b"".join(words[12:]).rstrip(b"\0") == b"TEST BENCH 20"
