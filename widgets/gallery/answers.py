"""The cards that are answered or take their time, and what a step shows beside its text."""

from __future__ import annotations

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.answer_cards import Answer, ChecklistCard, ChoiceCard, TextCard
from widgets.card import CardState
from widgets.gallery import samples
from widgets.gallery.frame import Page
from widgets.limit_bar import Limits
from widgets.media_panel import MediaPanel
from widgets.media_strip import MediaItem, MediaKind
from widgets.picture_marks import Region
from widgets.sequence_cards import ScrewRow, TighteningCard, TimerCard
from widgets.sign_row import Sign, SignRow
from widgets.theme import Look

TORQUE, ANGLE = Limits(7.9, 9.1, "7.9", "9.1"), Limits(30, 60, "30", "60")


def answers(look: Look) -> QWidget:
    """Choices, lists, texts, waiting times and screws in their states."""
    page = Page(look)
    page.top_bar.set_station("ASM-10")
    page.top_bar.set_work("Answers")
    columns = (_choices(look), (*_lists(look), _text(look)), _timers(look), _screws(look))
    for column in columns:
        holder = QVBoxLayout()
        side = look.mm(4)
        holder.setContentsMargins(side, side, side, side)
        holder.setSpacing(side)
        for card in column:
            holder.addWidget(card)
        holder.addStretch(1)
        page.middle.addLayout(holder, 1)
    return page


def _choices(look: Look) -> tuple[QWidget, ...]:
    options = [Answer("good", "Without fault"), Answer("touched", "Touched up"), Answer("bad", "Scratched")]
    open_ = ChoiceCard(look, "Surface", options)
    failed = ChoiceCard(look, "Surface", options)
    failed.set_chosen("bad")
    failed.set_state(CardState.FAILED, "FAIL")
    failed.set_note("saved")
    failed.message.set_message("Dent", "Put the unit aside.")
    return open_, failed


def _lists(look: Look) -> tuple[QWidget, ...]:
    lines = [Answer("tools", "No tool left in the unit"), Answer("plugs", "Both plugs are fitted")]
    begun = ChecklistCard(look, "Bench", lines)
    begun.lines[0].set_answer(True)
    begun.set_note("1 of 2")
    aside = ChecklistCard(look, "Bench", lines)
    aside.set_answers(["plugs"])
    aside.set_enabled(False)
    aside.set_state(CardState.WARNING, "set aside")
    aside.message.set_message("", "Checked in another way (Mara Lindt)")
    return begun, aside


def _text(look: Look) -> QWidget:
    card = TextCard(look, "Label number", "for example LB-0042", 20)
    card.entry.setText("LB-0")
    return card


def _timers(look: Look) -> tuple[QWidget, ...]:
    running = TimerCard(look, "Adhesive cures", "End before it is over")
    running.set_left("4:37", 0.54)
    running.set_note("running")
    running.early.show()
    over = TimerCard(look, "Adhesive cures", "End before it is over")
    over.set_left("0:00", 1.0)
    over.set_note("go on within 2:00")
    early = TimerCard(look, "Adhesive cures", "End before it is over")
    early.set_left("0:00", 1.0)
    early.set_state(CardState.FAILED, "FAIL")
    early.message.set_message("Ended too early.", "Clean both faces and begin again.")
    return running, over, early


def _screws(look: Look) -> tuple[QWidget, ...]:
    typed = TighteningCard(look, "Cover screws", TORQUE, ANGLE, ("Nm", "°"), typed=True, hint="0.0")
    typed.torque.set_text("8.4")
    typed.torque_bar.set_value(8.4)
    typed.set_screws([ScrewRow("1", "8.5 Nm", "44 °", True), ScrewRow("2", "", current=True)])
    typed.set_note("screw 2 of 2")
    tool = TighteningCard(look, "Flange screws", TORQUE, None, ("Nm", ""), typed=False)
    tool.live.set_figure("9.62")
    tool.torque_bar.set_value(9.62)
    rows = [ScrewRow(str(n), f"8.{n} Nm", "", n != 3) for n in range(1, 4)]
    tool.set_screws([*rows, *(ScrewRow(str(n), "") for n in range(4, 7))])
    tool.set_state(CardState.FAILED, "FAIL")
    tool.message.set_message("Screw 3: 0.52 Nm above the limit.", "Loosen it and tighten it again.")
    return typed, tool


def media(look: Look) -> QWidget:
    """Signs, a picture with a region and thumbnails, and a criterion: good beside bad."""
    page = Page(look)
    page.top_bar.set_station("ASM-10")
    page.top_bar.set_work("Pictures of a step")
    signs = SignRow(look)
    several = MediaPanel(look)
    items = [
        MediaItem("Press the bearing"),
        MediaItem("Press the bearing", MediaKind.VIDEO),
        MediaItem("The ring lies concentric in its seat.", MediaKind.PAIR),
    ]
    several.set_items(items)
    several.picture.set_svg(samples.GEARBOX_SVG, "Gear reducer under the press")
    several.picture.set_callouts(samples.CALLOUTS)
    several.picture.set_regions([Region((0.38, 0.32, 0.2, 0.12), "Marking up")])
    several.set_page(2, 5, "Page 2 of 5")
    pair = MediaPanel(look)
    pair.set_items([items[2], items[0]])
    pair.pair.set_criterion(items[2].title)
    _fill(pair)
    _fill(several)
    row = QHBoxLayout()
    side = look.mm(5)
    row.setSpacing(side)
    row.addWidget(several, 3)
    row.addWidget(pair, 2)
    column = QVBoxLayout()
    column.setContentsMargins(side, side, side, side)
    column.setSpacing(look.mm(4))
    column.addWidget(signs)
    column.addLayout(row, 1)
    page.middle.addLayout(column, 1)
    signs.set_signs(
        [
            Sign("Gloves", "mdi6.hand-back-right"),
            Sign("Safety glasses", "mdi6.safety-goggles"),
            Sign("ESD protection", "mdi6.lightning-bolt"),
            Sign("Optional"),
            Sign("Attempt 2"),
        ]
    )
    return page


def _fill(panel: MediaPanel) -> None:
    good, bad = samples.bench_image(), samples.bench_image().flipped()
    for view, image in zip(panel.pair.pictures, (good, bad), strict=True):
        view.set_image(image, "reference")
    small = QImage(good.scaledToWidth(200))
    for index, item in enumerate(panel.items):
        panel.set_thumbnail(index, small)
        if item.kind is MediaKind.PAIR:
            panel.set_thumbnail(index, QImage(bad.scaledToWidth(200)), 1)
