"""The binary arrays are the ones PostgreSQL documents; that the server reads them is shown by the contract suite."""

from __future__ import annotations

import struct

from psycopg.adapt import PyFormat, Transformer

from station_app.storage.shared.arrays import BigintArray, ByteaArray, IntegerArray, TextArray


def test_bytes_are_written_as_psycopg_writes_them() -> None:
    for values in ([b"a", b"", b"\x00\xff" * 300], [b"a"]):
        (written,) = Transformer().dump_sequence([values], [PyFormat.BINARY])
        assert ByteaArray(values).wire == bytes(written or b"")
    assert ByteaArray([]).wire == struct.pack("!iii", 0, 0, 17)


def test_numbers_and_nulls() -> None:
    assert BigintArray([1, None, -(2**63)]).wire == (
        struct.pack("!iiIii", 1, 1, 20, 3, 1)
        + struct.pack("!iq", 8, 1)
        + struct.pack("!i", -1)
        + struct.pack("!iq", 8, -(2**63))
    )
    assert IntegerArray([2**31 - 1]).wire == struct.pack("!iiIiiii", 1, 0, 23, 1, 1, 4, 2**31 - 1)


def test_texts_are_utf8() -> None:
    assert TextArray(["č", ""]).wire == struct.pack("!iiIii", 1, 0, 25, 2, 1) + b"\0\0\0\2\xc4\x8d" + b"\0\0\0\0"
