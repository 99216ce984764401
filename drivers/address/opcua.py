"""Addresses of values on OPC UA servers.

opcua://HOST:PORT[/path]/ns=2;s=Press.Force[?index=3]     (also i=, g=, b=; ns=0 when left out)
opcua://HOST:PORT[/path]/nsu=urn:maker:press;s=Recipe?path=limits.force[1]&queue=100&sampling_s=0.01
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from drivers.address.text import NODE_SAFE, decode, fault, integer, number, options_of

OPCUA_OPTIONS = ("index", "path", "queue", "sampling_s", "deadband", "deadband_percent")
MAX_QUEUE = 10_000
_NODE_START = re.compile(r"/(?=(?:ns=[^;/]*;)?[isgb]=|nsu=|ns=)")
_NODE = re.compile(r"(?:ns=(?P<ns>\d{1,5});)?(?P<kind>[isgb])=(?P<id>.*)", re.DOTALL)
_NAMESPACE_URI = re.compile(r"nsu=(?P<uri>[^;]*);")
_PICK = re.compile(r"(?:[^.\[\]]+|\[\d{1,9}\])(?:\.[^.\[\]]+|\[\d{1,9}\])*")
_URI_SAFE = "=:/,.!~*'()@$+-_"
_PICK_SAFE = ".[]_-"


@dataclass(frozen=True, slots=True)
class OpcUaAddress:
    """A node's value: ``node_id`` as OPC UA part 6, 5.3.1.10 writes it ("ns=2;s=Press.Force").

    ``path`` is the endpoint's path ("" or "/..."). ``namespace_uri`` names the namespace instead of its index,
    which may change when the server's program does; ``node_id`` has no ``ns=`` then. ``index`` picks one element of
    an array, ``pick`` a part of a structure ("limits.force[1]"). How the server is asked to watch the value:
    ``queue`` is how many values it keeps for us, ``sampling_s`` how often it looks; a change of at most ``deadband``
    (in the value's unit), or of ``deadband_percent`` of its EURange, is none. None: as the tag or the driver says.
    """

    authority: str
    path: str
    node_id: str
    index: int | None = None
    namespace_uri: str = ""
    pick: str = ""
    queue: int | None = None
    sampling_s: float | None = None
    deadband: float | None = None
    deadband_percent: float | None = None

    @property
    def scheme(self) -> str:
        return "opcua"

    @property
    def device_url(self) -> str:
        """The device without the point: what two addresses of one connection share."""
        return f"opcua://{self.authority}{quote(self.path, safe='/')}"

    def __str__(self) -> str:
        namespace = f"nsu={quote(self.namespace_uri, safe=_URI_SAFE)};" if self.namespace_uri else ""
        node = quote(self.node_id, safe=NODE_SAFE).replace(" ", "%20")
        options = [] if self.index is None else [f"index={self.index}"]
        options += [f"path={quote(self.pick, safe=_PICK_SAFE)}"] if self.pick else []
        options += [
            f"{name}={number!r}"
            for name in ("queue", "sampling_s", "deadband", "deadband_percent")
            if (number := getattr(self, name)) is not None
        ]
        return f"{self.device_url}/{namespace}{node}" + ("?" + "&".join(options) if options else "")


def parse_opcua(text: str, authority: str, rest: str) -> OpcUaAddress:
    """What follows the authority of an OPC UA address. Raises AddressError."""
    before, question, query = rest.partition("?")
    start = _NODE_START.search(before)
    if start is None:
        raise fault(text, "no node is named", "/ns=2;s=NAME, /i=NUMBER, /ns=2;g=GUID or /ns=2;b=BASE64 at the end")
    node = before[start.end() :]
    named = _NAMESPACE_URI.match(node)
    namespace_uri = decode(text, named["uri"]) if named else ""
    node_text = decode(text, node[named.end() :] if named else node)
    match = _NODE.fullmatch(node_text)
    if match is None or (named and (match["ns"] or not namespace_uri)):
        raise fault(text, f'"{decode(text, node)}" is no node id', "ns=NUMBER;s=... or nsu=URI;s=..., or i=, g=, b=")
    namespace = integer(text, "ns", match["ns"] or "0", 0, 65535)
    identifier = _node_identifier(text, match["kind"], match["id"])
    node_id = (f"ns={namespace};" if namespace else "") + f"{match['kind']}={identifier}"
    options = options_of(text, query, OPCUA_OPTIONS) if question else {}
    return OpcUaAddress(
        authority=authority,
        path=decode(text, before[: start.start()]),
        node_id=node_id,
        namespace_uri=namespace_uri,
        **_opcua_options(text, options),
    )


def _opcua_options(text: str, options: dict[str, str]) -> dict[str, Any]:
    """The fields that the options of an OPC UA address set; raises AddressError."""
    found: dict[str, Any] = {}
    if "index" in options:
        found["index"] = integer(text, "index", options["index"], 0, 999_999_999)
    if "path" in options:
        if not _PICK.fullmatch(options["path"]) or len(options["path"]) > 1000:
            raise fault(text, f'path is "{options["path"]}"', "field names and [N], for example path=limits.force[1]")
        found["pick"] = options["path"]
    if "queue" in options:
        found["queue"] = integer(text, "queue", options["queue"], 1, MAX_QUEUE)
    for name, low, high in (("sampling_s", 0.0, 3600.0), ("deadband", 0.0, math.inf), ("deadband_percent", 0.0, 100.0)):
        if name in options:
            found[name] = number(text, name, options[name])
            if not low <= found[name] <= high:
                raise fault(text, f'{name} is "{options[name]}"', f"{low:g} to {high:g}")
    for one, other in (("index", "path"), ("deadband", "deadband_percent")):
        if one in options and other in options:
            raise fault(text, f"{one}= and {other}= exclude each other", "one of them")
    return found


def _node_identifier(text: str, kind: str, identifier: str) -> str:
    if kind == "i":
        if not re.fullmatch(r"\d{1,10}", identifier) or int(identifier) > 0xFFFFFFFF:
            raise fault(text, f'"i={identifier}" is no numeric node id', "i=0 to i=4294967295")
        return str(int(identifier))
    if kind == "g":
        try:
            return str(uuid.UUID(identifier))
        except ValueError:
            raise fault(text, f'"g={identifier}" is no GUID', "g=8 hex digits-4-4-4-12") from None
    if kind == "b":
        try:
            return base64.b64encode(base64.b64decode(identifier, validate=True)).decode("ascii")
        except (binascii.Error, ValueError):
            raise fault(text, f'"b={identifier}" is not base64', "b=BASE64") from None
    if not 1 <= len(identifier) <= 4096:
        raise fault(text, "the node's name is empty or longer than 4096 characters", "s=NAME")
    return identifier
