"""The station's tags as people set them up while it runs: looking at devices, adding and removing tags, writing values.

An added tag is on disk before it is recorded, recorded before it is read, and read from then on like those of
station.toml: the tag table, trends, alarms and the historian have it at once. Lives on the main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future

from drivers.base import DeviceNode, Quality, Sample, Tag
from station_app.domain.added_tag import USUAL_HISTORY, AddedTag, propose_name, settings_fault, tag_fault
from station_app.domain.chain import Row
from station_app.domain.outcome import Outcome
from station_app.domain.permissions import Permission, why_not
from station_app.domain.records import SettingChanged, TagWritten
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster
from station_app.services.execution import Execution
from station_app.services.ledger import Ledger
from station_app.services.notices import Notice
from station_app.services.ports import FieldDevices, FieldError, NodeSearch
from station_app.services.posting import Post, when_done
from station_app.services.tag_places import TagPlaces, as_tag, device_of
from station_app.services.tag_writing import written_value

NO_ANSWER = "BadTimeout"

SaveTags = Callable[[Sequence[AddedTag]], None]


class TagSetup:
    """``changed`` is told when tags were added or removed. ``added`` are those there from the start.

    ``save`` writes all added tags to disk, on the pool; it raises OSError.
    """

    def __init__(
        self,
        ledger: Ledger,
        execution: Execution,
        devices: FieldDevices,
        places: TagPlaces,
        save: SaveTags,
        pool: Executor,
        post: Post,
        added: Sequence[AddedTag] = (),
    ) -> None:
        self.devices = devices
        self.changed = Notice()
        self._ledger = ledger
        self._execution = execution
        self._places = places
        self._save = save
        self._pool = pool
        self._post = post
        self._added = {tag.name: tag for tag in added}
        self._changing = False

    # --- looking -------------------------------------------------------------------------------------------------

    @property
    def added(self) -> Mapping[str, AddedTag]:
        """The tags that were added at the station, by name."""
        return self._added

    @property
    def changing(self) -> bool:
        """Whether the last change is not on disk yet."""
        return self._changing

    def why_not(self, permission: Permission) -> str:
        """Why the person at the station may not, as a sentence; empty when they may."""
        person = self._ledger.person
        return "Sign in first: scan your badge." if person is None else why_not(person, permission)

    def browse(self, device: str, address: str = "") -> Future[list[DeviceNode]]:
        """The nodes directly below one. The future fails with FieldError."""
        return self.devices.browse(device, address)

    def search(self, device: str, words: str) -> Future[NodeSearch]:
        """Nodes of a device by words of their names. The future fails with FieldError, or Refusal without words."""
        if not words.strip():
            raise Refusal("Type what to look for.")
        return self.devices.search(device, words)

    def read_node(self, device: str, address: str) -> Future[Sample]:
        """A node's value now, whether or not it is a tag. The future fails with FieldError."""
        return self.devices.read(device, Tag(address, address))

    def propose(self, device: str, node: DeviceNode) -> AddedTag:
        """The node as a tag, to be looked over by a person."""
        name = propose_name(device, node.name, self._places.table.tags)
        return AddedTag(name, node.address, node.name[:60], node.unit[:20])

    def tag_at(self, address: str) -> str:
        """The name of the tag that reads this address; empty when none does."""
        return next((tag.name for tag in self._places.table.tags.values() if tag.address == address), "")

    # --- changing ------------------------------------------------------------------------------------------------

    def add(self, tag: AddedTag) -> Future[str]:
        """Add a tag to the station; the future's result is its name, once it is on disk and its device reads it.

        Raises Refusal; the future fails with Refusal or JournalError, and then nothing was added.
        """
        actor = self._begin(Permission.CONFIGURE_TAGS)
        tag = tag.with_alarms(tag.alarms)
        if fault := tag_fault(tag, self._places.table.tags, self._places.uses.alarms_of(tag.name)):
            raise Refusal(fault)
        device = device_of(tag.address)
        if device not in self.devices.names:
            raise Refusal(f"“{device}” is no device of this station. Its engineer names devices in station.toml.")
        outcome: Future[str] = Future()
        self._changing = True

        def looked_at(_sample: Sample) -> None:
            wanted = {**self._added, tag.name: tag}
            self._keep(wanted, _changed(tag.name, "", told(tag)), actor, outcome, tag.name)

        # an address that the device cannot have would end its driver: it is asked before anything is written
        asked = self.devices.read(device, as_tag(tag))
        when_done(asked, self._post, looked_at, lambda error: self._not_changed(error, outcome))
        return outcome

    def change(self, tag: AddedTag) -> Future[str]:
        """Give an added tag other limits, another rule for its history, another title or interval; its address stays.

        Raises Refusal; the future fails with Refusal or JournalError, and then nothing was changed.
        """
        actor = self._begin(Permission.CONFIGURE_TAGS)
        before = self._added.get(tag.name)
        if before is None:
            raise Refusal(self._not_added(tag.name))
        tag = tag.with_alarms(tag.alarms)
        if before.address != tag.address:
            raise Refusal("A tag keeps its address: what is stored would be of two things. Add another tag.")
        if fault := settings_fault(tag, self._places.uses.alarms_of(tag.name)):
            raise Refusal(fault)
        outcome: Future[str] = Future()
        if tag == before:
            outcome.set_result(tag.name)
            return outcome
        self._changing = True
        self._keep(
            {**self._added, tag.name: tag}, _changed(tag.name, told(before), told(tag)), actor, outcome, tag.name
        )
        return outcome

    def remove(self, name: str) -> Future[str]:
        """Take an added tag out of the station again; what was stored of it stays.

        Raises Refusal; the future fails with Refusal or JournalError, and then nothing was removed.
        """
        actor = self._begin(Permission.CONFIGURE_TAGS)
        tag = self._added.get(name)
        if tag is None:
            raise Refusal(self._not_added(name))
        if needed_by := self._places.uses.needed_by.get(name):
            raise Refusal(
                f"{needed_by[0].upper()}{needed_by[1:]} needs “{name}”. Its engineer takes it out there first."
            )
        job = self._execution.job
        if job is not None and name in tags_of(job.work_master):
            raise Refusal(f"The work on {job.serial} needs “{name}”. End the job first.")
        outcome: Future[str] = Future()
        self._changing = True
        wanted = {key: value for key, value in self._added.items() if key != name}
        self._keep(wanted, _changed(name, told(tag), ""), actor, outcome, name)
        return outcome

    def _not_added(self, name: str) -> str:
        if name in self._places.table.tags:
            return f"“{name}” stands in station.toml. Its engineer changes it there."
        return f"There is no tag “{name}” at this station."

    def _begin(self, permission: Permission) -> str:
        actor = self._ledger.actor()
        if reason := self.why_not(permission):
            raise Refusal(reason)
        if self._changing:
            raise Refusal("The last change of the tags is still being saved.")
        return actor

    def _keep(
        self, wanted: dict[str, AddedTag], fact: SettingChanged, actor: str, outcome: Future[str], name: str
    ) -> None:
        """Disk, then record, then the running station; a failure in between puts the old file back."""
        before = tuple(self._added.values())

        def written(_none: None) -> None:
            recorded = self._ledger.commit_aside([fact], actor)
            when_done(recorded, self._post, in_force, not_recorded)

        def in_force(_rows: list[Row]) -> None:
            gone = [tag for key, tag in self._added.items() if key not in wanted]
            come = [tag for key, tag in wanted.items() if tag != self._added.get(key)]
            self._added = wanted
            devices = self._bring_into_force(come, gone)
            following = [self.devices.follow(device, self._tags_of(device)) for device in devices]
            if not following:
                self._done(outcome, name)
                return
            when_done(following[0], self._post, lambda _none: self._done(outcome, name), device_slow)

        def device_slow(error: BaseException) -> None:
            if not isinstance(error, FieldError):
                self._not_changed(error, outcome)
                return
            # it is saved, and the device follows when it can
            self._done(outcome, name)

        def not_recorded(error: BaseException) -> None:
            back = self._pool.submit(self._save, before)
            when_done(back, self._post, lambda _none: self._not_changed(error, outcome), not_put_back)

        def not_put_back(error: BaseException) -> None:
            self._not_changed(error, outcome)

        when_done(
            self._pool.submit(self._save, tuple(wanted.values())),
            self._post,
            written,
            lambda error: self._not_changed(error, outcome),
        )

    def _bring_into_force(self, come: Sequence[AddedTag], gone: Sequence[AddedTag]) -> list[str]:
        """Let everybody in the station know the tags; answers the devices that have to read others, each once."""
        for tag in gone:
            self._places.leave(tag)
        read_anew = [tag for tag in come if self._places.enter(tag)]
        return list(dict.fromkeys(device_of(tag.address) for tag in [*read_anew, *gone]))

    def _tags_of(self, device: str) -> list[Tag]:
        return [as_tag(tag) for tag in self._added.values() if device_of(tag.address) == device]

    def _done(self, outcome: Future[str], name: str) -> None:
        self._changing = False
        self.changed.tell()
        outcome.set_result(name)

    def _not_changed(self, error: BaseException, outcome: Future[str]) -> None:
        self._changing = False
        if isinstance(error, OSError):
            error = Refusal(f"The tags could not be saved: {error.strerror or error}. See that the disk has room.")
        elif isinstance(error, FieldError):
            error = Refusal(str(error))
        outcome.set_exception(error)

    # --- writing -------------------------------------------------------------------------------------------------

    def write_tag(self, name: str, text: str) -> Future[Sample]:
        """Write a value into a tag that is marked writable; what the device answered is recorded.

        The future's sample says whether the device took it. Raises Refusal; the future fails with Refusal or JournalError.
        """
        actor = self._ledger.actor()
        if reason := self.why_not(Permission.WRITE_TAG):
            raise Refusal(reason)
        tag = self._places.table.tags.get(name)
        if tag is None:
            raise Refusal(f"There is no tag “{name}” at this station.")
        if not tag.writable:
            raise Refusal(f"“{name}” is not marked writable. Its engineer may do that in station.toml.")
        value = written_value(text, self._places.table.latest(name))
        outcome: Future[Sample] = Future()

        def answered(sample: Sample) -> None:
            fact = self._written(tag, text.strip(), sample.status, sample.quality is Quality.GOOD)
            recorded = self._ledger.commit_aside([fact], actor)
            when_done(recorded, self._post, lambda _rows: outcome.set_result(sample), outcome.set_exception)

        def unanswered(error: BaseException) -> None:
            if not isinstance(error, FieldError):
                outcome.set_exception(error)
                return
            # nobody knows whether the device took it: that it was tried is recorded
            refusal = Refusal(f"{error} It is not known whether the value was taken.")
            recorded = self._ledger.commit_aside([self._written(tag, text.strip(), NO_ANSWER, False)], actor)
            when_done(recorded, self._post, lambda _rows: outcome.set_exception(refusal), outcome.set_exception)

        when_done(self.devices.write(device_of(tag.address), tag, value), self._post, answered, unanswered)
        return outcome

    def _written(self, tag: Tag, value_text: str, status: str, taken: bool) -> TagWritten:
        job = self._execution.job
        return TagWritten(
            tag=tag.name,
            address=tag.address,
            value_text=value_text,
            status=status,
            outcome=Outcome.PASS if taken else Outcome.ERROR,
            serial="" if job is None else job.serial,
            job_id="" if job is None else job.job_id,
        )


def tags_of(work_master: WorkMaster) -> set[str]:
    """The tags that an instruction's checks name."""
    keys = ("tag", "cycle_tag", "torque_tag", "angle_tag")
    checks = (check for step in work_master.steps for check in step.checks)
    return {tag for check in checks for key in keys if (tag := getattr(check, key, ""))}


def told(tag: AddedTag) -> str:
    """A tag in a record, in words that tell one set-up from another."""
    parts = [tag.address, f"every {tag.interval_s:g} s", *(["writable"] if tag.writable else [])]
    for rule in tag.alarms:
        more = [f"deadband {rule.deadband:g}"] if rule.deadband else []
        more += [f"on after {rule.on_delay_s:g} s"] if rule.on_delay_s else []
        more += [f"off after {rule.off_delay_s:g} s"] if rule.off_delay_s else []
        limit = "" if rule.limit != rule.limit else f" {rule.limit:g}"
        parts.append(f"{rule.condition}{limit} ({', '.join([rule.priority, *more])})")
    if tag.history != USUAL_HISTORY:
        kept = tag.history
        parts.append(
            f"history {kept.keep} (deadband {kept.deadband:g}, {kept.min_interval_s:g} to {kept.max_interval_s:g} s)"
        )
    return ", ".join(parts)


def _changed(name: str, old: str, new: str) -> SettingChanged:
    return SettingChanged(setting=f"tag {name}", old=old, new=new)
