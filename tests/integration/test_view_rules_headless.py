"""View rules of an instruction through the real program: the simulated camera shows a unit without its right bearing."""

from __future__ import annotations

import hashlib
from pathlib import Path

from drivers.simulation.scene import Scene, SceneRenderer
from station_app.demo.plant import ASM_10, DATABASE, DemoPlant
from station_app.domain.checks import PhotoCheck
from station_app.domain.master import WORK_MASTER, JobOrder, Operation, encode_item, work_master_key
from station_app.domain.media import Picture
from station_app.domain.view import PartRegion
from station_app.domain.work_master import Step, WorkMaster, encode_work_master
from station_app.storage.shared.admin import Media, Publication, add_login, publish
from tests.plant import ANNA, ANNA_PIN, HeadlessStation, run_station, show, take_photo

UNIT = "VIEW-0001"


def _published(plant: DemoPlant) -> Path:
    good = SceneRenderer().render(Scene("VIEW-0000"), 1)
    sha256 = hashlib.sha256(good).hexdigest()
    photo = PhotoCheck(
        id="photo",
        title="Both bearings",
        camera="bench",
        min_sharpness=0.006,
        min_brightness=40,
        max_brightness=220,
        max_overexposed=0.2,
        code_is_unit=True,
        width_px=1280,
        height_px=720,
        reference=Picture("good.jpg", sha256, len(good), "image/jpeg"),
        parts=(
            PartRegion("left bearing", 0.25, 0.3, 0.2, 0.37),
            PartRegion("right bearing", 0.49, 0.32, 0.17, 0.33),
        ),
    )
    step = Step(id="look", title={"en": "Look"}, text={"en": "Take a photo."}, checks=(photo,))
    master = WorkMaster(id="view", version="A", title="View", product="VIEW-40", operation="view", steps=(step,))
    operation = Operation(
        id="view", title="View", stations=(ASM_10.path,), work_master_id=master.id, work_master_version="A"
    )
    order = JobOrder(
        id="VIEW-1", product="VIEW-40", product_title="View", quantity=1, serials=(UNIT,), operations=(operation,)
    )
    login = add_login(plant.admin_url, "publisher")
    publications = [
        Publication(order.kind, order.id, encode_item(order)),
        Publication(WORK_MASTER, work_master_key(master), encode_work_master(master)),
    ]
    url = plant.postgres.url(login.name, login.password, DATABASE)
    publish(url, publications, {sha256: Media(good, "image/jpeg")})
    return plant.station_file(ASM_10)


def test_a_missing_part_is_named_and_does_not_pass(demo_plant: DemoPlant) -> None:
    config = _published(demo_plant)
    with HeadlessStation(config) as station:
        station.begin(ANNA, ANNA_PIN)
        while "refused" in station.do("scan", text=UNIT):
            station.must("pause", seconds=0.2)  # the order, and the picture to compare with, are on their way
        with demo_plant.control() as control:
            control.fault("part missing", True)
            show(station, demo_plant, UNIT)
            station.must("photo")
            assert "“Both bearings” has failed" in station.refused("confirm")
            control.fault("part missing", False)
        take_photo(station)
        station.must("wait", **{"for": "drained"})
    text = run_station("trace", UNIT, "-c", config).stdout
    assert "Part missing: right bearing is not as in the reference picture" in text
    assert "left bearing" not in text
    assert "Ended PASS" in text
