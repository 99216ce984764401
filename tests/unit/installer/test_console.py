"""Progress on a terminal and elsewhere."""

from __future__ import annotations

import io

from installer.console import Progress, interval_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_rewritten() -> None:
    screen = Terminal()
    progress = Progress("Installing", screen)
    progress.show("12/70 numpy")
    progress.show("13/70 a")
    progress.done()
    text = screen.getvalue()
    assert text.count("\n") == 1
    states = text.split("\r")
    assert states[1] == "Installing ..."
    assert states[2].startswith("Installing: 12/70 numpy (0.0 s)")
    assert len(states[3]) >= len(states[2])  # nothing of the longer text stays visible
    assert states[4].startswith("Installing: done in 0.0 s")


def test_a_file_gets_few_lines() -> None:
    file = io.StringIO()
    progress = Progress("Installing", file)
    for number in range(100):
        progress.show(f"{number}/100")
    progress.done()
    assert file.getvalue() == "Installing ...\nInstalling: done in 0.0 s\n"


def test_stop_closes_the_line_of_a_terminal_once() -> None:
    screen = Terminal()
    progress = Progress("Installing", screen)
    progress.stop()
    progress.stop()
    assert screen.getvalue().count("\n") == 1


def test_interval_text() -> None:
    assert interval_text(8.24) == "8.2 s"
    assert interval_text(125.4) == "2 min 05 s"
