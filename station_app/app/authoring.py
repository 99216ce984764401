"""The editor's program: drafts in a folder, document control through the author's login, and the window."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

from PySide6.QtWidgets import QApplication

from station_app import __version__
from station_app.app.cameras import markers_in
from station_app.app.collection import collecting_in_main_thread
from station_app.app.stand_in import StandIn, TryOutStation
from station_app.app.windows import color_application
from station_app.config import StationConfig
from station_app.domain.document_control import DocumentEvent
from station_app.domain.work_master import WorkMaster
from station_app.services.authoring import Authoring, PlanAuthoring
from station_app.services.ports import (
    DocumentDatabase,
    MasterChange,
    OrderUse,
    SharedDatabaseError,
    Suggestion,
    UnitUse,
    VersionUse,
)
from station_app.storage.instructions.drafts import DraftFolder
from station_app.storage.instructions.station_names import StationNames
from station_app.storage.plan_forms import PlanFormReader
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.documents import PostgresDocuments
from station_app.ui.authoring.desk import EditorDesk
from station_app.ui.authoring.names import KnownNames, NameBook
from station_app.ui.authoring.window import EditorWindow
from station_app.ui.look import THEMES, Look
from station_app.ui.plan_authoring.opening import plan_window_of
from station_app.ui.posting import QtPost
from widgets.editor_style import desk_metrics

WINDOW_PX = (1600, 940)
ANSWER_TIMEOUT_S = 20.0


class NoDocuments:
    """The DocumentDatabase port where the editor was started without a server: every verb says so."""

    def _none(self) -> NoReturn:
        raise SharedDatabaseError("the editor was started without a server (--url, or STATION_AUTHOR_URL)")

    def events(self, document_id: str = "") -> list[DocumentEvent]:
        """No server."""
        self._none()

    def add(self, event: DocumentEvent) -> int:
        """No server."""
        self._none()

    def put_content(self, body: bytes) -> str:
        """No server."""
        self._none()

    def content(self, sha256: str) -> bytes | None:
        """No server."""
        self._none()

    def put_media(self, content: bytes, media_type: str) -> str:
        """No server."""
        self._none()

    def media(self, sha256: str) -> bytes | None:
        """No server."""
        self._none()

    def master(self) -> list[MasterChange]:
        """No server."""
        self._none()

    def use(self, document_id: str) -> list[VersionUse]:
        """No server."""
        self._none()

    def orders(self, document_id: str) -> list[OrderUse]:
        """No server."""
        self._none()

    def units(self, document_id: str, version: str, limit: int) -> list[UnitUse]:
        """No server."""
        self._none()

    def suggestions(self, document_id: str = "") -> list[Suggestion]:
        """No server."""
        self._none()

    def answer(self, suggestion_id: str, person_id: str, answer: str) -> None:
        """No server."""
        self._none()

    def close(self) -> None:
        """Nothing is open."""


class EditorProgram:
    """The editor's parts: built, shown, and closed in reverse. A QApplication must exist."""

    def __init__(
        self,
        drafts: Path,
        database: DocumentDatabase | None = None,
        stations: Sequence[StationConfig] = (),
        theme: str = "light",
    ) -> None:
        self._database: DocumentDatabase = database or NoDocuments()
        self._server = ThreadPoolExecutor(1, thread_name_prefix="server")
        self._local = ThreadPoolExecutor(1, thread_name_prefix="drafts")
        self.post = QtPost()
        names = [StationNames(config.station.path, tuple(config.tags), tuple(config.cameras)) for config in stations]
        self.drafts = DraftFolder(drafts, tuple(names))
        self.drafts.sweep()
        self.desk = EditorDesk(
            authoring=Authoring(self._database),
            drafts=self.drafts,
            server=self._server,
            local=self._local,
            post=self.post,
            preview=StandIn,
            try_out=_try_out,
            has_server=database is not None,
            names=NameBook(
                KnownNames(
                    tags=frozenset(name for station in names for name in station.tags),
                    cameras=frozenset(name for station in names for name in station.cameras),
                    views=frozenset(view for config in stations for c in config.cameras.values() for view in c.views),
                ),
                {
                    name: {"": camera.view, **camera.views}
                    for config in reversed(stations)
                    for name, camera in config.cameras.items()
                },
            ),
            find_markers=markers_in,
        )
        look = Look(THEMES[theme], desk_metrics(), "en")
        self.window = EditorWindow(look, self.desk)
        plans = PlanAuthoring(self._database, self.desk.authoring.access)
        self.plans = plan_window_of(self.window, look, self.desk, PlanFormReader(), plans)

    def close(self) -> None:
        """End threads and connections; the window is closed already."""
        self._server.shutdown(wait=True, cancel_futures=True)
        self._local.shutdown(wait=True)
        self.post.close()
        self._database.close()


def _try_out(work_master: WorkMaster, media: Mapping[str, bytes], product: str, language: str) -> TryOutStation:
    return TryOutStation(work_master, media, product, language)


def run_editor(
    drafts: Path, address: DatabaseAddress | None, stations: Sequence[StationConfig] = (), theme: str = "light"
) -> int:
    """Show the editor until it is closed; answers the exit code."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("station author")
    application.setApplicationVersion(__version__)
    application.setStyle("Fusion")
    program = EditorProgram(drafts, PostgresDocuments(address) if address is not None else None, stations, theme)
    color_application(application, program.window.look)
    try:
        with collecting_in_main_thread():
            free = program.window.screen().availableGeometry()
            program.window.resize(min(WINDOW_PX[0], free.width()), min(WINDOW_PX[1], free.height()))
            program.window.show()
            return application.exec()
    finally:
        program.close()
