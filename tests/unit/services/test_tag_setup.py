"""Adding, removing and writing tags at the running station: who may, what is kept, and what a failure leaves."""

from __future__ import annotations

import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

from drivers.base import Quality, Tag
from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import AlarmRule, Trigger
from station_app.domain.chain import AUDIT, REC
from station_app.domain.checks import MachineValueCheck
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.domain.master import Person
from station_app.domain.outcome import Limits
from station_app.domain.permissions import Permission
from station_app.domain.records import Fact, SettingChanged, TagWritten, decode_body
from station_app.domain.rules import Refusal
from station_app.domain.work_master import Step, WorkMaster
from station_app.services.execution import Execution
from station_app.services.ports import JournalFull
from station_app.services.posting import PostQueue
from station_app.services.tag_places import TagUses
from station_app.services.tag_setup import TagSetup
from station_app.services.tag_writing import written_value
from tests.bench_station import BenchStation
from tests.fakes.field_devices import node
from tests.waiting import wait_until

T = TypeVar("T")
PEAK = AddedTag("press.peak", "opcua://press/ns=2;s=Press.PeakForce", "Peak", "kN", 0.2)
PROGRAM = "press.program"


class Bench:
    """A station without a window, and somebody at it."""

    def __init__(self, folder: Path) -> None:
        self.posts = PostQueue()
        self.file = folder / "added_tags.toml"
        self.station = BenchStation(folder, self.posts.post, master=False)
        self.services = self.station.services
        self.setup: TagSetup = self.services.tag_setup
        self.sign_in("process_engineer")

    def sign_in(self, *roles: str) -> None:
        self.services.ledger.person = Person(id="p-7", name="Paula Engel", roles=roles)

    def result(self, future: Future[T]) -> T:
        """What a verb answers, once the main thread has run what was posted."""
        until = time.monotonic() + 5
        while not future.done():
            self.posts.run_one(0.01)
            assert time.monotonic() < until, "no answer"
        return future.result()

    def facts(self, chan: str) -> list[tuple[str, Fact]]:
        return [(row.actor, decode_body(row.kind, row.body)) for row in self.station.journal.all_rows(chan)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.station.close()


def test_an_added_tag_is_on_disk_recorded_and_known_everywhere(bench: Bench) -> None:
    told: list[int] = []
    bench.setup.changed.subscribe(lambda: told.append(1))
    assert bench.result(bench.setup.add(PEAK)) == "press.peak"
    assert tomllib.loads(bench.file.read_text(encoding="utf-8"))["tags"]["press.peak"]["unit"] == "kN"
    assert bench.services.tag_views["press.peak"].title == "Peak"
    assert bench.services.tags.tags["press.peak"] == Tag("press.peak", PEAK.address, "kN", 0.2, 2.0)
    assert bench.station.kept == ["press.peak"], "the historian keeps it"
    assert bench.station.devices.followed == [("press", ["press.peak"])]
    assert told == [1]
    ((actor, fact),) = bench.facts(AUDIT)
    assert (actor, fact) == (
        "p-7",
        SettingChanged(setting="tag press.peak", old="", new=f"{PEAK.address}, every 0.2 s"),
    )
    assert bench.setup.tag_at(PEAK.address) == "press.peak"
    bench.station.sample("press.peak", 12.5)
    assert bench.result(bench.setup.remove("press.peak")) == "press.peak"
    assert "press.peak" not in bench.file.read_text(encoding="utf-8")
    assert "press.peak" not in bench.services.tags.tags
    assert "press.peak" not in bench.services.tag_views
    assert bench.services.tags.latest("press.peak") is None
    assert bench.station.devices.followed[-1] == ("press", [])
    assert bench.facts(AUDIT)[-1][1] == SettingChanged(
        setting="tag press.peak", old=f"{PEAK.address}, every 0.2 s", new=""
    )


@pytest.mark.parametrize("role", ["supervisor", "administrator"])
def test_these_roles_may_too(bench: Bench, role: str) -> None:
    bench.sign_in(role)
    assert bench.result(bench.setup.add(PEAK)) == PEAK.name


@pytest.mark.parametrize("roles", [("operator",), ("inspector", "quality_engineer")])
def test_others_may_not_and_read_who_may(bench: Bench, roles: tuple[str, ...]) -> None:
    bench.sign_in(*roles)
    with pytest.raises(Refusal, match="administrator or process engineer or supervisor"):
        bench.setup.add(PEAK)
    with pytest.raises(Refusal, match="administrator or process engineer or supervisor"):
        bench.setup.remove("x")
    with pytest.raises(Refusal, match="may not write values to a machine"):
        bench.setup.write_tag("press.force", "1")
    bench.services.ledger.person = None
    with pytest.raises(Refusal, match="Sign in first"):
        bench.setup.add(PEAK)
    assert bench.setup.why_not(Permission.CONFIGURE_TAGS).startswith("Sign in")
    assert bench.facts(AUDIT) == []
    assert not bench.file.exists()


def test_what_cannot_be_added_or_removed_changes_nothing(bench: Bench) -> None:
    with pytest.raises(Refusal, match="already"):
        bench.setup.add(AddedTag("press.force", PEAK.address))
    with pytest.raises(Refusal, match="no device of this station"):
        bench.setup.add(AddedTag("a", "opcua://127.0.0.1:4840/ns=2;s=X"))
    with pytest.raises(Refusal, match=r"stands in station\.toml"):
        bench.setup.remove("press.force")
    with pytest.raises(Refusal, match="There is no tag"):
        bench.setup.remove("nobody")
    bench.station.devices.fault = "press: the address cannot be."
    with pytest.raises(Refusal, match="the address cannot be"):
        bench.result(bench.setup.add(PEAK))
    assert not bench.file.exists()
    assert not bench.setup.changing
    assert bench.facts(AUDIT) == []


def test_a_tag_that_the_running_job_needs_stays(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.result(bench.setup.add(PEAK))
    limits = Limits("kN", Decimal("1"), Decimal("2"))
    check = MachineValueCheck(id="v", title="Force", characteristic="force", tag=PEAK.name, limits=limits)
    step = Step(id="one", title={"en": "One"}, text={"en": ""}, checks=(check,), takt_s=60)
    master = WorkMaster(id="w", version="A", title="W", product="P", operation="o", steps=(step,))
    job = SimpleNamespace(work_master=master, serial="U-1")
    with monkeypatch.context() as patch:
        patch.setattr(Execution, "job", property(lambda _self: job))
        with pytest.raises(Refusal, match="The work on U-1 needs"):
            bench.setup.remove(PEAK.name)
    assert bench.result(bench.setup.remove(PEAK.name)) == PEAK.name


HIGH = AlarmRule(PEAK.name, Trigger.HIGH, "", limit=12.0, deadband=1.0, priority="high")


def active(bench: Bench) -> list[tuple[str, str]]:
    while bench.posts.run_one(0.01):
        pass
    return [alarm.key for alarm in bench.services.alarms.listed() if alarm.active]


def test_limits_and_history_are_in_force_at_once_and_leave_with_the_tag(bench: Bench) -> None:
    bench.result(bench.setup.add(PEAK))
    bench.station.sample(PEAK.name, 12.5)
    rule = HistoryRule(Keep.CHANGE, 0.5, 0.0, 600.0)
    followed = len(bench.station.devices.followed)
    bench.result(bench.setup.change(replace(PEAK, title="Peak force", alarms=(HIGH,), history=rule)))
    wait_until(lambda: (PEAK.name, "high limit") in active(bench), 5.0, "judged by the value that is there")
    assert bench.station.history_rules[PEAK.name] == rule
    assert (bench.services.tag_views[PEAK.name].title, bench.services.tag_views[PEAK.name].high) == ("Peak force", 12.0)
    assert len(bench.station.devices.followed) == followed, "its device reads it as before"
    assert "limit = 12.0" in bench.file.read_text(encoding="utf-8")
    recorded = bench.facts(AUDIT)[-1][1]
    assert isinstance(recorded, SettingChanged)
    assert recorded.new.endswith("high limit 12 (high, deadband 1), history change (deadband 0.5, 0 to 600 s)")
    bench.result(bench.setup.change(replace(bench.setup.added[PEAK.name], alarms=(replace(HIGH, limit=20.0),))))
    wait_until(lambda: not active(bench), 5.0, "no limit is crossed")
    bench.result(bench.setup.change(replace(bench.setup.added[PEAK.name], alarms=(HIGH,), interval_s=1.0)))
    wait_until(lambda: bool(active(bench)), 5.0, "crossed again")
    assert len(bench.station.devices.followed) == followed + 1, "now it has to"
    bench.result(bench.setup.remove(PEAK.name))
    wait_until(lambda: not active(bench), 5.0, "nobody would clear it any more")


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"alarms": (HIGH, HIGH)}, "already"),
        ({"alarms": (HIGH, replace(HIGH, trigger=Trigger.LOW, limit=13.0))}, "is not above low"),
        ({"alarms": (replace(HIGH, deadband=-1.0),)}, "deadband"),
        ({"alarms": (replace(HIGH, deadband=float("nan")),)}, "deadband"),
        ({"alarms": (replace(HIGH, on_delay_s=4000.0),)}, "delay"),
        ({"alarms": (replace(HIGH, off_delay_s=float("nan")),)}, "delay"),
        ({"alarms": (replace(HIGH, limit=float("inf")),)}, "no number"),
        ({"alarms": (replace(HIGH, limit=float("nan")),)}, "no number"),
        ({"history": HistoryRule(deadband=float("inf"))}, "deadband of the history"),
        ({"history": HistoryRule(max_interval_s=0.5)}, "longest interval"),
        ({"history": HistoryRule(min_interval_s=9.0, max_interval_s=8.0)}, "longer than the longest"),
        ({"address": "opcua://press/ns=2;s=Other"}, "keeps its address"),
        ({"name": "press.force"}, r"stands in station\.toml"),
        ({"name": "nobody"}, "There is no tag"),
    ],
)
def test_what_a_tag_cannot_have_is_refused_and_changes_nothing(bench: Bench, change: dict[str, Any], part: str) -> None:
    bench.result(bench.setup.add(PEAK))
    text = bench.file.read_text(encoding="utf-8")
    with pytest.raises(Refusal, match=part):
        bench.setup.change(replace(PEAK, **change))
    assert bench.setup.added == {PEAK.name: PEAK}
    assert bench.file.read_text(encoding="utf-8") == text
    assert not bench.setup.changing


def test_a_tag_that_station_toml_names_stays_and_keeps_its_alarms_there(bench: Bench) -> None:
    bench.result(bench.setup.add(PEAK))
    low = replace(HIGH, trigger=Trigger.LOW, limit=1.0)
    places = bench.setup._places
    uses = TagUses({PEAK.name: "the formula of “double”"}, (low,))
    bench.setup._places = replace(places, uses=uses)
    with pytest.raises(Refusal, match=r"The formula of “double” needs “press\.peak”"):
        bench.setup.remove(PEAK.name)
    with pytest.raises(Refusal, match="already"):
        bench.setup.change(replace(PEAK, alarms=(low,)))
    bench.result(bench.setup.change(replace(PEAK, alarms=(HIGH,))))
    assert (bench.services.tag_views[PEAK.name].low, bench.services.tag_views[PEAK.name].high) == (1.0, 12.0)


def test_two_changes_at_once_are_refused(bench: Bench) -> None:
    first = bench.setup.add(PEAK)
    with pytest.raises(Refusal, match="still being saved"):
        bench.setup.add(AddedTag("press.other", PEAK.address))
    assert bench.result(first) == PEAK.name


def test_a_file_that_cannot_be_written_adds_nothing(bench: Bench) -> None:
    bench.file.mkdir()
    with pytest.raises(Refusal, match="could not be saved"):
        bench.result(bench.setup.add(PEAK))
    assert PEAK.name not in bench.services.tags.tags
    assert bench.facts(AUDIT) == []
    assert not bench.setup.changing


def test_what_cannot_be_recorded_is_taken_back_from_the_file(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    full: Future[object] = Future()
    full.set_exception(JournalFull("the disk is full"))
    with monkeypatch.context() as patch:
        patch.setattr(bench.services.ledger, "commit_aside", lambda facts, actor: full)
        with pytest.raises(JournalFull):
            bench.result(bench.setup.add(PEAK))
    assert "press.peak" not in bench.file.read_text(encoding="utf-8")
    assert PEAK.name not in bench.services.tags.tags
    assert bench.result(bench.setup.add(PEAK)) == PEAK.name


def test_a_node_is_proposed_with_what_its_server_says(bench: Bench) -> None:
    proposed = bench.setup.propose("press", node("Press.PeakForce", unit="kN"))
    assert proposed == AddedTag("press.peak_force_2", "opcua://press/ns=2;s=Press.PeakForce", "PeakForce", "kN")


def writable(bench: Bench) -> None:
    bench.result(bench.setup.add(AddedTag(PROGRAM, "opcua://press/ns=2;s=Press.Program", writable=True)))
    bench.station.sample(PROGRAM, 3)


def test_a_written_value_is_recorded_with_what_the_device_said(bench: Bench) -> None:
    writable(bench)
    sample = bench.result(bench.setup.write_tag(PROGRAM, " 5 "))
    assert (sample.value, sample.quality) == (5, Quality.GOOD)
    assert bench.station.devices.written == [(PROGRAM, 5)]
    bench.station.devices.write_status = "BadOutOfRange"
    assert bench.result(bench.setup.write_tag(PROGRAM, "99")).status == "BadOutOfRange"
    bench.station.devices.fault = "press did not answer within 5 s."
    with pytest.raises(Refusal, match="not known whether the value was taken"):
        bench.result(bench.setup.write_tag(PROGRAM, "7"))
    told = [(actor, f.value_text, f.status, f.outcome) for actor, f in bench.facts(REC) if isinstance(f, TagWritten)]
    assert told == [
        ("p-7", "5", "Good", "PASS"),
        ("p-7", "99", "BadOutOfRange", "ERROR"),
        ("p-7", "7", "BadTimeout", "ERROR"),
    ]


def test_only_writable_tags_are_written(bench: Bench) -> None:
    with pytest.raises(Refusal, match="not marked writable"):
        bench.setup.write_tag("press.force", "1")
    with pytest.raises(Refusal, match="There is no tag"):
        bench.setup.write_tag("nobody", "1")
    bench.result(bench.setup.add(AddedTag(PROGRAM, "opcua://press/ns=2;s=Press.Program", writable=True)))
    with pytest.raises(Refusal, match="no value yet"):
        bench.setup.write_tag(PROGRAM, "1")
    assert bench.station.devices.written == []


@pytest.mark.parametrize(
    ("present", "text", "value"), [(3, "5", 5), (1.5, "2", 2.0), (True, "off", False), ("a", " b ", "b")]
)
def test_what_is_typed_becomes_the_kind_the_tag_has(bench: Bench, present: object, text: str, value: object) -> None:
    bench.station.sample("press.force", present)  # type: ignore[arg-type]  # one of the kinds
    assert written_value(text, bench.services.tags.latest("press.force")) == value


@pytest.mark.parametrize(
    ("present", "text", "part"),
    [
        (3, "5.5", "whole number"), (3, "", "whole number"), (1.5, "1,5", "comma"), (1.5, "nan", "a number"),
        (1.5, "1e999", "a number"), (True, "maybe", "1 or 0"), ("a", "x" * 501, "too long"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(bench: Bench, present: object, text: str, part: str) -> None:
    bench.station.sample("press.force", present)  # type: ignore[arg-type]  # one of the kinds
    with pytest.raises(Refusal, match=part):
        written_value(text, bench.services.tags.latest("press.force"))
