"""Command line of the gallery: a window to leaf through, or one picture of each page."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from widgets.buttons import BigButton
from widgets.gallery import answers, charts, screens, states
from widgets.overlay import Overlay
from widgets.theme import DARK, LIGHT, Look, Metrics, Theme, screen_metrics, stylesheet

PAGES: dict[str, Callable[[Look], QWidget]] = {
    "operator": screens.operator,
    "operator_failed": lambda look: screens.operator(look, failed=True),
    "inspector": screens.inspector,
    "line_overview": screens.line_overview,
    "trends": screens.trends,
    "cards": states.cards,
    "answers": answers.answers,
    "media": answers.media,
    "controls": states.controls,
    "alarms": states.alarms,
    "records": states.records,
    "charts_readings": charts.variables,
    "charts_counts": charts.attributes,
    "charts_states": charts.states,
    "capability": charts.capability,
    "sheet": states.sheet,
    "choice": states.choice,
    "sign_in": states.sign_in,
}
SIZES = ((1920, 1080), (1280, 800))


class GalleryWindow(QStackedWidget):
    """All pages; Page Down and Page Up leaf through them."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setStyleSheet(stylesheet(look.theme, look.metrics))
        for build in PAGES.values():
            self.addWidget(build(look))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leaf through the pages."""
        steps = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.setCurrentIndex((self.currentIndex() + step) % self.count())


def write_pictures(folder: Path, names: list[str]) -> list[Path]:
    """One PNG of each page in each size and theme."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for width, height in SIZES:
        metrics = Metrics.fitted(3.67, width, height)
        for theme in (LIGHT, DARK):
            for name in names:
                path = folder / f"{name}_{width}x{height}_{theme.name}.png"
                _write_picture(path, PAGES[name], theme, metrics, width, height)
                written.append(path)
    return written


def _write_picture(
    path: Path,
    build: Callable[[Look], QWidget],
    theme: Theme,
    metrics: Metrics,
    width: int,
    height: int,
) -> None:
    page = build(Look(theme, metrics))
    page.setStyleSheet(stylesheet(theme, metrics))
    page.resize(width, height)
    page.show()
    for _ in range(3):
        QApplication.processEvents()
    focused = page.focusWidget()
    if isinstance(focused, BigButton) and not page.findChildren(Overlay):
        # nobody has pressed Tab yet
        focused.clearFocus()
        QApplication.processEvents()
    if not page.grab().save(str(path)):
        raise OSError(f"cannot write the picture {path}; is the folder writable?")
    page.hide()
    page.deleteLater()
    QApplication.processEvents()


def main(arguments: list[str] | None = None) -> int:
    """Run the gallery; returns the exit code."""
    parser = argparse.ArgumentParser(prog="widgets.gallery", description="Every widget in every state.")
    parser.add_argument("--offscreen", type=Path, metavar="DIR", help="write PNG pictures into DIR instead")
    parser.add_argument("--page", action="append", choices=sorted(PAGES), help="only this page (repeatable)")
    parser.add_argument("--dark", action="store_true", help="the dark theme in the window")
    chosen = parser.parse_args(arguments)
    if chosen.offscreen is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if chosen.offscreen is not None:
        for path in write_pictures(chosen.offscreen, chosen.page or list(PAGES)):
            sys.stdout.write(f"{path}\n")
        return 0
    look = Look(DARK if chosen.dark else LIGHT, screen_metrics(QApplication.primaryScreen()))
    window = GalleryWindow(look)
    window.resize(1280, 800)
    window.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
