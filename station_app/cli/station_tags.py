"""`station tags list|add|remove|write`: the tags of one station, by its station.toml and its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from station_app.cli.output import (
    CHECKS,
    FOUND,
    USAGE,
    JsonOption,
    fail,
    quiet_libraries,
    reporting,
    say,
    say_json,
    settings,
)
from station_app.domain.alarm_rule import PRIORITIES, AlarmRule, Trigger
from station_app.domain.history_rule import DEFAULT_MAX_INTERVAL_S, HistoryRule, Keep

if TYPE_CHECKING:
    from station_app.config import StationConfig, TagSettings

DEFAULT_CONFIG = Path("station.toml")
ConfigOption = Annotated[Path, typer.Option("--config", "--settings", "-c", help="The station's station.toml.")]
Limit = Annotated[float | None, typer.Option(help="An alarm limit, in the tag's unit.")]


@reporting
def list_tags(config_file: ConfigOption = DEFAULT_CONFIG, as_json: Annotated[bool, JsonOption] = False) -> None:
    """List the tags of a station: those of station.toml, then those that were added. Works while it runs."""
    config = settings(config_file)
    for tag in config.tags.values():
        fields = _fields(config, tag)
        if as_json:
            say_json(fields)
        else:
            parts = [f"every {fields['interval_s']:g} s", *(["writable"] if fields["writable"] else [])]
            parts += [f"{alarm['when']} {alarm['limit']:g}" for alarm in fields["alarms"] if alarm["limit"] is not None]
            parts += ["added" if fields["added"] else "station.toml"]
            say(f"{fields['tag']}  {fields['address']}  ({', '.join(parts)})")


@reporting
def add(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help='"opcua://DEVICE/ns=2;s=NAME" with its name in station.toml.')
    ],
    name: Annotated[str, typer.Option(help="The tag's name; else one is proposed.")] = "",
    title: Annotated[str, typer.Option(help="How people read it.")] = "",
    unit: Annotated[str, typer.Option(help="Its unit.")] = "",
    interval_s: Annotated[float, typer.Option("--interval", help="Seconds between two readings.")] = 0.5,
    writable: Annotated[bool, typer.Option("--writable", help="Values may be written to it.")] = False,
    high_high: Limit = None,
    high: Limit = None,
    low: Limit = None,
    low_low: Limit = None,
    deadband: Annotated[float, typer.Option(help="How far back within its limit ends an alarm.")] = 0.0,
    on_delay_s: Annotated[float, typer.Option("--on-delay", help="Seconds beyond a limit until it is an alarm.")] = 0.0,
    off_delay_s: Annotated[float, typer.Option("--off-delay", help="Seconds within it until it is over.")] = 0.0,
    priority: Annotated[str, typer.Option(help=f"Of its alarms: {', '.join(PRIORITIES)}.")] = "medium",
    history: Annotated[Keep, typer.Option(help="Which of its samples are kept.")] = Keep.CHANGE,
    history_deadband: Annotated[float, typer.Option(help="A change of at most this is none.")] = 0.0,
    history_min_interval_s: Annotated[float, typer.Option("--history-min-interval", help="Seconds.")] = 0.0,
    history_max_interval_s: Annotated[
        float, typer.Option("--history-max-interval", help="Seconds.")
    ] = DEFAULT_MAX_INTERVAL_S,
    config_file: ConfigOption = DEFAULT_CONFIG,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Add a tag to a station that does not run; it is recorded, and read when the station starts.

    Exit code 1: it cannot be added (the reason is on standard error); 3: the station runs, its tag browser does this.
    """
    from station_app.app.tag_settings import add_tag
    from station_app.domain.added_tag import AddedTag, propose_name
    from station_app.services.tag_places import device_of

    if priority not in PRIORITIES:
        fail(f"--priority {priority}; allowed: {', '.join(PRIORITIES)}", USAGE)
    config = settings(config_file)
    limits = ((Trigger.HIGH_HIGH, high_high), (Trigger.HIGH, high), (Trigger.LOW, low), (Trigger.LOW_LOW, low_low))
    rules = [
        AlarmRule("", trigger, "", limit=limit, deadband=deadband, on_delay_s=on_delay_s, off_delay_s=off_delay_s,
                  priority=priority)
        for trigger, limit in limits if limit is not None
    ]  # fmt: skip
    kept = HistoryRule(history, history_deadband, history_min_interval_s, history_max_interval_s)
    chosen = name or propose_name(device_of(address), address.partition("?")[0].rpartition("/")[2], config.tags)
    tag = AddedTag(chosen, address, title, unit, interval_s, writable, history=kept).with_alarms(rules)
    add_tag(config, tag, CHECKS)
    _say_one(settings(config_file), chosen, as_json, "was added")


@reporting
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of a tag that was added.")],
    config_file: ConfigOption = DEFAULT_CONFIG,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Take an added tag out of a station that does not run; what is stored of it stays.

    Exit code 1: it cannot be removed (the reason is on standard error); 3: the station runs, its tag browser does this.
    """
    from station_app.app.tag_settings import remove_tag

    config = settings(config_file)
    before = _fields(config, config.tags[name]) if name in config.tags else {}
    remove_tag(config, name, CHECKS)
    say_json({**before, "removed": True}) if as_json else say(f"{name} was removed.")


@reporting
def write(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A writable tag's address, or its name.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="A number, a text, or on and off.")],
    timeout_s: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds to wait for an answer.")] = 5.0,
    config_file: ConfigOption = DEFAULT_CONFIG,
    as_json: Annotated[bool, JsonOption] = False,
) -> None:
    """Write a value into a tag that station.toml marks writable, while the station does not run; it is recorded.

    Exit code 1: the tag is not writable, the value is none for it, or the device did not take it; 3: the station runs.
    """
    from drivers.base import Quality
    from drivers.bench import sample_fields
    from station_app.app.tag_settings import write_tag

    quiet_libraries()
    sample = write_tag(settings(config_file), address, value, timeout_s)
    if as_json:
        say_json({"tag": sample.tag, **sample_fields(sample), "address": address})
    elif sample.quality is Quality.GOOD:
        say(f"{sample.tag}: {value} was written.")
    if sample.quality is not Quality.GOOD:
        fail(f"{sample.tag}: the device did not take it: {sample.status}", FOUND)


def _say_one(config: StationConfig, name: str, as_json: bool, what: str) -> None:
    fields = _fields(config, config.tags[name])
    say_json(fields) if as_json else say(f"{name} {what}: {fields['address']}")


def _fields(config: StationConfig, settings: TagSettings) -> dict[str, Any]:
    """A tag as the commands print it for a program."""
    tag, kept = settings.tag, settings.history
    plain = [("low", settings.low), ("high", settings.high)]
    alarms = [
        {"when": when, "limit": float(limit), "priority": settings.priority}
        for when, limit in plain
        if limit is not None
    ]
    alarms += [
        {
            "when": str(rule.trigger), "limit": None if rule.limit != rule.limit else rule.limit,
            "priority": rule.priority, "deadband": rule.deadband, "on_delay_s": rule.on_delay_s,
            "off_delay_s": rule.off_delay_s,
        }
        for rule in config.alarm_rules if rule.source == tag.name
    ]  # fmt: skip
    history = {"keep": str(kept.keep), "deadband": kept.deadband}
    history |= {"min_interval_s": kept.min_interval_s, "max_interval_s": kept.max_interval_s}
    return {
        "tag": tag.name, "address": tag.address, "title": settings.title, "unit": tag.unit,
        "interval_s": tag.interval_s, "writable": tag.writable, "alarms": alarms, "history": history,
        "added": tag.name in {added.name for added in config.added},
    }  # fmt: skip
