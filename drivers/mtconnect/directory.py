"""What an agent describes, as addresses: which data item a tag means, and the tree to browse."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.address import MtconnectAddress
from drivers.base import BrowseEntry
from drivers.mtconnect.documents import DataItem

UNKNOWN, AMBIGUOUS = "BadNodeIdUnknown", "BadBrowseNameDuplicated"
UNIT_SYMBOLS = {
    "MILLIMETER": "mm",
    "MILLIMETER/SECOND": "mm/s",
    "MILLIMETER/SECOND^2": "mm/s²",
    "MILLIMETER/REVOLUTION": "mm/rev",
    "MILLIMETER_3D": "mm",
    "CENTIMETER": "cm",
    "METER": "m",
    "INCH": "in",
    "DEGREE": "°",
    "DEGREE_3D": "°",
    "DEGREE/SECOND": "°/s",
    "RADIAN": "rad",
    "CELSIUS": "°C",
    "FAHRENHEIT": "°F",
    "KELVIN": "K",
    "REVOLUTION/MINUTE": "rpm",
    "REVOLUTION/SECOND": "1/s",
    "PERCENT": "%",
    "AMPERE": "A",
    "VOLT": "V",
    "VOLT_AMPERE": "VA",
    "VOLT_AMPERE_REACTIVE": "var",
    "WATT": "W",
    "KILOWATT": "kW",
    "WATT_SECOND": "Ws",
    "JOULE": "J",
    "HERTZ": "Hz",
    "NEWTON": "N",
    "NEWTON_METER": "Nm",
    "KILOGRAM": "kg",
    "GRAM": "g",
    "PASCAL": "Pa",
    "LITER": "L",
    "LITER/SECOND": "L/s",
    "SECOND": "s",
    "MINUTE": "min",
    "HOUR": "h",
    "DECIBEL": "dB",
    "OHM": "Ω",
    "COUNT": "",
}


def unit_symbol(item: DataItem) -> str:
    """The unit of the item's values as people write it ("mm"); MTConnect's own word where there is no such sign.

    An agent reports in ``units``; ``nativeUnits`` are those of the machine behind it.
    """
    units = item.units or item.native_units
    return UNIT_SYMBOLS.get(units, units)


def find_item(items: Sequence[DataItem], address: MtconnectAddress) -> DataItem | str:
    """The item that an address names by id or by name; else the status that says why there is none."""
    wanted = address.item
    here = [item for item in items if address.device is None or address.device in (item.device, item.device_uuid)]
    found = [item for item in here if item.id == wanted] or [item for item in here if item.name == wanted]
    if len(found) == 1:
        return found[0]
    return AMBIGUOUS if found else UNKNOWN


def browse_entries(items: Sequence[DataItem], authority: str, limit: int) -> list[BrowseEntry]:
    """The tree of devices, components and data items, each item with the address to read it by."""
    several = len({item.device for item in items}) > 1
    entries: list[BrowseEntry] = []
    before: tuple[str, ...] = ()
    for item in items:
        common = 0
        while common < min(len(before), len(item.path)) and before[common] == item.path[common]:
            common += 1
        for depth in range(common, len(item.path)):
            entries.append(BrowseEntry("", item.path[depth], readable=False, depth=depth))
        before = item.path
        address = MtconnectAddress(authority, item.device if several else None, item.id)
        entries.append(BrowseEntry(str(address), item.name or item.id, readable=True, depth=len(item.path)))
        if len(entries) >= limit:
            break
    return entries[:limit]
