"""For how long the server was not heard of: counted from the last contact, and after a restart from what was delivered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.chain import REC
from station_app.services.contact import Contact, ServerContact
from station_app.services.contact_age import ContactAge
from tests.unit.services.station import ServiceStation


def test_it_is_counted_from_the_last_contact(station: ServiceStation) -> None:
    contact = Contact()
    age = ContactAge(station.journal, contact, station.clock)
    station.clock.advance(50)
    assert age.seconds() == pytest.approx(50), "nothing was ever delivered: since the start"
    contact.sync(replace(ServerContact(), last_contact_us=station.clock.wall_us()))
    station.clock.advance(7)
    assert age.seconds() == pytest.approx(7)


def test_after_a_restart_the_newest_delivered_record_counts(station: ServiceStation) -> None:
    station.scan("U-1")
    delivered = station.journal.head(REC).seq
    station.clock.advance(3600)
    station.scan("H-1")
    station.journal.set_peer(REC, 1, delivered, None).result()
    station.clock.advance(3600)
    assert ContactAge(station.journal, Contact(), station.clock).seconds() == pytest.approx(7200)
