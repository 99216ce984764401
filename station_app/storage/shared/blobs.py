"""Files in the shared database: sent in chunks, and read whole and checked."""

from __future__ import annotations

import hashlib

from sqlalchemy import Engine, text

from station_app.services.ports import ChainBroken, SharedDatabaseError
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.connection import scalar, transaction
from station_app.storage.shared.protocol import CHUNK_BYTES


def send_blob(engine: Engine, address: DatabaseAddress, sha256: str, content: bytes, media_type: str) -> None:
    """Send a file, each chunk in a transaction of its own; one that is there already is not sent.

    Raises SharedDatabaseError when it is not what its name says.
    """
    size = len(content)
    with transaction(engine, address) as connection:
        missing = scalar(connection, "SELECT mes.blob_missing(:sha256, :size)", sha256=sha256, size=size)
    if missing is None:
        return
    for no in missing:
        chunk = content[no * CHUNK_BYTES : (no + 1) * CHUNK_BYTES]
        with transaction(engine, address) as connection:
            scalar(connection, "SELECT mes.blob_put(:sha256, :no, :chunk)", sha256=sha256, no=no, chunk=chunk)
    with transaction(engine, address) as connection:
        answer = scalar(
            connection, "SELECT mes.blob_seal(:sha256, :size, :type)", sha256=sha256, size=size, type=media_type
        )
    if answer != "sealed":
        raise SharedDatabaseError(
            f"The file {sha256[:12]}… was not stored ({answer}): its bytes do not match its name."
        )


def read_blob(engine: Engine, address: DatabaseAddress, sha256: str) -> bytes | None:
    """A sealed file, None when there is none. Raises ChainBroken when the server's bytes do not match their name."""
    statement = text("SELECT content FROM mes.blob_get(:sha256)")
    with transaction(engine, address) as connection:
        chunks = connection.execute(statement, {"sha256": sha256}).all()
    if not chunks:
        return None
    content = b"".join(bytes(chunk or b"") for (chunk,) in chunks)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ChainBroken(f"The file {sha256[:12]}… on the server does not match its name: it has been changed.")
    return content
