"""What the station is in contact with: its devices and the shared database. Main thread."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.base import Connection, ConnectionState
from station_app.services.notices import Notice
from station_app.services.sync_state import SyncFault


@dataclass(frozen=True, slots=True)
class ServerContact:
    """The shared database as the top bar shows it. Times are UTC microseconds.

    ``state`` is the sync worker's; ``reason`` a sentence, empty while all is well; ``waiting`` the records to deliver.
    ``faults`` are what does not heal by waiting alone; ``last_contact_us`` is None before the first contact.
    """

    state: str = "OFFLINE"
    connected: bool = False
    reason: str = "not reached yet"
    since_us: int = 0
    waiting: int = 0
    clock_offset_ms: int | None = None
    last_contact_us: int | None = None
    faults: tuple[SyncFault, ...] = ()


@dataclass
class Contact:
    """The newest state of every device and of the server; ``changed`` is told when one moves."""

    devices: dict[str, ConnectionState] = field(default_factory=dict)
    server: ServerContact = ServerContact()
    changed: Notice = field(default_factory=Notice)

    def device(self, state: ConnectionState) -> None:
        """A device's connection moved."""
        self.devices[state.device] = state
        self.changed.tell()

    def sync(self, server: ServerContact) -> None:
        """The sync worker's state or the number of waiting records moved."""
        if server != self.server:
            self.server = server
            self.changed.tell()

    def lost_devices(self) -> list[ConnectionState]:
        """Devices that do not answer."""
        return [state for state in self.devices.values() if state.connection is Connection.LOST]
