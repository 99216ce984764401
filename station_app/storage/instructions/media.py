"""The media of a step as they are authored: files of media/ with numbers and regions drawn on them."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from station_app.domain.authored import AuthoredTable
from station_app.domain.media import Callout, Picture, Region
from station_app.storage.instructions.fields import note_twice, translated
from station_app.storage.instructions.media_files import (
    MAX_BYTES_OF,
    MEDIA_TYPES,
    PDF,
    VIDEO_TYPES,
    media_fault,
    media_type_of,
    page_count,
)


class MediaFolder:
    """The folder media/ of a work master; ``contents`` collects the bytes of what is used, by SHA-256."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.contents: dict[str, bytes] = {}
        self._faults: dict[tuple[str, str], str | None] = {}

    def fault(self, content: bytes, media_type: str) -> str | None:
        """What is wrong with a file's bytes; a file used by many steps is looked at once."""
        key = (hashlib.sha256(content).hexdigest(), media_type)
        if key not in self._faults:
            self._faults[key] = media_fault(content, media_type)
        return self._faults[key]


def read_picture(table: AuthoredTable, media: MediaFolder) -> Picture | None:
    """The picture, drawing, video or PDF page in a table; None after a fault of its file."""
    file = table.text("file", longest=200)
    callout_tables = table.tables("callouts")
    callouts = tuple(_read_callout(callout) for callout in callout_tables)
    note_twice(callout_tables, [callout.label for callout in callouts], "label")
    regions = tuple(_read_region(region) for region in table.tables("regions"))
    page = table.integer("page", 1, low=1, high=100_000)
    loop = table.boolean("loop", True)
    only_for = table.texts("only_for")
    table.done()
    content = _content(table, file, media) if file else None
    media_type = media_type_of(file)
    if content is None or media_type is None:
        return None
    fault = media.fault(content, media_type)
    if fault is not None:
        table.fault("file", fault)
        return None
    _refuse_misplaced(table, media_type, content, page)
    sha256 = hashlib.sha256(content).hexdigest()
    media.contents[sha256] = content
    return Picture(file, sha256, len(content), media_type, callouts, regions, page, loop, only_for)


def _refuse_misplaced(table: AuthoredTable, media_type: str, content: bytes, page: int) -> None:
    if table.has("page") and media_type != PDF:
        table.fault("page", "has no meaning here", "only for PDF files")
    elif media_type == PDF and page > page_count(content):
        table.fault("page", "is behind the last page", f"1 to {page_count(content)}")
    if media_type in VIDEO_TYPES:
        for key in ("callouts", "regions"):
            if table.has(key):
                table.fault(key, "cannot be drawn on a video", "put them on a picture")
    elif table.has("loop"):
        table.fault("loop", "has no meaning here", "only for videos")


def _read_callout(table: AuthoredTable) -> Callout:
    text, translations = translated(table, "text", longest=60, optional=True)
    callout = Callout(
        label=table.text("label", longest=3, allowed="a number or a letter"),
        x=table.number("x", low=0, high=1),
        y=table.number("y", low=0, high=1),
        text=text,
        label_x=table.number("label_x", low=0, high=1) if table.has("label_x") else None,
        label_y=table.number("label_y", low=0, high=1) if table.has("label_y") else None,
        translations=translations,
    )
    table.know("label_x", "label_y")
    if table.has("label_x") != table.has("label_y"):
        table.fault("", "has one of label_x and label_y", "both or neither")
    table.done()
    return callout


def _read_region(table: AuthoredTable) -> Region:
    text, translations = translated(table, "text", longest=60, optional=True)
    region = Region(
        x=table.number("x", low=0, high=1),
        y=table.number("y", low=0, high=1),
        width=table.number("width", low=0.001, high=1),
        height=table.number("height", low=0.001, high=1),
        text=text,
        translations=translations,
    )
    if region.x + region.width > 1.0005 or region.y + region.height > 1.0005:
        table.fault("", "reaches out of the picture", "x + width and y + height at most 1")
    table.done()
    return region


def _content(table: AuthoredTable, file: str, media: MediaFolder) -> bytes | None:
    """The bytes of a file in media/, at most one more than allowed; None after a fault."""
    if re.search(r"[/\\:\x00-\x1f]", file) or file in (".", ".."):
        table.fault("file", "is not a plain file name", 'the name of a file in media/, without "/" or ".."')
        return None
    media_type = media_type_of(file)
    if media_type is None:
        table.fault("file", "is nothing that can be shown", ", ".join(MEDIA_TYPES))
        return None
    folder = media.path
    try:
        # the listing, because some file systems open "a.svg" for "A.svg" and others do not
        names = sorted(os.listdir(folder)) if folder.is_dir() else []  # noqa: PTH208  # names are all that is needed
        if file not in names:
            other = next((name for name in names if name.lower() == file.lower()), None)
            allowed = f'"{other}", in the same case' if other else f"one of: {', '.join(names) or 'none is there yet'}"
            table.fault("file", "is not in media/", allowed)
            return None
        if not (folder / file).resolve(strict=True).is_relative_to(folder.resolve(strict=True)):
            table.fault("file", "is a link that leads out of media/", "the file itself")
            return None
        with (folder / file).open("rb") as stream:
            return stream.read(MAX_BYTES_OF[media_type] + 1)
    except OSError as error:
        table.fault("file", f"cannot be read: {error.strerror}")
        return None
