"""One entrance for every scan: what it is decides what it does; malformed and unknown ones do nothing and say why."""

from __future__ import annotations

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.rules import Refusal
from station_app.domain.scan import Action, ActionScan, BadgeScan
from tests.unit.services.station import BADGE, ServiceStation


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" \r\n\t ", "empty"),
        ("U-9", "not an order, serial number, component, tool or badge known here"),
        ("U-1\x1dL-1", "control characters"),
        ("\x02U-1", "control characters"),
        ("U-1\ud800", "control characters"),
        ("9" * 513, "513 characters"),
        ("ACTION:fly", "is no action this station knows"),
        ("ACTION:", "is no action this station knows"),
        ("'; DROP TABLE log; --", "not an order"),
        ("u-1", "not an order"),
    ],
)
def test_unknown_and_malformed_scans_do_nothing_and_say_why(station: ServiceStation, text: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        station.scanning.scan(text)
    assert (station.journal.head(REC).seq, station.journal.head(AUDIT).seq) == (0, 0)


def test_a_unit_an_order_a_component_and_actions(station: ServiceStation) -> None:
    station.scan(" U-1\r\n")
    station.scan("H-1")
    station.scan("ACTION:next")
    assert station.step_id == "press"
    station.scan("L-1")
    station.scan("ACTION:repeat")
    job = station.execution.job
    assert job is not None
    assert job.current is not None
    assert job.current.attempt == 2


def test_a_badge_asks_for_its_pin_and_other_actions_for_a_dialog(station: ServiceStation) -> None:
    badge = station.scanning.scan(BADGE)
    assert isinstance(badge.scan, BadgeScan)
    assert badge.scan.person.id == "anna"
    assert badge.saving is None
    for action in (Action.PROBLEM, Action.ANDON, Action.PHOTO, Action.SIGN_OUT):
        reaction = station.scanning.scan(f"ACTION:{action}")
        assert reaction.scan == ActionScan(action)
        assert reaction.saving is None


def test_recognising_does_nothing(station: ServiceStation) -> None:
    station.scanning.recognise("U-1")
    assert station.execution.job is None
    assert station.execution.opening == ""
