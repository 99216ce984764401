"""XML from outside, read safely: no DOCTYPE (so no entities and nothing fetched), limited size, depth and elements."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_DEPTH: Final = 60
MAX_ELEMENTS: Final = 3_000_000
_CHUNK_BYTES: Final = 1 << 20


class XmlError(ValueError):
    """A document that is not read: says what is wrong and where, for a person."""


class _Builder(ET.TreeBuilder):
    """Builds the tree and stops at what is not allowed."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """Every DOCTYPE is refused, before anything in it is looked at."""
        raise XmlError("it has a DOCTYPE, which is not accepted: entities could make it read files or grow without end")

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH:
            raise XmlError(f"its elements are nested more than {MAX_DEPTH} deep")
        if self._count > MAX_ELEMENTS:
            raise XmlError(f"it has more than {MAX_ELEMENTS} elements")
        return super().start(tag, attrs)

    def end(self, tag: str) -> ET.Element:
        self._depth -= 1
        return super().end(tag)


def parse_xml(content: bytes) -> ET.Element:
    """The root element of a document. Raises XmlError."""
    if len(content) > MAX_BYTES:
        raise XmlError(f"it has {len(content)} bytes; at most {MAX_BYTES} are read")
    parser = ET.XMLParser(target=_Builder())
    try:
        for at in range(0, len(content), _CHUNK_BYTES):
            parser.feed(content[at : at + _CHUNK_BYTES])
        root: ET.Element = parser.close()
    except ET.ParseError as error:
        line, column = error.position
        raise XmlError(f"it is no XML: line {line}, column {column + 1}: {error.msg}") from None
    except (ValueError, LookupError) as error:
        if isinstance(error, XmlError):
            raise
        raise XmlError(f"it is no XML that can be read: {error}") from None
    return root


def local_name(element: ET.Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]
