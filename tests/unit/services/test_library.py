"""The station's master data: the newest revision, and the instructions pinned by content."""

from __future__ import annotations

import pytest

from station_app.domain.master import WORK_MASTER
from station_app.domain.work_master import WorkMasterError, content_sha256, encode_work_master
from station_app.services.ports import MasterChange
from tests.unit.services.station import ASSEMBLY, DRAWING, ServiceStation

SHA256 = content_sha256(encode_work_master(ASSEMBLY))


def test_a_reload_tells_only_when_the_revision_moved(station: ServiceStation) -> None:
    told: list[int] = []
    station.library.changed.subscribe(lambda: told.append(station.library.revision))
    station.library.reload()
    assert told == []
    station.publish([("reasons", "andon", b'{"id":"andon","reasons":["Safety"]}')])
    station.library.reload()
    assert told == [station.journal.master_cursor()]
    assert station.library.book.reasons["andon"] == ("Safety",)


def test_the_same_revision_of_a_restored_server_is_read_again(station: ServiceStation) -> None:
    cursor = station.journal.master_cursor()
    other = MasterChange(cursor, "reasons", "andon", b'{"id":"andon","reasons":["Other"]}', "")
    station.journal.apply_master([other], cursor, snapshot=True).result()
    station.library.reload()
    assert "asm@A" in station.library.book.work_masters
    station.library.read_again()
    assert station.library.book.reasons == {"andon": ("Other",)}
    assert station.library.book.work_masters == {}


def test_complete_means_every_instruction_can_be_opened(station: ServiceStation) -> None:
    assert station.library.complete()
    station.evidence.path(content_sha256(DRAWING)).unlink()
    assert not station.library.complete()
    station.evidence.put(DRAWING)
    station.publish([(WORK_MASTER, "odd@A", b'{"id":"odd","of_a_newer_version":1}')])
    station.library.reload()
    assert not station.library.complete(), "and nothing stops because of it"
    assert station.library.open_for_job("asm", "A")[1] == SHA256


def test_a_job_keeps_what_it_opened(station: ServiceStation) -> None:
    work_master, sha256 = station.library.open_for_job("asm", "A")
    assert (work_master, sha256) == (ASSEMBLY, SHA256)
    station.withdraw(WORK_MASTER, "asm@A")
    station.library.reload()
    with pytest.raises(WorkMasterError, match="not at this station"):
        station.library.open_for_job("asm", "A")
    assert station.library.pinned(SHA256) == ASSEMBLY
    assert station.evidence.read(SHA256) == encode_work_master(ASSEMBLY)


def test_a_pinned_instruction_that_was_changed_on_disk_is_lost_not_used(station: ServiceStation) -> None:
    station.library.open_for_job("asm", "A")
    station.evidence.path(SHA256).chmod(0o600)
    station.evidence.path(SHA256).write_bytes(encode_work_master(ASSEMBLY).replace(b"14.0", b"99.0"))
    station.library._opened.clear()
    assert station.library.pinned(SHA256) is None
    assert station.library.pinned("00" * 32) is None
