"""Questions to the server: answered on the pool, and "not reached" when it is away or cut in the middle."""

from __future__ import annotations

from station_app.domain.records import MaterialDetached
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ASM_11, ServiceStation


def test_out_of_contact_nothing_is_asked(station: ServiceStation) -> None:
    station.in_contact = False
    station.server.open.clear()
    assert station.lookup.ask("U-1").result(5).reached is False
    assert station.lookup.component("H-1").result(5).used_in is None


def test_a_cut_line_is_not_reached(station: ServiceStation) -> None:
    station.server.close()
    assert station.lookup.ask("U-1").result(5).reached is False
    assert station.lookup.component("H-1").result(5).used_in is None


def test_what_the_server_knows(station: ServiceStation, make_station: MakeStation) -> None:
    assert station.lookup.ask("U-1").result(5).statuses == ()
    station.scan("U-1")
    station.scan("H-1")
    station.deliver()
    other = make_station(ASM_11)
    (status,) = other.lookup.ask("U-1").result(5).statuses
    assert (status.station, status.operation, status.state) == (station.path, "assembly", "Running")
    assert other.lookup.component("H-1").result(5).used_in == "U-1"
    job = station.execution.job
    assert job is not None
    fact = MaterialDetached(
        job_id=job.job_id, serial="U-1", order_id="4711", operation="assembly", step_id="housing", material="GX40-H",
        component_serial="H-1", reason="wrong one",
    )  # fmt: skip
    station.done(station.ledger.commit([fact]))
    station.deliver()
    assert other.lookup.component("H-1").result(5).used_in is None, "taken out again, it is free"
    assert "H-1" not in station.ledger.fold.component_used_in
