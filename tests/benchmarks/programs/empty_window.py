"""The bare side: PySide6 and an empty window.

``python -m tests.benchmarks.programs.empty_window [SECONDS]`` says when the window is painted; with SECONDS it then says the
intervals of a 33 ms precise timer. It lives until its standard input is closed.
"""

from __future__ import annotations

import sys

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.benchmarks.programs.telling import end_with_input, tell_painted, tell_ticks


class EmptyWindow(QWidget):
    """Says that it is painted, once."""

    told = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The first time is told."""
        super().paintEvent(event)
        if not self.told:
            self.told = True
            tell_painted()


def main(arguments: list[str]) -> int:
    """Show the window until the input ends."""
    application = QApplication(sys.argv[:1])
    window = EmptyWindow()
    window.resize(1600, 900)
    window.show()
    end_with_input(application)
    if arguments:
        tell_ticks(window, float(arguments[0]))
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
