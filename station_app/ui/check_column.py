"""The column of a step's check cards, on the work page at the right and on the inspection page in the middle."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from station_app.domain.job import CheckProgress, Mark, StepProgress
from station_app.ui.check_view import CheckView
from station_app.ui.drafts import Drafts, Key
from station_app.ui.look import Look
from widgets.card import CardState
from widgets.layouts import clear

translate = QCoreApplication.translate

GAP_MM = 4.0


class CheckColumn(QScrollArea):
    """Cards below each other, one for each check of the shown step, and whatever else its owner puts into ``cards``.

    ``squeezed``: it scrolls only when the cards do not fit even at their smallest.
    """

    def __init__(self, look: Look, *, squeezed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._views: list[CheckView] = []
        self._keys: list[Key] = []
        self._aside: set[CheckView] = set()
        self.kept = Drafts()
        inner = _Squeezed() if squeezed else QWidget()
        self.cards = QVBoxLayout(inner)
        self.cards.setContentsMargins(0, 0, 0, 0)
        self.cards.setSpacing(look.mm(GAP_MM))
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (inner, self.viewport()):
            part.setAutoFillBackground(False)

    @property
    def views(self) -> Sequence[CheckView]:
        """The checks' cards, in their order."""
        return tuple(self._views)

    def add_check(self, view: CheckView, stretch: int = 0, key: Key = ()) -> None:
        """Put the next check's card below. ``key`` says what it is of: what was entered there before is entered again."""
        self._views.append(view)
        self._keys.append(key)
        self.cards.addWidget(view.card, stretch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no card took are the page's: PageDown leafs through pictures, it does not scroll here."""
        event.ignore()

    def clear(self) -> None:
        """Take everything out; it is deleted. What was entered and not recorded is kept."""
        for key, view in zip(self._keys, self._views, strict=True):
            self.kept.keep(key, view)
        self._views.clear()
        self._keys.clear()
        self._aside.clear()
        clear(self.cards)

    def show_checks(self, step: StepProgress, saving: bool) -> None:
        """Bring the cards up to date. ``saving``: the check that is next is being saved."""
        following = step.next_check()
        self._aside.clear()
        for view, progress in zip(self._views, step.checks, strict=True):
            view.update(progress, saving and progress is following, bool(step.pictures))
            if progress.mark is Mark.SKIPPED:
                self._aside.add(view)
                _set_aside(view, progress)

    def follow(self, now_s: float) -> None:
        """Show live values."""
        for view in self._views:
            if view not in self._aside:
                view.follow(now_s)

    def current_view(self, step: StepProgress) -> CheckView | None:
        """The card of the check that is next."""
        following = step.next_check()
        index = step.checks.index(following) if following is not None else -1
        return self._views[index] if 0 <= index < len(self._views) else None

    def typed(self, step: StepProgress) -> str:
        """The reading typed for the check that is next, empty for none."""
        view = self.current_view(step)
        return view.typed() if view is not None else ""

    def restore(self) -> None:
        """Cards have come: what was entered in those before them, and not recorded, is entered again."""
        for key, view in zip(self._keys, self._views, strict=True):
            self.kept.give_back(key, view)

    def bring_into_sight(self, step: StepProgress) -> None:
        """Scroll to the check that is next."""
        view = self.current_view(step)
        if view is not None:
            self.ensureWidgetVisible(view.card, 0, self._look.mm(GAP_MM))


def _set_aside(view: CheckView, progress: CheckProgress) -> None:
    """A check that counts as skipped by a signature: why, and whose."""
    view.hold()
    view.card.set_note("")
    view.card.set_state(CardState.WARNING, translate("check_column", "set aside"))
    view.card.message.set_message("", progress.note)


class _Squeezed(QWidget):
    """Asks for no more height than its cards need at their smallest."""

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.minimumHeightForWidth(width) if layout is not None else 0
