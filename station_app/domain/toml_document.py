"""Reading a TOML document so that all of its faults are known at once, those of its syntax too.

After a syntax fault the line (or, for a table's header, the table) is left out and the rest is read on.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import partial
from typing import Any

from station_app.domain.authored import Document
from station_app.domain.fault import Fault, shown
from station_app.domain.toml_lines import key_lines

MAX_DOCUMENT_BYTES = 1024 * 1024
_MAX_SYNTAX_FAULTS = 20
_WHERE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)\s*$")
_COMMA_NUMBER = re.compile(r"=\s*([+-]?\d+),(\d+)\s*(?:#.*)?$")
_DUPLICATE = re.compile(
    r"Cannot overwrite a value|Cannot declare .* twice|Duplicate inline table key|Cannot mutate", re.S
)


def decode_document(content: bytes, file: str) -> tuple[str, list[Fault]]:
    """The text of a file: UTF-8, with or without a byte order mark, at most MAX_DOCUMENT_BYTES."""
    if len(content) > MAX_DOCUMENT_BYTES:
        limit = f"at most {MAX_DOCUMENT_BYTES // 1024} KiB"
        return "", [Fault(0, "", "", "the file is too big", limit, file)]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [Fault(0, "", "", "the file is UTF-16", "UTF-8: save it again with that encoding", file)]
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{content[error.start]:02X} is not UTF-8"
        return "", [Fault(line, "", "", byte, "UTF-8: save the file again with that encoding", file)]


def read_toml(text: str, file: str) -> Document:
    """The document in ``text``; ``file`` names it in the faults. Never raises for what is written in it."""
    faults: list[Fault] = []
    lines = text.replace("\r\n", "\n").split("\n")
    while True:
        source = "\n".join(lines)
        try:
            values: dict[str, Any] = tomllib.loads(source, parse_float=Decimal)
        except RecursionError:
            faults.append(Fault(0, "", "", "lists or tables are nested too deeply", "a few levels", file))
        except tomllib.TOMLDecodeError as error:
            faults.append(_syntax_fault(error, lines, file))
            if len(faults) < _MAX_SYNTAX_FAULTS and _leave_out(lines, error, faults[-1].line):
                continue
        except ValueError as error:  # a whole number of thousands of digits
            faults.append(Fault(0, "", "", f"cannot be read: {error}", "", file))
        else:
            return Document(file, partial(key_lines, source), values, faults)
        return Document(file, dict, {}, faults)


def _syntax_fault(error: tomllib.TOMLDecodeError, lines: list[str], file: str) -> Fault:
    message = str(error)
    where = _WHERE.search(message)
    if where is None or where.group(1) is None:
        number = next((n for n in range(len(lines), 0, -1) if lines[n - 1].strip()), 1)
        message = _WHERE.sub("", message)
        return Fault(number, "", shown_line(lines[number - 1]), f"{message}: the document ends too early", "", file)
    number = int(where.group(1))
    line = lines[number - 1] if number <= len(lines) else ""
    comma = _COMMA_NUMBER.search(line)
    key = shown_line(line.split("=", 1)[0]) if "=" in line else ""
    if comma:
        number_text, allowed = f"{comma.group(1)},{comma.group(2)}", f"{comma.group(1)}.{comma.group(2)}"
        return Fault(number, key, number_text, "has a comma", f"{allowed}, with a point", file)
    if _DUPLICATE.search(message):
        value = "" if key else shown_line(line)
        return Fault(
            number, key, value, "is given twice, or as a value and as a table", "each key and table once", file
        )
    text = f"{_WHERE.sub('', message)} (column {where.group(2)})"
    return Fault(number, "", shown_line(line), text, "", file)


def shown_line(line: str) -> str:
    """A line of a document, shortened for a message."""
    return shown(line.strip())[1:-1].replace('\\"', '"').replace("\\\\", "\\") if line.strip() else ""


def _leave_out(lines: list[str], error: tomllib.TOMLDecodeError, number: int) -> bool:
    """Blank a faulty line, or the whole table of a faulty header; False when there is nothing left to read."""
    if str(error).endswith("(at end of document)") or not lines[number - 1].strip():
        return False
    last = number
    if lines[number - 1].lstrip().startswith("["):
        while last < len(lines) and not lines[last].lstrip().startswith("["):
            last += 1
    lines[number - 1 : last] = [""] * (last - number + 1)
    return True
