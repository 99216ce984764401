"""The file of the tags that were added at the station: replaced as a whole, so that a cut leaves the old one or the new one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from station_app.domain.added_tag import AddedTag
from station_app.domain.added_tag_text import added_tags_text
from station_app.storage.files import sync_folder


class AddedTagsFile:
    """Writes ``file``; reading it at the start is the configuration's part."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, tags: Sequence[AddedTag]) -> None:
        """Write all of them; when it returns they are on disk. Raises OSError."""
        fresh = self._file.with_suffix(".new")
        with fresh.open("w", encoding="utf-8", newline="\n") as out:
            out.write(added_tags_text(tags))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._file)
        sync_folder(self._file.parent)
