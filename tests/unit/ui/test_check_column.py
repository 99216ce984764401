from __future__ import annotations

from decimal import Decimal

from pytestqt.qtbot import QtBot

from station_app.domain.checks import ConfirmCheck, MachineValueCheck
from station_app.domain.job import CheckProgress, Mark, StepProgress
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Step
from station_app.ui.check_column import CheckColumn
from station_app.ui.check_view import CardContext
from station_app.ui.look import sized_look
from station_app.ui.pictures import PictureStore
from station_app.ui.work_cards import build_check
from tests.bench_station import BenchStation
from widgets.card import CardState

FORCE = MachineValueCheck(
    id="f", title="Force", characteristic="f", tag="press.force", limits=Limits("kN", Decimal("11.0"), Decimal("14.0"))
)
LOOK = ConfirmCheck(id="l", title="Look")


def test_what_is_set_aside_says_so_whatever_the_machine_does(bench: BenchStation, qtbot: QtBot) -> None:
    look = sized_look("light", "en", 1280, 800)
    context = CardContext(bench.services, look, PictureStore(bench.services), "U", True, lambda: None, lambda: None)
    step = StepProgress(Step(id="s", title={"en": "S"}, text={"en": ""}, checks=(FORCE, LOOK)), 1)
    step.checks = [CheckProgress(FORCE, Mark.SKIPPED, note="Sensor is down (Mara Lindt)"), CheckProgress(LOOK)]
    column = CheckColumn(look)
    qtbot.addWidget(column)
    for progress in step.checks:
        column.add_check(build_check(progress, context))
    column.show_checks(step, False)
    bench.sample("press.force", 12.0)
    column.follow(0.0)
    aside, other = column.views
    assert aside.card.state is CardState.WARNING and aside.card.note_text() == "set aside"
    assert aside.card.message.text() == "Sensor is down (Mara Lindt)"
    assert other.card.state is CardState.IDLE
