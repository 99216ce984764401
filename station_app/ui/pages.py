"""Which pages a station has, as values: what their tiles say, which key opens them, and how they are built.

The first entry is the station's main page: scans of units and orders lead to it. Pages are built when they are first
opened, and imported then, so that a window is usable before the last of them is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt

from station_app.services.station import StationServices
from station_app.ui.look import Look
from station_app.ui.page import ALARMS, GAUGES, INSPECT, LOTS, RECORDS, SETTINGS, SPC, TRENDS, WORK, Page

translate = QCoreApplication.translate
BuildPage = Callable[[StationServices, Look], Page]


@dataclass(frozen=True)
class PageEntry:
    """A page of the window. ``key`` opens it; ``icon_name`` is a qtawesome name."""

    page_id: str
    title: str
    subtitle: str
    icon_name: str
    key: Qt.Key
    build: BuildPage


def pages_for(kind: str) -> tuple[PageEntry, ...]:
    """The pages of a station of that kind: assembly, test or inspection. Inspection stations inspect, the others work."""
    inspects = kind == "inspection"
    main = _inspect_entry(Qt.Key.Key_F2) if inspects else _work_entry()
    return (
        main,
        PageEntry(
            TRENDS,
            translate("pages", "Trends"),
            translate("pages", "Every value, now and as far back as it is kept"),
            "mdi6.chart-line",
            Qt.Key.Key_F3,
            _trends,
        ),
        PageEntry(
            ALARMS,
            translate("pages", "Alarms"),
            translate("pages", "What needs somebody now"),
            "mdi6.bell-outline",
            Qt.Key.Key_F4,
            _alarms,
        ),
        PageEntry(
            RECORDS,
            translate("pages", "Records"),
            translate("pages", "Everything known about a unit"),
            "mdi6.file-search-outline",
            Qt.Key.Key_F5,
            _records,
        ),
        PageEntry(
            SETTINGS,
            translate("pages", "Settings"),
            translate("pages", "Station, devices, server and screen"),
            "mdi6.cog-outline",
            Qt.Key.Key_F6,
            _settings,
        ),
        PageEntry(
            SPC,
            translate("pages", "SPC"),
            translate("pages", "Control charts, capability, limits"),
            "mdi6.chart-bell-curve",
            Qt.Key.Key_F7,
            _spc,
        ),
        PageEntry(
            GAUGES,
            translate("pages", "Gauges"),
            translate("pages", "Calibration, status, gauge studies"),
            "mdi6.gauge",
            Qt.Key.Key_F8,
            _gauges,
        ),
        # a plan may ask for characteristics beside the steps at any station
        _lots_entry() if inspects else _inspect_entry(Qt.Key.Key_F9),
    )


def _work_entry() -> PageEntry:
    return PageEntry(
        WORK,
        translate("pages", "Work"),
        translate("pages", "The unit on the bench, step by step"),
        "mdi6.wrench",
        Qt.Key.Key_F2,
        _work,
    )


def _inspect_entry(key: Qt.Key) -> PageEntry:
    return PageEntry(
        INSPECT,
        translate("pages", "Inspect"),
        translate("pages", "The unit's characteristics, one after the other"),
        "mdi6.ruler",
        key,
        _inspect,
    )


def _lots_entry() -> PageEntry:
    return PageEntry(
        LOTS,
        translate("pages", "Lots"),
        translate("pages", "Samples of lots, accepted or not"),
        "mdi6.package-variant-closed",
        Qt.Key.Key_F10,
        _lots,
    )


def _work(services: StationServices, look: Look) -> Page:
    from station_app.ui.work_page import WorkPage

    return WorkPage(services, look)


def _inspect(services: StationServices, look: Look) -> Page:
    from station_app.ui.inspect_page import InspectPage

    return InspectPage(services, look)


def _trends(services: StationServices, look: Look) -> Page:
    from station_app.ui.trends_page import TrendsPage

    return TrendsPage(services, look)


def _alarms(services: StationServices, look: Look) -> Page:
    from station_app.ui.alarms_page import AlarmsPage

    return AlarmsPage(services, look)


def _records(services: StationServices, look: Look) -> Page:
    from station_app.ui.records_page import RecordsPage

    return RecordsPage(services, look)


def _settings(services: StationServices, look: Look) -> Page:
    from station_app.ui.settings_page import SettingsPage

    return SettingsPage(services, look)


def _spc(services: StationServices, look: Look) -> Page:
    from station_app.ui.spc_page import SpcPage

    return SpcPage(services, look)


def _lots(services: StationServices, look: Look) -> Page:
    from station_app.ui.lots_page import LotsPage

    return LotsPage(services, look)


def _gauges(services: StationServices, look: Look) -> Page:
    from station_app.ui.gauges_page import GaugesPage

    return GaugesPage(services, look)
