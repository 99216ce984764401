"""Editors on a folder of drafts, with and without document control."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from station_app.services.ports import DocumentDatabase
from station_app.services.secrets import hash_password
from tests.author_bench import PASSWORD, Author, Begin
from tests.documents import Desk
from tests.fakes.documents import FakeDocuments, FakeDocumentServer


@pytest.fixture(scope="session")
def secret() -> str:
    """The password's hash, made once: it takes its time on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
def server(secret: str) -> Desk:
    """Document control with its people."""
    fake = FakeDocumentServer()
    desk = Desk(FakeDocuments(fake), fake.publish)
    desk.staff(secret)
    return desk


@pytest.fixture
def begin(qtbot: QtBot, tmp_path: Path) -> Iterator[Begin]:
    """Opens editors on one folder of drafts; all are closed at the end."""
    opened: list[Author] = []

    def make(database: DocumentDatabase | None = None, width_px: int = 1366, height_px: int = 768) -> Author:
        author = Author(qtbot, tmp_path / "drafts", database, width_px, height_px)
        opened.append(author)
        return author

    yield make
    for author in opened:
        author.close()
