"""Adding, removing and writing a station's tags without the application, as the `station tags` commands do.

The journal is opened for it, so that everything is recorded; while the application runs it has the journal, and its tag
browser is the place. Raises JournalError (JournalLocked while it runs), Refusal, ConfigError and OSError.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from drivers.address import is_formula_address, parse_address
from drivers.base import Driver, Quality, Sample, Tag
from drivers.connection import bad_sample
from station_app.app.devices import build_driver, device_of, tag_uses
from station_app.config import DriverChecks, StationConfig, load_config
from station_app.config.added_tags import ADDED_TAGS_FILE
from station_app.domain.added_tag import AddedTag, tag_fault
from station_app.domain.ids import RecordIds
from station_app.domain.outcome import Outcome
from station_app.domain.records import SettingChanged, TagWritten
from station_app.domain.rules import Refusal
from station_app.services.ports import JournalLocked
from station_app.services.recording import Recorder
from station_app.services.tag_setup import NO_ANSWER, told
from station_app.services.tag_writing import written_value
from station_app.storage.added_tags import AddedTagsFile
from station_app.storage.clock import SystemClock
from station_app.storage.journal import SqliteJournal

ACTOR = "command line"


def add_tag(config: StationConfig, tag: AddedTag, checks: DriverChecks) -> None:
    """Add a tag to a station that does not run; it is read when the station starts."""
    tag = tag.with_alarms(tag.alarms)
    if fault := tag_fault(tag, config.tags, tag_uses(config).alarms_of(tag.name)):
        raise Refusal(fault)
    _save(config, [*config.added, tag], SettingChanged(setting=f"tag {tag.name}", old="", new=told(tag)), checks)


def remove_tag(config: StationConfig, name: str, checks: DriverChecks) -> None:
    """Take an added tag out of a station that does not run; what was stored of it stays."""
    gone = next((tag for tag in config.added if tag.name == name), None)
    if gone is None:
        where = "stands in station.toml; it is taken out there" if name in config.tags else "is no tag of this station"
        raise Refusal(f"“{name}” {where}.")
    if needed_by := tag_uses(config).needed_by.get(name):
        raise Refusal(f"{needed_by[0].upper()}{needed_by[1:]} needs “{name}”.")
    left = [tag for tag in config.added if tag.name != name]
    _save(config, left, SettingChanged(setting=f"tag {name}", old=told(gone), new=""), checks)


def write_tag(config: StationConfig, wanted: str, text: str, timeout_s: float) -> Sample:
    """Write a value into a writable tag, by its name or address; the sample is what its device answered. Recorded."""
    tag = _writable(config, wanted)
    with _recorder(config) as recorder:
        sample = asyncio.run(_write(config, tag, text, timeout_s))
        fact = TagWritten(
            tag=tag.name,
            address=tag.address,
            value_text=text.strip(),
            status=sample.status,
            outcome=Outcome.PASS if sample.quality is Quality.GOOD else Outcome.ERROR,
        )
        recorder.record([fact], ACTOR).result()
    return sample


def _writable(config: StationConfig, wanted: str) -> Tag:
    found = [settings.tag for settings in config.tags.values() if wanted in (settings.tag.name, settings.tag.address)]
    if not found:
        raise Refusal(f"“{wanted}” is neither the name nor the address of a tag of {config.station.path}.")
    writable = [tag for tag in found if tag.writable and not is_formula_address(tag.address)]
    if not writable:
        raise Refusal(f"“{found[0].name}” is not marked writable.")
    return writable[0]


async def _write(config: StationConfig, tag: Tag, text: str, timeout_s: float) -> Sample:
    """Read what is there, so that it is known what can be written, then write. Raises Refusal before anything is written."""
    driver, device = _driver_of(config, tag), device_of(tag.address)
    try:
        try:
            (present,) = await asyncio.wait_for(driver.read([tag]), timeout_s)
        except TimeoutError:
            raise Refusal(f"{device} did not answer within {timeout_s:g} s. Nothing was written.") from None
        if present.quality is Quality.BAD:
            raise Refusal(f"“{tag.name}” has no value now: {present.status}. Nothing was written.")
        value = written_value(text, present)
        try:
            return await asyncio.wait_for(driver.write(tag, value), timeout_s)
        except TimeoutError:
            return bad_sample(tag.name, NO_ANSWER, value)
    finally:
        await driver.close()


def _driver_of(config: StationConfig, tag: Tag) -> Driver:
    device = config.devices.get(device_of(tag.address))
    if device is not None:
        return build_driver(device)
    from drivers.bench import open_driver

    return open_driver(parse_address(tag.address).device_url)


def _save(config: StationConfig, tags: Sequence[AddedTag], fact: SettingChanged, checks: DriverChecks) -> None:
    """Disk, then record; what the settings cannot be together, or cannot be recorded, is taken back."""
    with _recorder(config) as recorder:
        save = AddedTagsFile(config.station.folder / ADDED_TAGS_FILE)
        save(tags)
        try:
            load_config(config.file, checks=checks)
            recorder.record([fact], ACTOR).result()
        except BaseException:
            save(config.added)
            raise


@contextmanager
def _recorder(config: StationConfig) -> Iterator[Recorder]:
    config.station.folder.mkdir(parents=True, exist_ok=True)
    try:
        journal = SqliteJournal(config.station.folder / "journal.sqlite", config.station.path)
    except JournalLocked as locked:
        raise JournalLocked(f"{locked} While the station runs its tag browser does this.") from locked
    try:
        yield Recorder(journal, SystemClock(), RecordIds())
    finally:
        journal.close()
