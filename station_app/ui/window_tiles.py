"""The tiles of the sheet that the station's name opens: the pages, the languages of the instruction, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt

from station_app.services.station import StationServices
from station_app.ui.languages import FALLBACK, language_name, languages_of
from station_app.ui.pages import PageEntry
from widgets.sheet import SheetTile

SIGN_IN, SIGN_OUT, INTERRUPT = "sign_in", "sign_out", "interrupt"
LANGUAGE = "language:"
translate = QCoreApplication.translate


def window_tiles(services: StationServices, entries: Sequence[PageEntry], language: str) -> list[SheetTile]:
    """All tiles. A tile's id is that of its page, one of the actions above, or LANGUAGE with the language after it."""
    pages = [SheetTile(e.page_id, e.title, e.icon_name, e.subtitle, f"F{e.key - Qt.Key.Key_F1 + 1}") for e in entries]
    return [*pages, *_language_tiles(services, language), *_action_tiles(services)]


def _language_tiles(services: StationServices, language: str) -> list[SheetTile]:
    """One for each other language of the instruction in work."""
    job = services.execution.job
    if job is None or job.current is None:
        return []
    languages = languages_of(job.work_master)
    spoken = language if language in languages else FALLBACK
    return [
        SheetTile(LANGUAGE + each, language_name(each), "mdi6.translate", translate("tiles", "Instruction"))
        for each in languages
        if each != spoken
    ]


def _action_tiles(services: StationServices) -> list[SheetTile]:
    person, job = services.people.person, services.execution.job
    if person is None:
        hint = translate("tiles", "Badge, or name and password")
        return [SheetTile(SIGN_IN, translate("tiles", "Sign in"), "mdi6.login", hint)]
    tiles = [SheetTile(SIGN_OUT, translate("tiles", "Sign out"), "mdi6.logout", person.name)]
    if job is not None and job.running:
        interrupt = translate("tiles", "Interrupt unit")
        tiles.insert(0, SheetTile(INTERRUPT, interrupt, "mdi6.pause-circle-outline", job.serial))
    return tiles
