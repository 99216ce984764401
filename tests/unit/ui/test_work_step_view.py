from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from station_app.domain.media import Callout, Picture
from station_app.services.station import StationServices
from station_app.ui.check_view import PageDeeds
from station_app.ui.look import sized_look
from station_app.ui.step_marks import LABEL_OFFSET, drawn_callouts
from station_app.ui.work_step_view import StepView
from tests.bench_station import ANNA, ANNA_PIN, BEARING_LOT, HOUSING, UNIT, BenchStation
from widgets.check_cards import ValueCard
from widgets.keypad import Keypad


@pytest.fixture
def view(bench: BenchStation, qtbot: QtBot) -> StepView:
    view = StepView(bench.services, sized_look("light", "en", 1280, 800), PageDeeds())
    view.resize(1280, 680)
    qtbot.addWidget(view)
    view.show()
    return view


def work_up_to(bench: BenchStation, qtbot: QtBot, no: int) -> StationServices:
    """A unit at a step, by the services alone."""
    services = bench.services
    services.people.sign_in_badge(ANNA, ANNA_PIN)
    qtbot.waitUntil(lambda: services.people.person is not None)
    bench.sample("press.peak_force", 12.4)
    acts: tuple[Callable[[], object], ...] = (
        lambda: services.scanning.scan(UNIT),
        lambda: services.scanning.scan(HOUSING),
        services.execution.confirm,
        lambda: services.scanning.scan(BEARING_LOT),
    )
    for act in acts[:no]:
        act()
        qtbot.waitUntil(lambda: not (services.ledger.busy or services.execution.opening or services.execution.asking))
    return services


def show(view: StepView, services: StationServices) -> None:
    job = services.execution.job
    assert job is not None and job.current is not None
    view.show_step(job, job.current, False)


def test_live_values_stand_there_at_once(view: StepView, bench: BenchStation, qtbot: QtBot) -> None:
    show(view, work_up_to(bench, qtbot, 3))
    card = view.column.views[1].card
    assert isinstance(card, ValueCard) and card.figure.text() == "12.40"


def test_the_picture_comes_with_its_callouts(view: StepView, bench: BenchStation, qtbot: QtBot) -> None:
    show(view, work_up_to(bench, qtbot, 1))
    qtbot.waitUntil(lambda: view.instruction.picture.has_picture)
    assert view.instruction.picture.accessibleName() == "Scan the housing"


def test_a_picture_that_comes_too_late_is_not_shown(
    view: StepView, bench: BenchStation, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = list[object]()
    monkeypatch.setattr(view.media.store, "show", lambda *request: arrived.append(request[4]))
    services = work_up_to(bench, qtbot, 1)
    show(view, services)
    services.scanning.scan(HOUSING)
    qtbot.waitUntil(lambda: not services.execution.asking and not services.ledger.busy)
    show(view, services)
    first = arrived[0]
    assert callable(first)
    first(QImage(8, 8, QImage.Format.Format_RGB32))
    assert not view.instruction.picture.has_picture


def test_the_keypad_is_there_only_for_a_measurement(view: StepView, bench: BenchStation, qtbot: QtBot) -> None:
    services = work_up_to(bench, qtbot, 4)
    show(view, services)
    assert view.findChildren(Keypad) == []
    bench.sample("press.peak_force", 12.4)
    services.execution.capture_value("press_peak_force")
    qtbot.waitUntil(lambda: not services.ledger.busy)
    show(view, services)
    (keypad,) = view.findChildren(Keypad)
    assert keypad.isVisible()
    keypad.button("7").click()
    assert view.column.views[0].typed() == "7"


def test_numbers_without_a_place_stand_beside_what_they_mean() -> None:
    picture = Picture("a.svg", "", 1, "image/svg+xml", (Callout("1", 0.2, 0.5), Callout("2", 0.9, 0.1, "", 0.4, 0.3)))
    first, second = drawn_callouts(picture)
    assert first.label_at == (0.2 + LABEL_OFFSET, 0.5) and second.label_at == (0.4, 0.3)
