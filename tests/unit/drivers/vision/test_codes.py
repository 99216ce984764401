"""Codes of every kind are written and read back: turned, light on dark, blurred, several at once."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
import zxingcpp

from drivers.vision.codes import Picture, read_codes, write_datamatrix

KINDS = [
    ("QRCode", "GX40-000127"),
    ("MicroQRCode", "12345"),
    ("DataMatrix", "Gehäuse GX-40"),
    ("Aztec", "GX40-000127"),
    ("PDF417", "order 4711, 20 pieces"),
    ("Code128", "GX40-000124"),
    ("Code39", "GX40-000124"),
    ("ITF", "00012345678905"),
    ("EAN8", "96385074"),
    ("EAN13", "4006381333931"),
]


def symbol(format_name: str, text: str, scale: int = 4, **options: object) -> Picture:
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, format_name), **options)
    drawn = np.array(code.to_image(scale=scale, add_quiet_zones=True), dtype=np.uint8)
    return np.asarray(np.pad(drawn, 40, constant_values=255), dtype=np.uint8)


def tilted(picture: Picture, angle_deg: float) -> Picture:
    height, width = picture.shape
    side = int(np.hypot(height, width)) + 1
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle_deg, 1.0)
    matrix[:, 2] += (side - width) / 2, (side - height) / 2
    return np.asarray(cv2.warpAffine(picture, matrix, (side, side), borderValue=255.0), dtype=np.uint8)


@pytest.mark.parametrize(("format_name", "text"), KINDS)
def test_every_kind_is_read_upright_turned_tilted_and_light_on_dark(format_name: str, text: str) -> None:
    upright = symbol(format_name, text)
    quarter, light = np.asarray(np.rot90(upright), dtype=np.uint8), np.asarray(255 - upright, dtype=np.uint8)
    weak = format_name in ("ITF", "EAN8")  # not looked for in a picture that had to be turned for it
    for picture in (upright, quarter, light, upright if weak else tilted(upright, 40.0)):
        (code,) = read_codes(picture, time_limit_s=5.0)
        assert (code.text, code.format) == (text, format_name)


def test_no_weak_code_is_seen_where_there_is_none() -> None:
    """A tilted ITF code looks like a UPC-E when it is sharpened: better no code than a wrong one."""
    picture = tilted(symbol("ITF", "00012345678905"), 40.0)
    assert {code.text for code in read_codes(picture, time_limit_s=5.0)} <= {"00012345678905"}


def test_a_tilted_code_is_where_it_is_in_the_picture() -> None:
    (code,) = read_codes(tilted(symbol("Code39", "GX40"), 45.0), time_limit_s=5.0)
    xs, ys = zip(*code.position, strict=True)
    side = tilted(symbol("Code39", "GX40"), 45.0).shape[0]
    assert 0 <= min(xs) < side * 0.3 < side * 0.7 < max(xs) <= side
    assert 0 <= min(ys) < side * 0.3 < side * 0.7 < max(ys) <= side


def test_a_upc_is_the_same_number_as_an_ean() -> None:
    (code,) = read_codes(symbol("UPCA", "036000291452"))
    assert (code.text, code.format) == ("0036000291452", "EAN13")


def test_several_codes_are_told_from_top_to_bottom_with_their_places() -> None:
    picture = np.full((700, 700), 255, dtype=np.uint8)
    texts = ("third", "first", "second")
    for text, (x, y) in zip(texts, ((60, 470), (40, 30), (400, 250)), strict=True):
        drawn = symbol("DataMatrix", text)
        picture[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn
    codes = read_codes(picture)
    assert [code.text for code in codes] == ["first", "second", "third"]
    assert codes[1].position[0][0] > 400 and 250 < codes[1].position[0][1] < 400


def test_a_blurred_code_is_read_by_trying_harder() -> None:
    """And its corners are those of the picture, not of the changed copy in which it was found."""
    blurred = cv2.GaussianBlur(symbol("DataMatrix", "GX40-000127", 4), (0, 0), 2.3)
    assert read_codes(np.asarray(blurred, dtype=np.uint8), time_limit_s=-1.0) == [], "not at the first look"
    (code,) = read_codes(np.asarray(blurred, dtype=np.uint8), time_limit_s=5.0)
    assert code.text == "GX40-000127"
    assert all(30 < x < blurred.shape[1] - 30 and 30 < y < blurred.shape[0] - 30 for x, y in code.position)


def test_trying_harder_ends_in_time() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (1080, 1920)).astype(np.uint8)
    began_s = time.monotonic()
    read_codes(noise, time_limit_s=0.0)
    quick_s = time.monotonic() - began_s
    began_s = time.monotonic()
    read_codes(noise, time_limit_s=0.05)
    assert time.monotonic() - began_s < 4 * quick_s + 2.0


def test_gs1_has_its_elements_with_separators() -> None:
    (code,) = read_codes(symbol("DataMatrix", "(01)09506000134352(10)AB-123(21)SN1", gs1=True))
    assert code.text == "(01)09506000134352(10)AB-123(21)SN1"
    assert code.elements == "010950600013435210AB-123\x1d21SN1"
    assert code.symbology == "]d2"


def test_control_characters_are_given_as_they_are() -> None:
    text = "line 1\nline 2 <not a tag>\ttab"
    (code,) = read_codes(symbol("QRCode", text))
    assert (code.text, code.elements) == (text, "")


@pytest.mark.parametrize("text", ["GX40-000127", "A", "0123456789" * 5, "Lot 7/ä"])
def test_a_datamatrix_comes_back(text: str) -> None:
    (code,) = read_codes(write_datamatrix(text, 200))
    assert (code.text, code.format) == (text, "DataMatrix")
    assert all(0 <= x < 200 and 0 <= y < 200 for x, y in code.position)


def test_it_is_found_in_a_colour_picture_turned_by_90_degrees() -> None:
    picture = np.full((400, 600, 3), 180, dtype=np.uint8)
    picture[100:260, 300:460] = write_datamatrix("GX40-000127", 160)[:, :, None]
    (code,) = read_codes(np.asarray(np.rot90(picture), dtype=np.uint8))
    assert code.text == "GX40-000127"
    xs, ys = zip(*code.position, strict=True)
    assert max(xs) - min(xs) < 170
    assert max(ys) - min(ys) < 170


def test_no_code_no_result() -> None:
    assert read_codes(np.zeros((100, 100), dtype=np.uint8)) == []


@pytest.mark.parametrize(("text", "size_px"), [("", 100), ("x" * 1501, 2000), ("GX40-000127", 10)])
def test_what_cannot_be_written(text: str, size_px: int) -> None:
    with pytest.raises(ValueError, match=r"allowed|needs at least"):
        write_datamatrix(text, size_px)


# --- the code that is looked for ----------------------------------------------------------------------------------------


def frame_with(*codes: tuple[Picture, int, int]) -> Picture:
    """A picture of 1920 x 1080 with these symbols at these places."""
    picture = np.full((1080, 1920), 190, dtype=np.uint8)
    for drawn, x, y in codes:
        picture[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn
    return picture


@pytest.mark.parametrize(("format_name", "text"), [kind for kind in KINDS if kind[0] not in ("ITF", "EAN8")])
@pytest.mark.parametrize("turned", [0, 1, 2])
def test_the_wanted_code_is_the_same_in_every_kind_and_turn(format_name: str, text: str, turned: int) -> None:
    drawn = np.asarray(np.rot90(symbol(format_name, text), turned), dtype=np.uint8)
    picture = frame_with((drawn, 611, 207))
    (whole,), (quick,) = read_codes(picture), read_codes(picture, wanted=lambda code: code.text == text)
    assert (quick.text, quick.format) == (whole.text, whole.format)
    assert (quick.turned_deg - whole.turned_deg + 5) % 360 <= 10
    height, width = drawn.shape
    for x, y in quick.position:
        assert 611 <= x <= 611 + width and 207 <= y <= 207 + height, "its corners are those of the whole picture"


def test_a_wanted_code_too_small_for_the_quick_look_is_found_by_the_whole_search() -> None:
    large, small = symbol("DataMatrix", "another", 6), symbol("DataMatrix", "GX40-000127", 2)
    picture = frame_with((large, 100, 100), (small, 1200, 600))
    assert [code.text for code in read_codes(picture)] == ["another", "GX40-000127"]
    found = read_codes(picture, wanted=lambda code: code.text == "GX40-000127")
    assert "GX40-000127" in [code.text for code in found]


def test_where_another_code_is_shown_every_code_is_told() -> None:
    picture = frame_with((symbol("DataMatrix", "GX40-000128"), 100, 100), (symbol("ITF", "00012345678905"), 900, 600))
    whole = read_codes(picture)
    assert len(whole) == 2
    assert read_codes(picture, wanted=lambda code: code.text == "GX40-000127") == whole


def test_gs1_and_control_characters_come_from_the_quick_look_as_from_the_whole() -> None:
    for text, options in (("(01)09506000134352(21)SN1", {"gs1": True}), ("line 1\nline 2 <no tag>", {})):
        picture = frame_with((symbol("DataMatrix", text, 4, **options), 400, 300))
        (whole,), (quick,) = read_codes(picture), read_codes(picture, wanted=lambda code: True)
        assert (quick.text, quick.elements) == (whole.text, whole.elements)
