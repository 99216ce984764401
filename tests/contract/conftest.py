"""What several contract suites begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from station_app.domain.chain import REC
from station_app.domain.records import ChangeSuggested
from station_app.services.ports import Suggestion
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import Publication, publish
from station_app.storage.shared.documents import PostgresDocuments
from tests.contract.shared_line import Line
from tests.documents import Desk
from tests.fakes.documents import FakeDocuments, FakeDocumentServer
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.shared_database import STATION_A, STATION_B, ChainWriter, PlantDatabase


@pytest.fixture(params=["postgres", "fake"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Document control with its people, held by PostgreSQL and by the stand-in."""
    desk = _fake_desk() if request.param == "fake" else _real_desk(request.getfixturevalue("plant"))
    desk.staff()
    yield desk
    desk.database.close()


@pytest.fixture(params=["postgres", "fake"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    """Two stations of a line at their shared database, held by PostgreSQL and by the stand-in."""
    if request.param == "fake":
        server = FakeServer()
        line = Line(FakeSharedDatabase(server, STATION_A), FakeSharedDatabase(server, STATION_B), server.publish)
    else:
        plant = request.getfixturevalue("plant")
        url = plant.url("publisher")
        line = Line(
            PostgresSharedDatabase(plant.address(STATION_A)),
            PostgresSharedDatabase(plant.address(STATION_B)),
            lambda kind, key, body, op: publish(url, [Publication(kind, key, body, op)]),
        )
    yield line
    line.a.close()
    line.b.close()


def _fake_desk() -> Desk:
    server = FakeDocumentServer()

    def suggest(suggestion_id: str, document_id: str, text: str) -> None:
        said = (
            suggestion_id,
            document_id,
            "1",
            "place",
            STATION_A,
            "p.novak",
            1,
            text,
            "",
            None,
            None,
            "",
            "U-1",
            "",
            "",
        )
        server.said.insert(0, Suggestion(*said))

    return Desk(FakeDocuments(server), server.publish, suggest)


def _real_desk(plant: PlantDatabase) -> Desk:
    url = plant.url("publisher")
    chain = ChainWriter(STATION_A)

    def suggest(suggestion_id: str, document_id: str, text: str) -> None:
        fact = ChangeSuggested(
            suggestion_id=suggestion_id, work_master_id=document_id, work_master_version="1",
            work_master_sha256="0" * 64, step_id="place", text=text, media_file="", x=None, y=None,
            evidence_sha256="", serial="U-1", job_id="J1",
        )  # fmt: skip
        row = chain.row(fact)
        station = PostgresSharedDatabase(plant.address(STATION_A))
        station.append_batch(REC, 1, row.seq, [row])
        station.close()

    return Desk(
        PostgresDocuments(plant.address("author")),
        lambda kind, key, body, op: publish(url, [Publication(kind, key, body, op)]),
        suggest,
    )
