"""What the views of a step have in common, whichever page shows it: whom they ask, what they tell, and their language."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from station_app.services.station import StationServices
from station_app.ui.check_view import PageDeeds
from station_app.ui.look import Look
from station_app.ui.pictures import PictureStore


class BaseStepView(QWidget):
    """Base of the views. ``entered`` asks for the big button's deed, ``edited`` says that an entry changed.

    ``step_wanted(no)`` is a wish to look at another step. ``_shown`` is what the view was built for; it is built anew for
    anything else.
    """

    entered = Signal()
    edited = Signal()
    step_wanted = Signal(int)

    def __init__(self, services: StationServices, look: Look, deeds: PageDeeds, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._look, self._deeds = services, look, deeds
        self._language = look.language
        self._shown: tuple[object, ...] = ()
        self.pictures = PictureStore(services)

    def forget(self) -> None:
        """Another job or none: the next step is built anew."""
        self._shown = ()

    def speak(self, language: str) -> None:
        """Show the next step in another language, and this one with the next ``show_step``."""
        self._language = language
