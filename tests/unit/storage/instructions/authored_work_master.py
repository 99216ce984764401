"""A small work master's folder for tests to break."""

from __future__ import annotations

from pathlib import Path

DOCUMENT = """\
id = "demo"
version = "A"
title = "Demo"
product = "GX-40"
operation = "assembly"

[[step]]
id = "place"
takt_s = 20.5

[[step.picture]]
file = "place.svg"
callouts = [
    { label = "1", x = 0.5, y = 0.25, text = "Seat", label_x = 0.7, label_y = 0.1 },
    { label = "2", x = 0, y = 1 },
]

[[step.check]]
type = "confirm"
id = "placed"
title = "Placed"
reaction = "Place it."

[[step.check]]
type = "scan"
id = "bearing"
title = "Scan the bearing"
material = "6204-2RS"

[[step]]
id = "measure"
tags = ["press.force"]
advance = false

[[step.check]]
type = "measure"
id = "bore"
title = "Bore"
characteristic = "bore"
limits = { unit = "mm", lower = 20.0000, upper = 20.0130, nominal = 20.0000 }
decimals = 4
gauge_class = "bore gauge"

[[step.check]]
type = "machine_value"
id = "force"
title = "Force"
characteristic = "force"
tag = "press.peak_force"
limits = { unit = "kN", upper = 14 }

[[step.check]]
type = "photo"
id = "photo"
title = "Photo"
camera = "bench"
view = "top"
min_sharpness = 0.1
min_brightness = 30
code_is_unit = true
"""

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"/>'


def make_folder(parent: Path, *replacements: tuple[str, str], name: str = "demo") -> Path:
    """The folder, with texts of its document replaced; each must be there."""
    text = DOCUMENT
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    folder = parent / name
    (folder / "steps").mkdir(parents=True)
    (folder / "media").mkdir()
    (folder / "work_master.toml").write_text(text, encoding="utf-8")
    (folder / "steps" / "01-place.en.md").write_text("# Place it\n\nOn the seat ①.\n", encoding="utf-8")
    (folder / "steps" / "01-place.de.md").write_text("# Auflegen\r\n\r\nAuf den Sitz ①.\r\n", encoding="utf-8")
    (folder / "steps" / "02-measure.en.md").write_text("\n# Measure #\n", encoding="utf-8")
    (folder / "media" / "place.svg").write_bytes(SVG)
    return folder


def line_of(text: str, document: str = DOCUMENT) -> int:
    """The line of the document's first line that starts so."""
    return next(n for n, line in enumerate(document.split("\n"), 1) if line.strip().startswith(text))
