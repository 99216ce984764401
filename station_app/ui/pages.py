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
from station_app.ui.page import WORK, Page

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
    """The pages of a station of that kind: assembly, test or inspection."""
    return (
        PageEntry(
            WORK,
            translate("pages", "Work"),
            translate("pages", "The unit on the bench, step by step"),
            "mdi6.wrench",
            Qt.Key.Key_F2,
            _work,
        ),
    )


def _work(services: StationServices, look: Look) -> Page:
    from station_app.ui.work_page import WorkPage

    return WorkPage(services, look)
