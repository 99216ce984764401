"""The tag browser: the station's tags, its devices and their trees; what is chosen can be added, drawn and written.

:func:`open_tag_browser` lays it over a page's window. A device's tree is read one level at a time, when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from drivers.base import DeviceNode, Quality, Sample
from station_app.domain.added_tag import AddedTag
from station_app.domain.permissions import Permission
from station_app.domain.rules import Refusal
from station_app.services.ports import FieldError, JournalError, NodeSearch
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui import tag_browser_words as words
from station_app.ui.look import Look
from station_app.ui.page import Page, saying_of
from station_app.ui.station_bar import device_title
from station_app.ui.tag_details import TagDetails
from station_app.ui.tag_forms import AddForm, WriteForm
from widgets.buttons import BigButton
from widgets.card import Card
from widgets.overlay import Overlay
from widgets.tag_tree import TagTree, TreeRow
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
        self._nodes: dict[str, tuple[str, DeviceNode]] = {}
        self._read: dict[str, Sample] = {}
        self._chosen, self._ended = "", False
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
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._stop_watching = self._setup.changed.subscribe(self._tags_changed)
        self._fill()
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
            self._show_details()
        event.accept()

    def dismiss(self) -> None:
        """Go away; what was asked for goes on."""
        self._end()
        super().dismiss()

    def _end(self) -> None:
        self._ended = True
        self._timer.stop()
        self._stop_watching()

    # --- the tree ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Values and states as they are now; twice a second."""
        now_s = self._now_s()
        for tag in self.services.tags.tags.values():
            self.tree.show_row(words.tag_row(self.services, tag, now_s))
        for device in self._setup.devices.names:
            self.tree.show_row(words.device_row(self.services, device))
        self._show_value()

    def _now_s(self) -> float:
        return self.services.ledger.clock.wall_us() / 1e6

    def _fill(self) -> None:
        """The station's tags, opened, and its devices, closed."""
        devices = [words.device_row(self.services, device) for device in self._setup.devices.names]
        self.tree.set_rows("", [words.station_row(self.services), *devices])
        self._show_tags()
        self.tree.open(words.STATION)
        self.tree.choose(words.STATION)

    def _show_tags(self) -> None:
        now_s = self._now_s()
        rows = [words.tag_row(self.services, tag, now_s) for tag in self.services.tags.tags.values()]
        self.tree.show_row(words.station_row(self.services))
        self.tree.set_rows(words.STATION, rows)

    def _tags_changed(self) -> None:
        """Tags came or went: the nodes that they read say so."""
        self._show_tags()
        for key, (_, node) in self._nodes.items():
            if self.tree.has(key):
                where = self.tree.row(key).sub_text.partition(" · ")[0] if key.startswith("hit:") else ""
                self.tree.show_row(words.node_row(self.services, key, node, where))

    def _opened(self, key: str) -> None:
        """Ask the device for what is below; the answer comes when it comes."""
        device = words.device_of_key(key)
        at_top = bool(device)
        address = ""
        if not at_top:
            if key not in self._nodes:
                return
            device, node = self._nodes[key]
            address = node.address
        self.tree.set_rows(key, [words.waiting_row(key)])

        def listed(nodes: list[DeviceNode]) -> None:
            if self._ended or not self.tree.has(key):
                return
            rows = [self._node_row(device, node, key) for node in nodes]
            self.tree.set_rows(key, rows or [words.empty_row(key, device, at_top)])

        def failed(error: BaseException) -> None:
            if self._ended or not self.tree.has(key):
                return
            self.tree.set_rows(key, [words.note_row(key, _sentence(error), fault=True)])
            self.tree.ask_again(key)
            self._say(error)

        when_done(self._setup.browse(device, address), self.services.post, listed, failed)

    def _node_row(self, device: str, node: DeviceNode, above: str) -> TreeRow:
        key = words.node_key(device, node.address, above)
        self._nodes[key] = (device, node)
        return words.node_row(self.services, key, node)

    # --- searching -----------------------------------------------------------------------------------------------

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
        asked, device = self.search.text().strip(), self.device
        if self.search_button.is_busy or not device:
            return
        try:
            future = self._setup.search(device, asked)
        except Refusal as refusal:
            self._say(refusal)
            return
        self.search_button.set_busy(self.tr("searching {device}").format(device=device_title(device)))

        def found(search: NodeSearch) -> None:
            if not self._ended:
                self.search_button.set_busy("")
                self._show_found(device, asked, search)

        def failed(error: BaseException) -> None:
            if not self._ended:
                self.search_button.set_busy("")
                self._say(error)

        when_done(future, self.services.post, found, failed)

    def _show_found(self, device: str, asked: str, search: NodeSearch) -> None:
        """What was found stands above everything, whatever is typed meanwhile."""
        top = [self.tree.row(key) for key in self.tree.below() if key != words.FOUND]
        self.tree.set_rows("", [words.search_row(device, asked, search), *top])
        rows = []
        for hit in search.found:
            key = words.hit_key(device, hit)
            self._nodes[key] = (device, hit.node)
            rows.append(words.node_row(self.services, key, hit.node, "/".join(hit.path)))
        self.tree.set_rows(words.FOUND, rows)
        self.tree.open(words.FOUND)
        self.tree.choose(rows[0].key if rows else words.FOUND)

    # --- what is chosen ------------------------------------------------------------------------------------------

    def _choose(self, key: str) -> None:
        self._chosen = key
        device = device_title(self.device)
        self.search_button.set_text(self.tr("Search {device}").format(device=device) if device else self.tr("Search"))
        self.search_button.setEnabled(bool(device))
        self._show_details()
        if key in self._nodes and self._nodes[key][1].readable and not self._setup.tag_at(self._nodes[key][1].address):
            self._read_node()

    def _show_details(self) -> None:
        self._side.setCurrentWidget(self.details)
        details, key = self.details, self._chosen
        tag = self._tag()
        if tag in self.services.tags.tags:
            view, known = self.services.tag_views.get(tag), self.services.tags.tags[tag]
            buttons = [details.trend_button]
            buttons += [details.write_button] if known.writable else []
            buttons += [details.remove_button] if tag in self._setup.added else []
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

    def _tag(self) -> str:
        """The station's tag that is chosen, directly or by the node that it reads; empty without one."""
        if self._chosen in self._nodes:
            return self._setup.tag_at(self._nodes[self._chosen][1].address)
        return words.tag_of_key(self._chosen)

    def _show_value(self) -> None:
        tag = self.services.tags.tags.get(self._tag())
        if tag is not None:
            self.details.show_value(*words.value_now(self.services.tags.latest(tag.name), tag.unit, self._now_s()))
        elif self._chosen in self._read:
            unit = self._nodes[self._chosen][1].unit
            self.details.show_value(*words.value_now(self._read[self._chosen], unit, self._now_s()))
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
            if self._ended:
                return
            self._read[key] = sample
            if key == self._chosen:
                self.details.read_button.set_busy("")
                self._show_value()

        def failed(error: BaseException) -> None:
            if not self._ended and key == self._chosen:
                self.details.read_button.set_busy("")
                self._say(error)

        when_done(self._setup.read_node(device, node.address), self.services.post, read, failed)

    # --- acting --------------------------------------------------------------------------------------------------

    def _begin_adding(self) -> None:
        if self._chosen not in self._nodes or self._refused(Permission.CONFIGURE_TAGS):
            return
        device, node = self._nodes[self._chosen]
        self._side.setCurrentWidget(self.add_form)
        self.add_form.propose(self._setup.propose(device, node), bool(node.writable))

    def _add(self, tag: AddedTag) -> None:
        form = self.add_form

        def refused(error: BaseException) -> None:
            if not self._ended:
                form.set_saving(False)
                form.message.set_message(*_headline_and_body(error))

        def added(_name: str) -> None:
            if not self._ended:
                form.set_saving(False)
                self._show_details()
                self.details.trend_button.setFocus(Qt.FocusReason.OtherFocusReason)

        try:
            future = self._setup.add(tag)
        except Refusal as refusal:
            refused(refusal)
            return
        form.set_saving(True)
        when_done(future, self.services.post, added, refused)

    def _remove(self) -> None:
        tag = self._tag()

        def removed(_name: str) -> None:
            if not self._ended:
                self.tree.choose(words.STATION)
                self._choose(words.STATION)

        try:
            future = self._setup.remove(tag)
        except Refusal as refusal:
            self._say(refusal)
            return
        self.details.remove_button.set_busy(self.tr("saving"))
        when_done(future, self.services.post, removed, self._say)

    def _begin_writing(self) -> None:
        tag = self.services.tags.tags.get(self._tag())
        if tag is None or self._refused(Permission.WRITE_TAG):
            return
        view = self.services.tag_views.get(tag.name)
        self._side.setCurrentWidget(self.write_form)
        self.write_form.begin(tag, view.title if view is not None else tag.name, self.services.tags.latest(tag.name))

    def _write(self, tag: str, text: str) -> None:
        form = self.write_form

        def refused(error: BaseException) -> None:
            if not self._ended:
                form.set_saving(False)
                form.refuse(*_headline_and_body(error))

        def answered(sample: Sample) -> None:
            if self._ended:
                return
            form.set_saving(False)
            if sample.quality is not Quality.GOOD:
                form.refuse(
                    self.tr("The device did not take it: {status}.").format(status=sample.status),
                    self.tr("The attempt is recorded. Look at the machine's value before you try again."),
                )
                return
            self._show_details()
            self.details.message.set_message(self.tr("{value} was written.").format(value=text), self.tr("Recorded."))

        try:
            future = self._setup.write_tag(tag, text)
        except Refusal as refusal:
            refused(refusal)
            return
        form.set_saving(True)
        when_done(future, self.services.post, answered, refused)

    def _draw(self) -> None:
        tag = self._tag()
        if tag:
            self.dismiss()
            self.trend_wanted.emit(tag)

    def _activated(self, key: str) -> None:
        """Enter goes to the button that comes first."""
        button = next((button for button in self.details.buttons if button.isVisibleTo(self)), None)
        if button is not None and key == self._chosen and not self.tree.row(key).has_children:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refused(self, permission: Permission) -> bool:
        reason = self._setup.why_not(permission)
        if reason:
            self._say(Refusal(reason))
        return bool(reason)

    def _say(self, error: BaseException) -> None:
        """A refusal or an answer that did not come, in words, beside what is chosen."""
        if self._ended:
            return
        self.details.remove_button.set_busy("")
        self.details.message.set_message(*_headline_and_body(error))

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
        self.tree.opened.connect(self._opened)
        self.tree.chosen.connect(self._choose)
        self.tree.activated.connect(self._activated)
        self.tree.drag_began.connect(self._drag_began)
        self.tree.drag_ended.connect(self._drag_ended)
        self.search.textChanged.connect(self.tree.set_filter)
        self.search.returnPressed.connect(self.search_device)
        self.search_button.clicked.connect(self.search_device)
        self.close_button.clicked.connect(self.dismiss)
        self.details.add_button.clicked.connect(self._begin_adding)
        self.details.trend_button.clicked.connect(self._draw)
        self.details.read_button.clicked.connect(self._read_node)
        self.details.write_button.clicked.connect(self._begin_writing)
        self.details.remove_button.clicked.connect(self._remove)
        self.add_form.wanted.connect(self._add)
        self.add_form.cancelled.connect(self._show_details)
        self.write_form.wanted.connect(self._write)
        self.write_form.cancelled.connect(self._show_details)

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
    browser.dismissed.connect(browser.deleteLater)
    browser.open_on(page.window())
    return browser


def _sentence(error: BaseException) -> str:
    if not isinstance(error, (FieldError, Refusal, JournalError)):
        # our own defect: it belongs into the log, loudly
        raise error
    return str(error)


def _headline_and_body(error: BaseException) -> tuple[str, str]:
    """What happened, and what to do."""
    saying = saying_of(Refusal(_sentence(error)))
    return saying.what, saying.to_do
