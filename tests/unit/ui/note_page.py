"""A page that notes what happens to it, and the window that shows it."""

from __future__ import annotations

from PySide6.QtCore import Qt

from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.page import Page, Target
from station_app.ui.pages import PageEntry
from station_app.ui.station_window import StationWindow
from widgets.overlay import Overlay


class NotePage(Page):
    """A page that notes what happens to it."""

    def __init__(self, services: StationServices, look: Look, name: str) -> None:
        super().__init__(services, look)
        self.page_name, self.heard = name, list[str]()
        self.targets: list[Target] = []
        self.takes_scans = False
        self.inside = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def title(self) -> str:
        return self.page_name.title()

    @property
    def help_text(self) -> str:
        return f"Help of **{self.page_name}**.\n\nMore."

    def shown(self) -> None:
        self.heard.append("shown")

    def hidden(self) -> None:
        self.heard.append("hidden")

    def on_scan(self, text: str) -> bool:
        self.heard.append(f"scan {text}")
        return self.takes_scans

    def show_target(self, target: Target) -> None:
        self.targets.append(target)

    def go_back(self) -> bool:
        was, self.inside = self.inside, False
        return was


def entry(name: str, key: Qt.Key) -> PageEntry:
    """Such a page among those of a window."""
    return PageEntry(name, name.title(), "", "mdi6.wrench", key, lambda services, look: NotePage(services, look, name))


def page(window: StationWindow) -> NotePage:
    """The visible one."""
    assert isinstance(window.page, NotePage)
    return window.page


def overlays(window: StationWindow) -> list[Overlay]:
    """The panels over the window."""
    return [o for o in window.findChildren(Overlay) if o.isVisible()]
