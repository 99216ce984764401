"""The tag browser's rows and descriptions: tags, devices and nodes as a person reads them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from drivers.base import Connection, DeviceNode, Quality, Sample, Tag
from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import LIMITS, AlarmRule, device_title
from station_app.domain.history_rule import Keep
from station_app.services.ports import NodeFound, NodeSearch
from station_app.services.station import StationServices
from station_app.services.tag_places import device_of
from station_app.ui.tag_rules import keep_title, row_title
from station_app.ui.wording import age_text, sample_text
from widgets.shapes import Shape
from widgets.tag_tree import TreeRow

translate = QCoreApplication.translate

STATION, FOUND = "station", "found"
_TAG, _DEVICE, _NODE, _HIT, _NOTE = "tag:", "device:", "node:", "hit:", "note:"


def tag_key(tag: str) -> str:
    """The row of one of the station's tags."""
    return _TAG + tag


def device_key(device: str) -> str:
    """The row of a device."""
    return _DEVICE + device


def node_key(device: str, address: str, above: str = "") -> str:
    """The row of a node; the same node may be below several others."""
    return f"{_NODE}{device}\n{address}\n{above}"


def tag_of_key(key: str) -> str:
    """The tag of a row, empty for a row of something else."""
    return key.removeprefix(_TAG) if key.startswith(_TAG) else ""


def device_of_key(key: str) -> str:
    """The device of a row, empty for a row of something else."""
    return key.removeprefix(_DEVICE) if key.startswith(_DEVICE) else ""


def station_row(services: StationServices) -> TreeRow:
    """The place of the station's own tags."""
    count = len(services.tags.tags)
    text = translate("tags", "{n} tags").format(n=count) if count != 1 else translate("tags", "1 tag")
    return TreeRow(STATION, translate("tags", "This station"), text, has_children=bool(count), heading=True)


def tag_row(services: StationServices, tag: Tag, now_s: float) -> TreeRow:
    """A tag with its value now."""
    view = services.tag_views.get(tag.name)
    title = view.title if view is not None else tag.name
    value, fault = value_now(services.tags.latest(tag.name), tag.unit, now_s)
    where = tag.name
    if tag.name in services.tag_setup.added:
        where = translate("tags", "{tag} · added here").format(tag=tag.name)
    return TreeRow(tag_key(tag.name), title, where, value, fault, tag=tag.name)


def value_now(sample: Sample | None, unit: str, now_s: float) -> tuple[str, str]:
    """A value for the eye, and why it is not to be trusted: the status and its age; empty when it is."""
    if sample is None:
        return "–", translate("tags", "no value yet")
    text = sample_text(sample) + (f" {unit}" if unit and sample.value is not None else "")
    if sample.text:
        text = f"{sample.text} ({sample_text(sample)})"
    if sample.quality is Quality.GOOD:
        return text, ""
    return text, translate("tags", "{status} · {age}").format(
        status=sample.status, age=age_text(now_s - sample.received_time)
    )


def device_row(services: StationServices, device: str) -> TreeRow:
    """A device with its state."""
    state = services.contact.devices.get(device)
    words = {
        Connection.CONNECTED: translate("tags", "connected"),
        Connection.CONNECTING: translate("tags", "is being sought"),
        Connection.CLOSED: translate("tags", "closed"),
    }
    text, mark = translate("tags", "not reached yet"), Shape.RING
    if state is not None and state.connection is Connection.LOST:
        text = translate("tags", "does not answer: {reason}").format(reason=state.reason)
        mark = Shape.WARNING
    elif state is not None:
        text = words[state.connection]
        mark = Shape.DOT if state.connection is Connection.CONNECTED else Shape.RING
    return TreeRow(device_key(device), device_title(device), text, mark=mark, has_children=True, heading=True)


def node_row(services: StationServices, key: str, node: DeviceNode, where: str = "") -> TreeRow:
    """A node of a device's tree: what it is, and whether the station has it already."""
    tag = services.tag_setup.tag_at(node.address) if node.readable else ""
    parts = [where, node.data_type, node.unit, node.description]
    parts += [translate("tags", "in the station as {tag}").format(tag=tag)] if tag else []
    text = " · ".join(part for part in parts if part)
    return TreeRow(
        key, node.name, text, has_children=node.has_children, tag=tag, mark=Shape.CHECK if tag else None,
        heading=not node.readable,
    )  # fmt: skip


def hit_key(device: str, found: NodeFound) -> str:
    """The row of a node that a search found."""
    return f"{_HIT}{device}\n{'/'.join(found.path)}\n{found.node.address}"


def search_row(device: str, words: str, search: NodeSearch) -> TreeRow:
    """What a search found, and how much it looked at."""
    count = len(search.found)
    name = translate("tags", "“{words}” on {device}: {n} found").format(
        words=words, device=device_title(device), n=count
    )
    looked = translate("tags", "{n} nodes looked at, all there are").format(n=search.looked_at)
    if not search.complete:
        looked = translate("tags", "the first {n} nodes looked at; there are more").format(n=search.looked_at)
    return TreeRow(FOUND, name, looked, has_children=bool(count), heading=True, kept=True)


def note_row(parent_key: str, text: str, fault: bool = False) -> TreeRow:
    """A sentence in the place of rows."""
    return TreeRow(_NOTE + parent_key, text, mark=Shape.WARNING if fault else None, note=True)


def waiting_row(parent_key: str) -> TreeRow:
    """Shown until the device has answered."""
    return note_row(parent_key, translate("tags", "Asking the device …"))


def empty_row(parent_key: str, device: str, at_top: bool) -> TreeRow:
    """Nothing is below; of a device: it cannot list what it has."""
    if not at_top:
        return note_row(parent_key, translate("tags", "Nothing is below this."))
    return note_row(
        parent_key,
        translate("tags", "{device} cannot list its values. Its tags are named in station.toml.").format(
            device=device_title(device)
        ),
    )


def described_tag(services: StationServices, tag: Tag) -> list[tuple[str, str]]:
    """What is known of a tag, as names and texts."""
    view = services.tag_views.get(tag.name)
    limits = ""
    if view is not None and (view.low is not None or view.high is not None):
        low, high = ("–" if limit is None else f"{limit:g}" for limit in (view.low, view.high))
        limits = translate("tags", "{low} to {high}").format(low=low, high=high)
    own = services.tag_setup.added.get(tag.name)
    if own is not None and own.alarms:
        limits = ", ".join(_alarm_text(rule) for rule in own.alarms)
    said = services.tags.description(tag.name)
    usual = states = ""
    if said is not None:
        if said.low is not None and said.high is not None:
            usual = translate("tags", "{low} to {high}").format(low=f"{said.low:g}", high=f"{said.high:g}")
        states = ", ".join(f"{number} {name}" for number, name in said.states)
    return [
        (translate("tags", "Name"), tag.name),
        (translate("tags", "Device"), device_title(device_of(tag.address))),
        (translate("tags", "Address"), tag.address),
        (translate("tags", "Unit"), tag.unit),
        (translate("tags", "Usual range"), usual),
        (translate("tags", "States"), states),
        (translate("tags", "Read every"), f"{tag.interval_s:g} s"),
        (translate("tags", "Alarm limits"), limits),
        (translate("tags", "History"), _history_text(own) if own is not None else ""),
        (translate("tags", "Writable"), yes_or_no(tag.writable)),
        (translate("tags", "From"), "station.toml" if own is None else translate("tags", "added at the station")),
    ]


def _alarm_text(rule: AlarmRule) -> str:
    """A limit with its number, another alarm by its condition."""
    if rule.trigger not in LIMITS:
        return rule.condition
    return f"{row_title(str(rule.trigger)).lower()} {rule.limit:g}"


def _history_text(tag: AddedTag) -> str:
    """Which samples are kept."""
    kept = tag.history
    parts = [keep_title(kept.keep).lower()]
    if kept.keep is Keep.CHANGE and kept.deadband:
        parts.append(translate("tags", "deadband {n}").format(n=f"{kept.deadband:g} {tag.unit}".strip()))
    if kept.keep is not Keep.NONE and kept.min_interval_s:
        parts.append(translate("tags", "at most every {n} s").format(n=f"{kept.min_interval_s:g}"))
    return ", ".join(parts)


def described_node(device: str, node: DeviceNode) -> list[tuple[str, str]]:
    """What a device says of a node."""
    return [
        (translate("tags", "Device"), device_title(device)),
        (translate("tags", "Address"), node.address),
        (translate("tags", "Meaning"), node.description),
        (translate("tags", "Type"), node.data_type),
        (translate("tags", "Unit"), node.unit),
        (translate("tags", "Writable"), "" if node.writable is None else yes_or_no(node.writable)),
    ]


def yes_or_no(told: bool) -> str:
    """A yes or no in words."""
    return translate("tags", "yes") if told else translate("tags", "no")
