"""The editor: from a key until the preview is painted, and opening a draft of 200 steps until its page is painted.

Goals (issue "Work instructions"): 150 ms p95 and 300 ms. Bare, in the same seconds: the key painted in an empty text field and
the same Markdown laid out and painted by Qt; the draft's bytes decoded by msgspec without types and its steps put into a list.
The openings follow a person who has looked at the list for a moment; "at once" is one within the editor's first moment.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListWidget, QPlainTextEdit, QTextEdit

from station_app.app.authoring import EditorProgram
from station_app.storage.instructions.drafts import KEPT, DraftFolder
from station_app.ui.authoring.preview import TYPING_PAUSE_MS
from station_app.ui.authoring.text_panel import TextPanel
from tests.benchmarks.bench_work_master import DRAWING, large_work_master
from tests.benchmarks.measuring import line, percentile, rounded

SIZE_PX = (1600, 900)
KEYS = "press the bearing until it sits on the shoulder "
LONGEST_S = 20.0


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """Opening first, typing in what was opened."""
    application = QApplication.instance() or QApplication(["benchmark"])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        drafts = DraftFolder(folder)
        drafts.take_media({hashlib.sha256(DRAWING).hexdigest(): DRAWING})
        drafts.check(large_work_master(), None)
        with _editor(folder) as program:
            at_once_ms = _opened(program)[0]
        with _editor(folder) as program:
            _until(lambda: program.window.prepared)
            yield opening(program, folder, 20 if quick else 60, at_once_ms)
            yield typing(program, keys=60 if quick else 400)
    del application


@contextmanager
def _editor(folder: Path) -> Iterator[EditorProgram]:
    """An editor that shows its list."""
    program = EditorProgram(folder)
    window = program.window
    window.resize(*SIZE_PX)
    window.show()
    _until(lambda: bool(window.start.rows))
    try:
        yield program
    finally:
        window.close()
        _until(lambda: not window.isVisible())
        program.close()


def opening(program: EditorProgram, folder: Path, rounds: int, at_once_ms: float) -> dict[str, Any]:
    """From the list to the painted page of the first step, preview included. ``at_once_ms``: before anything was ready."""
    window = program.window
    product, bare, own = [], [], []
    for _ in range(rounds):
        bare.append(_milliseconds(lambda: _bare_list(folder)))
        taken_ms, cpu_ms = _opened(program)
        product.append(taken_ms)
        own.append(cpu_ms)
        _until(lambda: not window.errands.waiting)
        window.open_start()
        _until(lambda: window.edit is None and not window.errands.waiting)
    p95 = percentile(product, 0.95)
    more = {
        "median_ms": rounded(percentile(product, 0.5)),
        "window_cpu_ms": rounded(percentile(own, 0.5)),
        "first_ms": rounded(product[0]),
        "at_once_after_start_ms": rounded(at_once_ms),
    }
    return line(
        "draft of 200 steps opened and painted, p95 (ms)", p95, percentile(bare, 0.95), "<= 300 ms", p95 <= 300, **more
    )


def _opened(program: EditorProgram) -> tuple[float, float]:
    """Open the first row of the list and paint all of it: milliseconds, and those of them that the window computed."""
    window = program.window
    begun, began_cpu = time.perf_counter(), time.thread_time()
    window.open_listed(window.start.rows[0])
    _until(lambda: window.edit is not None and window.edit.preview.view is not None)
    assert window.edit is not None
    window.edit.preview.draw()
    window.grab()
    return (time.perf_counter() - begun) * 1000, (time.thread_time() - began_cpu) * 1000


def typing(program: EditorProgram, keys: int) -> dict[str, Any]:
    """From a key in the text of a step among 200 until the preview that follows it is painted."""
    window = program.window
    window.open_listed(window.start.rows[0])
    _until(lambda: window.edit is not None and window.edit.preview.view is not None)
    page = window.edit
    assert page is not None
    panel = page.panels["text"]
    assert isinstance(panel, TextPanel)
    panel.text.setFocus()
    field, shown = QPlainTextEdit(), QTextEdit()
    for widget in (field, shown):
        widget.resize(600, 400)
        widget.show()
    drawn: list[bool] = []
    page.preview.drawn.connect(lambda: drawn.append(True))
    product, bare, own = [], [], []
    for number in range(keys):
        key = KEYS[number % len(KEYS)]
        begun = time.perf_counter()
        _bare_key(field, shown, key)
        bare.append((time.perf_counter() - begun) * 1000)
        drawn.clear()
        begun, began_cpu = time.perf_counter(), time.thread_time()
        QTest.keyClicks(panel.text, key)
        _until(lambda: bool(drawn))
        page.preview.grab()
        product.append((time.perf_counter() - begun) * 1000)
        own.append((time.thread_time() - began_cpu) * 1000)
    for widget in (field, shown):
        widget.close()
    p95 = percentile(product, 0.95)
    more = {
        "median_ms": rounded(percentile(product, 0.5)),
        "of_it_pause_ms": TYPING_PAUSE_MS,
        "window_cpu_ms": rounded(percentile(own, 0.5)),
    }
    return line(
        "key to painted preview, a draft of 200 steps, p95 (ms)", p95, percentile(bare, 0.95), "<= 150 ms", p95 <= 150,
        **more,
    )  # fmt: skip


def _bare_key(field: QPlainTextEdit, shown: QTextEdit, key: str) -> None:
    QTest.keyClicks(field, key)
    document = QTextDocument(shown)
    document.setMarkdown(field.toPlainText(), QTextDocument.MarkdownFeature.MarkdownNoHTML)
    shown.setDocument(document)
    shown.grab()


def _bare_list(folder: Path) -> None:
    kept = msgspec.json.decode(next(folder.glob(f"*/{KEPT}")).read_bytes())
    rows = QListWidget()
    rows.resize(230, 800)
    for step in kept["work_master"]["steps"]:
        rows.addItem(step["title"]["en"])
    rows.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    rows.grab()


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _until(condition: Callable[[], bool]) -> None:
    """Run Qt's events until something is so. Raises TimeoutError."""
    until = time.monotonic() + LONGEST_S
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("the editor did not get there")
        QCoreApplication.processEvents()
        time.sleep(0.0005)
