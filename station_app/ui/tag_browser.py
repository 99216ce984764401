"""The tag browser: the station's tags, its devices and their trees; what is chosen can be added, drawn and written.

:func:`open_tag_browser` lays it over a page's window. The tree is :mod:`station_app.ui.tag_browser_tree`, what is done
with what is chosen :mod:`station_app.ui.tag_acts`.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from drivers.base import DeviceNode, Sample
from station_app.domain.alarm_rule import device_title
from station_app.domain.rules import Refusal
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui import tag_browser_words as words
from station_app.ui.look import Look
from station_app.ui.page import Page
from station_app.ui.tag_acts import TagActs
from station_app.ui.tag_browser_tree import BrowserTree, headline_and_body
from station_app.ui.tag_details import TagDetails
from station_app.ui.tag_forms import AddForm, WriteForm
from widgets.buttons import BigButton
from widgets.card import Card
from widgets.overlay import Overlay
from widgets.tag_tree import TagTree
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_HEADING_MM, TARGET_MM

REFRESH_MS = 500
COLUMN_MM = 150.0


class TagBrowser(Overlay):
    """`trend_wanted(tag)`: draw this tag."""

    trend_wanted = Signal(str)

    def __init__(self, services: StationServices, look: Look) -> None:
        super().__init__(look, full=True)
        self.services, self._setup = services, services.tag_setup
        self._read: dict[str, Sample] = {}
        self._chosen, self.ended = "", False
        self.setAccessibleName(self.tr("Tag browser"))
        self.tree = TagTree(look, self.tr("Tags and devices"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Words of a name"))
        self.search.setAccessibleName(self.tr("Words of a name"))
        self.search.setFont(look.font(CAPITAL_BODY_MM))
        self.search.setMinimumHeight(look.mm(TARGET_MM))
        self.search.setMaxLength(100)
        self.search.setTextMargins(look.mm(3), 0, look.mm(3), 0)
        self.search_button = BigButton(look, "", size_mm=TARGET_MM)
        self.close_button = BigButton(look, self.tr("Close"), size_mm=TARGET_MM)
        self.details = TagDetails(look)
        self.add_form, self.write_form = AddForm(look), WriteForm(look)
        self._side = QStackedWidget()
        self._listing = BrowserTree(services, self.tree, self)
        self._lay_out()
        self._connect()
        self.acts = TagActs(self, look)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._stop_watching = self._setup.changed.subscribe(self._listing.tags_changed)
        self._listing.fill()
        self._timer.start()

    def first_focus(self) -> QWidget | None:
        """The search has the keys."""
        return self.search

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves a sheet inside first."""
        sheet = self._side.currentWidget()
        if event.key() != Qt.Key.Key_Escape or sheet is self.details:
            super().keyPressEvent(event)
            return
        # what is being saved is waited for
        if not (self.add_form.add_button.is_busy or self.write_form.write_button.is_busy):
            self.show_details()
        event.accept()

    def dismiss(self) -> None:
        """Go away; what was asked for goes on."""
        self._end()
        super().dismiss()

    def _end(self) -> None:
        self.ended = True
        self._listing.end()
        self._timer.stop()
        self._stop_watching()

    # --- looking -------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Values and states as they are now; twice a second."""
        self._listing.refresh()
        self._show_value()

    @property
    def device(self) -> str:
        """The device that is searched: that of the row with the cursor, else the first."""
        key = self._chosen
        if key in self._nodes:
            return self._nodes[key][0]
        names = self._setup.devices.names
        return words.device_of_key(key) or (names[0] if names else "")

    def search_device(self) -> None:
        """Look for the words in the whole tree of the device."""
        device = self.device
        if self.search_button.is_busy or not device:
            return
        try:
            self._listing.search(device, self.search.text().strip())
        except Refusal as refusal:
            self.say(refusal)
            return
        self.search_button.set_busy(self.tr("searching {device}").format(device=device_title(device)))

    @property
    def _nodes(self) -> dict[str, tuple[str, DeviceNode]]:
        return self._listing.nodes

    @property
    def chosen_node(self) -> tuple[str, DeviceNode] | None:
        """The device and the node that are chosen."""
        return self._nodes.get(self._chosen)

    # --- what is chosen ------------------------------------------------------------------------------------------

    def choose(self, key: str) -> None:
        """Something else is chosen."""
        self._chosen = key
        device = device_title(self.device)
        self.search_button.set_text(self.tr("Search {device}").format(device=device) if device else self.tr("Search"))
        self.search_button.setEnabled(bool(device))
        self.show_details()
        if key in self._nodes and self._nodes[key][1].readable and not self._setup.tag_at(self._nodes[key][1].address):
            self._read_node()

    def show_details(self) -> None:
        """What is known of what is chosen, and what can be done with it."""
        self._side.setCurrentWidget(self.details)
        details, key = self.details, self._chosen
        tag = self.chosen_tag
        if tag in self.services.tags.tags:
            view, known = self.services.tag_views.get(tag), self.services.tags.tags[tag]
            buttons = [details.trend_button]
            buttons += [details.write_button] if known.writable else []
            buttons += [details.rules_button, details.remove_button] if tag in self._setup.added else []
            title = view.title if view is not None else tag
            details.show_facts(title, words.described_tag(self.services, known), buttons)
        elif key in self._nodes:
            device, node = self._nodes[key]
            buttons = [details.add_button, details.read_button] if node.readable else []
            details.show_facts(node.name, words.described_node(device, node), buttons)
        else:
            self._describe_place(key)
        self._show_value()

    def _describe_place(self, key: str) -> None:
        """The station, a device, or what was found."""
        device = words.device_of_key(key)
        if device:
            row = words.device_row(self.services, device)
            address = self.services.setup.device_addresses.get(device, "")
            facts = [(self.tr("State"), row.sub_text), (self.tr("Address"), address)]
            self.details.show_facts(row.name, facts, [])
        elif self.tree.has(key):
            self.details.show_facts(self.tree.row(key).name, [(self.tr("Here"), self.tree.row(key).sub_text)], [])

    @property
    def chosen_tag(self) -> str:
        """The station's tag that is chosen, directly or by the node that it reads; empty without one."""
        if self._chosen in self._nodes:
            return self._setup.tag_at(self._nodes[self._chosen][1].address)
        return words.tag_of_key(self._chosen)

    def _show_value(self) -> None:
        tag = self.services.tags.tags.get(self.chosen_tag)
        if tag is not None:
            self.details.show_value(
                *words.value_now(self.services.tags.latest(tag.name), tag.unit, self._listing.now_s())
            )
        elif self._chosen in self._read:
            unit = self._nodes[self._chosen][1].unit
            self.details.show_value(*words.value_now(self._read[self._chosen], unit, self._listing.now_s()))
        else:
            self.details.show_value("", "")

    def _read_node(self) -> None:
        """Read the chosen node once: its value is seen before it is added."""
        key = self._chosen
        if key not in self._nodes or self.details.read_button.is_busy:
            return
        device, node = self._nodes[key]
        self.details.read_button.set_busy(self.tr("reading"))

        def read(sample: Sample) -> None:
            if self.ended:
                return
            self._read[key] = sample
            if key == self._chosen:
                self.details.read_button.set_busy("")
                self._show_value()

        def failed(error: BaseException) -> None:
            if not self.ended and key == self._chosen:
                self.details.read_button.set_busy("")
                self.say(error)

        when_done(self._setup.read_node(device, node.address), self.services.post, read, failed)

    # --- acting --------------------------------------------------------------------------------------------------

    def show_form(self, form: QWidget) -> None:
        """A sheet in the place of the details."""
        self._side.setCurrentWidget(form)

    def _draw(self) -> None:
        tag = self.chosen_tag
        if tag:
            self.dismiss()
            self.trend_wanted.emit(tag)

    def _activated(self, key: str) -> None:
        """Enter goes to the button that comes first."""
        button = next((button for button in self.details.buttons if button.isVisibleTo(self)), None)
        if button is not None and key == self._chosen and not self.tree.row(key).has_children:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, error: BaseException) -> None:
        """A refusal or an answer that did not come, in words, beside what is chosen."""
        if self.ended:
            return
        self.details.remove_button.set_busy("")
        self.details.message.set_message(*headline_and_body(error))

    # --- dragging ------------------------------------------------------------------------------------------------

    def _drag_began(self) -> None:
        """The trend below has to be seen to be dropped on."""
        self.hide()

    def _drag_ended(self, dropped: bool) -> None:
        if dropped:
            self.dismiss()
        else:
            self.show()
            self.raise_()
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- laying out ----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.tree.chosen.connect(self.choose)
        self.tree.activated.connect(self._activated)
        self.tree.drag_began.connect(self._drag_began)
        self.tree.drag_ended.connect(self._drag_ended)
        self.search.textChanged.connect(self.tree.set_filter)
        self.search.returnPressed.connect(self.search_device)
        self.search_button.clicked.connect(self.search_device)
        self.close_button.clicked.connect(self.dismiss)
        self.details.trend_button.clicked.connect(self._draw)
        self.details.read_button.clicked.connect(self._read_node)
        self.add_form.cancelled.connect(self.show_details)
        self.write_form.cancelled.connect(self.show_details)
        self._listing.failed.connect(self.say)
        self._listing.searched.connect(lambda: self.search_button.set_busy(""))

    def _lay_out(self) -> None:
        look = self.look
        head = QHBoxLayout()
        head.setSpacing(look.mm(4))
        head.addWidget(Line(look, self.tr("Tag browser"), bold=True, capital_mm=CAPITAL_HEADING_MM * 0.9))
        head.addWidget(self.search, 1)
        self.search_button.setMinimumWidth(look.mm(70))
        head.addWidget(self.search_button)
        head.addWidget(self.close_button)
        tree = Card(look, self.tr("Tags and devices"))
        tree.body.addWidget(self.tree, 1)
        side = Card(look, self.tr("Chosen"))
        for part in (self.details, self.add_form, self.write_form):
            self._side.addWidget(part)
        side.body.addWidget(self._side, 1)
        side.setFixedWidth(look.mm(COLUMN_MM))
        across = QHBoxLayout()
        across.setSpacing(look.mm(5))
        for card in (tree, side):
            policy = card.sizePolicy()
            policy.setVerticalPolicy(policy.Policy.Expanding)
            card.setSizePolicy(policy)
        across.addWidget(tree, 1)
        across.addWidget(side)
        column = QVBoxLayout()
        column.setSpacing(look.mm(4))
        column.addLayout(head)
        column.addLayout(across, 1)
        self.content.addLayout(column, 1)


def open_tag_browser(page: Page, draw: Callable[[str], None]) -> TagBrowser:
    """Lay the tag browser over the page's window; ``draw(tag)`` is called for a tag that is to be drawn."""
    browser = TagBrowser(page.services, page.look)
    browser.trend_wanted.connect(draw)
    browser.open_once(page.window())
    return browser
