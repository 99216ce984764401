"""A release that asks: the choice of the version, its reason, and the signature that is fetched for it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from station_app.domain.releases import VersionAsked
from tests.bench_station import BenchStation
from tests.operator_bench import Operator

ASKED = VersionAsked("4711-03", "gx40-assembly", "C", "D")


@pytest.fixture
def operator(qtbot: QtBot, bench: BenchStation) -> Operator:
    return Operator(qtbot, bench)


def test_a_release_that_asks_opens_a_choice_of_both_versions(operator: Operator) -> None:
    operator.page.wants_decision.emit(ASKED)
    dialog = operator.window.deciding.dialog
    assert dialog is not None and dialog.isVisible()
    assert "Version D (new)" in dialog.button("D").caption()
    assert "Version C" in dialog.button("C").caption()


def test_without_a_reason_nobody_is_asked_to_sign(operator: Operator) -> None:
    operator.page.wants_decision.emit(ASKED)
    dialog = operator.window.deciding.dialog
    assert dialog is not None
    dialog.button("D").click()
    dialog.confirm_button.click()
    assert not operator.window.approving.is_open
    assert "reason is missing" in operator.banner()


def test_with_a_reason_the_signature_is_fetched(operator: Operator) -> None:
    operator.page.wants_decision.emit(ASKED)
    dialog = operator.window.deciding.dialog
    assert dialog is not None
    dialog.button("D").click()
    dialog.comment.setText("new seals only fit D")
    dialog.confirm_button.click()
    operator.until(lambda: operator.window.approving.is_open)
    assert operator.window.deciding.dialog is None


def test_an_old_version_that_was_withdrawn_is_no_choice(operator: Operator) -> None:
    operator.page.wants_decision.emit(VersionAsked("4711-03", "gx40-assembly", "", "D"))
    dialog = operator.window.deciding.dialog
    assert dialog is not None
    with pytest.raises(KeyError):
        dialog.button("")
