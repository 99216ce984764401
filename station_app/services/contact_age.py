"""For how long the server was not heard of, also across restarts of the application."""

from __future__ import annotations

from station_app.domain.chain import CHANNELS
from station_app.services.contact import Contact
from station_app.services.ports import Clock, Journal


class ContactAge:
    """Seconds since the last contact.

    Before the first contact of this run it is the newest delivered record that counts: the server was there after it was made.
    """

    def __init__(self, journal: Journal, contact: Contact, clock: Clock) -> None:
        self._contact = contact
        self._clock = clock
        self._started_us = clock.wall_us()
        self._delivered_us = max((_delivered_us(journal, chan) for chan in CHANNELS), default=0)

    def seconds(self) -> float:
        """Since the last contact; since the start of the application where nothing was ever delivered."""
        newest_us = self._contact.server.last_contact_us or self._delivered_us or self._started_us
        return max(self._clock.wall_us() - newest_us, 0) / 1e6


def _delivered_us(journal: Journal, chan: str) -> int:
    """When the newest delivered record of a channel was made, UTC microseconds; 0 without one."""
    peer = journal.peer(chan)
    rows = journal.rows(chan, peer.acked_epoch, peer.acked_seq - 1, 1) if peer.acked_seq > 0 else []
    return rows[0].wall_us if rows else 0
