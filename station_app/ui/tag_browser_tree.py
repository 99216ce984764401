"""The tag browser's tree: the station's tags with their values, devices, and what these list level by level or find."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from drivers.base import DeviceNode
from station_app.domain.rules import Refusal
from station_app.services.ports import FieldError, JournalError, NodeSearch
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui import tag_browser_words as words
from station_app.ui.page import saying_of
from widgets.tag_tree import TagTree, TreeRow


class BrowserTree(QObject):
    """Fills a tree and answers its questions. `failed(error)`: a device did not answer; `searched()`: it has, or has not.

    ``nodes`` are the rows of devices' nodes: the device and what it said of the node.
    """

    failed = Signal(object)
    searched = Signal()

    def __init__(self, services: StationServices, tree: TagTree, parent: QObject) -> None:
        super().__init__(parent)
        self.nodes: dict[str, tuple[str, DeviceNode]] = {}
        self._services, self._setup, self._tree = services, services.tag_setup, tree
        self._ended = False
        tree.opened.connect(self._opened)

    def end(self) -> None:
        """Answers that come later are for nobody."""
        self._ended = True

    def fill(self) -> None:
        """The station's tags, opened, and its devices, closed."""
        devices = [words.device_row(self._services, device) for device in self._setup.devices.names]
        self._tree.set_rows("", [words.station_row(self._services), *devices])
        self._show_tags()
        self._tree.open(words.STATION)
        self._tree.choose(words.STATION)

    def refresh(self) -> None:
        """Values and states as they are now."""
        now_s = self.now_s()
        for tag in self._services.tags.tags.values():
            self._tree.show_row(words.tag_row(self._services, tag, now_s))
        for device in self._setup.devices.names:
            self._tree.show_row(words.device_row(self._services, device))

    def now_s(self) -> float:
        """The station's clock, seconds since the epoch."""
        return self._services.ledger.clock.wall_us() / 1e6

    def tags_changed(self) -> None:
        """Tags came or went: the nodes that they read say so."""
        self._show_tags()
        for key, (_, node) in self.nodes.items():
            if self._tree.has(key):
                where = self._tree.row(key).sub_text.partition(" · ")[0] if key.startswith("hit:") else ""
                self._tree.show_row(words.node_row(self._services, key, node, where))

    def _show_tags(self) -> None:
        now_s = self.now_s()
        rows = [words.tag_row(self._services, tag, now_s) for tag in self._services.tags.tags.values()]
        self._tree.show_row(words.station_row(self._services))
        self._tree.set_rows(words.STATION, rows)

    def _opened(self, key: str) -> None:
        """Ask the device for what is below; the answer comes when it comes."""
        device = words.device_of_key(key)
        at_top = bool(device)
        address = ""
        if not at_top:
            if key not in self.nodes:
                return
            device, node = self.nodes[key]
            address = node.address
        self._tree.set_rows(key, [words.waiting_row(key)])

        def listed(nodes: list[DeviceNode]) -> None:
            if self._ended or not self._tree.has(key):
                return
            rows = [self._node_row(device, node, key) for node in nodes]
            self._tree.set_rows(key, rows or [words.empty_row(key, device, at_top)])

        def failed(error: BaseException) -> None:
            if self._ended or not self._tree.has(key):
                return
            self._tree.set_rows(key, [words.note_row(key, sentence_of(error), fault=True)])
            self._tree.ask_again(key)
            self.failed.emit(error)

        when_done(self._setup.browse(device, address), self._services.post, listed, failed)

    def _node_row(self, device: str, node: DeviceNode, above: str) -> TreeRow:
        key = words.node_key(device, node.address, above)
        self.nodes[key] = (device, node)
        return words.node_row(self._services, key, node)

    def search(self, device: str, asked: str) -> None:
        """Look for words in the whole tree of a device. Raises Refusal."""
        future = self._setup.search(device, asked)

        def found(search: NodeSearch) -> None:
            if not self._ended:
                self.searched.emit()
                self._show_found(device, asked, search)

        def failed(error: BaseException) -> None:
            if not self._ended:
                self.searched.emit()
                self.failed.emit(error)

        when_done(future, self._services.post, found, failed)

    def _show_found(self, device: str, asked: str, search: NodeSearch) -> None:
        """What was found stands above everything, whatever is typed meanwhile."""
        tree = self._tree
        top = [tree.row(key) for key in tree.below() if key != words.FOUND]
        tree.set_rows("", [words.search_row(device, asked, search), *top])
        rows = []
        for hit in search.found:
            key = words.hit_key(device, hit)
            self.nodes[key] = (device, hit.node)
            rows.append(words.node_row(self._services, key, hit.node, "/".join(hit.path)))
        tree.set_rows(words.FOUND, rows)
        tree.open(words.FOUND)
        tree.choose(rows[0].key if rows else words.FOUND)


def sentence_of(error: BaseException) -> str:
    """What went wrong outside, as a sentence; our own defects belong into the log, loudly."""
    if not isinstance(error, (FieldError, Refusal, JournalError)):
        raise error
    return str(error)


def headline_and_body(error: BaseException) -> tuple[str, str]:
    """What happened, and what to do."""
    saying = saying_of(Refusal(sentence_of(error)))
    return saying.what, saying.to_do
