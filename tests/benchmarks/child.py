"""A program of a benchmark in a process of its own: started, told what to do, and read, one JSON line at a time."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from station_app.demo.plant import child_environment

END_TIMEOUT_S = 20.0
ANSWER_TIMEOUT_S = 60.0


class ChildError(RuntimeError):
    """The program ended or refused; names it and quotes the end of its log."""


class Child:
    """``python -m MODULE ARGUMENT...`` without a screen. Its standard error goes to ``folder``."""

    def __init__(self, folder: Path, module: str, *arguments: str) -> None:
        self._name = module
        self._log = folder / f"{module}.log"
        environment = {**child_environment(), "QT_QPA_PLATFORM": "offscreen"}
        with self._log.open("ab") as log:
            self.started_s = time.perf_counter()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                env=environment,
            )
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._listen, name=module, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listen(self) -> None:
        """Pass on every line, and an empty one at the end."""
        assert self._process.stdout is not None
        for text in self._process.stdout:
            self._said.put(text)
        self._said.put("")

    def read(self, timeout_s: float = ANSWER_TIMEOUT_S) -> dict[str, Any]:
        """The next line it says. Raises ChildError when it says no more, or nothing in time."""
        try:
            text = self._said.get(timeout=timeout_s)
        except queue.Empty:
            raise ChildError(f"{self._name} has said nothing for {timeout_s:g} s") from None
        if not text:
            raise ChildError(f"{self._name} has ended: {self._log.read_text(encoding='utf-8')[-2000:]}")
        said: dict[str, Any] = json.loads(text)
        return said

    def send(self, do: str, **command: Any) -> dict[str, Any]:
        """Tell it to do one thing and wait for the answer. Raises ChildError when it cannot."""
        return self.send_within(ANSWER_TIMEOUT_S, do, **command)

    def send_within(self, timeout_s: float, do: str, **command: Any) -> dict[str, Any]:
        """The same with a time limit of its own."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **command}) + "\n")
        self._process.stdin.flush()
        answer = self.read(timeout_s)
        if "error" in answer or "refused" in answer:
            raise ChildError(f"{self._name} cannot {do} {command}: {answer}")
        return answer

    def rss_mb(self) -> float:
        """Its resident memory now, in MB (1,000,000 bytes)."""
        return float(psutil.Process(self._process.pid).memory_info().rss) / 1e6

    def cpu_s(self) -> float:
        """The processor time that it and the processes it has now have used, in seconds."""
        own = psutil.Process(self._process.pid)
        times = [process.cpu_times() for process in (own, *own.children(recursive=True))]
        return float(sum(each.user + each.system for each in times))

    def stop(self) -> None:
        """Close its input, which ends it in good order, and wait."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()
