"""The single widgets, each in the states that a page can bring them into."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from widgets.alarm_list import AlarmList, AlarmTexts
from widgets.buttons import BigButton, ButtonKind
from widgets.card import CardState
from widgets.check_cards import ConfirmCard, MeasureCard, ScanCard, ValueCard
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.gallery import samples
from widgets.gallery.frame import Page
from widgets.gallery.screens import operator
from widgets.journal_list import JournalList
from widgets.keypad import Keypad
from widgets.limit_bar import LimitBar, Limits
from widgets.message_banner import BannerKind, MessageBanner
from widgets.photo_card import PhotoCard
from widgets.picture_view import PictureView
from widgets.record_table import RecordPicture, RecordRow, RecordSection, RecordTable
from widgets.shapes import Shape
from widgets.sheet import Sheet, SheetTile
from widgets.sign_in import SignIn
from widgets.step_list import StepList, StepMark, StepRow
from widgets.text import Run
from widgets.theme import Look


def cards(look: Look) -> QWidget:
    """Check cards in every state."""
    page = Page(look)
    page.top_bar.set_station("ASM-10")
    page.top_bar.set_work("Check cards")
    force = Limits(11.0, 14.0, "11.0", "14.0")
    expected = ScanCard(look, "Scan bearing lot")
    expected.set_expected([Run("Scan "), Run("6204-2RS", True)], "deep groove ball bearing")
    wrong = ScanCard(look, "Scan bearing lot")
    wrong.set_scanned([Run("6203-2RS · Lot "), Run("L25-0102", True)])
    wrong.set_state(CardState.FAILED, "FAIL")
    wrong.message.set_message("Wrong part.", "6204-2RS is needed here. Put 6203-2RS back and scan again.")
    empty = MeasureCard(look, "Axial play", "mm", Limits(0.02, 0.08, "0.02", "0.08"), "type or measure")
    good = MeasureCard(look, "Axial play", "mm", Limits(0.02, 0.08, "0.02", "0.08"))
    good.entry.set_text("0.051")
    good.set_verdict(CardState.OK, "saved", "", "Inside the limits.", 0.051)
    bad = MeasureCard(look, "Axial play", "mm", Limits(0.02, 0.08, "0.02", "0.08"))
    bad.entry.set_text("0.180")
    bad.set_verdict(CardState.FAILED, "FAIL", "0.100 mm above the limit.", "Measure again or report a problem.", 0.18)
    saving = MeasureCard(look, "Runout", "mm", Limits(None, 0.02, "", "≤ 0.020"))
    saving.entry.set_text("0.011")
    saving.set_verdict(CardState.SAVING, "saving…", value=0.011)
    lost = ValueCard(look, "Press force", "kN", force)
    lost.set_bad("12.40", "BadCommunicationError", "last heard 14 s ago · trying again in 3 s")
    taken = ValueCard(look, "Press force", "kN", force)
    taken.set_captured("12.42", 12.42, CardState.OK, "saved")
    confirm = ConfirmCard(look, "Seal", "Is the seal seated all around, lip inwards?", "Confirmed")
    done = ConfirmCard(look, "Seat", "Is the seat clean and dry?", "Confirmed")
    done.set_confirmed("saved")
    photo = PhotoCard(look, "Photo, seal side", "Take photo", "Take again", "Waiting for the camera")
    photo.set_taken(
        samples.bench_image(),
        CardState.FAILED,
        "REFUSED",
        "Camera 1 · 08:42:07",
        ["The picture is blurred.", "Hold the unit still and take it again."],
    )
    waiting = PhotoCard(look, "Photo", "Take photo", "Take again", "Waiting for the camera")
    columns = ((expected, wrong, lost, done), (empty, good, taken), (bad, saving), (photo, confirm, waiting))
    for column in columns:
        page.middle.addWidget(_stack(look, column), 1)
    return page


def controls(look: Look) -> QWidget:
    """Buttons, keypad, limit bars, banners, a long step list and an empty picture."""
    page = Page(look)
    page.top_bar.set_station("ASM-10")
    page.top_bar.set_work("Controls")
    steps = StepList(look)
    titles = [
        StepRow(str(i + 1), f"Step with a long title number {i + 1}", _mark(i), "0:31" if i < 120 else "")
        for i in range(200)
    ]
    steps.set_rows(titles)
    steps.set_current(120)
    steps.set_takt("Unit 7:05 of 6:30", 1.1)
    steps.setFixedWidth(look.mm(87))
    page.middle.addWidget(steps)
    pad = Keypad(look)
    enlarged = PictureView(look, "No picture for this step")
    enlarged.set_svg(samples.GEARBOX_SVG, "Gear reducer")
    enlarged.add_zoom_buttons("Larger", "Smaller", "Whole picture")
    page.middle.addWidget(_stack(look, (_buttons(look), pad, enlarged)), 2)
    right = [_bar(look, *case) for case in _BAR_CASES]
    page.middle.addWidget(_stack(look, (*_banners(look), *right, PictureView(look, "No picture for this step"))), 2)
    return page


def alarms(look: Look) -> QWidget:
    """The alarm page."""
    page = Page(look)
    page.top_bar.set_station("ASM-10")
    page.top_bar.set_work("Alarms", "2 in 10 minutes")
    listing = AlarmList(look, AlarmTexts(details="More"), most_rows=5)
    listing.set_alarms(samples.alarm_rows())
    empty = AlarmList(look)
    past = JournalList(look)
    past.set_rows(samples.journal_rows())
    page.middle.addWidget(_stack(look, (listing,), stretch=True), 3)
    page.middle.addWidget(_stack(look, (empty, past), stretch=True), 2)
    return page


def records(look: Look) -> QWidget:
    """The history of one unit."""
    page = Page(look)
    page.top_bar.set_station("ASM-10")
    page.top_bar.set_work("Records", [Run("Unit "), Run("GX40-000127", True)])
    table = RecordTable(look, "Scan a serial number to see its history.", "not here yet")
    table.set_sections(record_sections())
    page.middle.addWidget(_stack(look, (table,), stretch=True), 1)
    return page


def record_sections() -> list[RecordSection]:
    """Order, steps, measurements, components and pictures."""
    done, failed = StepMark.DONE, StepMark.FAILED
    return [
        RecordSection(
            "Order",
            (
                RecordRow("Order", "4711-03", "20 pieces, due 13:30"),
                RecordRow("Product", "GX-40 Gear reducer"),
                RecordRow("Instruction", "GX-40 revision C", "sha256 9f2c1a…e07b"),
            ),
            "finished 08:51",
        ),
        RecordSection(
            "Steps at ASM-10",
            (
                RecordRow("1  Scan housing", "0:12", "08:39:58 · Anna Keller", done),
                RecordRow("4  Press bearing", "0:52", "08:41:40 · Anna Keller", failed),
                RecordRow("4  Press bearing", "1:04", "08:44:12 · Anna Keller · second try", done),
            ),
        ),
        RecordSection(
            "Measurements and machine values",
            (
                RecordRow("Press force", "14.86 kN", "11.0 to 14.0 · press1, Good, 08:41:38.2", failed),
                RecordRow("Press force", "12.42 kN", "11.0 to 14.0 · press1, Good, 08:44:10.8", done),
                RecordRow("Axial play", "0.051 mm", "0.02 to 0.08 · gauge M-114, due 2027-02-01", done),
            ),
        ),
        RecordSection(
            "Components",
            (
                RecordRow("Bearing 6204-2RS", "Lot L25-0881", "in 3 other units", link_id="lot:L25-0881"),
                RecordRow("Housing", "H40-00981", link_id="unit:H40-00981"),
            ),
        ),
        RecordSection(
            "Pictures",
            pictures=(
                RecordPicture("p1", "4 Press bearing · 08:41", samples.bench_image()),
                RecordPicture("p2", "8 Photo · 08:50", None),
            ),
        ),
    ]


def sheet(look: Look) -> QWidget:
    """The sheet of pages over the operator's page."""
    page = operator(look)
    tiles = (
        SheetTile("work", "Work", "mdi6.hammer-wrench", "order 4711-03", "F2"),
        SheetTile("inspect", "Inspect", "mdi6.ruler", "", "F3"),
        SheetTile("trends", "Trends", "mdi6.chart-line", "last 30 minutes", "F4"),
        SheetTile("alarms", "Alarms", "mdi6.bell-outline", "", "F5", badge="2"),
        SheetTile("records", "Records", "mdi6.file-search-outline", "scan a unit", "F6"),
        SheetTile("line", "Line", "mdi6.view-dashboard-outline", "", "F8"),
        SheetTile("settings", "Settings", "mdi6.cog-outline", "not permitted", "F9", enabled=False),
    )
    Sheet(look, "ASM-10", tiles, "Back").open_on(page)
    return page


def choice(look: Look) -> QWidget:
    """Choosing a reason over the operator's page."""
    page = operator(look)
    choices = [
        Choice("material", "Material missing"),
        Choice("machine", "Machine stands"),
        Choice("quality", "Quality question"),
        Choice("help", "I need help"),
    ]
    dialog = ChoiceDialog(
        look,
        "Andon: what do you need?",
        choices,
        "Call",
        "Cancel",
        "The line overview shows your call until somebody answers it.",
        "Say more (optional)",
    )
    dialog.open_on(page)
    dialog.button("material").click()
    return page


def sign_in(look: Look) -> QWidget:
    """Badge and PIN over the operator's page."""
    page = operator(look)
    panel = SignIn(look)
    panel.open_on(page)
    panel.set_badge_person("Anna Keller")
    for digit in "1234":
        panel.pin.press(digit)
    panel.message.set_message("PIN is not right.", "2 tries are left.")
    panel.reposition()
    return page


_BAR_CASES: tuple[tuple[Limits, float | None], ...] = (
    (Limits(11, 14, "11.0", "14.0"), None),
    (Limits(11, 14, "11.0", "14.0"), 12.4),
    (Limits(11, 14, "11.0", "14.0"), 14.86),
    (Limits(11, 14, "11.0", "14.0"), 40.0),
    (Limits(None, 1.6, "", "≤ 1.6"), 0.9),
    (Limits(19.987, 20.017, "19.987 mm", "20.017 mm"), 20.014),
)


def _bar(look: Look, limits: Limits, value: float | None) -> QWidget:
    bar = LimitBar(look)
    bar.set_limits(limits)
    bar.set_value(value)
    return bar


def _banners(look: Look) -> list[MessageBanner]:
    cases = (
        (
            BannerKind.NOTE,
            "Order 4711-03 is finished.",
            "20 of 20 units are good.",
            "Scan the next order.",
            "",
        ),
        (
            BannerKind.WARNING,
            "The server does not answer.",
            "Your work is kept here: 37 records wait.",
            "",
            "",
        ),
        (
            BannerKind.ERROR,
            "This serial number is already finished.",
            "Nothing was changed.",
            "Scan another unit, or open its history.",
            "History",
        ),
    )
    banners = []
    for kind, what, kept, to_do, action in cases:
        banner = MessageBanner(look, "Close")
        banner.show_message(kind, what, kept, to_do, action)
        banners.append(banner)
    return banners


def _buttons(look: Look) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(look.mm(4))
    saving = BigButton(look, "Next", ButtonKind.PRIMARY)
    saving.set_busy("Saving…")
    off = BigButton(look, "Next is blocked", ButtonKind.PRIMARY)
    off.setEnabled(False)
    calling = BigButton(look, "Andon", ButtonKind.CALL, shape=Shape.TRIANGLE)
    calling.setCheckable(True)
    calling.setChecked(True)
    buttons = (
        BigButton(look, "Next", ButtonKind.PRIMARY, shape=Shape.FORWARD, shape_after=True),
        saving,
        off,
        BigButton(look, "Back", shape=Shape.BACK),
        BigButton(look, "Problem", shape=Shape.DIAMOND),
        calling,
        BigButton(look, "Report", ButtonKind.DANGER, shape=Shape.DIAMOND),
        BigButton(look, "Photo", shape=Shape.CAMERA),
        BigButton(look, "Settings", icon_name="mdi6.cog-outline"),
    )
    for index, button in enumerate(buttons):
        grid.addWidget(button, index // 3, index % 3)
    return holder


def _mark(index: int) -> StepMark:
    if index == 120:
        return StepMark.CURRENT
    if index > 120:
        return StepMark.OPEN
    return {117: StepMark.FAILED, 118: StepMark.SKIPPED}.get(index, StepMark.DONE)


def _stack(look: Look, widgets: tuple[QWidget, ...], *, stretch: bool = False) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    side = look.mm(4)
    layout.setContentsMargins(side, side, side, side)
    layout.setSpacing(look.mm(4))
    for widget in widgets:
        layout.addWidget(widget, 1 if stretch else 0)
    if not stretch:
        layout.addStretch(1)
    return holder
