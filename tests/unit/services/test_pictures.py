"""Pictures: stored before they are named, refused without a fresh frame, kept with what was found in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from drivers.simulation.scene import Scene, SceneRenderer
from drivers.vision.jpeg import encode_jpeg
from station_app.app.cameras import judge_picture
from station_app.domain.rules import Refusal
from station_app.domain.view import Crop, PartRegion, ViewRules, ViewSettings
from station_app.services.pictures import Pictures
from station_app.services.ports import BlobState
from station_app.storage.evidence import FileEvidenceStore
from tests.unit.services.station import ASM_10, FullableJournal

NOW_S = 1_790_000_000.0
YEAR_S = 365 * 86_400


@dataclass
class Frame:
    original: bytes
    received_time: float = NOW_S
    media_type: str = "image/jpeg"

    @property
    def jpeg(self) -> bytes:
        return self.original


class Camera:
    reason = ""
    frame: Frame | None = None

    def latest(self) -> Frame | None:
        return self.frame


@dataclass
class Bench:
    pictures: Pictures
    camera: Camera
    journal: FullableJournal
    evidence: FileEvidenceStore
    pool: ThreadPoolExecutor
    now_s: float = NOW_S


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return SceneRenderer().render(Scene("U-1"), 1)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    camera, evidence = Camera(), FileEvidenceStore(tmp_path / "evidence")
    journal = FullableJournal(tmp_path / "journal.sqlite", ASM_10)
    pool = ThreadPoolExecutor(1, thread_name_prefix="pool")
    made: Bench
    pictures = Pictures({"bench": camera}, judge_picture, evidence, journal, pool, lambda: made.now_s)
    made = Bench(pictures, camera, journal, evidence, pool)
    yield made
    pool.shutdown()
    journal.close()


def test_the_cameras_own_bytes_are_stored_and_wait_for_delivery(bench: Bench, jpeg: bytes) -> None:
    bench.camera.frame = Frame(jpeg)
    picture = bench.pictures.capture("bench", ViewRules()).result(10)
    assert picture["sha256"] == hashlib.sha256(jpeg).hexdigest()
    assert (picture["codes"], picture["faults"]) == (["U-1"], [])
    assert (picture["width_px"], picture["height_px"], picture["size_bytes"]) == (1280, 720, len(jpeg))
    assert bench.evidence.read(picture["sha256"]) == jpeg
    (blob,) = bench.journal.blobs(BlobState.WAITING)
    assert (blob.sha256, blob.media_type) == (picture["sha256"], "image/jpeg")


@pytest.mark.parametrize(
    ("scene", "fault"), [(Scene("U-1", blurred=True), "Blurred"), (Scene("U-1", dark=True), "Too dark")]
)
def test_a_picture_that_breaks_the_views_rules_is_kept_with_the_reason(bench: Bench, scene: Scene, fault: str) -> None:
    bench.camera.frame = Frame(SceneRenderer().render(scene, 1))
    picture = bench.pictures.capture("bench", ViewRules(min_sharpness=0.006, min_brightness=40)).result(10)
    assert picture["faults"][0].startswith(fault)
    assert bench.evidence.has(picture["sha256"])


@pytest.mark.parametrize("damage", ["half", "empty", "garbage", "huge"])
def test_a_truncated_or_huge_picture_is_refused_and_not_stored(bench: Bench, jpeg: bytes, damage: str) -> None:
    content = {
        "half": jpeg[: len(jpeg) // 2],
        "empty": b"",
        "garbage": b"\x00" * 1000,
        # a header that claims 60,000 x 60,000 pixels
        "huge": jpeg.replace(b"\x02\xd0\x05\x00", b"\xea\x60\xea\x60", 1),
    }[damage]
    assert content != jpeg
    bench.camera.frame = Frame(content)
    with pytest.raises(Refusal):
        bench.pictures.capture("bench", ViewRules()).result(10)
    assert bench.journal.blobs(BlobState.WAITING) == []


@pytest.mark.parametrize("age_s", [2.1, 3600.0, -2.1, -YEAR_S])
def test_an_old_frame_is_no_picture_of_now(bench: Bench, jpeg: bytes, age_s: float) -> None:
    """Also after the clock was set back: then a frame that stands still seems to be from the future."""
    bench.camera.frame = Frame(jpeg)
    bench.now_s = NOW_S + age_s
    with pytest.raises(Refusal, match="delivers no picture"):
        bench.pictures.capture("bench", ViewRules())
    assert bench.pictures.preview("bench") is bench.camera.frame, "the preview shows what there is"


def test_no_camera_and_no_frame(bench: Bench) -> None:
    with pytest.raises(Refusal, match="has no camera “top”"):
        bench.pictures.capture("top", ViewRules())
    with pytest.raises(Refusal, match="Look at its cable"):
        bench.pictures.capture("bench", ViewRules())
    assert bench.pictures.preview("top") is None
    assert list(bench.pictures.names) == ["bench"]


def test_without_room_nothing_is_named(bench: Bench, jpeg: bytes) -> None:
    bench.camera.frame = Frame(jpeg)
    bench.journal.close()
    with pytest.raises(Refusal, match="could not be stored"):
        bench.pictures.capture("bench", ViewRules()).result(10)


def test_a_frozen_camera_is_refused_with_its_reason(bench: Bench, jpeg: bytes) -> None:
    bench.camera.frame = Frame(jpeg, NOW_S - 3)
    bench.camera.reason = "the picture stands still"
    with pytest.raises(Refusal, match=r"“bench” delivers no picture: the picture stands still\."):
        bench.pictures.capture("bench", ViewRules())


def test_rules_of_the_view_reach_the_judge(bench: Bench, jpeg: bytes) -> None:
    """A missing part is named; the picture to compare with is read from the evidence store."""
    good = bench.evidence.put(jpeg)
    rules = ViewRules(code="unit", reference_sha256=good, parts=(PartRegion("right bearing", 0.49, 0.32, 0.17, 0.33),))
    bench.camera.frame = Frame(SceneRenderer().render(Scene("U-1", part_missing=True), 9))
    picture = bench.pictures.capture("bench", rules, unit="U-2").result(10)
    assert [fault.partition(":")[0] for fault in picture["faults"]] == ["Wrong unit", "Part missing"]
    judging = bench.pictures.judge("bench", rules, unit="U-1")
    assert judging is not None
    judged = judging.result(10)
    assert judged.parts[0][0] == "right bearing" and judged.parts[0][1] < 0.5
    assert judged.brightness is not None and judged.brightness > 50
    absent = ViewRules(reference_sha256="0" * 64, parts=rules.parts)
    assert bench.pictures.capture("bench", absent).result(10)["faults"][0].startswith("No reference")


def test_the_serial_in_a_gs1_code_is_the_unit(bench: Bench) -> None:
    code = zxingcpp.create_barcode("(01)09506000134352(21)U-1", zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    drawn = np.pad(np.array(code.to_image(scale=6, add_quiet_zones=True), dtype=np.uint8), 60, constant_values=255)
    bench.camera.frame = Frame(encode_jpeg(np.asarray(drawn, dtype=np.uint8)))
    picture = bench.pictures.capture("bench", ViewRules(code="unit"), unit="U-1").result(10)
    assert picture["faults"] == []
    assert picture["codes"] == ["(01)09506000134352(21)U-1", "U-1"]


def test_a_view_sets_the_camera_once_and_gives_it_a_moment(bench: Bench, jpeg: bytes) -> None:
    label = ViewSettings(exposure=80, crop=Crop(0.65, 0.2, 0.2, 0.35))
    asked: list[tuple[str, ViewSettings]] = []
    views = {"bench": {"": ViewSettings(rotation_deg=180), "label": label}}
    pictures = Pictures(
        {"bench": bench.camera}, judge_picture, bench.evidence, bench.journal, bench.pool, lambda: bench.now_s, views,
        lambda name, settings: asked.append((name, settings)),
    )  # fmt: skip
    assert pictures.shown("bench") == ViewSettings(rotation_deg=180)
    bench.camera.frame = Frame(jpeg)
    with pytest.raises(Refusal, match=r"is being set for this view\. Take the picture again"):
        pictures.capture("bench", ViewRules(), "label")
    assert asked == [("bench", label)]
    assert pictures.shown("bench") == label
    bench.now_s += 1.0
    picture = pictures.capture("bench", ViewRules(code="any"), "label").result(10)
    assert (picture["faults"], picture["width_px"]) == ([], 1280)
    assert bench.evidence.read(picture["sha256"]) == jpeg, "neither cut nor turned"
    pictures.show_view("bench", "label")
    pictures.show_view("another", "label")
    assert len(asked) == 1
    pictures.show_view("bench", "a view that the station does not know")
    assert pictures.shown("bench") == views["bench"][""]
