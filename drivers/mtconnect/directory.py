"""What an agent describes, as addresses: which data item a tag means, and the tree to browse."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.address import MtconnectAddress
from drivers.base import AddressError, DeviceNode, NodeKind, TagDescription
from drivers.mtconnect.documents import Component, DataItem

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


def nodes_below(items: Sequence[DataItem], authority: str, above: MtconnectAddress | None) -> list[DeviceNode]:
    """The components and data items directly below a component (None: the devices). Raises AddressError for none."""
    components: dict[Component, bool] = {}
    readable: list[DataItem] = []
    known = above is None
    for item in items:
        place = 0
        if above is not None:
            place = next((n for n, component in enumerate(item.path, 1) if component.id == above.item), -1)
            known = known or place > 0 or item.id == above.item
        if place == len(item.path):
            readable.append(item)
        elif place >= 0:
            components[item.path[place]] = True
    if not known:
        raise AddressError(f'address "{above}": the agent has no such component; allowed: what it lists itself')
    several = len({item.device for item in items}) > 1
    return [_item_node(item, authority, several) for item in readable] + [
        DeviceNode(
            str(MtconnectAddress(authority, None, component.id)),
            component.name,
            NodeKind.FOLDER,
            readable=False,
            has_children=True,
        )
        for component in components
    ]


def describe(tag: str, item: DataItem) -> TagDescription:
    """What the agent says of a tag's data item."""
    return TagDescription(tag, unit=unit_symbol(item), data_type=_type_of(item), writable=False)


def _item_node(item: DataItem, authority: str, several_devices: bool) -> DeviceNode:
    address = MtconnectAddress(authority, item.device if several_devices else None, item.id)
    return DeviceNode(
        str(address),
        item.name or item.id,
        NodeKind.VARIABLE,
        readable=True,
        has_children=False,
        data_type=_type_of(item),
        unit=unit_symbol(item),
        writable=False,
    )


def _type_of(item: DataItem) -> str:
    """MTConnect's words: "SAMPLE POSITION ACTUAL"."""
    return " ".join(word for word in (item.category, item.type, item.sub_type) if word)
