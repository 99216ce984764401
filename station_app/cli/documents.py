"""`station instructions`: document control: what there is, what differs, where it is used, and the life of a version.

For process engineers without a window, for scripts and tests. A version is named ID@VERSION.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from station_app.cli.database import checked_url
from station_app.cli.output import FOUND, USAGE, JsonOption, as_json_time, fail, reporting, say, say_json

if TYPE_CHECKING:
    from station_app.domain.document_control import VersionStatus
    from station_app.domain.work_master import WorkMaster
    from station_app.services.authoring import Authoring

URL_VARIABLE = "STATION_AUTHOR_URL"
ENDING = ".workmaster"
Url = Annotated[
    str,
    typer.Option(
        "--url", envvar=URL_VARIABLE, help="postgresql://USER:PASSWORD@HOST:PORT/DATABASE, an author's login."
    ),
]
Name = Annotated[str, typer.Argument(metavar="ID@VERSION", help="The version, for example gx40-assembly@2.")]
PersonOption = Annotated[
    str, typer.Option("--person", envvar="STATION_PERSON", help="Who acts: id or name of a person in the master data.")
]
PasswordOption = Annotated[
    str,
    typer.Option(
        "--password",
        envvar="STATION_PERSON_PASSWORD",
        help="Their password; asked for when it is not given. Better asked for, or in the environment.",
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the version.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands beside `station instructions check`."""
    for name, command in (
        ("list", list_versions),
        ("compare", compare_versions),
        ("where-used", where_used),
        ("export", export),
        ("import", import_file),
        ("save", save),
        ("submit", submit),
        ("sign", sign),
        ("send-back", send_back),
        ("release", release),
        ("withdraw", withdraw),
        ("suggestions", suggestions),
    ):
        app.command(name)(command)


# --- reading -------------------------------------------------------------------------------------------------------


@reporting
def list_versions(url: Url = "", as_json: Annotated[bool, JsonOption] = False) -> None:
    """Every version under document control, the newest change first."""
    with _authoring(url) as authoring:
        found = authoring.versions()
    if as_json:
        say_json([_fields(status) for status in found])
        return
    for status in found:
        _say_status(status)
    say(f"{len(found)} versions")


@reporting
def compare_versions(
    old: Annotated[str, typer.Argument(help=f"A folder, an exported file *{ENDING}, or ID@VERSION.")],
    new: Annotated[str, typer.Argument(help="The same for the newer one.")],
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """What differs between two instructions: steps, texts, checks, limits, media. Exit code 1 when something does."""
    from station_app.domain.comparison import compare

    changes = compare(_content(old, url), _content(new, url))
    if as_json:
        say_json(msgspec.to_builtins(changes))
    else:
        for change in changes:
            place = " ".join(part for part in (change.step_id, change.check_id, change.field) if part)
            say(
                f"{change.difference:8} {place}: {_short(change.old)}{' -> ' if change.new else ''}{_short(change.new)}"
            )
        say(f"{len(changes)} differences")
    if changes:
        raise typer.Exit(FOUND)


@reporting
def where_used(
    document_id: Annotated[str, typer.Argument(metavar="ID")],
    version: Annotated[str, typer.Option(help="List the units that were made with this version, too.")] = "",
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """The orders that name an instruction, and the stations and units that it was used for."""
    with _authoring(url) as authoring:
        used = authoring.where_used(document_id)
        units = authoring.units(document_id, version) if version else ()
    if as_json:
        say_json(
            {
                "orders": msgspec.to_builtins(used.orders),
                "stations": msgspec.to_builtins(used.stations),
                "units": msgspec.to_builtins(units),
            }
        )
        return
    for order in used.orders:
        say(f"order {order.order_id}: {order.product}, {order.operation}, version {order.version or 'the newest'}")
    for use in used.stations:
        say(f"{use.station}: version {use.version}, {use.units} units, last {as_json_time(use.last_us)}")
    for unit in units:
        say(f"unit {unit.serial}: {unit.station}, order {unit.order_id}, {as_json_time(unit.last_us)}")
    say(f"{len(used.orders)} orders, {len(used.stations)} uses")


@reporting
def suggestions(
    document_id: Annotated[str, typer.Argument(metavar="[ID]")] = "",
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """What the floor suggests, the newest first."""
    with _authoring(url) as authoring:
        found = authoring.suggestions(document_id)
    if as_json:
        say_json(msgspec.to_builtins(found))
        return
    for said in found:
        answered = f"; answered: {said.answer}" if said.answer else ""
        say(f"{said.document_id}@{said.version} {said.step_id}, {said.station}: {said.text}{answered}")
    say(f"{len(found)} suggestions")


# --- single files --------------------------------------------------------------------------------------------------


@reporting
def export(
    what: Annotated[str, typer.Argument(help="A folder, or ID@VERSION from the shared database.")],
    file: Annotated[Path, typer.Argument(help=f"The file to write, *{ENDING}.")],
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Write an instruction with its media as a single file."""
    from station_app.storage.instructions.archive import export_archive

    if file.suffix != ENDING:
        fail(f'{file}: an exported instruction ends in "{ENDING}".', USAGE)
    work_master, media = _whole(what, url)
    export_archive(file, work_master, media)
    answer = {"file": str(file), "id": work_master.id, "version": work_master.version, "media": len(media)}
    say_json(answer) if as_json else say(f"{file}: {work_master.id} {work_master.version}, {len(media)} media files")


@reporting
def import_file(
    file: Annotated[Path, typer.Argument(help=f"An exported file *{ENDING}.")],
    to: Annotated[Path, typer.Option("--to", help="The folder in which the draft's folder is made.")],
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Unpack an exported instruction as a draft. With any fault nothing is imported."""
    from station_app.storage.instructions.archive import import_archive
    from station_app.storage.instructions.folder import InstructionError

    try:
        folder = import_archive(file, to)
    except InstructionError as error:
        fail("\n".join([*(str(fault) for fault in error.faults), "Nothing was imported."]), FOUND)
    say_json({"folder": str(folder)}) if as_json else say(f"A draft in {folder}")


# --- the life of a version -------------------------------------------------------------------------------------------


@reporting
def save(
    what: Annotated[str, typer.Argument(help=f"A folder, or an exported file *{ENDING}.")],
    person: PersonOption = "",
    password: PasswordOption = "",
    reason: Reason = "",
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Keep a draft in the shared database."""
    work_master, media = _whole(what, "")
    with _authoring(url) as authoring:
        _sign_in(authoring, person, password)
        seen = {(s.document_id, s.version): s for s in authoring.versions(work_master.id)}
        status = authoring.save(work_master, media, seen.get((work_master.id, work_master.version)), reason)
    _say(status, as_json)


@reporting
def submit(
    name: Name,
    role: Annotated[list[str], typer.Option("--role", help="A role whose signature is asked for. Repeatable.")],
    reason: Reason = "",
    person: PersonOption = "",
    password: PasswordOption = "",
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Put a draft into review: its content is fixed, and the signatures of these roles are asked for."""
    with _authoring(url) as authoring:
        _sign_in(authoring, person, password)
        status = authoring.submit(_seen(authoring, name), role, reason)
    _say(status, as_json)


@reporting
def sign(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="The role in which it is signed.")],
    sha256: Annotated[
        str, typer.Option("--sha256", help="The content that was looked at: refused when it is another.")
    ] = "",
    person: PersonOption = "",
    password: PasswordOption = "",
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Approve a version in review. Who wrote it cannot."""
    with _authoring(url) as authoring:
        seen = _seen(authoring, name)
        if sha256 and sha256 != seen.sha256:
            fail(f"{name} has the content {seen.sha256}: look at it again first.", FOUND)
        status = authoring.sign(seen, role, *_credentials(person, password))
    _say(status, as_json)


@reporting
def send_back(
    name: Name,
    reason: Reason = "",
    person: PersonOption = "",
    password: PasswordOption = "",
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """End a review: the version is a draft again."""
    with _authoring(url) as authoring:
        _sign_in(authoring, person, password)
        status = authoring.send_back(_seen(authoring, name), reason)
    _say(status, as_json)


@reporting
def release(
    name: Name,
    policy: Annotated[
        str, typer.Option("--policy", help="What running orders do: finish, next unit, ask.")
    ] = "next unit",
    effective_from: Annotated[str, typer.Option("--from", help="The day from which it is used, as 2026-12-31.")] = "",
    person: PersonOption = "",
    password: PasswordOption = "",
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Release an approved version to the stations; the one before is superseded."""
    with _authoring(url) as authoring:
        _sign_in(authoring, person, password)
        status = authoring.release(_seen(authoring, name), policy, effective_from)
    _say(status, as_json)


@reporting
def withdraw(
    name: Name,
    reason: Reason = "",
    person: PersonOption = "",
    password: PasswordOption = "",
    url: Url = "",
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Stop every start with a released version at once; the stations show the reason."""
    with _authoring(url) as authoring:
        _sign_in(authoring, person, password)
        status = authoring.withdraw(_seen(authoring, name), reason)
    _say(status, as_json)


# --- inside --------------------------------------------------------------------------------------------------------


@contextmanager
def _authoring(url: str) -> Iterator[Authoring]:
    from station_app.services.authoring import Authoring
    from station_app.storage.shared.address import DatabaseAddress
    from station_app.storage.shared.documents import PostgresDocuments

    database = PostgresDocuments(DatabaseAddress.from_url(checked_url(url, URL_VARIABLE)))
    try:
        authoring = Authoring(database)
        authoring.refresh()
        yield authoring
    finally:
        database.close()


def _credentials(person: str, password: str) -> tuple[str, str]:
    if not person:
        fail("Say who acts: --person NAME, or STATION_PERSON.", USAGE)
    return person, password or typer.prompt(f"Password of {person}", hide_input=True, err=True)


def _sign_in(authoring: Authoring, person: str, password: str) -> None:
    authoring.sign_in(*_credentials(person, password))


def _named(name: str) -> tuple[str, str]:
    document_id, at, version = name.rpartition("@")
    if not at or not document_id or not version:
        fail(f'"{name}" is neither a folder nor a file, and names no version. Allowed: ID@VERSION.', USAGE)
    return document_id, version


def _seen(authoring: Authoring, name: str) -> VersionStatus:
    return authoring.status(*_named(name))


def _content(what: str, url: str) -> WorkMaster:
    """The instruction in a folder, an exported file, or the database; its media are looked at only on disk."""
    if Path(what).exists():
        return _whole(what, url)[0]
    document_id, version = _named(what)
    with _authoring(url) as authoring:
        return authoring.open_version(document_id, version)


def _whole(what: str, url: str) -> tuple[WorkMaster, dict[str, bytes]]:
    """The instruction and the bytes of its media."""
    from station_app.storage.instructions.archive import read_archive
    from station_app.storage.instructions.folder import InstructionError, read_work_master_folder

    path = Path(what)
    try:
        if path.is_dir():
            return read_work_master_folder(path)
        if path.exists():
            return read_archive(path)
    except InstructionError as error:
        fail("\n".join(str(fault) for fault in error.faults), FOUND)
    document_id, version = _named(what)
    with _authoring(url) as authoring:
        work_master = authoring.open_version(document_id, version)
        return work_master, authoring.media(work_master)


def _fields(status: VersionStatus) -> dict[str, Any]:
    return {
        "id": status.document_id,
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


def _say(status: VersionStatus, as_json: bool) -> None:
    if as_json:
        say_json(_fields(status))
    else:
        _say_status(status)


def _say_status(status: VersionStatus) -> None:
    missing = f", missing: {', '.join(status.missing_roles)}" if status.missing_roles else ""
    say(f"{status.document_id}@{status.version}: {status.state}, owner {status.owner}{missing}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else line[:69] + "…"
