"""Whatever happens, the alarms after a restart are those before it: live state is a fold of records and nothing else."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.base import Connection, ConnectionState, Quality
from station_app.domain.rules import Refusal
from tests.fakes.shared_database import FakeServer
from tests.unit.services.station import FORCE, SPEED, ServiceStation, closing
from tests.unit.services.test_alarm_answers import MARA, folded, idle, watched

ACTIONS = (
    "out", "out", "in", "bad", "fault", "lost", "back", "wait", "long", "back in time",
    "acknowledge", "shelve", "unshelve", "disable", "enable", "silence", "ask",
)  # fmt: skip


def act(station: ServiceStation, action: str, pick: int) -> None:
    listed, alarms = station.alarms.listed(), station.alarms
    chosen = listed[pick % len(listed)].alarm_id if listed else ""
    disabled = alarms.out_of_service()
    verbs: dict[str, Callable[[], object]] = {
        "out": lambda: station.sample(14.5 if pick % 2 else 16.0),
        "in": lambda: station.sample(3.0),
        "bad": lambda: station.sample(None, Quality.BAD, "BadNoData"),
        "fault": lambda: station.sample("Fault", tag=SPEED),
        "lost": lambda: alarms.connection(ConnectionState("press", Connection.LOST, "", 0.0)),
        "back": lambda: alarms.connection(ConnectionState("press", Connection.CONNECTED, "", 0.0)),
        "wait": lambda: station.clock.advance(1.5),
        "long": lambda: station.clock.advance(400),
        "back in time": lambda: station.clock.step_wall(-3600),
        "acknowledge": lambda: station.done(alarms.acknowledge(chosen)),
        "shelve": lambda: station.done(alarms.shelve(chosen, 600, "repair")),
        "unshelve": lambda: station.done(alarms.unshelve(chosen)),
        "disable": lambda: station.done(alarms.disable(chosen, "broken")),
        "enable": lambda: station.done(alarms.enable(*disabled[0].key) if disabled else alarms.enable(FORCE, "x")),
        "silence": lambda: station.done(alarms.silence()),
        "ask": lambda: station.done(alarms.request_maintenance(chosen)),
    }
    try:
        verbs[action]()
    except Refusal:
        return


@settings(max_examples=12, deadline=None)
@given(story=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 5)), min_size=5, max_size=25))
@example([("out", 0), ("disable", 0), ("out", 1), ("shelve", 0), ("enable", 0), ("silence", 0), ("in", 0), ("out", 0)])
def test_the_fold_after_a_restart_equals_the_live_one(story: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        for station in closing(watched(ServiceStation(Path(name), FakeServer()))):
            station.sign_in(MARA)
            for action, pick in story:
                act(station, action, pick)
                station.alarms.samples([])
            idle(station)
            assert folded(station) == station.ledger.fold.alarms
