"""Derived tags from station.toml to samples: checked, tried, and computed beside a real device."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.base import Quality, Sample
from drivers.field import FieldLoop
from drivers.simulation.process import PlantProcess
from station_app.app.devices import build_drivers
from station_app.app.probing import probe
from station_app.cli.output import settings
from station_app.config import StationConfig
from station_app.demo.plant import BENCH_TAGS
from tests.waiting import wait_until

STATION = """\
[station]
path = "Demo/Plant/Hall1/Line1/ASM-20"
kind = "test"
[devices.bench]
type = "modbus"
host = "127.0.0.1"
port = {port}
"""
MORE = """\
[tags.warming]
formula = "rate(bench.temperature, 60)"
[tags.condition]
formula = 'if(bench.speed > 100, "running", "standing")'
"""


def config_for(plant: PlantProcess, folder: Path) -> StationConfig:
    file = folder / "station.toml"
    text = STATION.format(port=plant.ports["modbus"]) + "\n".join(BENCH_TAGS) + "\n" + MORE
    file.write_text(text, encoding="utf-8")
    return settings(file)


@pytest.mark.expected_log("^bench: (the device closed the connection|no connection to )")
def test_a_derived_tag_follows_its_inputs_and_is_bad_with_them(tmp_path: Path) -> None:
    with PlantProcess("--speed", "4") as plant, plant.control() as control:
        config = config_for(plant, tmp_path)
        answers = {answer.what: answer for answer in probe(config)}
        assert all(answer.ok for answer in answers.values()), answers
        assert answers["bench.power"].said.endswith(" W")
        assert "takes a while" in answers["warming"].said
        assert answers["condition"].said == "standing"
        control.bench_run(True)
        latest: dict[str, Sample] = {}
        loop = FieldLoop()

        def now() -> dict[str, Sample]:
            latest.update({sample.tag: sample for sample in loop.samples.drain()})
            return latest

        loop.start(build_drivers(config))
        try:
            wait_until(lambda: "condition" in now() and latest["condition"].value == "running", 10.0, "the bench runs")
            wait_until(lambda: now()["warming"].quality is Quality.UNCERTAIN, 5.0, "a rate of less than a minute")
            power = latest["bench.power"]
            assert power.quality is Quality.GOOD
            assert isinstance(power.value, float)
            assert power.value > 10
            control.fault("device gone", True, "bench")
            wait_until(lambda: now()["bench.power"].status == "BadCommunicationError", 2.0, "Bad")
            assert isinstance(latest["bench.power"].value, float)
        finally:
            loop.stop()
