"""The demo line for campaigns: orders with more units than a campaign can build, each order at one station only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station_app.demo.plant import ASM_10, ASM_20, DATABASE, INS_30, STATIONS, DemoPlant, DemoStation
from station_app.storage.master_files import read_master_path
from station_app.storage.shared.admin import Publication, add_login, publish
from tests.plant import SPEED
from tests.short_line import short_line

UNITS = 2000
WORK = {
    ASM_10: ("assembly", "gx40-assembly", "C"),
    ASM_20: ("test_run", "gx40-test-run", "B"),
    INS_30: ("inspection", "gx40-inspection", "B"),
}


def unit_form(station: DemoStation) -> str:
    """The serial numbers of its order, as a format of the number."""
    return station.name.replace("-", "") + "-{:06}"


def _order(station: DemoStation) -> str:
    operation, work_master, version = WORK[station]
    first, last = (unit_form(station).format(number) for number in (1, UNITS))
    return f"""
[[order]]
id = "CAMPAIGN-{station.name}"
product = "GX-40"
product_title = "GX-40 Gear reducer"
quantity = {UNITS}
serials = ["{first}..{last}"]
due = 2030-01-31
priority = 9

[[order.operation]]
id = "{operation}"
title = "{operation}"
stations = ["{station.path}"]
work_master = "{work_master}"
version = "{version}"
"""


MATERIALS = f"""
[[material]]
id = "GX40-H"
title = "Housing GX-40"
tracked = "serial"
serials = ["H-000501..H-{500 + UNITS:06}"]
"""


def publish_orders(plant: DemoPlant, folder: Path) -> None:
    """Publish the campaign's orders and enough housings for them."""
    folder.mkdir()
    (folder / "orders.toml").write_text("".join(map(_order, plant.stations)), encoding="utf-8")
    (folder / "materials.toml").write_text(MATERIALS, encoding="utf-8")
    login = add_login(plant.admin_url, "publisher")
    files = read_master_path(folder, lambda secret: secret)
    url = plant.postgres.url(login.name, login.password, DATABASE)
    publish(url, [Publication(p.kind, p.id, p.body) for p in files.publications], {})


@contextmanager
def campaign_plant(folder: Path, stations: tuple[DemoStation, ...] = STATIONS) -> Iterator[DemoPlant]:
    """The demo line with its machines running and the campaign's orders; its server may be killed."""
    with DemoPlant(folder / "plant", SPEED, stations, short_line()) as plant:
        publish_orders(plant, folder / "master")
        with plant.control() as control:
            control.press_auto(True)
            control.bench_run(True)
        yield plant
    plant.postgres.remove()
