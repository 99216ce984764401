"""The evidence store: whole files under their hash, or none."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station_app.services.ports import EvidenceError, EvidenceStore
from station_app.storage.evidence import FileEvidenceStore


@pytest.fixture
def store(tmp_path: Path) -> FileEvidenceStore:
    return FileEvidenceStore(tmp_path / "evidence" / "ASM-10")


def _files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_it_is_an_evidence_store(store: FileEvidenceStore) -> None:
    port: EvidenceStore = store
    assert not port.has("0" * 64)


@given(content=st.binary(max_size=2000))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_was_put_is_read_back(store: FileEvidenceStore, content: bytes) -> None:
    sha256 = store.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert store.has(sha256)
    assert store.read(sha256) == content
    assert store.path(sha256).name == sha256
    assert store.path(sha256).parent.parts[-2:] == (sha256[:2], sha256[2:4])


def test_putting_twice_keeps_one_file_untouched(store: FileEvidenceStore, tmp_path: Path) -> None:
    path = store.path(store.put(b"picture"))
    before = path.stat()
    store.put(b"picture")
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert _files(tmp_path) == [path]


def test_an_absent_file_is_named(store: FileEvidenceStore) -> None:
    with pytest.raises(EvidenceError, match="a" * 64 + " is not on this computer"):
        store.read("a" * 64)


def test_a_changed_file_is_never_given_out(store: FileEvidenceStore) -> None:
    sha256 = store.put(b"picture")
    store.path(sha256).write_bytes(b"another")
    with pytest.raises(EvidenceError, match="changed or damaged"):
        store.read(sha256)
    assert store.put(b"picture") == sha256, "the good bytes at hand replace the damaged file"
    assert store.read(sha256) == b"picture"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65, "g" * 64, "é" * 64])
def test_what_is_no_hash_names_no_file(store: FileEvidenceStore, name: str) -> None:
    for verb in (store.path, store.has, store.read):
        with pytest.raises(EvidenceError, match="not the name of an evidence file"):
            verb(name)


def test_leftovers_of_interrupted_writes_are_removed_at_the_start(store: FileEvidenceStore, tmp_path: Path) -> None:
    kept = store.path(store.put(b"picture"))
    folder = kept.parents[2] / "incoming"
    (folder / "tmpabc").write_bytes(b"half a pict")
    FileEvidenceStore(kept.parents[2]).put(b"picture")
    assert _files(tmp_path) == [kept]


def test_reading_alone_removes_nothing(store: FileEvidenceStore) -> None:
    """Another process may read while the station writes."""
    kept = store.path(store.put(b"picture"))
    incoming = kept.parents[2] / "incoming" / "tmpabc"
    incoming.write_bytes(b"half a pict")
    assert FileEvidenceStore(kept.parents[2]).read(kept.name) == b"picture"
    assert incoming.exists()


def test_several_threads_may_put_the_same_and_others(store: FileEvidenceStore, tmp_path: Path) -> None:
    threads = [threading.Thread(target=lambda: [store.put(b"%d" % number) for number in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.read_bytes() for path in _files(tmp_path)) == sorted(b"%d" % number for number in range(20))


def test_a_file_has_its_name_only_when_it_is_on_disk(store: FileEvidenceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(b"first")
    steps: list[str] = []
    target = store.path(hashlib.sha256(b"picture").hexdigest())
    flush, name = os.fsync, Path.replace

    def flushed(descriptor: int) -> None:
        steps.append("flush folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "flush file")
        assert target.exists() == ("name" in steps)
        flush(descriptor)

    def named(path: Path, target: Path) -> Path:
        steps.append("name")
        return name(path, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", named)
    assert store.path(store.put(b"picture")) == target
    folders = [] if sys.platform == "win32" else ["flush folder"]
    assert target.read_bytes() == b"picture"
    assert [step for step in steps if step != "flush folder"] == ["flush file", "name"]
    assert steps[steps.index("name") + 1 :] == folders


_LIMITED = """
import resource, sys
from pathlib import Path
from station_app.services.ports import EvidenceError
from station_app.storage.evidence import FileEvidenceStore
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
store = FileEvidenceStore(Path(sys.argv[1]))
try:
    store.put(b"x" * 100_000)
except EvidenceError as error:
    print(error)
store.put(b"small")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes to try this with")
def test_without_room_nothing_is_stored(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", _LIMITED, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "no room in the evidence folder" in ran.stdout
    assert "100000 bytes" in ran.stdout
    assert [path.read_bytes() for path in _files(tmp_path)] == [b"small"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_bytes(b"")
    with pytest.raises(EvidenceError, match=r"could not be stored in the evidence folder .*evidence"):
        FileEvidenceStore(tmp_path / "evidence").put(b"picture")
