"""The album: one picture a page by its stage's name, colours kept, the film as one GIF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from station_app.demo.album import (
    COLOURS,
    FILM_FILE,
    FILM_MAX_FRAMES,
    FILM_WIDTH_PX,
    PICTURE_WIDTH_PX,
    PICTURES,
    AlbumError,
    find_picture,
    keep_film,
    keep_picture,
    main,
    make_album,
    pick_frames,
)

PAGE = (230, 232, 235)
WARNING = (224, 161, 0)
README = Path(__file__).resolve().parents[3] / "README.md"


def page(file: Path, width_px: int = 32, mark_at_px: int = 0) -> Path:
    """A grey page with a small amber mark."""
    picture = Image.new("RGB", (width_px, width_px // 2), PAGE)
    picture.paste(WARNING, (mark_at_px, 0, mark_at_px + 2, 2))
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file)
    return file


def tour(folder: Path, frames: int = 3) -> Path:
    """A tour's folder with every picture the album wants, and a film."""
    for number, stage in enumerate(PICTURES.values()):
        page(folder / f"{number:02}-{stage}.png")
    for number in range(frames):
        page(folder / "film" / f"{number:04}.png", mark_at_px=number)
    return folder


def test_a_whole_tour_gives_every_picture_and_the_film(tmp_path: Path) -> None:
    made = make_album(tour(tmp_path / "tour"), tmp_path / "album")
    assert {file.name for file in made} == {*PICTURES, FILM_FILE}
    assert all(file.stat().st_size for file in made)


def test_what_is_lacking_is_named_and_the_rest_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tour(tmp_path / "tour", frames=0)
    for file in folder.glob(f"*-{PICTURES['trace.png']}.png"):
        file.unlink()
    with pytest.raises(AlbumError, match=rf"NN-{PICTURES['trace.png']}\.png, film/\*\.png"):
        make_album(folder, tmp_path / "album")
    assert {file.name for file in (tmp_path / "album").iterdir()} == set(PICTURES) - {"trace.png"}
    assert main([str(folder), str(tmp_path / "album")]) == 1
    assert "play the whole tour first" in capsys.readouterr().err


def test_a_stage_is_found_by_its_whole_name_whatever_its_number(tmp_path: Path) -> None:
    page(tmp_path / "03-out-of-limits-press-ASM-10.png")
    wanted = page(tmp_path / "07-out-of-limits-ASM-10.png")
    assert find_picture(tmp_path, "out-of-limits-ASM-10") == wanted
    assert find_picture(tmp_path, "limits-ASM-10") is None


def test_pictures_shrink_to_the_width_and_never_grow(tmp_path: Path) -> None:
    for before, after in ((1920, PICTURE_WIDTH_PX), (800, 800)):
        with Image.open(keep_picture(page(tmp_path / "in.png", before), tmp_path / "out.png")) as kept:
            assert kept.size == (after, after // 2)


def test_few_pixels_keep_their_colour_among_many_shades(tmp_path: Path) -> None:
    """A photo's shades must not push the colour of a small warning out of the palette."""
    shades = np.random.default_rng(7).integers(60, 200, (200, 200, 1), dtype=np.uint8).repeat(3, axis=2)
    shades[..., 2] = np.arange(200, dtype=np.uint8)
    picture = Image.fromarray(shades)
    picture.paste(PAGE, (0, 0, 200, 60))
    picture.paste(WARNING, (4, 4, 8, 8))
    picture.save(tmp_path / "in.png")
    with Image.open(keep_picture(tmp_path / "in.png", tmp_path / "out.png")) as kept:
        assert kept.mode == "P"
        seen = kept.convert("RGB")
    assert len(seen.getcolors() or []) <= COLOURS
    assert seen.getpixel((100, 30)) == PAGE
    red, green, blue = np.array(seen)[5, 5].tolist()
    assert abs(red - WARNING[0]) < 24 and abs(green - WARNING[1]) < 24 and blue < 40


def test_the_film_moves_at_two_frames_a_second_for_ever(tmp_path: Path) -> None:
    frames = [page(tmp_path / f"{n:04}.png", 1920, mark_at_px=n * 400) for n in range(4)]
    with Image.open(keep_film(frames, tmp_path / FILM_FILE)) as film:
        assert getattr(film, "n_frames", 0) == 4
        assert film.size == (FILM_WIDTH_PX, FILM_WIDTH_PX // 2)
        assert film.info["loop"] == 0
        marks, durations_ms = [], []
        for number in range(4):
            film.seek(number)
            durations_ms.append(film.info["duration"])
            marks.append(film.convert("RGB").getpixel((number * 200, 0)) != PAGE)
    assert durations_ms == [500, 500, 500, 3000]
    assert all(marks)


@pytest.mark.parametrize("count", [1, FILM_MAX_FRAMES, FILM_MAX_FRAMES + 1, 50, 500])
def test_frames_are_picked_evenly_with_both_ends(count: int) -> None:
    frames = [Path(f"{n:04}.png") for n in range(count)]
    picked = pick_frames(frames)
    assert len(picked) == min(count, FILM_MAX_FRAMES) == len(set(picked))
    assert (picked[0], picked[-1]) == (frames[0], frames[-1])
    assert picked == sorted(picked)


def test_a_wrong_call_shows_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "TOUR_DIR FOLDER" in capsys.readouterr().err


def test_the_readme_shows_every_picture_of_the_album() -> None:
    text = README.read_text(encoding="utf-8")
    for name in (*PICTURES, FILM_FILE):
        assert f"assets/pictures/{name}" in text, name
