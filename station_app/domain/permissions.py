"""Permissions: named verbs, and the roles that may use them. Services check them, never widgets."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from station_app.domain.master import Person

OPERATOR, INSPECTOR, SUPERVISOR = "operator", "inspector", "supervisor"
PROCESS_ENGINEER, QUALITY_ENGINEER, ADMINISTRATOR = "process_engineer", "quality_engineer", "administrator"


class Permission(enum.StrEnum):
    """What a person may do. The first ones are everybody's who works; the others approve what a rule would refuse."""

    WORK = "work"
    REOPEN_STEP = "reopen_step"
    START_REWORK = "start_rework"
    ABORT_JOB = "abort_job"
    SKIP_STEP = "skip_step"
    OVERRIDE_CHECK = "override_check"
    DECIDE_VERSION = "decide_version"
    BEGIN_UNVERIFIED = "begin_unverified"
    RELEASE_HOLD = "release_hold"
    SET_CONTROL_LIMITS = "set_control_limits"
    RESUME_SAMPLING = "resume_sampling"
    CALIBRATE_GAUGE = "calibrate_gauge"
    INSPECT_LOT = "inspect_lot"
    NAME_CAUSE = "name_cause"
    DISABLE_ALARM = "disable_alarm"
    CONFIGURE_TAGS = "configure_tags"
    WRITE_TAG = "write_tag"


_WORKERS = frozenset({OPERATOR, INSPECTOR, SUPERVISOR, PROCESS_ENGINEER, QUALITY_ENGINEER})
ROLES: Final[Mapping[Permission, frozenset[str]]] = MappingProxyType(
    {
        Permission.WORK: _WORKERS,
        Permission.REOPEN_STEP: _WORKERS,
        Permission.START_REWORK: _WORKERS,
        Permission.ABORT_JOB: _WORKERS,
        Permission.SKIP_STEP: frozenset({SUPERVISOR, QUALITY_ENGINEER}),
        Permission.OVERRIDE_CHECK: frozenset({SUPERVISOR, QUALITY_ENGINEER}),
        Permission.DECIDE_VERSION: frozenset({SUPERVISOR, QUALITY_ENGINEER}),
        Permission.BEGIN_UNVERIFIED: frozenset({SUPERVISOR, QUALITY_ENGINEER}),
        Permission.RELEASE_HOLD: frozenset({SUPERVISOR, QUALITY_ENGINEER}),
        Permission.SET_CONTROL_LIMITS: frozenset({QUALITY_ENGINEER}),
        Permission.RESUME_SAMPLING: frozenset({QUALITY_ENGINEER}),
        Permission.CALIBRATE_GAUGE: frozenset({INSPECTOR, QUALITY_ENGINEER}),
        Permission.INSPECT_LOT: frozenset({INSPECTOR, SUPERVISOR, QUALITY_ENGINEER}),
        Permission.NAME_CAUSE: _WORKERS,
        Permission.DISABLE_ALARM: frozenset({SUPERVISOR, PROCESS_ENGINEER}),
        Permission.CONFIGURE_TAGS: frozenset({PROCESS_ENGINEER, SUPERVISOR, ADMINISTRATOR}),
        Permission.WRITE_TAG: frozenset({PROCESS_ENGINEER, SUPERVISOR, ADMINISTRATOR}),
    }
)
_TITLES: Final = {
    Permission.WORK: "work here",
    Permission.REOPEN_STEP: "do a step again",
    Permission.START_REWORK: "send a unit back for rework",
    Permission.ABORT_JOB: "abort a job",
    Permission.SKIP_STEP: "leave out a mandatory step",
    Permission.OVERRIDE_CHECK: "set a check aside",
    Permission.DECIDE_VERSION: "decide about an instruction's version",
    Permission.BEGIN_UNVERIFIED: "let work begin while the server cannot be asked",
    Permission.RELEASE_HOLD: "release a hold",
    Permission.SET_CONTROL_LIMITS: "set control limits",
    Permission.RESUME_SAMPLING: "let a discontinued inspection go on",
    Permission.CALIBRATE_GAUGE: "calibrate gauges or set their status",
    Permission.INSPECT_LOT: "inspect lots",
    Permission.NAME_CAUSE: "name the cause of a signal",
    Permission.DISABLE_ALARM: "take an alarm out of service",
    Permission.CONFIGURE_TAGS: "add or remove tags of the station",
    Permission.WRITE_TAG: "write values to a machine",
}


def may(person: Person, permission: Permission) -> bool:
    """Whether one of the person's roles has the permission."""
    return not ROLES[permission].isdisjoint(person.roles)


def why_not(person: Person, permission: Permission) -> str:
    """Why the person may not, as a sentence that names who may; empty when the person may."""
    if may(person, permission):
        return ""
    roles = " or ".join(sorted(role.replace("_", " ") for role in ROLES[permission]))
    article = "an" if roles[0] in "aeiou" else "a"
    return f"{person.name} may not {_TITLES[permission]}. It needs {article} {roles}."


def names_of(people: Iterable[Person], role: str) -> list[str]:
    """The names of the active people of a role, in order of their names."""
    return sorted(person.name for person in people if person.active and role in person.roles)
