"""MTConnect's XML documents, read piece by piece into flat values; no tree is built.

Namespaces differ from version to version (1.2 to 2.x) and from vendor to vendor, the names of elements do not: prefixes and
namespaces are ignored. A document type declaration is refused, and with it every entity; depth, number of elements, length of
texts and size of a document are limited. Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

MAX_DOCUMENT_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_ENTRIES = 100_000
MAX_TEXT_CHARACTERS = 1024 * 1024

SAMPLE, EVENT, CONDITION = "SAMPLE", "EVENT", "CONDITION"
_CONTAINERS = {"Samples": SAMPLE, "Events": EVENT, "Condition": CONDITION}
_ROOTS = ("MTConnectDevices", "MTConnectStreams", "MTConnectError")
_DEVICE_ELEMENTS = ("Device", "Agent")


class WrongDocument(Exception):
    """Bytes that are no MTConnect document, or one beyond the limits; the text is for a person."""


@dataclass(frozen=True, slots=True)
class Header:
    """What an agent says of itself: a new ``instance_id`` is a new numbering of its sequence.

    Its buffer holds the observations from ``first_sequence`` on; ``next_sequence`` is the one to ask for next. They are 0
    where the document does not say (a probe). ``creation_time`` is the agent's clock, as it is written.
    """

    instance_id: int = 0
    creation_time: str = ""
    version: str = ""
    buffer_size: int = 0
    first_sequence: int = 0
    next_sequence: int = 0


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the machine; a device is the topmost one."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DataItem:
    """A point that the agent describes: ``path`` are the components above it, its device first."""

    device: str
    device_uuid: str
    path: tuple[Component, ...]
    id: str
    name: str = ""
    category: str = ""
    type: str = ""
    sub_type: str = ""
    units: str = ""
    native_units: str = ""
    representation: str = ""
    sample_rate: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One reported value. ``element`` is its local name ("Position"; of a condition its level: "Normal", "Fault").

    ``attributes`` are those of the element; ``entries`` the keys and texts of a data set, None for a removed key.
    """

    category: str
    element: str
    item_id: str
    sequence: int
    timestamp: str
    text: str
    attributes: dict[str, str] = field(default_factory=dict)
    entries: tuple[tuple[str, str | None], ...] = ()


@dataclass(slots=True)
class Document:
    """One whole document: ``root`` is MTConnectDevices, MTConnectStreams or MTConnectError."""

    root: str = ""
    header: Header = Header()
    items: list[DataItem] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)


class DocumentReader:
    """Takes a document's bytes as they come. :meth:`feed` and :meth:`close` raise WrongDocument."""

    def __init__(self) -> None:
        self._document = Document()
        self._path: list[str] = []
        self._components: list[tuple[int, Component]] = []
        self._device = ("", "")
        self._open: dict[str, str] | None = None
        self._text: list[str] = []
        self._text_length = 0
        self._entries: list[tuple[str, str | None]] = []
        self._entry: tuple[str, bool] | None = None
        self._entry_start = 0
        self._bytes = 0
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, content: bytes) -> None:
        """The next bytes of the document."""
        self._bytes += len(content)
        if self._bytes > MAX_DOCUMENT_BYTES:
            raise WrongDocument(f"the agent sends a document of more than {MAX_DOCUMENT_BYTES} bytes")
        self._parse(content, False)

    def close(self) -> Document:
        """The document, once its last byte was fed."""
        self._parse(b"", True)
        return self._document

    def _parse(self, content: bytes, final: bool) -> None:
        try:
            self._parser.Parse(content, final)
        except expat.ExpatError as error:
            raise WrongDocument(f"the agent sends no XML: {error}") from error
        except LookupError as error:  # an encoding that Python does not know either
            raise WrongDocument(f"the agent sends no readable XML: {error}") from error

    def _doctype(self, name: str, system_id: str | None, public_id: str | None, has_subset: bool) -> None:
        raise WrongDocument("the agent sends a document type declaration, which no MTConnect document has")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(":")[2]
        self._count += 1
        if len(self._path) >= MAX_DEPTH or self._count > MAX_ENTRIES:
            raise WrongDocument(f"the agent's document is deeper than {MAX_DEPTH} or has over {MAX_ENTRIES} elements")
        above = self._path[-1] if self._path else ""
        self._path.append(name)
        if not above:
            if name not in _ROOTS:
                raise WrongDocument(f"the agent answers with <{name[:40]}>, which is no MTConnect document")
            self._document.root = name
        elif name == "Header" and len(self._path) == 2:
            self._document.header = _header(attributes)
        elif self._document.root == "MTConnectDevices":
            self._start_description(name, above, attributes)
        elif self._document.root == "MTConnectStreams":
            self._start_observation(name, above, attributes)
        elif "errorCode" in attributes:
            self._begin_text(attributes)

    def _start_description(self, name: str, above: str, attributes: dict[str, str]) -> None:
        depth = len(self._path)
        if above == "Devices" and name in _DEVICE_ELEMENTS:
            shown = attributes.get("name") or attributes.get("uuid") or attributes.get("id", "")
            self._device = (shown, attributes.get("uuid", ""))
            self._components = [(depth, Component(attributes.get("id") or shown, shown))]
        elif above == "Components":
            shown = attributes.get("name") or name
            self._components.append((depth, Component(attributes.get("id") or shown, shown)))
        elif above == "DataItems" and name == "DataItem" and attributes.get("id"):
            self._document.items.append(
                DataItem(
                    device=self._device[0],
                    device_uuid=self._device[1],
                    path=tuple(component for _, component in self._components),
                    id=attributes["id"],
                    name=attributes.get("name", ""),
                    category=attributes.get("category", ""),
                    type=attributes.get("type", ""),
                    sub_type=attributes.get("subType", ""),
                    units=attributes.get("units", ""),
                    native_units=attributes.get("nativeUnits", ""),
                    representation=attributes.get("representation", "VALUE"),
                    sample_rate=attributes.get("sampleRate", ""),
                )
            )

    def _start_observation(self, name: str, above: str, attributes: dict[str, str]) -> None:
        if self._open is None:
            if above in _CONTAINERS and "dataItemId" in attributes:
                self._begin_text(attributes)
        elif name == "Entry":
            self._entry = (attributes.get("key", ""), attributes.get("removed") == "true")
            self._entry_start = len(self._text)

    def _begin_text(self, attributes: dict[str, str]) -> None:
        self._open, self._text, self._text_length = attributes, [], 0
        self._entries, self._entry = [], None

    def _characters(self, text: str) -> None:
        if self._open is None:
            return
        self._text_length += len(text)
        if self._text_length > MAX_TEXT_CHARACTERS:
            raise WrongDocument(f"the agent sends a value of more than {MAX_TEXT_CHARACTERS} characters")
        self._text.append(text)

    def _end(self, qualified: str) -> None:
        name = self._path.pop()
        above = self._path[-1] if self._path else ""
        if self._components and len(self._path) < self._components[-1][0]:
            self._components.pop()
        if self._open is None:
            return
        if name == "Entry" and self._entry is not None:
            key, removed = self._entry
            self._entries.append((key, None if removed else "".join(self._text[self._entry_start :]).strip()))
            self._entry = None
        elif self._document.root == "MTConnectError":
            if "errorCode" in self._open and above in ("Errors", self._document.root):
                self._document.errors.append((self._open["errorCode"], "".join(self._text).strip()))
                self._open = None
        elif above in _CONTAINERS:
            self._document.observations.append(self._observation(name, above, self._open))
            self._open = None

    def _observation(self, name: str, above: str, attributes: dict[str, str]) -> Observation:
        sequence = attributes.get("sequence", "")
        if not _is_count(sequence):
            raise WrongDocument(f'the agent sends an observation with the sequence "{sequence[:40]}"')
        return Observation(
            category=_CONTAINERS[above],
            element=name,
            item_id=attributes["dataItemId"],
            sequence=int(sequence),
            timestamp=attributes.get("timestamp", ""),
            text="".join(self._text).strip(),
            attributes=attributes,
            entries=tuple(self._entries),
        )


def _header(attributes: dict[str, str]) -> Header:
    return Header(
        instance_id=_number(attributes, "instanceId"),
        creation_time=attributes.get("creationTime", ""),
        version=attributes.get("version", ""),
        buffer_size=_number(attributes, "bufferSize"),
        first_sequence=_number(attributes, "firstSequence"),
        next_sequence=_number(attributes, "nextSequence"),
    )


def _number(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "0")
    if not _is_count(text):
        raise WrongDocument(f'the agent\'s header has {name}="{text[:40]}"; allowed: a whole number')
    return int(text)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 20
