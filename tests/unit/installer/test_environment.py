"""A real environment from a tiny lock: built once, found again, built anew when it was interrupted."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from installer import child
from installer.console import Fault
from installer.environment import Recipe, count_requirements, ensure_environment, progress_state

ROOT = Path(__file__).resolve().parents[3]

# run by the Python that environments are made from: the one of an environment has no pip
START = """
import json, os, sys
from pathlib import Path
from installer.console import Fault
from installer.environment import Recipe, ensure_environment
lock, wheels, cache, free_bytes = sys.argv[1:]
recipe = Recipe(Path(lock), ("--no-index", "--find-links", wheels), int(free_bytes))
try:
    print(json.dumps(str(ensure_environment(recipe, Path(cache), os.environ).python)))
except Fault as fault:
    print(fault, file=sys.stderr)
    sys.exit(fault.exit_code)
"""


def make_wheel(folder: Path) -> str:
    """Write a wheel of one module; returns its SHA-256."""
    contents = {
        "tinygear.py": "TEETH = 42\n",
        "tinygear-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tinygear\nVersion: 1.0\n",
        "tinygear-1.0.dist-info/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    record = "tinygear-1.0.dist-info/RECORD,,\n"
    for name, text in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(text)}\n"
    wheel = folder / "tinygear-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**contents, "tinygear-1.0.dist-info/RECORD": record}.items():
            archive.writestr(name, text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@dataclass
class Machine:
    """A lock with its wheel, and an empty cache."""

    lock: Path
    wheels: Path
    cache: Path

    def begin(self, free_bytes: int = 0) -> subprocess.Popen[str]:
        base = getattr(sys, "_base_executable", sys.executable)
        command = [base, "-c", START, str(self.lock), str(self.wheels), str(self.cache), str(free_bytes)]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, encoding="utf-8")

    def start(self, free_bytes: int = 0) -> tuple[str, str]:
        """The environment's Python ("" after a fault), and what was said."""
        with self.begin(free_bytes) as process:
            answer, said = process.communicate(timeout=120)
        assert "Traceback" not in said
        assert process.returncode == (0 if answer else 1)
        return (json.loads(answer) if answer else "", said)

    @property
    def folder(self) -> Path:
        [folder] = [path for path in self.cache.iterdir() if path.is_dir()]
        return folder


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"tinygear==1.0 \\\n    --hash=sha256:{make_wheel(wheels)}\n", encoding="utf-8")
    return Machine(lock, wheels, tmp_path / "cache with space")


def teeth(python: str) -> str:
    ask = [python, "-c", "import tinygear; print(tinygear.TEETH)"]
    return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()


def test_second_start_finds_what_the_first_built(machine: Machine) -> None:
    python, said = machine.start()
    assert teeth(python) == "42"
    assert "Installing the Python packages" in said
    assert not (machine.folder / "tmp").exists()
    built_ns = (machine.folder / "complete").stat().st_mtime_ns

    shutil.rmtree(machine.wheels)  # nothing to install from any more
    assert machine.start() == (python, "")
    assert (machine.folder / "complete").stat().st_mtime_ns == built_ns


def test_interrupted_environment_is_built_anew(machine: Machine) -> None:
    machine.start()
    (machine.folder / "complete").unlink()
    (machine.folder / "remainder").write_text("", encoding="utf-8")
    python, said = machine.start()
    assert "Removing the unfinished environment" in said
    assert teeth(python) == "42"
    assert not (machine.folder / "remainder").exists()


def test_simultaneous_starts_build_once(machine: Machine) -> None:
    starts = [machine.begin() for _ in range(3)]
    answers = [start.communicate(timeout=120) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert len({answer for answer, _ in answers}) == 1
    assert sum("Installing the Python packages: done" in said for _, said in answers) == 1


def test_altered_package_is_refused(machine: Machine) -> None:
    text = machine.lock.read_text(encoding="utf-8")
    machine.lock.write_text(text[:-5] + "0000\n", encoding="utf-8")
    python, said = machine.start()
    assert python == ""
    assert "its hash differs" in said.splitlines()[-1]
    [log] = machine.cache.glob("*.log")
    assert str(log) in said
    assert "DO NOT MATCH" in log.read_text(encoding="utf-8")
    assert not (machine.folder / "complete").exists()


def test_package_without_a_hash_is_refused(machine: Machine) -> None:
    machine.lock.write_text("tinygear==1.0\n", encoding="utf-8")
    python, said = machine.start()
    assert python == ""
    assert "has no hash for every package" in said.splitlines()[-1]


def test_package_that_nobody_has_is_named(machine: Machine) -> None:
    shutil.rmtree(machine.wheels)
    machine.wheels.mkdir()
    _, said = machine.start()
    assert "does not have tinygear==1.0" in said.splitlines()[-1]


def test_full_disk_is_seen_before_anything_is_made(machine: Machine) -> None:
    _, said = machine.start(free_bytes=10**18)
    assert said.count("\n") == 1
    assert "Too little disk space" in said
    assert not [path for path in machine.cache.iterdir() if path.is_dir()]


def test_a_cache_where_no_folder_can_be_is_one_line(machine: Machine) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("a home folder under /proc stands for one that cannot be made")
    machine.cache = Path("/proc/nowhere/station-app")
    assert "/proc/nowhere/station-app cannot be made" in machine.start()[1]


def test_missing_lock_is_one_line(machine: Machine) -> None:
    machine.lock.unlink()
    assert "checkout is incomplete" in machine.start()[1]


def test_uv_is_preferred_and_pip_follows_when_it_fails(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.name == "nt":
        pytest.skip("a script stands for uv")
    uv = machine.lock.parent / "uv"
    uv.write_text("#!/bin/sh\necho uv was asked for: $@\nexit 2\n", encoding="utf-8")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{uv.parent}:{os.environ['PATH']}")
    python, said = machine.start()
    assert "uv could not install the packages; trying pip." in said
    assert teeth(python) == "42"
    [log] = machine.cache.glob("*.log")
    assert "uv was asked for: pip install --python" in log.read_text(encoding="utf-8")


def test_fault_is_that_of_pip_not_of_uv_before_it(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.name == "nt":
        pytest.skip("a script stands for uv")
    uv = machine.lock.parent / "uv"
    uv.write_text("#!/bin/sh\necho No space left on device\nexit 2\n", encoding="utf-8")
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", f"{uv.parent}:{os.environ['PATH']}")
    shutil.rmtree(machine.wheels)
    machine.wheels.mkdir()
    _, said = machine.start()
    assert "does not have tinygear==1.0" in said.splitlines()[-1]


def test_python_without_pip_and_ensurepip_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(child, "run", lambda command, **options: 1)
    recipe = Recipe(ROOT / "installer" / "requirements.lock", minimum_free_bytes=0)
    with pytest.raises(Fault, match="has no pip: sudo apt-get install python3-pip"):
        ensure_environment(recipe, tmp_path, {"PATH": ""})


def test_lock_is_pinned_by_hash_and_names_no_index() -> None:
    text = (ROOT / "installer" / "requirements.lock").read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n") if block and not block.startswith((" ", "#"))]
    assert count_requirements(text) == len(blocks) > 50
    assert all(block.endswith("\\") for block in blocks)
    assert text.count("--hash=sha256:") >= len(blocks)
    assert "://" not in text
    assert "index-url" not in text


PIP_OUTPUT = """\
Ignoring colorama: markers 'sys_platform == "win32"' don't match your environment
Looking in indexes: https://index.example/simple
Collecting aiosqlite==0.22.1 (from -r requirements.lock (line 1))
  Downloading aiosqlite-0.22.1-py3-none-any.whl (17 kB)
Processing /packages/PySide6_Addons-6.11.3-cp310-abi3-manylinux_2_34_x86_64.whl
"""


@pytest.mark.parametrize(
    ("output", "installed", "expected"),
    [
        ("", 0, "0/5 fetched"),
        (PIP_OUTPUT, 0, "2/4 fetched, pyside6_addons"),
        (PIP_OUTPUT[: PIP_OUTPUT.index("Processing")], 0, "1/4 fetched, aiosqlite"),
        (f"{PIP_OUTPUT}Installing collected packages: a, b\n", 0, "0/4 installed"),
        (f"{PIP_OUTPUT}Installing collected packages: a, b\n", 3, "3/4 installed"),
    ],
)
def test_progress(output: str, installed: int, expected: str) -> None:
    assert progress_state(output, installed, 5) == expected
