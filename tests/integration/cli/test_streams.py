"""The program's input and output as others leave them: closed, full, gone, unbuffered, or not in UTF-8."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from station_app.cli.output import say_json_text
from station_app.demo.plant import ASM_10, DemoPlant, child_environment
from tests.plant import HeadlessStation, station_command

PLAN = ("spc", "sampling-plan", "--lot", "1000", "--aql", "1.0")
LARGE = 20_000
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="streams are closed and filled by a POSIX shell")


def shell(line: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `station ARGUMENTS` as "$@" in a line of the shell."""
    return subprocess.run(
        ["bash", "-c", line, "bash", *station_command(*arguments)],
        capture_output=True, text=True, encoding="utf-8", timeout=60, env=child_environment() | environment, check=False,
    )  # fmt: skip


@pytest.fixture
def readings(tmp_path: Path) -> Path:
    """A file whose chart is longer than any buffer."""
    file = tmp_path / "readings.csv"
    file.write_text("".join(f"{at % 7}\n" for at in range(LARGE)), encoding="utf-8")
    return file


@POSIX
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_finds_no_room_is_no_success(readings: Path, unbuffered: str) -> None:
    """Without a buffer Python writes the part that fits, and says nothing of the rest."""
    arguments = ("spc", "chart", readings, "--chart", "i-mr", "--json")
    ran = shell(f'ulimit -f 100; "$@" > {readings.parent}/answer.json', *arguments, PYTHONUNBUFFERED=unbuffered)
    assert ran.returncode == 3
    assert len(ran.stderr.strip().splitlines()) == 1


@POSIX
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_ends_the_program_without_a_word(readings: Path, unbuffered: str) -> None:
    ran = shell(
        "\"$@\" | head -c 10; exit ${PIPESTATUS[0]}", "spc", "chart", readings, "--chart", "i-mr", "--json",
        PYTHONUNBUFFERED=unbuffered,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout, ran.stderr) == (3, '{"chart": ', "")


@POSIX
def test_an_answer_that_finds_no_room_at_the_very_end_is_no_success(demo_plant: DemoPlant) -> None:
    """It is smaller than the buffer: what cannot be written shows when the program ends."""
    file = demo_plant.station_file(ASM_10)
    with HeadlessStation(file):
        pass
    ran = shell('"$@" > /dev/full', "inspect", "export", "-c", file, PYTHONUNBUFFERED="")
    assert (ran.returncode, ran.stderr) == (3, "the output: No space left on device\n")


@POSIX
def test_the_help_that_finds_no_room_says_so() -> None:
    ran = shell('"$@" > /dev/full', "--help")
    assert (ran.returncode, ran.stderr) == (3, "the output: No space left on device\n")


@POSIX
def test_a_closed_input_is_an_empty_one() -> None:
    ran = shell('"$@" <&-', "spc", "chart", "-", "--chart", "i-mr")
    assert (ran.returncode, ran.stderr) == (2, "standard input: there is nothing in it\n")


@POSIX
def test_closed_outputs_change_no_exit_code() -> None:
    assert shell('"$@" >&-', *PLAN).returncode == 0
    assert shell('"$@" 2>&-', *PLAN[:-1], "7").returncode == 2
    assert shell('"$@" 2>/dev/full', *PLAN[:-1], "7").returncode == 2


def test_what_the_output_cannot_show_is_written_as_its_code(tmp_path: Path) -> None:
    file = tmp_path / "Prüfling-✓.csv"
    file.write_text("1\nx\n", encoding="utf-8")
    ran = subprocess.run(
        station_command("spc", "chart", file, "--chart", "i-mr"), capture_output=True, timeout=60, check=False,
        env=child_environment() | {"PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    assert ran.returncode == 2
    assert b"Pr\xfcfling-\\u2713.csv: row 2" in ran.stderr


def test_json_is_ascii_where_the_output_is_not_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "Prüfling.png"
    file.write_bytes(b"no picture")
    for encoding, wanted in (("cp1252", b"Pr\\u00fcfling"), ("utf-8", "Prüfling".encode())):
        ran = subprocess.run(
            station_command("codes", "read", file, "--json"), capture_output=True, timeout=60, check=False,
            env=child_environment() | {"PYTHONIOENCODING": encoding},
        )  # fmt: skip
        assert wanted in ran.stdout
        assert json.loads(ran.stdout)["picture"].endswith("Prüfling.png")


def test_json_that_is_written_already_is_ascii_where_the_output_is_not_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    say_json_text('{"who":"Jiří 🔧","what":"a\\nb"}')
    assert written.getvalue().strip() == b'{"who":"Ji\\u0159\\u00ed \\ud83d\\udd27","what":"a\\nb"}'
