"""The parts of a step as tabs: text, pictures, checks, properties. A panel is made when it is looked at first.

Making all of them takes longer than everything else that opens an instruction, and most are never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from station_app.domain.work_master import Step
from station_app.ui.authoring.check_panel import CheckPanel
from station_app.ui.authoring.media_panel import MediaPanel
from station_app.ui.authoring.panel import EditContext, Panel
from station_app.ui.authoring.places import CHECKS, MEDIA, PROPERTIES, TEXT
from station_app.ui.authoring.step_panel import StepPanel
from station_app.ui.authoring.text_panel import TextPanel
from widgets.theme import CAPITAL_SMALL_MM

_MAKE: Final[dict[str, Callable[[EditContext], Panel]]] = {
    TEXT: TextPanel,
    MEDIA: MediaPanel,
    CHECKS: CheckPanel,
    PROPERTIES: StepPanel,
}
PARTS: Final = tuple(_MAKE)


class LatePanel(QWidget):
    """Room for a panel that is made when it is asked for."""

    def __init__(self, make: Callable[[], Panel]) -> None:
        super().__init__()
        self._make = make
        self._panel: Panel | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    @property
    def made(self) -> Panel | None:
        """The panel, None while nobody has asked for it."""
        return self._panel

    @property
    def panel(self) -> Panel:
        """The panel; made now if need be."""
        if self._panel is None:
            self._panel = self._make()
            self._panel.lock(bool(self._panel.context.model.read_only))
            self._layout.addWidget(self._panel)
            self._panel.show()  # a layout shows it only with the next turn of the loop; the keys go there before
        return self._panel


class PartPanels(Mapping[str, Panel]):
    """The panels of a step by their part."""

    def __init__(self, rooms: Mapping[str, LatePanel]) -> None:
        self._rooms = rooms

    def __getitem__(self, part: str) -> Panel:
        return self._rooms[part].panel

    def __iter__(self) -> Iterator[str]:
        return iter(self._rooms)

    def __len__(self) -> int:
        return len(self._rooms)

    def made(self) -> list[Panel]:
        """Those that were looked at."""
        return [room.made for room in self._rooms.values() if room.made is not None]


class StepParts(QTabWidget):
    """The tabs, and what is in them."""

    def __init__(self, context: EditContext) -> None:
        super().__init__()
        self.setFont(context.look.font(CAPITAL_SMALL_MM))
        self.setAccessibleName(self.tr("Parts of the step"))
        rooms = {part: LatePanel(partial(make, context)) for part, make in _MAKE.items()}
        self.panels = PartPanels(rooms)
        for room, title in zip(rooms.values(), self._titles(), strict=True):
            self.addTab(room, title)

    def _titles(self) -> list[str]:
        return [self.tr("Text"), self.tr("Pictures"), self.tr("Checks"), self.tr("Properties")]

    @property
    def part(self) -> str:
        """Which tab is shown."""
        return PARTS[self.currentIndex()]

    def choose(self, part: str) -> None:
        """Show a tab."""
        self.setCurrentIndex(PARTS.index(part))

    def render_now(self, step: Step) -> None:
        """Bring what is shown up to date."""
        self.panels[self.part].render_now()
        titles = self._titles()
        for part, count in ((MEDIA, len(step.pictures)), (CHECKS, len(step.checks))):
            tab = PARTS.index(part)
            self.setTabText(tab, f"{titles[tab]} ({count})" if count else titles[tab])
