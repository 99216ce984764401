"""Machine values watched while a step is in work: waits, windows, and the cycles of a tightening tool.

Nothing of it outlives the application: after a restart a wait begins anew and a window lacks what was not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drivers.base import Quality, Sample
from station_app.domain.checks import MachineValueCheck, TighteningCheck
from station_app.domain.job import CheckProgress, Job, StepProgress
from station_app.domain.machine_watch import HoldWatch, WindowWatch
from station_app.services.tags import TagTable

SETTLE_NS = 200_000_000
_Key = tuple[str, str, int]


@dataclass(slots=True)
class CycleWatch:
    """A tool's cycle counter: the value it had, and since when (monotonic nanoseconds) another one has not been taken."""

    seen: str = ""
    due_ns: int | None = None


@dataclass(slots=True)
class FirstCycle:
    """The wait for a machine's first cycle in a step: ``shown`` is what its tag showed before it.

    ``moved``: the tag shows another value by now. ``due_ns``: the counter has moved, and the values have come with it then
    (monotonic nanoseconds).
    """

    shown: str
    moved: bool = False
    due_ns: int | None = None


@dataclass(slots=True)
class StepWatches:
    """What is watched for one attempt of a step, by check."""

    key: _Key
    holds: dict[str, HoldWatch] = field(default_factory=dict)
    windows: dict[str, WindowWatch] = field(default_factory=dict)
    cycles: dict[str, CycleWatch] = field(default_factory=dict)
    first: dict[str, FirstCycle] = field(default_factory=dict)


class MachineWatching:
    """The watches of the step in work. :meth:`follow` is called often, with the samples that have come. Main thread."""

    def __init__(self, tags: TagTable) -> None:
        self._tags = tags
        self._watches: StepWatches | None = None

    def follow(self, job: Job | None, samples: Sequence[Sample], mono_ns: int) -> StepWatches | None:
        """Bring the watches up to now; None when no step is in work."""
        step = job.current if job is not None and job.running else None
        if job is None or step is None:
            self._watches = None
            return None
        key = (job.job_id, step.step.id, step.attempt)
        if self._watches is None or self._watches.key != key:
            self._watches = self._begin(key, step, mono_ns)
            return self._watches  # the samples are in the tag table already
        for check in step.step.checks:
            if isinstance(check, MachineValueCheck):
                first = self._watches.first.get(check.id)
                if first is not None:
                    self._await_cycle(self._watches, check, first, step, mono_ns)
                self._feed(self._watches, check, samples, mono_ns)
            elif isinstance(check, TighteningCheck) and check.cycle_tag:
                self._count(self._watches.cycles[check.id], check.cycle_tag, samples, mono_ns)
        return self._watches

    def _begin(self, key: _Key, step: StepProgress, mono_ns: int) -> StepWatches:
        """New watches; the value that a tag has now counts from now on."""
        watches = StepWatches(key)
        for check in step.step.checks:
            if isinstance(check, TighteningCheck) and check.cycle_tag:
                watches.cycles[check.id] = CycleWatch(_text(self._tags.latest(check.cycle_tag)))
            if not isinstance(check, MachineValueCheck):
                continue
            sample = self._tags.latest(check.tag)
            cyclic = bool(check.cycle_tag)
            if check.mode == "wait":
                watches.holds[check.id] = HoldWatch(check.limits, not cyclic)
            elif check.mode == "window":
                watches.windows[check.id] = WindowWatch(mono_ns, cyclic, not cyclic)
            if cyclic and check.mode != "capture":
                watches.first[check.id] = FirstCycle(_text(sample))
            elif sample is not None:
                self._feed(watches, check, [sample], mono_ns)
        return watches

    def _await_cycle(
        self, watches: StepWatches, check: MachineValueCheck, first: FirstCycle, step: StepProgress, mono_ns: int
    ) -> None:
        """Once the counter has moved, and a moment later, what the tag shows is this unit's."""
        if first.due_ns is None and self._tags.changed_since(check.cycle_tag, step.since_us / 1e6):
            tag = self._tags.tags.get(check.tag)
            first.due_ns = mono_ns + SETTLE_NS + round((tag.interval_s if tag is not None else 0.0) * 1e9)
        if first.due_ns is None or first.due_ns > mono_ns:
            return
        del watches.first[check.id]
        hold, window = watches.holds.get(check.id), watches.windows.get(check.id)
        sample = self._tags.latest(check.tag)
        if hold is not None:
            hold.cycle_made = True
        if window is not None:
            window.cycle_made = True
        if sample is not None and (hold is not None or (window is not None and not window.begun)):
            self._feed(watches, check, [sample], mono_ns)

    def _feed(self, watches: StepWatches, check: MachineValueCheck, samples: Sequence[Sample], mono_ns: int) -> None:
        watch = watches.holds.get(check.id) or watches.windows.get(check.id)
        if watch is None:
            return
        own = [sample for sample in samples if sample.tag == check.tag]
        first = watches.first.get(check.id)
        if first is not None:
            own = _of_this_cycle(own, first) if check.id in watches.windows else []
        for sample in own:
            watch.feed(sample, arrival_ns(sample, own[-1], mono_ns))

    def _count(self, watch: CycleWatch, tag: str, samples: Sequence[Sample], mono_ns: int) -> None:
        """A new number of the counter: its values are taken a moment later, when they have come too."""
        for sample in samples:
            text = _text(sample) if sample.tag == tag else ""
            if text and text != watch.seen:
                if watch.seen:
                    watch.due_ns = mono_ns + SETTLE_NS
                watch.seen = text


def arrival_ns(sample: Sample, newest: Sample, mono_ns: int) -> int:
    """When a sample of a batch arrived: the newest one now, the others as long before as their own times say (at most 1 s)."""
    before_s = min(max(newest.received_time - sample.received_time, 0.0), 1.0)
    return mono_ns - round(before_s * 1e9)


def _of_this_cycle(samples: Sequence[Sample], first: FirstCycle) -> list[Sample]:
    """Of the samples before the counter moves, those from the first on that shows another value than before the cycle.

    A device that is polled tells the old value again and again.
    """
    found = []
    for sample in samples:
        text = _text(sample)
        first.shown = first.shown or text
        first.moved = first.moved or bool(text and text != first.shown)
        if first.moved:
            found.append(sample)
    return found


def _text(sample: Sample | None) -> str:
    """The number a counter shows, empty without a good value."""
    if sample is None or sample.quality is not Quality.GOOD or sample.value is None:
        return ""
    return str(sample.value)


def open_waits(step: StepProgress) -> list[CheckProgress]:
    """The waits of a step that are still to be fulfilled and whose turn it is: everything before them is settled."""
    waits = []
    for check in step.checks:
        if check.settled:
            continue
        if not isinstance(check.check, MachineValueCheck) or check.check.mode != "wait":
            break
        waits.append(check)
    return waits
