"""Permissions: which roles may set a rule aside."""

from __future__ import annotations

import pytest

from station_app.domain.master import Person
from station_app.domain.permissions import ROLES, Permission, may, names_of, why_not


def person(*roles: str, active: bool = True, name: str = "Jo") -> Person:
    return Person(id=name.lower(), name=name, roles=roles, active=active)


@pytest.mark.parametrize("permission", [Permission.SKIP_STEP, Permission.OVERRIDE_CHECK])
@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("operator", False),
        ("inspector", False),
        ("process_engineer", False),
        ("administrator", False),
        ("supervisor", True),
        ("quality_engineer", True),
    ],
)
def test_only_supervisors_and_quality_engineers_set_rules_aside(
    permission: Permission, role: str, allowed: bool
) -> None:
    assert may(person(role), permission) is allowed
    assert (why_not(person(role), permission) == "") is allowed


def test_a_refusal_names_who_may() -> None:
    assert why_not(person("operator"), Permission.OVERRIDE_CHECK) == (
        "Jo may not set a check aside. It needs a quality engineer or supervisor."
    )


def test_a_refusal_reads_as_a_sentence() -> None:
    said = why_not(person("operator"), Permission.CONFIGURE_TAGS)
    assert said.endswith("It needs an administrator or process engineer or supervisor."), said


def test_somebody_without_a_role_may_not_even_work() -> None:
    assert not any(may(person(), permission) for permission in Permission)


def test_every_permission_has_its_roles() -> None:
    assert set(ROLES) == set(Permission)


def test_the_names_of_a_role_leave_out_who_is_gone() -> None:
    people = [
        person("supervisor", name="Zoe"),
        person("supervisor", name="Al"),
        person("operator"),
        person("supervisor", name="Gone", active=False),
    ]
    assert names_of(people, "supervisor") == ["Al", "Zoe"]
