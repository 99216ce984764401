"""Two hundred steps, the current one in sight, keys and touch."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.characteristic_list import CharacteristicList, CharacteristicRow
from widgets.shapes import Shape
from widgets.step_list import StepList, StepMark, StepRow
from widgets.theme import Look

ROWS = [StepRow(str(i + 1), f"Step {i + 1}", StepMark.DONE if i < 120 else StepMark.OPEN) for i in range(200)]


@pytest.fixture
def steps(look: Look, qtbot: QtBot) -> StepList:
    made = StepList(look)
    qtbot.addWidget(made)
    made.resize(look.mm(87), 800)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize("current", [0, 5, 120, 198, 199])
def test_the_current_step_is_always_in_sight(steps: StepList, qtbot: QtBot, current: int) -> None:
    steps.set_rows(ROWS)
    steps.set_current(current)
    qtbot.waitUntil(lambda: steps.row_is_visible(current))


def test_the_steps_before_and_after_are_in_sight_too(steps: StepList, qtbot: QtBot) -> None:
    steps.set_rows(ROWS)
    for current in (1, 8, 120, 60, 198, 3):
        steps.set_current(current)
        qtbot.waitUntil(lambda row=current: steps.row_is_visible(row + 1) and steps.row_is_visible(row - 1))  # type: ignore[misc]  # a default for the row


def test_touch_and_enter_ask_to_look_at_a_step_once(steps: StepList, qtbot: QtBot) -> None:
    steps.set_rows(ROWS[:9])
    steps.set_current(3)
    asked: list[int] = []
    steps.row_activated.connect(asked.append)
    model = steps.view.model()
    QTest.mouseClick(
        steps.view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=steps.view.visualRect(model.index(1, 0)).center(),
    )
    assert asked == [1]
    steps.view.setFocus()
    QTest.keyClick(steps.view, Qt.Key.Key_Down)
    QTest.keyClick(steps.view, Qt.Key.Key_Return)
    assert asked == [1, 2]


def test_rows_are_spoken_with_their_outcome(steps: StepList) -> None:
    steps.set_rows([StepRow("4", "Press bearing", StepMark.FAILED, "0:52")])
    model = steps.view.model()
    spoken = model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "4 Press bearing, failed 0:52"


def test_takt_is_hidden_without_text_and_marked_when_exceeded(steps: StepList) -> None:
    bar = steps._takt_bar
    assert not bar.isVisible()
    steps.set_takt("Unit 2:31 of 6:30", 0.39)
    assert bar.isVisible()
    assert not bar.is_exceeded
    steps.set_takt("Unit 7:05 of 6:30", 1.09)
    assert bar.is_exceeded


def test_replacing_rows_keeps_the_scroll_place(steps: StepList, qtbot: QtBot) -> None:
    steps.set_rows(ROWS)
    steps.set_current(100)
    qtbot.waitUntil(lambda: steps.row_is_visible(100))
    place = steps.view.verticalScrollBar().value()
    steps.set_rows(ROWS)
    assert steps.view.verticalScrollBar().value() == place


def test_only_rows_that_changed_are_painted_again(steps: StepList) -> None:
    steps.set_rows(ROWS[:9])
    steps.set_current(3)
    changed: list[tuple[int, int]] = []
    steps.view.model().dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    steps.set_rows(list(ROWS[:9]))
    steps.set_current(3)
    assert changed == []
    steps.set_rows([*ROWS[:5], StepRow("6", "Step 6", StepMark.FAILED), *ROWS[6:9]])
    assert changed == [(5, 5)]
    changed.clear()
    steps.set_current(4)
    assert changed == [(3, 3), (4, 4)]


def test_the_inspectors_list_speaks_and_asks(look: Look, qtbot: QtBot) -> None:
    listing = CharacteristicList(look)
    qtbot.addWidget(listing)
    listing.resize(500, 600)
    listing.show()
    listing.set_rows([CharacteristicRow("3", "Shaft Ø", "20.002 ±0.015", "20.014", StepMark.DONE)], 0)
    model = listing.view.model()
    spoken = str(model.data(model.index(0, 0), Qt.ItemDataRole.AccessibleTextRole))
    assert "Shaft Ø" in spoken
    assert "done" in spoken
    with qtbot.waitSignal(listing.row_activated) as asked:
        center = listing.view.visualRect(model.index(0, 0)).center()
        QTest.mouseClick(listing.view.viewport(), Qt.MouseButton.LeftButton, pos=center)
    assert asked.args == [0]


def test_a_refresh_without_a_change_paints_no_row(steps: StepList, qtbot: QtBot) -> None:
    steps.set_rows(ROWS[:9])
    steps.set_current(3)
    painted: list[int] = []

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                painted.append(1)
            return False

    watch = Watch()
    QTest.qWait(50)
    steps.view.viewport().installEventFilter(watch)
    steps.set_rows(list(ROWS[:9]))
    steps.set_current(3)
    QTest.qWait(50)
    assert painted == []
    steps.set_current(4)
    qtbot.waitUntil(lambda: bool(painted))


def test_the_steps_takt_is_marked_before_it_is_exceeded(steps: StepList) -> None:
    line, bar = steps.step_takt
    seen = []
    for text, fraction, warning in (
        ("Step 0:41 of 1:00", 0.68, False),
        ("Step 0:50 of 1:00", 0.83, True),
        ("Step 1:01 of 1:00", 1.02, True),
        ("", 0.0, False),
    ):
        steps.set_step_takt(text, fraction, warning)
        seen.append((line.isVisible(), line.mark, bar.is_exceeded))
    marked = Shape.TRIANGLE
    assert seen == [(True, None, False), (True, marked, False), (True, marked, True), (False, None, False)]


@pytest.mark.parametrize("height_px", [500, 777, 800])
def test_no_row_is_shown_in_part(steps: StepList, qtbot: QtBot, height_px: int) -> None:
    steps.resize(steps.width(), height_px)
    steps.set_rows(ROWS[:40])
    steps.set_current(0)
    view, model = steps.view, steps.view.model()
    qtbot.waitUntil(lambda: steps.row_is_visible(0))
    sight = view.viewport().rect()
    rects = [view.visualRect(model.index(row, 0)) for row in range(40)]
    in_part = [rect for rect in rects if rect.intersects(sight) and not sight.contains(rect)]
    assert in_part == []


def test_a_title_that_is_too_long_beside_its_time_stands_above_it(look: Look, qtbot: QtBot) -> None:
    made = StepList(look)
    qtbot.addWidget(made)
    made.resize(look.mm(87), look.mm(60))
    made.show()
    pictures = []
    for time_text in ("", "\u00d72 0:23"):
        made.set_rows([StepRow("1", "Press the bearing in", StepMark.DONE, time_text)])
        row = made.view.visualRect(made.view.model().index(0, 0))
        pictures.append(made.view.viewport().grab(row).toImage())
    title_left, title_right = look.mm(15), made.view.viewport().width() - look.mm(3)
    ends = [max(x for x in range(title_left, title_right) if inked(image, x)) for image in pictures]
    assert ends[1] == ends[0], "the title lost its end to the time"


def inked(image: QImage, x: int) -> bool:
    """Whether anything is drawn in a column of a row."""
    paper = image.pixelColor(2, 2)
    return any(image.pixelColor(x, y) != paper for y in range(image.height()))
