from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from drivers.base import Connection, ConnectionState
from station_app.domain.alarm_rule import device_title
from station_app.services.calls import ANDON
from station_app.services.people import People
from station_app.ui.look import sized_look
from station_app.ui.station_bar import chips, device_chip, server_chip, show_bar, work_text
from tests.bench_station import ANNA, ANNA_PIN, UNIT, BenchStation
from widgets.text import plain
from widgets.top_bar import ChipState, TopBar


def signed_in(bench: BenchStation, qtbot: QtBot) -> People:
    bench.services.people.sign_in_badge(ANNA, ANNA_PIN)
    qtbot.waitUntil(lambda: bench.services.people.person is not None)
    return bench.services.people


def test_a_lost_device_counts_the_time_since() -> None:
    state = ConnectionState("test_bench", Connection.LOST, "no answer", 1000.0)
    chip = device_chip(state, 1014.4)
    assert (chip.text, chip.state) == ("Test bench lost 0:14", ChipState.WARNING)
    assert device_title("press") == "Press"


@pytest.mark.parametrize(("connected", "text"), [(True, "Server · 37 waiting"), (False, "Offline · 37 waiting")])
def test_the_server_and_what_waits_for_it(bench: BenchStation, connected: bool, text: str) -> None:
    bench.server(connected, waiting=37)
    chip = server_chip(bench.services)
    assert chip.text == text and (chip.state is ChipState.NORMAL) == connected


def test_order_unit_and_its_place_are_named(bench: BenchStation, qtbot: QtBot) -> None:
    assert work_text(bench.services) == ("", "")
    signed_in(bench, qtbot)
    bench.services.scanning.scan(UNIT)
    qtbot.waitUntil(lambda: bench.services.execution.job is not None)
    title, detail = work_text(bench.services)
    assert title == "GX-40 Gear reducer"
    assert plain(detail) == f"Instruction C · Order 4711-03 · Unit {UNIT} · 1 of 20"


def test_calls_and_alarms_have_chips_until_somebody_acts(bench: BenchStation, qtbot: QtBot) -> None:
    bench.services.calls.raise_call(ANDON, "Safety")
    bench.sample("press.force", 99.0)
    qtbot.waitUntil(lambda: bool(bench.services.calls.open and bench.services.alarms.listed()))
    texts = [chip.text for chip in chips(bench.services)]
    assert texts[0] == "1 alarm" and texts[1].startswith("Andon 0:0") and texts[-1].startswith("Server")
    assert "Press" in texts


def test_the_bar_names_the_person_and_the_page(bench: BenchStation, qtbot: QtBot) -> None:
    bar = TopBar(sized_look("light", "en", 1280, 800))
    qtbot.addWidget(bar)
    show_bar(bar, bench.services, "Trends")
    spoken = [part.accessibleName() for part in bar.parts()]
    assert "Trends" in spoken and "Not signed in" in spoken
    signed_in(bench, qtbot)
    show_bar(bar, bench.services, "")
    assert "Anna Keller" in [part.accessibleName() for part in bar.parts()]
    assert any(name[2:3] == ":" for name in spoken if len(name) == 5)
