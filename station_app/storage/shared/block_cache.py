"""Blocks of machine data that were fetched from the shared database: kept as long as there is room, the last used longest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final

CACHE_BYTES: Final = 64 << 20


class BlockCache:
    """Contents by their SHA-256, at most ``most_bytes`` together. A block never changes, so what is here is never stale.

    May be used from several threads.
    """

    def __init__(self, most_bytes: int = CACHE_BYTES) -> None:
        self._most_bytes = most_bytes
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._size_bytes = 0

    @property
    def size_bytes(self) -> int:
        """How much is kept."""
        return self._size_bytes

    def known(self, sha256s: Iterable[str]) -> dict[str, bytes]:
        """Those of these blocks that are here."""
        with self._lock:
            found = {sha256: self._contents[sha256] for sha256 in sha256s if sha256 in self._contents}
            for sha256 in found:
                self._contents.move_to_end(sha256)
            return found

    def keep(self, contents: Mapping[str, bytes]) -> None:
        """Keep these, and let go what was used longest ago."""
        with self._lock:
            for sha256, content in contents.items():
                if sha256 not in self._contents:
                    self._contents[sha256] = content
                    self._size_bytes += len(content)
                self._contents.move_to_end(sha256)
            while self._size_bytes > self._most_bytes:
                _, gone = self._contents.popitem(last=False)
                self._size_bytes -= len(gone)
