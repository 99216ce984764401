"""The MTConnect driver: an agent's data items over HTTP, versions 1.2 to 2.x, read by streaming."""

from drivers.mtconnect.driver import MtconnectDriver

__all__ = ["MtconnectDriver"]
