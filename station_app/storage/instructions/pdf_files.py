"""PDF files of an instruction: complete, readable without a password, and without anything that runs or opens."""

from __future__ import annotations

import io
import logging
from typing import Any

_ACTIVE = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/RichMedia",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/GoToE",
)
MAX_PAGES = 2000


def pdf_fault(content: bytes) -> str | None:
    """What is wrong with a PDF's bytes, or None."""
    from pypdf.errors import PyPdfError

    if not content.startswith(b"%PDF-"):
        return "it is not a PDF file, whatever its name says"
    _, end, behind = content.rpartition(b"%%EOF")
    if not end:
        return "the PDF file is cut off"
    if behind.strip(b"\r\n\t \x00"):
        return f"the PDF file is cut off, or {len(behind)} bytes of something else follow it"
    try:
        reader = _reader(content)
        if reader.is_encrypted:
            return "the PDF file asks for a password"
        count = len(reader.pages)
        if not 0 < count <= MAX_PAGES:
            return f"the PDF file has {count} pages, at most {MAX_PAGES} and at least 1"
        for page in reader.pages:
            if not float(page.mediabox.width) > 0 or not float(page.mediabox.height) > 0:
                return "a page of the PDF file has no size"
        names = {name for number in reader.xref_objStm for name in _names(reader, number)} | _plain_names(reader)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        return f"the PDF file is damaged: {error}"
    active = sorted(names & set(_ACTIVE))
    return f"the PDF file contains something that runs or opens another file ({active[0]})" if active else None


def page_count(content: bytes) -> int:
    """How many pages a PDF file has that :func:`pdf_fault` accepts."""
    return len(_reader(content).pages)


def _reader(content: bytes) -> Any:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # what it would remark becomes the fault
    return PdfReader(io.BytesIO(content), strict=False)


def _plain_names(reader: Any) -> set[str]:
    return {name for generation in reader.xref.values() for number in generation for name in _names(reader, number)}


def _names(reader: Any, number: int) -> set[str]:
    """The names that are keys or values of an object's dictionaries."""
    from pypdf.generic import IndirectObject

    found: set[str] = set()
    waiting = [reader.get_object(IndirectObject(number, 0, reader))]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            found |= {str(key) for key in item}
            waiting.extend(value for value in dict.values(item) if not isinstance(value, IndirectObject))
        elif isinstance(item, list):
            waiting.extend(value for value in list.__iter__(item) if not isinstance(value, IndirectObject))
        elif isinstance(item, str) and item.startswith("/"):
            found.add(str(item))
    return found
