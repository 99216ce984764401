"""The row of filters above a chart: by station, machine, tool, operator, lot and shift, each with what its points have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from station_app.domain.spc.points import WHOLE_LINE, ChartPoint, Selection, shift_of
from station_app.ui.look import Look
from station_app.ui.spc_line_words import station_text
from widgets.buttons import BigButton
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.theme import CAPITAL_SMALL_MM, TARGET_MM

translate = QCoreApplication.translate

MOST_CHOICES = 11
LOOKED_AT = 5000
# no value of a point is empty or begins so
EVERYTHING = "\0all"
FIELDS = ("station", "machine", "tool", "operator", "lot", "shift")


def values_of(points: Sequence[ChartPoint], field: str) -> list[str]:
    """What the newest points have there, the newest first, each once; at most eleven."""
    found: dict[str, None] = {}
    for point in reversed(points[-LOOKED_AT:]):
        value = shift_of(point) if field == "shift" else str(getattr(point, field))
        if value:
            found[value] = None
            if len(found) == MOST_CHOICES:
                break
    return list(found)


class FilterRow(QWidget):
    """One button a filter. ``changed`` when another selection is wanted; ``selection`` is what is wanted."""

    changed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page_look = look
        self.selection = Selection()
        self._points: Sequence[ChartPoint] = ()
        self._stations: Sequence[str] = ()
        self._buttons: dict[str, BigButton] = {}
        self.dialog: ChoiceDialog | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.mm(3))
        for field in FIELDS:
            button = BigButton(look, "", size_mm=TARGET_MM, capital_mm=CAPITAL_SMALL_MM)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, field=field: self.open(field))
            row.addWidget(button, 1)
            self._buttons[field] = button
        self._show()

    def button(self, field: str) -> BigButton:
        """The button of a filter."""
        return self._buttons[field]

    def set_points(self, points: Sequence[ChartPoint], stations: Sequence[str] = ()) -> None:
        """The points of the chart, unfiltered; the buttons offer what these have. ``stations``: the others with points."""
        self._points, self._stations = points, stations
        self._buttons["station"].setEnabled(bool(stations) or bool(self.selection.station))
        for field, button in list(self._buttons.items())[1:]:
            button.setEnabled(bool(getattr(self.selection, field)) or bool(values_of(points, field)))

    def clear(self) -> None:
        """All points, without telling."""
        self.selection = Selection()
        self._show()

    def open(self, field: str) -> None:
        """Choose a value of one filter."""
        choices = self._stations_offered() if field == "station" else self._values_offered(field)
        dialog = self.dialog = ChoiceDialog(
            self._page_look,
            self._title(field),
            choices,
            "",
            translate("spc", "Cancel"),
            translate("spc", "Points, rules and capability of this choice only."),
            columns=3,
        )
        dialog.chosen.connect(lambda value, _text: self._choose(field, "" if value == EVERYTHING else value))
        dialog.open_once(self.window())

    def _values_offered(self, field: str) -> list[Choice]:
        values = (Choice(value, value) for value in values_of(self._points, field))
        return [Choice(EVERYTHING, translate("spc", "All")), *values]

    def _stations_offered(self) -> list[Choice]:
        others = (Choice(station, station_text(station)) for station in self._stations[: MOST_CHOICES - 1])
        all_stations = Choice(WHOLE_LINE, translate("spc", "All stations"))
        return [Choice(EVERYTHING, translate("spc", "This station")), all_stations, *others]

    def _choose(self, field: str, value: str) -> None:
        self.selection = replace(self.selection, **{field: value})
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        for field, button in self._buttons.items():
            value = getattr(self.selection, field)
            if field == "station" and not value:
                button.set_text(translate("spc", "This station"))
                continue
            text = station_text(value) if field == "station" else value or translate("spc", "all")
            button.set_text(f"{self._title(field)}: {text}")

    @staticmethod
    def _title(field: str) -> str:
        return {
            "station": translate("spc", "Station"),
            "machine": translate("spc", "Machine"),
            "tool": translate("spc", "Tool"),
            "operator": translate("spc", "Person"),
            "lot": translate("spc", "Lot"),
            "shift": translate("spc", "Shift"),
        }[field]
