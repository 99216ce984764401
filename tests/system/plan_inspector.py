"""An inspector who works by a plan at the window: what such a person does and sees."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from drivers.base import Quality
from drivers.gauges.reading import PRESSED, Reading
from drivers.simulation.scene import Scene
from station_app.domain.chain import REC
from station_app.domain.records import (
    Fact,
)
from station_app.services.gauges import GaugeView
from station_app.services.recording import read_rows
from station_app.ui.inspect_entry import PlanEntryView
from station_app.ui.lots_page import LotsPage
from tests.bench_station import UNIT, BenchStation
from tests.inspector_bench import JONAS, JONAS_PIN, Inspector
from widgets.buttons import BigButton
from widgets.choice_dialog import ChoiceDialog

PAUL_BADGE, PAUL_PIN = "DEMO-BADGE-5e27c8d1-paul-oster", "5050"


class PlanInspector(Inspector):
    """Inspects by a plan."""

    def recorded(self, kind: type[Fact]) -> list[Fact]:
        """All records of a kind."""
        rows = read_rows(self.station.journal.all_rows(REC))
        return [row.fact for row in rows if isinstance(row.fact, kind)]

    def saved(self) -> None:
        """Wait until nothing is being saved."""
        self.until(lambda: not self.services.ledger.busy)

    @property
    def big(self) -> BigButton:
        """The one big button of the page that is shown."""
        return self.lots.big if isinstance(self.window.page, LotsPage) else self.inspect.buttons.big

    def loose(self) -> PlanEntryView:
        """The characteristic that no step measures and that is shown."""
        view = self.inspect.step_view.loose
        assert view is not None
        return view

    def says(self, reason: str) -> None:
        """Wait until the banner or the card says so."""
        self.until(lambda: reason in self.banner() + self.loose().card.message.text())

    def show(self, characteristic: str) -> PlanEntryView:
        """Touch its balloon, or its row."""
        self.inspect.step_view.loose_wanted.emit(characteristic)
        return self.loose()

    def choose(self, text: str) -> None:
        """Press a choice of the dialog that is open."""
        dialog = next(d for d in self.window.findChildren(ChoiceDialog) if d.isVisible())
        dialog.button(text).click()
        if dialog.isVisible():
            dialog.confirm_button.click()

    def sign(self, badge: str, pin: str) -> None:
        """Sign what is asked for, by badge and PIN."""
        self.until(lambda: self.window.approving.is_open)
        self.wedge(badge)
        self.type(pin)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: not self.window.approving.is_open)
        self.saved()

    def gauge(self, name: str, text: str, unit: str = "mm", good: bool = True) -> None:
        """A gauge's key is pressed."""
        readings = self.services.gauges
        readings.views.setdefault(name, GaugeView(name, unit, PRESSED))
        value, quality, reason = (
            (Decimal(text), Quality.GOOD, "") if good else (None, Quality.BAD, f"{name} says {text}.")
        )
        readings.take([Reading(name, text, value, unit, quality, quality.value, reason, text, 0.0)])
        self.saved()

    @property
    def lots(self) -> LotsPage:
        """The page of lots."""
        page = self.window.page
        assert isinstance(page, LotsPage)
        return page

    def enter(self, text: str) -> None:
        """Type a value, Enter, until it is on disk."""
        self.type(text)
        self.key(Qt.Key.Key_Return)
        self.saved()


def seated(qtbot: QtBot, station: BenchStation) -> PlanInspector:
    person = PlanInspector(qtbot, station)
    person.sign_in(JONAS, JONAS_PIN)
    person.hold_before_camera(Scene(UNIT))
    return person
