"""The documents of the record kinds say what the code says; the command that writes them notices when they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.cli.catalogue import BEGIN, END, main, stale
from station_app.domain.records import KINDS


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package folder with a README that has the markers, and nothing between them."""
    (tmp_path / "domain").mkdir()
    (tmp_path / "README.md").write_text(f"# House\n\n{BEGIN}\n{END}\n\nThe rest.\n", encoding="utf-8")
    return tmp_path


def test_the_documents_are_up_to_date() -> None:
    assert stale() == [], "run python -m station_app.cli.catalogue"


def test_it_writes_both_documents_and_leaves_the_rest(package: Path) -> None:
    assert main([], package) == 0
    readme = (package / "README.md").read_text(encoding="utf-8")
    assert readme.startswith(f"# House\n\n{BEGIN}\n\n| kind |")
    assert readme.endswith(f"\n\n{END}\n\nThe rest.\n")
    records = (package / "domain" / "RECORDS.md").read_text(encoding="utf-8")
    for kind in KINDS:
        assert f"| `{kind}` |" in readme
        assert f"### `{kind}`" in records
    assert stale(package) == []


def test_check_names_what_is_behind_and_writes_nothing(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (package / "README.md").read_text(encoding="utf-8")
    assert main(["--check"], package) == 1
    said = capsys.readouterr().err
    assert "README.md is behind the code" in said and "RECORDS.md is behind the code" in said
    assert (package / "README.md").read_text(encoding="utf-8") == before
    main([], package)
    assert main(["--check"], package) == 0
    (package / "domain" / "RECORDS.md").write_text("old\n", encoding="utf-8")
    assert stale(package) == [package / "domain" / "RECORDS.md"]


def test_a_readme_without_markers_is_not_guessed_at(package: Path) -> None:
    (package / "README.md").write_text("# House\n", encoding="utf-8")
    with pytest.raises(ValueError, match="lost its markers"):
        main([], package)


def test_a_wrong_call_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chek"]) == 2
    assert "--check" in capsys.readouterr().err
