"""The master-data feed: whoever sees a revision has seen all before it, however many publish at once."""

from __future__ import annotations

import threading

import pytest

from station_app.services.ports import SharedDatabaseError
from station_app.services.pull_master_data import MasterFeed
from station_app.services.sync_state import SyncFaults
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import Publication, publish
from tests.fakes.evidence import FakeEvidenceStore
from tests.fakes.journal import FakeJournal
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


@pytest.mark.parametrize("snapshot", [False, True], ids=["change by change", "as a snapshot"])
def test_a_document_that_somebody_changed_holds_nothing_else_up_and_is_repaired_by_publishing_it_again(
    plant: PlantDatabase, snapshot: bool
) -> None:
    url = plant.url("publisher")
    publish(url, [Publication("reasons", name, f"{name} 1".encode()) for name in "abc"])
    plant.sql("UPDATE mes.master_change SET body = 'forged' WHERE rev = 2")
    journal, faults = FakeJournal(STATION_A), SyncFaults()
    station = PostgresSharedDatabase(plant.address(STATION_A))
    feed = MasterFeed(journal, station, FakeEvidenceStore(), faults, lambda: None)

    def pulled() -> dict[str, bytes]:
        feed.ask_again()
        if snapshot:
            feed.pull_snapshot()
        while feed.pull():
            pass
        return {item.id: item.body for item in journal.master("reasons")}

    assert pulled() == {"a": b"a 1", "c": b"c 1"}
    assert "reasons b (revision 2) does not match its hash" in faults.standing()[0].text
    assert publish(url, [Publication("reasons", name, f"{name} 1".encode()) for name in "abcd"]) == 5
    assert pulled() == {name: f"{name} 1".encode() for name in "abcd"}
    assert faults.standing() == ()
    station.close()
