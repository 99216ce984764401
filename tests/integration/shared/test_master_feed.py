"""The master-data feed: whoever sees a revision has seen all before it, however many publish at once."""

from __future__ import annotations

import threading

import pytest

from station_app.services.ports import SharedDatabaseError
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import Publication, publish
from tests.shared_database import STATION_A, PlantDatabase

PUBLISHERS, CHANGES = 8, 40


def test_eight_publishers_and_a_cursor_reader_lose_nothing(plant: PlantDatabase) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for change in range(CHANGES):
                publications = [
                    Publication("order", f"{number}-{change}-{part}", b"{}") for part in range(1 + change % 3)
                ]
                publish(plant.url("publisher"), publications)
        except SharedDatabaseError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(PUBLISHERS)]
    for thread in threads:
        thread.start()
    station = PostgresSharedDatabase(plant.address(STATION_A))
    seen: list[int] = []
    while any(thread.is_alive() for thread in threads) or station.master_since(seen[-1] if seen else 0, 1).changes:
        seen += [change.rev for change in station.master_since(seen[-1] if seen else 0, 7).changes]
    station.close()
    for thread in threads:
        thread.join(60)
    assert failures == []
    expected = PUBLISHERS * sum(1 + change % 3 for change in range(CHANGES))
    assert seen == list(range(1, expected + 1)), "gapless and in order"


def test_a_failing_publication_publishes_nothing(plant: PlantDatabase) -> None:
    with pytest.raises(SharedDatabaseError):
        publish(plant.url("publisher"), [Publication("order", "1", b"{}"), Publication("order", "2", b"{}", op="burn")])
    assert plant.sql("SELECT count(*) FROM mes.master_change") == [(0,)]
    assert publish(plant.url("publisher"), [Publication("order", "3", b"{}")]) == 1


def test_the_current_documents(plant: PlantDatabase) -> None:
    changes = [
        Publication("order", "1", b"old"), Publication("order", "2", b"two"), Publication("order", "1", b"new"),
        Publication("order", "2", b"", op="remove"),
    ]  # fmt: skip
    assert publish(plant.url("publisher"), changes) == 4
    assert plant.sql("SELECT rev, id, body, published_by FROM mes.master") == [(3, "1", b"new", "plant_publisher")]
