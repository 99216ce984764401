"""Addresses of data items of MTConnect agents.

mtconnect://HOST:PORT/[DEVICE/]ITEM                       (a data item's id or name)
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from drivers.address.text import choice, decode, fault, integer, options_of

CONDITION_PARTS = ("state", "message", "code")
EVENT_TYPES = ("text", "number")
MTCONNECT_OPTIONS = ("part", "type", "key", "index")


@dataclass(frozen=True, slots=True)
class MtconnectAddress:
    """A data item of an MTConnect agent, by its id or its name.

    ``device`` (name or uuid) is needed where several devices of the agent have an item of that name. ``part`` of a
    condition: its state, message or code. ``type`` reads an event as text or number. ``key`` picks an entry of a data
    set, ``index`` one of the numbers of a position in space.
    """

    authority: str
    device: str | None
    item: str
    part: str = "state"
    type: str | None = None
    key: str | None = None
    index: int | None = None

    @property
    def scheme(self) -> str:
        return "mtconnect"

    @property
    def device_url(self) -> str:
        """The agent without the item: what two addresses of one connection share."""
        return f"mtconnect://{self.authority}"

    def __str__(self) -> str:
        options = [] if self.part == "state" else [f"part={self.part}"]
        options += [] if self.type is None else [f"type={self.type}"]
        options += [] if self.key is None else [f"key={quote(self.key, safe='')}"]
        options += [] if self.index is None else [f"index={self.index}"]
        place = "/".join(quote(part, safe="") for part in (self.device, self.item) if part is not None)
        return f"{self.device_url}/{place}" + ("?" + "&".join(options) if options else "")


def parse_mtconnect(text: str, authority: str, rest: str) -> MtconnectAddress:
    """What follows the authority of an MTConnect address. Raises AddressError."""
    path, _, query = rest.partition("?")
    parts = [decode(text, part) for part in path.removeprefix("/").split("/")]
    if not 1 <= len(parts) <= 2 or not all(1 <= len(part) <= 500 for part in parts):
        raise fault(text, f'"{path}" names no data item', "/ITEM or /DEVICE/ITEM, the item's id or name")
    options = options_of(text, query, MTCONNECT_OPTIONS)
    if len(options) > 1 and set(options) != {"key", "type"}:
        raise fault(text, f"{' and '.join(f'{name}=' for name in options)} contradict each other", "one of them")
    return MtconnectAddress(
        authority=authority,
        device=parts[0] if len(parts) == 2 else None,
        item=parts[-1],
        part=choice(text, "part", options.get("part", "state"), CONDITION_PARTS),
        type=choice(text, "type", options["type"], EVENT_TYPES) if "type" in options else None,
        key=options.get("key"),
        index=integer(text, "index", options["index"], 0, 99) if "index" in options else None,
    )
