"""A sealed block as bytes, version 1. The decision record 0014 tells the same to someone who has only the bytes.

    4 bytes   "SHB1"
    1 byte    kind: 0 float, 1 int, 2 bool, 3 text
    4 bytes   n, the number of samples
    2 bytes   length of the tag's name, and the name in UTF-8
    column    times, n whole numbers: UTC in microseconds since 1970
    runs      qualities: which samples are Good, Uncertain or Bad, have a value, and their status
    values    float: a column of floats; int, bool: a column of whole numbers; text: see below

A column of whole numbers is described in ``integers.py``, a column of floats in ``floats.py``. Runs: 2 bytes number of
status names, 2 bytes length of all names in UTF-8 with a line feed between them, the names; 4 bytes r, a column of r
codes, a column of r lengths (how many samples in a row have the code). A code is ``8 * position of the status name + 4
* (1 with a value, 0 without) + quality`` (0 Good, 1 Uncertain, 2 Bad). Texts: 4 bytes d, 4 bytes length, 4 bytes
deflated length, the d different texts in UTF-8, each with 4 bytes of length before it, all deflated (RFC 1951); then a
column of n positions among them. Samples are in order of arrival. Little-endian throughout.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from station_app.domain.trend import ValueKind
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.floats import pack_floats, unpack_floats
from station_app.storage.historian.integers import FormatError, deflate, inflate, pack, unpack

CODEC = 1
MAX_SAMPLES = 1 << 20
_MAGIC = b"SHB1"
_KINDS = (ValueKind.FLOAT, ValueKind.INT, ValueKind.BOOL, ValueKind.TEXT)
_HEAD = struct.Struct("<4sBIH")
_RUNS = struct.Struct("<HH")
_COUNT = struct.Struct("<I")
_TEXTS = struct.Struct("<III")
_MAX_TEXT_BYTES = 64 << 20


def encode_block(tag: str, columns: Columns) -> bytes:
    """The content of a block of at least one sample."""
    name = tag.encode()
    head = _HEAD.pack(_MAGIC, _KINDS.index(columns.kind), len(columns), len(name)) + name
    return b"".join((head, pack(columns.time_us), _packed_runs(columns), _packed_values(columns)))


def decode_block(content: bytes) -> tuple[str, Columns]:
    """The tag and the samples of a block's content. Raises FormatError."""
    view = memoryview(content)
    if len(view) < _HEAD.size:
        raise FormatError("the content ends too soon")
    magic, kind_number, count, name_length = _HEAD.unpack_from(view)
    if magic != _MAGIC or kind_number >= len(_KINDS) or not 0 < count <= MAX_SAMPLES:
        raise FormatError("not a historian block of version 1")
    kind = _KINDS[kind_number]
    view = view[_HEAD.size :]
    try:
        tag, view = bytes(view[:name_length]).decode(), view[name_length:]
        times, view = unpack(view, count)
        codes, names, view = _unpacked_runs(view, count)
        value = _unpacked_values(view, kind, count)
    except (UnicodeDecodeError, struct.error, IndexError) as error:
        raise FormatError(f"the content cannot be read ({error})") from error
    status = (codes >> 3).astype(np.int32)
    if status.max() >= len(names):
        raise FormatError("a status without a name")
    return tag, Columns(kind, times, value, (codes & 4) != 0, (codes & 3).astype(np.uint8), status, names)


def _packed_runs(columns: Columns) -> bytes:
    codes: NDArray[np.int64] = columns.status.astype(np.int64) * 8
    codes += columns.present * 4 + columns.quality.astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    lengths = np.diff(np.append(starts, codes.size))
    names = "\n".join(name.replace("\n", " ") for name in columns.names).encode()
    head = _RUNS.pack(len(columns.names), len(names)) + names + _COUNT.pack(starts.size)
    return head + pack(codes[starts]) + pack(lengths.astype(np.int64))


def _unpacked_runs(view: memoryview, count: int) -> tuple[NDArray[np.int64], tuple[str, ...], memoryview]:
    number, length = _RUNS.unpack_from(view)
    names = tuple(bytes(view[_RUNS.size : _RUNS.size + length]).decode().split("\n"))
    view = view[_RUNS.size + length :]
    (runs,) = _COUNT.unpack_from(view)
    if len(names) != number or not 0 < runs <= count:
        raise FormatError("the runs of qualities do not fit")
    codes, view = unpack(view[_COUNT.size :], runs)
    lengths, view = unpack(view, runs)
    if lengths.min() < 1 or lengths.max() > count or int(lengths.sum()) != count or codes.min() < 0:
        raise FormatError("the runs of qualities do not fit")
    return np.repeat(codes, lengths), names, view


def _packed_values(columns: Columns) -> bytes:
    if columns.kind is ValueKind.FLOAT:
        return pack_floats(columns.value)
    if columns.kind is not ValueKind.TEXT:
        return pack(columns.value.astype(np.int64))
    positions: dict[str, int] = {}
    numbers = np.array([positions.setdefault(text, len(positions)) for text in columns.value], np.int64)
    texts = b"".join(_COUNT.pack(len(raw)) + raw for raw in (text.encode() for text in positions))
    deflated = deflate(texts)
    return _TEXTS.pack(len(positions), len(texts), len(deflated)) + deflated + pack(numbers)


def _unpacked_values(view: memoryview, kind: ValueKind, count: int) -> NDArray[Any]:
    if kind is ValueKind.FLOAT:
        return unpack_floats(view, count)[0]
    if kind is not ValueKind.TEXT:
        numbers = unpack(view, count)[0]
        return numbers != 0 if kind is ValueKind.BOOL else numbers
    different, length, deflated = _TEXTS.unpack_from(view)
    view = view[_TEXTS.size :]
    if length > _MAX_TEXT_BYTES:
        raise FormatError("texts of more than 64 MiB")
    raw, texts, at = inflate(view[:deflated], length), np.empty(different, object), 0
    for number in range(different):
        (size,) = _COUNT.unpack_from(raw, at)
        texts[number] = raw[at + _COUNT.size : at + _COUNT.size + size].decode()
        at += _COUNT.size + size
    positions = unpack(view[deflated:], count)[0]
    if positions.min() < 0:
        raise FormatError("a text that is not there")
    return np.asarray(texts[positions])
