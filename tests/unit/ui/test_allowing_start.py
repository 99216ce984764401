"""Work that nobody can verify: the reason, the signature that is fetched for it, and the unit that opens then."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.domain.chain import AUDIT, REC
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.records import Fact, Override, Signature, decode_body
from station_app.ui.posting import QtPost
from station_app.ui.work_page import WorkPage
from tests.bench_station import ASM_20, UNIT, BenchStation
from tests.operator_bench import Operator
from tests.plant import MARA, MARA_PIN, TOM, TOM_PIN
from widgets.choice_dialog import ChoiceDialog


@pytest.fixture
def operator(qtbot: QtBot, tmp_path: Path) -> Iterator[Operator]:
    """Tom at ASM-20, where work without the server needs a signature; the server is away."""
    post = QtPost()
    station = BenchStation(tmp_path / "station", post, ASM_20, "test", offline=OfflinePolicy.ALLOW_SIGNED)
    station.lookup.reached = False
    operator = Operator(qtbot, station)
    operator.sign_in(TOM, TOM_PIN)
    yield operator
    station.close()
    post.close()


def facts(operator: Operator) -> list[Fact]:
    journal = operator.station.journal
    rows = [*journal.all_rows(REC), *journal.all_rows(AUDIT)]
    return [decode_body(row.kind, row.body) for row in rows]


def asked(operator: Operator) -> ChoiceDialog:
    """The question that a scan of the unit opens."""
    operator.scan(UNIT)
    operator.until(lambda: operator.window.allowing.dialog is not None)
    dialog = operator.window.allowing.dialog
    assert dialog is not None and dialog.isVisible()
    return dialog


def sign(operator: Operator, badge: str, pin: str) -> None:
    operator.until(lambda: operator.window.approving.is_open)
    operator.wedge(badge)
    operator.until(lambda: operator.window.scan_filter.is_withholding is False)
    operator.type(pin)
    operator.key(Qt.Key.Key_Return)


def test_a_supervisor_says_why_and_signs_and_the_unit_opens_marked(operator: Operator) -> None:
    dialog = asked(operator)
    dialog.button("Seen on the unit").click()
    dialog.comment.setText("signed by Anna")
    dialog.confirm_button.click()
    sign(operator, MARA, MARA_PIN)
    operator.until(lambda: operator.services.execution.job is not None)
    operator.settled()
    job = operator.services.execution.job
    assert job is not None and (job.serial, job.previous_operation) == (UNIT, "unverified")
    assert isinstance(operator.window.page, WorkPage) and not operator.window.approving.is_open
    (override,) = [fact for fact in facts(operator) if isinstance(fact, Override)]
    assert override.reason == "Seen on the unit: signed by Anna"
    (signature,) = [fact for fact in facts(operator) if isinstance(fact, Signature)]
    assert (signature.printed_name, signature.job_id) == ("Mara Lindt", job.job_id)


def test_who_works_here_may_not_and_is_told_in_the_panel(operator: Operator) -> None:
    dialog = asked(operator)
    dialog.button("Other").click()
    dialog.confirm_button.click()
    sign(operator, TOM, TOM_PIN)
    operator.until(lambda: "may not let work begin" in operator.window.approving.panel.message.text())
    assert operator.services.execution.job is None


def test_cancelled_nothing_has_begun_and_the_next_scan_asks_again(operator: Operator) -> None:
    asked(operator).cancel_button.click()
    operator.until(lambda: operator.window.allowing.dialog is None)
    assert operator.services.execution.job is None and not operator.window.approving.is_open
    asked(operator)


def test_a_unit_opened_from_the_list_asks_too(operator: Operator) -> None:
    order = operator.services.execution.dispatch_list()[0][0]
    operator.page.acts.open_order(order)
    operator.until(lambda: operator.window.allowing.dialog is not None)
