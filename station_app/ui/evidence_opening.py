"""The ways to kept pictures: from a unit's records, and from the card of a photo that was taken."""

from __future__ import annotations

import shiboken6
from PySide6.QtWidgets import QWidget

from station_app.domain.rules import Refusal
from station_app.domain.unit_trace import UnitTrace
from station_app.services.ports import JournalError
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.evidence_view import EvidenceView
from station_app.ui.look import Look


def open_evidence(
    services: StationServices, look: Look, window: QWidget, trace: UnitTrace, sha256: str
) -> EvidenceView:
    """Show a unit's pictures over a window, beginning with this one; the view ends itself."""
    view = EvidenceView(services, look, trace, sha256)
    view.open_once(window)
    return view


def open_kept_picture(services: StationServices, look: Look, card: QWidget, serial: str, sha256: str) -> None:
    """Show the pictures of a unit over the card's window, beginning with this one, as soon as its records are read.

    Nothing opens when the card is gone by then, or when no record names the picture yet.
    """

    def traced(trace: UnitTrace) -> None:
        if shiboken6.isValid(card) and any(picture.sha256 == sha256 for picture in trace.pictures):
            open_evidence(services, look, card.window(), trace, sha256)

    def failed(error: BaseException) -> None:
        if not isinstance(error, Refusal | JournalError):
            raise error

    when_done(services.tracing.trace(serial), services.post, traced, failed)
