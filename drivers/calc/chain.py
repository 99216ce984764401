"""Several formulas together: checked as a set, put in order, and computed from samples as they come.

A derived tag may use other derived tags. A batch of samples that arrived together gives each derived tag one value, not
one for every input; a second sample of the same input gives it another. The result's source time is that of the newest
input, so a derived value lies in a trend where its inputs lie.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from drivers.address import is_formula_address, parse_formula_address
from drivers.base import AddressError, Quality, Sample, Tag
from drivers.calc.evaluate import Program
from drivers.calc.kinds import kind_of, kind_of_address
from drivers.calc.parser import parse
from drivers.calc.tree import FormulaError, Node, TagValue, tags_of, walk

_CLOCK_STEP_S = 60.0
_SHOWN = 20


def faults_of(addresses: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the formulas among the addresses of all tags of a station, by the tag's name."""
    faults: dict[str, str] = {}
    trees: dict[str, Node] = {}
    for name, address in addresses.items():
        if is_formula_address(address):
            try:
                formula = parse_formula_address(address)
            except AddressError as error:
                faults[name] = str(error)
                continue
            try:
                trees[name] = parse(formula)
                _refuse_unknown(trees[name], addresses)
            except FormulaError as error:
                faults[name] = _with_place(error, formula)
    order, circles = _in_order(trees)
    faults.update({name: faults.get(name, circle) for name, circle in circles.items()})
    kinds = {name: kind_of_address(address) for name, address in addresses.items()}
    for name in order:
        try:
            kinds[name] = kind_of(trees[name], kinds)
        except FormulaError as error:
            faults.setdefault(name, _with_place(error, parse_formula_address(addresses[name])))
    return faults


def inputs_of(address: str) -> set[str]:
    """The tags that a derived tag's formula names. Raises AddressError and FormulaError."""
    return set(tags_of(parse(parse_formula_address(address))))


def _with_place(error: FormulaError, formula: str) -> str:
    """The fault, and what the formula says from there on."""
    rest = "" if error.at is None else formula[error.at : error.at + _SHOWN]
    more = " …" if error.at is not None and len(formula) > error.at + _SHOWN else ""
    return f"{error} (before: {rest}{more})" if rest else str(error)


def _refuse_unknown(tree: Node, known: Iterable[str]) -> None:
    names = list(known)
    for node in walk(tree):
        if isinstance(node, TagValue) and node.name not in names:
            near = difflib.get_close_matches(node.name, names, n=1)
            meant = f'; "{near[0]}" is there' if near else ""
            raise FormulaError(f'there is no tag "{node.name}"{meant}', node.at)


def _in_order(trees: Mapping[str, Node]) -> tuple[list[str], dict[str, str]]:
    """The formulas, each after those that it uses; and those that use themselves, with what is wrong."""
    order: list[str] = []
    circles: dict[str, str] = {}
    left = {name: {used for used in tags_of(tree) if used in trees} for name, tree in trees.items()}
    while ready := [name for name, used in left.items() if used.issubset(order)]:
        order += ready
        left = {name: used for name, used in left.items() if name not in ready}
    for name in left:
        way = _way_round(name, left)
        if way:
            circles[name] = f"the formula uses its own tag: {' uses '.join([name, *way])}"
        else:
            order.append(name)  # it only uses one of a circle: that one is told
    return order, circles


def _way_round(name: str, uses: Mapping[str, set[str]]) -> list[str]:
    """The shortest way from a formula back to itself; empty when there is none."""
    ways = [[used] for used in sorted(uses[name])]
    seen: set[str] = set()
    while ways:
        way = ways.pop(0)
        if way[-1] == name:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, used] for used in sorted(uses.get(way[-1], ()))]
    return []


@dataclass(slots=True)
class _Derived:
    """A derived tag as it runs."""

    tag: Tag
    program: Program
    told_s: float = 0.0  # monotonic
    time: float = 0.0  # of the newest result
    last: Sample | None = None


class Chain:
    """The derived tags of a station. Raises FormulaError, also for formulas that form a circle, and AddressError."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        trees = {tag.name: _tree_of(tag) for tag in tags}
        order, circles = _in_order(trees)
        for name, circle in circles.items():
            raise FormulaError(f'tag "{name}": {circle}')
        by_name = {tag.name: tag for tag in tags}
        self._derived = [_Derived(by_name[name], Program(trees[name])) for name in order]
        self.inputs = {used for derived in self._derived for used in derived.program.inputs} - set(trees)
        self._samples: dict[str, Sample] = {}
        self._arrived_s: dict[str, float] = {}

    def latest(self, name: str) -> Sample | None:
        """The newest result of a derived tag."""
        return next((derived.last for derived in self._derived if derived.tag.name == name), None)

    @property
    def tick_s(self) -> float | None:
        """How often :meth:`tick` is due, in seconds; None when no formula changes by time alone."""
        return min((d.tag.interval_s for d in self._derived if d.program.remembers), default=None)

    def begin(self) -> list[Sample]:
        """The formulas that use no tag have their value from the start, and with them those that use only such."""
        now, now_s = time.time(), time.monotonic()
        results: list[Sample] = []
        for derived in self._derived:
            if not derived.program.inputs:
                result = derived.program.run({}, now)
                sample = Sample(derived.tag.name, result.value, result.quality, result.status, None, now)
                self._samples[sample.tag], self._arrived_s[sample.tag], derived.last = sample, now_s, sample
                results.append(sample)
        return results + self._compute({sample.tag for sample in results}, now_s)

    def take(self, samples: Iterable[Sample]) -> list[Sample]:
        """Compute what samples of other tags change; the results in the order of their making."""
        results: list[Sample] = []
        changed: set[str] = set()
        now_s = time.monotonic()
        for sample in _in_time([sample for sample in samples if sample.tag in self.inputs]):
            if sample.tag in changed:
                results += self._compute(changed, now_s)
                changed = set()
            changed.add(sample.tag)
            self._samples[sample.tag] = sample
            self._arrived_s[sample.tag] = now_s
        return results + self._compute(changed, now_s) if changed else results

    def tick(self) -> list[Sample]:
        """Let time pass for formulas that remember and whose inputs rest: the inputs' clocks have gone on as ours has."""
        now_s = time.monotonic()
        results: list[Sample] = []
        for derived in self._derived:
            if derived.program.remembers and now_s - derived.told_s >= 0.9 * derived.tag.interval_s:
                results += self._tell(derived, now_s, rested=True)
        return results

    def _compute(self, changed: set[str], now_s: float) -> list[Sample]:
        results: list[Sample] = []
        changed = set(changed)
        for derived in self._derived:
            if not changed.isdisjoint(derived.program.inputs):
                changed.add(derived.tag.name)
                results += self._tell(derived, now_s, rested=False)
        return results

    def _tell(self, derived: _Derived, now_s: float, *, rested: bool) -> list[Sample]:
        """The new result as a sample; nothing when it is as Bad as before."""
        inputs = [self._samples[name] for name in derived.program.inputs if name in self._samples]
        if not inputs:
            return []
        newest = max(inputs, key=lambda sample: sample.time)
        elapsed_s = now_s - self._arrived_s[newest.tag] if rested else 0.0
        moment = newest.time + elapsed_s
        if derived.time - _CLOCK_STEP_S < moment < derived.time:
            moment = derived.time  # one input's clock is a little behind another's
        derived.time, derived.told_s = moment, now_s
        result = derived.program.run(self._samples, moment)
        has_source = newest.source_time is not None
        sample = Sample(
            derived.tag.name,
            result.value,
            result.quality,
            result.status,
            moment if has_source else None,
            newest.received_time + elapsed_s if has_source else moment,
        )
        self._samples[sample.tag] = sample
        self._arrived_s[sample.tag] = now_s
        before, derived.last = derived.last, sample
        repeats = before is not None and before.status == sample.status and sample.quality is Quality.BAD
        return [] if repeats else [sample]


def _in_time(samples: Sequence[Sample]) -> list[Sample]:
    """Samples of several tags by their times, those of one tag as they arrived: a loss has our time, which may be behind."""
    latest: dict[str, float] = {}
    timed: list[tuple[float, Sample]] = []
    for sample in samples:
        latest[sample.tag] = max(sample.time, latest.get(sample.tag, sample.time))
        timed.append((latest[sample.tag], sample))
    return [sample for _, sample in sorted(timed, key=lambda entry: entry[0])]


def _tree_of(tag: Tag) -> Node:
    """A derived tag's formula, understood. Raises FormulaError, and AddressError for the address of another protocol."""
    try:
        formula = parse_formula_address(tag.address)
    except AddressError as error:
        raise AddressError(f'tag "{tag.name}": {error}') from None
    return parse(formula)
