"""Which packages are missing, by the words of dpkg-query; and that nothing is installed needlessly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from installer import system_packages
from installer.system_packages import PACKAGES, ensure_system_packages, missing_packages


def dpkg_lines(*without: str) -> str:
    return "".join(f"ii \t{package}\t\n" for package in PACKAGES if package not in without)


def test_nothing_is_missing() -> None:
    assert missing_packages(dpkg_lines()) == []


def test_absent_removed_and_half_installed_are_missing() -> None:
    lines = dpkg_lines("libegl1", "libpulse0", "fonts-inter") + "rc \tlibpulse0\t\niU \tfonts-inter\t\n"
    assert missing_packages(lines) == ["libegl1", "libpulse0", "fonts-inter"]


def test_held_package_is_installed() -> None:
    assert missing_packages(dpkg_lines("libegl1") + "hi \tlibegl1\t\n") == []


def test_renamed_package_counts_by_what_it_provides() -> None:
    lines = dpkg_lines("libglib2.0-0", "libegl1")
    lines += "ii \tlibglib2.0-0t64\tlibgthread-2.0 (= 2.84), libglib2.0-0 (= 2.84.4-3)\n"
    assert missing_packages(lines) == ["libegl1"]


def make_program(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that stand for Debian's: libegl1 is missing until apt-get has installed it.

    apt-get notes each call in ``calls`` and installs only after an update, as on an image without lists.
    """
    if os.name == "nt":
        pytest.skip("a Linux distribution")
    programs = tmp_path / "programs"
    programs.mkdir()
    (tmp_path / "before").write_text(dpkg_lines("libegl1"), encoding="utf-8")
    (tmp_path / "after").write_text(dpkg_lines(), encoding="utf-8")
    make_program(programs, "dpkg-query", f'cd "{tmp_path}"; if [ -e installed ]; then cat after; else cat before; fi')
    note = f'cd "{tmp_path}"; shift 2; echo "$@" >> calls; [ "$1" = update ] && touch updated'
    make_program(programs, "apt-get", note + '; [ -e updated ] || exit 100; [ "$1" = update ] || touch installed')
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return tmp_path


def test_root_installs_what_is_missing_and_only_once(distribution: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    ensure_system_packages(distribution / "apt.log")
    ensure_system_packages(distribution / "apt.log")
    install = "install -y --no-install-recommends libegl1"
    assert (distribution / "calls").read_text(encoding="utf-8").splitlines() == [install, "update", install]


def test_without_permission_the_one_command_is_printed(
    distribution: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    make_program(distribution / "programs", "sudo", "exit 1")
    ensure_system_packages(distribution / "apt.log")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "sudo apt-get install -y --no-install-recommends libegl1" in said
    assert not (distribution / "calls").exists()


def test_passwordless_sudo_is_used(distribution: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    make_program(distribution / "programs", "sudo", '[ "$1" = -n ] || exit 9; shift; exec "$@"')
    ensure_system_packages(distribution / "apt.log")
    assert (distribution / "installed").exists()


def test_failure_names_the_log_and_the_command(
    distribution: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    make_program(distribution / "programs", "apt-get", "echo no network; exit 100")
    ensure_system_packages(distribution / "apt.log")
    last = capsys.readouterr().err.splitlines()[-1]
    assert "apt-get update && apt-get install -y --no-install-recommends libegl1" in last
    assert "sudo" not in last
    assert "no network" in (distribution / "apt.log").read_text(encoding="utf-8")


def test_another_distribution_is_told_the_libraries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system_packages, "_loads", lambda library: library != "libEGL.so.1")
    ensure_system_packages(tmp_path / "apt.log", "linux")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "libEGL.so.1" in said
    assert "libGL.so.1" not in said


def test_other_platforms_lack_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(system_packages, "_missing_now", lambda: pytest.fail("asked"))
    ensure_system_packages(tmp_path / "apt.log", "win32")
    assert capsys.readouterr().err == ""
