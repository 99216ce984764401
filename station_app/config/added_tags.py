"""The tags that were added at the station: a file of the application's own in the station's folder, read like station.toml."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from drivers.base import Tag
from station_app.config.alarms import read_alarms
from station_app.config.equipment import Device, check_device_address, check_name, tag_tables
from station_app.config.history import read_history_rule
from station_app.config.settings import TagSettings
from station_app.domain.added_tag import (
    LONGEST_INTERVAL_S,
    LONGEST_TITLE,
    LONGEST_UNIT,
    SHORTEST_INTERVAL_S,
    AddedTag,
)
from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import Fault
from station_app.domain.toml_document import MAX_DOCUMENT_BYTES, decode_document, read_toml

ADDED_TAGS_FILE = "added_tags.toml"


def added_tag_settings(added: AddedTag) -> TagSettings:
    """An added tag as station.toml would have it, with the same defaults."""
    stale_after_s = max(2.0, 3 * added.interval_s)
    tag = Tag(added.name, added.address, added.unit, added.interval_s, stale_after_s, added.writable)
    return TagSettings(tag=tag, title=added.title or added.name, history=added.history)


def read_added_tags(
    folder: Path,
    devices: Mapping[str, Device],
    names: Collection[str],
    check_address: Callable[[str], str | None] | None,
) -> tuple[list[AddedTag], list[Fault]]:
    """The added tags and everything that is wrong with their file; none when there is no file.

    ``names`` are those of station.toml.
    """
    file = folder / ADDED_TAGS_FILE
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_DOCUMENT_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return [], []
    except OSError as error:
        return [], [Fault(0, "", "", f"{file} cannot be read: {error.strerror}", "", ADDED_TAGS_FILE)]
    text, faults = decode_document(content, ADDED_TAGS_FILE)
    if faults:
        return [], faults
    document = read_toml(text, ADDED_TAGS_FILE)
    root = document.table
    added: dict[str, AddedTag] = {}
    for name, table in tag_tables(root):
        if name in added:
            table.fault("", f'the tag "{name}" is given twice', "each tag once")
        added[name] = _read_added(name, table, devices, names, check_address)
    rules = read_alarms(root, {name: added_tag_settings(tag) for name, tag in added.items()}, ())
    root.done()
    with_alarms = [tag.with_alarms([rule for rule in rules if rule.source == tag.name]) for tag in added.values()]
    return with_alarms, document.faults


def _read_added(
    name: str,
    table: AuthoredTable,
    devices: Mapping[str, Device],
    names: Collection[str],
    check_address: Callable[[str], str | None] | None,
) -> AddedTag:
    check_name(table, name)
    if name in names:
        table.fault("", f'the tag "{name}" is in station.toml too', "each tag once: take it out of this file")
    address = table.text("address", longest=500)
    if address:
        check_device_address(table, address, devices, tuple(devices), check_address)
    tag = AddedTag(
        name,
        address,
        table.text("title", "", longest=LONGEST_TITLE),
        table.text("unit", "", longest=LONGEST_UNIT),
        table.number("interval_s", 0.5, low=SHORTEST_INTERVAL_S, high=LONGEST_INTERVAL_S),
        table.boolean("writable", False),
        history=read_history_rule(table),
    )
    table.done()
    return tag
