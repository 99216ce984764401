"""What the writer knows without asking the file: the head of every epoch, and what the server acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from station_app.domain.chain import CHANNELS, genesis
from station_app.services.ports import Head, Peer

NO_PEER = Peer(0, 0, None)


@dataclass(frozen=True, slots=True)
class JournalState:
    """Heads by channel and epoch, and peers by channel, as of one commit. Immutable: changes make a new one."""

    station: str
    heads: Mapping[str, Mapping[int, Head]] = field(default_factory=dict)
    peers: Mapping[str, Peer] = field(default_factory=dict)

    def epochs(self, chan: str) -> list[Head]:
        """The head of every epoch, oldest first; epoch 1 without rows when there is none."""
        heads = self.heads.get(chan)
        if not heads:
            return [self.head(chan, 1)]
        return [heads[epoch] for epoch in sorted(heads)]

    def head(self, chan: str, epoch: int | None = None) -> Head:
        """The head of an epoch, of the newest when none is given; seq 0 and the genesis hash when it has no rows."""
        heads = self.heads.get(chan, {})
        wanted = max(heads, default=1) if epoch is None else epoch
        return heads.get(wanted) or Head(wanted, 0, genesis(self.station, chan, wanted))

    def peer(self, chan: str) -> Peer:
        """What the server last said of a channel; epoch 0, seq 0 when it never answered."""
        return self.peers.get(chan, NO_PEER)

    def waiting(self) -> int:
        """Records in all channels beyond what the server acknowledged."""
        return sum(_beyond(head, self.peer(chan)) for chan in CHANNELS for head in self.heads.get(chan, {}).values())

    def with_heads(self, chan: str, heads: Iterable[Head]) -> JournalState:
        """The state after these epochs of a channel grew or appeared."""
        grown = {**self.heads.get(chan, {}), **{head.epoch: head for head in heads}}
        return replace(self, heads={**self.heads, chan: grown})

    def cut_after(self, chan: str, after: Head) -> JournalState:
        """The state after every row that follows ``after`` was taken out of a channel."""
        kept = {epoch: head for epoch, head in self.heads.get(chan, {}).items() if epoch < after.epoch}
        if after.seq > 0:
            kept[after.epoch] = after
        return replace(self, heads={**self.heads, chan: kept})

    def with_peer(self, chan: str, peer: Peer) -> JournalState:
        """The state after the server answered."""
        return replace(self, peers={**self.peers, chan: peer})


def _beyond(head: Head, peer: Peer) -> int:
    if head.epoch < peer.acked_epoch:
        return 0
    return max(0, head.seq - (peer.acked_seq if head.epoch == peer.acked_epoch else 0))
