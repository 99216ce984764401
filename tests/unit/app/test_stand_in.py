"""A try-out is a real station of which nothing stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from station_app.app.stand_in import StandIn, TryOutStation
from station_app.domain.rules import Refusal
from station_app.domain.variants import VariantError
from station_app.domain.work_master import WorkMaster
from station_app.resources import shipped
from station_app.storage.instructions.folder import read_work_master_folder


def sample(name: str) -> tuple[WorkMaster, dict[str, bytes]]:
    return read_work_master_folder(shipped("instructions") / name)


def test_a_unit_is_on_the_bench_and_its_parts_are_there(qtbot: QtBot) -> None:
    work_master, media = sample("gx40-assembly")
    station = TryOutStation(work_master, media)
    execution = station.services.execution
    try:
        station.begin()
        qtbot.waitUntil(lambda: execution.job is not None and execution.job.current is not None)
        assert execution.job is not None and execution.job.current is not None
        step = execution.job.current
        good, wrong = station.codes(step.step)
        with pytest.raises(Refusal):
            station.services.scanning.scan(wrong.text)
        station.services.scanning.scan(good.text)
        qtbot.waitUntil(lambda: step.settled)
        tags = [tag for each in work_master.steps for tag in station.tags(each)]
        assert "press.peak_force" in tags
        station.set_value("press.peak_force", 12.5)
        station.tick()
        latest = station.services.tags.latest("press.peak_force")
        assert latest is not None and latest.value == 12.5
    finally:
        station.close()
    assert not station.folder.exists()


@pytest.mark.parametrize("name", ["gx40-assembly", "gx40-test-run", "gx40-inspection"])
def test_every_sample_can_be_begun_and_has_what_its_steps_ask_for(qtbot: QtBot, name: str) -> None:
    work_master, media = sample(name)
    station = TryOutStation(work_master, media)
    try:
        station.begin()
        job = station.services.execution
        qtbot.waitUntil(lambda: job.job is not None and job.job.current is not None)
        assert job.job is not None
        for step in job.job.work_master.steps:  # as it is for the product
            for code in station.codes(step):
                station.services.scanning.recognise(code.text)
            assert all(tag in station.services.tags.tags for tag in station.tags(step))
    finally:
        station.close()


def test_a_product_without_a_variant_is_said_and_leaves_nothing(qtbot: QtBot) -> None:
    work_master, media = sample("gx40-assembly")
    with pytest.raises(VariantError):
        TryOutStation(work_master, media, "GX-99")


def test_the_stand_in_of_the_preview_shows_media_and_goes_without_a_trace(qtbot: QtBot) -> None:
    station = StandIn()
    _, media = sample("gx40-assembly")
    station.show(media.values())
    station.know_tags(["press.force"])
    assert all(station.services.library.picture(sha256) == content for sha256, content in media.items())
    folder: Path = station.folder
    station.close()
    assert not folder.exists()
