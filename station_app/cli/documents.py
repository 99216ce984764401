"""Document control on the command line: what there is, what differs, where it is used, and the life of a version.

For engineers without a window, for scripts and tests. `station instructions` and `station plans` are the same commands for two
kinds of documents. A version is named ID@VERSION.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from station_app.cli.database import checked_url
from station_app.cli.document_options import URL_VARIABLE, Access, Actor, Name, Reason
from station_app.cli.document_output import say_version, version_fields
from station_app.cli.option_groups import grouped
from station_app.cli.output import FOUND, USAGE, JsonOption, as_json_time, fail, reporting, say, say_json
from station_app.domain.counts import counted

if TYPE_CHECKING:
    from station_app.domain.comparison import Change
    from station_app.domain.document_control import VersionStatus
    from station_app.services.authoring import DocumentControl
    from station_app.services.ports import DocumentDatabase


class DocumentCommands(ABC):
    """The commands for one kind of document, in a group of its own. Contents are those of :class:`DocumentControl`."""

    noun: str
    ending: str

    @abstractmethod
    def make_control(self, database: DocumentDatabase) -> DocumentControl[Any]:
        """Document control of this kind."""

    @abstractmethod
    def read(self, path: Path) -> tuple[Any, dict[str, bytes]]:
        """The document at a path and the bytes of its media. Raises DocumentError."""

    @abstractmethod
    def compare(self, old: Any, new: Any) -> list[Change]:
        """What differs."""

    @abstractmethod
    def export_to(self, file: Path, content: Any, media: Mapping[str, bytes]) -> None:
        """Write a single file."""

    @abstractmethod
    def import_from(self, file: Path, to: Path) -> Path:
        """Unpack a single file; answers the draft's folder. Raises DocumentError."""

    def add_to(self, app: typer.Typer) -> None:
        """Put the commands into their group; their help names the kind."""
        commands: dict[str, Callable[..., None]] = {
            "list": self.list_versions,
            "compare": self.compare_versions,
            "where-used": self.where_used,
            "export": self.export,
            "import": self.import_file,
            "save": self.save,
            "submit": self.submit,
            "sign": self.sign,
            "send-back": self.send_back,
            "release": self.release,
            "withdraw": self.withdraw,
        }
        for name, command in commands.items():
            article = "an " if self.noun[0] in "aeiou" else "a "
            help_text = (inspect.getdoc(command) or "").replace("a document", article + self.noun)
            app.command(name, help=help_text)(command)

    # --- reading -----------------------------------------------------------------------------------------------------

    @reporting
    @grouped
    def list_versions(self, *, access: Access) -> None:
        """Every version under document control, the newest change first."""
        with self.control(access.url) as authoring:
            found = authoring.versions()
        if access.as_json:
            say_json([version_fields(status) for status in found])
            return
        for status in found:
            say_version(status)
        say(counted(len(found), "version"))

    @reporting
    @grouped
    def compare_versions(
        self,
        old: Annotated[str, typer.Argument(help="A file or folder, an exported file, or ID@VERSION.")],
        new: Annotated[str, typer.Argument(help="The same for the newer one.")],
        *,
        access: Access,
    ) -> None:
        """What differs between two versions. Exit code 1 when something does."""
        changes = self.compare(self._content(old, access.url), self._content(new, access.url))
        if access.as_json:
            say_json(msgspec.to_builtins(changes))
        else:
            for change in changes:
                place = " ".join(part for part in (change.step_id, change.check_id, change.field) if part)
                say(
                    f"{change.difference:8} {place}: {_short(change.old)}{' -> ' if change.new else ''}{_short(change.new)}"
                )
            say(counted(len(changes), "difference"))
        if changes:
            raise typer.Exit(FOUND)

    @reporting
    @grouped
    def where_used(
        self,
        document: Annotated[str, typer.Argument(metavar="ID[@VERSION]", help="Its id, or one version of it.")],
        version: Annotated[
            str, typer.Option(help="List the units that were made with this version, too; or write ID@VERSION.")
        ] = "",
        *,
        access: Access,
    ) -> None:
        """The orders that use a document, and the stations and units that it was used for."""
        document_id, _, named = document.partition("@")
        version = version or named
        with self.control(access.url) as authoring:
            used = authoring.where_used(document_id)
            units = authoring.units(document_id, version) if version else ()
        if access.as_json:
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
            say(f"{use.station}: version {use.version}, {counted(use.units, 'unit')}, last {as_json_time(use.last_us)}")
        for unit in units:
            say(f"unit {unit.serial}: {unit.station}, order {unit.order_id}, {as_json_time(unit.last_us)}")
        say(f"{counted(len(used.orders), 'order')}, {counted(len(used.stations), 'use')}")

    # --- single files ------------------------------------------------------------------------------------------------

    @reporting
    @grouped
    def export(
        self,
        what: Annotated[str, typer.Argument(help="A file or folder, or ID@VERSION from the shared database.")],
        file: Annotated[
            Path,
            typer.Argument(help="The file to write: NAME.workmaster or, for a plan, NAME.inspectionplan."),
        ],
        *,
        access: Access,
    ) -> None:
        """Write a document with its media as a single file."""
        if file.suffix != self.ending:
            fail(f'{file}: an exported {self.noun} ends in "{self.ending}".', USAGE)
        content, media = self._whole(what, access.url)
        self.export_to(file, content, media)
        answer = {"file": str(file), "id": content.id, "version": content.version, "media": len(media)}
        told = f"{file}: {content.id} {content.version}, {counted(len(media), 'media file')}"
        say_json(answer) if access.as_json else say(told)

    @reporting
    def import_file(
        self,
        file: Annotated[Path, typer.Argument(help="An exported file.")],
        to: Annotated[Path, typer.Option("--to", help="The folder in which the draft's folder is made.")],
        as_json: Annotated[bool, JsonOption] = False,
    ) -> None:
        """Unpack an exported document as a draft. With any fault nothing is imported."""
        from station_app.storage.document_archive import DocumentError

        try:
            folder = self.import_from(file, to)
        except DocumentError as error:
            fail("\n".join([*(str(fault) for fault in error.faults), "Nothing was imported."]), FOUND)
        say_json({"folder": str(folder)}) if as_json else say(f"A draft in {folder}")

    # --- the life of a version ---------------------------------------------------------------------------------------

    @reporting
    @grouped
    def save(
        self,
        what: Annotated[str, typer.Argument(help="A file or folder, or an exported file.")],
        *,
        actor: Actor,
        reason: Reason = "",
        access: Access,
    ) -> None:
        """Keep a draft in the shared database."""
        content, media = self._whole(what, "")
        with self._signed_in(actor, access) as authoring:
            seen = {status.version: status for status in authoring.versions(content.id)}
            status = authoring.save(content, media, seen.get(content.version), reason)
        say_version(status, access.as_json)

    @reporting
    @grouped
    def submit(
        self,
        name: Name,
        role: Annotated[list[str], typer.Option("--role", help="A role whose signature is asked for. Repeatable.")],
        reason: Reason = "",
        *,
        actor: Actor,
        access: Access,
    ) -> None:
        """Put a draft into review: its content is fixed, and the signatures of these roles are asked for.

        A draft with faults is refused with all of them.
        """
        with self._signed_in(actor, access) as authoring:
            seen = self._seen(authoring, name)
            self._refuse_faulty(authoring, seen)
            status = authoring.submit(seen, role, reason)
        say_version(status, access.as_json)

    @reporting
    @grouped
    def sign(
        self,
        name: Name,
        role: Annotated[str, typer.Option("--role", help="The role in which it is signed.")],
        sha256: Annotated[
            str, typer.Option("--sha256", help="The content that was looked at: refused when it is another.")
        ] = "",
        *,
        actor: Actor,
        access: Access,
    ) -> None:
        """Approve a version in review. Who wrote it cannot."""
        with self.control(access.url) as authoring:
            seen = self._seen(authoring, name)
            if sha256 and sha256 != seen.sha256:
                fail(f"{name} has the content {seen.sha256}: look at it again first.", FOUND)
            status = authoring.sign(seen, role, *actor.credentials())
        say_version(status, access.as_json)

    @reporting
    @grouped
    def send_back(
        self,
        name: Name,
        reason: Reason = "",
        *,
        actor: Actor,
        access: Access,
    ) -> None:
        """End a review: the version is a draft again."""
        with self._signed_in(actor, access) as authoring:
            status = authoring.send_back(self._seen(authoring, name), reason)
        say_version(status, access.as_json)

    @reporting
    @grouped
    def release(
        self,
        name: Name,
        policy: Annotated[
            str, typer.Option("--policy", help="What running orders do: finish, next unit, ask.")
        ] = "next unit",
        effective_from: Annotated[
            str, typer.Option("--from", help="The day from which it is used, as 2026-12-31.")
        ] = "",
        *,
        actor: Actor,
        access: Access,
    ) -> None:
        """Release an approved version to the stations; the one before is superseded."""
        with self._signed_in(actor, access) as authoring:
            status = authoring.release(self._seen(authoring, name), policy, effective_from)
        say_version(status, access.as_json)

    @reporting
    @grouped
    def withdraw(
        self,
        name: Name,
        reason: Reason = "",
        *,
        actor: Actor,
        access: Access,
    ) -> None:
        """Stop every start with a released version at once; the stations show the reason."""
        with self._signed_in(actor, access) as authoring:
            status = authoring.withdraw(self._seen(authoring, name), reason)
        say_version(status, access.as_json)

    # --- what the commands share -------------------------------------------------------------------------------------

    @contextmanager
    def control(self, url: str) -> Iterator[DocumentControl[Any]]:
        """Document control through an author's login, with the master data read."""
        from station_app.storage.shared.address import DatabaseAddress
        from station_app.storage.shared.documents import PostgresDocuments

        database = PostgresDocuments(DatabaseAddress.from_url(checked_url(url, URL_VARIABLE)))
        try:
            authoring = self.make_control(database)
            authoring.refresh()
            yield authoring
        finally:
            database.close()

    @contextmanager
    def _signed_in(self, actor: Actor, access: Access) -> Iterator[DocumentControl[Any]]:
        """Document control with somebody at its desk."""
        with self.control(access.url) as authoring:
            authoring.sign_in(*actor.credentials())
            yield authoring

    def _seen(self, authoring: DocumentControl[Any], name: str) -> VersionStatus:
        return authoring.status(*_named(name))

    def _refuse_faulty(self, authoring: DocumentControl[Any], seen: VersionStatus) -> None:
        """Nothing with a fault goes into review, wherever the draft was saved from: it is read as a file of it would be."""
        from station_app.storage.document_archive import DocumentError

        content = authoring.open(seen.sha256)
        with TemporaryDirectory(prefix="station-") as folder:
            file = Path(folder) / f"{seen.own_id}{self.ending}"
            self.export_to(file, content, authoring.media(content))
            try:
                self.read(file)
            except DocumentError as error:
                fail("\n".join([*map(str, error.faults), "It cannot go into review."]), FOUND)

    def _content(self, what: str, url: str) -> Any:
        """The document in a file or folder, or the database; its media are looked at only on disk."""
        if Path(what).exists():
            return self._whole(what, url)[0]
        document_id, version = _named(what)
        with self.control(url) as authoring:
            return authoring.open_version(document_id, version)

    def _whole(self, what: str, url: str) -> tuple[Any, dict[str, bytes]]:
        """The document and the bytes of its media."""
        from station_app.storage.document_archive import DocumentError

        path = Path(what)
        try:
            if path.exists():
                return self.read(path)
        except DocumentError as error:
            fail("\n".join(str(fault) for fault in error.faults), FOUND)
        document_id, version = _named(what)
        with self.control(url) as authoring:
            content = authoring.open_version(document_id, version)
            return content, authoring.media(content)


def _named(name: str) -> tuple[str, str]:
    document_id, at, version = name.rpartition("@")
    if not at or not document_id or not version:
        fail(f'"{name}" is neither a folder nor a file, and names no version. Allowed: ID@VERSION.', USAGE)
    return document_id, version


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 70 else line[:69] + "…"
