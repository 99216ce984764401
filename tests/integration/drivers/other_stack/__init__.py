"""An OPC UA server that is not of our stack: node-opcua, installed into the cache folder and run as its own process.

The first run installs it with npm, exactly as ``package-lock.json`` says (10 to 20 s); later runs find it. Where that
cannot be, the tests that need it are skipped with the reason. ``server.js`` says what it serves and can be told.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from installer.cache import cache_folder, exclusive

INSTALL_TIMEOUT_S = 60.0
NAMESPACE_URI = "urn:other-stack:press"
_HERE = Path(__file__).parent
_LOCK = _HERE / "package-lock.json"
_QUIET = ("--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=0")


class NotAvailable(Exception):
    """The other stack cannot be had on this computer; the text is the reason of the skip."""


def installed() -> Path:
    """The folder with node_modules, installed into when it is not there yet. Raises NotAvailable."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        raise NotAvailable("node and npm are not installed")
    cache = cache_folder(os.environ)
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"node-opcua-{hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]}"
    with exclusive(cache / "node-opcua.lock", lambda: None):
        if not folder.exists():
            _install(npm, folder)
    return folder


def _install(npm: str, folder: Path) -> None:
    """Into a folder beside it first, so that an install that breaks off leaves nothing that looks whole."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        for file in (_LOCK, _HERE / "package.json"):
            shutil.copy(file, name)
        try:
            done = subprocess.run(
                [npm, "ci", *_QUIET],
                cwd=name,
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=INSTALL_TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise NotAvailable(f"node-opcua could not be installed within {INSTALL_TIMEOUT_S:g} s") from None
        if done.returncode != 0:
            raise NotAvailable(f"node-opcua could not be installed: {done.stderr.strip().splitlines()[-1:]}")
        whole = Path(name) / "whole"
        whole.mkdir()
        (Path(name) / "node_modules").rename(whole / "node_modules")
        whole.rename(folder)


class OtherStack:
    """The running server. ``url`` is its opcua:// URL, ``certificate`` its own in DER form."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        ready = self._answer()
        self.url = f"opcua://127.0.0.1:{ready['port']}"
        self.certificate = base64.b64decode(ready["certificate"])

    def address(self, name: str) -> str:
        """A variable's address, with its namespace by URI."""
        return f"{self.url}/nsu={NAMESPACE_URI};s=Press.{name}"

    @property
    def login(self) -> str:
        """The kind of token and the name of the login that came last."""
        return str(self.tell("login", "Name")["login"])

    def tell(self, do: str, name: str, **more: Any) -> dict[str, Any]:
        """Tell it one thing; its answer. Raises AssertionError when it does not understand."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, "name": name, **more}) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        assert answer.get("ok") is True, answer
        return answer

    def _answer(self) -> dict[str, Any]:
        """The next line of its output that is ours; its library says other things there."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                answer: dict[str, Any] = json.loads(line)
                return answer
        raise NotAvailable("the server of the other stack ended; see its standard error")


@contextmanager
def other_stack(folder: Path) -> Iterator[OtherStack]:
    """A server of its own; its keys are made in ``folder``. Raises NotAvailable."""
    packages = installed()
    process = subprocess.Popen(
        ["node", str(_HERE / "server.js"), str(packages), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield OtherStack(process)
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
