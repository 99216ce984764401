"""Lists as PostgreSQL's binary arrays, several times as fast as psycopg's own: a batch of records is eleven of them."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any, ClassVar

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_NULL = struct.pack("!i", -1)


class _Array:
    """A one-dimensional array of one type, as it goes over the wire. None stands for NULL."""

    element_oid: ClassVar[int]
    array_oid: ClassVar[int]

    def __init__(self, elements: list[bytes | None]) -> None:
        pack = struct.Struct("!i").pack
        parts = [_NULL if element is None else pack(len(element)) + element for element in elements]
        header = struct.pack("!iiIii", 1 if elements else 0, int(None in elements), self.element_oid, len(parts), 1)
        self.wire = (header if elements else header[:12]) + b"".join(parts)


class ByteaArray(_Array):
    """``bytea[]`` of bytes."""

    element_oid, array_oid = 17, 1001

    def __init__(self, values: Iterable[bytes]) -> None:
        super().__init__(list(values))


class TextArray(_Array):
    """``text[]`` of texts."""

    element_oid, array_oid = 25, 1009

    def __init__(self, values: Iterable[str]) -> None:
        super().__init__([value.encode() for value in values])


class BigintArray(_Array):
    """``bigint[]`` of numbers of at most 64 bits."""

    element_oid, array_oid = 20, 1016

    def __init__(self, values: Iterable[int | None]) -> None:
        pack = struct.Struct("!q").pack
        super().__init__([None if value is None else pack(value) for value in values])


class IntegerArray(_Array):
    """``integer[]`` of numbers of at most 32 bits."""

    element_oid, array_oid = 23, 1007

    def __init__(self, values: Iterable[int]) -> None:
        pack = struct.Struct("!i").pack
        super().__init__([pack(value) for value in values])


class _ArrayDumper(Dumper):
    """Hands the finished bytes to libpq."""

    format = Format.BINARY

    def dump(self, obj: _Array) -> bytes:
        """The wire form."""
        return obj.wire


def register_arrays(connection: Connection[Any]) -> None:
    """Let a connection take the arrays of this module as parameters."""
    for array in (ByteaArray, TextArray, BigintArray, IntegerArray):
        dumper = type(f"{array.__name__}Dumper", (_ArrayDumper,), {"oid": array.array_oid})
        connection.adapters.register_dumper(array, dumper)
