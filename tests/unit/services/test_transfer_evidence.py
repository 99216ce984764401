"""Files up and down: resumed, verified, and never in the way of each other."""

from __future__ import annotations

import hashlib

from station_app.domain.media import Picture
from station_app.domain.work_master import Step, WorkMaster, encode_work_master
from station_app.services.ports import Blob, BlobState, Gap, Unreachable
from station_app.services.sync_state import SyncPhase
from tests.sync_station import STATION, SyncStation


def _state(station: SyncStation, blob: Blob) -> BlobState:
    found = station.journal.blob(blob.sha256)
    assert found is not None
    return found.state


def test_a_file_is_sent_in_chunks_and_sealed() -> None:
    station = SyncStation()
    content = bytes(range(256)) * 2500
    blob = station.capture(content)
    station.until_idle()
    assert station.server.state.sealed == {blob.sha256: content}
    assert station.database.chunks == [0, 1, 2]
    assert _state(station, blob) is BlobState.SEALED


def test_an_interrupted_file_goes_on_where_it_stopped_after_a_restart() -> None:
    station = SyncStation()
    blob = station.capture(b"a" * 900_000)
    while len(station.database.chunks) < 2:
        station.synchronizer.step()
    station.restart()
    station.until_idle()
    assert station.database.chunks == [2, 3]
    assert _state(station, blob) is BlobState.SEALED


def test_a_file_that_lost_its_bytes_does_not_hold_up_the_others() -> None:
    station = SyncStation()
    damaged, good = station.capture(b"a" * 10), station.capture(b"b" * 10)
    station.evidence.files[damaged.sha256] = b"c"
    station.until_idle()
    assert list(station.server.state.sealed) == [good.sha256]
    assert damaged.sha256[:12] in station.state.alarms[0].text
    told = len(station.states)
    for _ in range(3):
        station.next_poll()
    # tried again with every contact, it is one alarm and not one a contact
    assert all(damaged.sha256[:12] in state.alarms[0].text for state in station.states[told:])
    station.evidence.files[damaged.sha256] = b"a" * 10
    station.next_poll()
    assert station.state.faults == ()
    assert _state(station, damaged) is BlobState.SEALED


def test_a_file_that_arrived_damaged_is_sent_again() -> None:
    station = SyncStation()
    blob = station.capture(b"a" * 300_000)
    station.server.state.chunks[blob.sha256, STATION] = {0: b"x" * 262_144}
    station.until_idle()
    assert station.server.state.sealed == {}
    station.next_poll()
    assert _state(station, blob) is BlobState.SEALED


def test_an_empty_file_is_sealed_too() -> None:
    station = SyncStation()
    blob = station.capture(b"")
    station.until_idle()
    assert _state(station, blob) is BlobState.SEALED


def test_lost_contact_in_the_middle_of_a_file_is_lost_contact() -> None:
    station = SyncStation()
    blob = station.capture(b"a" * 10)
    station.database.errors.append(Unreachable("cut"))
    while station.state.name is not SyncPhase.BACKOFF:
        station.synchronizer.step()
    assert station.state.faults == ()
    station.until_idle()
    assert _state(station, blob) is BlobState.SEALED


def test_a_chunk_that_the_server_refuses_is_a_fault_of_that_file_only() -> None:
    station = SyncStation()
    station.capture(b"a" * 10)
    other = station.capture(b"b" * 10)
    station.database.errors.append(Gap("not now"))
    station.until_idle()
    assert list(station.server.state.sealed) == [other.sha256]
    assert station.state.name is SyncPhase.IDLE
    assert len(station.state.alarms) == 1


def test_after_a_start_the_server_is_asked_about_sealed_files_again() -> None:
    station = SyncStation()
    blob = station.capture(b"a" * 10)
    station.until_idle()
    station.server.state.sealed.clear()
    station.server.state.chunks.clear()
    station.restart()
    station.until_idle()
    assert list(station.server.state.sealed) == [blob.sha256]


def test_a_restored_server_gets_its_files_again_without_a_restart() -> None:
    station = SyncStation()
    backup = station.server.backup()
    station.record()
    blob = station.capture(b"a" * 10)
    station.until_idle()
    station.server.restore(backup)
    station.next_poll()
    assert list(station.server.state.sealed) == [blob.sha256]


def _publish_with_picture(station: SyncStation, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    step = Step(
        id="1", title={"en": "t"}, text={"en": "t"}, pictures=(Picture("a.png", sha256, len(content), "image/png"),)
    )
    work_master = WorkMaster(id="wm", version="1", title="t", product="p", operation="10", steps=(step,))
    station.server.publish("work_master", "wm@1", encode_work_master(work_master))
    return sha256


def test_a_work_masters_pictures_are_fetched_and_verified() -> None:
    station = SyncStation()
    sha256 = _publish_with_picture(station, b"picture")
    station.server.state.sealed[sha256] = b"picture"
    station.until_idle()
    assert station.evidence.files == {sha256: b"picture"}
    assert [blob.sha256 for blob in station.journal.blobs(BlobState.FETCHED)] == [sha256]


def test_a_picture_that_is_missing_or_wrong_at_the_server_is_a_fault_until_it_comes() -> None:
    station = SyncStation()
    sha256 = _publish_with_picture(station, b"picture")
    station.until_idle()
    assert "does not have it yet" in station.state.alarms[0].text
    station.server.state.sealed[sha256] = b"wrong"
    station.next_poll()
    assert "do not match their hash" in station.state.alarms[0].text
    assert station.evidence.files == {}
    station.server.state.sealed[sha256] = b"picture"
    station.next_poll()
    assert station.state.faults == ()
    assert station.evidence.has(sha256)
