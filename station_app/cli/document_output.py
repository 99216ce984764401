"""Versions of documents as the commands print them, and what was read of files with its faults: lines, or JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from station_app.cli.output import FOUND, as_json_time, say, say_json
from station_app.domain.counts import counted

if TYPE_CHECKING:
    from station_app.domain.document_control import VersionStatus
    from station_app.domain.fault import Fault


def say_findings(
    kind: str, read: Sequence[Mapping[str, object]], parts: str, faults: Sequence[Fault], as_json: bool
) -> None:
    """What was read, each by its place, id, version and how many ``parts`` it has, and every fault of it.

    As JSON under ``kind``, or a line each. Exit code 1 when there is a fault.
    """
    if as_json:
        say_json({kind: read, "faults": msgspec.to_builtins(faults)})
    else:
        for document in read:
            say("{}: {} {}, {} {}".format(*document.values(), parts))
        for fault in faults:
            say(str(fault))
        say(counted(len(faults), "fault"))
    if faults:
        raise typer.Exit(FOUND)


def version_fields(status: VersionStatus) -> dict[str, Any]:
    """A version as JSON tells it."""
    return {
        "id": status.own_id,
        "version": status.version,
        "state": status.state.value,
        "sha256": status.sha256,
        "owner": status.owner,
        "authors": status.authors,
        "missing_roles": status.missing_roles,
        "signatures": [f"{event.role}: {event.printed_name}" for event in status.signatures],
        "reason": status.reason,
        "policy": status.policy,
        "effective_from": status.effective_from,
        "changed": as_json_time(status.changed_us),
    }


def say_version(status: VersionStatus, as_json: bool = False) -> None:
    """A version, as one line or as JSON."""
    if as_json:
        say_json(version_fields(status))
        return
    missing = f", missing: {', '.join(status.missing_roles)}" if status.missing_roles else ""
    say(f"{status.own_id}@{status.version}: {status.state}, owner {status.owner}{missing}")
