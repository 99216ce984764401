"""What is kept of fetched blocks, and that it never grows beyond its room."""

from __future__ import annotations

from station_app.storage.shared.block_cache import BlockCache


def test_what_was_used_last_stays() -> None:
    cache = BlockCache(30)
    cache.keep({"a": b"x" * 10, "b": b"x" * 10, "c": b"x" * 10})
    assert list(cache.known(["a", "z"])) == ["a"]
    cache.keep({"d": b"x" * 10})
    assert sorted(cache.known("abcd")) == ["a", "c", "d"]


def test_it_never_holds_more_than_its_room() -> None:
    cache = BlockCache(100)
    for number in range(1_000):
        cache.keep({str(number): b"x" * (number % 60), "same": b"y" * 7})
        assert cache.size_bytes <= 100
    cache.keep({"huge": b"x" * 101})
    assert (cache.size_bytes, cache.known(["huge"])) == (0, {})
