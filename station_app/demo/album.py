"""The pictures of the README, made from a tour's folder.

``python -m station_app.demo.album TOUR_DIR FOLDER`` picks one picture a page by the name of its stage, scales it down and
keeps it with a small palette; the film of the pulled plug becomes one animated GIF. File names never change, so the
README's links hold when the album is made again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PICTURE_WIDTH_PX: Final = 1440
FILM_WIDTH_PX: Final = 960
COLOURS: Final = 256
FILM_MAX_FRAMES: Final = 24
FRAME_S: Final = 0.5
LAST_FRAME_S: Final = 3.0
FILM_FILE: Final = "unplugged.gif"

PICTURES: Final = {
    "operator.png": "out-of-limits-press-ASM-10",
    "failed-check.png": "out-of-limits-ASM-10",
    "inspector.png": "plugged-in-INS-30",
    "overview.png": "out-of-limits-overview",
    "trend.png": "alarm-trend-ASM-10",
    "trace.png": "trace-unit-INS-30",
}
"""File in the album: stage, moment and window of the tour's picture (without the stage's number)."""


class AlbumError(RuntimeError):
    """The tour's folder lacks something; says what."""


def make_album(tour: Path, folder: Path) -> list[Path]:
    """Make every picture and the film; answers the files. Raises AlbumError for what the tour's folder lacks.

    What is there is made all the same, so that a tour that was cut short still renews its part of the album.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made, lacking = [], []
    for name, stage in PICTURES.items():
        source = find_picture(tour, stage)
        if source is None:
            lacking.append(f"NN-{stage}.png")
            continue
        made.append(keep_picture(source, folder / name))
    frames = sorted((tour / "film").glob("*.png"))
    if frames:
        made.append(keep_film(pick_frames(frames), folder / FILM_FILE))
    else:
        lacking.append("film/*.png")
    if lacking:
        raise AlbumError(f"{tour} has no {', '.join(lacking)}: play the whole tour first")
    return made


def find_picture(tour: Path, stage: str) -> Path | None:
    """The tour's picture of that stage, whatever number the stage had."""
    return next(iter(sorted(tour.glob(f"[0-9][0-9]-{stage}.png"))), None)


def keep_picture(source: Path, target: Path) -> Path:
    """Scale a picture down and keep it as PNG with a palette of its own; answers ``target``."""
    [reduced] = _reduced([_opened(source, PICTURE_WIDTH_PX)])
    reduced.save(target, format="PNG", optimize=True)
    return target


def keep_film(frames: Sequence[Path], target: Path) -> Path:
    """Keep the frames as one GIF that plays for ever and rests on its last frame; answers ``target``.

    All frames share one palette, so that only what changes between two of them is stored.
    """
    reduced = _reduced([_opened(frame, FILM_WIDTH_PX) for frame in frames])
    durations_ms = [int(FRAME_S * 1000)] * (len(reduced) - 1) + [int(LAST_FRAME_S * 1000)]
    reduced[0].save(
        target, format="GIF", save_all=True, append_images=reduced[1:], duration=durations_ms, loop=0, optimize=True
    )
    return target


def pick_frames(frames: Sequence[Path], at_most: int = FILM_MAX_FRAMES) -> list[Path]:
    """At most so many frames, evenly spread, with the first and the last among them."""
    if len(frames) <= at_most:
        return list(frames)
    step = (len(frames) - 1) / (at_most - 1)
    return [frames[round(i * step)] for i in range(at_most)]


def _opened(file: Path, width_px: int) -> Image.Image:
    """As RGB and at most so wide, in proportion."""
    with Image.open(file) as picture:
        rgb = picture.convert("RGB")
    if rgb.width <= width_px:
        return rgb
    return rgb.resize((width_px, round(rgb.height * width_px / rgb.width)), Image.Resampling.LANCZOS)


def _reduced(pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """The pictures with one palette for all, without dithering."""
    packed = [_packed(picture) for picture in pictures]
    colours, counts = np.unique(np.concatenate([p.ravel() for p in packed]), return_counts=True)
    palette = _palette(colours, counts)
    nearest = np.array([_nearest(colour, palette) for colour in _unpacked(colours)], dtype=np.uint8)
    reduced = []
    for pixels in packed:
        picture = Image.fromarray(nearest[np.searchsorted(colours, pixels)])
        picture.putpalette(palette.astype(np.uint8).tobytes())
        reduced.append(picture)
    return reduced


def _palette(colours: NDArray[np.int32], counts: NDArray[np.int64]) -> NDArray[np.int32]:
    """At most ``COLOURS`` colours, shape (n, 3).

    Half of them are the most frequent ones, as they are: the flat areas of a page stay exact. The other half stands for all
    distinct colours alike, however few pixels they have: the mark of a warning must not lose its colour.
    """
    if len(colours) <= COLOURS:
        return _unpacked(colours)
    frequent = _unpacked(colours[np.argsort(counts)[::-1][: COLOURS // 2]])
    each_once = Image.fromarray(_unpacked(colours).astype(np.uint8)[np.newaxis])
    spread = each_once.quantize(COLOURS // 2, Image.Quantize.MEDIANCUT).getpalette() or []
    return np.concatenate([frequent, np.array(spread, dtype=np.int32).reshape(-1, 3)])


def _nearest(colour: NDArray[np.int32], palette: NDArray[np.int32]) -> int:
    return int(np.argmin(((palette - colour) ** 2).sum(axis=1)))


def _packed(picture: Image.Image) -> NDArray[np.int32]:
    """One number a pixel, shape (height, width)."""
    rgb = np.asarray(picture, dtype=np.int32)
    return rgb[..., 0] << 16 | rgb[..., 1] << 8 | rgb[..., 2]


def _unpacked(colours: NDArray[np.int32]) -> NDArray[np.int32]:
    """Red, green and blue, shape (n, 3)."""
    return np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], axis=1)


def main(arguments: Sequence[str]) -> int:
    """Make the album that the arguments name; exit code 1 when the tour lacks something."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m station_app.demo.album TOUR_DIR FOLDER\n")
        return 2
    folder = Path(arguments[1])
    try:
        made = make_album(Path(arguments[0]), folder)
    except AlbumError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    total_bytes = sum(file.stat().st_size for file in made)
    sys.stdout.write(f"{len(made)} pictures in {folder}, {total_bytes / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
