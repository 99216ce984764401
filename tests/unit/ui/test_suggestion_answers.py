"""Answers to suggestions at the station: listed where it was suggested, told once to who suggested it, read in full."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from station_app.domain.master import SuggestionAnswer, encode_item
from station_app.services.ports import MasterChange
from station_app.ui.posting import QtPost
from station_app.ui.suggestion_answers import AnswerPanel
from tests.bench_station import ASM_10, ASM_20, BenchStation
from tests.operator_bench import Operator

ANSWER = SuggestionAnswer(
    id="S1", work_master_id="gx40-assembly", version="C", step_id="scan-housing", station=ASM_10, actor="anna.keller",
    suggestion="the drawing shows the old seat", answer="You are right: the new drawing is in version D, from Monday on.",
    answered_by="Ines Roth", answered_us=0,
)  # fmt: skip


@pytest.fixture
def operator(qtbot: QtBot, tmp_path: Path) -> Iterator[Operator]:
    post = QtPost()
    person = Operator(qtbot, BenchStation(tmp_path / "station", post))
    yield person
    person.window.close()
    person.station.close()
    post.close()


def come(operator: Operator, *, days_ago: float = 0, **fields: object) -> SuggestionAnswer:
    """An answer arrives as master data do."""
    station = operator.station
    now_us = station.services.ledger.clock.wall_us()
    answer = msgspec.structs.replace(ANSWER, answered_us=now_us - int(days_ago * 86_400e6), **fields)
    body = encode_item(answer)
    rev = station.journal.master_cursor() + 1
    change = MasterChange(rev, answer.kind, answer.id, body, hashlib.sha256(body).hexdigest())
    station.journal.apply_master([change], rev, False).result()
    station.services.library.reload()
    return answer


def listed(operator: Operator) -> list[str]:
    between = operator.page.between
    return [row.answer.id for row in between.answers.rows()] if between.answers.isVisibleTo(between) else []


def test_an_answer_is_listed_where_it_was_suggested_also_after_a_restart(operator: Operator) -> None:
    assert listed(operator) == []
    come(operator)
    come(operator, id="S2", station=ASM_20)
    come(operator, id="S3", days_ago=15)
    operator.until(lambda: listed(operator) == ["S1"])
    (row,) = operator.page.between.answers.rows()
    assert row.accessibleName() == (
        "Ines Roth: You are right: the new drawing is in version D, from Monday on.. "
        "Anna Keller, step scan-housing: “the drawing shows the old seat”"
    )


def test_who_suggested_it_is_told_once_and_sees_their_own_first_at_any_station(operator: Operator) -> None:
    come(operator, id="S0", days_ago=1, actor="mara.lindt")
    operator.sign_in()
    assert "answered" not in operator.banner()
    come(operator, id="S2", station=ASM_20, days_ago=2)
    assert operator.banner().startswith("Ines Roth answered your suggestion: “You are right")
    operator.until(lambda: listed(operator) == ["S2", "S0"])
    operator.window.banners.hush()
    come(operator, id="S0", actor="mara.lindt", answer="later")
    assert operator.banner() == "", "an answer to somebody else is not told"
    come(operator, id="S2", station=ASM_20, answer="No: " + "x" * 400)
    assert "No: xxx" in operator.banner(), "another answer is told again"
    assert len(operator.banner()) < 260


def test_the_whole_answer_is_read_by_touch_or_enter(operator: Operator, qtbot: QtBot) -> None:
    long = come(operator, answer="First line.\n<b>second</b> " + "word " * 60)
    operator.until(lambda: listed(operator))
    (row,) = operator.page.between.answers.rows()
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    panel = operator.window.findChild(AnswerPanel)
    assert panel is not None
    texts = [label.text() for label in panel.findChildren(QLabel)]
    assert long.answer in texts, "nothing is cut, and what looks like markup is text"
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
