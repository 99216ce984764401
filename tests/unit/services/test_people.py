"""Who is at the station: badge and PIN, name and password; five wrong ones lock for 15 minutes whatever the clock says."""

from __future__ import annotations

import msgspec
import pytest

from station_app.domain.chain import AUDIT
from station_app.domain.master import Person
from station_app.domain.records import PersonSession
from station_app.domain.rules import Refusal
from station_app.services.secrets import badge_sha256
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import BADGE, PIN, ServiceStation

YEAR_S = 365 * 86_400


@pytest.fixture
def door(make_station: MakeStation) -> ServiceStation:
    """A station with nobody signed in."""
    return make_station()


def sessions(station: ServiceStation) -> list[tuple[str, str]]:
    return [(f.state, f.person_id) for f in station.facts(AUDIT) if isinstance(f, PersonSession)]


def settled(station: ServiceStation, count: int) -> None:
    station.settle(lambda: len(sessions(station)) == count, f"{count} records of sessions")


def wrong(station: ServiceStation, times: int) -> None:
    for _ in range(times):
        with pytest.raises(Refusal, match=r"The PIN is wrong\."):
            station.done(station.people.sign_in_badge(BADGE, "0000"))


def locked(station: ServiceStation) -> str:
    with pytest.raises(Refusal, match="locked") as refusal:
        station.done(station.people.sign_in_badge(BADGE, PIN))
    return str(refusal.value)


def test_badge_and_pin(door: ServiceStation) -> None:
    told: list[str] = []
    door.people.changed.subscribe(lambda: told.append("changed"))
    person = door.done(door.people.sign_in_badge(BADGE, PIN))
    assert door.people.person == person
    assert door.ledger.actor() == "anna"
    door.people.sign_out()
    assert door.ledger.person is None
    door.people.sign_out()
    settled(door, 2)
    assert sessions(door) == [("signed_in", "anna"), ("signed_out", "anna")]
    assert told == ["changed", "changed"]


def test_name_and_password(door: ServiceStation) -> None:
    assert door.done(door.people.sign_in_password("tom brandt", "right")).id == "tom"
    assert door.done(door.people.sign_in_password("TOM", "right")).id == "tom"


@pytest.mark.parametrize(
    ("name", "password"), [("tom", "wrong"), ("nobody", "right"), ("anna", ""), ("gone", "x"), ("", ""), ("x" * 5000, "right")]
)  # fmt: skip
def test_a_wrong_name_says_the_same_as_a_wrong_password(door: ServiceStation, name: str, password: str) -> None:
    with pytest.raises(Refusal, match=r"^Name or password is wrong\.$"):
        door.done(door.people.sign_in_password(name, password))
    assert door.people.person is None


def test_an_unknown_or_inactive_badge_is_refused(door: ServiceStation) -> None:
    for secret in ("unknown", "old-badge", ""):
        with pytest.raises(Refusal, match="not known here"):
            door.done(door.people.sign_in_badge(secret, PIN))


def test_no_secret_is_ever_recorded(door: ServiceStation) -> None:
    wrong(door, 1)
    door.done(door.people.sign_in_badge(BADGE, PIN))
    with pytest.raises(Refusal):
        door.done(door.people.sign_in_badge("unknown-secret", "4242"))
    settled(door, 3)
    stored = b"".join(row.body for row in door.journal.all_rows(AUDIT))
    for secret in (BADGE, PIN, "0000", "unknown-secret", "4242"):
        assert secret.encode() not in stored


def test_five_wrong_pins_lock_for_15_minutes(door: ServiceStation) -> None:
    wrong(door, 4)
    assert door.done(door.people.sign_in_badge(BADGE, PIN)).id == "anna", "four are forgiven"
    wrong(door, 5)
    assert locked(door) == "Signing in is locked for 15 minutes more."
    door.clock.advance(14 * 60)
    assert locked(door) == "Signing in is locked for 1 minutes more."
    door.clock.advance(61)
    assert door.done(door.people.sign_in_badge(BADGE, PIN)).id == "anna"
    settled(door, 4 + 1 + 5 + 2 + 1)
    assert sessions(door).count(("locked", "anna")) == 1


@pytest.mark.parametrize("step_s", [YEAR_S, -YEAR_S])
def test_setting_the_clock_does_not_unlock(door: ServiceStation, step_s: float) -> None:
    wrong(door, 5)
    door.clock.step_wall(step_s)
    locked(door)
    door.clock.advance(15 * 60 + 1)
    door.done(door.people.sign_in_badge(BADGE, PIN))


def test_attempts_made_at_once_count_too(door: ServiceStation) -> None:
    """Twenty guesses before the first is answered, the right one among the last."""
    attempts = [door.people.sign_in_badge(BADGE, "0000" if n != 18 else PIN) for n in range(20)]
    for attempt in attempts:
        with pytest.raises(Refusal):
            door.done(attempt)
    assert door.people.person is None


def test_a_lock_concerns_one_person(door: ServiceStation) -> None:
    wrong(door, 5)
    assert door.done(door.people.sign_in_password("tom", "right")).id == "tom"
    door.people.sign_out()
    locked(door)


def test_a_restart_forgets_neither_failures_nor_the_lock(door: ServiceStation, make_station: MakeStation) -> None:
    wrong(door, 4)
    settled(door, 4)
    door.close()
    second = make_station(clock=door.clock)
    second.people.remember(second.journal.all_rows(AUDIT))
    wrong(second, 1)
    settled(second, 5)
    locked(second)
    settled(second, 6)
    second.close()
    door.clock.advance(60)
    third = make_station(clock=door.clock)
    third.people.remember(third.journal.all_rows(AUDIT))
    assert locked(third) == "Signing in is locked for 14 minutes more."
    door.clock.advance(14 * 60)
    third.done(third.people.sign_in_badge(BADGE, PIN))


# --- signing -----------------------------------------------------------------------------------------------------------


def test_the_first_signature_of_a_session_needs_both_components_and_later_ones_the_pin(door: ServiceStation) -> None:
    door.done(door.people.sign_in_badge(BADGE, PIN))
    assert [door.people.signs_with_one] == [False], "signing in is no signing"
    with pytest.raises(Refusal, match="needs badge and PIN"):
        door.people.approve_again(PIN)
    first = door.done(door.people.approve_badge(BADGE, PIN))
    assert (first.person.id, first.method) == ("anna", "badge and PIN")
    assert door.people.signs_with_one
    assert door.done(door.people.approve_again(PIN)).method == "PIN"
    with pytest.raises(Refusal, match=r"The PIN is wrong\."):
        door.done(door.people.approve_again("0000"))


@pytest.mark.parametrize("end", ["sign out", "somebody else", "the same again"])
def test_a_session_of_signing_ends(door: ServiceStation, end: str) -> None:
    door.done(door.people.sign_in_badge(BADGE, PIN))
    door.done(door.people.approve_badge(BADGE, PIN))
    if end == "sign out":
        door.people.sign_out()
        door.done(door.people.sign_in_badge(BADGE, PIN))
    elif end == "somebody else":
        door.done(door.people.sign_in_password("tom", "right"))
    else:
        door.done(door.people.sign_in_badge(BADGE, PIN))
    with pytest.raises(Refusal, match="first signature of a session"):
        door.people.approve_again(PIN)


def test_another_person_always_signs_with_both_and_nobody_is_signed_in_by_it(door: ServiceStation) -> None:
    door.done(door.people.sign_in_badge(BADGE, PIN))
    approval = door.done(door.people.approve_password("Tom Brandt", "right"))
    assert (approval.person.id, approval.method) == ("tom", "name and password")
    assert door.people.person is not None and door.people.person.id == "anna"
    assert not door.people.signs_with_one
    settled(door, 1)
    assert sessions(door) == [("signed_in", "anna")]


def test_a_password_alone_signs_again(door: ServiceStation) -> None:
    door.done(door.people.sign_in_password("tom", "right"))
    door.done(door.people.approve_password("tom", "right"))
    assert door.done(door.people.approve_again("right")).method == "password"


def test_wrong_signatures_count_towards_the_lock(door: ServiceStation) -> None:
    door.done(door.people.sign_in_badge(BADGE, PIN))
    for _ in range(5):
        with pytest.raises(Refusal, match="PIN is wrong"):
            door.done(door.people.approve_badge(BADGE, "0000"))
    with pytest.raises(Refusal, match="locked for 15 minutes"):
        door.done(door.people.approve_badge(BADGE, PIN))
    for secret, name in (("unknown", "nobody"),):
        with pytest.raises(Refusal, match="not known here"):
            door.done(door.people.approve_badge(secret, PIN))
        with pytest.raises(Refusal, match="Name or password is wrong"):
            door.done(door.people.approve_password(name, "x"))


def test_half_a_character_typed_or_scanned_is_refused_and_recorded(door: ServiceStation) -> None:
    with pytest.raises(Refusal, match="not known here"):
        door.done(door.people.sign_in_badge("\ud800", PIN))
    with pytest.raises(Refusal, match="PIN is wrong"):
        door.done(door.people.sign_in_badge(BADGE, "\ud800"))
    with pytest.raises(Refusal, match="Name or password is wrong"):
        door.done(door.people.sign_in_password("\ud800", "x"))
    settled(door, 3)


@pytest.mark.parametrize("how", ["withdrawn", "inactive"])
def test_a_person_whose_rights_were_taken_back_is_signed_out(door: ServiceStation, how: str) -> None:
    person = door.done(door.people.sign_in_badge(BADGE, PIN))
    door.done(door.people.approve_badge(BADGE, PIN))
    told: list[Person | None] = []
    door.people.changed.subscribe(lambda: told.append(door.people.person))
    if how == "withdrawn":
        door.withdraw("person", "anna")
    else:
        inactive = msgspec.structs.replace(person, active=False)
        door.publish([("person", "anna", msgspec.json.encode(inactive))])
    door.library.reload()
    assert told == [None]
    with pytest.raises(Refusal, match="first signature of a session"):
        door.people.approve_again(PIN)
    settled(door, 2)
    last = [fact for fact in door.facts(AUDIT) if isinstance(fact, PersonSession)][-1]
    assert (last.state, last.person_id, last.reason) == ("signed_out", "anna", "The person was withdrawn.")


def test_a_person_goes_on_with_what_is_published_now_and_signs_with_both_components(door: ServiceStation) -> None:
    person = door.done(door.people.sign_in_badge(BADGE, PIN))
    door.done(door.people.approve_badge(BADGE, PIN))
    changed = msgspec.structs.replace(person, roles=("supervisor",), badge_sha256=badge_sha256("another"))
    door.publish([("person", "anna", msgspec.json.encode(changed))])
    door.library.reload()
    assert door.people.person == changed
    assert not door.people.signs_with_one
    with pytest.raises(Refusal, match="not known here"):
        door.done(door.people.approve_badge(BADGE, PIN))
    settled(door, 1)


def test_after_72_hours_without_the_server_approvals_stop_and_work_goes_on(door: ServiceStation) -> None:
    door.done(door.people.sign_in_badge(BADGE, PIN))
    door.out_of_contact_s = 72 * 3600.0
    door.done(door.people.approve_badge(BADGE, PIN))
    door.out_of_contact_s += 1
    with pytest.raises(Refusal, match="not heard of for 72 hours"):
        door.people.approve_badge(BADGE, PIN)
    with pytest.raises(Refusal, match="not heard of for 72 hours"):
        door.people.approve_password("tom", "right")
    with pytest.raises(Refusal, match="not heard of for 72 hours"):
        door.people.approve_again(PIN)
    door.done(door.people.sign_in_password("tom", "right"))
    door.scan("U-1")
    assert door.step_id == "housing"
    settled(door, 2)
    flags = [f.reason for f in door.facts(AUDIT) if isinstance(f, PersonSession)]
    assert flags == ["", "The server was not heard of for 72 hours."], "who signs in is flagged"
